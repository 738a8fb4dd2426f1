"""What a result may show of a few people, and what would give them away (judgement).

Under `grouped` confidentiality a figure of a group is given from four answers on. That alone protects nobody: a
question's level is the mean of its functions' means, so whoever knows all of them but one knows the last. Therefore

- where those whose figures are not given are one to three people, the groups' means are withheld too (what is left is
  the difference of two groups of four or more, which says nothing of the others);
- where a function has one to three answers, everything else that a result says of the question follows from its level
  alone, so that it says nothing more of them;
- a dispute is not named where its level would tell what one of so few must have answered.

What a level and a dispute tell cannot be withheld without withholding the result: at the lowest or the highest level
everybody answered alike, a fact that is not disputed was answered less than two levels apart, one person beside another
can take their own answer out of the mean, and one person alone in a function moves a level as much as the whole other
function does. Whoever may not be exposed at all should not answer alone for a function.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from functools import cache

from assessment.scoring.answers import Sheet
from assessment.scoring.compiled import CompiledQuestion
from assessment.scoring.gaps import LEADERSHIP, Measured
from assessment.scoring.perception import MINIMUM_GROUP


def few(answers: int) -> bool:
    """Whether so few answered that they need protection."""
    return 0 < answers < MINIMUM_GROUP


def tells_nobody(sheets: Sequence[Sheet]) -> bool:
    """Whether a figure over these people gives nobody away, as far as functions and seniorities divide them."""
    functions = Counter(sheet.function for sheet in sheets)
    seniorities = Counter(None if sheet.seniority is None else sheet.seniority in LEADERSHIP for sheet in sheets)
    return leaves_enough(functions.values()) and leaves_enough(seniorities.values())


def leaves_enough(groups: Collection[int]) -> bool:
    """Whether there are four people or more in these groups, and four or more (or none) left when the groups that are
    large enough for figures of their own are taken off."""
    left = sum(count for count in groups if few(count))
    return sum(groups) >= MINIMUM_GROUP and not few(left)


def means_shown(one: Measured) -> tuple[bool, bool]:
    """Whether each group's mean may be given."""
    sizes = len(one.first), len(one.second)
    shown = [size >= MINIMUM_GROUP for size in sizes]
    hidden = one.others + sum(size for size, visible in zip(sizes, shown, strict=True) if not visible)
    return (False, False) if few(hidden) else (shown[0], shown[1])


def groups_shown(sizes: dict[str, int], others: int) -> set[str]:
    """The groups that have four people or more, without the smallest of them while one to three people are left over;
    `others` are people in none of the groups."""
    shown = sorted((name for name, size in sizes.items() if size >= MINIMUM_GROUP), key=lambda name: sizes[name])
    everybody = sum(sizes.values()) + others
    while shown and few(everybody - sum(sizes[name] for name in shown)):
        del shown[0]
    return set(shown)


def may_name_dispute(question: CompiledQuestion, lower: float, sizes: Sequence[int]) -> bool:
    """Whether "the functions lie two levels or more apart, and the lower mean is this" leaves open what each small
    function answered. Of two functions the lower may be either, unless the mean cannot be one of so few people."""
    if len(sizes) != 2:
        return True
    shown = round(lower, 2)
    for size in sizes:
        if few(size):
            means = _possible_means(_possible_levels(question), size)
            if len({mean for mean in means if mean == shown or mean >= shown + 2 - 0.005}) < 2:
                return False
    return True


def _possible_levels(question: CompiledQuestion) -> frozenset[float]:
    if not question.multiple:
        return frozenset(question.levels.values())
    levels = {0.0}
    for points in question.levels.values():
        levels |= {min(question.top, round(level + points, 2)) for level in levels}
    return frozenset(levels)


@cache
def _possible_means(levels: frozenset[float], people: int) -> frozenset[float]:
    """The means that so many people can have, as a result rounds them."""
    sums = levels
    for _ in range(people - 1):
        sums = frozenset(round(one + other, 2) for one in sums for other in levels)
    return frozenset(round(total / people, 2) for total in sums)
