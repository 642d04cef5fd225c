"""Whether every endpoint can join a meeting, and whether it can be held."""
