"""Conference endpoints and their gatekeepers over RAS (H.225.0)."""
