"""The page behind an invitation's link, as a browser without scripts uses it."""

from __future__ import annotations

import asyncio
import re
from urllib.parse import urljoin

import httpx

from assessment.pages.build import find_script
from tests.integration.api.pages import HEADERS, SCRIPTED, Page, draft_of, link_of, send
from tests.integration.api.running import Api, client_of


async def test_the_page_says_who_asks_and_what_becomes_of_answers_before_it_asks(
    api: Api, visitor: httpx.AsyncClient, link: str
) -> None:
    shown = await visitor.get(link)
    assert shown.status_code == 200
    assert {name: shown.headers[name] for name in SCRIPTED} == SCRIPTED
    page = Page(shown.text)
    said = [
        "Nobody is shown what you answer.",
        "Example asks for your answers, for Sales.",
        "about 3 minutes",
        "This link works until",
        "How far are sales and marketing judged by the same measures?",
        "Save and go on later",
        "Submit",
    ]
    places = [page.text.index(one) for one in said]
    assert places == sorted(places)
    assert page.tags.count("fieldset") == page.tags.count("legend") == 12
    assert len(page.ids) == len(set(page.ids)) and set(page.described) <= set(page.ids)
    assert not {"style", "iframe"} & set(page.tags)
    assert re.findall("<script.*?</script>", shown.text) == [
        f'<script type="module" src="../widget/v1/{script_name()}"></script>'
    ]
    element = f'<alignment-assessment invitation="{link.rpartition("/")[2]}" locale="en">'
    assert shown.text.index(element) < shown.text.index("<form") < shown.text.index("</alignment-assessment>")
    assert " style=" not in shown.text and " on" not in "".join(re.findall(r"<[^>]*\son\w+=", shown.text))
    assert page.filled() == {}


def script_name() -> str:
    built = find_script("widget.js")
    assert built is not None
    return built.name


async def test_the_widget_on_it_speaks_the_language_of_the_browser(visitor: httpx.AsyncClient, link: str) -> None:
    german = await visitor.get(link, headers={"Accept-Language": "de"})
    assert ' locale="de">' in german.text
    spanish = await visitor.get(f"{link}?locale=es", headers={"Accept-Language": "de"})
    assert ' locale="es">' in spanish.text


async def test_questions_for_other_functions_come_last(api: Api, visitor: httpx.AsyncClient) -> None:
    place = (await link_of(api, functions=None))[0]
    made = await api.client.post(f"{place}/invitations", json={"function": "leadership"})
    text = Page((await visitor.get(made.json()["data"][0]["url"])).text).text
    own, _, others = text.partition("Also, if you can")
    assert "How far are sales and marketing judged by the same measures?" in own
    assert "Is the share of leads that become opportunities measured?" in others
    assert (own.count("I don’t know"), others.count("I don’t know")) == (5, 7)


async def test_answers_are_saved_and_there_when_the_link_is_opened_again(
    api: Api, visitor: httpx.AsyncClient, link: str
) -> None:
    sent = [
        ("q.kpi-set", "one-joint-target"),
        ("note.kpi-set", " Pipeline\r\nonly "),
        ("q.conversion-measurement", "_dont_know"),
        ("q.cross-rewards", "_not_applicable"),
        ("note.cross-rewards", "Nobody has rewards"),
        ("q.sla-clauses", "follow-up-time"),
        ("q.sla-clauses", "escalation"),
        ("q.communication-formats", "_none"),
        ("seniority", "director"),
        ("action", "save"),
    ]
    saved = await send(visitor, link, sent)
    assert (saved.status_code, saved.content) == (303, b"")
    assert urljoin(link, saved.headers["location"]) == f"{link}?saved"
    draft = await draft_of(api, link)
    assert draft == {
        "answers": {
            "kpi-set": {"option": "one-joint-target", "note": "Pipeline\nonly"},
            "conversion-measurement": {"state": "dont_know"},
            "cross-rewards": {"state": "not_applicable", "reason": "Nobody has rewards"},
            "sla-clauses": ["follow-up-time", "escalation"],
            "communication-formats": [],
        },
        "seniority": "director",
    }
    again = await visitor.get(f"{link}?saved")
    assert "Saved. You can close this page" in Page(again.text).text
    plain = await visitor.get(f"{link}?utm_source=mail")
    assert "Saved." not in plain.text
    fields = Page(plain.text).fields
    assert ("note.kpi-set", "Pipeline\nonly") in fields
    # What the page shows is what it sends back: nothing changes.
    await send(visitor, link, [*fields, ("action", "save")])
    assert await draft_of(api, link) == draft
    # A radio button that was chosen can be taken back, a check box cleared.
    await send(visitor, link, [("q.kpi-set", ""), ("action", "save")])
    assert await draft_of(api, link) == {"answers": {}, "seniority": None}


