"""Which use cases a replica may answer: those that only read what a partner has, and could be run twice.

Who is asking (keys, invitations, links, tokens), receipts, and whatever a change rests on are read from the primary.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError

from assessment import metrics
from assessment.errors import DatabaseUnavailable, Overloaded
from assessment.service.context import Store
from assessment.store.replica import ON_REPLICA, ReplicaLeft

S = TypeVar("S", bound=Store)
P = ParamSpec("P")
T = TypeVar("T")


def from_replica(
    use_case: Callable[Concatenate[S, P], Awaitable[T]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, T]]:
    """Have the replica answer where it has all that was committed before the use case began, and otherwise the
    primary; also where the replica goes away meanwhile, or ends a query to go on with its own work."""

    @wraps(use_case)
    async def answer(store: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        replica = store.database.replica
        if replica is None or ON_REPLICA.get() is not None:
            return await use_case(store, *args, **kwargs)
        wanted = await replica.ask_position()
        if wanted is not None:
            token = ON_REPLICA.set(wanted)
            try:
                found = await use_case(store, *args, **kwargs)
            except DatabaseUnavailable:
                replica.rest("away")
            except (ReplicaLeft, Overloaded, DBAPIError, OSError):
                pass  # whatever is really wrong with the query the primary says, too
            else:
                metrics.READS.labels("replica").inc()
                return found
            finally:
                ON_REPLICA.reset(token)
        metrics.READS.labels("primary").inc()
        return await use_case(store, *args, **kwargs)

    return answer
