"""`python -m livefloor`: the command."""

from livefloor.cli import main

main()
