# Generated from the contract by `make contract`: change it there, or in clients/python/generate.
"""The types of what is sent and answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from msgspec import UNSET, UnsetType, field

from alignment_assessment._literal import Literal
from alignment_assessment._model import Model

__all__ = [
    "Aggregation",
    "Agreement",
    "Answer",
    "AnyOf",
    "ApiKey",
    "Assessment",
    "AssessmentBenchmark",
    "AssessmentChange",
    "AssessmentPage",
    "AssessmentPatch",
    "AssessmentRequest",
    "AuditEvent",
    "AuditEventPage",
    "BatchAnswer",
    "BatchItem",
    "BatchRequest",
    "Because",
    "BenchmarkPosition",
    "Benchmarks",
    "Bound",
    "Bounds",
    "Bridge",
    "Cap",
    "Change",
    "ChosenAnswer",
    "ChosenOption",
    "CohortBenchmark",
    "CohortFigures",
    "Comparison",
    "Condition",
    "ConsistencyCheck",
    "Contradiction",
    "Delivery",
    "Dimension",
    "DimensionFigures",
    "DimensionPlace",
    "DimensionResult",
    "DontKnow",
    "Edition",
    "ErrorCode",
    "ErrorCodes",
    "Event",
    "EventPage",
    "ExportedAssessment",
    "ExportedEvent",
    "ExportedRecord",
    "ExportedResponse",
    "Finding",
    "Function",
    "FunctionAnswers",
    "FunctionInvitations",
    "Gap",
    "Gate",
    "GroupLevel",
    "Health",
    "HistogramBar",
    "Inconsistency",
    "Invitation",
    "InvitationPage",
    "InvitationRequest",
    "KeyPage",
    "KeyRequest",
    "LeaveOneOut",
    "Level",
    "NewInvitation",
    "NewInvitations",
    "NewKey",
    "NewResponseRequest",
    "NewShareLink",
    "NewWebhookEndpoint",
    "NextLevel",
    "NotApplicable",
    "Nothing",
    "Option",
    "Organisation",
    "OrganisationDetails",
    "OrganisationExport",
    "OrganisationPage",
    "OrganisationRequest",
    "OwnInvitation",
    "OwnResponse",
    "OwnResponsePatch",
    "Perception",
    "PlaceInCohort",
    "PointDimension",
    "Practice",
    "Problem",
    "ProblemDocument",
    "Progress",
    "PublishedGap",
    "PublishedGapBeside",
    "Quality",
    "Question",
    "QuestionAssociation",
    "QuestionBenchmark",
    "QuestionMove",
    "QuestionResult",
    "Rating",
    "Ratio",
    "Readiness",
    "Recommendation",
    "RecommendationResult",
    "RecommendationSeen",
    "RecommendationsMoved",
    "Requirement",
    "ResendRequest",
    "Respondent",
    "RespondentRequest",
    "Response",
    "ResponseDetails",
    "ResponsePage",
    "ResponsePatch",
    "ResponseRequest",
    "ResponseToScore",
    "Result",
    "ResultChange",
    "RollRequest",
    "RotationRequest",
    "Rubric",
    "RubricPage",
    "RubricUsed",
    "ScoreChange",
    "ScoreRequest",
    "Share",
    "ShareLink",
    "ShareLinkPage",
    "ShareLinkRequest",
    "Source",
    "Stability",
    "StudiedQuestion",
    "Study",
    "StudyBenchmark",
    "StudyPage",
    "Target",
    "TargetReached",
    "Trend",
    "TrendPoint",
    "TrendStep",
    "Trigger",
    "Unanswered",
    "Unmet",
    "WebhookEndpoint",
    "WebhookEndpointPage",
    "WebhookEndpointPatch",
    "WebhookEndpointRequest",
    "WeightAssociation",
    "Weighting",
]


class Aggregation(Model, kw_only=True, frozen=True):
    """How scores combine."""

    within: Literal["weighted_mean"]
    "Within a dimension: Σ w·v / Σ w over answered questions."
    between: Literal["shifted_geometric"]
    "Between dimensions with scores s: exp(Σ w·ln(s + d) / Σ w) − d, with d = `shift`."
    shift: float
    "The shift d, on the scale 0–1."
    core_rule: int
    "How far the rating may exceed the lowest level of a core dimension."
    half_rule: float
    "Share of a dimension's weight that must be answered for a score."
    reason: str
    "Why so."


class Agreement(Model, kw_only=True, frozen=True):
    """How far the people of one group, or all of them, agree over the questions. r_WG(J) rises with the number of questions and with answers in a narrow range, where alpha falls: read both."""

    group: str | None
    "Function id; null for everybody."
    respondents: int
    "People of the group."
    questions: int
    "Questions that all of them answered, which r_WG(J) is over."
    r_wg_j: float | None
    "r_WG(J) against answers spread evenly over the scale."
    band: Literal["moderate", "none", "strong", "very_strong", "weak"] | None
    "Of r_WG(J): up to .30 none, .50 weak, .70 moderate, .90 strong, above very strong."
    average_deviation: float | None
    "Mean deviation from the questions' means, in levels; up to .83 is customary."
    alpha: float | None
    "Krippendorff's alpha (ordinal); null with one question."
    alpha_reading: Literal["firm", "low", "tentative"] | None
    "Of alpha: from .800 firm, from .667 tentative."


class ApiKey(Model, kw_only=True, frozen=True):
    """A key, without its text."""

    id: str
    "Key id (`key_…`)."
    kind: Literal["publishable", "restricted", "secret"]
    "`secret` may do everything of its partner, `restricted` what its scopes name, `publishable` what a page may, from the origins it lists and from pages of the service itself."
    mode: Literal["live", "test"]
    "Whose data it reaches: `live` or `test`."
    name: str | None
    "Your own name for it."
    prefix: str
    "The first characters of its text, to tell it from others."
    scopes: list[str] | None
    "What a restricted key may do; null for other kinds."
    origins: list[str] | None
    "Where a publishable key may be used from; null is nowhere, or another kind."
    created_at: datetime
    "When it was made."
    expires_at: datetime | None
    "When it stops working; null for never."
    last_used_at: datetime | None
    "When it was last used, to about a minute."
    revoked_at: datetime | None
    "When it was revoked; null while it is not."
    replaced_by: str | None
    "The key (`key_…`) that it was rolled into."


class AssessmentPatch(Model, kw_only=True, frozen=True):
    """Changes to an assessment; what is left out stays. A completed one takes `contribute_to_benchmark` and `metadata` alone, and one with responses keeps its `confidentiality`."""

    confidentiality: Literal["grouped", "named"] | UnsetType = UNSET
    "Whether a function's figures are withheld when fewer than four people answered for it."
    functions: Sequence[str] | None | UnsetType = UNSET
    "Functions that are to answer, those that have responded among them; null for not said."
    target_level: int | None | UnsetType = UNSET
    "Level that recommendations aim at; null for the rubric's own."
    contribute_to_benchmark: bool | UnsetType = UNSET
    "Whether the result may enter cohort benchmarks, without any name."
    metadata: Mapping[str, str | int | float | bool | None] | UnsetType = UNSET
    "Merged into what is there; null takes an entry out. 50 entries may be left."


class AuditEvent(Model, kw_only=True, frozen=True):
    """One use of a privilege."""

    id: str
    "Entry id (`audit_…`)."
    mode: Literal["live", "test"] | None
    "Mode of what was acted on; null for the partner as a whole."
    actor: str
    "The key (`key_…`) that did it, or the name of an operator's command."
    action: str
    "What was done, such as `organisation.erased`."
    target: str
    "Id of what it was done to, which may be gone."
    details: dict[str, Any]
    "Figures about it; never personal data or secrets."
    request_id: str | None
    "`X-Request-Id` of the request; null for a command."
    created_at: datetime
    "When it was done."


class AuditEventPage(Model, kw_only=True, frozen=True):
    """A page of the audit log."""

    data: list[AuditEvent]
    "The entries, newest first."
    has_more: bool
    "Whether there are more after these."
    next_cursor: str | None
    "`cursor` for the next page; null at the end."


class Because(Model, kw_only=True, frozen=True):
    """An answer that a recommendation responds to."""

    question: str
    "Question id."
    level: float
    "The level answered."


class BenchmarkPosition(Model, kw_only=True, frozen=True):
    """The mean of the questions' ridits."""

    mean_ridit: float
    "Mean ridit over the questions with a benchmark."
    answers: int
    "How many questions went into it."
    meaning: str
    "How to read it, and how not."


class Bound(Model, kw_only=True, frozen=True):
    """A question answered at a level or above, or at a level or below."""

    question: str
    "Question id."
    at_least: float | None
    "Lowest level that counts; null where `at_most` is given."
    at_most: float | None
    "Highest level that counts; null where `at_least` is given."


class Bounds(Model, kw_only=True, frozen=True):
    """What the score could be if every missing answer were the worst, or the best."""

    lower: float
    "Score with every missing answer at level 0."
    upper: float
    "Score with every missing answer at level 4."
    levels: list[int]
    "Rating levels that are possible, lowest first."
    firm: bool
    "Whether missing answers cannot change the rating."


class Bridge(Model, kw_only=True, frozen=True):
    """An earlier version whose scores can be set beside this one's as they stand."""

    version: str
    "The earlier version."
    overall: bool
    "Whether the overall score can be compared."
    dimensions: list[str]
    "The dimensions that can be; all of them when it is empty."
    reason: str
    "Why."


class Change(Model, kw_only=True, frozen=True):
    """One step on one question."""

    question: str
    "Question id."
    from_level: float | None
    "Level before; null when the question was not answered."
    to_level: float
    "Level after."
    option: str
    "The option to move to, or to add."


