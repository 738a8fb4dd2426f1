"""Row 8: where an assessment stands in a cohort of a million, against one of ten thousand."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import uvloop
from sqlalchemy import select

from assessment.scoring.release import RULES, Figures, Place
from assessment.service import ids
from assessment.service.benchmarks import StandingView, stand
from assessment.service.context import Principal, Services
from assessment.settings import Settings
from assessment.store.access import EVERYONE
from assessment.store.tables import ASSESSMENTS
from tests.benchmarks.batches import open_with_rows
from tests.benchmarks.harness import Aim, Comparison, Group, Slice
from tests.benchmarks.pools import any_scores, fill
from tests.benchmarks.postgres import create_database
from tests.postgres import postgres_server

SIZES = {"a million": 1_000_000, "ten thousand": 10_000}
SECONDS = 0.3
_Read = Callable[[], Awaitable[StandingView]]


@contextmanager
def _contenders() -> Iterator[Mapping[str, Slice]]:
    with ExitStack() as stack:
        server = stack.enter_context(postgres_server())
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="assessment-bench-")))
        runner = stack.enter_context(asyncio.Runner(loop_factory=uvloop.new_event_loop))
        reads: dict[str, _Read] = {}
        for name, votes in SIZES.items():
            url = create_database(server, f"bench_pool_{votes}")
            settings = Settings(data_dir=folder, database_url=url, auto_migrate=True, allow_lossy_database=True)
            opened = open_with_rows(settings)
            services, _ = runner.run(opened.__aenter__())
            stack.callback(partial(_close, runner, opened))
            reads[name] = runner.run(prepare(services, votes))
        yield {name: partial(_run, runner, read) for name, read in reads.items()}


def _close(runner: asyncio.Runner, opened: AbstractAsyncContextManager[object]) -> None:
    runner.run(opened.__aexit__(None, None, None))


async def prepare(services: Services, votes: int) -> _Read:
    """How the first assessment's place among so many is read. Raises when it is another than all the scores give."""
    async with services.database.read(EVERYONE) as session:
        found = (await session.execute(select(ASSESSMENTS))).mappings().one()
    scores = any_scores(votes)
    await fill(services, scores)
    who = Principal(found["partner_id"], ids.new_id(), "secret", found["mode"])
    read = partial(stand, services, who, ids.to_text("asmt", found["id"]))
    standing = await read()
    assert standing.cohort is not None and standing.cohort.body.score is not None
    assert standing.score.score is not None and standing.score.place is not None
    require_place(standing.cohort.body.score, standing.score.score, standing.score.place, scores)
    return read


def require_place(figures: Figures, own: float, place: Place, scores: list[float]) -> None:
    """Count the share of each published bar once more from every single score, and the percentile from these."""
    bars = figures.histogram or ()
    for bar in bars:
        exact = sum(bar.start <= score < bar.end or score == bar.end == 100 for score in scores) / len(scores)
        if abs(exact - bar.share) >= RULES.share:
            raise RuntimeError(f"The bar from {bar.start} to {bar.end} says {bar.share}; {exact} is right.")
    below = sum(bar.share * min(1.0, max(0.0, (own - bar.start) / (bar.end - bar.start))) for bar in bars)
    if place.percentile != round(100 * below, 1):
        raise RuntimeError(f"The percentile is {place.percentile}; {100 * below:.1f} is right.")


def _run(runner: asyncio.Runner, read: _Read) -> float:
    """Seconds of one read, one after the other."""

    async def repeat() -> float:
        start, done = time.perf_counter(), 0
        while time.perf_counter() < start + SECONDS:
            await read()
            done += 1
        return (time.perf_counter() - start) / done

    return runner.run(repeat())


GROUPS = (
    Group(
        "standing in a cohort",
        (
            Comparison(
                "8",
                "place of an assessment in a cohort of 1,000,000",
                "in one of 10,000",
                Aim("at most", 1.3),
                "a million",
                "ten thousand",
                "The use case behind GET /v1/assessments/{id}/benchmark reads the assessment, its result, the edition "
                "and its cohorts on PostgreSQL, where 1,000,000 organisations have a completed assessment each and "
                "were counted in the edition. Against it the same on a database of the same server with 10,000. "
                "Before, every published bar is counted again from all the scores, and the percentile from the bars: "
                "at that resolution it has no error.",
                limit="The read does not depend on the number of votes: it takes one row by its key from each of four "
                "tables and the 22 cohorts of the edition. What differs is how deep the indexes are and how much of "
                "them is in memory.",
            ),
        ),
        _contenders,
    ),
)
