"""What a client does with a live service: lists, conditions, errors, options, and what it keeps to itself."""

from __future__ import annotations

import logging
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from alignment_assessment import (
    AlignmentError,
    AsyncClient,
    Client,
    NotConfigured,
    NotFound,
    PreconditionFailed,
    Timeout,
    Unauthenticated,
)
from alignment_assessment.codes import (
    AssessmentOpen,
    IdempotencyKeyReused,
    InvalidAnswers,
    ResourceNotFound,
    ScopeMissing,
)
from alignment_assessment.types import (
    Answer,
    ChosenAnswer,
    DontKnow,
    NotApplicable,
    OrganisationRequest,
    ResponseRequest,
)
from tests.faults.servers import Server

SLAS = "sla-agreement"
ANSWERS: dict[str, Answer] = {
    "kpi-set": "one-joint-target",
    "conversion-measurement": "by-source-with-target",
    "cross-rewards": DontKnow(),
    "sla-agreement": ChosenAnswer(option="one-sided", note="signed in May"),
    "sla-clauses": ["lead-qualification", "follow-up-time", "return-rule"],
    "response-time": "within-an-hour",
    "pipeline-responsibility": "shared-progress",
    "funnel-process": {"option": "partly-documented"},
    "pipeline-review": "monthly",
    "communication-formats": ["email", "virtual-training", "tool-repository"],
    "campaign-involvement": NotApplicable(reason="no campaigns"),
    "communication-quality": "good",
}
"""Of alignment-quick@2026.2, in every way that an answer can be given."""


def test_the_main_job_is_one_call(client: Client) -> None:
    done = client.assessments.create(
        rubric="alignment-quick@2026.2",
        organisation=OrganisationRequest(name="Example", industry="manufacturing"),
        responses=[ResponseRequest(function="sales", answers=ANSWERS), {"function": "marketing", "answers": ANSWERS}],
        complete=True,
    )
    assert done.status == "completed"
    assert done.completed_at is not None
    assert done.completed_at - done.created_at < timedelta(minutes=1)
    assert done.result is not None
    assert done.result.score == 65.65
    assert done.result.rating is not None
    assert done.result.rating.name == "Aligned"
    # Each number keeps the study that it rests on.
    agreement = next(one for one in done.result.questions if one.id == "sla-agreement")
    assert agreement.benchmarks[0].study == "siriusdecisions-slas"


def test_a_list_goes_on_until_its_end(client: Client) -> None:
    same: dict[str, Any] = {"organisation": {"name": "Listed", "external_id": f"list-{random.random()}"}}
    made = [client.assessments.create(rubric="alignment", **same) for _ in range(5)]
    of = made[0].organisation.id
    listed = client.assessments.list(organisation=of, limit=2)
    newest_first = [one.id for one in reversed(made)]
    assert [one.id for one in listed] == newest_first
    assert [one.id for one in listed] == newest_first
    assert [len(page.data) for page in listed.pages()] == [2, 2, 1]
    assert listed.first_page().has_more
    later = made[-1].created_at + timedelta(seconds=1)
    assert list(client.assessments.list(organisation=of, created_after=later)) == []
    assert len(list(client.assessments.list(organisation=of, created_before=later.isoformat()))) == 5


async def test_an_awaited_list_goes_on_until_its_end(async_client: AsyncClient) -> None:
    same: dict[str, Any] = {"organisation": {"name": "Listed", "external_id": f"list-{random.random()}"}}
    made = [await async_client.assessments.create(rubric="alignment", **same) for _ in range(3)]
    listed = async_client.assessments.list(organisation=made[0].organisation.id, limit=2)
    assert [one.id async for one in listed] == [one.id for one in reversed(made)]
    assert [len(page.data) async for page in listed.pages()] == [2, 1]
    assert (await listed.first_page()).has_more


def test_a_change_is_made_from_the_state_that_was_read(client: Client) -> None:
    read = client.assessments.get(client.assessments.create(rubric="alignment", organisation={"name": "Changed"}).id)
    changed = client.assessments.update(read.id, if_match=read, metadata={"quarter": "Q4"}, target_level=None)
    assert changed.metadata == {"quarter": "Q4"}
    with pytest.raises(PreconditionFailed):
        client.assessments.update(read.id, if_match=read, metadata={})
    with pytest.raises(PreconditionFailed):
        client.assessments.delete(read.id, if_match=read.etag or "")
    client.assessments.delete(read.id, if_match=changed)
    with pytest.raises(NotFound):
        client.assessments.get(read.id)


