"""A deprecated operation says so in every answer, whatever that is, and in the contract; others say nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated

import msgspec
import pytest
from litestar import Litestar, route
from msgspec import Meta

from assessment.api.admission import AnyRequest, admit
from assessment.api.contract import document
from assessment.api.operation import READ, Answer, Operation, Retirement, described
from assessment.api.query import NoQuery, read_query
from assessment.api.reply import Reply
from assessment.app import create_app
from assessment.settings import Settings
from tests.integration.api.running import Api, fresh_partners, running


class Going(msgspec.Struct, frozen=True):
    """What is going."""

    old: Annotated[str, Meta(description="Use `new`.", extra_json_schema={"deprecated": True})]
    new: Annotated[str, Meta(description="What it is.")]


GOING = Operation(
    id="get_going",
    summary="Get what is going",
    description="Answers.",
    tag="Service",
    answers={200: Answer(Going, "It.")},
    publishable=True,
    retirement=Retirement(date(2026, 1, 1), "Use `GET /v1/rubrics`.", sunset=date(2026, 10, 31)),
)
UNDECIDED = Operation(
    id="get_undecided",
    summary="Get what will go some day",
    description="Answers.",
    tag="Service",
    answers={200: Answer(dict, "It.")},
    retirement=Retirement(date(2026, 1, 1), "Use `GET /v1/rubrics`."),
)
SINCE = "@1767225600"
LINK = '</docs#/Service/get_going>; rel="deprecation"; type="text/html"'


async def _answer(request: AnyRequest) -> Reply:
    await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    if request.headers.get("x-fail"):
        raise RuntimeError
    return Reply(200, b"{}")


@route("/v1/going", http_method=READ, opt=described(GOING))
async def get_going(request: AnyRequest) -> Reply:
    return await _answer(request)


@route("/v1/undecided", http_method=READ, opt=described(UNDECIDED))
async def get_undecided(request: AnyRequest) -> Reply:
    return await _answer(request)


@pytest.fixture(scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Litestar]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("retirement"))
    create_app(settings, beside=(get_going, get_undecided))  # an application takes nothing from the next one
    async with running(settings, beside=(get_going, get_undecided)) as app:
        yield app


@pytest.fixture
async def api(served: Litestar) -> AsyncIterator[Api]:
    async with fresh_partners(served) as found:
        yield found


async def test_every_answer_says_since_when_and_until_when(api: Api) -> None:
    answers = [
        await api.client.get("/v1/going"),
        await api.client.head("/v1/going"),
        await api.client.get("/v1/going?unknown=1"),
        await api.nobody.get("/v1/going"),
        await api.client.get("/v1/going", headers={"X-Fail": "1"}),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 422, 401, 500]
    for answer in answers:
        assert answer.headers.get_list("deprecation") == [SINCE]
        assert answer.headers["sunset"] == "Sat, 31 Oct 2026 00:00:00 GMT"
        assert answer.headers["link"] == LINK
        assert "x-request-id" in answer.headers


async def test_without_a_day_of_its_end_none_is_said(api: Api) -> None:
    answer = await api.client.get("/v1/undecided")
    assert (answer.headers["deprecation"], "sunset" in answer.headers) == (SINCE, False)


async def test_other_operations_say_nothing(api: Api) -> None:
    for answer in (await api.client.get("/v1/rubrics"), await api.nobody.get("/v1/going/nowhere")):
        assert not {"deprecation", "sunset", "link"} & set(answer.headers)


async def test_a_page_may_read_it(api: Api) -> None:
    headers = {"Authorization": f"Bearer {api.publishable_key}", "Origin": "https://widget.example"}
    answer = await api.nobody.get("/v1/going", headers=headers)
    assert answer.status_code == 200
    assert {"Deprecation", "Sunset", "Link"} <= set(answer.headers["access-control-expose-headers"].split(", "))


def test_the_contract_says_it_too(served: Litestar) -> None:
    paths = document(served)["paths"]
    going = paths["/v1/going"]["get"]
    assert going["deprecated"] is True
    assert going["x-sunset"] == "2026-10-31"
    assert going["description"] == (
        "Answers. Deprecated since 2026-01-01. Use `GET /v1/rubrics`. It may be gone from 2026-10-31 on."
    )
    for answer in going["responses"].values():
        assert {"Deprecation", "Sunset", "Link"} <= set(answer["headers"])
    fields = document(served)["components"]["schemas"]["Going"]["properties"]
    assert (fields["old"]["deprecated"], "deprecated" in fields["new"]) == (True, False)
    undecided = paths["/v1/undecided"]["get"]
    assert "x-sunset" not in undecided
    assert "Sunset" not in undecided["responses"]["200"]["headers"]
    assert "deprecated" not in paths["/v1/rubrics"]["get"]
