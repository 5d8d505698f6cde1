"""laundry with the same small signed-in query as its first and as its last route: `routes_server.py PORT FOLDER`."""

import os
import sys
from dataclasses import replace
from pathlib import Path

from livefloor import GET, Look, Part, Role, View
from livefloor.kernel.logs import set_up_logs
from livefloor.kernel.settings import read_settings
from livefloor.serve import App, Runtime, make_server
from livefloor.systems.laundry import system

FIRST, LAST = "/api/v1/bench/first", "/api/v1/bench/last"


class Place(View):
    """Which of the two was asked."""

    path: str


def part_of_one(name: str, path: str) -> Part:
    part = Part(name)

    @part.query(GET(path), allow=Role("student"))
    async def read_place(look: Look) -> Place:
        """Tell the path."""
        return Place(path=path)

    return part


def main() -> None:
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    longer = replace(system, parts=[part_of_one("first", FIRST), *system.parts, part_of_one("last", LAST)])
    settings = read_settings(longer.settings, longer.name, os.environ, alone=True, data=folder)
    set_up_logs(settings.log_level, as_json=True)
    make_server(App([Runtime(longer, settings)]), "127.0.0.1", port, settings.drain_seconds).run()


if __name__ == "__main__":
    main()