def test_what_came_without_an_etag_makes_no_condition(client: Client) -> None:
    part = client.assessments.create(rubric="alignment", organisation={"name": "Part"}).organisation
    with pytest.raises(AttributeError, match="This Organisation is not what a call returned"):
        client.organisations.erase(part.id, if_match=part)
    with pytest.raises(AlignmentError, match="This OrganisationPage came without an ETag"):
        client.organisations.erase(part.id, if_match=client.organisations.list(name="Part").first_page())


def test_the_same_idempotency_key_has_one_effect(client: Client) -> None:
    key = f"order-{random.random()}"
    first, again = [
        client.assessments.create(rubric="alignment", organisation={"name": "Once"}, idempotency_key=key)
        for _ in range(2)
    ]
    assert again == first
    assert again.raw.headers["Idempotency-Replayed"] == "true"
    with pytest.raises(IdempotencyKeyReused) as refused:
        client.assessments.create(rubric="alignment", organisation={"name": "Other"}, idempotency_key=key)
    assert refused.value.raw.tries == 1


def test_errors_are_told_apart_by_code(client: Client) -> None:
    opened = client.assessments.create(rubric="alignment", organisation={"name": "Open"})
    with pytest.raises(AssessmentOpen) as early:
        client.assessments.result(opened.id)
    assert (early.value.status, early.value.code) == (409, "assessment_open")
    assert early.value.request_id == early.value.raw.request_id
    with pytest.raises(InvalidAnswers) as wrong:
        client.scores.create(rubric="alignment", answers={SLAS: "perhaps", "kpi-set": 3})  # type: ignore[dict-item] # wrong on purpose
    assert [problem.pointer for problem in wrong.value.problems] == [f"/answers/{SLAS}", "/answers/kpi-set"]
    assert f"\n  /answers/{SLAS}: " in str(wrong.value)
    with pytest.raises(ResourceNotFound):
        client.organisations.get("org_01k9zqf3v8e3rb4m5n6p7q8r9t")


@pytest.mark.parametrize("key", ["a\r\nX: y", "ä", "\0"])
def test_what_no_header_can_hold_is_not_sent(key: str) -> None:
    with Client("key", base_url="http://127.0.0.1:1") as client:
        with pytest.raises(AlignmentError, match="Idempotency-Key takes printable ASCII characters"):
            client.scores.create(rubric="alignment", answers={}, idempotency_key=key)
        with pytest.raises(AlignmentError, match="If-Match takes printable ASCII characters"):
            client.assessments.delete("asmt_1", if_match=key)


@pytest.mark.parametrize("id_", ["", ".", ".."])
def test_what_cannot_be_an_id_is_not_sent(id_: str) -> None:
    with Client("key", base_url="http://127.0.0.1:1") as client, pytest.raises(AlignmentError, match="assessment_id"):
        client.assessments.get(id_)


def test_an_id_stays_within_its_place(client: Client) -> None:
    for id_ in ("a/b", "a?limit=1", "a%2Fresult", "ä#"):
        with pytest.raises(NotFound):
            client.assessments.get(id_)


def test_a_time_without_a_zone_names_no_moment(client: Client) -> None:
    with pytest.raises(AlignmentError, match="has no time zone"):
        list(client.assessments.list(created_after=datetime(2026, 1, 31)))


def test_options_can_differ_for_some_calls(client: Client, server: Server) -> None:
    small = client.keys.create(kind="restricted", scopes=["catalogue:read"]).key
    readers = client.with_options(api_key=small, timeout=5, max_retries=0, headers={"X-Request-Id": "mine-1"})
    assert readers.rubrics.latest("alignment").raw.request_id == "mine-1"
    with pytest.raises(ScopeMissing):
        readers.scores.create(rubric="alignment", answers={})
    # The one it was made of is as it was.
    assert client.scores.create(rubric="alignment", answers={}).raw.request_id != "mine-1"
    with Client("alm_sk_nobody", base_url=server.url) as stranger, pytest.raises(Unauthenticated):
        stranger.keys.list().first_page()


def test_what_is_missing_is_said_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ASSESSMENT_BASE_URL", raising=False)
    monkeypatch.delenv("ASSESSMENT_API_KEY", raising=False)
    with pytest.raises(NotConfigured, match="ASSESSMENT_BASE_URL"):
        Client()
    for address in ("ftp://example.com", "example.com", "https://user:word@example.com", "https://example.com/?a=b"):
        with pytest.raises(NotConfigured, match="base_url must be an address"):
            Client(base_url=address)
    with pytest.raises(NotConfigured, match="copied whole"):
        Client("alm_sk_\n", base_url="http://127.0.0.1:1")
    for timeout in (0, -1):
        with pytest.raises(NotConfigured, match="more than 0 seconds"):
            Client(base_url="http://127.0.0.1:1", timeout=timeout)
    with pytest.raises(NotConfigured, match="The header X-Request-Id takes printable ASCII"):
        Client(base_url="http://127.0.0.1:1", headers={"X-Request-Id": "a\r\nb"})
    with pytest.raises(NotConfigured, match="0 or more"):
        Client(base_url="http://127.0.0.1:1", max_retries=-1)
    with Client(base_url="http://127.0.0.1:1") as client, pytest.raises(NotConfigured, match="list_keys needs a key"):
        list(client.keys.list())


