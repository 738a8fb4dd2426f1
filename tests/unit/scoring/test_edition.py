"""What an edition releases anew, carries forward and suppresses."""

from __future__ import annotations

from collections.abc import Sequence

from assessment.scoring.cohort import EVERYBODY, Cohort, cohorts_of
from assessment.scoring.edition import Decision, Snapshot, Vote, decide

SOFTWARE, RETAIL, SMALL = Cohort("industry", "software"), Cohort("industry", "retail"), Cohort("size", "1-49")

Member = tuple[int, str | None, str | None]
"""An organisation with its industry and size."""


def some(first: int, n: int, industry: str | None = None, size: str | None = None) -> list[Member]:
    return [(number, industry, size) for number in range(first, first + n)]


class Editions:
    """Editions made one after the other. `of` says whose an organisation is."""

    def __init__(self, of: dict[int, str] | None = None) -> None:
        self._of = of or {}
        self._past: list[Snapshot] = []

    def make(
        self, members: Sequence[Member], again: Sequence[int] = (), erased: Sequence[int] = ()
    ) -> dict[Cohort, Decision]:
        """The next edition of these members, of whom those in `again` have completed another assessment."""
        number = len(self._past) + 1
        self._forget(erased)
        votes: dict[Cohort, set[Vote]] = {}
        for organisation, industry, size in members:
            for cohort in cohorts_of(industry, size):
                votes.setdefault(cohort, set()).add((organisation, number if organisation in again else 0))
        frozen = {cohort: frozenset(found) for cohort, found in votes.items()}
        now = Snapshot(number, frozen, {}, {})
        owners = {member: self._of.get(member, "partner") for member in range(1_000)}
        made = decide(now, self._past, owners)
        shown = {cohort: one.counted_in for cohort, one in made.items() if one.counted_in is not None}
        self._past.append(Snapshot(number, frozen, {}, shown))
        return made

    def _forget(self, erased: Sequence[int]) -> None:
        for place, one in enumerate(self._past):
            left = {
                cohort: frozenset(vote for vote in votes if vote[0] not in erased)
                for cohort, votes in one.votes.items()
            }
            lost = {cohort: one.size(cohort) - len(votes) for cohort, votes in left.items()}
            self._past[place] = Snapshot(one.number, left, lost, one.shown)


def test_ten_are_released_and_nine_are_not() -> None:
    made = Editions().make([*some(0, 10, "software"), *some(20, 9, "retail"), *some(40, 10)])
    assert made[SOFTWARE] == Decision("released", 1, None)
    assert made[RETAIL] == Decision("suppressed", None, "too_few")
    assert made[EVERYBODY] == Decision("released", 1, None)


def test_a_cohort_of_which_one_organisation_is_more_than_a_quarter_is_not_released() -> None:
    def decision(of_one: int) -> Decision:
        votes = {(0, number) for number in range(of_one)} | {(number, 0) for number in range(1, 10)}
        now = Snapshot(1, {SOFTWARE: frozenset(votes)}, {}, {})
        return decide(now, [], dict.fromkeys(range(10), "partner"))[SOFTWARE]

    assert decision(3) == Decision("released", 1, None)
    assert decision(4) == Decision("suppressed", None, "dominated")


def test_a_cohort_is_carried_forward_until_five_members_have_changed() -> None:
    editions = Editions()
    members = some(0, 12, "software")
    editions.make(members)
    joined = [*members, *some(20, 4, "software")]
    assert editions.make(joined)[SOFTWARE] == Decision("carried", 1, "few_changes")
    assert editions.make([*joined, *some(24, 1, "software")])[SOFTWARE] == Decision("released", 3, None)
    assert editions.make([*joined, *some(24, 1, "software")], again=range(5))[SOFTWARE].state == "released"


def test_those_who_left_and_those_who_joined_hide_only_among_their_own() -> None:
    editions = Editions()
    members = some(0, 20, "software")
    editions.make(members)
    joined = [*members, *some(20, 9, "software")]
    assert editions.make(joined[1:])[SOFTWARE] == Decision("carried", 1, "few_changes")
    assert editions.make(joined[4:])[SOFTWARE] == Decision("carried", 1, "few_changes")
    assert editions.make(joined[5:])[SOFTWARE] == Decision("released", 4, None)


def test_a_single_member_who_left_hides_among_ten_who_joined() -> None:
    editions = Editions()
    members = some(0, 20, "software")
    editions.make(members)
    made = editions.make([*members[1:], *some(20, 10, "software")])
    assert made[SOFTWARE] == Decision("released", 2, None)


