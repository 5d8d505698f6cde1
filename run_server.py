"""Serve the coffee service on port 5001, as `coffee serve --port 5001` does; further words are taken as that takes them."""

import sys

from livefloor.cli import main

if __name__ == "__main__":
    sys.argv[1:] = ["serve", "coffee", "--port", "5001", *sys.argv[1:]]
    main()
