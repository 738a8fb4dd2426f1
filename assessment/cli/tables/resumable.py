"""A file that grows page by page and survives being killed: what a checkpoint beside it says was written, was written.

Behind each page the file is on the disk before the checkpoint names its new length. Whoever goes on cuts off what came
behind that, so no row is there twice, and none is missing.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import msgspec

from assessment.cli import output
from assessment.cli.failure import Failure


class Checkpoint(msgspec.Struct):
    """How far a file is. `task` says what it is made of: only the same is gone on with. `place` is where to go on."""

    task: dict[str, Any]
    length: int = 0
    rows: int = 0
    place: dict[str, Any] = {}


class Resumable:
    """The file that a command is making at `path`, as `….part` until it is whole."""

    def __init__(self, path: Path, task: Mapping[str, Any], *, force: bool) -> None:
        self._path = path
        self._part = path.with_name(f"{path.name}.part")
        self._note = path.with_name(f"{path.name}.checkpoint")
        self.checkpoint = self._read(Checkpoint(dict(task)))
        if path.exists() and not force:
            raise Failure(f"Cannot write {path}: File exists.")

    def _read(self, fresh: Checkpoint) -> Checkpoint:
        if not (self._note.exists() and self._part.exists()):
            return fresh
        try:
            found = msgspec.json.decode(self._note.read_bytes(), type=Checkpoint)
        except msgspec.MsgspecError:
            raise Failure(f"{self._note} cannot be read. To begin anew, delete it.") from None
        differing = [name for name, value in fresh.task.items() if found.task.get(name) != value]
        if differing or self._part.stat().st_size < found.length:
            why = f"another {differing[0]}" if differing else f"more than there is in {self._part}"
            raise Failure(f"{self._note} is of {why}. To begin anew, delete it.")
        return found

    def __enter__(self) -> Self:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        try:
            self._file = os.open(self._part, flags, 0o600)
        except OSError as error:
            raise Failure(f"Cannot write {self._part}: {error.strerror}.") from None
        os.ftruncate(self._file, self.checkpoint.length)
        os.lseek(self._file, 0, os.SEEK_END)
        return self

    def __exit__(self, *error: object) -> None:
        os.close(self._file)

    def append(self, data: bytes, rows: int, place: Mapping[str, Any]) -> None:
        """Add a page, and note where to go on."""
        try:
            left = memoryview(data)
            while left:
                left = left[os.write(self._file, left) :]
            os.fsync(self._file)
        except OSError as error:
            raise Failure(f"Cannot write {self._part}: {error.strerror}.") from None
        self.checkpoint.length += len(data)
        self.checkpoint.rows += rows
        self.checkpoint.place = dict(place)
        with output.new_file(self._note, force=True) as note:
            note.write(msgspec.json.encode(self.checkpoint))

    def finish(self) -> None:
        """Give the whole file its name."""
        os.replace(self._part, self._path)
        self._note.unlink(missing_ok=True)
