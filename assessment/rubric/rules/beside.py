"""What must hold where a rubric without levels sets its options beside a study's answers."""

from __future__ import annotations

from collections.abc import Iterator

from assessment.errors import Problem
from assessment.rubric.document import Document, Place
from assessment.rubric.question import Benchmark, Kind, Question, Scale
from assessment.rubric.rules.wording import unknown


def check_options_covered(
    question: Question, benchmark: Benchmark, document: Document, place: Place
) -> Iterator[Problem]:
    """A single choice has each option in one group, in order where there is one; a multiple choice one option and one
    category in each group, since any number of its answers may hold at once."""
    known = [option.id for option in question.options]
    named = [option for group in benchmark.groups for option in group.options]
    for number, group in enumerate(benchmark.groups):
        for position, option in enumerate(group.options):
            if option not in known:
                detail = unknown(f"option of `{question.id}` called", option, known)
                where: Place = (*place, "groups", number, "options", position)
                yield document.problem(where, "unknown_option", detail)
    if not set(named) <= set(known):
        return
    if question.kind is Kind.MULTIPLE:
        single = all(len(group.options) == 1 and len(group.categories) == 1 for group in benchmark.groups)
        if not single or len(set(named)) != len(named):
            detail = "of a multiple choice each group is one option and the one category that it stands for"
            yield document.problem((*place, "groups"), "groups_do_not_cover", detail)
    elif sorted(named) != sorted(known):
        detail = f"the groups must cover the options {', '.join(known)} once each; got {', '.join(named)}"
        yield document.problem((*place, "groups"), "groups_do_not_cover", detail)
    elif question.scale is Scale.ORDINAL and named != known:
        detail = (
            f"the options have an order, so the groups follow it: {', '.join(known)}; got {', '.join(named)}. "
            "Options without an order are `scale: nominal`"
        )
        yield document.problem((*place, "groups"), "groups_do_not_cover", detail)
