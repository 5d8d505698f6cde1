"""Serve laundry and its pages for work on them: a change in src starts the server anew, Vite reloads the pages."""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent


def stamps() -> dict[Path, float]:
    """Return when each source file was changed."""
    return {path: path.stat().st_mtime for path in (ROOT / "src").rglob("*.py")}


def main() -> None:
    """Run both until Ctrl-C."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", default="8000")
    port = arguments.parse_args().port
    serve = [sys.executable, "-m", "livefloor", "serve", "laundry", "--demo", "--port", port]
    environ = {**os.environ, "LIVEFLOOR_API": f"http://127.0.0.1:{port}"}
    pages = subprocess.Popen(["npm", "run", "dev"], cwd=ROOT / "web", env=environ)
    server, seen = subprocess.Popen(serve, cwd=ROOT), stamps()
    try:
        while pages.poll() is None:
            time.sleep(0.5)
            if (changed := stamps()) != seen:
                seen = changed
                server.terminate()
                server.wait()
                server = subprocess.Popen(serve, cwd=ROOT)
    except KeyboardInterrupt:
        pass
    finally:
        for process in (server, pages):
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main()
