"""Invitations: what their holders can do, what keys are shown of it and when, and when a token works no more."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from assessment.errors import (
    AssessmentCompleted,
    InvalidAnswers,
    InvalidInput,
    InvitationInvalid,
    InvitedResponse,
    LimitReached,
    PreconditionFailed,
    RateLimited,
    ResourceNotFound,
    ResponsesGiven,
    ResponseSubmitted,
    Unauthenticated,
)
from assessment.service import api_keys, assessments, audit, drafts, exports, ids, invitations, invited, responses
from assessment.service.assessments import Amendment, Confidentiality, ResponseIn
from assessment.service.context import Invited, Principal, Services
from assessment.service.drafts import DraftChange
from assessment.service.invitations import NewInvitations
from assessment.service.invited import DraftView, OwnChange
from assessment.service.key_views import NewApiKey
from assessment.service.organisations import Operator
from assessment.service.partners import authenticate
from assessment.service.tokens import INVITATION, hash_token
from assessment.store.access import EVERYONE
from assessment.store.tables import INVITATIONS
from tests.integration.service.helpers import best_answers, new_assessment, new_principal, worst_answers

BOTH = ["sales", "marketing"]


async def opened(
    services: Services, principal: Principal, confidentiality: Confidentiality = "grouped", **fields: Any
) -> str:
    new = new_assessment(
        services,
        **({"complete": False, "responses": [], "confidentiality": confidentiality, "functions": BOTH} | fields),
    )
    return (await assessments.create(services, principal, new)).id


async def invite(services: Services, principal: Principal, assessment: str, function: str, count: int = 1) -> list[str]:
    """The tokens of new invitations."""
    created = await invitations.create(services, principal, assessment, NewInvitations(function, count))
    return [token for _, token in created.invitations]


async def respond(services: Services, token: str, answers: dict[str, Any]) -> None:
    """What an invited person does."""
    person = await invited.authenticate(services, token)
    await invited.save(services, person, OwnChange(answers))
    await invited.submit(services, person)


async def seen(services: Services, principal: Principal, assessment: str) -> list[tuple[str | None, str | None]]:
    """Of each response, whether answers are there, and why not."""
    page = await responses.list_page(services, principal, assessment, limit=100)
    assert all((one.answers is None) == (one.withheld is not None) for one in page.data)
    assert all(one.respondent is None for one in page.data if one.withheld is not None)
    return [(one.function, one.withheld) for one in page.data]


async def change_rows(services: Services, **values: Any) -> None:
    async def work(connection: AsyncConnection) -> None:
        await connection.execute(update(INVITATIONS).values(**values))

    await services.queue.run(work, EVERYONE)


def test_a_token_tells_its_own_mistypings() -> None:
    token = INVITATION.make()
    assert token.startswith("alm_inv_")
    assert len(token) == 41
    assert INVITATION.parse(token) == hash_token(token)
    other = token[:-1] + ("0" if token[-1] != "0" else "1")
    assert [INVITATION.parse(wrong) for wrong in (other, token[:-1], token + "0", "", f" {token}")] == [None] * 5
    assert INVITATION.make(7) == INVITATION.make(7) != INVITATION.make(8)


async def test_an_invited_person_sees_what_it_is_about_and_answers_once(services: Services) -> None:
    principal = await new_principal(services)
    assessment = await opened(services, principal)
    [token] = await invite(services, principal, assessment, "sales")
    person = await invited.authenticate(services, token)
    view = await invited.read(services, person)
    assert (view.organisation, view.function, view.status, view.draft) == ("Northwind", "sales", "open", None)
    assert (view.rubric.id, view.rubric.version, view.confidentiality) == ("alignment-quick", "2026.1", "grouped")
    assert view.meaning.startswith("Nobody is shown what you answer.")
    assert timedelta(days=13.9) < view.expires_at - datetime.now(UTC) < timedelta(days=14)
    with pytest.raises(ResourceNotFound):
        await invited.read_draft(services, person)
    with pytest.raises(ResourceNotFound, match="nothing to submit"):
        await invited.submit(services, person)
    best = best_answers(services)
    await invited.save(services, person, OwnChange({"kpi-set": best["kpi-set"]}, "manager"))
    draft = await invited.save(services, person, OwnChange({"sla-agreement": best["sla-agreement"]}))
    assert draft == DraftView({name: best[name] for name in ("kpi-set", "sla-agreement")}, "manager")
    assert await invited.read_draft(services, person) == draft
    assert (await invited.read(services, person)).status == "started"
    back = await invited.save(services, person, OwnChange({"kpi-set": None}, None))
    assert back == DraftView({"sla-agreement": best["sla-agreement"]}, None)
    used = await invited.submit(services, person)
    assert (used.status, used.draft) == ("submitted", None)
    assert await invited.read(services, person) == used
    for late in (
        invited.submit(services, person),
        invited.save(services, person, OwnChange({})),
        invited.read_draft(services, person),
    ):
        with pytest.raises(ResponseSubmitted):
            await late


async def test_those_who_respond_to_a_named_assessment_are_told_first(services: Services) -> None:
    principal = await new_principal(services)
    [token] = await invite(services, principal, await opened(services, principal, "named"), "sales")
    view = await invited.read(services, await invited.authenticate(services, token))
    assert view.confidentiality == "named"
    assert view.meaning.startswith("What you answer is not confidential:")


async def test_grouped_answers_are_never_shown_through_keys(services: Services) -> None:
    principal = await new_principal(services)
    assessment = await opened(services, principal)
    for function in BOTH:
        [token] = await invite(services, principal, assessment, function)
        await respond(services, token, best_answers(services))
    hidden = [("sales", "confidentiality"), ("marketing", "confidentiality")]
    assert await seen(services, principal, assessment) == hidden
    completed = await assessments.complete(services, principal, assessment)
    assert msgspec.json.decode(completed.result or b"null")["score"] == 100.0
    assert await seen(services, principal, assessment) == hidden
    # Whose invitation gave which response is not told either.
    listed = await invitations.list_page(services, principal, assessment, limit=10)
    assert [one.response for one in listed.page.data] == [None, None]


async def test_named_answers_are_shown_once_every_function_has_submitted(services: Services) -> None:
    principal = await new_principal(services)
    assessment = await opened(services, principal, "named")
    sales, late = await invite(services, principal, assessment, "sales", 2)
    [marketing] = await invite(services, principal, assessment, "marketing")
    person = await invited.authenticate(services, sales)
    await invited.save(services, person, OwnChange(best_answers(services), "director"))
    assert await seen(services, principal, assessment) == [("sales", "not_submitted")]
    await invited.submit(services, person)
    assert await seen(services, principal, assessment) == [("sales", "blind_entry")]
    await invited.save(services, await invited.authenticate(services, late), OwnChange(worst_answers(services)))
    await respond(services, marketing, worst_answers(services))
    assert await seen(services, principal, assessment) == [
        ("sales", None),
        ("sales", "not_submitted"),
        ("marketing", None),
    ]
    page = await responses.list_page(services, principal, assessment, limit=10)
    assert page.data[0].answers == best_answers(services)
    assert page.data[0].respondent == assessments.Respondent(None, "director")
    listed = await invitations.list_page(services, principal, assessment, limit=10)
    assert [one.response for one in listed.page.data] == [one.id for one in page.data]


async def test_without_functions_named_answers_wait_for_the_completion(services: Services) -> None:
    principal = await new_principal(services)
    assessment = await opened(services, principal, "named", functions=None)
    [token] = await invite(services, principal, assessment, "sales")
    await respond(services, token, best_answers(services))
    assert await seen(services, principal, assessment) == [("sales", "blind_entry")]
    await assessments.complete(services, principal, assessment)
    assert await seen(services, principal, assessment) == [("sales", None)]


async def test_no_key_changes_or_submits_what_an_invited_person_answers(services: Services) -> None:
    principal = await new_principal(services)
    for confidentiality in ("grouped", "named"):
        assessment = await opened(services, principal, "named" if confidentiality == "named" else "grouped")
        [token] = await invite(services, principal, assessment, "sales")
        person = await invited.authenticate(services, token)
        draft = await invited.save(services, person, OwnChange({"kpi-set": "one-joint-target"}))
        [one] = (await responses.list_page(services, principal, assessment, limit=10)).data
        with pytest.raises(InvitedResponse):
            await responses.amend(services, principal, assessment, one.id, DraftChange({"kpi-set": None}))
        with pytest.raises(InvitedResponse):
            await responses.submit(services, principal, assessment, one.id)
        assert await invited.read_draft(services, person) == draft


async def test_what_was_promised_to_the_invited_does_not_change(services: Services) -> None:
    principal = await new_principal(services)
    assessment = await opened(services, principal)
    await invite(services, principal, assessment, "sales")
    with pytest.raises(ResponsesGiven):
        await assessments.amend(services, principal, assessment, Amendment(confidentiality="named"))
    with pytest.raises(InvalidInput) as caught:
        await assessments.amend(services, principal, assessment, Amendment(functions=["marketing"]))
    assert [(one.pointer, one.code) for one in caught.value.errors] == [("/functions", "function_invited")]
    [one] = (await invitations.list_page(services, principal, assessment, limit=1)).page.data
    await invitations.revoke(services, principal, assessment, one.id)
    changed = await assessments.amend(
        services, principal, assessment, Amendment(confidentiality="named", functions=["marketing"])
    )
    assert (changed.confidentiality, changed.functions) == ("named", ["marketing"])


async def test_who_is_missing_is_shown_by_function(services: Services) -> None:
    principal = await new_principal(services)
    assessment = await opened(services, principal)
    tokens = await invite(services, principal, assessment, "sales", 4)
    await invite(services, principal, assessment, "marketing")
    await respond(services, tokens[0], best_answers(services))
    await invited.save(services, await invited.authenticate(services, tokens[1]), OwnChange({}))
    first = await invitations.list_page(services, principal, assessment, limit=3)
    assert [one.status for one in first.page.data] == ["submitted", "started", "open"]
    assert first.page.has_more
    rest = await invitations.list_page(services, principal, assessment, limit=3, cursor=first.page.next_cursor)
    assert [(one.function, one.status) for one in rest.page.data] == [("sales", "open"), ("marketing", "open")]
    await invitations.revoke(services, principal, assessment, rest.page.data[0].id)
    for one in (first.page.data[0], rest.page.data[0]):
        await invitations.revoke(services, principal, assessment, one.id)
    overview = await invitations.list_page(services, principal, assessment, limit=10)
    assert [one.status for one in overview.page.data] == ["submitted", "started", "open", "revoked", "open"]
    assert [(one.function, one.counts) for one in overview.functions] == [
        ("sales", {"open": 1, "started": 1, "submitted": 1, "expired": 0, "revoked": 1}),
        ("marketing", {"open": 1, "started": 0, "submitted": 0, "expired": 0, "revoked": 0}),
    ]
    await change_rows(services, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    expired = await invitations.list_page(services, principal, assessment, limit=10)
    assert [one.status for one in expired.page.data] == ["submitted", "expired", "expired", "revoked", "expired"]


async def test_unknown_expired_and_revoked_tokens_are_refused_in_the_same_words(services: Services) -> None:
    principal = await new_principal(services)
    assessment = await opened(services, principal)
    [token] = await invite(services, principal, assessment, "sales")
    person = await invited.authenticate(services, token)
    await invited.save(services, person, OwnChange({}))
    said = set()
    for case in ("unknown", "malformed", "revoked", "expired"):
        now = datetime.now(UTC)
        revoked_at = now if case == "revoked" else None
        await change_rows(
            services, revoked_at=revoked_at, expires_at=now + timedelta(days=0 if case == "expired" else 1)
        )
        text = {"unknown": INVITATION.make(), "malformed": "alm_inv_x"}.get(case, token)
        with pytest.raises(InvitationInvalid) as caught:
            await invited.authenticate(services, text)
        said.add((caught.value.code, caught.value.detail))
        if case in ("revoked", "expired"):
            # Who was let in a moment ago is not let do anything any more.
            for late in (
                invited.read(services, person),
                invited.read_draft(services, person),
                invited.save(services, person, OwnChange({"kpi-set": "one-joint-target"})),
                invited.submit(services, person),
            ):
                with pytest.raises(InvitationInvalid):
                    await late
    assert len(said) == 1
    await change_rows(services, revoked_at=None, expires_at=datetime.now(UTC) + timedelta(days=1))
    assert await invited.read_draft(services, person) == DraftView({}, None)


async def test_a_token_is_no_key_and_a_key_no_token(services: Services) -> None:
    principal = await new_principal(services)
    assessment = await opened(services, principal)
    [token] = await invite(services, principal, assessment, "sales")
    with pytest.raises(Unauthenticated):
        await authenticate(services, token)
    key = await api_keys.create(services, principal, NewApiKey("secret"))
    with pytest.raises(InvitationInvalid):
        await invited.authenticate(services, key.text)


async def test_an_invitation_reaches_its_own_assessment_and_response_alone(services: Services) -> None:
    mine, theirs = await new_principal(services), await new_principal(services)
    here, there, foreign = (
        await opened(services, mine),
        await opened(services, mine),
        await opened(services, theirs),
    )
    [one], [two], [three] = (
        await invite(services, mine, here, "sales"),
        await invite(services, mine, there, "sales"),
        await invite(services, theirs, foreign, "sales"),
    )
    people = [await invited.authenticate(services, token) for token in (one, two, three)]
    for place, person in enumerate(people):
        await invited.save(services, person, OwnChange({"kpi-set": {"option": "one-joint-target", "note": str(place)}}))
    drafts = [await invited.read_draft(services, person) for person in people]
    assert [draft.answers["kpi-set"]["note"] for draft in drafts] == ["0", "1", "2"]
    crossed = [
        Invited(person.partner_id, person.mode, other.assessment_id, person.invitation_id)
        for person in people
        for other in people
        if person is not other
    ]
    crossed.append(Invited(theirs.partner_id, "live", people[0].assessment_id, people[0].invitation_id))
    crossed.append(Invited(mine.partner_id, "test", people[0].assessment_id, people[0].invitation_id))
    for person in crossed:
        for asked in (
            invited.read(services, person),
            invited.save(services, person, OwnChange({})),
            invited.submit(services, person),
        ):
            with pytest.raises(InvitationInvalid):
                await asked


async def test_invitations_of_others_are_not_found(services: Services) -> None:
    mine, theirs = await new_principal(services), await new_principal(services)
    here, elsewhere = await opened(services, mine), await opened(services, mine)
    foreign = await opened(services, theirs)
    await invite(services, mine, here, "sales")
    [one] = (await invitations.list_page(services, mine, here, limit=1)).page.data
    for principal, assessment, wanted in (
        (theirs, here, one.id),
        (theirs, foreign, one.id),
        (mine, elsewhere, one.id),
        (mine, here, ids.to_text("inv", ids.new_id())),
        (mine, here, here),
    ):
        with pytest.raises(ResourceNotFound):
            await invitations.revoke(services, principal, assessment, wanted)
    with pytest.raises(ResourceNotFound):
        await invitations.list_page(services, theirs, here, limit=1)
    with pytest.raises(ResourceNotFound):
        await invitations.create(services, theirs, here, NewInvitations("sales"))
    assert [view.status for view in (await invitations.list_page(services, mine, here, limit=1)).page.data] == ["open"]


async def test_what_is_wrong_with_an_invitation_is_told(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    principal = await new_principal(services)
    assessment = await opened(services, principal, functions=["sales"])
    for new, problems in (
        (NewInvitations("catering", 0, 91), ["unknown_function", "out_of_range", "out_of_range"]),
        (NewInvitations("marketing"), ["function_not_asked"]),
        (NewInvitations("sales", 101), ["out_of_range"]),
    ):
        with pytest.raises(InvalidInput) as caught:
            await invitations.create(services, principal, assessment, new)
        assert [problem.code for problem in caught.value.errors] == problems
    monkeypatch.setattr(invitations, "MOST_INVITATIONS", 3)
    await invite(services, principal, assessment, "sales", 2)
    with pytest.raises(LimitReached, match="at most 3 invitations; this one has 2"):
        await invite(services, principal, assessment, "sales", 2)


async def test_what_is_wrong_with_a_draft_names_the_question(services: Services) -> None:
    principal = await new_principal(services)
    assessment = await opened(services, principal)
    [token] = await invite(services, principal, assessment, "sales")
    person = await invited.authenticate(services, token)
    with pytest.raises(InvalidAnswers) as caught:
        await invited.save(services, person, OwnChange({"kpi-set": "none-of-these"}))
    assert [problem.pointer for problem in caught.value.errors] == ["/answers/kpi-set"]
    with pytest.raises(InvalidInput) as refused:
        await invited.save(services, person, OwnChange({}, "boss"))
    assert [(problem.pointer, problem.code) for problem in refused.value.errors] == [
        ("/seniority", "unknown_seniority")
    ]
    assert (await invited.read(services, person)).status == "open"


async def test_a_completed_assessment_takes_no_further_answers(services: Services) -> None:
    principal = await new_principal(services)
    assessment = await opened(services, principal, responses=[ResponseIn(best_answers(services), "sales")])
    one, two = await invite(services, principal, assessment, "sales", 2)
    begun, idle = await invited.authenticate(services, one), await invited.authenticate(services, two)
    await invited.save(services, begun, OwnChange(worst_answers(services)))
    completed = await assessments.complete(services, principal, assessment)
    assert msgspec.json.decode(completed.result or b"null")["score"] == 100.0
    for person in (begun, idle):
        assert (await invited.read(services, person)).status == "closed"
        with pytest.raises(AssessmentCompleted):
            await invited.save(services, person, OwnChange({}))
        with pytest.raises(AssessmentCompleted):
            await invited.submit(services, person)
    with pytest.raises(AssessmentCompleted):
        await invite(services, principal, assessment, "sales")


async def test_two_devices_with_one_invitation_begin_one_response(services: Services) -> None:
    principal = await new_principal(services)
    assessment = await opened(services, principal)

    def only_first(draft: DraftView | None) -> None:
        if draft is not None:
            raise PreconditionFailed

    for _ in range(3):
        [token] = await invite(services, principal, assessment, "sales")
        person = await invited.authenticate(services, token)
        changes = [OwnChange({"kpi-set": "one-joint-target"}), OwnChange({"sla-agreement": "one-sided"})]
        outcomes = await asyncio.gather(
            *(invited.save(services, person, change, only_first) for change in changes), return_exceptions=True
        )
        assert sorted(type(one).__name__ for one in outcomes) == ["DraftView", "PreconditionFailed"]
        assert [one for one in outcomes if isinstance(one, DraftView)] == [await invited.read_draft(services, person)]
    assert len((await responses.list_page(services, principal, assessment, limit=10)).data) == 3


async def test_a_change_that_races_its_submit_or_revocation_is_in_it_or_refused(services: Services) -> None:
    principal = await new_principal(services)
    assessment = await opened(services, principal)
    for turn in range(6):
        created = await invitations.create(services, principal, assessment, NewInvitations("sales"))
        [(view, token)] = created.invitations
        person = await invited.authenticate(services, token)
        await invited.save(services, person, OwnChange({}))
        ending = (
            invited.submit(services, person)
            if turn % 2
            else invitations.revoke(services, principal, assessment, view.id)
        )
        save = invited.save(services, person, OwnChange(best_answers(services)))
        outcome, ended = await asyncio.gather(save, ending, return_exceptions=True)
        assert not isinstance(ended, BaseException)
        assert isinstance(outcome, DraftView | ResponseSubmitted | InvitationInvalid)


async def test_the_token_is_kept_as_a_hash_and_the_audit_log_knows_ids_alone(services: Services) -> None:
    principal = await new_principal(services)
    assessment = await opened(services, principal)
    created = await invitations.create(services, principal, assessment, NewInvitations("sales", 2), request_id="req-1")
    [(first, token), _] = created.invitations
    await invitations.revoke(services, principal, assessment, first.id)
    await invitations.revoke(services, principal, assessment, first.id)
    async with services.database.read(EVERYONE) as session:
        hashes = set(await session.scalars(select(INVITATIONS.c.hash)))
    assert hash_token(token) in hashes
    about = audit.AuditFilters(target=assessment)
    events = (await audit.list_page(services, principal, limit=10, filters=about)).data
    assert [(one.action, one.target, one.details, one.request_id) for one in events] == [
        ("invitation.revoked", assessment, {"invitation": first.id}, None),
        ("invitation.created", assessment, {"function": "sales", "count": 2}, "req-1"),
    ]


async def test_a_keys_export_keeps_the_promise_and_the_operators_is_complete(services: Services) -> None:
    principal = await new_principal(services)
    created = await assessments.create(
        services, principal, new_assessment(services, complete=False, functions=BOTH, responses=[])
    )
    [token] = await invite(services, principal, created.id, "sales")
    person = await invited.authenticate(services, token)
    await invited.save(services, person, OwnChange(best_answers(services), "director"))
    await invited.submit(services, person)
    operator = Operator(principal.partner_id, principal.mode, "test")
    found = []
    for asker in (principal, operator):
        export = await exports.export(services, asker, created.organisation.id)
        [one] = [one async for one in export.assessments()]
        found.append((one.responses[0], one.invitations[0]))
    (by_key, unlinked), (complete, linked) = found
    assert (by_key.answers, by_key.seniority, by_key.withheld) == (None, None, "confidentiality")
    assert (complete.answers, complete.seniority, complete.withheld) == (best_answers(services), "director", None)
    assert (unlinked.response, linked.response) == (None, complete.id)
    assert (unlinked.status, unlinked.function) == ("submitted", "sales")


async def test_an_invited_person_finds_no_room_where_there_is_none(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "MOST_RESPONSES", 1)
    principal = await new_principal(services)
    assessment = await opened(services, principal)
    first, second = [
        await invited.authenticate(services, token)
        for token in await invite(services, principal, assessment, "sales", 2)
    ]
    await invited.save(services, first, OwnChange(worst_answers(services)))
    with pytest.raises(LimitReached, match="at most 1 responses"):
        await invited.save(services, second, OwnChange(worst_answers(services)))
    # Who has begun goes on.
    await invited.save(services, first, OwnChange(best_answers(services)))


async def test_a_token_may_be_refused_before_the_database_is_asked(services: Services) -> None:
    principal = await new_principal(services)
    [token] = await invite(services, principal, await opened(services, principal), "sales")
    asked = []

    async def refuse() -> None:
        asked.append(True)
        raise RateLimited("later")

    with pytest.raises(RateLimited):
        await invited.authenticate(services, token, refuse)
    with pytest.raises(InvitationInvalid):
        await invited.authenticate(services, f"{token}x", refuse)
    assert asked == [True]
