"""Releases editions of pools that come and go, and has an observer who holds all of them look for a member's score."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from assessment.scoring.cohort import COHORTS, EVERYBODY, Cohort
from assessment.scoring.edition import CUTS, Snapshot, decide
from assessment.scoring.release import RULES, Rules, place_of
from assessment.service import organisations
from assessment.service.assessments import Amendment, AssessmentView, OrganisationIn, ResponseIn, amend, create
from assessment.service.benchmarks import read, stand
from assessment.service.context import Principal, Services, open_services
from assessment.service.editions import release
from assessment.settings import Settings
from tests.faults.churn import ADVERSARY, History, alike, beside, flooded, live, tiny
from tests.faults.harness import ENGINES, Report
from tests.faults.servers import database
from tests.faults.tracker import Seen, Vote, conclude
from tests.integration.service.helpers import RUBRIC, new_assessment, new_principal
from tests.unit.scoring.builders import random_answers

NUMBER = 21
PROMISE = "small groups stay hidden"
COUNTS = {"ci": 200, "full": 10_000}

STORED = 100
"""Of so many histories one is lived by a service on a database."""
WITHOUT: dict[str, tuple[Rules, Callable[[random.Random, Rules], History]]] = {
    "the minimum": (Rules(minimum=1, largest_share=1), tiny),
    "the change of five": (Rules(changes=1), live),
    "the complement": (Rules(changes=1, complement=1), beside),
    "the steps": (Rules(step=1), alike),
    "partners apart": (Rules(apart=1), flooded),
}
"""Rules switched off, and the pools that they are there for: the observer must then win, or he proves nothing."""
TRIES = 400
"""Histories at most until he wins without a rule."""


async def run(count: int, report: Report) -> None:
    followed = 0
    for number in range(count):
        chance = random.Random(f"{NUMBER}.{number}")
        history = live(chance, RULES)
        _check_rules(history)
        assert not (won := _won(history)), f"History {number}: the observer has found {won}."
        for other in (pools(chance, RULES) for pools in (alike, beside, flooded, tiny)):
            _check_rules(other)
            assert not (won := _won(other, narrower_only=True)), f"History {number}: the observer has found {won}."
        followed += len(history.seen)
        report.tried(1, "histories")
        await asyncio.sleep(0)
    report.note(f"the observer held {followed} releases")
    for name, (rules, pools) in WITHOUT.items():
        needed = _tries_without(rules, pools)
        assert needed is not None, f"Without {name} the observer finds nothing in {TRIES} histories."
        report.note(f"without {name} he won in history {needed}")
    _check_domination()
    for engine in ENGINES:
        for number in range(max(1, count // STORED)):
            with report.on(engine):
                await _live_stored(engine, number)
                report.tried(1, "stored histories")


async def _live_stored(engine: str, number: int) -> None:
    with database(engine) as url, TemporaryDirectory(prefix="assessment-trial-") as folder:
        settings = Settings(data_dir=Path(folder), database_url=url, allow_lossy_database=True)
        async with open_services(settings) as services:
            await _Stored(services, random.Random(f"{NUMBER}.{engine}.{number}")).live()


def _won(history: History, *, narrower_only: bool = False) -> str | None:
    """What the observer has found out: a single step that a score he did not know lies in or, with `narrower_only`,
    less than five points. Of members who are all alike he always knows a step."""
    known = history.known
    for vote, (low, high) in conclude(history.seen, known, history.rules.step).items():
        score = history.scores[vote]
        place = min(int(score) // history.rules.step, 100 // history.rules.step - 1)
        assert low <= place <= high, f"The observer is wrong about {vote}: {score} is not in steps {low} to {high}."
        width = (high - low + 1) * history.rules.step
        if vote not in known and (width < RULES.step or (width == RULES.step and not narrower_only)):
            return f"that {score} lies in {low * history.rules.step} to {(high + 1) * history.rules.step}"
    return None


def _tries_without(rules: Rules, pools: Callable[[random.Random, Rules], History]) -> int | None:
    """The first history in which the observer wins with these rules."""
    for number in range(TRIES):
        if _won(pools(random.Random(f"without.{number}"), rules), narrower_only=rules.step < RULES.step):
            return number + 1
    return None


def _check_rules(history: History) -> None:
    """Every rule of a release, to the letter, by what the observer sees."""
    for one in history.seen:
        _check_figures(one)
        partners = Counter(history.partners[organisation] for organisation, _ in one.votes)
        rest = partners.total() - max(partners.values())
        assert rest == 0 or rest >= 5, f"All but {rest} of {one.cohort} are one partner's."
    for first, second in combinations(history.seen, 2):
        if first.cohort == second.cohort:
            few, many = sorted((len(first.votes - second.votes), len(second.votes - first.votes)))
            changed = {organisation for organisation, _ in first.votes ^ second.votes}
            assert len(changed) >= 5, f"Two releases of {first.cohort} differ by {len(changed)} members."
            assert few == 0 or few >= 5 or many >= 10, f"{first.cohort} differs by {few} one way, {many} the other."
    by_name = {(one.edition, one.cohort): one for one in history.seen}
    for edition in history.shown:
        shown = {cohort: one.counted_in for cohort, one in edition.items() if one.counted_in is not None}
        if EVERYBODY not in shown:
            assert not shown, "Cohorts are shown without everybody's."
            continue
        everybody = len(by_name[shown[EVERYBODY], EVERYBODY].votes)
        for cut in CUTS:
            sizes = [len(by_name[number, one].votes) for one, number in shown.items() if one.cut == cut]
            rest = everybody - sum(sizes)
            assert not sizes or rest == 0 or rest >= 10, f"{rest} are left of all beside the cohorts by {cut}."


def _check_figures(one: Seen) -> None:
    n, figures = len(one.votes), one.figures
    assert figures.n == n >= 10, f"{one.cohort} is released with {n}."
    assert (figures.quartiles is not None) == (figures.histogram is not None) == (n >= 20), f"n = {n}: {figures}"
    assert (figures.tails is not None) == (n >= 36), f"n = {n}: {figures}"
    organisations_ = Counter(organisation for organisation, _ in one.votes)
    assert max(organisations_.values()) <= n / 4, "One organisation counts for over a quarter."
    for score in (figures.median, *(figures.quartiles or ()), *(figures.tails or ())):
        assert score % 2.5 == 0, f"{score} is not rounded."
    for score in figures.median_interval or ():
        assert score % 5 == 2.5, f"{score} is no step's middle."
    for bar in figures.histogram or ():
        assert bar.start % 10 == bar.end % 10 == 0 and round(bar.share * 20, 9) % 1 == 0, f"{bar} is too fine."
    for score in (0.0, 47.11, 100.0):
        place = place_of(figures, score)
        assert (place.percentile is None) == (n < 20), f"n = {n}: {place}"


def _check_domination() -> None:
    """An organisation that counted for more than a quarter, which one vote each prevents, would be noticed."""
    votes: frozenset[Vote] = frozenset([*((0, number) for number in range(4)), *((one, 0) for one in range(1, 10))])
    now = Snapshot(1, {EVERYBODY: votes}, {}, {})
    partner_of = dict.fromkeys(range(10), "partner")
    assert decide(now, [], partner_of)[EVERYBODY].reason == "dominated", "One organisation has 4 of 13 votes."
    assert decide(now, [], partner_of, Rules(largest_share=1))[EVERYBODY].state == "released"


class _Stored:
    """A history lived by a service: organisations of several partners join, answer again, withdraw and are erased,
    and the observer reads editions and asks for places as any partner can."""

    def __init__(self, services: Services, chance: random.Random) -> None:
        self._services = services
        self._chance = chance
        self._rubric = services.rubrics.get(RUBRIC)
        self._made: dict[str, tuple[Principal, AssessmentView]] = {}
        """The newest assessment of each organisation that contributes."""
        self._versions: Counter[str] = Counter()
        self._names: dict[str, int] = {}
        self._history = History(RULES)

    async def live(self) -> None:
        adversary = await new_principal(self._services, name=ADVERSARY)
        others = [await new_principal(self._services, name=f"{number}") for number in range(4)]
        testing = Principal(adversary.partner_id, adversary.key_id, adversary.kind, "test")
        for number in range(self._chance.choice([10, 14, 20])):
            await self._join(adversary if number < 3 else self._chance.choice(others), number)
        await self._complete(testing, 1_000, contribute_to_benchmark=True)
        await self._complete(others[0], 1_001, contribute_to_benchmark=False)
        await self._release(adversary)
        for place in range(1, 4):
            for number in range(self._chance.choice([1, 3, 7])):
                await self._join(self._chance.choice(others), 100 * place + number)
            for name in self._chance.sample(sorted(self._made, key=self._names.__getitem__), 3):
                await self._change(name)
            await self._release(adversary)
        _check_rules(self._history)
        won = _won(self._history)
        assert not won, f"The observer of a stored history has found {won}."

    async def _complete(self, who: Principal, number: int, **fields: Any) -> AssessmentView:
        answers = random_answers(self._rubric, self._chance, missing=0.0)
        industry = "software" if number % 3 else "retail"
        organisation = OrganisationIn(f"{number}", f"{number}", industry=industry, size="180")
        given = {"organisation": organisation, "responses": [ResponseIn(answers, "sales")]}
        return await create(self._services, who, new_assessment(self._services, **given, **fields))

    async def _join(self, who: Principal, number: int) -> None:
        made = await self._complete(who, number, contribute_to_benchmark=True)
        self._made[made.organisation.id] = (who, made)
        self._versions[made.organisation.id] += 1
        self._names.setdefault(made.organisation.id, len(self._names))

    async def _change(self, name: str) -> None:
        who, made = self._made[name]
        what = self._chance.choice(["again", "withdraw", "erase"])
        if what == "again":
            await self._join(who, int(made.organisation.name))
        elif what == "withdraw":
            await amend(self._services, who, made.id, Amendment(contribute_to_benchmark=False))
            del self._made[name]
        else:
            await self._erase(name)

    async def _erase(self, name: str) -> None:
        who, _ = self._made.pop(name)
        await organisations.erase(self._services, who, name)

    async def _release(self, adversary: Principal) -> None:
        edition = await release(self._services, self._rubric, actor="trial")
        view = await read(self._services, RUBRIC)
        assert view.edition is not None and view.edition.number == edition.number
        history = self._history
        members: dict[Cohort, set[Vote]] = {}
        for name, (who, made) in self._made.items():
            vote = (self._names[name], self._versions[name])
            assert made.result is not None
            history.scores[vote] = msgspec.json.decode(made.result)["score"]
            history.partners[vote[0]] = ADVERSARY if who == adversary else str(who.partner_id)
            for cohort in (EVERYBODY, Cohort("industry", made.organisation.industry or ""), Cohort("size", "50-199")):
                members.setdefault(cohort, set()).add(vote)
        for cohort_view in view.cohorts:
            figures, released_in = cohort_view.body.score, cohort_view.released_in
            if figures is not None and released_in is not None and released_in.number == edition.number:
                votes = frozenset(members[cohort_view.cohort])
                history.seen.append(Seen(edition.number, cohort_view.cohort, votes, figures))
        history.shown.append({one.cohort: one.decision for one in edition.outcomes})
        assert {one.cohort for one in edition.outcomes} == set(COHORTS)
        await self._ask(adversary, edition.number)

    async def _ask(self, adversary: Principal, number: int) -> None:
        """A place for a score of the observer's own, which must follow from what is released."""
        own = await self._complete(adversary, 2_000 + number, contribute_to_benchmark=False)
        found = await stand(self._services, adversary, own.id, "all", number)
        if found.cohort is not None and found.cohort.body.score is not None:
            assert found.score.score is not None
            expected = place_of(found.cohort.body.score, found.score.score)
            assert found.score.place == expected, "A place says more than the release."
