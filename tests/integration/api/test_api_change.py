"""Change over time over HTTP: an organisation that answers again, and what of the difference is more than chance."""

from __future__ import annotations

from typing import Any

import msgspec

from assessment.api.wire.change import AssessmentChange, Trend
from tests.integration.api.running import Api, case_answers, client_of, pointers

RUBRIC = "alignment-quick@2026.1"
FIRST = case_answers("alignment-quick", "level-2-ground-rules")
A_YEAR_LATER = {
    **FIRST,
    "kpi-set": "shared-set",
    "conversion-measurement": "both-functions-see",
    "sla-agreement": "agreed",
    "sla-clauses": ["lead-qualification", "follow-up-time", "return-rule"],
    "funnel-process": "monitored",
    "communication-quality": "fair",
}
DOUBTS: list[dict[str, Any]] = [
    {},
    {"kpi-set": "separate"},
    {"response-time": "over-a-day", "communication-quality": "fair"},
    {"communication-quality": "very-good", "pipeline-review": "quarterly"},
]
"""In what four people of a function differ from their colleagues."""


def people(answers: dict[str, Any], count: int = 4) -> list[dict[str, Any]]:
    """Responses of this many people of each function."""
    return [
        {"function": function, "answers": answers | doubt}
        for function in ("sales", "marketing")
        for doubt in DOUBTS[:count]
    ]


