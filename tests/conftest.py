"""Fixtures that every test may take."""

pytest_plugins = ["tests.lab_fixture", "tests.probes.readings"]
