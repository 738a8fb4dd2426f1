"""What the ORM peers share: their table, the questionnaire, and the weighted sums."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

CONNECTIONS = 16
"""More than the two cores of a small machine can use, and fewer than the clients, as pools are meant to be."""

_questionnaire = json.loads(Path(os.environ["PEER_QUESTIONNAIRE"]).read_text())
RUBRIC: str = _questionnaire["rubric"]
DIMENSIONS: list[dict[str, Any]] = _questionnaire["dimensions"]
LEVELS: dict[str, dict[str, float]] = {q["id"]: q["levels"] for d in DIMENSIONS for q in d["questions"]}
MULTIPLE = {q["id"] for d in DIMENSIONS for q in d["questions"] if q["multiple"]}


class Base(DeclarativeBase):
    pass


class Document(Base):
    """One assessment as one document, with its sums beside it."""

    __tablename__ = "documents"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    external_id: Mapped[str | None] = mapped_column(index=True)
    score: Mapped[float]
    sums: Mapped[dict[str, float]] = mapped_column(JSON().with_variant(JSONB(), "postgresql"))
    body: Mapped[dict[str, Any]] = mapped_column(JSON().with_variant(JSONB(), "postgresql"))
    created_at: Mapped[str] = mapped_column(default=lambda: datetime.now(UTC).isoformat())


def open_engine() -> AsyncEngine:
    """The engine for PEER_DATABASE_URL; SQLite in WAL with every commit on the disk."""
    url = os.environ["PEER_DATABASE_URL"]
    engine = create_async_engine(url, pool_size=CONNECTIONS, max_overflow=0)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine.sync_engine, "connect")
        def prepare(connection: Any, _: object) -> None:
            cursor = connection.cursor()
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("PRAGMA synchronous = FULL")
            cursor.execute("PRAGMA busy_timeout = 30000")
            cursor.close()

    return engine


async def create_tables(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)


def check(answers: Mapping[str, str | list[str]]) -> None:
    """Raise ValueError for an answer that the questionnaire does not allow."""
    for key, answer in answers.items():
        levels = LEVELS.get(key)
        if levels is None:
            raise ValueError(f"There is no question {key!r}.")
        if isinstance(answer, list) != (key in MULTIPLE):
            raise ValueError(f"{key!r} takes {'a list of options' if key in MULTIPLE else 'one option'}.")
        for option in answer if isinstance(answer, list) else [answer]:
            if option not in levels:
                raise ValueError(f"{key!r} has no option {option!r}.")


def weighted_sums(answers: Mapping[str, str | list[str]]) -> dict[str, float]:
    """The weighted sum of levels of each dimension."""
    found = {}
    for dimension in DIMENSIONS:
        total = 0.0
        for question in dimension["questions"]:
            answer = answers.get(question["id"])
            if answer is not None:
                levels = question["levels"]
                chosen = answer if isinstance(answer, list) else [answer]
                total += question["weight"] * min(4.0, sum(levels[option] for option in chosen))
        found[dimension["id"]] = total
    return found
