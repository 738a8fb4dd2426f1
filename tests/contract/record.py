"""Writes the responses of the contract's examples, then the contract: ``python -m tests.contract.record``."""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path

from assessment.api.contract import load_example, write
from assessment.settings import Settings
from tests.contract.examples import ALWAYS_SHOWN, SMALL, execute, settle
from tests.integration.api.running import fresh_partners, running

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "assessment" / "api" / "examples"
CONTRACT = ROOT / "openapi" / "openapi.json"


async def record() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with running(Settings(data_dir=Path(folder), deliver=False)) as app, fresh_partners(app) as api:
            for name, response in (await execute(app, api.client)).items():
                example = {key: value for key, value in load_example(name).items() if key != "response"}
                if response.content and (len(response.content) <= SMALL or name in ALWAYS_SHOWN):
                    example["response"] = json.loads(settle(response.text))
                path = EXAMPLES / f"{name}.json"
                path.write_text(json.dumps(example, indent=1, ensure_ascii=False) + "\n")
            write(app, CONTRACT)


if __name__ == "__main__":
    asyncio.run(record())
