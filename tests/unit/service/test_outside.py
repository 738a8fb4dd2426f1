"""What counts as outside, in every way that an address can be written."""

from __future__ import annotations

import ipaddress

import pytest

from assessment.errors import InvalidInput
from assessment.service.outside import check_url, is_outside

OUTSIDE = [
    "1.1.1.1",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "2a00:1450:4001:81b::200e",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2001:200::1",
]
INSIDE = [
    "0.0.0.0",
    "0.255.255.255",
    "10.0.0.1",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b:1::808:808",
    "100::1",
    "2001::1",
    "2001:2::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_is_routed_on_the_internet_is_outside(address: str) -> None:
    assert is_outside(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", INSIDE)
def test_what_leads_to_this_network_or_to_nobody_is_inside(address: str) -> None:
    assert not is_outside(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com/alignment?source=1",
        "https://HOOKS.Example.com",
        "https://hooks.example.com:8443/a%20b",
        "https://my_host.example.com/",
        "https://xn--bcher-kva.example/",
        "https://8.8.8.8/",
        "https://[2606:4700:4700::1111]:443/",
    ],
)
def test_a_receiver_on_the_internet_is_taken(url: str) -> None:
    assert check_url(url).scheme == "https"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "invalid_url"),
        ("hooks.example.com", "invalid_url"),
        ("http://hooks.example.com/", "invalid_url"),
        ("ftp://hooks.example.com/", "invalid_url"),
        ("https:///path", "invalid_url"),
        ("https:hooks.example.com", "invalid_url"),
        ("https://user:pass@hooks.example.com/", "invalid_url"),
        ("https://hooks.example.com@127.0.0.1/", "invalid_url"),
        ("https://hooks.example.com/#", "invalid_url"),
        ("https://hooks.example.com/#part", "invalid_url"),
        ("https://hooks.example.com:0/", "invalid_url"),
        ("https://hooks.example.com:/", "invalid_url"),
        ("https://hooks.example.com:65536/", "invalid_url"),
        ("https://hooks.example.com:+80/", "invalid_url"),
        ("https://hooks.example.com./", "invalid_url"),
        ("https://hooks..example.com/", "invalid_url"),
        ("https://hooks.exam%70le.com/", "invalid_url"),
        ("https://hooks.example.com\\@127.0.0.1/", "invalid_url"),
        ("https://hooks.example.com/\t", "invalid_url"),
        (" https://hooks.example.com/", "invalid_url"),
        ("https://bücher.example/", "invalid_url"),
        ("https://127。0。0。1/", "invalid_url"),
        ("https://[::1]hooks.example.com/", "invalid_url"),
        ("https://[fe80::1%25eth0]/", "invalid_url"),
        ("https://[v1.fe80]/", "invalid_url"),
        ("https://2130706433/", "invalid_url"),
        ("https://0x7f000001/", "invalid_url"),
        ("https://0x7f.1/", "invalid_url"),
        ("https://017700000001/", "invalid_url"),
        ("https://0177.0.0.1/", "invalid_url"),
        ("https://127.1/", "invalid_url"),
        ("https://hooks.example.0x/", "invalid_url"),
        ("https://127.0.0.1/", "inside_address"),
        ("https://169.254.169.254/latest/meta-data", "inside_address"),
        ("https://[::ffff:127.0.0.1]/", "inside_address"),
        ("https://[::ffff:7f00:1]/", "inside_address"),
        ("https://localhost/", "inside_address"),
        ("https://LOCALHOST:8443/", "inside_address"),
        ("https://receiver.localhost/", "inside_address"),
        ("https://db.internal/", "inside_address"),
        ("https://printer/", "inside_address"),
        ("https://hooks.example.com/" + "a" * 2023, "invalid_url"),
    ],
)
def test_any_other_url_is_refused_and_says_why(url: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_url(url)
    [problem] = refused.value.errors
    assert (problem.pointer, problem.code) == ("/url", code)


def test_a_name_may_have_253_characters() -> None:
    name = ".".join(["a" * 63, "b" * 63, "c" * 63, "d" * 57, "com"])
    assert check_url(f"https://{name}/").hostname == name
    for longer in (name.replace("d", "dd", 1), name.replace("a", "aa", 1)):
        with pytest.raises(InvalidInput, match="a name of letters, digits, hyphens and dots"):
            check_url(f"https://{longer}/")


def test_a_url_may_have_2048_characters() -> None:
    assert check_url("https://hooks.example.com/" + "a" * 2022).hostname == "hooks.example.com"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9000/hook", "https://localhost/", "http://[::1]:9000/", "http://box/"]
)
def test_inside_receivers_are_taken_where_development_allows_them(url: str) -> None:
    assert check_url(url, allow_inside=True).netloc in ("127.0.0.1:9000", "localhost", "[::1]:9000", "box")


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "http://127.1/", "http://user@127.0.0.1/"])
def test_what_is_no_receiver_anywhere_is_refused_there_too(url: str) -> None:
    with pytest.raises(InvalidInput):
        check_url(url, allow_inside=True)
