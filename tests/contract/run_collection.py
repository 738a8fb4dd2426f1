"""Runs the committed collection from top to bottom against a real server: ``python -m tests.contract.run_collection``.

It takes newman, Postman's own runner, which `npm ci` in `openapi` installs."""

from __future__ import annotations

import subprocess
import sys

from tests.faults.servers import ROOT, database, serving


def run() -> int:
    """What newman ends with; what it was answered stands on the screen."""
    with database("sqlite") as url, serving(url) as server:
        key = server.new_partner("Collection", mode="test").secret
        said = ["--env-var", f"base_url={server.url}", "--env-var", f"api_key={key}"]
        command = ["npm", "run", "--silent", "run-collection", "--", *said]
        return subprocess.run(command, cwd=ROOT / "openapi", check=False).returncode


if __name__ == "__main__":
    sys.exit(run())