class ChosenOption(Model, kw_only=True, frozen=True):
    """An option that was chosen in a rubric without levels."""

    option: str
    "Option id."
    title: str
    "Text of the option."
    share: float
    "Share of the respondents who chose it, each function having an equal voice."


"Interval of the median, by exact order statistics."
"First and third quartile; null below n = 20."
"10th and 90th percentile; null below n = 36."


class Condition(Model, kw_only=True, frozen=True):
    """A question answered at a level or above."""

    question: str
    "Question id."
    level: int
    "Level needed."


class ConsistencyCheck(Model, kw_only=True, frozen=True):
    """Answers that cannot all be right."""

    id: str
    "Id of the check."
    title: str
    "The contradiction in a line."
    when: list[Bound]
    "It is one when all of these hold."
    explanation: str
    "Why it is one, and what to ask."


class Contradiction(Model, kw_only=True, frozen=True):
    """Another finding that says otherwise."""

    finding: str
    "Finding id."
    note: str
    "How to read the two together."


class Delivery(Model, kw_only=True, frozen=True):
    """How far an event is on its way to a webhook endpoint."""

    endpoint: str
    "Webhook endpoint id (`hook_…`)."
    status: Literal["dead", "delivered", "pending"]
    "`pending` while attempts are left, `delivered` after one that worked, `dead` after the last."
    attempts: int
    "How many attempts were made since it was last sent anew."
    last_attempt_at: datetime | None
    "When the last attempt was made."
    last_status: int | None
    "HTTP status that the last attempt was answered; null without an answer."
    last_error: str | None
    "Why the last attempt failed, in a word such as `timed_out`; null if it did not."
    next_attempt_at: datetime | None
    "When the next attempt is due, while the endpoint is enabled; null for none."


class Dimension(Model, kw_only=True, frozen=True):
    """A dimension."""

    id: str
    "Dimension id."
    title: str
    "Title."
    summary: str
    "What it covers."
    core: bool
    "Whether the rating is at most this dimension's level plus `core_rule`."
    weight: float | None
    "Weight between dimensions; null without levels."
    weight_reason: str | None
    "Why it has that weight; null without levels."


class DimensionResult(Model, kw_only=True, frozen=True):
    """One dimension."""

    id: str
    "Dimension id."
    title: str
    "Dimension title."
    core: bool
    "Whether the rating can exceed this dimension's level by one at most."
    weight: float | None
    "Weight between dimensions; null in a rubric without levels."
    score: float | None
    "Null when under half of the dimension is answered, and in a rubric without levels."
    level: int | None
    "Level by the dimension's score, 1–4."
    completeness: float | None
    "Answered over applicable weight; null when none applies."
    points_lost: float | None
    "Share of the points missing to 100; the dimensions' shares add up to it."


class Edition(Model, kw_only=True, frozen=True):
    """A frozen release of benchmarks."""

    number: int
    "Counted from 1 for each rubric version."
    released_at: datetime
    "When it was released: its figures are of that time."


class ErrorCode(Model, kw_only=True, frozen=True):
    """One code that a problem document can carry."""

    code: str
    "The code."
    title: str
    "The title that problems of this code have."
    status: int
    "The HTTP status they come with."
    description: str
    "When it happens, and what to do."
    type: str
    "Address of this description: the `type` of a problem."


class ErrorCodes(Model, kw_only=True, frozen=True):
    """Every code there is."""

    data: list[ErrorCode]
    "The codes, by status."


class Event(Model, kw_only=True, frozen=True):
    """Something that happened, and who was told of it. It is kept for 30 days."""

    id: str
    "Event id (`evt_…`), which is the `webhook-id` of every message that tells of it."
    type: str
    "What happened: `assessment.completed`, `response.submitted`, `benchmark.released`, `webhook_endpoint.test`, or a type that is added later."
    created_at: datetime
    "When it happened."
    data: dict[str, Any]
    "What it happened to, by id: `assessment.completed` has `id`, `organisation` and `rubric`; `response.submitted` has `id`, `assessment`, `organisation` and `function`; `benchmark.released` has `rubric` and `edition`; `webhook_endpoint.test` has `id`. Read the rest by it."
    deliveries: list[Delivery]
    "One for each webhook endpoint that it is sent to; none until that is known, soon after."


class EventPage(Model, kw_only=True, frozen=True):
    """A page of events."""

    data: list[Event]
    "The events, newest first."
    has_more: bool
    "Whether there are more after these."
    next_cursor: str | None
    "`cursor` for the next page; null at the end."


class ExportedEvent(Model, kw_only=True, frozen=True):
    """That webhook endpoints were told something about the organisation, or were to be."""

    id: str
    "Event id (`evt_…`)."
    type: str
    "What happened, such as `assessment.completed`."
    created_at: datetime
    "When it happened; it is kept for 30 days."
    data: dict[str, Any]
    "What it happened to, by id."


class ExportedRecord(Model, kw_only=True, frozen=True):
    """That an answer of ours is kept for repeated requests. What it says is what the assessment said then."""

    created_at: datetime
    "When it was given; it is kept for 7 days."
    status: int
    "Its HTTP status."


class ExportedResponse(Model, kw_only=True, frozen=True):
    """What a response holds beyond what its assessment shows of it."""

    id: str
    "Response id (`resp_…`)."
    created_at: datetime
    "When it was first sent."
    seniority: str | None
    "The seniority of who answered, if it was said."
    answers: dict[str, Any] | None
    "The answers by question id, as they were sent; null where they are withheld."
    withheld: Literal["blind_entry", "confidentiality", "not_submitted"] | None
    "Why keys are not shown the answers of an invited person; null where they are."


class Function(Model, kw_only=True, frozen=True):
    """A part of the organisation that may answer."""

    id: str
    "Function id."
    title: str
    "Title."


class FunctionAnswers(Model, kw_only=True, frozen=True):
    """How many people of a function answered."""

    function: str
    "Function id."
    respondents: int
    "People who answered."


class FunctionInvitations(Model, kw_only=True, frozen=True):
    """How many invitations of a function have come how far."""

    function: str
    "The function."
    open: int
    "Not used yet."
    started: int
    "Begun and not submitted."
    submitted: int
    "Submitted."
    expired: int
    "Expired before anything was submitted."
    revoked: int
    "Revoked before anything was submitted."


class GroupLevel(Model, kw_only=True, frozen=True):
    """One group's answers to one thing."""

    group: str
    "Function id; or `leadership` or `rest` where seniorities are compared."
    respondents: int | None
    "People of the group who answered it; null where fewer than four are withheld."
    mean: float | None
    "Mean: of a question its level (0–4; in a rubric without levels the option's place, from 1), of a dimension its score (0–100). Null where nobody answered, where options have no order, and where it is withheld, so that nobody's answer can be told."


class Health(Model, kw_only=True, frozen=True):
    """The process answers."""

    status: Literal["ok"]
    "Always `ok`."
    version: str
    "Version of the service."
    engine: str
    "Version of the scorer."


class HistogramBar(Model, kw_only=True, frozen=True):
    """A bar of a histogram."""

    start: int
    "Lowest score of the bar."
    end: int
    "The bar ends below this; the last one holds 100 too."
    share: float
    "Share of organisations in it, rounded to 0.05."


class Inconsistency(Model, kw_only=True, frozen=True):
    """Answers that cannot all be right."""

    id: str
    "Id of the check in the rubric."
    title: str
    "The contradiction in a line."
    explanation: str
    "Why it is one, and what to ask."
    answers: list[Because]
    "The answers that contradict each other."


class Invitation(Model, kw_only=True, frozen=True):
    """A single-use invitation to respond, without what opens it."""

    id: str
    "Invitation id (`inv_…`)."
    function: str
    "The function that is answered for."
    status: Literal["expired", "open", "revoked", "started", "submitted"]
    "How far it has come; what was submitted stays `submitted`."
    created_at: datetime
    "When it was created."
    expires_at: datetime
    "Until when it works."
    revoked_at: datetime | None
    "When it was revoked."
    response: str | None
    "The response (`resp_…`) begun with it; told of a `named` assessment alone."


class InvitationPage(Model, kw_only=True, frozen=True):
    """A page of invitations, and who is missing."""

    data: list[Invitation]
    "The invitations, oldest first."
    functions: list[FunctionInvitations]
    "All invitations of the assessment, counted by function; one that is to answer and has none is here too."
    has_more: bool
    "Whether there are more after these."
    next_cursor: str | None
    "`cursor` for the next page; null at the end."


class InvitationRequest(Model, kw_only=True, frozen=True):
    """Invitations of one function, one for each person."""

    function: str
    "The function that the invited people answer for."
    count: int | UnsetType = UNSET
    "How many."
    expires_in_days: int | UnsetType = UNSET
    "For how many days they work."


class KeyPage(Model, kw_only=True, frozen=True):
    """A page of keys."""

    data: list[ApiKey]
    "The keys, newest first, revoked and expired ones included."
    has_more: bool
    "Whether there are more after these."
    next_cursor: str | None
    "`cursor` for the next page; null at the end."


