"""The log: one line an event, as JSON or for a terminal, without bodies, headers, query values or secrets."""

from __future__ import annotations

import asyncio
import atexit
import logging
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, BinaryIO, Literal, cast

import msgspec
import structlog
from structlog.typing import EventDict, Processor

Format = Literal["auto", "json", "console"]
Level = Literal["debug", "info", "warning", "error"]

FIELDS = ("method", "route", "request_id", "worker", "pid", "code", "seconds")
"""What a record of the standard library's logging may carry beside its message."""
MOST_FRAMES = 30
WHOLE = 4096
"""Bytes that every system writes to a pipe as a whole, so that the lines of several processes do not mix."""
_SAYS_NO_DATA = (
    AttributeError,
    AssertionError,
    ImportError,
    MemoryError,
    NameError,
    NotImplementedError,
    RuntimeError,
    TypeError,
    ZeroDivisionError,
)
"""Errors whose message names code. Others (KeyError, ValueError) quote what they choked on, which a caller may have
sent, so only their class is logged."""

_encode = msgspec.json.Encoder(enc_hook=str).encode


def configure(form: Format = "auto", level: Level = "info", stream: BinaryIO | None = None) -> RequestLog:
    """Send every log of the process to `stream` (standard error) in one form, and return that of requests.

    `auto` is console at a terminal and JSON anywhere else. Logs of libraries start at warning: below that some print
    the parameters of statements.
    """
    out = stream or sys.stderr.buffer
    terminal = out.isatty()
    lines = _Lines(out)
    render = _renderers(form == "console" or (form == "auto" and terminal), colours=terminal)
    handler = logging.StreamHandler(_Text(lines))
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *render,
                cast("Processor", _as_text),
            ],
            foreign_pre_chain=[
                _stamp,
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(allow=FIELDS),
                _explain,
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    number = logging.getLevelNamesMapping()[level.upper()]
    logging.getLogger("assessment").setLevel(number)
    logging.captureWarnings(True)
    return RequestLog(lines, render, number)


class RequestLine(msgspec.Struct, omit_defaults=True):
    """All that is written down of a request: templates, ids and figures."""

    time: str
    level: Literal["info", "warning"]
    event: str
    method: str
    route: str
    status: int
    ms: float
    bytes: int
    request_id: str
    partner: str | None = None
    key: str | None = None
    invitation: str | None = None


class RequestLog:
    """The log of requests, made without the standard library's logging, which would take longer than all the rest of a
    line. Lines wait for others of the same round of the event loop, and are written together."""

    def __init__(self, lines: _Lines, render: Sequence[Processor], level: int) -> None:
        self._lines = lines
        self._render = None if render == [_as_json] else render
        self._has_info = level <= logging.INFO
        self._has_warnings = level <= logging.WARNING

    def note(self, line: RequestLine) -> None:
        """Write the line, where the log has lines of its level."""
        if not (self._has_info if line.level == "info" else self._has_warnings):
            return
        if self._render is None:
            self._lines.add(_encode(line))
            return
        shown: Any = {name: value for name, value in msgspec.structs.asdict(line).items() if value is not None}
        for render in self._render:
            shown = render(None, line.level, shown)
        self._lines.add(shown)


def log_loop_error(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """An event loop's exception handler: its own prints what callbacks were called with."""
    logging.getLogger("assessment").error(
        "the event loop caught an error nobody waited for", exc_info=context.get("exception")
    )


def explain(error: BaseException) -> str:
    """A traceback without what the error may quote: where it was raised, its class, and a message only where that
    says nothing about anybody's data."""
    return "\n".join(_lines_of(error, set()))


def _lines_of(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and id(before) not in seen:
        yield from _lines_of(before, seen)
        yield "which led to"
    frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
    yield from (f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames)
    said = _message(error)
    kind = type(error)
    yield f"{kind.__module__}.{kind.__qualname__}" + (f": {said}" if said else "")
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            if id(inner) not in seen:
                yield from _lines_of(inner, seen)


def _message(error: BaseException) -> str:
    if isinstance(error, OSError):
        return error.strerror or ""
    found = []
    for name in ("sqlstate", "constraint_name", "table_name", "column_name", "sqlite_errorname"):
        value = getattr(error, name, None) or getattr(getattr(error, "orig", None), name, None)
        if isinstance(value, str):
            found.append(f"{name}={value}")
    if found:
        return " ".join(found)
    return str(error) if isinstance(error, _SAYS_NO_DATA) else ""


def _renderers(console: bool, *, colours: bool) -> list[Processor]:
    """From an event to the bytes of its line."""
    if not console:
        return [_as_json]
    return [structlog.dev.ConsoleRenderer(colors=colours, timestamp_key="time"), cast("Processor", _as_bytes)]


def _stamp(_: Any, __: str, event: EventDict) -> EventDict:
    event["time"] = now()
    return event


def now() -> str:
    """The time as lines have it."""
    seconds, milliseconds = divmod(time.time_ns() // 1_000_000, 1000)
    return f"{_second(seconds)}.{milliseconds:03}+00:00"


@lru_cache(maxsize=2)
def _second(seconds: int) -> str:
    """The text of a second, which all lines within it begin with."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


def _explain(_: Any, __: str, event: EventDict) -> EventDict:
    found = event.pop("exc_info", None)
    error = found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["exception"] = explain(error)
    event.pop("stack_info", None)
    return event


def _as_json(_: Any, __: str, event: EventDict) -> bytes:
    # What every line has comes first, for those who read them.
    return _encode({"time": event.pop("time"), "level": event.pop("level"), "event": event.pop("event"), **event})


def _as_bytes(_: Any, __: str, line: str) -> bytes:
    return line.encode("utf-8", "backslashreplace")


def _as_text(_: Any, __: str, line: bytes) -> str:
    return line.decode()


class _Lines:
    """What writes lines, several at a time where they come close together."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        # One who holds it may come again: what is thrown away while a line is put down can have a warning to log.
        self._lock = threading.RLock()
        self._waiting: list[bytes] = []
        self._size = 0
        atexit.register(self.flush)

    def add(self, line: bytes) -> None:
        """Write the line once the event loop has done what it is about to do, or now where there is none."""
        with self._lock:
            first = self._put(line)
        if first:
            try:
                asyncio.get_running_loop().call_soon(self.flush)
            except RuntimeError:
                self.flush()

    def write(self, line: bytes) -> None:
        """Write the line now, after those that wait."""
        with self._lock:
            self._put(line)
            self._write()

    def flush(self) -> None:
        """Write the lines that wait."""
        with self._lock:
            self._write()

    def _put(self, line: bytes) -> bool:
        """Whether nothing waited before it."""
        first = not self._waiting
        if self._size + len(line) >= WHOLE:
            self._write()
        self._waiting += (line, b"\n")
        self._size += len(line) + 1
        return first

    def _write(self) -> None:
        lines, self._waiting = self._waiting, []
        self._size = 0
        if lines:
            # Whoever read the log is gone; a request is no worse for it.
            with suppress(OSError, ValueError):
                self._out.write(b"".join(lines))
                self._out.flush()


class _Text:
    """The same for a handler of the standard library, which writes text."""

    def __init__(self, lines: _Lines) -> None:
        self._lines = lines

    def write(self, text: str) -> None:
        self._lines.write(text.removesuffix("\n").encode("utf-8", "backslashreplace"))

    def flush(self) -> None:
        """Every line is written at once."""
