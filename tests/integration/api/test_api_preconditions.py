"""Changing and deleting an assessment with If-Match: nobody's change is overwritten unseen."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.integration.api.running import Api, case_answers, pointers


def new(**changes: Any) -> dict[str, Any]:
    return {
        "rubric": "alignment-quick",
        "organisation": {"name": "Example"},
        "responses": [{"answers": case_answers("alignment-quick", "level-3-shared-target")}],
        "complete": True,
    } | changes


async def created(api: Api, **changes: Any) -> httpx.Response:
    response = await api.client.post("/v1/assessments", json=new(**changes))
    assert response.status_code == 201
    return response


async def patched(api: Api, one: httpx.Response, changes: dict[str, Any], match: str = "*") -> httpx.Response:
    return await api.client.patch(one.headers["location"], json=changes, headers={"If-Match": match})


async def test_an_open_assessment_is_changed(api: Api) -> None:
    one = await created(api, complete=False, responses=None, metadata={"a": 1, "b": 2})
    changes = {
        "confidentiality": "named",
        "functions": ["sales", "marketing"],
        "target_level": 4,
        "contribute_to_benchmark": True,
        "metadata": {"b": None, "c": "new", "never": None},
    }
    changed = await patched(api, one, changes, one.headers["etag"])
    assert changed.status_code == 200, changed.text
    assert changed.json() == one.json() | changes | {"metadata": {"a": 1, "c": "new"}}
    assert changed.headers["etag"] != one.headers["etag"]
    got = await api.client.get(one.headers["location"])
    assert (got.content, got.headers["etag"]) == (changed.content, changed.headers["etag"])


async def test_null_takes_back_what_may_be_unsaid(api: Api) -> None:
    one = await created(api, complete=False, functions=["sales"], target_level=2, metadata={"a": 1}, responses=None)
    changed = await patched(api, one, {"functions": None, "target_level": None, "metadata": {"a": None}})
    assert changed.json() == one.json() | {"functions": None, "target_level": None, "metadata": {}}


async def test_nothing_to_change_changes_nothing(api: Api) -> None:
    one = await created(api)
    nothing: list[dict[str, Any]] = [{}, {"metadata": {}}, {"contribute_to_benchmark": False}]
    for changes in nothing:
        changed = await patched(api, one, changes, one.headers["etag"])
        assert (changed.status_code, changed.content) == (200, one.content)
        assert changed.headers["etag"] == one.headers["etag"]


async def test_a_completed_one_takes_consent_and_metadata_alone(api: Api) -> None:
    one = await created(api)
    changed = await patched(api, one, {"contribute_to_benchmark": True, "metadata": {"deal": 7}})
    assert changed.json() == one.json() | {"contribute_to_benchmark": True, "metadata": {"deal": 7}}
    for late in ({"confidentiality": "named"}, {"functions": ["sales"]}, {"target_level": 4}, {"target_level": None}):
        refused = await patched(api, one, late | {"metadata": {"deal": 8}})
        assert (refused.status_code, refused.json()["code"]) == (409, "assessment_completed")
        assert next(iter(late)) in refused.json()["detail"]
    assert (await api.client.get(one.headers["location"])).content == changed.content


async def test_confidentiality_stays_once_somebody_has_responded(api: Api) -> None:
    answers = case_answers("alignment-quick", "level-3-shared-target")
    one = await created(api, complete=False, responses=[{"answers": answers, "submit": False, "function": "sales"}])
    refused = await patched(api, one, {"confidentiality": "named"})
    assert (refused.status_code, refused.json()["code"]) == (409, "responses_given")
    without = await patched(api, one, {"functions": ["marketing"]})
    assert (without.status_code, pointers(without)) == (422, {"/functions": "function_responded"})
    assert (await patched(api, one, {"functions": ["marketing", "sales"]})).status_code == 200


async def test_a_changed_target_is_what_completing_aims_at(api: Api) -> None:
    one = await created(api, complete=False)
    await patched(api, one, {"target_level": 4})
    completed = await api.client.post(f"{one.headers['location']}/complete")
    assert completed.json()["result"]["target"] == {"level": 4, "reached": False}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"status": "completed"}, {"/status": "unknown_field"}),
        (
            {"organisation": {"name": "x"}, "rubric": "x"},
            {"/organisation": "unknown_field", "/rubric": "unknown_field"},
        ),
        ({"confidentiality": "secret"}, {"/confidentiality": "not_allowed"}),
        ({"confidentiality": None}, {"/confidentiality": "not_allowed"}),
        ({"target_level": 5}, {"/target_level": "out_of_bounds"}),
        ({"contribute_to_benchmark": None}, {"/contribute_to_benchmark": "wrong_type"}),
        ({"functions": []}, {"/functions": "wrong_length"}),
        (
            {"functions": ["hr", "sales", "sales"]},
            {"/functions/0": "unknown_function", "/functions/2": "duplicate_function"},
        ),
        ({"metadata": None}, {"/metadata": "wrong_type"}),
        ({"metadata": {"k": {}}}, {"/metadata/k": "wrong_type"}),
        ({"metadata": {str(n): 1 for n in range(50)}}, {"/metadata": "wrong_length"}),
    ],
)
async def test_what_does_not_fit_is_named_and_nothing_changes(
    api: Api, changes: dict[str, Any], expected: dict[str, str]
) -> None:
    one = await created(api, complete=False, metadata={"kept": True})
    refused = await patched(api, one, changes)
    assert refused.status_code == 422, refused.text
    assert pointers(refused) == expected
    assert (await api.client.get(one.headers["location"])).content == one.content


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
async def test_a_change_says_which_state_it_was_made_from(api: Api, method: str) -> None:
    one = await created(api)
    body = {"metadata": {"a": 1}} if method == "PATCH" else None

    async def send(*match: str) -> httpx.Response:
        headers = [(b"If-Match", value.encode()) for value in match]
        return await api.client.request(method, one.headers["location"], headers=headers, json=body)

    etag = one.headers["etag"]
    for missing in (await send(), await send("")):
        assert (missing.status_code, missing.json()["code"]) == (428, "precondition_required")
    for stale in ('"stale"', f"W/{etag}", etag.strip('"'), f'"a", W/{etag}'):
        refused = await send(stale)
        assert (refused.status_code, refused.json()["code"]) == (412, "precondition_failed")
        assert etag in refused.json()["detail"]
    assert (await api.client.get(one.headers["location"])).content == one.content
    assert (await send(f'"stale", {etag}')).status_code == (200 if method == "PATCH" else 204)
    gone = await send("*")
    assert gone.status_code == (200 if method == "PATCH" else 404)


async def test_a_changed_assessment_is_not_deleted_unseen(api: Api) -> None:
    one = await created(api)
    changed = await patched(api, one, {"metadata": {"keep": "this"}})
    location = one.headers["location"]
    assert (await api.client.delete(location, headers={"If-Match": one.headers["etag"]})).status_code == 412
    assert (await api.client.delete(location, headers={"If-Match": changed.headers["etag"]})).status_code == 204


async def test_what_is_foreign_is_not_found_before_anything_is_asked(api: Api) -> None:
    location = (await created(api)).headers["location"]
    for match in ({}, {"If-Match": "*"}, {"If-Match": '"x"'}):
        for send in (
            api.stranger.patch(location, json={"metadata": {}}, headers=match),
            api.stranger.delete(location, headers=match),
        ):
            refused = await send
            assert (refused.status_code, refused.json()["code"]) == (404, "resource_not_found")


async def test_of_editors_who_saw_the_same_state_one_is_heard(api: Api) -> None:
    one = await created(api)
    etag = one.headers["etag"]
    answers = await asyncio.gather(*(patched(api, one, {"metadata": {"by": n}}, etag) for n in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 9
    [heard] = [answer for answer in answers if answer.status_code == 200]
    assert (await api.client.get(one.headers["location"])).content == heard.content
