"""The text of keys."""

from __future__ import annotations

import pytest

from assessment.service import keys


@pytest.mark.parametrize(
    ("kind", "mode", "start"),
    [
        ("secret", "live", "alm_sk_live_"),
        ("secret", "test", "alm_sk_test_"),
        ("publishable", "live", "alm_pk_live_"),
        ("publishable", "test", "alm_pk_test_"),
        ("restricted", "live", "alm_rk_live_"),
        ("restricted", "test", "alm_rk_test_"),
    ],
)
def test_a_key_says_its_kind_and_mode(kind: keys.Kind, mode: keys.Mode, start: str) -> None:
    key = keys.generate(kind, mode)
    assert key.text.startswith(start)
    assert len(key.text) == 45
    assert key.prefix == key.text[:16]
    assert keys.parse(key.text) == (kind, mode, key.prefix, key.hash)


def test_two_keys_are_never_the_same() -> None:
    assert len({keys.generate("secret", "live").text for _ in range(1000)}) == 1000


def test_every_single_mistyped_character_is_noticed() -> None:
    text = keys.generate("secret", "live").text
    for place in range(len(text)):
        other = "x" if text[place] != "x" else "y"
        assert keys.parse(text[:place] + other + text[place + 1 :]) is None


@pytest.mark.parametrize("text", ["", "alm_sk_live_", "alm_xk_live_" + "0" * 33, "é" * 45, "alm_sk_live_" + "0" * 33])
def test_what_reads_like_no_key_is_none(text: str) -> None:
    assert keys.parse(text) is None


def test_a_key_with_anything_around_it_is_none() -> None:
    text = keys.generate("secret", "live").text
    assert [keys.parse(changed) for changed in (text + "\n", " " + text, text + "0", text[:-1])] == [None] * 4


def test_bits_that_were_drawn_already_make_the_same_key_again() -> None:
    assert keys.generate("secret", "live", 2**160 - 1).text == "alm_sk_live_aWgEPTl1tmebfsQzFP4bxwgy80V00LqzJ"
    assert keys.generate("restricted", "test", 0) == keys.generate("restricted", "test", 0)


def test_the_head_of_a_key_says_its_kind_and_mode() -> None:
    assert keys.parse_head("alm_rk_test_") == ("restricted", "test")
