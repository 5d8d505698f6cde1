"""The migrations of this system, in order."""
