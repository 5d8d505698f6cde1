"""Serves the shop as a process of its own, by the settings in its environment: `livefloor serve` does not know it."""

import os
import sys

from livefloor.kernel.settings import read_settings
from livefloor.serve import App, Runtime, make_server
from tests.platform.shop import system

if __name__ == "__main__":
    settings = read_settings(system.settings, system.name, os.environ, alone=True)
    make_server(App([Runtime(system, settings)]), "127.0.0.1", int(sys.argv[1]), settings.drain_seconds).run()
