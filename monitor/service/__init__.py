"""The daemon at work: rounds, beliefs, reload, process."""
