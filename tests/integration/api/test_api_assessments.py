"""The main job over HTTP: create, read, list, complete, delete."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.api.running import Api, case_answers, pointers

UNKNOWN = "asmt_01k9zqf3v8e3rb4m5n6p7q8r9s"


def new(**changes: Any) -> dict[str, Any]:
    return {
        "rubric": "alignment-quick",
        "organisation": {"name": "Example"},
        "responses": [{"answers": case_answers("alignment-quick", "level-3-shared-target")}],
        "complete": True,
    } | changes


async def test_one_call_creates_scores_and_returns_the_result(api: Api) -> None:
    response = await api.client.post(
        "/v1/assessments", json=new(metadata={"a": "b", "n": 1, "f": 0.5, "t": True, "z": None})
    )
    assert response.status_code == 201
    created = response.json()
    assert response.headers["location"] == f"/v1/assessments/{created['id']}"
    assert created["status"] == "completed"
    assert created["result"]["score"] == 60.55
    assert created["completed_at"].endswith("Z")
    assert created["metadata"] == {"a": "b", "n": 1, "f": 0.5, "t": True, "z": None}
    got = await api.client.get(response.headers["location"])
    assert got.content == response.content
    assert got.headers["etag"] == response.headers["etag"]


async def test_a_result_is_what_scoring_the_answers_gives_byte_for_byte(api: Api) -> None:
    created = await api.client.post("/v1/assessments", json=new())
    result = await api.client.get(f"{created.headers['location']}/result")
    answers = case_answers("alignment-quick", "level-3-shared-target")
    scored = await api.client.post("/v1/scores", json={"rubric": "alignment-quick", "answers": answers})
    assert result.content == scored.content
    assert result.content in created.content
    again = await api.client.get(
        f"{created.headers['location']}/result", headers={"If-None-Match": result.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


async def test_an_open_assessment_is_completed_once(api: Api) -> None:
    created = await api.client.post("/v1/assessments", json=new(complete=False))
    location = created.headers["location"]
    assert (created.json()["status"], created.json()["result"]) == ("open", None)
    early = await api.client.get(f"{location}/result")
    assert (early.status_code, early.json()["code"]) == (409, "assessment_open")
    completed = await api.client.post(f"{location}/complete")
    assert completed.status_code == 200
    assert completed.json()["result"]["score"] == 60.55
    assert (await api.client.get(location)).content == completed.content
    again = await api.client.post(f"{location}/complete", json={})
    assert (again.status_code, again.json()["code"]) == (409, "assessment_completed")


async def test_completing_takes_no_input(api: Api) -> None:
    location = (await api.client.post("/v1/assessments", json=new(complete=False))).headers["location"]
    assert (await api.client.post(f"{location}/complete", json={"x": 1})).status_code == 422
    assert (await api.client.post(f"{location}/complete", content=b"x")).status_code == 415
    assert (await api.client.post(f"{location}/complete", json={})).status_code == 200


async def test_a_deleted_assessment_is_gone(api: Api) -> None:
    created = await api.client.post("/v1/assessments", json=new())
    location = created.headers["location"]
    response = await api.client.delete(location, headers={"If-Match": created.headers["etag"]})
    assert (response.status_code, response.content) == (204, b"")
    for path in (location, f"{location}/result"):
        assert (await api.client.get(path)).status_code == 404
    assert (await api.client.delete(location)).status_code == 404


async def test_foreign_unknown_and_malformed_ids_look_the_same(api: Api) -> None:
    location = (await api.client.post("/v1/assessments", json=new(complete=False))).headers["location"]
    foreign = location.rsplit("/", 1)[1]
    ids = [foreign, UNKNOWN, "asmt_", "asmt_x", "org_" + UNKNOWN[5:], "0", "%00", "é", "a" * 5_000, "asmt_" + "z" * 26]
    routes: list[tuple[str, str, Any]] = [
        ("GET", "", None),
        ("DELETE", "", None),
        ("PATCH", "", {}),
        ("GET", "/result", None),
        ("POST", "/complete", {}),
    ]
    for method, suffix, body in routes:
        seen = set()
        for one in ids:
            response = await api.stranger.request(method, f"/v1/assessments/{one}{suffix}", json=body)
            problem = response.json()
            seen.add(
                (response.status_code, problem["code"], problem["detail"], problem["title"], len(problem["errors"]))
            )
        assert len(seen) == 1 and next(iter(seen))[:2] == (404, "resource_not_found")
    assert (await api.client.get(location)).status_code == 200


async def test_lists_show_the_partners_own_newest_first(api: Api) -> None:
    created = [(await api.client.post("/v1/assessments", json=new())).json()["id"] for _ in range(5)]
    await api.stranger.post("/v1/assessments", json=new())
    found: list[str] = []
    cursor: str | None = None
    for _ in range(3):
        params: dict[str, Any] = {"limit": 2} | ({} if cursor is None else {"cursor": cursor})
        page = (await api.client.get("/v1/assessments", params=params)).json()
        found += [item["id"] for item in page["data"]]
        assert all(item["result"] is None for item in page["data"])
        cursor = page["next_cursor"]
        assert page["has_more"] is (cursor is not None)
    assert found == created[::-1]
    assert cursor is None


async def test_lists_are_narrowed(api: Api) -> None:
    first = (await api.client.post("/v1/assessments", json=new(organisation={"name": "A", "external_id": "a"}))).json()
    second = (await api.client.post("/v1/assessments", json=new(complete=False))).json()

    async def listed(**params: str) -> list[str]:
        response = await api.client.get("/v1/assessments", params=params)
        assert response.status_code == 200, response.text
        return [item["id"] for item in response.json()["data"]]

    assert await listed(status="open") == [second["id"]]
    assert await listed(external_id="a") == [first["id"]]
    assert await listed(organisation=first["organisation"]["id"]) == [first["id"]]
    assert await listed(rubric="alignment-quick") == [second["id"], first["id"]]
    assert await listed(rubric="alignment-quick@2026.2") == [second["id"], first["id"]]
    assert await listed(rubric="alignment") == []
    assert await listed(created_after=first["created_at"]) == [second["id"]]
    assert await listed(created_before="2026-01-01T00:00:00+01:00") == []
    assert await listed(created_before="9999-12-31T23:59:59Z", created_after="0001-01-01T00:00:00Z") == [
        second["id"],
        first["id"],
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"organisation": {}}, {"/organisation/name": "missing_field"}),
        ({"organisation": {"name": " "}}, {"/organisation/name": "out_of_bounds"}),
        ({"organisation": {"name": "x" * 201}}, {"/organisation/name": "out_of_bounds"}),
        ({"organisation": {"name": "x", "vat": "1"}}, {"/organisation/vat": "unknown_field"}),
        ({"functions": ["sales", "hr"]}, {"/functions/1": "unknown_function"}),
        ({"functions": []}, {"/functions": "wrong_length"}),
        ({"responses": []}, {"/responses": "no_submitted_response"}),
        ({"complete": "true"}, {"/complete": "wrong_type"}),
        ({"confidentiality": "secret"}, {"/confidentiality": "not_allowed"}),
        ({"contribute_to_benchmark": 1}, {"/contribute_to_benchmark": "wrong_type"}),
        ({"metadata": {"k": {}}}, {"/metadata/k": "wrong_type"}),
        ({"metadata": {"k": 2**53 + 1}}, {"/metadata/k": "wrong_type"}),
        ({"metadata": {"k" * 41: "v"}}, {"/metadata/" + "k" * 41: "out_of_bounds"}),
        ({"metadata": {str(n): "" for n in range(51)}}, {"/metadata": "wrong_length"}),
        ({"target_level": 0}, {"/target_level": "out_of_bounds"}),
        (
            {"responses": [{"answers": {"kpi-set": "x"}, "respondent": {}}], "status": "open"},
            {
                "/status": "unknown_field",
                "/responses/0/respondent/reference": "missing_field",
                "/responses/0/answers/kpi-set": "unknown_option",
            },
        ),
    ],
)
async def test_what_does_not_fit_is_named_and_nothing_is_stored(
    api: Api, changes: dict[str, Any], expected: dict[str, str]
) -> None:
    response = await api.client.post("/v1/assessments", json=new(**changes))
    assert response.status_code == 422
    assert pointers(response) == expected
    assert (await api.client.get("/v1/assessments")).json()["data"] == []


async def test_text_of_any_script_reads_back_as_it_was(api: Api) -> None:
    name = "Ünïcødé 株式会社 😀 \u202e \\ \" ' ; -- <b>"
    created = (await api.client.post("/v1/assessments", json=new(organisation={"name": name}))).json()
    got = (await api.client.get(f"/v1/assessments/{created['id']}")).json()
    assert got["organisation"]["name"] == name
