"""What would be published, installed in an empty project: it can be called, and compilers find its types."""

from __future__ import annotations

import json
import os
from pathlib import Path

from assessment import __version__
from tests.clients.typescript.package import run
from tests.faults.servers import Server

CALL = """
import { Client } from "@alignment-assessment/client";
import { verify, WebhookVerificationError } from "@alignment-assessment/client/webhooks";

const { version } = await new Client().service.health();
await verify("{}", {}, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").catch((error: unknown) => {
  if (!(error instanceof WebhookVerificationError)) throw error;
});
const score: number | null = (await new Client().scores.create({ rubric: "alignment", answers: {} })).score;
console.log(`${version} ${String(score)}`);
"""
CONFIGURATION = {"target": "ES2022", "strict": True, "outDir": "out", "types": [], "lib": ["ES2022", "DOM"]}
COMPILERS = (
    {"module": "node16", "moduleResolution": "node16"},
    {"module": "preserve", "moduleResolution": "bundler", "skipLibCheck": True},
)


async def test_the_packed_client_works_in_an_empty_project(
    package: Path, shared_server: Server, tmp_path: Path
) -> None:
    packed = (await run("npm", "pack", "--silent", "--pack-destination", tmp_path, folder=package)).split()[-1]
    (tmp_path / "package.json").write_text(json.dumps({"name": "empty", "private": True, "type": "module"}))
    await run("npm", "install", "--silent", "--no-audit", "--prefer-offline", f"./{packed}", folder=tmp_path)
    installed = tmp_path / "node_modules" / "@alignment-assessment" / "client"
    assert sorted(os.listdir(installed)) == ["LICENSE", "README.md", "dist", "package.json"]
    (tmp_path / "call.ts").write_text(CALL)
    tools = package / "node_modules" / ".bin"
    settings = {"ASSESSMENT_BASE_URL": shared_server.url, "ASSESSMENT_API_KEY": shared_server.keys.secret}
    for compiler in COMPILERS:
        options = {"compilerOptions": CONFIGURATION | compiler, "include": ["call.ts"]}
        (tmp_path / "tsconfig.json").write_text(json.dumps(options))
        await run(tools / "tsc", folder=tmp_path)
        assert await run("node", "out/call.js", folder=tmp_path, settings=settings) == f"{__version__} null\n"
    await run(tools / "publint", "--strict", installed, folder=tmp_path)
