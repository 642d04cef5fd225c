"""Tests, mirroring monitor/."""
