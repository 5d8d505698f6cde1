"""Holds the documentation against the repository: links and anchors, commands, examples, settings, paths."""
