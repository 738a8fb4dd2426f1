"""FastAPI with pydantic models and a SQLAlchemy session for each request, after FastAPI's own tutorial."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from tests.benchmarks.peers.documents import RUBRIC, Document, check, create_tables, open_engine, weighted_sums

Name = Annotated[str, Field(min_length=1, max_length=200)]


class Organisation(BaseModel):
    name: Name
    external_id: Name | None = None


class Response(BaseModel):
    answers: dict[str, str | list[str]]
    function: str | None = None


class NewAssessment(BaseModel):
    rubric: str
    organisation: Organisation
    responses: Annotated[list[Response], Field(min_length=1)]
    complete: bool = False


class Stored(BaseModel):
    id: str
    score: float
    sums: dict[str, float]


engine = open_engine()
sessionmaker = async_sessionmaker(engine, expire_on_commit=False)


@asynccontextmanager
async def database(_: FastAPI) -> AsyncIterator[None]:
    await create_tables(engine)
    yield
    await engine.dispose()


async def get_session() -> AsyncIterator[AsyncSession]:
    async with sessionmaker() as session:
        yield session


app = FastAPI(lifespan=database)


@app.post("/assessments", status_code=201)
async def create_assessment(data: NewAssessment, session: Annotated[AsyncSession, Depends(get_session)]) -> Stored:
    if data.rubric != RUBRIC:
        raise HTTPException(422, f"There is no rubric {data.rubric!r}.")
    answers = data.responses[0].answers
    try:
        check(answers)
    except ValueError as error:
        raise HTTPException(422, str(error)) from error
    sums = weighted_sums(answers)
    document = Document(
        external_id=data.organisation.external_id, score=sum(sums.values()), sums=sums, body=data.model_dump()
    )
    session.add(document)
    await session.commit()
    return Stored(id=str(document.id), score=document.score, sums=sums)
