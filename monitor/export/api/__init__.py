"""JSON for other programs, and what operators change by it."""
