"""How quotas are told to callers: the fields of draft-ietf-httpapi-ratelimit-headers-11, and nothing else of it.

`RateLimit-Policy` names each quota in force: `"default";q=600;w=60` is 600 requests in windows of 60 seconds.
`RateLimit` says how the caller stands: `"default";r=599;t=30` is 599 left, and more in 30 seconds. Both are lists of
strings with parameters in the sense of RFC 9651. When the draft becomes an RFC or changes, it changes here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from assessment.api.operation import Header
from assessment.service.quotas import Quota, Standing

FIELDS = ("RateLimit-Policy", "RateLimit")
DESCRIBED = (
    Header("RateLimit-Policy", "The quotas in force: `q` requests in each window of `w` seconds."),
    Header("RateLimit", "What is left of each: `r` requests now, and all of them again in `t` seconds."),
)


def fields_of(standings: Sequence[Standing]) -> tuple[tuple[bytes, bytes], ...]:
    """Both header fields for quotas of which there is at least one."""
    policies = ", ".join([_policy(quota) for quota, _, _ in standings])
    left = ", ".join([f'"{quota.name}";r={max(0, remaining)};t={reset}' for quota, remaining, reset in standings])
    return ((b"ratelimit-policy", policies.encode()), (b"ratelimit", left.encode()))


@lru_cache(maxsize=64)
def _policy(quota: Quota) -> str:
    return f'"{quota.name}";q={quota.amount};w={quota.seconds}'
