"""The migrations of the system that `livefloor bench` measures."""
