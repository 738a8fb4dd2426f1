"""What `serve` prints: addresses that can be opened, and an example that the rubric accepts."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.cli.welcome import address_of, local_origins, present_keys
from assessment.rubric.catalog import Catalog, default_directory
from assessment.rubric.index import StudyIndex
from assessment.service.partners import NewPartner


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
        ("::1", "http://[::1]:8000"),
        ("api.example.org", "http://api.example.org:8000"),
    ],
)
def test_an_address_can_be_connected_to(host: str, address: str) -> None:
    assert address_of(host, 8000) == address


def test_the_first_publishable_key_is_for_pages_of_this_machine() -> None:
    assert local_origins("http://api.example.org:8000") == ["http://localhost:8000", "http://127.0.0.1:8000"]
    assert local_origins("http://[::1]:80") == ["http://localhost", "http://127.0.0.1"]


def test_each_key_is_printed_and_the_request_uses_the_secret_one() -> None:
    keys = NewPartner("ptnr_1", "alm_sk_live_secret", "alm_pk_live_publishable")
    text = present_keys(keys, "http://127.0.0.1:8000", Catalog.load(default_directory()), Path("data/start-key"))
    assert text.count("alm_sk_live_secret") == 2
    assert text.count("alm_pk_live_publishable") == 1
    assert "is for pages of http://localhost:8000 and http://127.0.0.1:8000." in text
    assert "assessment key create ptnr_1 --kind publishable --origin https://www.example.com" in text
    assert "-H 'Authorization: Bearer alm_sk_live_secret'" in text
    assert "http://127.0.0.1:8000/ starts assessments with it: it is kept in data/start-key." in text


def test_without_a_rubric_the_keys_are_still_printed() -> None:
    empty = Catalog([], StudyIndex.build([]))
    text = present_keys(NewPartner("ptnr_1", "alm_sk_live_secret", "alm_pk"), "http://127.0.0.1:8000", empty, None)
    assert "alm_sk_live_secret" in text
    assert "curl" not in text
    assert "To have http://127.0.0.1:8000/ start assessments, set ASSESSMENT_START_KEY to it." in text
