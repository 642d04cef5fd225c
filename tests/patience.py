"""How long a test waits for what must happen: far longer than any machine takes, so that only a fault ever waits so long."""

LONGEST_WAIT_S = 300.0
