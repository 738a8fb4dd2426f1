"""The built widget as it is served: its files by the hash of what they say, packed once."""

from __future__ import annotations

import base64
import gzip
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec

import assessment

SCRIPTS: Final = ("widget.js", "frame.js")
"""The element, and what runs it in a document of the service for a page that wants it apart."""
KEPT_HASH = 16


class Script(msgspec.Struct, frozen=True):
    """One built module."""

    name: str
    """With the hash in it: `widget.0123456789abcdef.js`."""
    body: bytes
    packed: bytes
    """The same by gzip."""
    integrity: str


def widget_directory() -> Path:
    """The widget that came with the package: inside an installed wheel, else beside it in the repository."""
    package = Path(assessment.__file__).parent
    shipped = package / "_widget"
    return shipped if shipped.is_dir() else package.parent / "clients" / "widget"


def find_script(name: str) -> Script | None:
    """A module of the build, by its name without a hash. None where the widget was not built."""
    path = widget_directory() / "dist" / name
    try:
        state = path.stat()
    except OSError:
        return None
    # A checkout is built again while its service runs.
    return _read(path, state.st_mtime_ns)


@lru_cache(maxsize=8)
def _read(path: Path, _: int) -> Script:
    body = path.read_bytes()
    integrity = base64.b64encode(hashlib.sha384(body).digest()).decode()
    return Script(
        name=f"{path.stem}.{hashlib.sha256(body).hexdigest()[:KEPT_HASH]}{path.suffix}",
        body=body,
        packed=gzip.compress(body, mtime=0),
        integrity=f"sha384-{integrity}",
    )
