"""Every device socket. The network never raises: it becomes an Outcome."""
