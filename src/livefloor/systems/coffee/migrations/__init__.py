"""The coffee service's migrations."""
