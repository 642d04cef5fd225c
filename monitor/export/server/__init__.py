"""Who comes in: listeners, connections, admission, and whose turn it is at what is costly."""
