"""What the child processes run: each does one workload and prints one line of JSON; see report.py for the form."""
