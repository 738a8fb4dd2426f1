"""Writes the types: datamodel-code-generator makes msgspec structs of the schemas, this module trims them."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from generate.contract import Schema

OPTIONS = [
    *("--input-file-type", "openapi", "--output-model-type", "msgspec.Struct", "--target-python-version", "3.11"),
    *("--base-class", "alignment_assessment._model.Model", "--output-datetime-class", "datetime"),
    *("--enum-field-as-literal", "all", "--use-msgspec-tagged-unions", "--use-tuple-for-fixed-items"),
    *("--use-schema-description", "--use-field-description", "--use-single-line-docstring", "--keyword-only"),
    *("--use-type-alias", "--use-union-operator", "--use-standard-collections", "--formatters", "builtin"),
]
GENERATOR = [sys.executable, "-W", "ignore", "-m", "datamodel_code_generator"]
ALIASES = frozenset({"Answer", "Unanswered"})


def make_types(schemas: dict[str, Schema], requests: set[str]) -> ast.Module:
    """The module of types. What is only sent takes any sequence and mapping, so that callers need not copy theirs."""
    tree = ast.parse(_generate(schemas))
    _Trim().visit(tree)
    _Inline(_take_tuples(tree)).visit(tree)
    for node in tree.body:
        (_Widen(requests) if _public_name(node) in requests else _Settle()).visit(node)
    names = sorted(name for node in tree.body if (name := _public_name(node)))
    tree.body = [node for node in tree.body if not isinstance(node, ast.ImportFrom)]
    head = ast.parse(
        "from __future__ import annotations\n"
        "from collections.abc import Mapping, Sequence\n"
        "from datetime import datetime\n"
        "from typing import Any, TypeAlias\n"
        "from msgspec import UNSET, UnsetType, field\n"
        "from alignment_assessment._literal import Literal\n"
        "from alignment_assessment._model import Model\n"
        f"__all__ = {names!r}"
    )
    tree.body = head.body + tree.body
    ast.fix_missing_locations(tree)
    return tree


def _generate(schemas: dict[str, Schema]) -> str:
    document = {"openapi": "3.1.0", "info": {"title": "-", "version": "-"}, "paths": {}}
    document["components"] = {"schemas": schemas}
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "contract.json", Path(folder) / "types.py"
        source.write_text(json.dumps(document), encoding="utf-8")
        # Its warnings are about unions that msgspec cannot decode: only requests have one.
        subprocess.run(
            [*GENERATOR, "--input", str(source), "--output", str(target), *OPTIONS],
            check=True,
        )
        return target.read_text(encoding="utf-8")


class _Trim(ast.NodeTransformer):
    """`Annotated[T, Meta(…)]` becomes `T`: the description stands below the field. Structs say that they are frozen, as
    their base is, for type checkers want each to say it."""

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        self.generic_visit(node)
        node.keywords.append(ast.keyword("frozen", ast.Constant(True)))
        return node

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id == "Annotated" and isinstance(node.slice, ast.Tuple):
            return node.slice.elts[0]
        return node


class _Inline(ast.NodeTransformer):
    """A pair of numbers is written where it stands, instead of `Interval2`."""

    def __init__(self, aliases: dict[str, ast.expr]) -> None:
        self._aliases = aliases

    def visit_Name(self, node: ast.Name) -> Any:
        return self._aliases.get(node.id, node)


class _Widen(ast.NodeTransformer):
    """Any sequence and any mapping may be sent, also where a struct is meant: the service says what is wrong in it."""

    def __init__(self, structs: set[str]) -> None:
        self._structs = structs

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        node.annotation = self.visit(node.annotation)
        if ast.unparse(node.annotation) == "TypeAlias" and node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_Name(self, node: ast.Name) -> Any:
        if node.id in {"list", "dict"}:
            return ast.Name("Sequence" if node.id == "list" else "Mapping")
        if node.id in self._structs and node.id not in ALIASES:
            return ast.parse(f"{node.id} | Mapping[str, Any]", mode="eval").body
        return node


class _Settle(ast.NodeTransformer):
    """What an answer leaves out is None: only who sends can mean something by leaving out."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        if node.value is not None and ast.unparse(node.value) == "UNSET":
            node.value = ast.Constant(None)
            kind = ast.unparse(node.annotation).replace(" | UnsetType", "").replace(" | None", "")
            node.annotation = ast.parse(f"{kind} | None", mode="eval").body
        return node


def _alias_name(node: ast.stmt) -> str | None:
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id
    return None


def _public_name(node: ast.stmt) -> str | None:
    return node.name if isinstance(node, ast.ClassDef) else _alias_name(node)


def _take_tuples(tree: ast.Module) -> dict[str, ast.expr]:
    aliases: dict[str, ast.expr] = {}
    for node in list(tree.body):
        name = _alias_name(node)
        value = node.value if isinstance(node, ast.AnnAssign) else None
        if name and isinstance(value, ast.Subscript) and ast.unparse(value.value) == "tuple":
            aliases[name] = value
            tree.body.remove(node)
    return aliases
