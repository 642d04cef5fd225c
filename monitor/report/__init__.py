"""What staff print and send on: periods summed up from the journal."""
