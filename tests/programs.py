"""Programs of the system that tests need: found, or installed where that is possible, never replaced, never skipped.

Order: the program at PATH; as root on Debian or Ubuntu, the one that apt installs; else a failure that names the one
command to run.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Sequence
from functools import cache


@cache
def find_program(names: Sequence[str], package: str) -> str:
    """The first of these programs that there is; the Debian package has one of them."""
    install = f"apt-get install --yes --no-install-recommends {package}"
    found = _on_path(names)
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        # In run level 1 a package starts no server of its own.
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        for command in ("apt-get update", install):
            subprocess.run(command.split(), env=environment, check=False, capture_output=True, timeout=600)
        found = _on_path(names)
    if found is None:
        raise RuntimeError(f"The tests need {' or '.join(names)}. Run: sudo {install}")
    return found


def _on_path(names: Sequence[str]) -> str | None:
    # Servers lie where not everybody's PATH leads.
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"])
    return next((found for name in names if (found := shutil.which(name, path=path))), None)


def is_listening(port: int) -> bool:
    """Whether a program on this machine takes connections there."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