class KeyRequest(Model, kw_only=True, frozen=True):
    """A new key."""

    kind: Literal["publishable", "restricted", "secret"]
    "`secret` may do everything of its partner, `restricted` what its scopes name, `publishable` what a page may, from the origins it lists and from pages of the service itself."
    mode: Literal["live", "test"] | None | UnsetType = UNSET
    "That of the key that asks; no other is allowed."
    name: str | None | UnsetType = UNSET
    "Your own name for it."
    scopes: (
        Sequence[
            Literal[
                "assessments:read",
                "assessments:write",
                "catalogue:read",
                "organisations:read",
                "organisations:write",
                "scores:write",
                "webhooks:read",
                "webhooks:write",
            ]
        ]
        | None
        | UnsetType
    ) = UNSET
    "What a restricted key may do; for no other kind."
    origins: Sequence[str] | None | UnsetType = UNSET
    "Origins of the pages that a publishable key is for, as browsers write them (`https://www.example.com`, with a port if it is not the usual one), compared exactly; `http://` for `localhost` and `127.0.0.1` alone. For no other kind."
    expires_at: datetime | None | UnsetType = UNSET
    "When it stops working; never without it."


class LeaveOneOut(Model, kw_only=True, frozen=True):
    """How far a single question moves the score."""

    lowest: float
    "Lowest score with one question left out."
    lowest_without: str
    "The question left out for it."
    highest: float
    "Highest score with one question left out."
    highest_without: str
    "The question left out for it."


class Level(Model, kw_only=True, frozen=True):
    """A level of the rating."""

    number: int
    "1 is lowest."
    name: str
    "Name."
    summary: str
    "What it means."
    from_: float = field(name="from")
    "Lowest score of the level, as a share of 1 (score 0–100 over 100)."


class NewInvitation(Model, kw_only=True, frozen=True):
    """A single-use invitation with what opens it, which is shown once."""

    id: str
    "Invitation id (`inv_…`)."
    function: str
    "The function that is answered for."
    status: Literal["expired", "open", "revoked", "started", "submitted"]
    "How far it has come; what was submitted stays `submitted`."
    created_at: datetime
    "When it was created."
    expires_at: datetime
    "Until when it works."
    revoked_at: datetime | None
    "When it was revoked."
    response: str | None
    "The response (`resp_…`) begun with it; told of a `named` assessment alone."
    token: str
    "What the invited person asks with (`alm_inv_…`)."
    url: str
    "Where the invited person answers; send it to nobody else."


class NewInvitations(Model, kw_only=True, frozen=True):
    """New invitations."""

    data: list[NewInvitation]
    "The invitations, as many as were asked for."


class NewKey(Model, kw_only=True, frozen=True):
    """A key at birth."""

    id: str
    "Key id (`key_…`)."
    kind: Literal["publishable", "restricted", "secret"]
    "`secret` may do everything of its partner, `restricted` what its scopes name, `publishable` what a page may, from the origins it lists and from pages of the service itself."
    mode: Literal["live", "test"]
    "Whose data it reaches: `live` or `test`."
    name: str | None
    "Your own name for it."
    prefix: str
    "The first characters of its text, to tell it from others."
    scopes: list[str] | None
    "What a restricted key may do; null for other kinds."
    origins: list[str] | None
    "Where a publishable key may be used from; null is nowhere, or another kind."
    created_at: datetime
    "When it was made."
    expires_at: datetime | None
    "When it stops working; null for never."
    last_used_at: datetime | None
    "When it was last used, to about a minute."
    revoked_at: datetime | None
    "When it was revoked; null while it is not."
    replaced_by: str | None
    "The key (`key_…`) that it was rolled into."
    key: str
    "Its text, shown this once and kept nowhere."


class NewShareLink(Model, kw_only=True, frozen=True):
    """A share link with what opens it, which is shown once."""

    id: str
    "Link id (`link_…`)."
    locale: str | None
    "Language of the report; null for the rubric's own."
    created_at: datetime
    "When it was created."
    expires_at: datetime
    "Until when it works."
    revoked_at: datetime | None
    "When it was revoked."
    views: int
    "How often the report was shown, as page or PDF. A bare count: nothing is kept of who looked, and under load some are left out."
    token: str
    "What opens the report (`alm_share_…`)."
    url: str
    "Where the report is, for whoever has this address."


class NewWebhookEndpoint(Model, kw_only=True, frozen=True):
    """A webhook endpoint with its new secret, which is shown once."""

    id: str
    "Webhook endpoint id (`hook_…`)."
    url: str
    "Where events are sent."
    description: str | None
    "Your own words for it."
    events: list[str]
    "The types of events that it is sent."
    status: Literal["disabled", "enabled"]
    "A disabled one is sent nothing: what was on its way waits, what happens meanwhile is not."
    disabled_reason: str | None
    "Why the service disabled it by itself; null where a key did."
    created_at: datetime
    "When it was created."
    updated_at: datetime
    "When anything of it last changed."
    old_secret_expires_at: datetime | None
    "Until when the secret before the last rotation signs too, or did; null where it does not."
    secret: str
    "What every message is signed with (`whsec_…`), by the Standard Webhooks specification. It is in no other answer."


class NextLevel(Model, kw_only=True, frozen=True):
    """A smallest set of one-step changes that reaches the next level, gates and core rule included."""

    level: int
    "The level reached."
    changes: list[Change]
    "The steps, in the order to take them."
    score_after: float
    "The score with them."


class Nothing(Model, kw_only=True, frozen=True):
    """An empty object."""


class Option(Model, kw_only=True, frozen=True):
    """An option: `level` where one is chosen, `points` where any number are, neither in a rubric without levels."""

    id: str
    "Option id: what an answer names."
    title: str
    "Text."
    level: int | None
    "Level 0–4 of the answer. Else null."
    points: float | None
    "Points of a multiple choice; they add up, to 4 at most. Else null."


class Organisation(Model, kw_only=True, frozen=True):
    """The organisation assessed."""

    id: str
    "Organisation id (`org_…`)."
    name: str
    "Its name."
    external_id: str | None
    "Your own id for it."
    domain: str | None
    "Its internet domain."
    industry: str | None
    "Its industry."
    size: str | None
    "Its size."
    region: str | None
    "Its region."


class OrganisationDetails(Model, kw_only=True, frozen=True):
    """An organisation on its own."""

    id: str
    "Organisation id (`org_…`)."
    name: str
    "Its name."
    external_id: str | None
    "Your own id for it."
    domain: str | None
    "Its internet domain."
    industry: str | None
    "Its industry."
    size: str | None
    "Its size."
    region: str | None
    "Its region."
    created_at: datetime
    "When its first assessment was created."
    assessments: int
    "How many assessments there are of it now."


class OrganisationPage(Model, kw_only=True, frozen=True):
    """A page of organisations."""

    data: list[OrganisationDetails]
    "The organisations, newest first."
    has_more: bool
    "Whether there are more after these."
    next_cursor: str | None
    "`cursor` for the next page; null at the end."


class OrganisationRequest(Model, kw_only=True, frozen=True):
    """The organisation assessed. With an `external_id` that was used before, that organisation is meant, and stays as it is."""

    name: str
    "Its name."
    external_id: str | None | UnsetType = UNSET
    "Your own id for it."
    domain: str | None | UnsetType = UNSET
    "Its internet domain."
    industry: str | None | UnsetType = UNSET
    "Its industry."
    size: str | None | UnsetType = UNSET
    "Its size, in your own bands."
    region: str | None | UnsetType = UNSET
    "Its region."


class OwnResponse(Model, kw_only=True, frozen=True):
    """The invited person's draft."""

    answers: dict[str, Any]
    "Your answers so far, by question id."
    seniority: str | None
    "Your seniority, if you said it."


"Wilson's 95 % interval of the percentile."


class PlaceInCohort(Model, kw_only=True, frozen=True):
    """Where a score stands in a cohort."""

    position: Literal["higher", "lower", "middle"]
    "Below, within or above the interval of the cohort's median."
    words: str
    "The same in a sentence."
    percentile: float | None
    "Share of the cohort below the score, read off the released histogram; null below n = 20."
    interval: tuple[float, float] | None
    "Wilson's 95 % interval of the percentile."


class PointDimension(Model, kw_only=True, frozen=True):
    """A dimension of a point."""

    id: str
    "Dimension id."
    title: str
    "Dimension title."
    score: float | None
    "Its score; null when too little of it was answered."


class Practice(Model, kw_only=True, frozen=True):
    """Advice that the study gives."""

    id: str
    "Practice id."
    label: str | None
    "Short citation."
    advice: str
    "The advice."
    said_by: str
    "Who gives it."
    dimension: str | None
    "Dimension it speaks to; null for none in particular."


class Problem(Model, kw_only=True, frozen=True):
    """One thing that is wrong in a document. `pointer` is an RFC 6901 JSON pointer into the document, `code` is stable, `detail` says what is wrong and what is allowed instead."""

    pointer: str
    "Where: an RFC 6901 JSON pointer."
    code: str
    "Stable name of the kind of mistake."
    detail: str
    "What is wrong, and what is allowed."


class ProblemDocument(Model, kw_only=True, frozen=True):
    """What every error answers (RFC 9457), as application/problem+json."""

    type: str
    "Address of the code's description."
    title: str
    "The kind of problem; the same for every occurrence of a code."
    status: int
    "The HTTP status."
    detail: str
    "What went wrong this time."
    instance: str
    "Path of the request."
    code: str
    "Stable code; every code is listed at `/v1/errors`."
    request_id: str
    "Id of the request, also in the X-Request-Id header and the logs."
    errors: list[Problem]
    "Each thing that is wrong: `pointer` is a JSON pointer into the body (into the query, below `/query`), `code` is stable, `detail` says what is allowed. Empty where there is nothing to point at."


