"""Backups: taken beside a running service, noted in the audit log, and tried by reading results out of them."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from assessment.errors import DamagedResult, DatabaseRefused
from assessment.service import ids
from assessment.service.audit import audit_row
from assessment.service.results import ResultVault
from assessment.store import backup
from assessment.store.access import EVERYONE
from assessment.store.engine import Database
from assessment.store.migrate import is_current, revisions
from assessment.store.partners import list_partners
from assessment.store.queue import WriteQueue
from assessment.store.results import ResultRow

COMMAND = "assessment backup"
SAMPLE = 1000
"""Results that are unpacked and compared with their checksums: all of them up to this number."""


class Verified(msgspec.Struct, frozen=True):
    """What was found in a sound backup."""

    sha256: str
    revision: str
    bytes: int
    rows: dict[str, int]
    results_read: int


async def make(url: str, target: Path, progress: backup.Progress) -> Verified:
    """Back up the SQLite database at `url`, examine the copy, and note it in every partner's audit log. The database
    is not migrated before, so that the copy is what the version before can read. Raises DatabaseRefused, and leaves
    no file, for a copy that is not sound."""
    database = Database(url, read_connections=1)
    source = Path(database.url.database or "")
    if not await asyncio.to_thread(source.is_file):
        raise DatabaseRefused(f"There is no database at {source} to back up.")
    try:
        await backup.copy(database, target, progress)
        try:
            verified = await verify(target)
        except BaseException:
            await asyncio.to_thread(target.unlink, missing_ok=True)
            raise
        if await is_current(database):
            await _note(database, verified)
        return verified
    finally:
        await database.aclose()


async def verify(file: Path) -> Verified:
    """Examine a backup: every page, every reference, and that results can be read byte for byte. Raises
    DatabaseRefused for what is not sound."""
    examined = await asyncio.to_thread(backup.examine, file)
    if examined.revision not in revisions():
        raise DatabaseRefused(f"{file} is of revision {examined.revision}, which this version does not know.")
    try:
        read = await _read_results(file)
    except DamagedResult:
        raise DatabaseRefused(f"{file} is damaged: a result does not match its checksum.") from None
    sha256, size = await asyncio.to_thread(_measure, file)
    return Verified(sha256, examined.revision, size, examined.rows, read)


def _measure(file: Path) -> tuple[str, int]:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest(), file.stat().st_size


async def _read_results(file: Path) -> int:
    vault = ResultVault()
    engine = backup.open_backup(file)
    try:
        async with AsyncSession(engine) as session:
            found = (await session.scalars(select(ResultRow).order_by(func.random()).limit(SAMPLE))).all()
            for row in found:
                await vault.unseal(session, row)
    finally:
        await engine.dispose()
    return len(found)


async def _note(database: Database, verified: Verified) -> None:
    async with database.read(EVERYONE) as session:
        partners = [partner.id for partner in await list_partners(session)]
    details = {"sha256": verified.sha256, "bytes": verified.bytes, "revision": verified.revision}
    events = [
        audit_row(COMMAND, "backup.made", ids.to_text("ptnr", one), details, partner_id=one, mode=None)
        for one in partners
    ]
    if events:
        queue = WriteQueue(database)
        queue.start()
        await queue.insert(events)
        await queue.aclose()
