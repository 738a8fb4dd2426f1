"""Go through what there is: every completed assessment, what changed since the last one, and what the log has on it."""

import asyncio

from alignment_assessment import AsyncClient
from alignment_assessment.codes import NothingBefore


async def main() -> None:
    async with AsyncClient() as client:
        async for assessment in client.assessments.list(status="completed", limit=50):
            try:
                change = await client.assessments.change(assessment.id)
            except NothingBefore as first:
                print(assessment.organisation.name, "is assessed for the first time; request", first.request_id)
            else:
                print(assessment.organisation.name, change.change.overall.change)


asyncio.run(main())
