"""What of an error is written down."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Literal

import pytest
from sqlalchemy.exc import IntegrityError

from assessment import log

SECRET = "what-somebody-sent"


class Written(io.BytesIO):
    """A stream that knows in what pieces it was written to."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []

    def write(self, piece: Any) -> int:
        self.pieces.append(bytes(piece))
        return super().write(piece)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@contextmanager
def logging_to(stream: Written, form: log.Format = "json", level: log.Level = "info") -> Iterator[log.RequestLog]:
    """The log of this process for one test, and that of its requests."""
    root, before = logging.getLogger(), list(logging.getLogger().handlers)
    was, ours = root.level, logging.getLogger("assessment").level
    yield log.configure(form, level, stream)
    root.handlers[:] = before
    root.setLevel(was)
    logging.getLogger("assessment").setLevel(ours)
    logging.captureWarnings(False)


@pytest.fixture
def stream() -> Iterator[Written]:
    out = Written()
    with logging_to(out):
        yield out


def answered(status: int = 200, **who: str) -> log.RequestLine:
    level: Literal["info", "warning"] = "info" if status < 500 else "warning"
    return log.RequestLine(log.now(), level, "request", "GET", "/health", status, 0.25, 17, "req_1", **who)


def caught(error: BaseException, cause: BaseException | None = None) -> BaseException:
    try:
        raise error from cause
    except BaseException as found:
        return found


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (KeyError(SECRET), "builtins.KeyError"),
        (ValueError(f"invalid literal for int() with base 10: '{SECRET}'"), "builtins.ValueError"),
        (UnicodeDecodeError("utf-8", SECRET.encode(), 0, 1, "bad"), "builtins.UnicodeDecodeError"),
        (TypeError("'NoneType' object is not iterable"), "builtins.TypeError: 'NoneType' object is not iterable"),
        (FileNotFoundError(2, "No such file or directory", SECRET), "FileNotFoundError: No such file or directory"),
        (IntegrityError("INSERT", {"name": SECRET}, Exception(SECRET)), "sqlalchemy.exc.IntegrityError"),
    ],
)
def test_an_error_is_told_without_what_it_quotes(error: Exception, said: str) -> None:
    told = log.explain(caught(error))
    assert said in told.splitlines()[-1]
    assert "test_log.py" in told
    assert SECRET not in told


def test_what_led_to_an_error_is_told_first_and_without_what_it_quotes() -> None:
    told = log.explain(caught(RuntimeError("scoring failed"), caught(KeyError(SECRET))))
    assert [line for line in told.splitlines() if not line.startswith("  ")] == [
        "builtins.KeyError",
        "which led to",
        "builtins.RuntimeError: scoring failed",
    ]


def test_a_group_tells_each_of_its_errors() -> None:
    told = log.explain(BaseExceptionGroup(SECRET, [caught(KeyError(SECRET)), caught(TypeError("not callable"))]))
    assert "builtins.KeyError" in told and "builtins.TypeError: not callable" in told
    assert SECRET not in told


def test_a_library_is_heard_from_warning_on_in_the_same_form(stream: Written) -> None:
    logging.getLogger("aiosqlite").debug("executing %s", SECRET)
    logging.getLogger("uvicorn.error").info("Started")
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.", extra={"body": SECRET})
    (line,) = stream.lines()
    assert {name: line[name] for name in ("level", "event", "logger")} == {
        "level": "warning",
        "event": "Invalid HTTP request received.",
        "logger": "uvicorn.error",
    }
    assert "body" not in line


async def test_an_error_nobody_waited_for_is_told_without_the_arguments_of_its_callback(stream: Written) -> None:
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(log.log_loop_error)

    def fail(given: str) -> None:
        raise KeyError(given)

    loop.call_soon(fail, SECRET)
    await asyncio.sleep(0.01)
    loop.set_exception_handler(before)
    (line,) = stream.lines()
    assert line["event"] == "the event loop caught an error nobody waited for"
    assert "builtins.KeyError" in line["exception"]
    assert SECRET not in stream.getvalue().decode()


async def test_lines_of_requests_are_written_together_whole_and_in_order() -> None:
    out = Written()
    with logging_to(out) as requests:
        for number in range(100):
            requests.note(answered(key=f"key_{number}"))
        await asyncio.sleep(0)
    assert [line["key"] for line in out.lines()] == [f"key_{number}" for number in range(100)]
    assert 1 < len(out.pieces) < 10
    assert all(piece.endswith(b"\n") and len(piece) <= 4096 for piece in out.pieces)


async def test_what_else_is_logged_comes_after_the_requests_before_it() -> None:
    out = Written()
    with logging_to(out) as requests:
        requests.note(answered())
        logging.getLogger("assessment").warning("something")
        assert [line["event"] for line in out.lines()] == ["request", "something"]
        await asyncio.sleep(0)
    assert len(out.pieces) == 1


def test_without_an_event_loop_a_line_is_written_at_once() -> None:
    out = Written()
    with logging_to(out) as requests:
        requests.note(answered(partner="ptnr_1"))
    (line,) = out.lines()
    assert " ".join(line) == "time level event method route status ms bytes request_id partner"
    assert datetime.fromisoformat(line["time"]).utcoffset() == timedelta(0)
    assert (line["level"], line["status"], line["ms"], line["bytes"]) == ("info", 200, 0.25, 17)


def test_a_log_from_warning_on_has_failed_requests_alone() -> None:
    out = Written()
    with logging_to(out, level="warning") as requests:
        requests.note(answered(404))
        requests.note(answered(503))
    assert [line["status"] for line in out.lines()] == [503]


def test_a_console_shows_the_same_fields() -> None:
    out = Written()
    with logging_to(out, "console") as requests:
        requests.note(answered(key="key_1"))
    shown = out.getvalue().decode()
    assert "request" in shown and "status=200" in shown and "key=key_1" in shown and "invitation" not in shown


async def test_lines_of_several_threads_are_whole_and_all_there() -> None:
    out = Written()
    with logging_to(out) as requests:

        def note_many(name: str) -> None:
            for _ in range(500):
                requests.note(answered(key=name))

        await asyncio.gather(*(asyncio.to_thread(note_many, name) for name in ("one", "two")))
        note_many("three")
        await asyncio.sleep(0)
    assert Counter(line["key"] for line in out.lines()) == {"one": 500, "two": 500, "three": 500}


def test_nobody_reading_the_log_is_no_reason_to_fail() -> None:
    class Gone(Written):
        def write(self, piece: Any) -> int:
            raise BrokenPipeError

    with logging_to(Gone()) as requests:
        requests.note(answered())
