"""A story, to be read from top to bottom: two functions of one organisation answer blind, and do it again a year later.

A chief marketing officer has an assessment made of her organisation, invites five people from sales and five from
marketing, and sees who is missing but not what anybody said, until it is completed. Then she reads where the two
functions see different organisations, has something done about it, and asks again.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any

import httpx

from tests.integration.api.running import Api, case_answers, client_of

ANSWERS = case_answers("alignment", "level-3-worked-example")
"""What everybody agrees on; the functions differ in what stands below."""
SEEN_BY_SALES = {
    "kpi-set": "separate",
    "communication-quality": "fair",
    "closeness": "loose",
    "tool-usage": "virtually-all",
    "sla-agreement": "none",
}
SEEN_BY_MARKETING = {
    "kpi-set": "one-joint-target",
    "communication-quality": "good",
    "closeness": "tight-alignment",
    "tool-usage": "under-25-percent",
    "sla-agreement": "agreed",
}
SEEN_BY_BOTH_A_YEAR_LATER = {
    "kpi-set": "one-joint-target",
    "communication-quality": "good",
    "closeness": "close",
    "tool-usage": "50-to-74-percent",
    "sla-agreement": "agreed",
}

GAPS = {
    "shared-kpis": (14.93, 1.0, "large"),
    "slas": (17.14, 1.0, "large"),
    "communication": (3.33, 1.0, "large"),
    "enablement": (-33.33, -1.0, "large"),
    "collaboration": (15.0, 1.0, "large"),
}
"""Points by which marketing sees more than sales, Cliff's delta and its size; p is 2 / 252, adjusted 0.0127."""
DISPUTED = ["kpi-set", "sla-agreement", "tool-usage"]
CHANGED = {
    "scores": (46.7, 54.56),
    "overall": (7.86, "provisional", True),
    "moved": [
        ("sla-agreement", 0.0, 3.0),
        ("kpi-set", 0.0, 2.0),
        ("tool-usage", 0.0, 2.0),
        ("communication-quality", 1.5, 2.0),
        ("closeness", 2.5, 3.0),
    ],
    "done": ["sign-two-way-sla", "run-joint-customer-events", "settle-disputed-answers"],
    "percent": 100.0,
}


async def test_two_functions_answer_blind_read_their_gap_and_close_it_in_a_year(api: Api) -> None:
    partner = api.client
    assessment = await open_assessment(partner, "alignment@2026.1")

    async with AsyncExitStack() as leaving:
        # Each person gets a link of their own, by which they answer without an account.
        people = {
            function: await invite(api, leaving, assessment, function, count=5) for function in ("sales", "marketing")
        }

        # Before the first question they read who asks, and what becomes of their answers.
        first = people["sales"][0]
        told = (await first.get("/v1/invitation")).json()
        assert (told["organisation"], told["function"], told["status"]) == ("Northwind", "sales", "open")
        assert told["meaning"].startswith("Nobody is shown what you answer.")
        rubric = await first.get(f"/v1/rubrics/{told['rubric']['id']}/{told['rubric']['version']}")
        assert len(rubric.json()["questions"]) == 32

        # What they answer is saved as they go, and may be taken back, until they submit it.
        own = "/v1/invitation/response"
        begun = await first.patch(own, json={"answers": {"kpi-set": "shared-set"}, "seniority": "director"})
        await save(first, begun, {"kpi-set": None})
        for person in people["sales"]:
            await respond(person, SEEN_BY_SALES)

        # Sales is done. The partner sees that, and that marketing is missing; it sees no answer, and no figure.
        assert await missing(partner, assessment) == {"sales": 0, "marketing": 5}
        assert await shown(partner, assessment) == ["confidentiality"] * 5
        assert (await partner.get(f"{assessment}/result")).json()["code"] == "assessment_open"

        # Nor does marketing: its people see the questions, and what they say themselves.
        for person in people["marketing"]:
            view = (await person.get("/v1/invitation")).json()
            assert (view["function"], view["response"]) == ("marketing", None)
            await respond(person, SEEN_BY_MARKETING)
        assert await missing(partner, assessment) == {"sales": 0, "marketing": 0}

        # The links are used up.
        again = await first.patch(own, json={"answers": {"kpi-set": "shared-set"}}, headers={"If-Match": "*"})
        assert again.json()["code"] == "response_submitted"
        assert (await first.get("/v1/invitation")).json()["response"] is None

    # The assessment is completed, and there is one result of ten people, of each function half.
    result = await complete(partner, assessment)
    assert result["respondents"] == [
        {"function": "sales", "respondents": 5},
        {"function": "marketing", "respondents": 5},
    ]
    assert (await partner.get(f"{assessment}/result")).json() == result

    # The two functions describe different organisations: on these dimensions by more than chance.
    views = result["perception"]["functions"]
    assert views["groups"] == ["marketing", "sales"]
    assert {
        one["id"]: (one["gap"], one["delta"], one["size"]) for one in views["dimensions"] if one["supported"]
    } == GAPS
    # Where a record could settle it the lower answer counts, and somebody is asked to look for the record.
    assert [one["id"] for one in views["questions"] if one["disputed"]] == DISPUTED
    # So the highest level is closed whatever the score, and the move that comes of it is named.
    caps = {one["gate"]: one["status"] for one in result["rating"]["caps"]}
    assert caps["perception"] == "failed"
    assert "settle-disputed-answers" in [one["id"] for one in result["recommendations"]]

    # Who said what is shown to no key even now.
    assert await shown(partner, assessment) == ["confidentiality"] * 10

    # A year later there is a new version of the rubric. The two sides have talked, and answer again.
    later = await open_assessment(partner, "alignment@2026.2")
    async with AsyncExitStack() as leaving:
        for function in ("sales", "marketing"):
            for person in await invite(api, leaving, later, function, count=5):
                await respond(person, SEEN_BY_BOTH_A_YEAR_LATER)
    result = await complete(partner, later)
    views = result["perception"]["functions"]
    assert [one["id"] for one in views["dimensions"] if one["supported"]] == []
    assert [one["id"] for one in views["questions"] if one["disputed"]] == []
    assert "perception" not in {one["gate"] for one in result["rating"]["caps"]}
    # The new version says whose behaviour is judged, and sets the gap beside those that studies published.
    tools = next(one for one in views["questions"] if one["id"] == "tool-usage")
    published = next(one for one in tools["published"] if one["category"] == "virtually-all")
    assert (published["shares"], published["cohens_h"], published["own_shares"]) == ([0.15, 0.5], -0.7754, [0.0, 0.0])

    # The later version declares that its scores mean what those of the earlier one meant, so they are compared.
    changed = (await partner.get(f"{later}/change")).json()
    assert {
        "scores": (changed["since"]["score"], changed["assessment"]["score"]),
        "overall": tuple(changed["change"]["overall"][name] for name in ("change", "status", "significant")),
        "moved": [(one["question"], one["before"], one["after"]) for one in changed["questions"]],
        "done": [one["id"] for one in changed["recommendations"]["done"]],
        "percent": changed["progress"]["percent"],
    } == CHANGED
    organisation = changed["organisation"]
    line = (await partner.get(f"/v1/organisations/{organisation}/trend")).json()
    assert [point["rubric"]["version"] for point in line["points"]] == ["2026.1", "2026.2"]


