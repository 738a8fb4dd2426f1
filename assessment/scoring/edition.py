"""Which cohorts an edition releases anew, so that no comparison of releases singles anybody out.

Whoever holds every edition can subtract: a cohort's release from an earlier one of it, released cohorts of a cut from
a release of everybody's. What is left over is a few members' scores (Denning, Denning & Schwartz 1979, ACM TODS
4:76–96). So nothing is released anew that differs by a few members from any release there has been, this edition's
included. Those whom one has and the other has not are counted apart from those the other way round: who joins can only
raise a count, so a single member who left shows where a count has fallen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from assessment.scoring.cohort import COHORTS, EVERYBODY, VALUES, Cohort, Cut
from assessment.scoring.release import RULES, Rules

Vote = tuple[Any, Any]
"""An organisation and the assessment that speaks for it, by whatever ids the caller has."""
State = Literal["released", "carried", "suppressed"]
Suppression = Literal["too_few", "one_partner", "dominated", "complement"]
Reason = Suppression | Literal["few_changes"]

CUTS: tuple[Cut, ...] = ("industry", "size")


class Snapshot(msgspec.Struct, frozen=True):
    """Whose votes were in each cohort when an edition was made, and which cohorts it released anew.

    `lost` is how many votes have been erased since. `shown` are the cohorts whose figures the edition holds, with the
    number of the edition that counted them.
    """

    number: int
    votes: Mapping[Cohort, frozenset[Vote]]
    lost: Mapping[Cohort, int]
    shown: Mapping[Cohort, int]

    def of(self, cohort: Cohort) -> frozenset[Vote]:
        return self.votes.get(cohort, frozenset())

    def size(self, cohort: Cohort) -> int:
        """Votes at the time."""
        return len(self.of(cohort)) + self.lost.get(cohort, 0)

    def released(self, cohort: Cohort) -> bool:
        return self.shown.get(cohort) == self.number


class Decision(msgspec.Struct, frozen=True):
    """What an edition says of a cohort: figures counted in the edition `counted_in`, or none."""

    state: State
    counted_in: int | None
    reason: Reason | None


def decide(
    now: Snapshot, past: Sequence[Snapshot], partner_of: Mapping[Any, Hashable], rules: Rules = RULES
) -> dict[Cohort, Decision]:
    """A decision for every declared cohort. `now.shown` is not looked at; `partner_of` says of each organisation
    whose it is."""
    why: dict[Cohort, Reason] = {}
    fresh = set()
    for cohort in COHORTS:
        refusal = _refusal(cohort, now, past, partner_of, rules)
        if refusal is None:
            fresh.add(cohort)
        else:
            why[cohort] = refusal
    _hold_back(fresh, now, past, rules, why)
    counted = dict.fromkeys(fresh, now.number)
    for cohort in set(why) - {cohort for cohort, reason in why.items() if reason == "too_few"}:
        earlier = [one.number for one in past if one.released(cohort)]
        if earlier:
            counted[cohort] = max(earlier)
    for cut in CUTS:
        _complete(cut, counted, now, past, rules, why)
    return {
        cohort: Decision("released" if counted[cohort] == now.number else "carried", counted[cohort], why.get(cohort))
        if cohort in counted
        else Decision("suppressed", None, why[cohort])
        for cohort in COHORTS
    }


def _refusal(
    cohort: Cohort,
    now: Snapshot,
    past: Sequence[Snapshot],
    partner_of: Mapping[Any, Hashable],
    rules: Rules,
) -> Reason | None:
    """Why the cohort by itself may not be released anew."""
    votes = now.of(cohort)
    if len(votes) < rules.minimum:
        return "too_few"
    most = max(Counter(organisation for organisation, _ in votes).values())
    if most > rules.largest_share * len(votes):
        return "dominated"
    partners = Counter(partner_of[organisation] for organisation, _ in votes)
    if not _is_apart(partners, 0, rules, sole=len(partners) == 1):
        return "one_partner"
    releases = (one for one in past if one.released(cohort))
    return "few_changes" if any(_resembles(now, one, cohort, partner_of, rules) for one in releases) else None


def _resembles(
    now: Snapshot, earlier: Snapshot, cohort: Cohort, partner_of: Mapping[Any, Hashable], rules: Rules
) -> bool:
    """Whether too little has changed since an earlier release, or too little that is not one partner's."""
    votes, before, lost = now.of(cohort), earlier.of(cohort), earlier.lost.get(cohort, 0)
    gained, left = votes - before, before - votes
    if (votes == before and not lost) or _shows_few(len(gained), len(left) + lost, rules):
        return True
    sole = len({partner_of[organisation] for organisation, _ in votes | before}) == 1
    for side, unknown in ((gained, 0), (left, lost)):
        if not _is_apart(Counter(partner_of[organisation] for organisation, _ in side), unknown, rules, sole=sole):
            return True
    return False


def _shows_few(gained: int, lost: int, rules: Rules) -> bool:
    """Whether a difference of two releases, with so many votes that only the one has and only the other, could show
    what a few of them are. Where the other side is large, nobody knows how much of the difference is theirs."""
    few, many = sorted((gained, lost))
    return many < rules.complement and (0 < few < rules.changes or few == 0 < many < rules.changes)


