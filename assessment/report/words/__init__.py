"""The report's own sentences, one file a locale, and how each locale writes figures, dates and plurals.

CLDR's rules for four languages are a page; a library would bring those of seven hundred.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any, TypeAlias

import msgspec
import yaml
from msgspec import structs

from assessment.report.document import Run, Text

LOCALES = ("en", "de", "fr", "es")
FALLBACK = "en"
Value: TypeAlias = str | Run | Text


class Writing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a locale writes. `grouped_from` is the number of digits from which thousands are set apart, `apart` stands
    between parts that may have commas of their own, `zero_is_one` says whether 0 takes the singular."""

    decimal: str
    thousands: str
    grouped_from: int
    percent: str
    date: str
    first_of_month: str
    months: list[str]
    pair: str
    last_pair: str
    alternative: str
    apart: str
    labelled: str
    zero_is_one: bool


class Words:
    """One locale's sentences."""

    def __init__(self, locale: str, writing: Writing, sentences: Mapping[str, str | Mapping[str, str]]) -> None:
        self.locale = locale
        self.sentences = sentences
        self._writing = writing

    def say(self, key: str, /, **values: str) -> str:
        """A sentence with its values."""
        return self.template(key).format(**values)

    def text(self, key: str, /, **values: Value) -> Text:
        """The same as runs: a value keeps its language and style."""
        return _fill(self.template(key), values)

    def counted(self, key: str, count: int, /, **values: Value) -> Text:
        """A sentence that has a plural."""
        forms = self.sentences[key]
        assert not isinstance(forms, str), f"{key} has no plural"
        one = count == 1 or (count == 0 and self._writing.zero_is_one)
        return _fill(forms["one" if one else "other"], values)

    def template(self, key: str) -> str:
        """A sentence before its values are filled in."""
        sentence = self.sentences[key]
        assert isinstance(sentence, str), f"{key} has a plural"
        return sentence

    def number(self, value: float, places: int = 0) -> str:
        whole, _, rest = f"{abs(value):.{places}f}".partition(".")
        if len(whole) >= self._writing.grouped_from:
            whole = f"{int(whole):,}".replace(",", self._writing.thousands)
        shown = whole + (self._writing.decimal + rest if rest else "")
        return f"\N{MINUS SIGN}{shown}" if value < 0 and any(digit in "123456789" for digit in shown) else shown

    def score(self, value: float) -> str:
        return self.number(value, 2)

    def signed(self, value: float, places: int = 2) -> str:
        shown = self.number(value, places)
        return f"+{shown}" if value > 0 and any(digit in "123456789" for digit in shown) else shown

    def level(self, value: float) -> str:
        """A level, with no more decimals than it has."""
        return self.number(value, 0 if value == int(value) else 2)

    def percent(self, share: float) -> str:
        return self._writing.percent.format(number=self.number(100 * share))

    def percent_range(self, ends: tuple[float, float]) -> str:
        low, high = (self.number(100 * end) for end in ends)
        return self._writing.percent.format(number=f"{low}–{high}")

    def date(self, moment: datetime) -> str:
        day = self._writing.first_of_month if moment.day == 1 else str(moment.day)
        month = self._writing.months[moment.month - 1]
        return self._writing.date.format(day=day, month=month, year=moment.year)

    @property
    def apart(self) -> str:
        return self._writing.apart

    def labelled(self, label: str, value: str) -> str:
        return self._writing.labelled.format(label=label, value=value)

    def all_of(self, parts: Iterable[str]) -> str:
        named = list(parts)
        if any(self._writing.pair in part for part in named):
            return self._writing.apart.join(named)
        return self._joined(named, self._writing.last_pair)

    def any_of(self, parts: Iterable[str]) -> str:
        return self._joined(list(parts), self._writing.alternative)

    def _joined(self, parts: list[str], last: str) -> str:
        return parts[0] if len(parts) == 1 else last.join([self._writing.pair.join(parts[:-1]), parts[-1]])


def _fill(sentence: str, values: Mapping[str, Value]) -> Text:
    parts: list[Value] = []
    for literal, field, _, _ in Formatter().parse(sentence):
        parts += [literal] if field is None else [literal, values[field]]
    return join(*parts)


def join(*values: Value) -> Text:
    """Several pieces as one text, like ones beside each other as one run."""
    runs: list[Run] = []
    for value in values:
        for run in (Run(value),) if isinstance(value, str) else (value,) if isinstance(value, Run) else value:
            last = runs[-1] if runs else None
            if last is not None and run.style != "name" and structs.replace(last, text=run.text) == run:
                runs[-1] = structs.replace(last, text=last.text + run.text)
            elif run.text:
                runs.append(run)
    return tuple(runs)


@cache
def words_in(locale: str) -> Words:
    """The words of a locale; of one that the report does not know, English."""
    known = locale if locale in LOCALES else FALLBACK
    read: dict[str, Any] = yaml.safe_load((files("assessment.report.words") / f"{known}.yaml").read_bytes())
    writing = msgspec.convert(read.pop("writing"), Writing)
    groups = msgspec.convert(read, dict[str, dict[str, str | dict[str, str]]])
    sentences = {f"{group}.{key}": text for group, texts in groups.items() for key, text in texts.items()}
    return Words(known, writing, sentences)