class Progress(Model, kw_only=True, frozen=True):
    """How far an organisation has come from its baseline towards the level it aims at."""

    baseline: str
    "The first assessment whose overall score can be compared with this one's; this one itself if there is no earlier one."
    baseline_score: float
    "The baseline's score."
    score: float
    "The score now."
    change: float
    "The score now minus the baseline's."
    target_level: int
    "The level aimed at."
    target_score: float
    "The score from which on that level is possible."
    percent: float
    "The part of the points from the baseline to `target_score` that is gained: 0 below the baseline, 100 from `target_score` on. For a baseline that was there already: 100 while the score stays there, else 0."
    reached: bool
    "Whether the level itself is awarded, which gates may prevent at any score."


class PublishedGap(Model, kw_only=True, frozen=True):
    """What a study found two functions to differ by on the same item."""

    finding: str
    "Finding id."
    study: str
    "Study id."
    publisher: str
    "Who published the study."
    year: int | None
    "Year of the study; null when not published."
    population: str
    "Who was asked."
    n: int | None
    "Sample size of the study; null when not published."
    category: str
    "The answer whose shares are compared."
    shares: dict[str, float]
    "Function id → published share that gave it."
    n_by_function: dict[str, int]
    "How many of each were asked; empty if not published."
    level: int | None
    "Our lowest level that counts as it; null where `options` say it."
    options: list[str]
    "Our options that count as it; empty where `level` says it."
    judgement: str
    "What in the match of wordings is our judgement."


"Newcombe's 95 % interval of the difference, where both groups' sizes are published."
"Newcombe's 95 % interval of the difference here."


class PublishedGapBeside(Model, kw_only=True, frozen=True):
    """What a study found two functions to differ by on the same item, beside the organisation's own difference."""

    finding: str
    "Finding id."
    study: str
    "Study id."
    publisher: str
    "Who published the study."
    year: int | None
    "Year of the study; null when not published."
    population: str
    "Who was asked."
    n: int | None
    "Sample size of the study; null when not published."
    category: str
    "The answer whose shares are compared."
    shares: list[float]
    "Published share that gave it, of the first and the second group."
    difference: float
    "First share minus second."
    cohens_h: float
    "Cohen's h of the two shares: .2 small, .5 medium, .8 large."
    interval: tuple[float, float] | None
    "Newcombe's 95 % interval of the difference, where both groups' sizes are published."
    interval_reason: str | None
    "Why there is no interval."
    own_shares: list[float] | None
    "The same shares here; null where a group's figures are withheld."
    own_difference: float | None
    "First share here minus second."
    own_cohens_h: float | None
    "Cohen's h of the shares here."
    own_interval: tuple[float, float] | None
    "Newcombe's 95 % interval of the difference here."
    judgement: str
    "What in the match of wordings is our judgement."


class Quality(Model, kw_only=True, frozen=True):
    """Four facts, one point each: 4 is A, 3 is B, 2 is C, 1 is D, 0 is E."""

    grade: Literal["A", "B", "C", "D", "E"]
    "The grade that the facts give."
    sample_size_published: bool
    "The sample size is published."
    read_in_primary: bool
    "The study itself was read."
    wording_published: bool
    "The wording of the questions is published."
    sampling_described: bool
    "How respondents were found is described."
    reason: str
    "The facts in words."


class QuestionAssociation(Model, kw_only=True, frozen=True):
    """A published ratio between the practice and an outcome."""

    finding: str
    "Finding id."
    study: str
    "Study id."
    year: int | None
    "Year of the study; null when not published."
    ratio: float
    "The ratio as published."
    kind: Literal["likelihood_ratio", "risk_ratio"]
    "Which ratio it is."
    outcome: str
    "The outcome it is about."
    n: int | None
    "Sample size; null when not published."
    caution: str
    "How it must not be read."


"95 % interval of `same` (Wilson's for one answer), as if the sample were random."
"95 % interval, as if the sample were random; null without n."


class QuestionBenchmark(Model, kw_only=True, frozen=True):
    """Where an answer lies among the respondents of one study. A rubric with levels groups the study's answers by `levels`, one without by its `options`; what only the other kind has is empty or null."""

    finding: str
    "Finding id."
    study: str
    "Study id."
    publisher: str
    "Who published the study."
    year: int | None
    "Year of the study; null when not published."
    population: str
    "Who was asked."
    n: int | None
    "Sample size; null when not published."
    shares: list[float]
    "Share of respondents in each group of levels, worst first, or of options in the rubric's order. Of a multiple choice the share that chose each option: they do not add up to 1."
    levels: list[list[int]]
    "Our answer levels that each share stands for; empty in a rubric without levels."
    options: list[list[str]]
    "Our options that each share stands for; empty in a rubric with levels."
    titles: list[str]
    "The study's answer behind each share; empty in a rubric with levels."
    own: list[float] | None
    "Share of the organisation's respondents in each of these groups, each function having an equal voice. Null in a rubric with levels, and where it is withheld."
    same: float | None
    "Share of the study's respondents who gave the same answer; of several people's answers the mean. Null in a rubric with levels, of a multiple choice, and where it is withheld."
    same_interval: tuple[float, float] | None
    "95 % interval of `same` (Wilson's for one answer), as if the sample were random."
    ridit: float | None
    "Share of respondents below this answer plus half of those beside it. Null only in a rubric without levels: where options have no order, or answers are withheld."
    interval: tuple[float, float] | None
    "95 % interval, as if the sample were random; null without n."
    interval_reason: str | None
    "Why there is no interval: a reason without n, else `no_order` or `withheld`."
    approximate: bool
    "Whether a share was printed only roughly."
    derived: bool
    "Whether a share was derived from others."
    function: str | None
    "The function whose distribution this is, if printed by function."
    judgement: str
    "What in the match of wordings is our judgement."


class QuestionMove(Model, kw_only=True, frozen=True):
    """A question whose level has changed."""

    question: str
    "Question id."
    dimension: str
    "Dimension id."
    before: float
    "The earlier level, 0–4."
    after: float
    "The later level, 0–4."
    change: float
    "Later minus earlier."


class QuestionResult(Model, kw_only=True, frozen=True):
    """One question: what was answered, what it counts, and what the studies say."""

    id: str
    "Question id."
    dimension: str
    "Dimension id."
    state: Literal["answered", "dont_know", "not_applicable", "unanswered"]
    "Only `answered` counts; nothing else is scored as 0 or as best."
    level: float | None
    "0–4; fractions come from multiple choice or several people. Null without levels."
    value: float | None
    "Level over 4."
    weight: float | None
    "Weight inside the dimension; null in a rubric without levels."
    weight_reason: str | None
    "Why it has that weight; null in a rubric without levels."
    chosen: list[ChosenOption]
    "What was chosen, in the rubric's order; empty with levels, and where it is withheld."
    withheld: bool
    "Whether, in a rubric without levels, the answers are withheld: so few people gave them, or were left beside those of another group, that one person's could be told."
    wording: Literal["published", "reported", "unknown"] | None
    "How much is known of the study's own words; null where no study's question is repeated."
    known: str | None
    "What is known where no study published a share to compare with; else null."
    judgement: str | None
    "What in the question is our judgement; null if nothing is."
    disputed: bool
    "A fact on which functions differ by two levels or more; the lower counts."
    benchmark_kind: Literal["distribution", "none", "prevalence"]
    "How much of a benchmark the studies offer."
    benchmarks: list[QuestionBenchmark]
    "Empty where no study has one, or nothing was answered."
    associations: list[QuestionAssociation]
    "Ratios published for this practice."


class Ratio(Model, kw_only=True, frozen=True):
    """How many times as common one thing is beside another."""

    value: float
    "The ratio as published."
    kind: Literal["likelihood_ratio", "risk_ratio"]
    "P(practice | success) / P(practice | failure), or P(success | practice) / P(success | none)."
    outcome: str
    "The outcome it is about."
    arms_printed: bool
    "Whether both shares behind it are printed."
    caution: str
    "How it must not be read."


class Readiness(Model, kw_only=True, frozen=True):
    """Requests can be served."""

    status: Literal["ready"]
    "Always `ready`; 503 otherwise."
    database: Literal["ok"]
    "It is reached and at the newest migration."
    limits: Literal["degraded", "ok"]
    "`degraded` while the shared store of rate limits is silent and each process counts alone."
    replica: Literal["away", "behind", "none", "ok"]
    "Whether reads are answered by a replica: `none` is set up, or it is left alone while it is `away` or `behind`, and the primary answers instead."


class RecommendationResult(Model, kw_only=True, frozen=True):
    """A move to make, ranked by what it gains for its effort."""

    id: str
    "Recommendation id."
    title: str
    "The move in a line."
    action: str
    "What to do."
    owner: str
    "Who should own it."
    effort: Literal["L", "M", "S"]
    "Effort: S = 1, M = 2, L = 4 points in the ranking."
    rank: int
    "1 is first."
    gain: float
    "Points of score for one step up. Never a promise of revenue."
    opens_gate: str | None
    "The gate for which this is the last thing missing."
    because: list[Because]
    "The answers it responds to."
    expected: str
    "What the studies say of it, with their figures."
    evidence: list[str]
    "Ids of findings and practices."
    judgement: bool
    "Whether it rests on judgement alone, with no published figure."


class RecommendationSeen(Model, kw_only=True, frozen=True):
    """A recommendation by its id."""

    id: str
    "Recommendation id."
    title: str
    "The move in a line."


class RecommendationsMoved(Model, kw_only=True, frozen=True):
    """What has become of the recommendations."""

    done: list[RecommendationSeen]
    "Given earlier, and what they responded to was asked again and calls for them no more."
    open: list[RecommendationSeen]
    "Given earlier and still."
    new: list[RecommendationSeen]
    "Given now and not earlier."


