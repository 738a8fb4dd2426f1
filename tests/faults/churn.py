"""Pools that come and go over several editions, by chance and by an adversary's plan, and the editions made of them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

from assessment.scoring.cohort import COHORTS, Cohort, cohorts_of
from assessment.scoring.edition import Decision, Snapshot, decide
from assessment.scoring.histogram import Histogram
from assessment.scoring.release import Figures, Rules, figures_of
from tests.faults.tracker import Seen, Vote

ADVERSARY = "adversary"
"""The partner whose organisations' scores the observer knows."""
INDUSTRIES = ("software", "retail", None)
SIZES = ("1-49", "200-999", None)


@dataclass(frozen=True)
class Member:
    """An organisation; `assessment` counts the ones that it has completed."""

    organisation: int
    partner: str
    industry: str | None
    size: str | None
    score: float
    assessment: int = 0

    @property
    def vote(self) -> Vote:
        return self.organisation, self.assessment


@dataclass
class History:
    """Editions so far, with what everybody can see of them and what nobody should."""

    rules: Rules
    past: list[Snapshot] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    shown: list[dict[Cohort, Decision]] = field(default_factory=list)
    scores: dict[Vote, float] = field(default_factory=dict)
    partners: dict[int, str] = field(default_factory=dict)

    @property
    def known(self) -> dict[Vote, float]:
        """What the observer knows beforehand."""
        return {vote: score for vote, score in self.scores.items() if self.partners[vote[0]] == ADVERSARY}

    def release(self, members: list[Member]) -> None:
        """The next edition, of these members."""
        number = len(self.past) + 1
        votes: dict[Cohort, set[Vote]] = {}
        for one in members:
            self.scores[one.vote] = one.score
            self.partners[one.organisation] = one.partner
            for cohort in cohorts_of(one.industry, one.size):
                votes.setdefault(cohort, set()).add(one.vote)
        now = Snapshot(number, {cohort: frozenset(found) for cohort, found in votes.items()}, {}, {})
        made = decide(now, self.past, self.partners, self.rules)
        self.shown.append(made)
        for cohort in COHORTS:
            if made[cohort].state == "released":
                self.seen.append(Seen(number, cohort, now.of(cohort), self._figures(now.of(cohort))))
        counted = {cohort: one.counted_in for cohort, one in made.items() if one.counted_in is not None}
        self.past.append(replace_shown(now, counted))

    def _figures(self, votes: frozenset[Vote]) -> Figures:
        return figures_of(Histogram(self.scores[vote] for vote in votes), self.rules)


def replace_shown(one: Snapshot, shown: dict[Cohort, int]) -> Snapshot:
    return Snapshot(one.number, one.votes, one.lost, shown)


def live(chance: random.Random, rules: Rules) -> History:
    """A history of one pool over three to six editions."""
    history = History(rules)
    middle, width = chance.uniform(35, 65), chance.uniform(12, 20)
    industries = chance.choices(INDUSTRIES, [5, 4, chance.choice([0, 0, 1, 5])], k=200)
    sizes = chance.choices(SIZES, [5, 3, chance.choice([0, 1, 5])], k=200)
    partners = chance.randint(3, 12)

    def new(number: int) -> Member:
        score = min(100.0, max(0.0, chance.gauss(middle, width)))
        return Member(number, f"{chance.randrange(partners)}", industries[number], sizes[number], round(score, 2))

    members = [new(number) for number in range(chance.choice([10, 12, 15, 20, 25, 36, 50]))]
    for place in range(3):
        # Where his own lie changes which of the others' a rank picks out.
        members[place] = replace(members[place], partner=ADVERSARY, score=chance.choice([0.0, 0.0, 100.0, middle]))
    following = len(members)
    history.release(members)
    for _ in range(chance.randint(2, 5)):
        victim = new(following)
        following += 1
        kept = [
            one for one in members if one.partner == ADVERSARY or chance.random() > chance.choice([0, 0, 0.05, 0.2])
        ]
        again = [
            replace(one, assessment=one.assessment + 1, score=chance.choice([0.0, 100.0, middle]))
            if one.partner == ADVERSARY and chance.random() < 0.7
            else one
            for one in kept
        ]
        joined = [new(following + place) for place in range(chance.choice([0, 0, 1, 2, 4, 6]))]
        following += len(joined)
        members = [*again, victim, *joined]
        history.release(members)
    return history


def alike(chance: random.Random, rules: Rules) -> History:
    """A pool whose members all have nearly the same score, but for the adversary's own."""
    history = History(rules)
    middle = chance.uniform(20, 80)
    members = [
        Member(number, f"{number}", "software", None, round(min(100.0, max(0.0, chance.gauss(middle, 0.5))), 2))
        for number in range(chance.choice([10, 12]))
    ]
    members[0] = replace(members[0], partner=ADVERSARY, score=0.0)
    members[1] = replace(members[1], partner=ADVERSARY, score=100.0)
    history.release(members)
    return history


def flooded(chance: random.Random, rules: Rules) -> History:
    """A pool of which the adversary has sent all but one."""
    history = History(rules)
    members = [Member(number, ADVERSARY, "software", None, 0.0 if number < 5 else 100.0) for number in range(10)]
    history.release([*members, Member(10, "victim", "software", None, round(chance.uniform(5, 95), 2))])
    return history


def tiny(chance: random.Random, rules: Rules) -> History:
    """A pool in which one organisation alone is of its industry."""
    history = History(rules)
    members = [Member(number, f"{number}", None, None, round(chance.uniform(0, 100), 2)) for number in range(12)]
    history.release([*members, Member(12, "victim", "software", None, round(chance.uniform(5, 95), 2))])
    return history


def beside(chance: random.Random, rules: Rules) -> History:
    """A pool in which all but one organisation are of one industry, the adversary's at both its ends."""
    history = History(rules)
    members = [
        Member(number, f"{number}", "software", None, round(min(100.0, max(0.0, chance.gauss(50, 15))), 2))
        for number in range(chance.choice([10, 12, 20]))
    ]
    members[0] = replace(members[0], partner=ADVERSARY, score=0.0)
    members[1] = replace(members[1], partner=ADVERSARY, score=100.0)
    history.release([*members, Member(100, "victim", None, None, round(chance.uniform(5, 95), 2))])
    return history
