"""The contract's versions: what each changed, and whether it was allowed to break what clients rely on.

A folder holds `openapi.json`, the contract as it is; `released/<version>.json`, as it was in each version; and
`allowed.yaml`, which changes may break clients without a new major version, and why.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import yaml

from assessment.api.contracts.change import Change
from assessment.api.contracts.compare import compare
from assessment.api.contracts.document import Contract
from assessment.errors import InvalidInput, Problem

_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")


class Allowed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A change that breaks clients and is made nevertheless."""

    since: str
    """The released version that it changes."""

    change: str
    """The change in the words of the comparison."""

    reason: str


class Step(msgspec.Struct, frozen=True):
    """From one version to the next; `title` is that of the later one."""

    since: str
    title: str
    changes: list[Change]
    reasons: dict[str, str]
    """Why a change was allowed, by its text."""

    major: bool
    """Whether the version's number says that clients may break."""


class History(msgspec.Struct, frozen=True):
    """Every step, the latest first, and what must not be."""

    first: str
    steps: list[Step]
    objections: list[Problem]


def read_history(folder: Path) -> History:
    """What the folder holds. Raises InvalidInput where that is no history of a contract."""
    released = sorted((folder / "released").glob("*.json"), key=lambda path: _number(path.stem))
    if not released:
        raise InvalidInput(
            f"There is no contract in {folder / 'released'}; each is named after its version: 0.1.0.json."
        )
    documents = [(path.stem, read_contract(path)) for path in released]
    current = read_contract(folder / "openapi.json")
    allowed = _read_allowed(folder / "allowed.yaml")
    steps = [
        _step(*before, *after, allowed)
        for before, after in zip(documents, [*documents[1:], ("Not released yet", current)], strict=True)
    ]
    return History(documents[0][0], steps[::-1], _objections(steps, allowed))


def render(history: History) -> str:
    """The history in Markdown."""
    lines = [
        "<!-- Written by `assessment openapi history`; `make contract` writes it anew. -->",
        "",
        "# Changes of the contract",
        "",
        "Worked out from the contracts themselves, each beside the one before. What can break a client that was right",
        "comes with a new major version (below 1.0: a new minor one), or with the reason why it was done all the same.",
        "Fields, codes and problems that are added to answers are not called breaking: clients pass over what they do",
        "not know.",
    ]
    for step in history.steps:
        lines += ["", f"## {step.title}", "", f"Since {step.since}.", *_listed(step)]
    lines += ["", f"## {history.first}", "", "The first version that changes are counted from.", ""]
    return "\n".join(lines)


def _listed(step: Step) -> list[str]:
    lines = [] if step.changes else ["", "Nothing changed."]
    for title, breaking in (("Breaks clients", True), ("Does not break clients", False)):
        found = [change for change in step.changes if change.breaking is breaking]
        if found:
            lines += ["", f"### {title}", ""]
        for change in found:
            why = f" Why: {step.reasons[change.text]}" if change.text in step.reasons else ""
            lines.append(f"- {change.where}: {change.what}.{why}")
    return lines


def _step(since: str, old: Any, title: str, new: Any, allowed: list[Allowed]) -> Step:
    before, after = _number(since), _number(Contract(new).version)
    major = after[0] > before[0] or (after[0] == before[0] == 0 and after[1] > before[1])
    reasons = {one.change: one.reason for one in allowed if one.since == since}
    return Step(since, title, compare(old, new), reasons, major)


def _objections(steps: list[Step], allowed: list[Allowed]) -> list[Problem]:
    found = []
    breaking: set[tuple[str, str]] = set()
    for step in steps:
        texts = [change.text for change in step.changes if change.breaking]
        breaking |= {(step.since, text) for text in texts}
        for text in texts:
            if not step.major and text not in step.reasons:
                detail = f"breaks clients of {step.since}: it needs a new major version, or a reason in allowed.yaml."
                found.append(Problem(text, "breaks_clients", detail))
    for one in allowed:
        if (one.since, one.change) not in breaking:
            detail = f"is allowed in allowed.yaml, and is no breaking change since {one.since}."
            found.append(Problem(one.change, "allowed_for_nothing", detail))
    return found


def _number(version: str) -> tuple[int, ...]:
    match = _VERSION.fullmatch(version)
    if match is None:
        raise InvalidInput(f"{version!r} is no version of three numbers, such as 1.2.0.")
    return tuple(int(part) for part in match.groups())


def read_contract(path: Path) -> Any:
    """An OpenAPI document of a file. Raises InvalidInput."""
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise InvalidInput(f"Cannot read {path}: {error.strerror}.") from None
    except ValueError:
        raise InvalidInput(f"{path} is not JSON.") from None


def _read_allowed(path: Path) -> list[Allowed]:
    if not path.is_file():
        return []
    try:
        return msgspec.convert(yaml.safe_load(path.read_bytes()) or [], list[Allowed])
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise InvalidInput(f"{path} cannot be read: {error}") from None
