"""Litestar with typed handlers and a SQLAlchemy session for each request, after Litestar's own tutorial."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import msgspec
from litestar import Litestar, post
from litestar.datastructures import State
from litestar.exceptions import ValidationException
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from tests.benchmarks.peers.documents import RUBRIC, Document, check, create_tables, open_engine, weighted_sums

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Organisation(msgspec.Struct):
    name: Name
    external_id: Name | None = None


class Response(msgspec.Struct):
    answers: dict[str, str | list[str]]
    function: str | None = None


class NewAssessment(msgspec.Struct):
    rubric: str
    organisation: Organisation
    responses: Annotated[list[Response], msgspec.Meta(min_length=1)]
    complete: bool = False


class Stored(msgspec.Struct):
    id: str
    score: float
    sums: dict[str, float]


sessionmaker = async_sessionmaker(expire_on_commit=False)


@asynccontextmanager
async def database(app: Litestar) -> AsyncIterator[None]:
    engine = app.state.engine = open_engine()
    await create_tables(engine)
    yield
    await engine.dispose()


async def provide_transaction(state: State) -> AsyncIterator[AsyncSession]:
    async with sessionmaker(bind=state.engine) as session, session.begin():
        yield session


@post("/assessments", dependencies={"transaction": provide_transaction})
async def create_assessment(data: NewAssessment, transaction: AsyncSession) -> Stored:
    if data.rubric != RUBRIC:
        raise ValidationException(f"There is no rubric {data.rubric!r}.")
    answers = data.responses[0].answers
    try:
        check(answers)
    except ValueError as error:
        raise ValidationException(str(error)) from error
    sums = weighted_sums(answers)
    document = Document(
        external_id=data.organisation.external_id, score=sum(sums.values()), sums=sums, body=msgspec.to_builtins(data)
    )
    transaction.add(document)
    await transaction.flush()
    return Stored(str(document.id), document.score, sums)


app = Litestar([create_assessment], lifespan=[database], openapi_config=None, logging_config=None)