async def test_a_reference_to_evidence_outlives_the_form(api: Api, visitor: httpx.AsyncClient, link: str) -> None:
    answer = {"option": "one-joint-target", "evidence": "Plan 2026, p. 3"}
    async with client_of(api.app, link.rpartition("/")[2]) as client:
        await client.patch("/v1/invitation/response", json={"answers": {"kpi-set": answer}})
    await send(visitor, link, [*Page((await visitor.get(link)).text).fields, ("action", "save")])
    assert (await draft_of(api, link))["answers"] == {"kpi-set": answer}


async def test_what_is_wrong_is_told_beside_the_question_and_nothing_typed_is_lost(
    api: Api, visitor: httpx.AsyncClient, link: str
) -> None:
    sent = [
        ("q.kpi-set", "one-joint-target"),
        ("note.conversion-measurement", "</textarea><script>alert(1)</script>"),
        ("q.cross-rewards", "_not_applicable"),
        ("q.sla-clauses", "escalation"),
        ("q.sla-clauses", "_none"),
        ("q.sla-agreement", "c4n4ry"),
        ("seniority", "boss"),
        ("action", "submit"),
    ]
    refused = await send(visitor, link, sent)
    assert refused.status_code == 422
    assert {name: refused.headers[name] for name in HEADERS} == HEADERS
    assert "<script>" not in refused.text and "c4n4ry" not in refused.text
    page = Page(refused.text)
    assert "Error: Sales and marketing alignment, quick" in page.text
    assert set(page.described) <= set(page.ids)
    assert page.targets == [
        "#seniority",
        "#q-conversion-measurement",
        "#q-sla-clauses",
        "#q-cross-rewards",
        "#q-sla-agreement",
    ]
    for told in (
        "Choose an answer to go with your note.",
        "Say in the note why this does not apply.",
        "Choose either answers from the list, or one of the last choices.",
        "Choose one of the answers listed here.",
    ):
        assert page.text.count(told) == 1
    assert page.filled() == {
        "q.kpi-set": "one-joint-target",
        "note.conversion-measurement": "</textarea><script>alert(1)</script>",
        "q.cross-rewards": "_not_applicable",
        "q.sla-clauses": "_none",
    }
    assert (await draft_of(api, link))["code"] == "resource_not_found"
    refused = await send(
        visitor, link, [("seniority", "boss"), ("note.kpi-set", "x" * 2001), ("q.kpi-set", "separate")]
    )
    assert Page(refused.text).targets == ["#seniority", "#q-kpi-set"]
    assert "Shorten the note to 2,000 characters." in refused.text
    refused = await send(visitor, link, [("seniority", "boss")])
    assert (refused.status_code, Page(refused.text).targets) == (422, ["#seniority"])


