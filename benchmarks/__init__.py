"""What the monitor costs beside what a user would run instead; `python -m benchmarks --help`. Measured, never tested for time."""
