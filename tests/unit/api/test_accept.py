"""What a request would rather have is read from its Accept headers as RFC 9110 12.5.1 has it."""

from __future__ import annotations

import pytest

from assessment.api.accept import preferred

HTML, PDF = "text/html", "application/pdf"
OFFERS = (HTML, PDF)


def asked(*values: str) -> str | None:
    return preferred({"headers": [(b"accept", value.encode("latin-1")) for value in values]}, OFFERS)


@pytest.mark.parametrize("values", [(), ("",), (" , ,",), ("*/*",), ("*/*;q=0.1",), ("text/html, application/pdf",)])
def test_who_does_not_mind_gets_the_first(values: tuple[str, ...]) -> None:
    assert asked(*values) == HTML


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("application/pdf", PDF),
        ("Application/PDF", PDF),
        ("application/*", PDF),
        ("text/*", HTML),
        ("application/pdf, text/html;q=0.9", PDF),
        ("application/pdf;q=0.9, text/html", HTML),
        ("application/pdf;q=0.5, */*;q=0.1", PDF),
        ("*/*, text/html;q=0", PDF),
        ("*/*;q=0.5, application/pdf;q=0.6", PDF),
        ("text/*;q=0.1, text/html;q=0.9, application/pdf;q=0.5", HTML),
        ("application/json, application/pdf;q=0.001", PDF),
        ('application/pdf;profile="a,b;q=0", text/html;q=0.9', PDF),
        ("text/html;level=1;q=0.3, application/pdf ; Q=0.4", PDF),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", HTML),
        ("nonsense, application/pdf", PDF),
        ("text/html;q=2, application/pdf;q=0.1", PDF),
    ],
)
def test_the_heavier_and_the_more_precise_range_decide(value: str, wanted: str) -> None:
    assert asked(value) == wanted


@pytest.mark.parametrize(
    "value",
    [
        "application/json",
        "text/plain, image/*",
        "*/*;q=0",
        "text/html;q=0, application/pdf;q=0.000",
        "nonsense",
        "text/html;q=x",
        "/",
        ";",
        ";;q=1",
        "text/",
        '"',
        "\u00e4/\u00f6",
        "*",
    ],
)
def test_nothing_that_is_offered_may_be_welcome(value: str) -> None:
    assert asked(value) is None


def test_several_headers_are_one() -> None:
    assert asked("text/html;q=0.1", "application/pdf") == PDF


def test_a_header_of_any_length_is_read_in_its_time() -> None:
    assert asked('"' * 30_000) is None
    assert asked('a/b;c="' * 4_000) is None
    assert asked("," * 30_000 + "application/pdf") == PDF
