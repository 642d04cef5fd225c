"""What staff print and send on: shifts and periods summed up from the journal."""
