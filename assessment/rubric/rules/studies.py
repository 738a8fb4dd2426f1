"""What must hold in a study: unique ids, shares that add up, kinds that match their content, facts that agree."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from assessment.errors import Problem
from assessment.rubric.document import Document, Place
from assessment.rubric.index import StudyIndex
from assessment.rubric.load import StudySource
from assessment.rubric.rules.wording import repeated, unknown
from assessment.rubric.studies import Category, Finding, FindingKind, Study

# A share printed as a whole per cent is off by half a per cent at most, so a sum of k shares by k halves.
_ROUNDING = 0.005

_SCALES = frozenset({FindingKind.DISTRIBUTION, FindingKind.PARTIAL_DISTRIBUTION})


def check_studies(sources: Sequence[StudySource], index: StudyIndex, dimensions: Iterable[str]) -> Iterator[Problem]:
    """Every rule for every study; `dimensions` are those of all rubrics, which a finding may be filed under."""
    yield from _check_global_ids(sources)
    known = sorted(set(dimensions))
    for source in sources:
        yield from _check_study(source.study, source.document)
        for position, finding in enumerate(source.study.findings):
            place: Place = ("findings", position)
            yield from _check_references(source.study, finding, source.document, place, index)
            yield from _check_dimension(finding.dimension, source.document, place, known)
            yield from _check_kind(finding, source.document, place)
            yield from _check_shares(finding, source.document, place)
        for position, practice in enumerate(source.study.practices):
            yield from _check_dimension(practice.dimension, source.document, ("practices", position), known)


def _check_global_ids(sources: Sequence[StudySource]) -> Iterator[Problem]:
    """Findings and practices share one namespace over all studies, because `evidence` lists both."""
    seen: dict[str, str] = {}
    for source in sources:
        ids: list[tuple[Place, str]] = [
            *((("findings", i, "id"), finding.id) for i, finding in enumerate(source.study.findings)),
            *((("practices", i, "id"), practice.id) for i, practice in enumerate(source.study.practices)),
        ]
        for place, name in ids:
            if name in seen:
                detail = f"the id `{name}` is given twice; the first is at {seen[name]}"
                yield source.document.problem(place, "duplicate", detail)
            seen.setdefault(name, f"{source.document.path.as_posix()}:{source.document.line(*place)}")


def _check_study(study: Study, document: Document) -> Iterator[Problem]:
    if document.path.stem != study.id:
        detail = f"the id `{study.id}` must be the file's name, `{document.path.stem}`"
        yield document.problem(("id",), "misnamed", detail)
    if study.n is not None and study.n_reason is not None:
        yield document.problem(("n_reason",), "needless_reason", "n is given, so n_reason must go")
    if study.year is not None and study.year_reason is not None:
        yield document.problem(("year_reason",), "needless_reason", "year is given, so year_reason must go")
    read = "primary" if any(source.read == "primary" for source in study.sources) else "secondary"
    if study.read != read:
        detail = f"the sources make this `{read}`: a study is primary when one of its sources is"
        yield document.problem(("read",), "read_does_not_follow", detail)
    if study.quality.read_in_primary != (study.read == "primary"):
        detail = f"must be {'true' if study.read == 'primary' else 'false'}, because read is {study.read}"
        yield document.problem(("quality", "read_in_primary"), "quality_does_not_follow", detail)
    published = study.n is not None or any(finding.n is not None for finding in study.findings)
    if study.quality.sample_size_published != published:
        because = "an n is given" if published else "no n is given here or in a finding"
        detail = f"must be {'true' if published else 'false'}, because {because}"
        yield document.problem(("quality", "sample_size_published"), "quality_does_not_follow", detail)


def _check_references(
    study: Study, finding: Finding, document: Document, place: Place, index: StudyIndex
) -> Iterator[Problem]:
    named = [
        *(((*place, "contradicts", i, "finding"), item.finding) for i, item in enumerate(finding.contradicts)),
        *(((*place, "derived_from", i), reference) for i, reference in enumerate(finding.derived_from)),
    ]
    for where, reference in named:
        if reference == finding.id:
            yield document.problem(where, "names_itself", f"the finding `{reference}` names itself")
        elif index.complete and reference not in index.findings:
            yield document.problem(where, "unknown_finding", unknown("finding", reference, index.findings))
    if finding.n is not None and finding.n_reason is not None:
        yield document.problem((*place, "n_reason"), "needless_reason", "n is given, so n_reason must go")


def _check_dimension(dimension: str | None, document: Document, place: Place, known: list[str]) -> Iterator[Problem]:
    if known and dimension is not None and dimension not in known:
        detail = unknown("dimension", dimension, known) + "; leave it out for what belongs to none"
        yield document.problem((*place, "dimension"), "unknown_dimension", detail)


def _check_kind(finding: Finding, document: Document, place: Place) -> Iterator[Problem]:
    """The content that each kind needs, and content that another kind should say."""
    lists = [shares for shares in (finding.shares, *finding.by_function.values()) if shares]
    kind = finding.kind
    detail = None
    if kind in _SCALES and not any(len(shares) > 1 for shares in lists):
        detail = f"a {kind} needs two shares or more; a single share is a prevalence"
    elif kind is FindingKind.DISTRIBUTION and any(category.derived for shares in lists for category in shares):
        detail = "a distribution has only printed shares; with a derived one it is a partial_distribution"
    elif kind is FindingKind.PARTIAL_DISTRIBUTION and not _is_partial(finding, lists):
        detail = "nothing here is derived or missing: flag the derived share, say in sum_note what is missing, "
        detail += "or make it a distribution"
    elif kind is FindingKind.PREVALENCE and not lists:
        detail = "a prevalence needs its share, in shares or by_function; without a figure it is a direction"
    elif kind is FindingKind.ASSOCIATION and finding.ratio is None and finding.caution is None:
        detail = "an association needs a ratio, or a caution that says why there is none"
    elif kind is FindingKind.PERCEPTION_GAP and len(finding.by_function) < 2:
        detail = "a perception_gap needs by_function with two functions; without figures it is a direction"
    elif kind is FindingKind.DIRECTION and (lists or finding.ratio is not None):
        detail = "a direction is a statement without a figure; with shares or a ratio it is of another kind"
    if detail is not None:
        yield document.problem((*place, "kind"), "kind_does_not_fit", detail)
    if finding.ratio is not None and kind not in {FindingKind.ASSOCIATION, FindingKind.DIRECTION}:
        detail = f"a ratio belongs to an association; this is a {kind}"
        yield document.problem((*place, "ratio"), "kind_does_not_fit", detail)


def _is_partial(finding: Finding, lists: Sequence[Sequence[Category]]) -> bool:
    return finding.sum_note is not None or any(category.derived for shares in lists for category in shares)


def _check_shares(finding: Finding, document: Document, place: Place) -> Iterator[Problem]:
    """Categories are unique, and two or more of them add up to 1 within rounding or say why not; groups that have a
    size have shares."""
    for name in finding.n_by_function:
        if name not in finding.by_function:
            detail = unknown("group in by_function called", name, finding.by_function)
            yield document.problem((*place, "n_by_function", name), "unknown_function", detail)
    lists: list[tuple[Place, list[Category]]] = [((*place, "shares"), finding.shares)]
    lists += [((*place, "by_function", name), shares) for name, shares in finding.by_function.items()]
    for where, shares in lists:
        yield from repeated(document, where, [category.id for category in shares], "category", "id")
        total = math.fsum(category.share for category in shares)
        if len(shares) > 1 and finding.sum_note is None and abs(total - 1) > _ROUNDING * len(shares) + 1e-9:
            detail = (
                f"the shares add up to {total:.4g}, not to 1 within rounding "
                f"(±{_ROUNDING * len(shares):.3g} for {len(shares)} shares): correct them, or say why in sum_note"
            )
            yield document.problem(where, "shares_do_not_add_up", detail)
