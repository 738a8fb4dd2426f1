"""What people chose in a form, as ids of the rubric: by the texts of its options in any language, or as told."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from assessment.rubric.model import Rubric
from assessment.rubric.question import Question
from assessment.rubric.translate import translated

SEPARATORS = (";", "\n", ",", "|")
"""What form tools put between several choices in one cell."""
MOST_PARTS = 20
"""Parts that a choice may have which has separators in its own text."""
_LIKE = str.maketrans("‘’‚‛′`´“”„‟«»″‐‑‒–—―−", "'''''''\"\"\"\"\"\"\"-------")
_DROPPED = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")


class Ambiguous(NamedTuple):
    """A text that stands for several ids."""

    ids: tuple[str, ...]


def fold(text: str) -> str:
    """The text without what tells no two texts apart: case, spaces, and which quotes and dashes were typed."""
    plain = unicodedata.normalize("NFKC", _DROPPED.sub("", text.translate(_LIKE)))
    return " ".join(plain.casefold().split())


class Wording:
    """Ids by their texts. What is told outranks what is known of the rubric."""

    def __init__(self, known: Iterable[tuple[str, str]], told: Mapping[str, str] | None = None) -> None:
        self._ids: dict[str, list[str]] = {}
        for text, meant in known:
            found = self._ids.setdefault(fold(text), [])
            if meant not in found:
                found.append(meant)
        self._ids |= {fold(text): [meant] for text, meant in (told or {}).items()}

    @property
    def ids(self) -> list[str]:
        """What a text may stand for."""
        return list(dict.fromkeys(one for found in self._ids.values() for one in found))

    def find(self, text: str) -> str | Ambiguous | None:
        """The id that a text stands for, None where it stands for none."""
        found = self._ids.get(fold(text))
        if found is None:
            return None
        return found[0] if len(found) == 1 else Ambiguous(tuple(found))

    def split(self, cell: str, separators: Sequence[str]) -> list[str]:
        """The choices of a cell that has several. A choice that has a separator in its own text is found as a whole,
        the longest first; what is not known ends at the next separator."""
        parts = re.split("(" + "|".join(re.escape(one) for one in separators) + ")", cell)
        choices = []
        start = 0
        while start < len(parts):
            longest = min(len(parts), start + 2 * MOST_PARTS - 1)
            end = next(
                (end for end in range(longest, start, -2) if self.find("".join(parts[start:end])) is not None),
                start + 1,
            )
            choice = "".join(parts[start:end]).strip()
            if choice:
                choices.append(choice)
            start = end + 1
        return choices


def option_texts(rubrics: Sequence[Rubric], question: Question) -> list[tuple[str, str]]:
    """The ids of a question's options, and their titles in every language, each with the id."""
    texts = [(option.id, option.id) for option in question.options]
    for rubric in rubrics:
        same = next(one for one in rubric.questions if one.id == question.id)
        texts += [(option.title, option.id) for option in same.options]
    return texts


def function_texts(rubrics: Sequence[Rubric]) -> list[tuple[str, str]]:
    """The ids of the functions, and their titles in every language, each with the id."""
    return [
        (text, function.id)
        for rubric in rubrics
        for function in rubric.head.functions
        for text in (function.id, function.title)
    ]


def in_every_language(rubric: Rubric) -> list[Rubric]:
    return [translated(rubric, locale) for locale in rubric.locales]