def test_changes_that_are_taken_back_do_not_count() -> None:
    editions = Editions()
    members = some(0, 12, "software")
    editions.make(members)
    assert editions.make([*members, *some(20, 5, "software")])[SOFTWARE].state == "released"
    # Five have left since the second edition; from the first it differs by one.
    assert editions.make([*members, *some(20, 1, "software")])[SOFTWARE] == Decision("carried", 2, "few_changes")


def test_a_cohort_that_falls_below_ten_is_shown_no_more() -> None:
    editions = Editions()
    editions.make(some(0, 10, "software"))
    made = editions.make(some(0, 9, "software"))
    assert made[SOFTWARE] == made[EVERYBODY] == Decision("suppressed", None, "too_few")
    assert editions.make(some(0, 10, "software"))[SOFTWARE] == Decision("carried", 1, "few_changes")


def test_the_erased_have_changed() -> None:
    editions = Editions()
    members = some(0, 15, "software")
    editions.make(members)
    assert editions.make(members[4:], erased=range(4))[SOFTWARE] == Decision("carried", 1, "few_changes")
    assert editions.make(members[5:], erased=[4])[SOFTWARE] == Decision("released", 3, None)


def test_what_is_left_of_all_beside_the_cohorts_of_a_cut_is_ten_or_nobody() -> None:
    made = Editions().make([*some(0, 10, "software"), *some(20, 15, "retail"), *some(40, 3)])
    assert made[SOFTWARE] == Decision("suppressed", None, "complement")
    assert made[RETAIL].state == made[EVERYBODY].state == "released"
    made = Editions().make([*some(0, 10, "software"), *some(20, 15, "retail"), *some(40, 10)])
    assert made[SOFTWARE].state == made[RETAIL].state == "released"


def test_each_cut_is_checked_by_itself() -> None:
    made = Editions().make(
        [*some(0, 10, "software", "1-49"), *some(20, 15, "retail", "1-49"), *some(40, 3, None, "1-49")]
    )
    assert made[SMALL].state == "released"
    assert made[SOFTWARE].reason == "complement"


def test_of_two_cohorts_that_grew_one_waits_where_it_would_show_the_changes_of_the_other() -> None:
    editions = Editions()
    members = [*some(0, 20, "software"), *some(40, 20, "retail")]
    editions.make(members)
    # Of all and retail now and software of the first edition would be left the two who joined software.
    made = editions.make([*members, *some(100, 5, "retail"), *some(200, 2, "software")])
    assert made[SOFTWARE].state == "carried"
    assert made[RETAIL].reason == "complement"
    assert made[EVERYBODY].state == "released"
    later = editions.make([*members, *some(100, 5, "retail"), *some(200, 7, "software")])
    assert later[SOFTWARE].state == "released"


def test_a_cohort_that_becomes_large_enough_waits_where_it_differs_little_from_what_all_showed() -> None:
    editions = Editions()
    members = [*some(0, 20, "software"), *some(40, 9, "retail"), *some(60, 3)]
    assert editions.make(members)[SOFTWARE].state == "released"
    # All and software of the first edition, and ten of retail now, differ by the three others and one who joined.
    made = editions.make([*members, *some(100, 1, "retail")])
    assert made[RETAIL] == Decision("suppressed", None, "complement")


def test_who_sent_all_but_a_few_would_know_the_few() -> None:
    of = dict.fromkeys(range(8, 12), "other")
    assert Editions(of).make(some(0, 12, "software"))[SOFTWARE] == Decision("suppressed", None, "one_partner")
    assert Editions({**of, 7: "other"}).make(some(0, 12, "software"))[SOFTWARE].state == "released"


def test_who_sent_all_but_a_few_of_the_changes_would_know_the_few() -> None:
    of = dict.fromkeys((*range(10), *range(103, 110)), "other")
    editions = Editions(of)
    members = some(0, 20, "software")
    editions.make(members)
    assert editions.make([*members, *some(100, 8, "software")])[SOFTWARE] == Decision("carried", 1, "few_changes")
    made = editions.make([*members, *some(100, 10, "software"), *some(200, 2, "software")])
    assert made[SOFTWARE] == Decision("released", 3, None)


def test_the_same_pool_gives_the_same_edition() -> None:
    members = [*some(0, 10, "software"), *some(20, 15, "retail"), *some(40, 3)]
    assert Editions().make(members) == Editions().make(members[::-1])


def test_the_erased_count_among_the_votes_of_their_time() -> None:
    assert Snapshot(1, {SOFTWARE: frozenset({(1, 0)})}, {SOFTWARE: 4}, {}).size(SOFTWARE) == 5


