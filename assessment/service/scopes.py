"""The scopes that a restricted key can be given."""

from __future__ import annotations

from typing import Literal, get_args

Scope = Literal[
    "catalogue:read",
    "scores:write",
    "assessments:read",
    "assessments:write",
    "organisations:read",
    "organisations:write",
    "webhooks:read",
    "webhooks:write",
]
SCOPES: tuple[Scope, ...] = get_args(Scope)
"""Keys and the audit log have none: a secret key alone reaches them."""
