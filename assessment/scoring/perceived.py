"""How two groups of respondents see the same organisation: the part of a Result that sets them side by side.

The two groups stand in alphabetical order (marketing before sales, leadership before rest), in every rubric and
version, and a difference is always the first minus the second. Numbers are rounded here, as in
`assessment.scoring.result`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Confidentiality = Literal["grouped", "named"]
Unit = Annotated[float, Meta(ge=0, le=1)]
Signed = Annotated[float, Meta(ge=-1, le=1)]


class FunctionAnswers(Struct, frozen=True, gc=False):
    """How many people of a function answered."""

    function: Annotated[str, Meta(description="Function id.")]
    respondents: Annotated[int, Meta(description="People who answered.", ge=1)]


class GroupLevel(Struct, frozen=True, gc=False):
    """One group's answers to one thing."""

    group: Annotated[str, Meta(description="Function id; or `leadership` or `rest` where seniorities are compared.")]
    respondents: Annotated[
        int | None, Meta(description="People of the group who answered it; null where fewer than four are withheld.")
    ]
    mean: Annotated[
        float | None,
        Meta(
            description="Mean: of a question its level (0–4; in a rubric without levels the option's place, from 1), "
            "of a dimension its score (0–100). Null where nobody answered, where options have no order, and where it "
            "is withheld, so that nobody's answer can be told."
        ),
    ]


class PublishedGapBeside(Struct, frozen=True, gc=False):
    """What a study found two functions to differ by on the same item, beside the organisation's own difference."""

    finding: Annotated[str, Meta(description="Finding id.")]
    study: Annotated[str, Meta(description="Study id.")]
    publisher: Annotated[str, Meta(description="Who published the study.")]
    year: Annotated[int | None, Meta(description="Year of the study; null when not published.")]
    population: Annotated[str, Meta(description="Who was asked.")]
    n: Annotated[int | None, Meta(description="Sample size of the study; null when not published.")]
    category: Annotated[str, Meta(description="The answer whose shares are compared.")]
    shares: Annotated[list[Unit], Meta(description="Published share that gave it, of the first and the second group.")]
    difference: Annotated[Signed, Meta(description="First share minus second.")]
    cohens_h: Annotated[float, Meta(description="Cohen's h of the two shares: .2 small, .5 medium, .8 large.")]
    interval: Annotated[
        tuple[float, float] | None,
        Meta(description="Newcombe's 95 % interval of the difference, where both groups' sizes are published."),
    ]
    interval_reason: Annotated[str | None, Meta(description="Why there is no interval.")]
    own_shares: Annotated[
        list[Unit] | None, Meta(description="The same shares here; null where a group's figures are withheld.")
    ]
    own_difference: Annotated[Signed | None, Meta(description="First share here minus second.")]
    own_cohens_h: Annotated[float | None, Meta(description="Cohen's h of the shares here.")]
    own_interval: Annotated[
        tuple[float, float] | None, Meta(description="Newcombe's 95 % interval of the difference here.")
    ]
    judgement: Annotated[str, Meta(description="What in the match of wordings is our judgement.")]


GapSize = Literal["negligible", "small", "medium", "large"]


class Gap(Struct, frozen=True, gc=False):
    """How two groups differ on one dimension or question. Figures are null where they are withheld; the test is null
    below four answers on each side, where no test could tell a gap from chance."""

    id: Annotated[str, Meta(description="Id of the dimension or question.")]
    groups: Annotated[list[GroupLevel], Meta(description="The two groups, in alphabetical order.")]
    gap: Annotated[float | None, Meta(description="Mean of the first group minus that of the second.")]
    delta: Annotated[Signed | None, Meta(description="Cliff's delta: P(first higher) minus P(second higher).")]
    size: Annotated[GapSize | None, Meta(description="Of delta's magnitude: from .147 small, .33 medium, .474 large.")]
    testable: Annotated[bool, Meta(description="Whether four or more answered on each side.")]
    p: Annotated[Unit | None, Meta(description="Two-sided p over every way to relabel the respondents.")]
    p_method: Annotated[
        Literal["exact", "normal"] | None,
        Meta(
            description="`exact`: every relabelling was counted. `normal`: approximated, ties included, where the "
            "smaller group squared times everybody exceeds 10,000 (from 18 on each side)."
        ),
    ]
    p_adjusted: Annotated[Unit | None, Meta(description="After Benjamini–Hochberg over the tests of its kind.")]
    supported: Annotated[bool | None, Meta(description="Whether p_adjusted is at most .05; null where not testable.")]
    disputed: Annotated[
        bool, Meta(description="A fact that answers two levels or more apart leave open: look for the record.")
    ]
    request: Annotated[str | None, Meta(description="What to look up, of a disputed fact.")]
    own_behaviour: Annotated[
        str | None,
        Meta(
            description="The function whose own behaviour is judged here and who sees it markedly better than the "
            "other does: optimism about one's own behaviour, which studies find on both sides."
        ),
    ]
    published: Annotated[
        list[PublishedGapBeside], Meta(description="What studies found on the same item; functions only.")
    ]


class Agreement(Struct, frozen=True, gc=False):
    """How far the people of one group, or all of them, agree over the questions. r_WG(J) rises with the number of
    questions and with answers in a narrow range, where alpha falls: read both."""

    group: Annotated[str | None, Meta(description="Function id; null for everybody.")]
    respondents: Annotated[int, Meta(description="People of the group.")]
    questions: Annotated[int, Meta(description="Questions that all of them answered, which r_WG(J) is over.")]
    r_wg_j: Annotated[Unit | None, Meta(description="r_WG(J) against answers spread evenly over the scale.")]
    band: Annotated[
        Literal["none", "weak", "moderate", "strong", "very_strong"] | None,
        Meta(description="Of r_WG(J): up to .30 none, .50 weak, .70 moderate, .90 strong, above very strong."),
    ]
    average_deviation: Annotated[
        float | None, Meta(description="Mean deviation from the questions' means, in levels; up to .83 is customary.")
    ]
    alpha: Annotated[
        Annotated[float, Meta(le=1)] | None,
        Meta(description="Krippendorff's alpha (ordinal); null with one question."),
    ]
    alpha_reading: Annotated[
        Literal["firm", "tentative", "low"] | None, Meta(description="Of alpha: from .800 firm, from .667 tentative.")
    ]


class Comparison(Struct, frozen=True, gc=False):
    """Two groups of respondents compared."""

    groups: Annotated[list[str], Meta(description="The two groups, in alphabetical order: first minus second.")]
    dimensions: Annotated[list[Gap], Meta(description="By dimension; empty in a rubric without levels.")]
    questions: Annotated[list[Gap], Meta(description="By question.")]


class Perception(Struct, frozen=True, gc=False):
    """How the functions see the same organisation, and how those who lead see it beside the rest."""

    respondents: Annotated[list[FunctionAnswers], Meta(description="People who answered, by function.")]
    confidentiality: Annotated[
        Confidentiality,
        Meta(description="`grouped`: figures of fewer than four people, and what would give them away, are withheld."),
    ]
    withheld: Annotated[list[str], Meta(description="Groups some of whose figures are withheld.")]
    functions: Annotated[
        Comparison | None, Meta(description="The two functions that the rubric compares; null unless both answered.")
    ]
    seniority: Annotated[
        Comparison | None, Meta(description="`leadership` against `rest`; null unless both have answered.")
    ]
    agreement: Annotated[
        list[Agreement],
        Meta(description="Of everybody, then of each function with two or more; without those withheld."),
    ]
    meaning: Annotated[str, Meta(description="How to read it, and how not.")]