def test_the_rest_of_what_is_shown_is_ten_or_nobody_though_it_hides_in_each_difference() -> None:
    made = Editions().make([*some(0, 10, "software"), *some(20, 15, "retail"), *some(40, 7)])
    assert made[SOFTWARE] == Decision("suppressed", None, "complement")
    assert made[RETAIL].state == "released"
    editions = Editions()
    editions.make([*some(0, 20, "software"), *some(40, 10)])
    # Everybody's thirty are carried, beside which 25 would leave five.
    made = editions.make([*some(0, 20, "software"), *some(100, 5, "software"), *some(42, 8)])
    assert made[EVERYBODY] == Decision("carried", 1, "few_changes")
    assert made[SOFTWARE] == Decision("suppressed", None, "complement")


def test_where_nobody_was_erased_only_changes_count() -> None:
    def second(joined: int) -> Decision:
        votes = [frozenset((number, 0) for number in range(n)) for n in (12, 12 + joined)]
        first, now = (
            Snapshot(number, {SOFTWARE: some_votes, EVERYBODY: some_votes}, {}, {SOFTWARE: number, EVERYBODY: number})
            for number, some_votes in enumerate(votes, 1)
        )
        return decide(now, [first], dict.fromkeys(range(20), "partner"))[SOFTWARE]

    assert second(0) == Decision("carried", 1, "few_changes")
    assert second(5) == Decision("released", 2, None)


def test_one_of_the_first_partner_among_five_of_a_second_would_be_known_to_the_second() -> None:
    members = some(0, 12, "software")
    editions = Editions(dict.fromkeys(range(100, 105), "other"))
    editions.make(members)
    six = [*members, *some(100, 5, "software"), *some(200, 1, "software")]
    assert editions.make(six)[SOFTWARE] == Decision("carried", 1, "few_changes")


def test_those_who_joined_may_all_be_of_one_partner() -> None:
    members = some(0, 12, "software")
    editions = Editions(dict.fromkeys(range(5), "other"))
    editions.make(members)
    assert editions.make([*members, *some(100, 5, "software")])[SOFTWARE] == Decision("released", 2, None)


def test_what_is_left_over_beside_one_cut_holds_nothing_of_another_back() -> None:
    made = Editions().make(
        [*some(0, 10, "software", "1-49"), *some(10, 5, "software"), *some(20, 15, "retail"), *some(40, 3)]
    )
    assert made[RETAIL] == Decision("suppressed", None, "complement")
    assert made[SMALL].state == made[SOFTWARE].state == "released"


def test_a_new_cohort_waits_where_a_few_would_be_left_of_an_earlier_release_of_all() -> None:
    editions = Editions()
    members = [*some(0, 20, "software"), *some(40, 9, "retail"), *some(60, 7)]
    editions.make(members)
    # Of all in the first edition, without software then and retail now: seven, beside one who joined retail.
    made = editions.make([*members, *some(100, 1, "retail"), *some(200, 10)])
    assert made[RETAIL] == Decision("suppressed", None, "complement")
    assert made[EVERYBODY] == Decision("released", 2, None)


def test_the_erased_are_among_those_that_an_earlier_release_of_all_has_left_over() -> None:
    editions = Editions()
    members = [*some(0, 20, "software"), *some(40, 9, "retail"), *some(60, 9)]
    editions.make(members)
    left = [member for member in members if member[0] != 48]
    # Nine and the one who was erased are ten, among whom the two who joined retail hide.
    made = editions.make([*left, *some(100, 2, "retail"), *some(200, 10)], erased=[48])
    assert made[RETAIL] == Decision("released", 2, None)


def test_the_erased_are_among_those_who_left() -> None:
    editions = Editions()
    members = [*some(0, 20, "retail"), *some(40, 12)]
    assert editions.make(members)[RETAIL] == Decision("released", 1, None)
    # All now without retail then: seven, beside four who left retail and one who was erased.
    assert editions.make([*members[5:20], *members[25:]], erased=[4])[EVERYBODY] == Decision("released", 2, None)


def test_one_who_was_erased_may_have_been_in_both_of_two_releases() -> None:
    editions = Editions()
    first = [*some(0, 9, "software"), *some(40, 9, "retail"), *some(60, 9)]
    editions.make(first)
    second = [*first, *some(100, 2, "retail")]
    assert editions.make(second)[RETAIL] == Decision("released", 2, None)
    # All of the first edition, without retail of the second and software now: nine, beside four who joined, if the
    # one who was erased was in both; ten and five, if two were.
    left = [member for member in second if member[0] != 40]
    made = editions.make([*left, *some(200, 2, "software"), *some(300, 10)], erased=[40])
    assert made[SOFTWARE] == Decision("suppressed", None, "complement")
    assert made[EVERYBODY] == Decision("released", 3, None)
