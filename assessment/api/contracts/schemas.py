"""What a schema allows beside what another allows: each difference, and whether it narrows or widens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from assessment.api.contracts.alternatives import ANY, Alternative, alternatives, pair, shown, values_of
from assessment.api.contracts.change import Change, Way
from assessment.api.contracts.document import Contract, is_same, name_of

NOTES = {
    *("title", "description", "example", "examples", "$comment", "externalDocs", "xml", "$schema", "$id"),
    *("type", "nullable", "discriminator", "deprecated"),  # looked at elsewhere
}
"""Keywords that allow nothing and forbid nothing."""
LOWER = {"minimum": "number", "exclusiveMinimum": "number", "minLength": "string", "minItems": "array"}
LOWER |= {"minProperties": "object"}
UPPER = {"maximum": "number", "exclusiveMaximum": "number", "maxLength": "string", "maxItems": "array"}
UPPER |= {"maxProperties": "object"}
ASSERTED = ("pattern", "format")
"""Keywords that narrow by being there."""
TAKEN_APART = {
    *LOWER,
    *UPPER,
    *ASSERTED,
    *("enum", "const", "default", "uniqueItems", "items", "prefixItems"),
    *("properties", "required", "additionalProperties", "propertyNames"),
}
NOTHING: frozenset[bytes] = frozenset()
Found = dict[Change, None]
"""Changes in the order in which they were found, each once."""


class Schemas:
    """The schemas of two contracts. What differs in a component is found once, however often it is used.

    While it is only tried whether one alternative is covered by another (`trying`), a field that may stand there
    unlisted is no loss."""

    def __init__(self, old: Contract, new: Contract, same: frozenset[str], trying: frozenset[bytes] = NOTHING) -> None:
        self._old, self._new = old, new
        self._same = same
        self._trying = trying
        self._visited: set[tuple[str, str, Way]] = set()
        self.found: Found = {}

    def compare(self, old: Any, new: Any, way: Way, where: str) -> None:
        """Note what differs between two schemas at one place."""
        if is_same(old, new, self._same):
            return
        before, after = name_of(old), name_of(new)
        if before is not None and after is not None:
            if (before, after, way) in self._visited:
                return
            self._visited.add((before, after, way))
            where = after if before == after else where
            old, new = self._old.resolved(old), self._new.resolved(new)
        self._compare_tags(old, new, way, where)
        if isinstance(old, dict) and isinstance(new, dict):
            self._compare_notes(old, new, way, where)
        self._compare_alternatives(alternatives(self._old, old), alternatives(self._new, new), way, where)

    def note(self, where: str, what: str, way: Way, *, narrows: bool) -> None:
        """What narrows breaks callers, what widens breaks readers."""
        self.found[Change(where, what, narrows is (way is Way.SENT))] = None

    def note_both(self, where: str, what: str) -> None:
        """What breaks everybody, or may."""
        self.found[Change(where, what, True)] = None

    def _compare_notes(self, old: dict[str, Any], new: dict[str, Any], way: Way, where: str) -> None:
        if new.get("deprecated") and not old.get("deprecated"):
            self.found[Change(where, "is deprecated", False)] = None
        if way is Way.SENT and old.get("default", ...) != new.get("default", ...):
            default = f"is {_given(new, 'default')} when it is left out, was {_given(old, 'default')}"
            self.found[Change(where, default, "default" in old)] = None

    def _compare_tags(self, old: Any, new: Any, way: Way, where: str) -> None:
        before, after = _discriminator(old), _discriminator(new)
        if before.get("propertyName") != after.get("propertyName"):
            what = f"is told apart by {_given(after, 'propertyName')}, was by {_given(before, 'propertyName')}"
            self.note_both(where, what)
            return
        mapped, remapped = before.get("mapping", {}), after.get("mapping", {})
        for value in sorted(mapped.keys() | remapped.keys()):
            if value not in remapped:
                self.note(where, _no_longer(way, f"`{value}`"), way, narrows=True)
            elif value not in mapped:
                self.note(where, _now(way, f"`{value}`"), way, narrows=False)
            elif mapped[value] != remapped[value]:
                self.compare({"$ref": mapped[value]}, {"$ref": remapped[value]}, way, f"{where}, `{value}`")

    def _compare_alternatives(
        self, old: Sequence[Alternative], new: Sequence[Alternative], way: Way, where: str
    ) -> None:
        pairs, gone, added = pair(old, new)
        for before, after in pairs:
            self._compare_alike(before, after, way, where)
        for one in gone:
            if not self._is_covered(one, new, self._old, self._new):
                self.note(where, _no_longer(way, str(one)), way, narrows=True)
        for one in added:
            if not self._is_covered(one, old, self._new, self._old):
                self.note(where, _now(way, str(one)), way, narrows=False)

    def _is_covered(self, one: Alternative, others: Sequence[Alternative], home: Contract, abroad: Contract) -> bool:
        """Whether everything that `one` allows is allowed by another of them."""
        for other in others:
            if other.type not in (one.type, ANY) and (one.type, other.type) != ("integer", "number"):
                continue
            tried = msgspec.json.encode((one, other))
            if tried in self._trying:  # a schema within itself: it is covered unless something else is not
                return True
            trial = Schemas(home, abroad, self._same, self._trying | {tried})
            trial._compare_alike(one, other, Way.SENT, "")
            if not any(change.breaking for change in trial.found):
                return True
        return False

    def _compare_alike(self, old: Alternative, new: Alternative, way: Way, where: str) -> None:
        if is_same(old.schema, new.schema, self._same) and old.type == new.type:
            return
        if old.name is not None and new.name is not None:
            if (old.name, new.name, way) in self._visited:
                return
            self._visited.add((old.name, new.name, way))
            where = new.name if old.name == new.name else where
        if old.type != new.type:
            narrows = old.type == ANY or new.type == "integer"
            what = _now(way, f"only {_bare(new)}" if narrows else str(_bare(new)))
            self.note(where, what, way, narrows=narrows)
        kinds = {old.type, new.type}
        self._compare_values(old.schema, new.schema, way, where)
        self._compare_bounds(old.schema, new.schema, kinds, way, where)
        for keyword in sorted((old.schema.keys() | new.schema.keys()) - NOTES - TAKEN_APART):
            if not keyword.startswith("x-") and old.schema.get(keyword) != new.schema.get(keyword):
                self.note_both(where, f"`{keyword}` is another, and nobody can say by rule what that allows")
        if kinds & {"array", ANY}:
            self._compare_lists(old.schema, new.schema, way, where)
        if kinds & {"object", ANY}:
            self._compare_objects(old.schema, new.schema, way, where)

    def _compare_values(self, old: dict[str, Any], new: dict[str, Any], way: Way, where: str) -> None:
        before, after = values_of(old), values_of(new)
        if before == after:
            return
        if before is None or after is None:
            listed = ", ".join(f"`{shown(value)}`" for value in (after or before or ()))
            what = _now(way, f"only {listed}") if after is not None else _now(way, f"more than {listed}")
            self.note(where, what, way, narrows=after is not None)
            return
        for value in before:
            if value not in after:
                self.note(where, _no_longer(way, f"`{shown(value)}`"), way, narrows=True)
        for value in after:
            if value not in before:
                self.note(where, _now(way, f"`{shown(value)}`"), way, narrows=False)

    def _compare_bounds(self, old: dict[str, Any], new: dict[str, Any], kinds: set[str], way: Way, where: str) -> None:
        for keyword, kind in (LOWER | UPPER).items():
            before, after = old.get(keyword), new.get(keyword)
            applies = kinds & {kind, ANY} or (kind == "number" and "integer" in kinds)
            if before == after or not applies:
                continue
            raised = before is None or (after is not None and after > before)
            narrows = after is not None and (before is None or raised is (keyword in LOWER))
            what = f"`{keyword}` is {_given(new, keyword)}, was {_given(old, keyword)}"
            self.note(where, what, way, narrows=narrows)
        for keyword in ASSERTED:
            if old.get(keyword) != new.get(keyword):
                what = f"`{keyword}` is {_given(new, keyword)}, was {_given(old, keyword)}"
                if keyword in old and keyword in new:
                    self.note_both(where, what)
                else:
                    self.note(where, what, way, narrows=keyword in new)
        if bool(old.get("uniqueItems")) != bool(new.get("uniqueItems")):
            narrows = bool(new.get("uniqueItems"))
            what = "has each item once" if narrows else "may have an item more than once"
            self.note(where, what, way, narrows=narrows)

    def _compare_lists(self, old: dict[str, Any], new: dict[str, Any], way: Way, where: str) -> None:
        before, after = old.get("prefixItems", []), new.get("prefixItems", [])
        rest, rest_now = old.get("items", True), new.get("items", True)
        for place in range(max(len(before), len(after))):
            one = before[place] if place < len(before) else rest
            other = after[place] if place < len(after) else rest_now
            self.compare(one, other, way, f"{where}[{place}]")
        self.compare(rest, rest_now, way, f"{where}[]")

    def _compare_objects(self, old: dict[str, Any], new: dict[str, Any], way: Way, where: str) -> None:
        before, after = old.get("properties", {}), new.get("properties", {})
        open_before, open_after = old.get("additionalProperties", True), new.get("additionalProperties", True)
        for name, part in before.items():
            if name in after:
                self.compare(part, after[name], way, f"{where}.{name}")
            elif self._trying and open_after is not False:
                self.compare(part, open_after, way, f"{where}.{name}")
            else:
                self.note_both(f"{where}.{name}", "is not there any more")
        needed, needed_now = set(old.get("required", ())), set(new.get("required", ()))
        for name, part in after.items():
            if name not in before:
                what = "is new, and needed" if name in needed_now and way is Way.SENT else "is new"
                self.found[Change(f"{where}.{name}", what, name in needed_now and way is Way.SENT)] = None
                if open_before is not False and not (open_before is True and way is Way.ANSWERED):
                    self.compare(open_before, part, way, f"{where}.{name}")
        for name in sorted(needed ^ needed_now):
            if (name in before) is (name in after):
                narrows = name in needed_now
                self.note(f"{where}.{name}", _needed(way, narrows=narrows), way, narrows=narrows)
        self._compare_openness(open_before, open_after, way, where)
        self.compare(old.get("propertyNames", True), new.get("propertyNames", True), way, f"{where}, names of fields")

    def _compare_openness(self, before: Any, after: Any, way: Way, where: str) -> None:
        """What may stand there under names that are not listed."""
        if before is after:
            return
        if before is False:
            self.found[Change(where, "may have fields that are not listed", False)] = None
        elif after is False:
            breaking = way is Way.SENT or before is not True
            self.found[Change(where, "has no fields any more that are not listed", breaking)] = None
        else:
            self.compare(before, after, way, f"{where}.*")


def _bare(one: Alternative) -> Alternative:
    return Alternative(one.type, {})


def _discriminator(schema: Any) -> dict[str, Any]:
    found = schema.get("discriminator", {}) if isinstance(schema, dict) else {}
    return found if isinstance(found, dict) else {}


def _given(schema: dict[str, Any], keyword: str) -> str:
    return f"`{shown(schema[keyword])}`" if keyword in schema else "not given"


def _now(way: Way, what: str) -> str:
    return f"takes {what} now" if way is Way.SENT else f"can be {what} now"


def _no_longer(way: Way, what: str) -> str:
    return f"takes {what} no longer" if way is Way.SENT else f"is never {what} any more"


def _needed(way: Way, *, narrows: bool) -> str:
    if way is Way.SENT:
        return "is needed now" if narrows else "may be left out now"
    return "is always there now" if narrows else "may be missing now"
