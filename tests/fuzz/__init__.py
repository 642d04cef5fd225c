"""Fuzzing: what comes from outside is read or refused with a reason, and nothing else ever happens (`make fuzz`)."""
