"""Writes the resources of a client: a class for each, a method with typed arguments for each operation."""

from __future__ import annotations

import ast
import re
import textwrap
from itertools import groupby

from generate.names import SUMMARIES
from generate.operations import SHORT, Described, Parameter, annotation
from generate.structs import ALIASES

HEAD = """\
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol, TypeVar

from msgspec import UNSET, UnsetType

from alignment_assessment._call import Call, Operation
from alignment_assessment._model import Model
from alignment_assessment.download import Download
from alignment_assessment.generated.types import {types}
from alignment_assessment.paging import {pager}

T = TypeVar("T")


class Send(Protocol):
    \"\"\"Sends a call, and gives what it returns.\"\"\"

    {define} __call__(self, call: Call[T]) -> T: ...
"""
LINE = 110


Field = tuple[str, str, bool, str]
"""Name, type, whether it is required, description."""


class Fields:
    """The fields of the types that are sent, as the generated types declare them."""

    def __init__(self, types: ast.Module) -> None:
        self._classes = {node.name: node for node in types.body if isinstance(node, ast.ClassDef)}
        self.types = {*self._classes, *ALIASES}

    def item(self, page: str) -> str:
        """The type of what a page lists."""
        return next(kind for name, kind, *_ in self.of(page) if name == "data").removeprefix("list[").removesuffix("]")

    def of(self, name: str) -> list[Field]:
        found, body = [], self._classes[name].body
        for node, following in zip(body, [*body[1:], None], strict=True):
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                said = following.value if isinstance(following, ast.Expr) else None
                text = said.value if isinstance(said, ast.Constant) and isinstance(said.value, str) else ""
                found.append((node.target.id, ast.unparse(node.annotation), node.value is None, text.strip()))
        return found


def write_resources(operations: list[Described], fields: Fields, *, waits: bool) -> str:
    """The module of resources of the client that waits, or of the one that is awaited."""
    prefix = "Async" if not waits else ""
    text, names = "", []
    for resource, group in groupby(operations, key=lambda one: one.resource):
        name = prefix + "".join(part.capitalize() for part in resource.split("_")) + "Resource"
        names.append((resource, name))
        methods = [_method(one, fields, waits=waits) for one in group]
        text += f'\n\nclass {name}:\n    """{SUMMARIES[resource]}"""\n\n'
        text += "    def __init__(self, send: Send) -> None:\n        self._send = send\n\n"
        text += textwrap.indent("\n\n".join(methods), "    ") + "\n"
    text += f'\n\nclass {prefix}Resources:\n    """Everything that can be asked of the service."""\n\n'
    text += "    def __init__(self, send: Send) -> None:\n"
    for resource, name in names:
        text += f'        self.{resource} = {name}(send)\n        """{SUMMARIES[resource]}"""\n'
    used = ", ".join(sorted(set(re.findall(r"\w+", text)) & fields.types))
    return HEAD.format(pager=f"{prefix}Pager", define="def" if waits else "async def", types=used) + text


def _method(one: Described, fields: Fields, *, waits: bool) -> str:
    path = [parameter for parameter in one.parameters if parameter.place == "path"]
    rest = [parameter for parameter in one.parameters if parameter.place != "path"]
    body = fields.of(one.body) if one.body else []
    assert not {name for name, *_ in body} & {parameter.argument for parameter in one.parameters}, one.id
    # What must be given stands first, as a person would write it.
    keywords = [(0, f"{name}: {kind}") for name, kind, required, _ in body if required]
    keywords += [(1, f"{name}: {kind} = UNSET") for name, kind, required, _ in body if not required]
    keywords += [(0, f"{p.argument}: {annotation(p)}") for p in rest if p.required]
    if one.files:
        short = [SHORT[kind] for kind in one.files]
        keywords.append((0, f"format: Literal[{', '.join(map(repr, short))}]"))
    keywords += [(1, f"{p.argument}: {annotation(p)} = None") for p in rest if not p.required]
    arguments = ["self", *(f"{p.argument}: str" for p in path)]
    if keywords:
        arguments += ["*", *(text for _, text in sorted(keywords, key=lambda pair: pair[0]))]
    define = "def" if waits or one.listed else "async def"
    lines = [f"{define} {one.name}({', '.join(arguments)}) -> {_returns(one, fields, waits=waits)}:"]
    lines.append(textwrap.indent(_docstring(one, path, rest, body), "    "))
    lines.append(textwrap.indent(_statement(one, path, rest, [name for name, *_ in body], waits=waits), "    "))
    return "\n".join(lines)


def _returns(one: Described, fields: Fields, *, waits: bool) -> str:
    if one.listed and one.returns:
        return f"{'' if waits else 'Async'}Pager[{fields.item(one.returns)}, {one.returns}]"
    return "Download" if one.files else str(one.returns)


def _docstring(one: Described, path: list[Parameter], rest: list[Parameter], body: list[Field]) -> str:
    said = [(p.argument, p.description) for p in path] + [(name, text) for name, _, _, text in body]
    said += [(p.argument, p.description) for p in rest]
    if one.files:
        said.append(("format", "What it is wanted as."))
    parts = [f"{one.summary}."]
    if one.description:
        parts.append(_fill(one.description))
    if said:
        parts.append("Args:\n" + "\n".join(_fill(f"{name}: {text}", "    ", "        ") for name, text in said))
    text = "\n\n".join(parts).replace("\\", "\\\\")
    return f'"""{text}\n"""' if "\n" in text else f'"""{text}"""'


def _fill(text: str, first: str = "", following: str = "") -> str:
    return textwrap.fill(
        text, LINE, initial_indent=first, subsequent_indent=following, break_long_words=False, break_on_hyphens=False
    )


def _statement(one: Described, path: list[Parameter], rest: list[Parameter], body: list[str], *, waits: bool) -> str:
    returns = "Download" if one.files else ("type(None)" if one.returns is None else re.sub(r"\[.*", "", one.returns))
    open_to_all = "" if one.needs_key else ", needs_key=False"
    given = [f"Operation({one.id!r}, {one.method!r}, {one.path!r}{open_to_all})", returns]
    if path:
        given.append(f"path={{{', '.join(f'{p.name!r}: {p.argument}' for p in path)}}}")
    for place, word in (("query", "query"), ("header", "headers")):
        pairs = [f"{p.name!r}: {p.argument}" for p in rest if p.place == place]
        if pairs:
            given.append(f"{word}={{{', '.join(pairs)}}}")
    if one.body:
        given.append(f"body={{{', '.join(f'{name!r}: {name}' for name in body)}}}")
    if one.files:
        kinds = ", ".join(f"{SHORT[kind]!r}: {kind!r}" for kind in one.files)
        given.append(f"accept={{{kinds}}}[format]")
    call = f"Call({', '.join(given)})"
    if one.listed:
        return f"return {'' if waits else 'Async'}Pager(self._send, {call})"
    send = f"{'' if waits else 'await '}self._send({call})"
    return f"return {send}" if one.returns or one.files else send
