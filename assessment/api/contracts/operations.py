"""What an operation takes and answers beside what it took and answered before."""

from __future__ import annotations

from typing import Any

from assessment.api.contracts.change import Change, Way
from assessment.api.contracts.document import Contract
from assessment.api.contracts.schemas import Schemas

GONE = "is not there any more"


class Operations:
    """The operations of two contracts."""

    def __init__(self, old: Contract, new: Contract, schemas: Schemas) -> None:
        self._old, self._new = old, new
        self._schemas = schemas

    def compare(self, old: dict[str, Any], new: dict[str, Any], where: str) -> None:
        """Note what differs between two operations at one address."""
        if old.get("operationId") != new.get("operationId"):
            what = f"its operation id is `{new.get('operationId')}`, was `{old.get('operationId')}`"
            self._note(where, what, breaking=True)
        if new.get("deprecated") and not old.get("deprecated"):
            self._note(where, "is deprecated", breaking=False)
        if new.get("x-sunset") != old.get("x-sunset") and "x-sunset" in new:
            self._note(where, f"ends on {new['x-sunset']}", breaking=new["x-sunset"] < old.get("x-sunset", ""))
        self._compare_parameters(old, new, where)
        self._compare_body(old.get("requestBody"), new.get("requestBody"), where)
        self._compare_responses(old.get("responses", {}), new.get("responses", {}), where)
        self._compare_security(old, new, where)

    def compare_sent_by_us(self, old: dict[str, Any], new: dict[str, Any], where: str) -> None:
        """Note what differs between two webhooks: their bodies are read by those whom we call."""
        before, after = (contract.resolved(one.get("requestBody") or {}) for contract, one in self._sides(old, new))
        self._compare_content(before.get("content", {}), after.get("content", {}), Way.ANSWERED, f"{where} body")

    def _sides(self, old: Any, new: Any) -> tuple[tuple[Contract, Any], tuple[Contract, Any]]:
        return (self._old, old), (self._new, new)

    def _note(self, where: str, what: str, *, breaking: bool) -> None:
        self._schemas.found[Change(where, what, breaking)] = None

    def _compare_parameters(self, old: dict[str, Any], new: dict[str, Any], where: str) -> None:
        before, after = (_by_place(one.get("parameters", ())) for one in (old, new))
        for key in sorted(before.keys() | after.keys()):
            place = f"{where} {key[0]} parameter `{key[1]}`"
            if key not in after:
                self._note(place, GONE, breaking=True)
            elif key not in before:
                needed = bool(after[key].get("required"))
                self._note(place, "is new, and needed" if needed else "is new", breaking=needed)
            else:
                self._compare_parameter(before[key], after[key], place)

    def _compare_parameter(self, old: dict[str, Any], new: dict[str, Any], where: str) -> None:
        if bool(old.get("required")) != bool(new.get("required")):
            needed = bool(new.get("required"))
            self._note(where, "is needed now" if needed else "may be left out now", breaking=needed)
        for keyword in ("style", "explode", "allowReserved"):
            if old.get(keyword) != new.get(keyword):
                self._note(where, f"`{keyword}` is another", breaking=True)
        if new.get("deprecated") and not old.get("deprecated"):
            self._note(where, "is deprecated", breaking=False)
        self._schemas.compare(old.get("schema", True), new.get("schema", True), Way.SENT, where)
        self._compare_content(old.get("content", {}), new.get("content", {}), Way.SENT, where)

    def _compare_body(self, old: Any, new: Any, where: str) -> None:
        before, after = (contract.resolved(one) for contract, one in self._sides(old, new))
        place = f"{where} body"
        if before is None or after is None:
            if before is not after:
                needed = bool((after or {}).get("required"))
                what = GONE if after is None else "is new, and needed" if needed else "is new"
                self._note(place, what, breaking=after is None or needed)
            return
        if bool(before.get("required")) != bool(after.get("required")):
            needed = bool(after.get("required"))
            self._note(place, "is needed now" if needed else "may be left out now", breaking=needed)
        self._compare_content(before.get("content", {}), after.get("content", {}), Way.SENT, place)

    def _compare_content(self, old: dict[str, Any], new: dict[str, Any], way: Way, where: str) -> None:
        for media_type in sorted(old.keys() | new.keys()):
            if media_type not in new:
                self._note(f"{where} as {media_type}", GONE, breaking=True)
            elif media_type not in old:
                self._note(f"{where} as {media_type}", "is new", breaking=False)
            else:
                before, after = old[media_type].get("schema", True), new[media_type].get("schema", True)
                self._schemas.compare(before, after, way, where)

    def _compare_responses(self, old: dict[str, Any], new: dict[str, Any], where: str) -> None:
        for status in sorted(old.keys() | new.keys()):
            place = f"{where} {status}"
            if status not in new:
                self._note(place, GONE, breaking=True)
            elif status not in old:
                # Whoever is told of success in a new way does not know it for one; every client must expect problems.
                self._note(place, "is new", breaking=status.startswith("2"))
            else:
                before, after = self._old.resolved(old[status]), self._new.resolved(new[status])
                self._compare_codes(before, after, place)
                self._compare_headers(before.get("headers", {}), after.get("headers", {}), place)
                self._compare_content(before.get("content", {}), after.get("content", {}), Way.ANSWERED, place)

    def _compare_codes(self, old: dict[str, Any], new: dict[str, Any], where: str) -> None:
        """The codes of problems: what a client decides by must not go, while it has to expect others."""
        before, after = old.get("x-codes"), new.get("x-codes", [])
        if before is None:  # a document that does not name them has promised none
            return
        for code in sorted(set(before) ^ set(after)):
            gone = code in before
            self._note(f"{where} code `{code}`", GONE if gone else "is new", breaking=gone)

    def _compare_headers(self, old: dict[str, Any], new: dict[str, Any], where: str) -> None:
        for name in sorted(old.keys() | new.keys()):
            place = f"{where} header `{name}`"
            if name not in new:
                self._note(place, GONE, breaking=True)
            elif name not in old:
                self._note(place, "is new", breaking=False)
            else:
                before, after = self._old.resolved(old[name]), self._new.resolved(new[name])
                if bool(before.get("required")) != bool(after.get("required")):
                    always = bool(after.get("required"))
                    self._note(place, "is always there now" if always else "may be missing now", breaking=not always)
                self._schemas.compare(before.get("schema", True), after.get("schema", True), Way.ANSWERED, place)

    def _compare_security(self, old: dict[str, Any], new: dict[str, Any], where: str) -> None:
        before = old.get("security", self._old.document.get("security", []))
        after = new.get("security", self._new.document.get("security", []))
        for way_in in before or [{}]:
            if not any(_is_enough(way_in, other) for other in after or [{}]):
                self._note(where, f"{_words(way_in)} is not enough any more", breaking=True)
        for way_in in after or [{}]:
            if not any(_is_enough(way_in, other) for other in before or [{}]):
                self._note(where, f"{_words(way_in)} is enough now", breaking=False)


def _by_place(parameters: Any) -> dict[tuple[str, str], dict[str, Any]]:
    """Names of header fields are the same in any case."""
    return {(one["in"], one["name"].lower() if one["in"] == "header" else one["name"]): one for one in parameters}


def _is_enough(held: dict[str, list[str]], asked: dict[str, list[str]]) -> bool:
    """Whether who has everything of `held` has everything of `asked`."""
    return all(scheme in held and set(scopes) <= set(held[scheme]) for scheme, scopes in asked.items())


def _words(way_in: dict[str, list[str]]) -> str:
    named = [f"{scheme} with {', '.join(scopes)}" if scopes else scheme for scheme, scopes in way_in.items()]
    return " and ".join(named) or "no key"
