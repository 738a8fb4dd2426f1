"""What must hold in a dimension file: options, benchmarks, and weights that follow from the rubric's rule."""

from __future__ import annotations

import math
from collections.abc import Iterator

from assessment.errors import Problem
from assessment.rubric.document import Document, Place
from assessment.rubric.head import Weighting
from assessment.rubric.index import StudyIndex
from assessment.rubric.load import RubricSource
from assessment.rubric.question import Association, Benchmark, Kind, Question, QuestionWeight
from assessment.rubric.rules.beside import check_options_covered
from assessment.rubric.rules.gaps import check_gaps
from assessment.rubric.rules.wording import check_evidence, repeated, unknown
from assessment.rubric.studies import Category, Finding, Ratio
from assessment.rubric.weighting import evidence_of, weight_of


def check_questions(source: RubricSource, index: StudyIndex) -> Iterator[Problem]:
    """Every rule for every question; ids are unique over the whole rubric."""
    seen: dict[str, str] = {}
    for dimension, document in zip(source.rubric.dimensions, source.dimensions, strict=True):
        if document.path.stem != dimension.id:
            detail = f"the id `{dimension.id}` must be the file's name, `{document.path.stem}`"
            yield document.problem(("id",), "misnamed", detail)
        for position, question in enumerate(dimension.questions):
            place: Place = ("questions", position)
            if question.id in seen:
                detail = f"the question `{question.id}` is given twice; the first is at {seen[question.id]}"
                yield document.problem((*place, "id"), "duplicate", detail)
            seen.setdefault(question.id, f"{document.path.as_posix()}:{document.line(*place, 'id')}")
            yield from _check_question(source, question, document, place, index)


def _check_question(
    source: RubricSource, question: Question, document: Document, place: Place, index: StudyIndex
) -> Iterator[Problem]:
    functions = [function.id for function in source.rubric.head.functions]
    for position, function in enumerate(question.audience):
        if function not in functions:
            detail = unknown("function", function, functions)
            yield document.problem((*place, "audience", position), "unknown_function", detail)
    yield from repeated(document, (*place, "audience"), question.audience, "function")
    yield from repeated(document, (*place, "options"), [option.id for option in question.options], "option", "id")
    if source.rubric.head.levels:
        yield from _check_options(question, document, place)
    yield from check_evidence(document, (*place, "evidence"), question.evidence, index)
    if not question.evidence and question.judgement is None:
        detail = "a question names its evidence, or says in judgement what it rests on instead"
        yield document.problem(place, "no_ground", detail)
    used = [f"{benchmark.finding} {benchmark.function or ''}".strip() for benchmark in question.benchmarks]
    yield from repeated(document, (*place, "benchmarks"), used, "benchmark")
    for position, benchmark in enumerate(question.benchmarks):
        where: Place = (*place, "benchmarks", position)
        if source.rubric.head.levels:
            yield from _check_levels_covered(benchmark, document, where)
        else:
            yield from check_options_covered(question, benchmark, document, where)
        yield from _check_benchmark(benchmark, document, where, functions, index)
    yield from check_gaps(question, document, place, functions, index)
    if source.rubric.head.weighting is not None and question.weight is not None:
        rule = source.rubric.head.weighting
        yield from _check_weight(rule, question, question.weight, document, (*place, "weight"), index)


def _check_options(question: Question, document: Document, place: Place) -> Iterator[Problem]:
    wanted, other = ("level", "points") if question.kind is Kind.SINGLE else ("points", "level")
    fits = True
    for position, option in enumerate(question.options):
        where: Place = (*place, "options", position)
        if getattr(option, wanted) is None:
            fits = False
            detail = f"an option of a {question.kind} question needs `{wanted}`"
            yield document.problem(where, "missing", detail)
        if getattr(option, other) is not None:
            detail = f"an option of a {question.kind} question has `{wanted}`, not `{other}`"
            yield document.problem((*where, other), "unknown_key", detail)
    if not fits:
        return
    if question.kind is Kind.MULTIPLE:
        total = math.fsum(option.points or 0.0 for option in question.options)
        if total < 4 - 1e-9:
            detail = f"the points of all options must add up to 4 or more, else level 4 is out of reach; got {total:g}"
            yield document.problem((*place, "options"), "options_do_not_reach", detail)
        return
    levels = [option.level or 0 for option in question.options]
    if levels != sorted(levels):
        detail = f"options go from the lowest level to the highest; got {', '.join(map(str, levels))}"
        yield document.problem((*place, "options"), "options_out_of_order", detail)
    elif levels[0] != 0 or levels[-1] != 4:
        detail = f"the lowest option must be at level 0 and the highest at 4; got {levels[0]} to {levels[-1]}"
        yield document.problem((*place, "options"), "options_do_not_reach", detail)


def _check_levels_covered(benchmark: Benchmark, document: Document, place: Place) -> Iterator[Problem]:
    levels = [level for group in benchmark.groups for level in group.levels]
    if levels != [0, 1, 2, 3, 4]:
        detail = f"the groups must cover the levels 0, 1, 2, 3, 4 once each, in order; got {levels}"
        yield document.problem((*place, "groups"), "groups_do_not_cover", detail)