def _is_apart(partners: Counter[Hashable], lost: int, rules: Rules, *, sole: bool) -> bool:
    """Whether no partner knows all but a few. Whose the lost ones were is not known any more, so that they may have
    been the largest partner's, or the only ones that were not."""
    rest = partners.total() - max(partners.values(), default=0)
    return sole or rest >= rules.apart or (rest == 0 and lost == 0)


def _hold_back(
    fresh: set[Cohort], now: Snapshot, past: Sequence[Snapshot], rules: Rules, why: dict[Cohort, Reason]
) -> None:
    """Take out of `fresh` what would leave a small difference between a release of everybody's cohort and released
    cohorts of a cut: the smallest cohort of the cut first, and everything where that does not help."""
    known: _Known = {}
    for cut in CUTS:
        while fresh and _leaves_few(cut, fresh, now, past, rules, known):
            candidates = {cohort for cohort in fresh if cohort.cut == cut}
            smallest = {min(candidates, key=lambda cohort: (len(now.of(cohort)), cohort))} if candidates else set(fresh)
            fresh -= smallest
            why.update(dict.fromkeys(smallest, "complement"))


_Sides = set[tuple[int, int]]
"""How many votes one side of a difference has and the other has not, and the other way round: what is possible."""
_Known = dict[tuple[int, int, Cohort], _Sides]
"""The differences of a cohort between two editions that were worked out before: they are asked for again and again."""


def _leaves_few(
    cut: Cut, fresh: set[Cohort], now: Snapshot, past: Sequence[Snapshot], rules: Rules, known: _Known
) -> bool:
    """Whether some choice of releases, a new one among them, has a difference that could show what a few votes are.

    Members of the cut's cohorts differ independently of each other, so it is enough to ask which sums can be reached.
    Everybody's votes of now are compared whether or not they are released, since another cut may add up to them.
    """
    releases = {
        cohort: [one for one in past if one.released(cohort)] + ([now] if cohort in fresh else [])
        for cohort in _cohorts(cut)
    }
    if _reaches(now, releases, rules, known):
        return True
    parents = [one for one in past if one.released(EVERYBODY)]
    return any(
        _reaches(parent, {**releases, new: [now]}, rules, known, forced=new)
        for new in releases.keys() & fresh
        for parent in parents
    )


def _reaches(
    parent: Snapshot,
    releases: Mapping[Cohort, Sequence[Snapshot]],
    rules: Rules,
    known: _Known,
    forced: Cohort | None = None,
) -> bool:
    """Whether the difference of the parent and one release each of some cohorts could show what a few votes are. Only
    the cohort `forced` may not be left out."""
    most = rules.complement
    sides = {(parent.size(EVERYBODY) - sum(parent.size(cohort) for cohort in releases), 0)}
    for cohort, choices in releases.items():
        options = set() if cohort == forced else {(parent.size(cohort), 0)}
        for choice in choices:
            key = (parent.number, choice.number, cohort)
            if key not in known:
                known[key] = _differences(parent, choice, cohort)
            options |= known[key]
        # From `most` on it does not matter how many they are.
        options = {(min(gained, most), min(lost, most)) for gained, lost in options}
        sides = {(min(one + gained, most), min(other + lost, most)) for one, other in sides for gained, lost in options}
    return any(_shows_few(one, other, rules) for one, other in sides)


def _differences(parent: Snapshot, child: Snapshot, cohort: Cohort) -> _Sides:
    """By what the cohort may differ between two editions, as far as erasure lets us know."""
    if parent.number == child.number:
        return {(0, 0)}
    one, other = parent.of(cohort), child.of(cohort)
    lost = (parent.lost.get(cohort, 0), child.lost.get(cohort, 0))
    return {(len(one - other) + lost[0] - both, len(other - one) + lost[1] - both) for both in range(min(lost) + 1)}


def _complete(
    cut: Cut,
    counted: dict[Cohort, int],
    now: Snapshot,
    past: Sequence[Snapshot],
    rules: Rules,
    why: dict[Cohort, Reason],
) -> None:
    """The complement check of what the edition shows: everybody's n beyond the sum of the cut's is 0 or large enough,
    else the smallest cohort of the cut is suppressed too, and so on."""
    by_number = {one.number: one for one in (*past, now)}
    if EVERYBODY not in counted:
        return
    everybody = by_number[counted[EVERYBODY]].size(EVERYBODY)
    while shown := [cohort for cohort in _cohorts(cut) if cohort in counted]:
        sizes = {cohort: by_number[counted[cohort]].size(cohort) for cohort in shown}
        rest = everybody - sum(sizes.values())
        if rest == 0 or rest >= rules.complement:
            return
        smallest = min(shown, key=lambda cohort: (sizes[cohort], cohort))
        del counted[smallest]
        why[smallest] = "complement"


def _cohorts(cut: Cut) -> list[Cohort]:
    return [Cohort(cut, value) for value in VALUES[cut]]
