"""What of an error is written down."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator

import pytest
from sqlalchemy.exc import IntegrityError

from assessment import log

SECRET = "what-somebody-sent"


@pytest.fixture
def stream() -> Iterator[io.BytesIO]:
    """The log of this process for one test."""
    root, before = logging.getLogger(), list(logging.getLogger().handlers)
    level, ours = root.level, logging.getLogger("assessment").level
    out = io.BytesIO()
    log.configure("json", "info", out)
    yield out
    root.handlers[:] = before
    root.setLevel(level)
    logging.getLogger("assessment").setLevel(ours)
    logging.captureWarnings(False)


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


def test_a_library_is_heard_from_warning_on_in_the_same_form(stream: io.BytesIO) -> None:
    logging.getLogger("aiosqlite").debug("executing %s", SECRET)
    logging.getLogger("uvicorn.error").info("Started")
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.", extra={"body": SECRET})
    (line,) = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert {name: line[name] for name in ("level", "event", "logger")} == {
        "level": "warning",
        "event": "Invalid HTTP request received.",
        "logger": "uvicorn.error",
    }
    assert "body" not in line


async def test_an_error_nobody_waited_for_is_told_without_the_arguments_of_its_callback(stream: io.BytesIO) -> None:
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(log.log_loop_error)

    def fail(given: str) -> None:
        raise KeyError(given)

    loop.call_soon(fail, SECRET)
    await asyncio.sleep(0.01)
    loop.set_exception_handler(before)
    (line,) = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert line["event"] == "the event loop caught an error nobody waited for"
    assert "builtins.KeyError" in line["exception"]
    assert SECRET not in stream.getvalue().decode()
