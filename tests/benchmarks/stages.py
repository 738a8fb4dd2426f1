"""The stages of a request, and which of them a sampled stack belongs to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

Stack = tuple[str, ...]
"""`file:function` from the outermost call to the innermost."""

STAGES: Mapping[str, tuple[str, ...]] = {
    "connection and parsing": (
        "uvicorn/", "uvloop/", "httptools/", "asyncio/", "assessment/api/connection", "assessment/cli/",
    ),
    "routing": ("litestar/", "assessment/api/direct", "assessment/api/cycle", "assessment/app"),
    "key check": ("assessment/api/admission", "assessment/service/keys", "assessment/service/partners"),
    "limits": (
        "assessment/api/limits", "assessment/api/ratelimit_headers", "assessment/api/gate", "assessment/api/glance",
        "assessment/service/quotas", "limits/",
    ),
    "reading and checking": (
        "assessment/api/accept", "assessment/api/body", "assessment/api/answers", "assessment/api/fields",
        "assessment/api/query", "assessment/api/shape", "assessment/api/typed", "assessment/api/wire",
        "assessment/scoring/answers", "assessment/scoring/typed", "assessment/service/drafts",
    ),
    "scoring": ("assessment/scoring/", "assessment/service/examine"),
    "encoding": ("assessment/scoring/encoded", "assessment/scoring/prepared", "assessment/api/scores"),
    "sealing": ("assessment/service/results",),
    "rows": ("assessment/service/",),
    "queue and commit": ("assessment/store/",),
    "log and metrics": (
        "assessment/api/observe", "assessment/log", "assessment/metrics", "structlog/", "prometheus_client/",
    ),
    "reply": ("assessment/api/reply", "assessment/api/idempotency", "assessment/service/receipts"),
    "the API's other modules": ("assessment/api/",),
}  # fmt: skip
"""What each stage is done in. Of several that fit, the longest counts."""

DRIVER = "database driver"
"""What runs below a greenlet of SQLAlchemy's: who called it is not in the stack."""
_DRIVERS = ("sqlalchemy/", "asyncpg/", "aiosqlite/", "greenlet/")
ELSEWHERE = "elsewhere"

_BY_PLACE = {place: stage for stage, places in STAGES.items() for place in places}


def stage_of(stack: Stack) -> str:
    """The stage of the innermost call that has one: a library counts for whoever called it."""
    for call in reversed(stack):
        fitting = [place for place in _BY_PLACE if call.startswith(place)]
        if fitting:
            return _BY_PLACE[max(fitting, key=len)]
    return DRIVER if any(call.startswith(_DRIVERS) for call in stack) else ELSEWHERE


def read_stacks(text: str) -> Counter[Stack]:
    """Stacks in the collapsed form that flame graphs are made of: calls with semicolons between, and a count."""
    found: Counter[Stack] = Counter()
    for line in text.splitlines():
        stack, _, count = line.rpartition(" ")
        found[tuple(stack.split(";"))] += int(count)
    return found


def by_stage(stacks: Mapping[Stack, int]) -> list[tuple[str, float]]:
    """The share of each stage that has any, in the order of a request."""
    counts: Counter[str] = Counter()
    for stack, count in stacks.items():
        counts[stage_of(stack)] += count
    whole = sum(counts.values())
    return [(stage, counts[stage] / whole) for stage in (*STAGES, DRIVER, ELSEWHERE) if counts[stage]]


def by_function(stacks: Mapping[Stack, int], most: int) -> list[tuple[str, float]]:
    """The functions that time was spent in themselves, the dearest first, with their shares."""
    counts: Counter[str] = Counter()
    for stack, count in stacks.items():
        counts[stack[-1]] += count
    whole = sum(counts.values())
    return [(function, count / whole) for function, count in counts.most_common(most)]
