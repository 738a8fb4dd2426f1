"""Answers as cells of a table: the id of an option, several divided by semicolons, or words for having none.

The Python client reads files by the same words (`alignment_assessment.bulk.answers`).
"""

from __future__ import annotations

from collections.abc import Sequence

from assessment.scoring.answers import STATES

DONT_KNOW, NOT_APPLICABLE = STATES
NONE_OF_THESE = "none_of_these"
"""A multiple choice of which nothing is the case. Option ids have no underscores, so that none of them is meant."""
BETWEEN = ";"


def read_cell(cell: str, *, multiple: bool) -> object:
    """The answer that a cell gives, not yet checked; None for an empty one, which leaves the question unanswered."""
    cell = cell.strip()
    if not cell:
        return None
    if cell == DONT_KNOW:
        return {"state": DONT_KNOW}
    state, colon, reason = cell.partition(":")
    if state.strip() == NOT_APPLICABLE:
        return {"state": NOT_APPLICABLE, "reason": reason.strip()} if colon else {"state": NOT_APPLICABLE}
    if not multiple:
        return cell
    return [] if cell == NONE_OF_THESE else [option for part in cell.split(BETWEEN) if (option := part.strip())]


def write_cell(options: Sequence[str]) -> str:
    """A list of options as a cell."""
    return BETWEEN.join(options) or NONE_OF_THESE
