"""The main job in one call: an organisation's answers in, its rating with what to do next out, and a PDF of it."""

import sys

from alignment_assessment import Client
from alignment_assessment.types import OrganisationRequest, ResponseRequest

ANSWERS = {
    "kpi-set": "one-joint-target",
    "conversion-measurement": "both-functions-see",
    "cross-rewards": "informal-recognition",
    "sla-agreement": "one-sided",
    "sla-clauses": ["lead-qualification", "follow-up-time", "return-rule"],
    "response-time": "within-a-day",
    "pipeline-responsibility": "shared-progress",
    "funnel-process": "partly-documented",
    "pipeline-review": "monthly",
    "communication-formats": ["email", "virtual-training", "tool-repository"],
    "campaign-involvement": "asked-before-launch",
    "communication-quality": "good",
}

with Client() as client:
    assessment = client.assessments.create(
        rubric="alignment-quick",
        organisation=OrganisationRequest(name="Example Manufacturing", external_id="crm-4711"),
        responses=[
            ResponseRequest(function="sales", answers=ANSWERS),
            ResponseRequest(function="marketing", answers=ANSWERS | {"pipeline-review": "quarterly"}),
        ],
        complete=True,
    )
    result = client.assessments.result(assessment.id)
    print("score", result.score, "rating", result.rating and result.rating.name)
    for recommendation in result.recommendations[:3]:
        print(f"{recommendation.rank}. {recommendation.title} (+{recommendation.gain})")
    print("saved", client.assessments.report(assessment.id, format="pdf").save(sys.argv[1]))
