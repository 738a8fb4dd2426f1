"""Change over time in its wire shape."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from assessment.api.wire.paging import Limit
from assessment.scoring.change import ResultChange
from assessment.scoring.moves import QuestionMove, RecommendationsMoved
from assessment.scoring.result import Number, RubricUsed

_Moment: TypeAlias = Annotated[datetime, Meta(tz=True)]
_Named: TypeAlias = Annotated[str, Meta(max_length=200)]

MEANING = (
    "A change is told from chance at 95 %, each by itself: of twenty changes that are chance alone, one is called "
    "significant on average. What is provisional rests on the spread of the respondents alone, and on few of them it "
    "says little. A change does not say what caused it."
)


class PointDimension(Struct, frozen=True):
    """A dimension of a point."""

    id: Annotated[str, Meta(description="Dimension id.")]
    title: Annotated[str, Meta(description="Dimension title.")]
    score: Annotated[Number | None, Meta(description="Its score; null when too little of it was answered.")]


class TrendPoint(Struct, frozen=True):
    """A completed assessment as a point of a line."""

    assessment: Annotated[str, Meta(description="Assessment id (`asmt_…`).")]
    rubric: Annotated[RubricUsed, Meta(description="The rubric version that it was scored with.")]
    completed_at: Annotated[_Moment, Meta(description="When it was completed.")]
    score: Annotated[Number | None, Meta(description="Overall score; null when too little was answered.")]
    level: Annotated[int | None, Meta(description="The level awarded, 1–4; null without a rating.")]
    dimensions: Annotated[list[PointDimension], Meta(description="Every dimension, in the rubric's order.")]


class TrendStep(Struct, frozen=True):
    """From one point to a later one."""

    since: Annotated[str, Meta(description="The earlier assessment.")]
    assessment: Annotated[str, Meta(description="The later assessment.")]
    change: Annotated[ResultChange, Meta(description="What has changed between the two.")]


class Progress(Struct, frozen=True):
    """How far an organisation has come from its baseline towards the level it aims at."""

    baseline: Annotated[
        str,
        Meta(
            description="The first assessment whose overall score can be compared with this one's; this one itself if "
            "there is no earlier one."
        ),
    ]
    baseline_score: Annotated[Number, Meta(description="The baseline's score.")]
    score: Annotated[Number, Meta(description="The score now.")]
    change: Annotated[float, Meta(description="The score now minus the baseline's.")]
    target_level: Annotated[int, Meta(description="The level aimed at.", ge=1, le=4)]
    target_score: Annotated[Number, Meta(description="The score from which on that level is possible.")]
    percent: Annotated[
        Number,
        Meta(
            description="The part of the points from the baseline to `target_score` that is gained: 0 below the "
            "baseline, 100 from `target_score` on. For a baseline that was there already: 100 while the score stays "
            "there, else 0."
        ),
    ]
    reached: Annotated[
        bool, Meta(description="Whether the level itself is awarded, which gates may prevent at any score.")
    ]


class Trend(Struct, frozen=True):
    """An organisation's completed assessments with one rubric over time."""

    organisation: Annotated[str, Meta(description="Organisation id (`org_…`).")]
    rubric: Annotated[str | None, Meta(description="Rubric id; null while nothing is completed and none is named.")]
    points: Annotated[list[TrendPoint], Meta(description="The latest `limit` completed assessments, oldest first.")]
    has_more: Annotated[bool, Meta(description="Whether there are older ones, which are left out.")]
    changes: Annotated[list[TrendStep], Meta(description="From each point to the next.")]
    since_baseline: Annotated[
        TrendStep | None,
        Meta(
            description="From the baseline, which may be older than the points, to the latest; null where they are one."
        ),
    ]
    progress: Annotated[Progress | None, Meta(description="Of the latest point; null when it has no score.")]
    meaning: Annotated[str, Meta(description="How to read it, and how not.")]


class AssessmentChange(Struct, frozen=True):
    """An assessment beside an earlier one of the same organisation."""

    organisation: Annotated[str, Meta(description="Organisation id (`org_…`).")]
    since: Annotated[TrendPoint, Meta(description="The earlier assessment.")]
    assessment: Annotated[TrendPoint, Meta(description="The later assessment.")]
    change: Annotated[ResultChange, Meta(description="Overall and by dimension.")]
    questions: Annotated[
        list[QuestionMove],
        Meta(description="Questions answered both times whose level differs, the largest changes first."),
    ]
    recommendations: Annotated[
        RecommendationsMoved, Meta(description="What has become of them; all empty where nothing can be compared.")
    ]
    progress: Annotated[Progress | None, Meta(description="Of the later assessment; null when it has no score.")]
    meaning: Annotated[str, Meta(description="How to read it, and how not.")]


class TrendQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Query of a trend."""

    limit: Limit = 20
    rubric: Annotated[
        _Named | None,
        Meta(description="Of this rubric: `id` or `id@version`; without it, of the latest completed assessment's."),
    ] = None


class ChangeQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Query of a change."""

    since: Annotated[
        _Named | None,
        Meta(
            description="The earlier assessment (`asmt_…`) of the same organisation; without it, the last one with the "
            "same rubric that was completed before."
        ),
    ] = None
