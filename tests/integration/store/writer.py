"""A process that writes until it is killed, and prints each id once it is acknowledged."""

from __future__ import annotations

import asyncio
import os
import sys

from assessment.store.engine import Database
from assessment.store.queue import WriteQueue
from assessment.store.tables import PARTNERS
from tests.integration.store.rows import partner

CLIENTS = 20


async def main(url: str) -> None:
    queue = WriteQueue(Database(url))
    queue.start()

    async def client() -> None:
        while True:
            row = partner("written")
            await queue.insert([(PARTNERS, row)])
            # One write call for a whole line, so that a kill cannot cut it into something else.
            os.write(1, f"{row['id']}\n".encode())

    await asyncio.gather(*(client() for _ in range(CLIENTS)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
