"""What every list has in common."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from msgspec import Meta

Limit: TypeAlias = Annotated[int, Meta(ge=1, le=100, description="How many at most.")]
Cursor: TypeAlias = Annotated[
    Annotated[str, Meta(max_length=500)] | None,
    Meta(description="`next_cursor` of the page before; the first page without it."),
]
