"""Mutants: the same module with one small thing changed, as a slip of its author could have."""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}
NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
Node = TypeVar("Node", bound=ast.AST)


@dataclass(frozen=True)
class Mutant:
    """`name` tells it from every other mutant of its module, and outlives changes elsewhere in the file."""

    name: str
    line: int
    source: str = field(repr=False)
    place: int
    """Of the node that is replaced, in a walk over the tree."""
    new: ast.AST

    def tree(self) -> ast.Module:
        """The module with the change made."""
        tree = ast.parse(self.source)
        old = next(islice(ast.walk(tree), self.place, None))
        new = ast.copy_location(copy.deepcopy(self.new), old)

        class Swap(ast.NodeTransformer):
            def visit(self, node: ast.AST) -> ast.AST:
                return new if node is old else self.generic_visit(node)

        swapped = Swap().visit(tree)
        assert isinstance(swapped, ast.Module)
        return ast.fix_missing_locations(swapped)


def mutants(source: str) -> list[Mutant]:
    """Every mutant of a module's source, in its order. Types, decorators, options of classes, docstrings and texts
    are left alone."""
    tree = ast.parse(source)
    places = {id(node): place for place, node in enumerate(ast.walk(tree))}
    found: list[Mutant] = []
    seen: Counter[str] = Counter()
    for owner, node in _mutable(tree, "module"):
        for new in _replacements(node):
            name = f"{owner}: {_shown(node)} → {_shown(new)}"
            seen[name] += 1
            if seen[name] > 1:
                name += f" ({seen[name]})"
            found.append(Mutant(name, _line(node), source, places[id(node)], new))
    return found


def _mutable(node: ast.AST, owner: str) -> Iterator[tuple[str, ast.AST]]:
    """Every node that runs, with the function it stands in."""
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "bases"} or (
            name == "keywords" and isinstance(node, ast.ClassDef)
        ):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or _is_text(child) or _is_for_types(child) or _is_guard(child):
                continue
            inner = owner
            if isinstance(child, NAMED):
                inner = child.name if owner == "module" else f"{owner}.{child.name}"
            yield inner, child
            yield from _mutable(child, inner)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_guard(node: ast.AST) -> bool:
    """`strict=True` of a zip, which only a mistake elsewhere could set off."""
    return isinstance(node, ast.keyword) and node.arg == "strict"


def _is_for_types(node: ast.AST) -> bool:
    """An alias of a type, or imports that only a type checker sees."""
    if isinstance(node, ast.If):
        return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    if isinstance(node, ast.AnnAssign):
        return isinstance(node.annotation, ast.Name) and node.annotation.id == "TypeAlias"
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript):
        return isinstance(node.value.value, ast.Name) and node.value.value.id in {
            "Literal", "Mapping", "Sequence", "Callable", "tuple", "list", "dict",
        }  # fmt: skip
    return False


def _replacements(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand in the node's place."""
    match node:
        case ast.Compare():
            yield from _other_comparisons(node)
        case ast.BoolOp(op=op):
            yield _with(node, op=ast.Or() if isinstance(op, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand) if not isinstance(operand, ast.Constant):
            yield operand
        case ast.BinOp(op=op) if type(op) in OPERATORS:
            yield _with(node, op=OPERATORS[type(op)]())
        case ast.AugAssign(op=op):
            yield _with(node, op=OPERATORS[type(op)]())
            yield ast.Pass()
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)):
            yield ast.Constant(value + 1)
            yield ast.Constant(value - 1)
        case ast.Call(func=ast.Name(id=name)) if name in CALLS:
            yield _with(node, func=ast.Name(CALLS[name], ast.Load()))
        case ast.Return(value=value) if value is not None and not _is_none(value):
            yield ast.Return(ast.Constant(None))
        case ast.Expr() | ast.Raise() | ast.Delete():
            yield ast.Pass()
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield ast.Pass()
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) if _is_bare(test):
            yield _with(node, test=ast.UnaryOp(ast.Not(), test))
        case ast.comprehension(ifs=[_, *_]):
            yield _with(node, ifs=node.ifs[1:])


def _other_comparisons(node: ast.Compare) -> Iterator[ast.Compare]:
    for place, op in enumerate(node.ops):
        ops = [*node.ops]
        ops[place] = COMPARISONS[type(op)]()
        yield _with(node, ops=ops)


def _with(node: Node, **fields: object) -> Node:
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_bare(test: ast.expr) -> bool:
    """A condition that no other mutation turns round."""
    return not isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp | ast.Constant)


def _line(node: ast.AST) -> int:
    line: int = node.iter.lineno if isinstance(node, ast.comprehension) else getattr(node, "lineno", 0)
    return line


def _shown(node: ast.AST) -> str:
    """The node in one short line; of a statement with a body, its head."""
    if isinstance(node, ast.If | ast.While):
        return f"`{'if' if isinstance(node, ast.If) else 'while'} {ast.unparse(node.test)}`"
    if isinstance(node, ast.comprehension):
        tests = "".join(f" if {ast.unparse(test)}" for test in node.ifs)
        return f"`for {ast.unparse(node.target)} in {ast.unparse(node.iter)}{tests}`"
    text = " ".join(ast.unparse(node).split())
    return f"`{text}`" if len(text) <= 100 else f"`{text[:70]} … {text[-27:]}`"