class Requirement(Model, kw_only=True, frozen=True):
    """What a gate that is not about levels needs."""

    kind: Literal["perception"]
    "Both functions answered, with no large, supported gap."
    functions: list[str]
    "The two functions."


class ResendRequest(Model, kw_only=True, frozen=True):
    """Whom an event is sent to again."""

    endpoint: str | None | UnsetType = UNSET
    "Only to this webhook endpoint (`hook_…`), of those that it was sent to; to all of them without it, except disabled ones."


class Respondent(Model, kw_only=True, frozen=True):
    """Who answered."""

    reference: str | None
    "Your own id for the person; null for one who was invited, and is not asked."
    seniority: str | None
    "Their seniority."


class RespondentRequest(Model, kw_only=True, frozen=True):
    """Who answered, in your own terms."""

    reference: str
    "Your own id for the person; no name is needed."
    seniority: Literal["director", "executive", "manager", "specialist"] | None | UnsetType = UNSET
    "Their seniority."


class Response(Model, kw_only=True, frozen=True):
    """That someone answered; what they answered is not shown here."""

    id: str
    "Response id (`resp_…`)."
    function: str | None
    "The function they answered for."
    respondent: Respondent | None
    "Who answered."
    submitted_at: datetime | None
    "When it was submitted; null for a draft."


class ResponseDetails(Model, kw_only=True, frozen=True):
    """A response with what it answers, as far as that is shown."""

    id: str
    "Response id (`resp_…`)."
    assessment: str
    "Assessment id (`asmt_…`)."
    function: str | None
    "The function they answer for."
    respondent: Respondent | None
    "Who answers; null where answers are withheld."
    answers: dict[str, Any] | None
    "The answers by question id; null where withheld."
    withheld: Literal["blind_entry", "confidentiality", "not_submitted"] | None
    "Why the answers of an invited person are not shown: the assessment is not `named`, they are not submitted, or not every function has submitted and the assessment is open. Null where they are shown."
    created_at: datetime
    "When it was begun."
    submitted_at: datetime | None
    "When it was submitted; null for a draft."


class ResponsePage(Model, kw_only=True, frozen=True):
    """A page of responses."""

    data: list[ResponseDetails]
    "The responses, oldest first."
    has_more: bool
    "Whether there are more after these."
    next_cursor: str | None
    "`cursor` for the next page; null at the end."


class RollRequest(Model, kw_only=True, frozen=True):
    """How a key is rolled."""

    overlap_seconds: int | UnsetType = UNSET
    "How long the old key goes on working: 7 days at most."


class RotationRequest(Model, kw_only=True, frozen=True):
    """How a secret is rotated."""

    overlap_seconds: int | UnsetType = UNSET
    "How long the old secret goes on signing: 7 days at most."


class RubricUsed(Model, kw_only=True, frozen=True):
    """Which rubric gave this result."""

    id: str
    "Rubric id."
    version: str
    "Rubric version; what is published under it never changes."
    digest: str
    "SHA-256 of everything in the version that scoring depends on."


class ScoreChange(Model, kw_only=True, frozen=True):
    """How one score has changed, and whether that is more than chance."""

    dimension: str | None
    "Dimension id; null for the overall score."
    title: str | None
    "Dimension title; null for the overall score."
    before: float | None
    "The earlier score; null without one."
    after: float | None
    "The later score; null without one."
    change: float | None
    "Later minus earlier, in points; null where they cannot be compared."
    status: Literal["not_comparable", "provisional", "reliable"]
    "`reliable`: judged by the rubric's measured reliability. `provisional`: by the respondents' spread. `not_comparable`: for the reason given."
    significant: bool | None
    "Whether it is more than chance at 95 %; null where that cannot be told."
    standard_error: float | None
    "Of the change, in points; null where it is withheld."
    index: float | None
    "Change over its standard error; more than chance beyond ±1.96."
    detectable: float | None
    "The smallest change that would be more than chance, in points."
    reason: (
        Literal[
            "no_responses",
            "no_score",
            "not_in_both",
            "not_in_bridge",
            "other_rubric",
            "other_version",
            "too_few_respondents",
            "withheld",
        ]
        | None
    )
    "Why something is not said; null when all is."
    explanation: str
    "The same in a sentence, and what the change is judged by."


class Share(Model, kw_only=True, frozen=True):
    """A category of answers and its share."""

    id: str
    "Category id."
    title: str
    "The category as the study words it."
    share: float
    "Share of respondents, 0–1."
    derived: bool
    "Whether it was derived from what is printed."


class ShareLink(Model, kw_only=True, frozen=True):
    """A share link, without what opens it."""

    id: str
    "Link id (`link_…`)."
    locale: str | None
    "Language of the report; null for the rubric's own."
    created_at: datetime
    "When it was created."
    expires_at: datetime
    "Until when it works."
    revoked_at: datetime | None
    "When it was revoked."
    views: int
    "How often the report was shown, as page or PDF. A bare count: nothing is kept of who looked, and under load some are left out."


class ShareLinkPage(Model, kw_only=True, frozen=True):
    """A page of share links."""

    data: list[ShareLink]
    "The links, oldest first."
    has_more: bool
    "Whether there are more after these."
    next_cursor: str | None
    "`cursor` for the next page; null at the end."


class ShareLinkRequest(Model, kw_only=True, frozen=True):
    """A link that shows the report of an assessment."""

    expires_in_days: int | UnsetType = UNSET
    "For how many days it works; with a publishable key 30 at most."
    locale: str | None | UnsetType = UNSET
    "Language of the report; one of the rubric's `locales`. The rubric's own language without it."


class Source(Model, kw_only=True, frozen=True):
    """Where the study was read."""

    title: str
    "Title."
    by: str
    "Author or publisher."
    year: int | None
    "Year; null when not stated."
    address: str | None
    "Where to find it."
    label: str | None
    "Short citation."
    read: Literal["primary", "secondary"]
    "The study itself, or an account of it."


class Stability(Model, kw_only=True, frozen=True):
    """How the score fares under 16 other ways to compute it: evidence or equal weights, levels or ridits, and four ways to combine dimensions."""

    scenarios: int
    "Scenarios computed."
    agreeing: int
    "Scenarios whose score lies in the same level."
    lowest: float
    "Lowest score of all scenarios."
    highest: float
    "Highest score of all scenarios."
    leave_one_out: LeaveOneOut | None
    "Null with fewer than two answers."


class StudyBenchmark(Model, kw_only=True, frozen=True):
    """A published distribution that answers are set beside."""

    finding: str
    "Finding id."
    study: str
    "Study id."
    publisher: str
    "Who published the study."
    year: int | None
    "Year of the study; null when not published."
    population: str
    "Who was asked."
    n: int | None
    "Sample size; null when not published."
    n_reason: str | None
    "Why there is no n."
    function: str | None
    "The function whose distribution this is, if printed by function."
    shares: list[float]
    "Share of respondents in each group of levels, worst first, or of options in the rubric's order. Of a multiple choice the share that chose each option: they do not add up to 1."
    levels: list[list[int]]
    "Our answer levels that each share stands for; empty in a rubric without levels."
    options: list[list[str]]
    "Our options that each share stands for; empty in a rubric with levels."
    titles: list[str]
    "The study's answer behind each share; empty in a rubric with levels."
    ridits: list[float]
    "Ridit of an answer at level 0, 1, 2, 3 and 4; in a rubric without levels of each option, and empty where options have no order."
    approximate: bool
    "Whether a share was printed only roughly."
    derived: bool
    "Whether a share was derived from others."
    judgement: str
    "What in the match of wordings is our judgement."


class Target(Model, kw_only=True, frozen=True):
    """The level that recommendations aim at."""

    default: int
    "Unless `target_level` says otherwise."
    reason: str
    "Why."
    aim_higher: str
    "Who should aim higher."
    stay_lower: str
    "Who may stay lower."
    evidence: list[str]
    "Ids of the findings behind it."


class TargetReached(Model, kw_only=True, frozen=True):
    """The level aimed at."""

    level: int
    "Target level."
    reached: bool | None
    "Whether the rating is at or above it; null without a rating."


class TrendPoint(Model, kw_only=True, frozen=True):
    """A completed assessment as a point of a line."""

    assessment: str
    "Assessment id (`asmt_…`)."
    rubric: RubricUsed
    "The rubric version that it was scored with."
    completed_at: datetime
    "When it was completed."
    score: float | None
    "Overall score; null when too little was answered."
    level: int | None
    "The level awarded, 1–4; null without a rating."
    dimensions: list[PointDimension]
    "Every dimension, in the rubric's order."


class Trigger(Model, kw_only=True, frozen=True):
    """A question whose level is too low."""

    question: str
    "Question id."
    below: float
    "It fires under this level."


class Unmet(Model, kw_only=True, frozen=True):
    """One condition that is not met: of a question, or (core rule) of a dimension."""

    question: str | None
    "The question, or null where a dimension is meant."
    dimension: str | None
    "The dimension, or null where a question is meant."
    needs_level: float
    "The level that is needed."
    has_level: float | None
    "The level there is; null when nothing shows it."


class WebhookEndpoint(Model, kw_only=True, frozen=True):
    """A webhook endpoint, without its secrets."""

    id: str
    "Webhook endpoint id (`hook_…`)."
    url: str
    "Where events are sent."
    description: str | None
    "Your own words for it."
    events: list[str]
    "The types of events that it is sent."
    status: Literal["disabled", "enabled"]
    "A disabled one is sent nothing: what was on its way waits, what happens meanwhile is not."
    disabled_reason: str | None
    "Why the service disabled it by itself; null where a key did."
    created_at: datetime
    "When it was created."
    updated_at: datetime
    "When anything of it last changed."
    old_secret_expires_at: datetime | None
    "Until when the secret before the last rotation signs too, or did; null where it does not."


