"""The publishable key with which the start page starts assessments: a setting, or beside the embedded database."""

from __future__ import annotations

import os
from pathlib import Path

from assessment.service.keys import parse
from assessment.settings import Settings


def start_key_file(settings: Settings) -> Path | None:
    """Where it is kept. None with a database elsewhere, which other machines may serve as well: there it is set."""
    return None if settings.database_url is not None else settings.data_dir / "start-key"


def read_start_key(settings: Settings) -> str | None:
    """The key, or None where there is none. What reads like a key of another kind is none: it would be shown to
    everybody."""
    if settings.start_key is not None:
        return settings.start_key
    path = start_key_file(settings)
    return None if path is None else read_key(path)


def read_key(path: Path) -> str | None:
    """The publishable key in a file, if there is one."""
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return None
    parsed = parse(text)
    return text if parsed is not None and parsed.kind == "publishable" else None


def keep_key(path: Path, key: str) -> None:
    """Write the key where nobody else of this machine reads it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{key}\n")
