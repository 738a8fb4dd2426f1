"""Results as they were stored: those of the first engine are read, and what is no result is refused."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from assessment.report.compose import compose
from assessment.report.html import render_html
from assessment.report.source import read_result
from tests.unit.report.samples import split_views, worked_example

LATER_OF_QUESTION = ("chosen", "withheld", "wording", "known")
LATER_OF_BENCHMARK = ("options", "titles", "own", "same", "same_interval")


def as_first_engine(encoded: bytes) -> bytes:
    """The result without what engine 1.0.0 did not say."""
    result: dict[str, Any] = msgspec.json.decode(encoded)
    del result["perception"], result["inconsistencies"]
    for question in result["questions"]:
        for name in LATER_OF_QUESTION:
            del question[name]
        for benchmark in question["benchmarks"]:
            for name in LATER_OF_BENCHMARK:
                del benchmark[name]
    return msgspec.json.encode(result | {"engine": "1.0.0"})


def test_a_result_is_read_as_it_was_stored() -> None:
    result = split_views(6).result
    assert read_result(msgspec.json.encode(result)) == result


def test_a_result_of_the_first_engine_has_a_report() -> None:
    source = worked_example()
    old = read_result(as_first_engine(msgspec.json.encode(source.result)))
    assert (old.engine, old.perception, old.inconsistencies) == ("1.0.0", None, [])
    page = render_html(compose(msgspec.structs.replace(source, result=old))).decode()
    assert "52.03" in page
    assert "1.0.0" in page


@pytest.mark.parametrize(
    "encoded", [b"[]", b"{}", b'{"questions": 1}', b'{"questions": [1, {"benchmarks": [2]}]}', b"null"]
)
def test_what_is_no_result_is_refused(encoded: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        read_result(encoded)
    with pytest.raises(msgspec.DecodeError):
        read_result(b"{")