class WebhookEndpointPage(Model, kw_only=True, frozen=True):
    """A page of webhook endpoints."""

    data: list[WebhookEndpoint]
    "The endpoints, newest first."
    has_more: bool
    "Whether there are more after these."
    next_cursor: str | None
    "`cursor` for the next page; null at the end."


class WebhookEndpointPatch(Model, kw_only=True, frozen=True):
    """Changes to a webhook endpoint; what is left out stays."""

    url: str | UnsetType = UNSET
    "Where events are sent by POST: `https://`, a host on the public internet, without user, password or fragment. Redirects are not followed."
    events: Sequence[Literal["assessment.completed", "benchmark.released", "response.submitted"]] | UnsetType = UNSET
    "The types of events that it is sent."
    description: str | None | UnsetType = UNSET
    "Your own words for it; null for none."


class WebhookEndpointRequest(Model, kw_only=True, frozen=True):
    """A new webhook endpoint."""

    url: str
    "Where events are sent by POST: `https://`, a host on the public internet, without user, password or fragment. Redirects are not followed."
    events: Sequence[Literal["assessment.completed", "benchmark.released", "response.submitted"]]
    "The types of events that it is sent."
    description: str | None | UnsetType = UNSET
    "Your own words for it."


class WeightAssociation(Model, kw_only=True, frozen=True):
    """The published ratio that a question's weight follows from."""

    finding: str
    "Finding that carries the ratio."
    agrees_with: str | None
    "Finding of an independent study that points the same way."
    nearness: str
    "How near the finding is to the question: a key of `weighting.nearness`."


class Weighting(Model, kw_only=True, frozen=True):
    """The rule by which a published ratio becomes a weight: weight = base · (1 + strength · nearness · min(1, ln ratio / ln ceiling_ratio))."""

    ceiling_ratio: float
    "Ratio that counts in full."
    start: float
    "Strength to start from."
    step: float
    "What each fact about the evidence adds to the strength or takes off."
    limit: float
    "Highest strength."
    small_sample: int
    "n under which a step is taken off."
    large_sample: int
    "n from which a step is added, both arms being printed."
    nearness: dict[str, float]
    "Nearness of a finding to a question, by name."
    base: dict[str, float]
    "Weights before evidence, by name."
    reason: str
    "Why so."


class ChosenAnswer(Model, kw_only=True, frozen=True):
    """An option, or the options of a multiple choice, with remarks."""

    option: str | Sequence[str]
    note: str | UnsetType = UNSET
    "A remark."
    evidence: str | UnsetType = UNSET
    "Where the fact can be looked up."


class DontKnow(Model, kw_only=True, tag_field="state", tag="dont_know", frozen=True):
    """Nobody asked knows; lowers completeness, never scored as the worst."""

    reason: str | UnsetType = UNSET
    "Why."


class NotApplicable(Model, kw_only=True, tag_field="state", tag="not_applicable", frozen=True):
    """The question does not apply; it leaves the denominator."""

    reason: str
    "Why it does not apply."


Unanswered: TypeAlias = DontKnow | Mapping[str, Any] | (NotApplicable | Mapping[str, Any])
Answer: TypeAlias = str | Sequence[str] | (ChosenAnswer | Mapping[str, Any]) | Unanswered


class AnyOf(Model, kw_only=True, frozen=True):
    """A clause."""

    any_of: list[Condition]
    "One of these must hold."


class Cap(Model, kw_only=True, frozen=True):
    """A condition that keeps the rating at or below a level."""

    gate: str
    "Id of the gate, or `core-rule`."
    limit: int
    "The highest level possible while this holds."
    status: Literal["failed", "unverified"]
    "`failed`: an answer contradicts the condition. `unverified`: no answer shows it."
    unmet: list[Unmet]
    "What is missing; one alternative of each clause is enough."
    reason: str
    "The same in a sentence."


class CohortFigures(Model, kw_only=True, frozen=True):
    """What is released of the scores of a cohort. Each score counts as the middle of its step of 5 points."""

    n: int
    "Organisations counted, each with its latest assessment."
    median: float
    "Median."
    median_interval: tuple[float, float] | None
    "Interval of the median, by exact order statistics."
    median_coverage: float | None
    "How sure the interval is: at least 0.95."
    quartiles: tuple[float, float] | None
    "First and third quartile; null below n = 20."
    tails: tuple[float, float] | None
    "10th and 90th percentile; null below n = 36."
    histogram: list[HistogramBar] | None
    "Bars of 10 points or more, of 5 organisations or more; from n = 20."


class DimensionFigures(Model, kw_only=True, frozen=True):
    """A dimension's scores in a cohort."""

    id: str
    "Dimension id."
    title: str
    "Its title."
    figures: CohortFigures
    "Its figures."


class DimensionPlace(Model, kw_only=True, frozen=True):
    """Where a dimension's score stands."""

    id: str
    "Dimension id."
    title: str
    "Its title."
    score: float | None
    "Its score."
    place: PlaceInCohort | None
    "Its place; null where that is not said."


class Finding(Model, kw_only=True, frozen=True):
    """One published figure, or one statement without a figure."""

    id: str
    "Finding id."
    label: str | None
    "Short citation."
    kind: Literal["association", "direction", "distribution", "partial_distribution", "perception_gap", "prevalence"]
    "What it can be used for."
    claim: str
    "What was found, in our words."
    dimension: str | None
    "Dimension it speaks to; null for none in particular."
    shares: list[Share]
    "The shares, worst first where an order exists."
    by_function: dict[str, list[Share]]
    "Shares printed for each function."
    ratio: Ratio | None
    "The ratio of an association; else null."
    population: str
    "Who was asked."
    n: int | None
    "Sample size; null when not published."
    n_reason: str | None
    "Why there is no n."
    n_by_function: dict[str, int]
    "How many of each function were asked; empty if not published."
    approximate: bool
    "Whether a share was printed only roughly."
    order_is_judgement: bool
    "Whether the order of the shares is our choice."
    sum_note: str | None
    "Why the shares do not add up to 1; null where they do."
    derived_from: list[str]
    "Findings it was derived from."
    contradicts: list[Contradiction]
    "Findings that say otherwise."
    caution: str | None
    "How it must not be read."


class Gap(Model, kw_only=True, frozen=True):
    """How two groups differ on one dimension or question. Figures are null where they are withheld; the test is null below four answers on each side, where no test could tell a gap from chance."""

    id: str
    "Id of the dimension or question."
    groups: list[GroupLevel]
    "The two groups, in alphabetical order."
    gap: float | None
    "Mean of the first group minus that of the second."
    delta: float | None
    "Cliff's delta: P(first higher) minus P(second higher)."
    size: Literal["large", "medium", "negligible", "small"] | None
    "Of delta's magnitude: from .147 small, .33 medium, .474 large."
    testable: bool
    "Whether four or more answered on each side."
    p: float | None
    "Two-sided p over every way to relabel the respondents."
    p_method: Literal["exact", "normal"] | None
    "`exact`: every relabelling was counted. `normal`: approximated, ties included, where the smaller group squared times everybody exceeds 10,000 (from 18 on each side)."
    p_adjusted: float | None
    "After Benjamini–Hochberg over the tests of its kind."
    supported: bool | None
    "Whether p_adjusted is at most .05; null where not testable."
    disputed: bool
    "A fact that answers two levels or more apart leave open: look for the record."
    request: str | None
    "What to look up, of a disputed fact."
    own_behaviour: str | None
    "The function whose own behaviour is judged here and who sees it markedly better than the other does: optimism about one's own behaviour, which studies find on both sides."
    published: list[PublishedGapBeside]
    "What studies found on the same item; functions only."


class Gate(Model, kw_only=True, frozen=True):
    """What a level needs besides its score."""

    id: str
    "Gate id."
    title: str
    "The condition in words."
    level: int
    "The level that needs it; without it the rating stays below."
    all_of: list[AnyOf]
    "Each of these must hold; empty where `requires` is given."
    requires: Requirement | None
    "Another kind of condition; null where `all_of` is given."
    evidence: list[str]
    "Ids of the findings behind it."
    judgement: str
    "What in it is our judgement."


class NewResponseRequest(Model, kw_only=True, frozen=True):
    """One person's answers: a draft, unless `submit`."""

    answers: Mapping[str, Answer] | UnsetType = UNSET
    "Question id → answer."
    function: str | None | UnsetType = UNSET
    "The function they answer for, if known."
    respondent: RespondentRequest | Mapping[str, Any] | None | UnsetType = UNSET
    "Who answers."
    submit: bool | UnsetType = UNSET
    "Submit them at once, after which they do not change."


class OwnInvitation(Model, kw_only=True, frozen=True):
    """An invitation as the invited person sees it."""

    organisation: str
    "Name of the organisation assessed."
    rubric: RubricUsed
    "The rubric version whose questions are asked."
    function: str
    "The function you answer for."
    confidentiality: Literal["grouped", "named"]
    "Whether a function's figures are withheld when fewer than four people answered for it."
    meaning: str
    "What that means for you, in words."
    status: Literal["closed", "open", "started", "submitted"]
    "`closed` is an assessment that was completed without your answers."
    expires_at: datetime
    "Until when the invitation works."
    response: OwnResponse | None
    "Your draft; null before it is begun and once it is submitted."