async def complete(api: Api, responses: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    body = {
        "rubric": RUBRIC,
        "organisation": {"name": "Northwind", "external_id": "northwind"},
        "responses": responses,
        "complete": True,
        **more,
    }
    answer = await api.client.post("/v1/assessments", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def change(api: Api, assessment: str, **query: str) -> dict[str, Any]:
    answer = await api.client.get(f"/v1/assessments/{assessment}/change", params=query)
    assert answer.status_code == 200, answer.text
    msgspec.json.decode(answer.content, type=AssessmentChange)
    found: dict[str, Any] = answer.json()
    return found


async def trend(api: Api, organisation: str, **query: str) -> dict[str, Any]:
    answer = await api.client.get(f"/v1/organisations/{organisation}/trend", params=query)
    assert answer.status_code == 200, answer.text
    msgspec.json.decode(answer.content, type=Trend)
    found: dict[str, Any] = answer.json()
    return found


async def test_a_year_later_an_organisation_sees_what_has_changed_and_what_of_it_is_more_than_chance(api: Api) -> None:
    before = await complete(api, people(FIRST))
    stored = (await api.client.get(f"/v1/assessments/{before['id']}/result")).content
    after = await complete(api, people(A_YEAR_LATER))
    seen = await change(api, after["id"])
    assert (seen["since"]["assessment"], seen["assessment"]["assessment"]) == (before["id"], after["id"])
    assert (seen["since"]["score"], seen["assessment"]["score"]) == (34.81, 48.53)
    overall = seen["change"]["overall"]
    assert (overall["change"], overall["status"], overall["significant"]) == (13.72, "provisional", True)
    assert (overall["standard_error"], overall["index"], overall["detectable"]) == (1.37, 10.03, 2.68)
    # Of communication the people's scores vary by 11.81 and 17.71, eight of them each time: SE² = 29.52 / 8.
    assert [
        (one["dimension"], one["change"], one["standard_error"], one["significant"])
        for one in seen["change"]["dimensions"]
    ] == [
        ("shared-kpis", 29.88, 5.04, True),
        ("slas", 18.51, 2.36, True),
        ("pipeline-ownership", 7.77, 1.8, True),
        ("communication", -2.27, 1.92, False),
    ]
    assert [(one["question"], one["before"], one["after"]) for one in seen["questions"]] == [
        ("conversion-measurement", 1.0, 3.0),
        ("kpi-set", 0.75, 2.25),
        ("sla-clauses", 1.0, 2.5),
        ("sla-agreement", 2.0, 3.0),
        ("funnel-process", 2.0, 3.0),
        ("communication-quality", 2.0, 1.5),
    ]
    done = [one["id"] for one in seen["recommendations"]["done"]]
    assert done == ["report-lead-conversion", "document-funnel-stages", "sign-two-way-sla"]
    assert "answer-within-an-hour" in [one["id"] for one in seen["recommendations"]["open"]]
    assert seen["recommendations"]["new"] == []
    # Of the 15.19 points from 34.81 to level 3, 13.72 are gained.
    assert seen["progress"] == {
        "baseline": before["id"],
        "baseline_score": 34.81,
        "score": 48.53,
        "change": 13.72,
        "target_level": 3,
        "target_score": 50.0,
        "percent": 90.32,
        "reached": False,
    }
    line = await trend(api, after["organisation"]["id"])
    assert [(point["assessment"], point["score"], point["level"]) for point in line["points"]] == [
        (before["id"], 34.81, 2),
        (after["id"], 48.53, 2),
    ]
    step = {"since": before["id"], "assessment": after["id"], "change": seen["change"]}
    assert (line["changes"], line["since_baseline"], line["progress"]) == ([step], step, seen["progress"])
    assert (await api.client.get(f"/v1/assessments/{before['id']}/result")).content == stored


async def test_the_spread_of_three_people_is_withheld_unless_they_were_told_that_they_are_named(api: Api) -> None:
    three = people(FIRST)[:3]
    later = people(A_YEAR_LATER)
    await complete(api, three)
    hidden = (await change(api, (await complete(api, later))["id"]))["change"]
    assert (hidden["overall"]["change"], hidden["overall"]["significant"]) == (14.09, True)
    for one in [hidden["overall"], *hidden["dimensions"]]:
        assert (one["reason"], one["standard_error"], one["index"], one["detectable"]) == ("withheld", None, None, None)
    organisation = {"name": "Southwind", "external_id": "southwind"}
    await complete(api, three, organisation=organisation, confidentiality="named")
    shown = (await change(api, (await complete(api, later, organisation=organisation))["id"]))["change"]
    assert (shown["overall"]["reason"], shown["overall"]["standard_error"]) == (None, 1.71)


async def test_one_persons_change_is_given_without_saying_whether_it_is_chance(api: Api) -> None:
    await complete(api, [{"function": "sales", "answers": FIRST}])
    overall = (await change(api, (await complete(api, people(A_YEAR_LATER)))["id"]))["change"]["overall"]
    assert (overall["change"], overall["significant"]) == (11.88, None)
    assert (overall["status"], overall["reason"]) == ("provisional", "too_few_respondents")


async def test_a_draft_takes_no_part_in_the_spread(api: Api) -> None:
    drafts = [{**one, "submit": False} for one in people(A_YEAR_LATER)]
    before = await complete(api, [*people(FIRST), *drafts])
    after = await complete(api, people(A_YEAR_LATER))
    assert (await change(api, after["id"], since=before["id"]))["change"]["overall"]["standard_error"] == 1.37


async def test_an_assessment_is_compared_with_any_earlier_one_of_its_organisation(api: Api) -> None:
    first = await complete(api, people(FIRST))
    await complete(api, people(FIRST))
    third = await complete(api, people(A_YEAR_LATER))
    seen = await change(api, third["id"], since=first["id"])
    assert seen["since"]["assessment"] == first["id"]
    full = await complete(
        api, [{"answers": case_answers("alignment", "level-2-ground-rules")}], rubric="alignment@2026.1"
    )
    across = await change(api, full["id"], since=third["id"])
    assert (across["change"]["comparable"], across["change"]["reason"]) == (False, "other_rubric")
    assert (across["questions"], across["recommendations"]) == ([], {"done": [], "open": [], "new": []})
    assert across["progress"]["baseline"] == full["id"]
    # The rubric of the last one is meant unless another is named.
    organisation = full["organisation"]["id"]
    assert [point["assessment"] for point in (await trend(api, organisation))["points"]] == [full["id"]]
    quick = await trend(api, organisation, rubric="alignment-quick")
    assert [point["assessment"] for point in quick["points"]][::2] == [first["id"], third["id"]]
    assert await trend(api, organisation, rubric=RUBRIC) == quick


async def test_what_cannot_be_compared_with_is_named(api: Api) -> None:
    first = await complete(api, people(FIRST))
    second = await complete(api, people(FIRST))
    other = await complete(api, people(FIRST), organisation={"name": "Southwind"})
    opened = await complete(api, people(FIRST), complete=False)
    theirs = (
        await api.stranger.post("/v1/assessments", json={"rubric": RUBRIC, "organisation": {"name": "Theirs"}})
    ).json()["id"]

    async def answer(assessment: str, **query: str) -> tuple[int, str]:
        told = await api.client.get(f"/v1/assessments/{assessment}/change", params=query)
        return told.status_code, told.json()["code"]

    assert await answer(first["id"]) == (409, "nothing_before")
    assert await answer(other["id"]) == (409, "nothing_before")
    assert await answer(opened["id"]) == (409, "assessment_open")
    assert await answer(second["id"], since=opened["id"]) == (409, "assessment_open")
    for unknown in (theirs, "asmt_01k9zqf3v8e3rb4m5n6p7q8r9s", "nothing"):
        assert await answer(unknown) == (404, "resource_not_found")
        assert await answer(second["id"], since=unknown) == (404, "resource_not_found")
    address = f"/v1/assessments/{first['id']}/change"
    for since, code in ((other, "other_organisation"), (second, "not_earlier"), (first, "not_earlier")):
        refused = await api.client.get(address, params={"since": since["id"]})
        assert (refused.status_code, pointers(refused)) == (422, {"/query/since": code})
    unknown_parameter = await api.client.get(address, params={"colour": "red"})
    assert pointers(unknown_parameter) == {"/query/colour": "unknown_parameter"}
    assert (await api.stranger.get(address)).status_code == 404


async def test_a_long_history_is_cut_and_its_baseline_stays_the_first(api: Api) -> None:
    made = [await complete(api, people(answers)) for answers in (FIRST, FIRST, A_YEAR_LATER)]
    organisation = made[0]["organisation"]["id"]
    short = await trend(api, organisation, limit="1")
    assert [point["assessment"] for point in short["points"]] == [made[2]["id"]]
    assert (short["has_more"], short["changes"]) == (True, [])
    assert (short["since_baseline"]["since"], short["since_baseline"]["assessment"]) == (made[0]["id"], made[2]["id"])
    assert short["progress"]["baseline"] == made[0]["id"]
    whole = await trend(api, organisation, limit="3")
    assert [(one["since"], one["assessment"]) for one in whole["changes"]] == [
        (made[0]["id"], made[1]["id"]),
        (made[1]["id"], made[2]["id"]),
    ]
    still = whole["changes"][0]["change"]["overall"]
    assert (still["change"], still["significant"], whole["has_more"]) == (0, False, False)
    assert whole["since_baseline"] == short["since_baseline"]
    for limit in ("0", "101"):
        refused = await api.client.get(f"/v1/organisations/{organisation}/trend", params={"limit": limit})
        assert pointers(refused) == {"/query/limit": "invalid_parameter"}


async def test_an_organisation_without_a_completed_assessment_has_an_empty_trend(api: Api) -> None:
    organisation = (await complete(api, people(FIRST), complete=False))["organisation"]["id"]
    empty = await trend(api, organisation)
    assert (empty["rubric"], empty["points"], empty["changes"], empty["progress"]) == (None, [], [], None)
    named = await trend(api, organisation, rubric="alignment")
    assert (named["rubric"], named["points"], named["since_baseline"]) == ("alignment", [], None)
    unknown = await api.client.get(f"/v1/organisations/{organisation}/trend", params={"rubric": "alignmint"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "rubric_not_found")
    assert (await api.stranger.get(f"/v1/organisations/{organisation}/trend")).status_code == 404
    assert (await api.client.get("/v1/organisations/org_01k9zqf3v8e3rb4m5n6p7q8r9t/trend")).status_code == 404


async def test_an_assessment_without_a_score_stays_on_the_line_and_is_no_baseline(api: Api) -> None:
    empty = await complete(api, [{"answers": {}}])
    scored = await complete(api, people(FIRST))
    line = await trend(api, scored["organisation"]["id"])
    assert [(point["assessment"], point["score"], point["level"]) for point in line["points"]] == [
        (empty["id"], None, None),
        (scored["id"], 34.81, 2),
    ]
    [step] = line["changes"]
    assert (step["change"]["comparable"], step["change"]["overall"]["reason"]) == (True, "no_score")
    assert (line["since_baseline"], line["progress"]["baseline"]) == (None, scored["id"])
    assert (line["progress"]["change"], line["progress"]["percent"]) == (0, 0)
    after = await complete(api, [{"answers": {}}])
    assert (await change(api, after["id"]))["progress"] is None


async def test_the_target_that_an_assessment_aims_at_is_the_one_that_progress_is_towards(api: Api) -> None:
    await complete(api, people(FIRST))
    after = await complete(api, people(A_YEAR_LATER), target_level=2)
    progress = (await change(api, after["id"]))["progress"]
    assert (progress["target_level"], progress["target_score"], progress["percent"], progress["reached"]) == (
        2,
        25.0,
        100.0,
        True,
    )


async def test_a_change_and_a_trend_have_etags_and_are_not_sent_twice(api: Api) -> None:
    await complete(api, people(FIRST))
    after = await complete(api, people(A_YEAR_LATER))
    for address in (f"/v1/assessments/{after['id']}/change", f"/v1/organisations/{after['organisation']['id']}/trend"):
        answer = await api.client.get(address)
        assert answer.headers["cache-control"] == "private, no-cache"
        again = await api.client.get(address, headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


async def test_a_restricted_key_needs_the_scope_of_what_it_reads(api: Api) -> None:
    await complete(api, people(FIRST))
    after = await complete(api, people(FIRST))
    body = {"kind": "restricted", "name": "Reader", "scopes": ["assessments:read"]}
    key = (await api.client.post("/v1/keys", json=body)).json()["key"]
    async with client_of(api.app, key) as reader:
        assert (await reader.get(f"/v1/assessments/{after['id']}/change")).status_code == 200
        refused = await reader.get(f"/v1/organisations/{after['organisation']['id']}/trend")
        assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
