"""Which language a page speaks: the one asked for in its address, else what the browser prefers."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, Final
from urllib.parse import parse_qsl

import yaml

from assessment.pages.front import AnyRequest

LOCALES: Final = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español"}
"""Each by the name it calls itself; the first is what is left when nothing else is asked for."""
MOST_PREFERRED = 20
"""Languages of a browser that are looked at."""


def choose_locale(request: AnyRequest) -> str:
    """The language of a page that is answered to the request."""
    asked = query_of(request).get("locale", "")
    if asked in LOCALES:
        return asked
    told = b",".join(value for name, value in request.scope["headers"] if name == b"accept-language")
    return preferred_locale(told.decode("latin-1"))


def preferred_locale(header: str) -> str:
    """The first of our languages in the order of an Accept-Language, which RFC 9110 12.5.4 describes."""
    found: list[tuple[float, int, str]] = []
    for place, one in enumerate(header.split(",")[:MOST_PREFERRED]):
        tag, _, parameters = one.partition(";")
        language = tag.strip().lower().partition("-")[0]
        weight = _weight(parameters)
        if language in LOCALES and weight > 0:
            found.append((-weight, place, language))
    return min(found)[2] if found else next(iter(LOCALES))


def query_of(request: AnyRequest) -> dict[str, str]:
    """What the address asks for. Mail programs and advertisements add to it: what is unknown or broken is ignored."""
    try:
        return dict(parse_qsl(request.scope["query_string"].decode("latin-1"), max_num_fields=100))
    except ValueError:
        return {}


@cache
def words_of(locale: str) -> dict[str, Any]:
    """What the pages say in a language."""
    text = (files("assessment.pages") / "locales" / f"{locale}.yaml").read_text(encoding="utf-8")
    words: dict[str, Any] = yaml.safe_load(text)
    return words


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
