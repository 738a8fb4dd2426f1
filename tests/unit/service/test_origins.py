"""How an origin is written: as browsers send it, and over nothing that others can listen in on."""

from __future__ import annotations

import pytest

from assessment.service.origins import find_mistake, origin_problems

LONGEST = "https://" + ("a" * 49 + ".") * 4 + "b" * 47
"""255 characters, of which the host has 247."""


@pytest.mark.parametrize(
    "origin",
    [
        "https://example.com",
        "https://www.example.com",
        "https://www.example.com:8443",
        "https://a-b.example",
        "https://xn--bcher-kva.example",
        "https://192.0.2.1",
        "https://[2001:db8::1]:8443",
        "http://localhost",
        "http://localhost:8000",
        "http://127.0.0.1:8000",
        "https://localhost:8443",
        "https://www.example.com:1",
        "https://www.example.com:65535",
        LONGEST,
    ],
)
def test_what_a_browser_sends_over_a_trusted_connection_is_taken(origin: str) -> None:
    assert find_mistake(origin) is None


@pytest.mark.parametrize(
    ("origin", "said"),
    [
        ("", "must be a scheme, a host"),
        ("null", "must be a scheme, a host"),
        ("*", "wildcard"),
        ("https://*.example.com", "wildcard"),
        ("https://www.Example.com", "capitals"),
        ("HTTPS://www.example.com", "capitals"),
        ("https://bücher.example", "punycode"),
        ("www.example.com", "must be a scheme, a host"),
        ("https://www.example.com/", "no slash at the end"),
        ("https://www.example.com/page", "no path"),
        ("https://www.example.com?x", "must be a scheme, a host"),
        ("https://www.example.com#x", "must be a scheme, a host"),
        ("https://user@www.example.com", "must be a scheme, a host"),
        ("https://user:pw@www.example.com", "must be a scheme, a host"),
        ("https://www.example.com:", "must be a scheme, a host"),
        ("https://www.example.com:abc", "must be a scheme, a host"),
        ("http://www.example.com", "must begin with https://"),
        ("http://localhost.example.com", "must begin with https://"),
        ("http://127.0.0.1.example.com", "must begin with https://"),
        ("ftp://www.example.com", "must begin with https://"),
        ("file://", "must be a scheme, a host"),
        ("https://www.example.com:443", "write it without :443"),
        ("http://localhost:80", "write it without :80"),
        ("https://www.example.com:0", "no number from 1 to 65535"),
        ("https://www.example.com:65536", "no number from 1 to 65535"),
        ("https://www.example.com:08443", "no number from 1 to 65535"),
        ("https://-a.example", "names no host"),
        ("https://a..example", "names no host"),
        ("https://a.example.", "names no host"),
        ("https://a b.example", "names no host"),
        ("https://" + "a" * 64 + ".example", "names no host"),
        ("https://300.0.2.1", "names no host"),
        ("https://1.2", "names no host"),
        ("https://[::1", "must be a scheme, a host"),
        ("https://[2001:db8:0:0::1]", "names no host"),
        ("https://" + "a." * 130 + "example", "must be a scheme, a host"),
        (LONGEST + "a", "must be a scheme, a host"),
        ("https://www.example.com\n", "names no host"),
        (" https://www.example.com", "must be a scheme, a host"),
    ],
)
def test_a_mistake_is_named(origin: str, said: str) -> None:
    assert said in (find_mistake(origin) or "")


def test_a_long_origin_is_shown_in_part() -> None:
    path = "https://a.example/" + "b" * 62
    assert (find_mistake(path) or "").startswith(f"'{path}' must be")
    assert (find_mistake(path + "b") or "").startswith(f"'{path[:79]}…' must be")


def test_each_mistake_of_a_list_has_its_place() -> None:
    problems = origin_problems(["https://a.example", "https://a.example", "http://b.example"])
    assert [(problem.pointer, problem.code) for problem in problems] == [
        ("/origins/1", "duplicate_origin"),
        ("/origins/2", "invalid_origin"),
    ]


def test_a_list_has_an_end() -> None:
    origins = [f"https://a{number}.example" for number in range(51)]
    assert origin_problems(origins[:50]) == []
    assert [problem.code for problem in origin_problems(origins)] == ["too_many"]