def _check_benchmark(
    benchmark: Benchmark, document: Document, place: Place, functions: list[str], index: StudyIndex
) -> Iterator[Problem]:
    if benchmark.function is not None and benchmark.function not in functions:
        detail = unknown("function", benchmark.function, functions)
        yield document.problem((*place, "function"), "unknown_function", detail)
    known = index.findings.get(benchmark.finding)
    if known is None:
        if index.complete:
            detail = unknown("finding", benchmark.finding, index.findings)
            yield document.problem((*place, "finding"), "unknown_finding", detail)
        return
    finding = known[1]
    shares = finding.shares if benchmark.function is None else finding.by_function.get(benchmark.function, [])
    if shares:
        yield from _check_categories(benchmark, shares, document, place)
    else:
        yield document.problem((*place, "finding"), "no_shares", _why_no_shares(benchmark, finding))


def _why_no_shares(benchmark: Benchmark, finding: Finding) -> str:
    by_function = f"by_function has: {', '.join(finding.by_function)}" if finding.by_function else "none by function"
    if benchmark.function is not None:
        return f"the finding `{finding.id}` has no shares for the function `{benchmark.function}`; {by_function}"
    return f"the finding `{finding.id}` has no shares to compare with; {by_function}"


def _check_categories(
    benchmark: Benchmark, shares: list[Category], document: Document, place: Place
) -> Iterator[Problem]:
    """Every category of the finding stands in one group, or in `drop`."""
    ids = [category.id for category in shares]
    used: list[str] = []
    named: list[tuple[Place, str]] = [
        ((*place, "groups", group_position, "categories", position), name)
        for group_position, group in enumerate(benchmark.groups)
        for position, name in enumerate(group.categories)
    ]
    named += [((*place, "drop", position), name) for position, name in enumerate(benchmark.drop)]
    for where, name in named:
        if name not in ids:
            detail = unknown(f"category of `{benchmark.finding}` called", name, ids)
            yield document.problem(where, "unknown_category", detail)
        elif name in used:
            detail = f"the category `{name}` is used twice; each stands in one group or in drop"
            yield document.problem(where, "duplicate", detail)
        used.append(name)
    left = [name for name in ids if name not in used]
    if left:
        detail = f"every category of `{benchmark.finding}` must be in a group or in drop; left over: {', '.join(left)}"
        yield document.problem((*place, "groups"), "categories_left_over", detail)


def _check_weight(
    rule: Weighting,
    question: Question,
    weight: QuestionWeight,
    document: Document,
    place: Place,
    index: StudyIndex,
) -> Iterator[Problem]:
    base = rule.base.get(question.nature.value)
    if base is None:
        return  # reported once, at the rubric's weighting
    if weight.base != base:
        detail = f"must be {base:g}, the rubric's base for questions of nature {question.nature}; got {weight.base:g}"
        yield document.problem((*place, "base"), "base_does_not_follow", detail)
        return
    if weight.association is None:
        derivation = weight_of(rule, base)
    else:
        problems = list(_check_association(rule, weight.association, document, (*place, "association"), index))
        yield from problems
        known = index.findings.get(weight.association.finding)
        if problems or known is None:
            return
        agreeing = _ratio_of(weight.association.agrees_with, index)
        if weight.association.agrees_with is not None and agreeing is None:
            return
        nearness = rule.nearness[weight.association.nearness]
        derivation = weight_of(rule, base, nearness=nearness, evidence=evidence_of(*known, agreeing))
    if abs(weight.value - derivation.value) > 0.5e-6 + 1e-12:
        detail = f"must be {derivation.value:.6f} = {derivation}, as the rubric's weighting rule gives"
        yield document.problem((*place, "value"), "weight_does_not_follow", f"{detail}; got {weight.value:g}")


def _ratio_of(finding_id: str | None, index: StudyIndex) -> Ratio | None:
    known = index.findings.get(finding_id) if finding_id is not None else None
    return known[1].ratio if known is not None else None


def _check_association(
    rule: Weighting, association: Association, document: Document, place: Place, index: StudyIndex
) -> Iterator[Problem]:
    if association.nearness not in rule.nearness:
        detail = unknown("nearness", association.nearness, rule.nearness)
        yield document.problem((*place, "nearness"), "unknown_nearness", detail)
    studies: list[str] = []
    for key, reference in (("finding", association.finding), ("agrees_with", association.agrees_with)):
        if reference is None:
            continue
        known = index.findings.get(reference)
        if known is None:
            if index.complete:
                detail = unknown("finding", reference, index.findings)
                yield document.problem((*place, key), "unknown_finding", detail)
            continue
        study, finding = known
        studies.append(study.id)
        if finding.ratio is None:
            detail = f"the finding `{reference}` has no ratio, so no weight can follow from it"
            yield document.problem((*place, key), "no_ratio", detail)
        elif finding.ratio.value <= 1:
            detail = f"the ratio of `{reference}` is {finding.ratio.value:g}; only a ratio over 1 speaks for a practice"
            yield document.problem((*place, key), "ratio_against", detail)
    if len(studies) == 2 and studies[0] == studies[1]:
        detail = f"must be a finding of another study than `{studies[0]}`: one study cannot confirm itself"
        yield document.problem((*place, "agrees_with"), "not_independent", detail)
