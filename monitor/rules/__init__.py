"""What follows from what was seen: pure, no I/O, no clock, no log."""