async def test_submitting_asks_once_more_and_then_thanks(api: Api, visitor: httpx.AsyncClient) -> None:
    place, link = await link_of(api)
    confirm = [("action", "confirm")]
    # Nothing is there to be confirmed yet.
    assert (await send(visitor, link, confirm)).status_code == 303
    empty = await send(visitor, link, [("action", "submit")])
    assert urljoin(link, empty.headers["location"]) == f"{link}?check"
    review = await visitor.get(f"{link}?check")
    assert "There is nothing to submit yet." in review.text and "confirm" not in review.text
    await send(visitor, link, [("q.kpi-set", "separate"), ("action", "submit")])
    page = Page((await visitor.get(f"{link}?check")).text)
    assert "1 of 12 questions" in page.text
    assert len([one for one in page.targets if "#q-" in one]) == 11
    assert urljoin(link, page.targets[0]) == f"{link}#q-conversion-measurement"
    done = await send(visitor, link, confirm)
    assert (done.status_code, urljoin(link, done.headers["location"])) == (303, link)
    thanks = await visitor.get(link)
    assert (thanks.status_code, {name: thanks.headers[name] for name in HEADERS}) == (200, HEADERS)
    assert "Your answers for Example are submitted." in thanks.text and "What happens next" in thanks.text
    # Later and repeated requests change nothing and lead there as well.
    for late in (confirm, [("action", "submit")], [("q.kpi-set", "shared-set"), ("action", "save")]):
        assert urljoin(link, (await send(visitor, link, late)).headers["location"]) == link
    assert (await api.client.get(f"{place}/invitations")).json()["data"][0]["status"] == "submitted"
    assert (await api.client.post(f"{place}/complete")).status_code == 200


async def test_a_whole_response_is_submitted_at_once(api: Api, visitor: httpx.AsyncClient) -> None:
    place, link = await link_of(api)
    html = (await visitor.get(link)).text
    first: dict[str, str] = {}
    for name, value in re.findall(r'name="(q\.[a-z-]+)" value="([a-z0-9-]+)"', html):
        first.setdefault(name, value)
    assert len(first) == 12
    done = await send(visitor, link, [*first.items(), ("action", "submit")])
    assert urljoin(link, done.headers["location"]) == link
    assert (await api.client.get(f"{place}/invitations")).json()["data"][0]["status"] == "submitted"


async def test_a_completed_assessment_says_so(api: Api, visitor: httpx.AsyncClient) -> None:
    place, link = await link_of(api)
    answers = {"kpi-set": "separate"}
    made = await api.client.post(f"{place}/responses", json={"function": "sales", "answers": answers, "submit": True})
    assert made.status_code == 201, made.text
    assert (await api.client.post(f"{place}/complete")).status_code == 200
    shown = await visitor.get(link)
    assert shown.status_code == 200 and "The assessment of Example is completed." in shown.text
    late = await send(visitor, link, [("q.kpi-set", "separate"), ("action", "submit")])
    assert (late.status_code, urljoin(link, late.headers["location"])) == (303, link)


async def test_two_windows_at_once_leave_one_of_their_drafts(api: Api, visitor: httpx.AsyncClient, link: str) -> None:
    options = ["separate", "common-reporting", "one-joint-target", "shared-set"]
    answers = await asyncio.gather(
        *(send(visitor, link, [("q.kpi-set", option), ("action", "save")]) for option in options)
    )
    assert {answer.status_code for answer in answers} == {303}
    assert (await draft_of(api, link))["answers"]["kpi-set"] in options


async def test_the_stylesheet_is_kept_for_ever_by_its_name(visitor: httpx.AsyncClient, link: str) -> None:
    html = (await visitor.get(link)).text
    [name] = re.findall(r'<link rel="stylesheet" href="([^"]+)">', html)
    sheet = await visitor.get(urljoin(link, name))
    assert (sheet.status_code, sheet.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert sheet.headers["cache-control"] == "public, max-age=31536000, immutable"
    # A browser leaves the slash at the end of an address, and resolves links against that.
    html = (await visitor.get(f"{link}/")).text
    [name] = re.findall(r'<link rel="stylesheet" href="([^"]+)">', html)
    assert (await visitor.get(urljoin(f"{link}/", name))).status_code == 200
