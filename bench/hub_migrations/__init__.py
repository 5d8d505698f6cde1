"""The migrations of the hub's bench system."""
