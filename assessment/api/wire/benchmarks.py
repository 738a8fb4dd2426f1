"""Benchmarks: what an edition says of each cohort, and where an assessment stands in one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from assessment.api.wire.rubrics import StudyBenchmark
from assessment.scoring.cohort import Cut
from assessment.scoring.edition import Suppression
from assessment.scoring.result import BenchmarkPosition, RubricUsed
from assessment.service.benchmarks import Withheld

_Moment: TypeAlias = Annotated[datetime, Meta(tz=True)]
_Score: TypeAlias = Annotated[float, Meta(ge=0, le=100)]
_Edition: TypeAlias = Annotated[
    Annotated[int, Meta(ge=1, le=1_000_000_000)] | None,
    Meta(description="Number of an edition; the current one without it."),
]


class BenchmarksQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Query of a rubric's benchmarks."""

    edition: _Edition = None


class StandingQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Query of an assessment's place."""

    cohort: Annotated[
        Cut, Meta(description="Among all organisations, those of the same industry, or those of the same size.")
    ] = "all"
    edition: _Edition = None


class Edition(Struct, frozen=True):
    """A frozen release of benchmarks."""

    number: Annotated[int, Meta(description="Counted from 1 for each rubric version.", ge=1)]
    released_at: Annotated[_Moment, Meta(description="When it was released: its figures are of that time.")]


class HistogramBar(Struct, frozen=True):
    """A bar of a histogram."""

    start: Annotated[int, Meta(description="Lowest score of the bar.", ge=0, le=100)]
    end: Annotated[int, Meta(description="The bar ends below this; the last one holds 100 too.", ge=0, le=100)]
    share: Annotated[float, Meta(description="Share of organisations in it, rounded to 0.05.", ge=0, le=1)]


class CohortFigures(Struct, frozen=True):
    """What is released of the scores of a cohort. Each score counts as the middle of its step of 5 points."""

    n: Annotated[int, Meta(description="Organisations counted, each with its latest assessment.", ge=10)]
    median: Annotated[_Score, Meta(description="Median.")]
    median_interval: Annotated[
        tuple[_Score, _Score] | None, Meta(description="Interval of the median, by exact order statistics.")
    ]
    median_coverage: Annotated[float | None, Meta(description="How sure the interval is: at least 0.95.")]
    quartiles: Annotated[tuple[_Score, _Score] | None, Meta(description="First and third quartile; null below n = 20.")]
    tails: Annotated[tuple[_Score, _Score] | None, Meta(description="10th and 90th percentile; null below n = 36.")]
    histogram: Annotated[
        list[HistogramBar] | None,
        Meta(description="Bars of 10 points or more, of 5 organisations or more; from n = 20."),
    ]


class DimensionFigures(Struct, frozen=True):
    """A dimension's scores in a cohort."""

    id: Annotated[str, Meta(description="Dimension id.")]
    title: Annotated[str, Meta(description="Its title.")]
    figures: Annotated[CohortFigures, Meta(description="Its figures.")]


class CohortBenchmark(Struct, frozen=True):
    """What an edition says of a cohort."""

    cut: Annotated[Cut, Meta(description="What the cohort is cut by.")]
    value: Annotated[str, Meta(description="Which one it is: what `industry` or `size` of an organisation may say.")]
    title: Annotated[str, Meta(description="Its title.")]
    n: Annotated[int | None, Meta(description="Organisations counted; null where suppressed.")]
    suppressed: Annotated[bool, Meta(description="Whether nothing is said of it.")]
    reason: Annotated[
        Suppression | None,
        Meta(
            description="Why: fewer than 10 organisations (`too_few`), all but fewer than 5 of one partner "
            "(`one_partner`), one counting for over a quarter (`dominated`), or what is left of all without it would "
            "be too small a group (`complement`)."
        ),
    ]
    released_in: Annotated[
        Edition | None,
        Meta(description="The edition that counted it: an earlier one until 5 members have changed; null if none."),
    ]
    score: Annotated[CohortFigures | None, Meta(description="The overall score; null where suppressed.")]
    dimensions: Annotated[list[DimensionFigures], Meta(description="Each dimension; empty where suppressed.")]


class StudiedQuestion(Struct, frozen=True):
    """A question for which studies published a distribution."""

    id: Annotated[str, Meta(description="Question id.")]
    dimension: Annotated[str, Meta(description="Dimension id.")]
    title: Annotated[str, Meta(description="The question.")]
    benchmarks: Annotated[list[StudyBenchmark], Meta(description="What studies published, each with its source.")]


class Benchmarks(Struct, frozen=True):
    """The benchmarks of a rubric version: cohorts of organisations beside the figures of the studies."""

    rubric: Annotated[RubricUsed, Meta(description="The rubric version.")]
    edition: Annotated[Edition | None, Meta(description="The edition; null until there is one.")]
    note: Annotated[str, Meta(description="Who is counted, how old the figures are, and how to read them.")]
    cohorts: Annotated[list[CohortBenchmark], Meta(description="Every declared cohort; empty without an edition.")]
    studies: Annotated[list[StudiedQuestion], Meta(description="The studies' figures, question by question.")]


class PlaceInCohort(Struct, frozen=True):
    """Where a score stands in a cohort."""

    position: Annotated[
        Literal["lower", "middle", "higher"],
        Meta(description="Below, within or above the interval of the cohort's median."),
    ]
    words: Annotated[str, Meta(description="The same in a sentence.")]
    percentile: Annotated[
        float | None,
        Meta(description="Share of the cohort below the score, read off the released histogram; null below n = 20."),
    ]
    interval: Annotated[tuple[float, float] | None, Meta(description="Wilson's 95 % interval of the percentile.")]


class DimensionPlace(Struct, frozen=True):
    """Where a dimension's score stands."""

    id: Annotated[str, Meta(description="Dimension id.")]
    title: Annotated[str, Meta(description="Its title.")]
    score: Annotated[float | None, Meta(description="Its score.")]
    place: Annotated[PlaceInCohort | None, Meta(description="Its place; null where that is not said.")]


class AssessmentBenchmark(Struct, frozen=True):
    """Where an assessment stands among other organisations, beside where it stands in the studies."""

    assessment: Annotated[str, Meta(description="Assessment id (`asmt_…`).")]
    rubric: Annotated[RubricUsed, Meta(description="Its rubric version.")]
    score: Annotated[float | None, Meta(description="Its score.")]
    edition: Annotated[Edition | None, Meta(description="The edition compared with; null until there is one.")]
    cohort: Annotated[CohortBenchmark | None, Meta(description="The cohort compared with; null where there is none.")]
    suppressed: Annotated[bool, Meta(description="Whether its place is not said.")]
    reason: Annotated[
        Withheld | None,
        Meta(
            description="Why: the assessment has no score, there is no edition yet, its organisation's industry or "
            "size is none of those declared, or the cohort's own reason."
        ),
    ]
    place: Annotated[PlaceInCohort | None, Meta(description="Place of the score.")]
    dimensions: Annotated[list[DimensionPlace], Meta(description="Place of each dimension's score.")]
    benchmark_position: Annotated[
        BenchmarkPosition | None,
        Meta(description="Where its answers stand among the respondents of studies, as the result says it."),
    ]
