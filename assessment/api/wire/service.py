"""Whether the service runs and can work."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct


class Health(Struct, frozen=True):
    """The process answers."""

    status: Annotated[Literal["ok"], Meta(description="Always `ok`.")]
    version: Annotated[str, Meta(description="Version of the service.")]
    engine: Annotated[str, Meta(description="Version of the scorer.")]


class Readiness(Struct, frozen=True):
    """Requests can be served."""

    status: Annotated[Literal["ready"], Meta(description="Always `ready`; 503 otherwise.")]
    database: Annotated[Literal["ok"], Meta(description="It is reached and at the newest migration.")]
    limits: Annotated[
        Literal["ok", "degraded"],
        Meta(description="`degraded` while the shared store of rate limits is silent and each process counts alone."),
    ]
    replica: Annotated[
        Literal["none", "ok", "away", "behind"],
        Meta(
            description="Whether reads are answered by a replica: `none` is set up, or it is left alone while it is "
            "`away` or `behind`, and the primary answers instead."
        ),
    ]
