"""What must hold in what a question says of two functions: whose behaviour it judges, and the gaps published of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assessment.errors import Problem
from assessment.rubric.document import Document, Place
from assessment.rubric.index import StudyIndex
from assessment.rubric.question import PublishedGap, Question
from assessment.rubric.rules.wording import repeated, unknown


def check_gaps(
    question: Question, document: Document, place: Place, functions: Sequence[str], index: StudyIndex
) -> Iterator[Problem]:
    if question.about is not None and question.about not in functions:
        detail = unknown("function", question.about, functions)
        yield document.problem((*place, "about"), "unknown_function", detail)
    used = [f"{gap.finding} {gap.category}" for gap in question.published_gaps]
    yield from repeated(document, (*place, "published_gaps"), used, "published gap")
    options = [option.id for option in question.options]
    for position, gap in enumerate(question.published_gaps):
        where: Place = (*place, "published_gaps", position)
        for option_position, option in enumerate(gap.options):
            if option not in options:
                detail = unknown(f"option of `{question.id}` called", option, options)
                yield document.problem((*where, "options", option_position), "unknown_option", detail)
        yield from _check_finding(gap, document, where, functions, index)


def _check_finding(
    gap: PublishedGap, document: Document, place: Place, functions: Sequence[str], index: StudyIndex
) -> Iterator[Problem]:
    known = index.findings.get(gap.finding)
    if known is None:
        if index.complete:
            detail = unknown("finding", gap.finding, index.findings)
            yield document.problem((*place, "finding"), "unknown_finding", detail)
        return
    by_function = {name: shares for name, shares in known[1].by_function.items() if name in functions}
    if len(by_function) < 2:
        there = ", ".join(known[1].by_function) or "none"
        detail = (
            f"a published gap needs shares of two of the rubric's functions; `{gap.finding}` has by_function: {there}"
        )
        yield document.problem((*place, "finding"), "no_shares", detail)
        return
    for name, shares in by_function.items():
        categories = [category.id for category in shares]
        if gap.category not in categories:
            detail = unknown(f"category of `{gap.finding}` for {name} called", gap.category, categories)
            yield document.problem((*place, "category"), "unknown_category", detail)
            return
