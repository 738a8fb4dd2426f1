"""Cohorts: the cuts that are declared before any score is looked at, who belongs where, and a score among others'.

The percentile is the same mid-rank as a ridit (`assessment.scoring.benchmark`).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal, NamedTuple

Cut = Literal["all", "industry", "size"]


class Cohort(NamedTuple):
    """A group of organisations that is compared with: one cut at a time, so that no filter can be narrowed to one."""

    cut: Cut
    value: str


EVERYBODY = Cohort("all", "all")

INDUSTRIES: Mapping[str, str] = MappingProxyType(
    {
        "agriculture": "Agriculture and food production",
        "construction": "Construction and real estate",
        "consumer-goods": "Consumer goods",
        "education": "Education",
        "energy": "Energy and utilities",
        "finance": "Finance and insurance",
        "government": "Government and non-profit",
        "healthcare": "Healthcare and life sciences",
        "hospitality": "Hospitality and travel",
        "logistics": "Transport and logistics",
        "manufacturing": "Manufacturing",
        "media": "Media and marketing services",
        "professional-services": "Professional services",
        "retail": "Retail and wholesale",
        "software": "Software and IT services",
        "telecommunications": "Telecommunications",
    }
)
SIZES: Mapping[str, str] = MappingProxyType(
    {
        "1-49": "1 to 49 employees",
        "50-199": "50 to 199 employees",
        "200-999": "200 to 999 employees",
        "1000-4999": "1,000 to 4,999 employees",
        "5000+": "5,000 employees or more",
    }
)
VALUES: Mapping[Cut, Mapping[str, str]] = MappingProxyType(
    {"all": MappingProxyType({"all": "All organisations"}), "industry": INDUSTRIES, "size": SIZES}
)
"""Every value of every cut, with its title."""

COHORTS = tuple(Cohort(cut, value) for cut, values in VALUES.items() for value in values)

_INDUSTRY_OF = {
    re.sub(r"[^a-z0-9]+", "-", name.lower()): slug for slug, title in INDUSTRIES.items() for name in (slug, title)
}
_FIRST_OF_SIZE = tuple((int(re.match(r"\d+", band)[0]), band) for band in SIZES)  # type: ignore[index]  # each begins so
_EMPLOYEES = re.compile(r"(\d{1,9})(?:-(\d{1,9})|(\+))?(?: ?(?:employees|people|staff))?")


def industry_of(text: str | None) -> str | None:
    """The declared industry that a text names by its id or title, in any case; None for every other."""
    plain = unicodedata.normalize("NFKD", text or "").replace("&", " and ").lower()
    return _INDUSTRY_OF.get(re.sub(r"[^a-z0-9]+", "-", plain).strip("-"))


def size_of(text: str | None) -> str | None:
    """The declared size of a number of employees, or of a range of them, which counts by its middle; None for every
    other text."""
    plain = re.sub(r"(?<=\d)[,. '](?=\d{3}\b)", "", (text or "").strip().lower())
    plain = re.sub(r"\s*(?:-|–|—|\bto\b)\s*", "-", plain)
    found = _EMPLOYEES.fullmatch(plain)
    if found is None:
        return None
    first = int(found[1])
    middle = first if found[2] is None else (first + int(found[2])) / 2
    bands = [band for lowest, band in _FIRST_OF_SIZE if lowest <= middle]
    return bands[-1] if bands else None


def cohorts_of(industry: str | None, size: str | None) -> list[Cohort]:
    """The cohorts of an organisation with a declared industry and size, or neither."""
    found = [EVERYBODY]
    if industry is not None:
        found.append(Cohort("industry", industry))
    if size is not None:
        found.append(Cohort("size", size))
    return found


def mid_rank_percentile(scores: Sequence[float], score: float) -> float:
    """0–100: the share of `scores` below `score` plus half of those equal to it."""
    below = sum(other < score for other in scores)
    equal = sum(other == score for other in scores)
    return 100 * (below + equal / 2) / len(scores)


def laplace_scale(members: int, epsilon: float, score_range: float = 100.0) -> tuple[float, float]:
    """(scale, standard deviation) of the Laplace noise that makes a mean of scores epsilon-private
    (Dwork et al. 2006): one member moves the mean by `score_range / members` at most."""
    scale = score_range / (members * epsilon)
    return scale, scale * math.sqrt(2)
