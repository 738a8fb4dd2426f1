"""A file that the service made, such as a report."""

from __future__ import annotations

import os
from email.message import Message
from pathlib import Path

from alignment_assessment._model import RawResponse


class Download:
    """A file's bytes, with what it is and what it is called."""

    def __init__(self, raw: RawResponse) -> None:
        self.raw = raw
        self.content = raw.content

    def __repr__(self) -> str:
        return f"<Download {self.media_type}, {len(self.content)} bytes>"

    @property
    def media_type(self) -> str:
        return self.raw.headers.get("Content-Type", "").partition(";")[0]

    @property
    def etag(self) -> str | None:
        return self.raw.etag

    @property
    def file_name(self) -> str | None:
        """The name that the service gives it, without any folder."""
        message = Message()
        message["Content-Disposition"] = self.raw.headers.get("Content-Disposition", "")
        name = message.get_filename()
        return None if name is None else name.replace("\\", "/").rpartition("/")[2] or None

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write it to a file, whole or not at all, and return its path."""
        target = Path(path)
        beside = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            beside.write_bytes(self.content)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
        return target