class OwnResponsePatch(Model, kw_only=True, frozen=True):
    """What the invited person answers, saved as a draft; what is left out stays."""

    answers: Mapping[str, Answer | None] | UnsetType = UNSET
    "Answers by question id, merged into those that are there; null takes one out."
    seniority: Literal["director", "executive", "manager", "specialist"] | None | UnsetType = UNSET
    "Your seniority, if you want to say it; null takes it back."


class Question(Model, kw_only=True, frozen=True):
    """A question."""

    id: str
    "Question id: the key of its answer."
    dimension: str
    "Dimension id."
    title: str
    "The question."
    help: str
    "How to answer it."
    kind: Literal["multiple", "single"]
    "One option, or any number of them."
    nature: Literal["fact", "perception"]
    "Whether a record could settle the answer."
    scale: Literal["nominal", "ordinal"]
    "Whether the options run in an order, from worst to best or least to most, or only differ."
    wording: Literal["published", "reported", "unknown"] | None
    "How much is known of the words a study asked in; null where no study's question is repeated."
    known: str | None
    "What is known where no study published a share to compare with; else null."
    weight: float | None
    "Weight inside the dimension; null without levels."
    weight_base: float | None
    "The weight before evidence; null without levels."
    weight_association: WeightAssociation | None
    "The ratio it follows from; null without one."
    weight_reason: str | None
    "Why it has that weight; null without levels."
    audience: list[str]
    "Functions that should answer it."
    about: str | None
    "The function whose own behaviour it judges; null where it judges nobody's."
    options: list[Option]
    "The options, in order."
    benchmarks: list[StudyBenchmark]
    "Distributions that studies published."
    published_gaps: list[PublishedGap]
    "Gaps between functions that studies published on the same item."
    evidence: list[str]
    "Ids of the findings and practices behind it."
    judgement: str | None
    "What in the question is our judgement; null if nothing is."


class Rating(Model, kw_only=True, frozen=True):
    """The level awarded, and what holds it back."""

    level: int
    "1–4: the level awarded."
    name: str
    "The level's name."
    level_by_score: int
    "The level by the score alone."
    caps: list[Cap]
    "Every condition not met, whether or not it binds at this score."


class Recommendation(Model, kw_only=True, frozen=True):
    """A move that a rubric can recommend."""

    id: str
    "Recommendation id."
    title: str
    "The move in a line."
    action: str
    "What to do."
    owner: str
    "Who should own it."
    effort: Literal["L", "M", "S"]
    "Effort: S = 1, M = 2, L = 4 points in the ranking."
    expected: str
    "What the studies say of it, with their figures."
    when: list[Trigger]
    "It fires when any of these holds."
    when_gap: bool
    "Whether a large, supported gap between functions fires it too."
    evidence: list[str]
    "Ids of findings and practices."
    judgement: bool
    "Whether it rests on judgement alone."


class ResponsePatch(Model, kw_only=True, frozen=True):
    """Changes to a draft; what is left out stays."""

    answers: Mapping[str, Answer | None] | UnsetType = UNSET
    "Answers by question id, merged into those that are there; null takes one out."
    function: str | None | UnsetType = UNSET
    "The function they answer for; null for not known."
    respondent: RespondentRequest | Mapping[str, Any] | None | UnsetType = UNSET
    "Who answers; null for not said."


class ResponseRequest(Model, kw_only=True, frozen=True):
    """One person's answers."""

    answers: Mapping[str, Answer]
    "Question id → answer."
    function: str | None | UnsetType = UNSET
    "The function they answer for, if known."
    respondent: RespondentRequest | Mapping[str, Any] | None | UnsetType = UNSET
    "Who answered."
    submit: bool | UnsetType = UNSET
    "False keeps them as a draft, which is not scored."


class ResponseToScore(Model, kw_only=True, frozen=True):
    """One person's answers."""

    answers: Mapping[str, Answer]
    "Question id → answer."
    function: str | None | UnsetType = UNSET
    "The function they answer for, if known."
    seniority: Literal["director", "executive", "manager", "specialist"] | None | UnsetType = UNSET
    "How senior they are, if known: executives and directors are compared with the rest."


class ResultChange(Model, kw_only=True, frozen=True):
    """Two results set side by side."""

    comparable: bool
    "Whether rubric and version let any of the scores be compared."
    reason: (
        Literal[
            "no_responses",
            "no_score",
            "not_in_both",
            "not_in_bridge",
            "other_rubric",
            "other_version",
            "too_few_respondents",
            "withheld",
        ]
        | None
    )
    "Why not."
    explanation: str | None
    "The same in a sentence."
    bridges: list[str]
    "Between different versions: why each one on the way lets scores be compared."
    overall: ScoreChange
    "The overall score."
    dimensions: list[ScoreChange]
    "Every dimension of either, the later one's order."


class Rubric(Model, kw_only=True, frozen=True):
    """A version of a rubric, whole."""

    id: str
    "Rubric id."
    version: str
    "Version; what is published under it never changes."
    title: str
    "Title."
    summary: str
    "What it assesses."
    locale: str
    "Language of the texts here. Reasons of weights, gates and the like, judgements, and what is told of studies stay in the rubric's own, the first of `locales`."
    locales: list[str]
    "Languages it can be had in, its own first."
    published_at: datetime
    "When the version was published."
    digest: str
    "SHA-256 of everything in the version that scoring depends on."
    minutes: int
    "How long it takes to answer."
    functions: list[Function]
    "Who may answer."
    levels: list[Level]
    "The levels of the rating, lowest first; empty where answers are only set beside a study."
    dimensions: list[Dimension]
    "The dimensions."
    questions: list[Question]
    "The questions, by dimension."
    gates: list[Gate]
    "What levels need besides their score."
    consistency_checks: list[ConsistencyCheck]
    "Contradictions that a result names as `inconsistencies`."
    bridges: list[Bridge]
    "Earlier versions that can be compared with this one."
    aggregation: Aggregation | None
    "How scores combine; null without levels."
    weighting: Weighting | None
    "How weights follow from evidence; null without levels."
    target: Target | None
    "The level to aim at; null without levels."
    recommendations: list[Recommendation]
    "The moves it can recommend."


class RubricPage(Model, kw_only=True, frozen=True):
    """A page of rubrics."""

    data: list[Rubric]
    "The versions, by id and version."
    has_more: bool
    "Whether there are more after these."
    next_cursor: str | None
    "`cursor` for the next page; null at the end."


class ScoreRequest(Model, kw_only=True, frozen=True):
    """Answers to score: either `answers` of one, or `responses` of several people."""

    rubric: str
    "Rubric id for its latest version, or `id@version`."
    answers: Mapping[str, Answer] | UnsetType = UNSET
    "Question id → answer."
    responses: Sequence[ResponseToScore | Mapping[str, Any]] | UnsetType = UNSET
    "Answers of several people, instead of `answers`."
    target_level: int | None | UnsetType = UNSET
    "Level that recommendations aim at; the rubric's own without it."
    confidentiality: Literal["grouped", "named"] | UnsetType = UNSET
    "`grouped` withholds figures of fewer than four people, and what would give them away; `named` gives them all, so respondents have to know it before they answer."


class StudiedQuestion(Model, kw_only=True, frozen=True):
    """A question for which studies published a distribution."""

    id: str
    "Question id."
    dimension: str
    "Dimension id."
    title: str
    "The question."
    benchmarks: list[StudyBenchmark]
    "What studies published, each with its source."


class Study(Model, kw_only=True, frozen=True):
    """A study, whole."""

    id: str
    "Study id."
    label: str | None
    "Short citation."
    title: str
    "Title."
    publisher: str
    "Who published it."
    year: int | None
    "Year of the field work, else of publication; null when not published."
    year_reason: str | None
    "Why there is no year."
    population: str
    "Who was asked."
    n: int | None
    "Sample size; null when not published."
    n_reason: str | None
    "Why there is no n."
    n_note: str | None
    "The same in words, or what to know about n."
    read: Literal["primary", "secondary"]
    "Whether the study itself was read, or an account of it."
    sources: list[Source]
    "Where it was read."
    quality: Quality
    "The quality grade and what gives it."
    findings: list[Finding]
    "Every figure taken from it."
    practices: list[Practice]
    "Advice it gives."


class StudyPage(Model, kw_only=True, frozen=True):
    """A page of studies."""

    data: list[Study]
    "The studies, by id."
    has_more: bool
    "Whether there are more after these."
    next_cursor: str | None
    "`cursor` for the next page; null at the end."


class TrendStep(Model, kw_only=True, frozen=True):
    """From one point to a later one."""

    since: str
    "The earlier assessment."
    assessment: str
    "The later assessment."
    change: ResultChange
    "What has changed between the two."


class AssessmentChange(Model, kw_only=True, frozen=True):
    """An assessment beside an earlier one of the same organisation."""

    organisation: str
    "Organisation id (`org_…`)."
    since: TrendPoint
    "The earlier assessment."
    assessment: TrendPoint
    "The later assessment."
    change: ResultChange
    "Overall and by dimension."
    questions: list[QuestionMove]
    "Questions answered both times whose level differs, the largest changes first."
    recommendations: RecommendationsMoved
    "What has become of them; all empty where nothing can be compared."
    progress: Progress | None
    "Of the later assessment; null when it has no score."
    meaning: str
    "How to read it, and how not."


