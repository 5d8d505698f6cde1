"""House rules on the syntax tree: what ruff and mypy cannot know of this house."""
