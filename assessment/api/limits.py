"""The guard of the quotas: as whom a request is counted, and what it is told."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any, cast

from assessment.api import cors
from assessment.api.ratelimit_headers import fields_of
from assessment.api.reply import QUOTAS_TOLD
from assessment.errors import RateLimited
from assessment.service.context import Principal
from assessment.service.quotas import Counted, Quotas, Standing
from assessment.service.tokens import hash_token


def quotas_of(scope: Any) -> Quotas:
    """The quotas that the application opened."""
    return cast("Quotas", scope["litestar_app"].state["quotas"])


async def count(scope: Any, principal: Principal) -> None:
    """Count a request of a valid key. Raises RateLimited when a quota of it is used up."""
    quotas = quotas_of(scope)
    caller = principal.key
    asked = []
    if principal.kind != "publishable":
        if quotas.secret is not None:
            asked.append(Counted(quotas.secret, caller))
    else:
        if quotas.publishable is not None:
            asked.append(Counted(quotas.publishable, caller))
        if quotas.origin is not None:
            asked.append(Counted(quotas.origin, f"{caller} {cors.origin_of(scope)}"))
    if asked:
        await _count(scope, quotas, asked)


async def count_invited(scope: Any, token: str) -> None:
    """Count a request of a valid invitation. Raises RateLimited when its quota is used up."""
    quotas = quotas_of(scope)
    if quotas.invitation is not None:
        await _count(scope, quotas, [Counted(quotas.invitation, hash_token(token).hex())])


async def refuse_spent_invited(scope: Any, token: str) -> None:
    """Raise RateLimited where the invitation's quota is used up, or too many requests without a valid one came from
    the address; otherwise count nothing."""
    quotas = quotas_of(scope)
    if quotas.invitation is not None and quotas.is_spent(Counted(quotas.invitation, hash_token(token).hex())):
        await count_invited(scope, token)
    await refuse_spent_stranger(scope)


async def count_stranger(scope: Any) -> None:
    """Count a request that no key answers for by where it comes from. Raises RateLimited."""
    quotas = quotas_of(scope)
    if quotas.anonymous is not None:
        await _count(scope, quotas, [Counted(quotas.anonymous, address_of(scope))])


async def refuse_spent_stranger(scope: Any) -> None:
    """Raise RateLimited where too many requests without a valid key came from; otherwise count nothing."""
    quotas = quotas_of(scope)
    if quotas.anonymous is not None and quotas.is_spent(Counted(quotas.anonymous, address_of(scope))):
        await count_stranger(scope)


def address_of(scope: Any) -> str:
    """The client's address as it is counted. One customer has a whole /64 of IPv6, so that counts as one."""
    client = scope.get("client")
    try:
        address = ipaddress.ip_address(client[0])
    except (TypeError, ValueError):
        return "unknown"  # a socket without addresses, or a proxy that does not say one
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(address) >> 64 << 64, 64)))


async def _count(scope: Any, quotas: Quotas, asked: Sequence[Counted]) -> None:
    _tell(scope, await quotas.count_shared(asked) if quotas.is_shared else quotas.count_alone(asked))


def _tell(scope: Any, standings: Sequence[Standing]) -> None:
    """Have the answer say what is left. Raises RateLimited where it is nothing."""
    scope[QUOTAS_TOLD] = fields_of(standings)
    spent = [standing for standing in standings if standing.remaining < 0]
    if spent:
        worst = max(spent, key=lambda standing: standing.reset)
        amount, seconds = worst.quota.amount, worst.quota.seconds
        detail = f"The limit is {amount:,} requests in {seconds:,} s. Try again in {worst.reset} s."
        raise RateLimited(detail, retry_after=worst.reset)