class AssessmentRequest(Model, kw_only=True, frozen=True):
    """A new assessment. With `responses` and `complete` it is scored at once, and the result is in the answer."""

    rubric: str
    "Rubric id for its latest version, or `id@version`."
    organisation: OrganisationRequest | Mapping[str, Any]
    "The organisation assessed."
    confidentiality: Literal["grouped", "named"] | UnsetType = UNSET
    "Whether a function's figures are withheld when fewer than four people answered for it."
    functions: Sequence[str] | None | UnsetType = UNSET
    "Functions that are to answer."
    responses: Sequence[ResponseRequest | Mapping[str, Any]] | None | UnsetType = UNSET
    "Answers known already."
    complete: bool | UnsetType = UNSET
    "Score the submitted responses now, and close the assessment."
    target_level: int | None | UnsetType = UNSET
    "Level that recommendations aim at; the rubric's own without it."
    contribute_to_benchmark: bool | UnsetType = UNSET
    "Whether the result may enter cohort benchmarks, without any name."
    metadata: Mapping[str, str | int | float | bool | None] | UnsetType = UNSET
    "Anything of your own: up to 50 texts of 500 characters, numbers, or true or false."


class BatchRequest(Model, kw_only=True, frozen=True):
    """Many sets of answers. Each item is read for itself, so that a bad one leaves the others alone."""

    items: Sequence[ScoreRequest | Mapping[str, Any]]
    "The sets of answers, each as `POST /v1/scores` takes it."


class CohortBenchmark(Model, kw_only=True, frozen=True):
    """What an edition says of a cohort."""

    cut: Literal["all", "industry", "size"]
    "What the cohort is cut by."
    value: str
    "Which one it is: what `industry` or `size` of an organisation may say."
    title: str
    "Its title."
    n: int | None
    "Organisations counted; null where suppressed."
    suppressed: bool
    "Whether nothing is said of it."
    reason: Literal["complement", "dominated", "one_partner", "too_few"] | None
    "Why: fewer than 10 organisations (`too_few`), all but fewer than 5 of one partner (`one_partner`), one counting for over a quarter (`dominated`), or what is left of all without it would be too small a group (`complement`)."
    released_in: Edition | None
    "The edition that counted it: an earlier one until 5 members have changed; null if none."
    score: CohortFigures | None
    "The overall score; null where suppressed."
    dimensions: list[DimensionFigures]
    "Each dimension; empty where suppressed."


class Comparison(Model, kw_only=True, frozen=True):
    """Two groups of respondents compared."""

    groups: list[str]
    "The two groups, in alphabetical order: first minus second."
    dimensions: list[Gap]
    "By dimension; empty in a rubric without levels."
    questions: list[Gap]
    "By question."


class Perception(Model, kw_only=True, frozen=True):
    """How the functions see the same organisation, and how those who lead see it beside the rest."""

    respondents: list[FunctionAnswers]
    "People who answered, by function."
    confidentiality: Literal["grouped", "named"]
    "`grouped`: figures of fewer than four people, and what would give them away, are withheld."
    withheld: list[str]
    "Groups some of whose figures are withheld."
    functions: Comparison | None
    "The two functions that the rubric compares; null unless both answered."
    seniority: Comparison | None
    "`leadership` against `rest`; null unless both have answered."
    agreement: list[Agreement]
    "Of everybody, then of each function with two or more; without those withheld."
    meaning: str
    "How to read it, and how not."


class Result(Model, kw_only=True, frozen=True):
    """The whole result."""

    rubric: RubricUsed
    "The rubric version that was used."
    engine: str
    "Version of the scorer."
    score: float | None
    "Overall score; null with `reason` when too little is answered."
    rating: Rating | None
    "Level awarded; null with `reason` when too little is answered."
    reason: str | None
    "Why there is no score: too little is answered, or `rubric_without_levels`, which sets answers beside a study and rates nothing."
    bounds: Bounds | None
    "The range that missing answers leave open; null in a rubric without levels."
    stability: Stability | None
    "How robust the score is; null without a score."
    completeness: float
    "Answered over applicable weight."
    equal_weights_score: float | None
    "The score with every question weighing the same."
    single_perspective: bool
    "Whether one function alone has answered where the rubric wants two to."
    respondents: list[FunctionAnswers]
    "Who answered; empty when no function was given."
    dimensions: list[DimensionResult]
    "Every dimension, in the rubric's order."
    questions: list[QuestionResult]
    "Every question, in the rubric's order."
    benchmark_position: BenchmarkPosition | None
    "Null without a benchmarked answer."
    perception: Perception | None
    "How the groups of respondents compare; null unless two groups answered."
    inconsistencies: list[Inconsistency]
    "Answers that contradict each other."
    recommendations: list[RecommendationResult]
    "Best first."
    next_level: NextLevel | None
    "Null at the highest level, without a rating, or when no steps reach it."
    target: TargetReached | None
    "The target level; null in a rubric without levels."


class Trend(Model, kw_only=True, frozen=True):
    """An organisation's completed assessments with one rubric over time."""

    organisation: str
    "Organisation id (`org_…`)."
    rubric: str | None
    "Rubric id; null while nothing is completed and none is named."
    points: list[TrendPoint]
    "The latest `limit` completed assessments, oldest first."
    has_more: bool
    "Whether there are older ones, which are left out."
    changes: list[TrendStep]
    "From each point to the next."
    since_baseline: TrendStep | None
    "From the baseline, which may be older than the points, to the latest; null where they are one."
    progress: Progress | None
    "Of the latest point; null when it has no score."
    meaning: str
    "How to read it, and how not."


class BatchItem(Model, kw_only=True, frozen=True):
    """What became of one item: its result, or its problem."""

    result: Result | None = None
    "The result."
    problem: ProblemDocument | None = None
    "Why; pointers start at the whole body: `/items/3/…`."


class Assessment(Model, kw_only=True, frozen=True):
    """One round for one organisation."""

    id: str
    "Assessment id (`asmt_…`)."
    rubric: RubricUsed
    "The rubric version, pinned at creation."
    organisation: Organisation
    "The organisation assessed."
    status: Literal["completed", "open"]
    "`open` takes responses; `completed` has a result that never changes."
    confidentiality: Literal["grouped", "named"]
    "Whether a function's figures are withheld when fewer than four people answered for it."
    functions: list[str] | None
    "Functions that are to answer; null if not said."
    target_level: int | None
    "Level that recommendations aim at, if not the rubric's."
    contribute_to_benchmark: bool
    "Whether the result may enter cohort benchmarks."
    metadata: dict[str, Any]
    "Your own."
    responses: list[Response]
    "Who has answered."
    created_at: datetime
    "When it was created."
    completed_at: datetime | None
    "When it was completed; null while open."
    result: Result | None
    "The stored result; null while open, and in lists."
    client_token: str | None
    "What a publishable key reads this assessment with, for 24 hours, in the header `Alignment-Client-Token`. Shown once, where such a key created it; null everywhere else."


class AssessmentBenchmark(Model, kw_only=True, frozen=True):
    """Where an assessment stands among other organisations, beside where it stands in the studies."""

    assessment: str
    "Assessment id (`asmt_…`)."
    rubric: RubricUsed
    "Its rubric version."
    score: float | None
    "Its score."
    edition: Edition | None
    "The edition compared with; null until there is one."
    cohort: CohortBenchmark | None
    "The cohort compared with; null where there is none."
    suppressed: bool
    "Whether its place is not said."
    reason: (
        Literal["no_edition", "no_score", "not_classified"]
        | Literal["complement", "dominated", "one_partner", "too_few"]
        | None
    )
    "Why: the assessment has no score, there is no edition yet, its organisation's industry or size is none of those declared, or the cohort's own reason."
    place: PlaceInCohort | None
    "Place of the score."
    dimensions: list[DimensionPlace]
    "Place of each dimension's score."
    benchmark_position: BenchmarkPosition | None
    "Where its answers stand among the respondents of studies, as the result says it."


class AssessmentPage(Model, kw_only=True, frozen=True):
    """A page of assessments."""

    data: list[Assessment]
    "The assessments, newest first, without their results."
    has_more: bool
    "Whether there are more after these."
    next_cursor: str | None
    "`cursor` for the next page; null at the end."


class BatchAnswer(Model, kw_only=True, frozen=True):
    """What became of each item."""

    data: list[BatchItem]
    "One for each item, in order: its result, or its problem."


class Benchmarks(Model, kw_only=True, frozen=True):
    """The benchmarks of a rubric version: cohorts of organisations beside the figures of the studies."""

    rubric: RubricUsed
    "The rubric version."
    edition: Edition | None
    "The edition; null until there is one."
    note: str
    "Who is counted, how old the figures are, and how to read them."
    cohorts: list[CohortBenchmark]
    "Every declared cohort; empty without an edition."
    studies: list[StudiedQuestion]
    "The studies' figures, question by question."


class ExportedAssessment(Model, kw_only=True, frozen=True):
    """An assessment with all that belongs to it."""

    assessment: Assessment
    "The assessment with its result."
    responses: list[ExportedResponse]
    "What its respondents answered."
    invitations: list[Invitation]
    "Who was invited, without what opens an invitation."
    share_links: list[ShareLink]
    "Its share links, without what opens them."
    client_token_expires_at: datetime | None
    "Until when its client token works, of which only a hash is kept; null without one."


class OrganisationExport(Model, kw_only=True, frozen=True):
    """Everything that is kept about an organisation."""

    exported_at: datetime
    "When the export was begun."
    organisation: OrganisationDetails
    "The organisation."
    assessments: list[ExportedAssessment]
    "Its assessments, oldest first."
    idempotency_records: list[ExportedRecord]
    "Answers about it that are kept for repeated requests, oldest first."
    events: list[ExportedEvent]
    "What happened to it that is told by webhook, oldest first."
    audit_events: list[AuditEvent]
    "What was done to it and its assessments with a privilege, oldest first."
