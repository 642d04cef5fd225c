"""What the outside sees: metrics for Prometheus, the API, the event stream and the pages; all of it read from one Snapshot."""
