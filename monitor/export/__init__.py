"""What the daemon shows: metrics, API, event stream, pages."""
