"""The socket between the poller and the process that meets the visitors: its two ends."""
