"""The first version of a mapping file, made of what an export shows, for a person to look through."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping

from assessment.cli.forms.export import FormExport
from assessment.cli.forms.guess import Guess, Match, guess
from assessment.cli.forms.mapping import OrganisationColumns
from assessment.rubric.model import Rubric
from assessment.rubric.question import Kind, Question
from assessment.scoring.answers import SENIORITIES

WIDTH = 100
FILL_IN = "# FILL IN"
"""Stands where something is missing; what is left empty there is refused with its line."""


def draft_mapping(rubric: Rubric, export: FormExport) -> str:
    """The text of a mapping file."""
    found = guess(rubric, export)
    lines = [
        *_head(rubric, export, found),
        *_organisation(found),
        *_function(rubric, found),
        *_respondent(found),
        *_states(found),
        "",
        "questions:",
    ]
    for question in rubric.questions:
        lines += _question(question, found.questions.get(question.id))
    if found.unused:
        lines += ["", "# Columns that nothing above reads:"]
        lines += [f"#   {_quote(name)}" for name in found.unused]
    return "\n".join(lines) + "\n"


def _head(rubric: Rubric, export: FormExport, found: Guess) -> Iterator[str]:
    head = rubric.head
    known = f"{len(found.questions)} of {len(rubric.questions)} questions were recognised"
    yield from _comment(
        f"Reads {export.path.name} as responses to {head.id}@{head.version}. {known}. Look through all of it, and "
        f"write something where it says {FILL_IN.removeprefix('# ')}; what is left empty there is refused. Then try "
        f"it: assessment import {export.path.name} --mapping THIS-FILE --dry-run"
    )
    yield f"rubric: {head.id}@{head.version}"
    yield f"header_rows: {len(export.header)}"
    yield "confidentiality: grouped  # or named: figures of fewer than four people are shown"
    yield "complete: true  # false leaves the assessments open for more responses"
    yield "contribute_to_benchmark: false  # true only if the organisations have agreed"


def _organisation(found: Guess) -> Iterator[str]:
    yield ""
    yield "organisation:"
    if "name" not in found.fields:
        yield f"  name: {{column: }}  {FILL_IN} its column, or {{value: Northwind}} where all rows are of that one"
    for field in OrganisationColumns.model_fields:
        if field in found.fields:
            yield f"  {field}: {{column: {_quote(found.fields[field])}}}"


def _function(rubric: Rubric, found: Guess) -> Iterator[str]:
    yield ""
    allowed = ", ".join(function.id for function in rubric.head.functions)
    if "function" not in found.fields:
        yield "# Nothing says for which function somebody answered. Without it there is no perception gap:"
        yield f"# function: {{column: its column}}  # says one of: {allowed}"
        return
    yield f"function:  # {allowed}"
    yield f"  column: {_quote(found.fields['function'])}"
    yield from _values(found.words["function"], allowed, "  ")


def _respondent(found: Guess) -> Iterator[str]:
    yield ""
    if "reference" in found.fields:
        yield "respondent:"
        yield f"  reference: {{column: {_quote(found.fields['reference'])}}}"
        if "seniority" in found.fields:
            allowed = ", ".join(SENIORITIES)
            yield f"  seniority:  # {allowed}"
            yield f"    column: {_quote(found.fields['seniority'])}"
            yield from _values(found.words["seniority"], allowed, "    ")
    if "answered_at" in found.fields:
        yield "answered_at:"
        yield f"  column: {_quote(found.fields['answered_at'])}"
        if not found.time_formats:
            yield f"  format:  {FILL_IN} how its times are written, as strptime has it: %d.%m.%Y %H:%M"
            return
        first, others = found.time_formats[0], [form for form in found.time_formats[1:] if form]
        if first is not None:
            also = f"  # or {' or '.join(map(_quote, others))}: the times tell not which" if others else ""
            yield f"  format: {_quote(first)}{also}"


def _values(words: Mapping[str, str | None], allowed: str, indent: str) -> Iterator[str]:
    if words:
        yield f"{indent}values:"
    for text, meant in words.items():
        said = f"{meant}  # by its words" if meant else f"{FILL_IN} one of: {allowed}"
        yield f"{indent}  {_quote(text)}: {said}"


def _states(found: Guess) -> Iterator[str]:
    if any(found.states.values()):
        yield ""
    for kind, texts in found.states.items():
        if texts:
            yield f"{kind}: [{', '.join(map(_quote, texts))}]"


def _question(question: Question, match: Match | None) -> Iterator[str]:
    yield ""
    yield from _comment(question.title, "  ")
    yield f"  {question.id}:"
    if match is None:
        yield f"    column:  {FILL_IN} its column, or take the question out"
        return
    check = "" if match.certain else "  # by its cells: is it this one?"
    if len(match.columns) == 1:
        yield f"    column: {_quote(match.columns[0])}{check}"
    else:
        yield f"    columns:{check}"
        yield from (f"      - {_quote(name)}" for name in match.columns)
    if match.unknown:
        allowed = ", ".join(option.id for option in question.options)
        kind = "one of" if question.kind is Kind.SINGLE else "each one of"
        yield f"    options:  # {kind}: {allowed}"
        yield from (f"      {_quote(text)}:  {FILL_IN}" for text in match.unknown)


def _comment(text: str, indent: str = "") -> list[str]:
    prefix = f"{indent}# "
    plain = "".join(sign if sign.isprintable() else "\ufffd" for sign in text)
    return textwrap.wrap(plain, WIDTH, initial_indent=prefix, subsequent_indent=prefix, break_long_words=False)


def _quote(text: str) -> str:
    """In quotes, as YAML reads it back whatever it is: of what JSON writes out, YAML refuses what cannot be printed."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(sign if sign.isprintable() else f"\\U{ord(sign):08x}" for sign in quoted)
