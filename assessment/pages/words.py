"""What the pages say about problems, in words for the person who answers."""

from __future__ import annotations

from assessment.errors import Problem
from assessment.scoring.answers import LONGEST_TEXT

PROBLEMS = {
    "contradiction": "Choose either answers from the list, or one of the last choices.",
    "missing_option": "Choose an answer to go with your note.",
    "missing_reason": "Say in the note why this does not apply.",
    "invalid_text": f"Shorten the note to {LONGEST_TEXT:,} characters.",
    "unknown_option": "Choose one of the answers listed here.",
    "duplicate_option": "Choose each answer once.",
    "unknown_seniority": "Choose one of the positions listed here.",
}
"""By the code of a problem."""

SENIORITIES = {
    "executive": "Executive",
    "director": "Director or head of a department",
    "manager": "Manager",
    "specialist": "Specialist, without people to lead",
}
"""How the form calls each seniority."""

FAILURES = {
    400: ("This did not arrive whole", "Go back and send it again; what you typed is still in your browser."),
    403: (
        "This was not sent from here",
        "The form was sent by another site, so it was not taken. Open the link of your invitation and use the form "
        "there.",
    ),
    404: (
        "This link does not work, or not any more",
        "It may have expired, it may have been withdrawn, or a part of it may be missing. Look whether you copied "
        "all of it; whoever invited you can send a new one.",
    ),
    408: ("This took too long to arrive", "Go back and send it again; what you typed is still in your browser."),
    409: (
        "No further answers are taken",
        "As many people as can be counted have answered already. Tell whoever invited you.",
    ),
    413: ("This is too long", "Go back and shorten your notes; what you typed is still in your browser."),
    415: ("This was not sent by the form", "Open the link of your invitation and use the form there."),
    422: (
        "This was not sent by the form",
        "Nothing was saved. Open the link of your invitation and use the form there.",
    ),
    429: (
        "Too many requests",
        "Wait a minute, then reload this page. If you were sending the form, reloading sends it again.",
    ),
    500: ("Something failed on our side", "Please try again later."),
    503: (
        "The service is busy",
        "Wait a moment, then reload this page. If you were sending the form, reloading sends it again.",
    ),
}
"""Title and text of the page about a request that failed, by status."""

NOWHERE = ("There is nothing here", "The address may be mistyped, or what it led to may be gone.")
"""Title and text where an address leads nowhere."""

SHARED = {
    404: (
        "This link does not work, or not any more",
        "It may have expired, it may have been withdrawn, or a part of it may be missing. Look whether you copied "
        "all of it; whoever shared the report can send a new link.",
    ),
    406: ("There is no PDF here", "This service shows the report as a page alone; your browser can print it."),
    429: ("Too many requests", "Wait a minute, then reload this page."),
    503: ("The service is busy", "Wait a moment, then reload this page."),
}
"""The same for whoever opens a report that was shared, where it is not the same."""


def explain(problem: Problem) -> str:
    return PROBLEMS.get(problem.code, problem.detail)


def failure(status: int) -> tuple[str, str]:
    return FAILURES.get(status, FAILURES[500])