def test_the_environment_names_address_and_key(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSESSMENT_BASE_URL", f"{server.url}/")
    monkeypatch.setenv("ASSESSMENT_API_KEY", server.keys.secret)
    with Client(timeout=Timeout(connect=1, read=30, total=None)) as client:
        assert client.keys.list().first_page().data


def test_health_needs_no_key(server: Server) -> None:
    with Client(base_url=server.url) as client:
        assert client.service.health().status == "ok"
        assert client.service.error_code("not_found").status == 404


def test_connections_can_be_brought_along(server: Server) -> None:
    seen = []
    with httpx2.Client(event_hooks={"request": [lambda request: seen.append(request.url.path)]}) as own:
        with Client(server.keys.secret, base_url=server.url, http_client=own) as client:
            client.service.health()
        assert not own.is_closed
    assert seen == ["/health"]


def test_a_report_is_saved_under_the_name_that_is_given(client: Client, sample: dict[str, Any], tmp_path: Path) -> None:
    done = client.assessments.create(**sample)
    report = client.assessments.report(done.id, format="pdf")
    path = report.save(tmp_path / "report.pdf")
    assert path.read_bytes().startswith(b"%PDF-")
    assert [one.name for one in tmp_path.iterdir()] == ["report.pdf"]
    assert report.media_type == "application/pdf"
    assert report.file_name is not None
    assert report.file_name.startswith("alignment-northwind-")


def test_an_invited_person_answers_with_the_invitation(client: Client) -> None:
    opened = client.assessments.create(rubric="alignment-quick@2026.2", organisation={"name": "Invites"})
    [invitation] = client.invitations.create(opened.id, function="sales").data
    person = client.with_options(api_key=invitation.token)
    assert person.invitation.get().function == "sales"
    draft = person.invitation.update_response(answers={SLAS: "one-sided"}, if_none_match="*")
    draft = person.invitation.update_response(answers={SLAS: None, "pipeline-review": "monthly"}, if_match=draft)
    assert draft.answers == {"pipeline-review": "monthly"}
    assert person.invitation.submit().status == "submitted"
    listed = client.invitations.list(opened.id)
    assert [one.status for one in listed] == ["submitted"]


def test_a_batch_says_what_became_of_each(client: Client) -> None:
    items = [{"rubric": "alignment-quick@2026.2", "answers": ANSWERS}, {"rubric": "nothing", "answers": {}}]
    good, bad = client.scores.batch(items=items).data
    assert good.result is not None
    assert good.result.score == 65.65
    assert good.problem is None
    assert bad.problem is not None
    assert bad.problem.code == "rubric_not_found"


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR])
async def test_no_log_has_a_key_or_a_body(server: Server, level: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(level)
    private = f"Private {random.random()}"
    with Client(server.keys.secret, base_url=server.url) as client:
        made = client.assessments.create(rubric="alignment", organisation={"name": private})
        key = client.keys.create(kind="secret", name=private)
        with pytest.raises(NotFound):
            client.assessments.get(private)
        said = [repr(client), repr(client._options), repr(made.raw), repr(key.raw)]
    async with AsyncClient(server.keys.secret, base_url=server.url) as other:
        made = await other.assessments.create(rubric="alignment", organisation={"name": private})
        said += [repr(other), repr(made.raw)]
    own = [one for one in caplog.records if one.name == "alignment_assessment"]
    assert bool(own) == (level == logging.DEBUG)
    said += [one.getMessage() for one in caplog.records] + [str(vars(one)) for one in own]
    for secret in (server.keys.secret, key.key, private):
        assert not [line for line in said if secret in line]


async def test_the_log_tells_what_was_asked_and_what_came(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "alignment_assessment")
    answer = client.scores.create(rubric="alignment", answers={})
    [line] = [one.getMessage() for one in caplog.records if one.name == "alignment_assessment"]
    assert line == f"POST /v1/scores, try 1, answered 200, request id {answer.raw.request_id}"


def test_now_is_in_the_service_as_it_is_here(client: Client) -> None:
    made = client.assessments.create(rubric="alignment", organisation={"name": "Now"})
    assert made.created_at.tzinfo == UTC
