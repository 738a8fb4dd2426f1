"""Change over time: when a difference between two scores is more than measurement error, or than people's spread.

Sources: Jacobson & Truax 1991 (J Consult Clin Psychol 59:12–19); Christensen & Mendoza 1986. Where a rubric has no
test-retest reliability yet, the standard error comes from the spread of the respondents' own scores, and what it says
is provisional (judgement).
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from assessment.rubric.bridges import Span
from assessment.rubric.head import Reliability
from assessment.scoring.interval import Z95
from assessment.scoring.past import PastResult
from assessment.scoring.perceived import Confidentiality
from assessment.scoring.perception import MINIMUM_GROUP
from assessment.scoring.result import Number
from assessment.scoring.spread import Sample, Spread

ChangeStatus = Literal["reliable", "provisional", "not_comparable"]
ChangeReason = Literal[
    "other_rubric",
    "other_version",
    "not_in_bridge",
    "not_in_both",
    "no_score",
    "no_responses",
    "too_few_respondents",
    "withheld",
]
MEANINGS: dict[ChangeReason, str] = {
    "other_rubric": "The two were scored with different rubrics.",
    "other_version": "The two were scored with different versions of the rubric, and none of them says that their "
    "scores can be compared.",
    "not_in_bridge": "The later version of the rubric does not say that this score can be compared with the earlier "
    "version's.",
    "not_in_both": "Only one of the two versions of the rubric has this dimension.",
    "no_score": "Too little was answered for a score on one of the two sides.",
    "no_responses": "Whether it is more than the respondents' spread cannot be told without their answers.",
    "too_few_respondents": "Whether it is more than the respondents' spread cannot be told: on one of the two sides "
    "fewer than two people have a score of their own.",
    "withheld": "Fewer than four people answered on one of the two sides, so the figures of their spread are withheld.",
}
RELIABLE = "Judged by the rubric's test-retest reliability ({source})."
PROVISIONAL = "Judged by the spread of the respondents' own scores, as the rubric's reliability is not measured yet."


class ReliableChange(msgspec.Struct, frozen=True):
    """How precisely two scores can be compared, in the unit of the scores."""

    error: float
    """Standard error of measurement of one score."""
    difference_error: float
    """Standard error of the difference of two scores."""
    detectable: float
    """Smallest difference that is reliable at 95 %."""

    def index(self, before: float, after: float) -> float:
        """The reliable change index; reliable beyond ±1.96."""
        return (after - before) / self.difference_error


class ScoreChange(msgspec.Struct, frozen=True, gc=False):
    """How one score has changed, and whether that is more than chance."""

    dimension: Annotated[str | None, Meta(description="Dimension id; null for the overall score.")]
    title: Annotated[str | None, Meta(description="Dimension title; null for the overall score.")]
    before: Annotated[Number | None, Meta(description="The earlier score; null without one.")]
    after: Annotated[Number | None, Meta(description="The later score; null without one.")]
    change: Annotated[
        float | None, Meta(description="Later minus earlier, in points; null where they cannot be compared.")
    ]
    status: Annotated[
        ChangeStatus,
        Meta(
            description="`reliable`: judged by the rubric's measured reliability. `provisional`: by the respondents' "
            "spread. `not_comparable`: for the reason given."
        ),
    ]
    significant: Annotated[
        bool | None, Meta(description="Whether it is more than chance at 95 %; null where that cannot be told.")
    ]
    standard_error: Annotated[float | None, Meta(description="Of the change, in points; null where it is withheld.")]
    index: Annotated[float | None, Meta(description="Change over its standard error; more than chance beyond ±1.96.")]
    detectable: Annotated[
        float | None, Meta(description="The smallest change that would be more than chance, in points.")
    ]
    reason: Annotated[ChangeReason | None, Meta(description="Why something is not said; null when all is.")]
    explanation: Annotated[str, Meta(description="The same in a sentence, and what the change is judged by.")]


class ResultChange(msgspec.Struct, frozen=True, gc=False):
    """Two results set side by side."""

    comparable: Annotated[bool, Meta(description="Whether rubric and version let any of the scores be compared.")]
    reason: Annotated[ChangeReason | None, Meta(description="Why not.")]
    explanation: Annotated[str | None, Meta(description="The same in a sentence.")]
    bridges: Annotated[
        list[str], Meta(description="Between different versions: why each one on the way lets scores be compared.")
    ]
    overall: Annotated[ScoreChange, Meta(description="The overall score.")]
    dimensions: Annotated[list[ScoreChange], Meta(description="Every dimension of either, the later one's order.")]


class Side(msgspec.Struct, frozen=True):
    """One of two results: `spread` is that of its respondents, None where their answers are not at hand."""

    result: PastResult
    spread: Spread | None = None
    confidentiality: Confidentiality = "grouped"


def reliable_change(deviation: float, reliability: float) -> ReliableChange:
    """From the scores' standard `deviation` and test-retest `reliability` (0..1)."""
    error = deviation * math.sqrt(1 - reliability)
    difference_error = error * math.sqrt(2)
    return ReliableChange(error, difference_error, Z95 * difference_error)


