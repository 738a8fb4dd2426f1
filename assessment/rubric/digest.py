"""The digest of a rubric version: SHA-256 of everything in it, and in the studies it uses, that scoring depends on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from assessment.rubric.index import StudyIndex
from assessment.rubric.model import Rubric
from assessment.rubric.studies import Category, Finding, Study


def digest_of(rubric: Rubric, index: StudyIndex) -> str:
    """``sha256:<hex>`` over canonical JSON (sorted keys, no defaults) of the rubric without its cases and translations,
    and of the figures of each finding that a benchmark, a published gap or a weight uses; without levels, of all
    evidence.

    A translation can be corrected after its version was published: no score changes by it.
    Fields that equal their default are left out, so that a field added to the format later changes no digest.
    """
    unscored = {"cases", "translations"}
    content = {
        "rubric": rubric.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude=unscored),
        "findings": [_facts(*index.findings[name]) for name in sorted(_findings_used(rubric) & set(index.findings))],
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _findings_used(rubric: Rubric) -> set[str]:
    used: set[str] = set()
    for question in rubric.questions:
        used.update(benchmark.finding for benchmark in question.benchmarks)
        used.update(gap.finding for gap in question.published_gaps)
        if question.weight is None:
            # Its ratios are in the result although no weight follows from them.
            used.update(question.evidence)
        elif question.weight.association is not None:
            used.add(question.weight.association.finding)
            used.update(filter(None, [question.weight.association.agrees_with]))
    return used


def _facts(study: Study, finding: Finding) -> dict[str, Any]:
    """What a result computes with or states of a finding; texts may be reworded."""
    n, n_reason = study.size_of(finding)
    ratio = finding.ratio
    facts: dict[str, Any] = {
        "id": finding.id,
        "study": study.id,
        "year": study.year,
        "n": n,
        "n_reason": n_reason,
        "approximate": finding.approximate,
        "shares": _shares(finding.shares),
        "by_function": {name: _shares(shares) for name, shares in finding.by_function.items()},
        "ratio": None if ratio is None else [ratio.value, ratio.kind, ratio.arms_printed],
    }
    if finding.n_by_function:
        facts["n_by_function"] = finding.n_by_function
    return facts


def _shares(categories: Iterable[Category]) -> list[list[Any]]:
    return [[category.id, category.share, category.derived] for category in categories]
