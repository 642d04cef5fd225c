"""The forms that the journal has had, oldest first."""
