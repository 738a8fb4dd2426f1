"""`python -m generate CONTRACT FOLDER` writes the generated modules into a folder."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from generate.codes import write_codes
from generate.contract import REF, Schema, read_contract, schemas_for_types, type_name
from generate.operations import read_operations
from generate.resources import Fields, write_resources
from generate.structs import make_types

HEADER = "# Generated from the contract by `make contract`: change it there, or in clients/python/generate.\n"
ERRORS = Path(__file__).parents[1] / "alignment_assessment" / "errors.py"


def main(contract_path: Path, folder: Path) -> None:
    contract = read_contract(contract_path)
    schemas = schemas_for_types(contract)
    operations = read_operations(contract)
    types = make_types(schemas, _sent(schemas, {one.body for one in operations if one.body}))
    fields = Fields(types)
    modules = {
        "__init__": ('"""What follows from the contract."""', ""),
        "types": ('"""The types of what is sent and answered."""', ast.unparse(types)),
        "codes": ('"""A class for each error code."""', write_codes(contract, ERRORS)),
    }
    for name, waits in (("resources", True), ("async_resources", False)):
        summary = '"""What can be asked of the service."""' if waits else '"""The same, awaited."""'
        modules[name] = (summary, write_resources(operations, fields, waits=waits))
    folder.mkdir(parents=True, exist_ok=True)
    for name, (summary, text) in modules.items():
        (folder / f"{name}.py").write_text(f"{HEADER}{summary}\n\n{text}\n", encoding="utf-8")
    settings = ["--config", str(Path(__file__).parents[3] / "pyproject.toml")]
    for command in (["check", "--fix-only", "--select", "I,F401"], ["format"]):
        subprocess.run([sys.executable, "-m", "ruff", *command, "--quiet", *settings, str(folder)], check=True)


def _sent(schemas: dict[str, Schema], bodies: set[str]) -> set[str]:
    """The types of bodies, and of what stands in them."""
    found: set[str] = set()
    waiting = list(bodies)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _named_in(schemas[name])
    return found


def _named_in(schema: object) -> list[str]:
    if isinstance(schema, list):
        return [name for part in schema for name in _named_in(part)]
    if not isinstance(schema, dict):
        return []
    own = [type_name(schema["$ref"].removeprefix(REF))] if isinstance(schema.get("$ref"), str) else []
    return own + [name for part in schema.values() for name in _named_in(part)]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
