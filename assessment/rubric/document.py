"""One authored YAML file as JSON-like data that remembers on which line everything stands.

Stricter than YAML 1.1, because its surprises reach a rubric unnoticed otherwise: no duplicate keys, no aliases or
merge keys, no `yes`/`no`/`on`/`off` as booleans, no octal, base-60 or underscored numbers, no tags.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from assessment.errors import Problem

Place = tuple[str | int, ...]

# The C loader is some ten times faster; builds of PyYAML without it lose nothing else.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_LARGEST_FILE = 1 << 20
_DEEPEST = 20
_TAG = "tag:yaml.org,2002:"
_WHOLE = re.compile(r"0|[1-9][0-9]*")
_TEXT_TAGS = frozenset({_TAG + "str", _TAG + "timestamp", _TAG + "value"})

# What YAML takes a plain scalar for, the only forms of it that are allowed here, and how each is read.
_CONVERT: dict[str, tuple[re.Pattern[str], Callable[[str], Any]]] = {
    "text": (re.compile(r"(?s).*"), str),
    "null": (re.compile(r"null|~|"), lambda _: None),
    "bool": (re.compile(r"true|false"), lambda text: text == "true"),
    "int": (re.compile(r"-?(?:0|[1-9][0-9]*)"), int),
    "float": (re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+"), float),
}


@dataclass(frozen=True)
class Document:
    """A parsed file: `lines` has the line of every mapping entry and list item, by its place in the data."""

    path: Path
    data: Any
    lines: dict[Place, int]

    def line(self, *place: str | int) -> int:
        """The line of `place`, or of the nearest thing around it that stands in the file."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def problem(self, place: Place, code: str, detail: str) -> Problem:
        return problem_at(self.path, self.line(*place), code, detail)


def problem_at(path: Path, line: int, code: str, detail: str) -> Problem:
    """A problem of an authored file: its pointer is `path:line`, as editors and terminals follow it."""
    return Problem(pointer=f"{path.as_posix()}:{line}", code=code, detail=detail)


def read_document(path: Path) -> tuple[Document | None, list[Problem]]:
    """Parse one file; with any mistake in it there is no document, and every mistake is listed."""
    text, problem = _read_text(path)
    if text is None:
        return None, [problem] if problem else []
    try:
        line = _first_too_deep(text)
        if line is not None:
            detail = f"nested too deeply; at most {_DEEPEST} levels are allowed"
            return None, [problem_at(path, line, "too_deep", detail)]
        root = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        return None, [_syntax_problem(path, text, error)]
    if root is None:
        return None, [problem_at(path, 1, "empty_file", "the file is empty")]
    builder = _Builder(path)
    data = builder.build(root, ())
    return (None if builder.problems else Document(path, data, builder.lines)), builder.problems


def _read_text(path: Path) -> tuple[str | None, Problem | None]:
    if path.stat().st_size > _LARGEST_FILE:
        return None, problem_at(path, 1, "file_too_large", "the file is larger than 1 MiB, the most that is allowed")
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return None, problem_at(path, line, "not_utf8", "the file is not UTF-8 from here on; save it as UTF-8")


def _first_too_deep(text: str) -> int | None:
    """The line where nesting passes the limit. Composing recurses, in C without a bound, so this must come first."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            return event.start_mark.line + 1 if event.start_mark is not None else 1
    return None


def _syntax_problem(path: Path, text: str, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    what = getattr(error, "problem", None) or str(error).splitlines()[0]
    # What is never closed is noticed after the last line.
    line = min(mark.line + 1, len(text.splitlines())) if mark is not None else 1
    hint = "; a text with `: ` in it needs quotes" if "mapping values" in what else ""
    return problem_at(path, line, "yaml_syntax", f"this is not valid YAML: {what}{hint}")


class _Builder:
    """Turns composed YAML nodes into data and collects what is not allowed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: dict[Place, int] = {}
        self.problems: list[Problem] = []
        self._seen: set[int] = set()

    def build(self, node: yaml.Node, place: Place) -> Any:
        if id(node) in self._seen:
            return self._refuse(node, "alias", "aliases (`*name`) are not allowed; write the content out")
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode) and node.tag == _TAG + "map":
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode) and node.tag == _TAG + "seq":
            items = []
            for index, item in enumerate(node.value):
                self.lines[(*place, index)] = item.start_mark.line + 1
                items.append(self.build(item, (*place, index)))
            return items
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        return self._refuse(node, "tag", _tag_refused(node))

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node)
            if key is None:
                continue
            if key in result:
                first = self.lines[(*place, key)]
                self._refuse(key_node, "duplicate_key", f"`{key}` is given twice; the first is on line {first}")
                continue
            self.lines[(*place, key)] = key_node.start_mark.line + 1
            result[key] = self.build(value_node, (*place, key))
        return result

    def _key(self, node: yaml.Node) -> str | None:
        if isinstance(node, yaml.ScalarNode):
            # A whole number in plain digits reads the same as text, so the number of a level needs no quotes.
            if node.tag in _TEXT_TAGS or (node.tag == _TAG + "int" and _WHOLE.fullmatch(node.value)):
                return str(node.value)
            if node.tag == _TAG + "merge":
                self._refuse(node, "merge_key", "merge keys (`<<`) are not allowed; write the content out")
                return None
            self._refuse(node, "key_not_text", f'the key `{node.value}` is not text; write "{node.value}" in quotes')
            return None
        self._refuse(node, "key_not_text", "a key must be plain text")
        return None

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        text = str(node.value)
        kind = "text" if node.tag in _TEXT_TAGS else node.tag.removeprefix(_TAG)
        convert = _CONVERT.get(kind)
        if convert is None:
            return self._refuse(node, "tag", _tag_refused(node))
        form, make = convert
        if form.fullmatch(text):
            return make(text)
        meant = {"bool": "a boolean", "null": "empty"}.get(kind, "a number in an unusual form")
        write = {"bool": "true or false", "null": "null"}.get(kind, "plain digits such as 12 or 0.5")
        detail = f'`{text}` without quotes is {meant} in YAML; write "{text}" for the text, or {write}'
        return self._refuse(node, "ambiguous_yaml", detail)

    def _refuse(self, node: yaml.Node, code: str, detail: str) -> None:
        self.problems.append(problem_at(self.path, node.start_mark.line + 1, code, detail))


def _tag_refused(node: yaml.Node) -> str:
    return f"the tag `{node.tag}` is not allowed; write plain text, numbers, lists and keys"
