"""Writes a class for each error code that the contract names, below the class of its status."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from generate.contract import Schema

CODES = re.compile(r"Codes?: ((?:`[a-z_]+`(?:, )?)+)")


def write_codes(contract: Schema, errors: Path) -> str:
    bases = _bases(errors)
    codes = dict(sorted(_codes(contract).items(), key=lambda pair: (pair[1], pair[0])))
    names = {code: "".join(part.capitalize() for part in code.split("_")) for code in codes}
    new = {code: name for code, name in names.items() if name not in bases.values()}
    below = {code: bases.get(status, "ServerError" if status >= 500 else "APIError") for code, status in codes.items()}
    known = set(names.values()) - set(new.values())
    return (
        "from __future__ import annotations\n\n"
        f"from alignment_assessment.errors import {', '.join(sorted({'APIError', *known, *below.values()}))}\n\n"
        f"__all__ = {sorted(new.values())!r}\n\n\n"
        + "\n\n".join(f'class {name}({below[code]}):\n    """{codes[code]} `{code}`"""\n' for code, name in new.items())
        + "\n\nBY_CODE: dict[str, type[APIError]] = {\n"
        + "\n".join(f"    {code!r}: {name}," for code, name in names.items())
        + "\n}\n"
    )


def _bases(errors: Path) -> dict[int, str]:
    """The class of each status, as `errors.py` says it."""
    for node in ast.parse(errors.read_text(encoding="utf-8")).body:
        if (
            isinstance(node, ast.AnnAssign)
            and ast.unparse(node.target) == "BY_STATUS"
            and isinstance(node.value, ast.Dict)
        ):
            pairs = zip(node.value.keys, node.value.values, strict=True)
            return {int(ast.unparse(key)): ast.unparse(value) for key, value in pairs if key is not None}
    raise SystemExit("errors.py has no BY_STATUS.")


def _codes(contract: Schema) -> dict[str, int]:
    found = {}
    for item in contract["paths"].values():
        for operation in item.values():
            for status, response in operation["responses"].items() if isinstance(operation, dict) else ():
                listed = CODES.search(response.get("description", ""))
                for code in re.findall(r"`([a-z_]+)`", listed[1] if listed else ""):
                    found[code] = int(status)
    return found
