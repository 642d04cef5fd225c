"""The command line: one module a command; run.py is the composition root."""