async def open_assessment(partner: httpx.AsyncClient, rubric: str) -> str:
    """An assessment that both functions are to answer. Answers are grouped: nobody's are shown."""
    opened = await partner.post(
        "/v1/assessments",
        json={
            "rubric": rubric,
            "organisation": {"name": "Northwind", "external_id": "crm-17"},
            "functions": ["sales", "marketing"],
            "confidentiality": "grouped",
        },
    )
    assert opened.status_code == 201, opened.text
    location: str = opened.headers["location"]
    return location


async def invite(
    api: Api, leaving: AsyncExitStack, assessment: str, function: str, *, count: int
) -> list[httpx.AsyncClient]:
    """So many invited people, each with a browser of their own."""
    sent = await api.client.post(f"{assessment}/invitations", json={"function": function, "count": count})
    assert sent.status_code == 201, sent.text
    return [await leaving.enter_async_context(client_of(api.app, one["token"])) for one in sent.json()["data"]]


async def complete(partner: httpx.AsyncClient, assessment: str) -> dict[str, Any]:
    completed = await partner.post(f"{assessment}/complete")
    assert completed.status_code == 200, completed.text
    result: dict[str, Any] = completed.json()["result"]
    return result


async def save(person: httpx.AsyncClient, seen: httpx.Response, answers: dict[str, Any]) -> httpx.Response:
    saved = await person.patch(
        "/v1/invitation/response", json={"answers": answers}, headers={"If-Match": seen.headers["etag"]}
    )
    assert saved.status_code == 200, saved.text
    return saved


async def respond(person: httpx.AsyncClient, view: dict[str, Any]) -> None:
    """Answer every question, as the function sees it, in two sittings, and submit."""
    seen = await person.get("/v1/invitation/response")
    if seen.status_code == 404:
        seen = await person.patch("/v1/invitation/response", json={}, headers={"If-None-Match": "*"})
    halfway = await save(person, seen, dict(list(ANSWERS.items())[::2]))
    await save(person, halfway, ANSWERS | view)
    used = await person.post("/v1/invitation/response/submit")
    assert (used.status_code, used.json()["status"]) == (200, "submitted")


async def missing(partner: httpx.AsyncClient, assessment: str) -> dict[str, int]:
    """How many invited people of each function have not submitted."""
    page = (await partner.get(f"{assessment}/invitations")).json()
    return {one["function"]: one["open"] + one["started"] for one in page["functions"]}


async def shown(partner: httpx.AsyncClient, assessment: str) -> list[str | None]:
    """Why answers of the responses are withheld, one by one; those that are shown say nothing."""
    page = (await partner.get(f"{assessment}/responses", params={"limit": 100})).json()
    assert all((one["answers"] is None) == (one["withheld"] is not None) for one in page["data"])
    return [one["withheld"] for one in page["data"]]