def compare(before: Side, after: Side, span: Span | None) -> ResultChange:
    """Set two results of an organisation side by side.

    `span` says what lets their rubric versions be compared, None that nothing does. Where it brings a reliability the
    overall change is judged by the reliable change index, and every other change by the respondents' spread:
    ``SE² = s₁²/n₁ + s₂²/n₂``, more than chance beyond 1.96 standard errors.
    """
    reason: ChangeReason | None = None
    if before.result.rubric.id != after.result.rubric.id:
        reason = "other_rubric"
    elif span is None:
        reason = "other_version"
    overall = _incomparable(before.result.score, after.result.score, reason or _overall_reason(span))
    if overall is None:
        if span is None or span.reliability is None:
            overall = _by_spread(before.result.score, after.result.score, _samples(before, after, None))
        else:
            overall = _by_reliability(before.result.score, after.result.score, span.reliability)
    return ResultChange(
        comparable=reason is None,
        reason=reason,
        explanation=None if reason is None else MEANINGS[reason],
        bridges=[] if span is None else list(span.reasons),
        overall=overall,
        dimensions=_dimensions(before, after, span, reason),
    )


def _overall_reason(span: Span | None) -> ChangeReason | None:
    return None if span is not None and span.overall else "not_in_bridge"


def _dimensions(before: Side, after: Side, span: Span | None, reason: ChangeReason | None) -> list[ScoreChange]:
    earlier = {dimension.id: dimension for dimension in before.result.dimensions}
    later = {dimension.id: dimension for dimension in after.result.dimensions}
    changes = []
    for name in [*later, *(name for name in earlier if name not in later)]:
        old, new = earlier.get(name), later.get(name)
        scores = (None if old is None else old.score, None if new is None else new.score)
        why = reason
        if why is None and (old is None or new is None):
            why = "not_in_both"
        elif why is None and not (span is not None and span.covers(name)):
            why = "not_in_bridge"
        change = _incomparable(*scores, why)
        if change is None:
            change = _by_spread(*scores, _samples(before, after, name))
        shown = new or old
        title = None if shown is None else shown.title
        changes.append(msgspec.structs.replace(change, dimension=name, title=title))
    return changes


def _incomparable(before: float | None, after: float | None, reason: ChangeReason | None) -> ScoreChange | None:
    """What is said of scores that cannot be compared; None of those that can."""
    if reason is None and (before is None or after is None):
        reason = "no_score"
    if reason is None:
        return None
    return _change(before, after, "not_comparable", reason=reason)


def _by_reliability(before: float | None, after: float | None, reliability: Reliability) -> ScoreChange:
    precision = reliable_change(reliability.deviation, reliability.retest)
    source = RELIABLE.format(source=reliability.source)
    return _change(before, after, "reliable", error=precision.difference_error, judged_by=source)


Samples = tuple[tuple[Sample, Confidentiality], tuple[Sample, Confidentiality]]


def _samples(before: Side, after: Side, dimension: str | None) -> Samples | None:
    """Both sides' samples of one score, each with its confidentiality; None unless both sides' answers are there."""
    if before.spread is None or after.spread is None:
        return None
    one, other = (
        side.overall if dimension is None else side.dimensions[dimension] for side in (before.spread, after.spread)
    )
    return (one, before.confidentiality), (other, after.confidentiality)


def _by_spread(before: float | None, after: float | None, samples: Samples | None) -> ScoreChange:
    if samples is None:
        return _change(before, after, "provisional", reason="no_responses")
    one, other = (sample.squared_error for sample, _ in samples)
    if one is None or other is None:
        return _change(before, after, "provisional", reason="too_few_respondents")
    hidden = any(kind == "grouped" and sample.n < MINIMUM_GROUP for sample, kind in samples)
    error = math.sqrt(one + other)
    return _change(before, after, "provisional", error=error, reason="withheld" if hidden else None)


def _change(
    before: float | None,
    after: float | None,
    status: ChangeStatus,
    *,
    error: float | None = None,
    reason: ChangeReason | None = None,
    judged_by: str = PROVISIONAL,
) -> ScoreChange:
    change = None
    if status != "not_comparable" and before is not None and after is not None:
        change = round(after - before, 2)
    # Of two people's scores the mean is known, so their spread would give away what each of them has.
    shown = None if reason == "withheld" else error
    said = [judged_by] if error is not None else []
    return ScoreChange(
        dimension=None,
        title=None,
        before=before,
        after=after,
        change=change,
        status=status,
        significant=None if error is None or change is None else abs(change) > Z95 * error,
        standard_error=None if shown is None else round(shown, 2),
        index=None if not shown or change is None else round(change / shown, 2),
        detectable=None if shown is None else round(Z95 * shown, 2),
        reason=reason,
        explanation=" ".join([*said, *([] if reason is None else [MEANINGS[reason]])]),
    )
