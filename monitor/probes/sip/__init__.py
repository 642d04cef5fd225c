"""Whether endpoints take calls by SIP."""
