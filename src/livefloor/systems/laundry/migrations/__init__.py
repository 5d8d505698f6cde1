"""The laundry's migrations."""
