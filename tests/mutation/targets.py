"""Which modules are mutated, and the tests that have to notice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_WHOLE = ("test_combine", "test_determinism", "test_worked_example", "test_answers", "test_plan", "test_vectors",
          "test_properties")  # fmt: skip


@dataclass(frozen=True)
class Target:
    """A module, by its name below the package, and the files of tests that have to notice, with options of pytest."""

    name: str
    files: tuple[str, ...]
    options: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        return Path("assessment", f"{self.name}.py")

    @property
    def module(self) -> str:
        return f"assessment.{self.name.replace('/', '.')}"


def _unit(name: str, *files: str) -> Target:
    """A module with unit tests of its own. Without fixtures, which would import the service."""
    room = name.partition("/")[0]
    return Target(name, tuple(f"tests/unit/{room}/{file}.py" for file in files), ("--noconftest",))


def _figures(name: str, own: str) -> Target:
    """Formulas: their own tests, then the figures of the method, then whole results."""
    return _unit(f"scoring/{name}", own, "test_vectors", "test_gap", "test_determinism", "test_worked_example")


def _scoring(name: str, *own: str) -> Target:
    """Anything that every result goes through: its own tests, then all of the room's."""
    return _unit(f"scoring/{name}", *own, *(file for file in _WHOLE if file not in own))


def _service(name: str, *files: str) -> Target:
    """A module that needs a service: on SQLite, which needs no server for each mutant."""
    return Target(name, tuple(_path(file) for file in files), ("-k", "not postgresql"))


def _on_both(name: str, *files: str) -> Target:
    """A module of which PostgreSQL makes more than SQLite does: locks, lengths of texts, policies."""
    return Target(name, tuple(_path(file) for file in files))


def _rows(name: str, *files: str) -> Target:
    """A table and its queries: whether the migrations make such a table, and what it is used for."""
    return _on_both(f"store/{name}", "store/test_tables.py", "store/test_migrate.py", "store/test_queries.py", *files)


def _path(file: str) -> str:
    return f"tests/{file}" if file.startswith("unit/") else f"tests/integration/{file}"


TARGETS = (
    _figures("interval", "test_interval"),
    _figures("benchmark", "test_benchmark"),
    _figures("perception", "test_perception"),
    _unit("scoring/change", "test_change", "test_comparisons", "test_vectors"),
    _unit("scoring/moves", "test_moves"),
    _unit("scoring/progress", "test_moves"),
    _unit("scoring/spread", "test_moves"),
    Target("rubric/bridges", ("tests/rubrics/test_bridges.py",)),
    _unit("scoring/cohort", "test_cohorts", "test_comparisons", "test_vectors"),
    _unit("scoring/histogram", "test_cohorts", "test_release"),
    _unit("scoring/release", "test_release", "test_edition"),
    _unit("scoring/edition", "test_edition"),
    _scoring("score", "test_score"),
    _scoring("rating"),
    _scoring("caps", "test_next_level"),
    _scoring("prepared", "test_encoded", "test_compile"),
    _scoring("encoded", "test_encoded"),
    _unit("scoring/rounding", "test_rounding"),
    _scoring("combine", "test_combine", "test_gap", "test_outline", "test_confidential", "test_encoded"),
    _scoring("gaps", "test_gap", "test_perceive", "test_position"),
    _scoring("confidential", "test_confidential", "test_position"),
    _scoring("perceive", "test_perceive", "test_confidential", "test_position"),
    _scoring("published", "test_perceive", "test_position"),
    _scoring("agreement", "test_perceive", "test_confidential", "test_position"),
    _scoring("consistency", "test_consistency"),
    _scoring("recommend", "test_recommend"),
    _scoring("stability", "test_stability"),
    _scoring("steps", "test_steps", "test_plan", "test_smallest_plan"),
    _scoring("plan", "test_next_level", "test_plan", "test_smallest_plan"),
    _scoring("assess", "test_bounds", "test_outline", "test_position"),
    _scoring("position", "test_position"),
    _scoring("compile", "test_compile", "test_position"),
    _scoring("compiled", "test_compiled"),
    _unit("scoring/straight", "test_straight"),
    _unit("scoring/typed", "test_typed", "test_straight"),
    _scoring("answers", "test_answers", "test_answer_limits", "test_position"),
    _unit("api/typed", "test_typed"),
    # Who is asking.
    _service("service/keys", "service/test_keys.py", "service/test_api_keys.py"),
    _service("service/partners", "service/test_partners.py", "service/test_api_keys.py", "api/test_api_keys.py"),
    _service("service/api_keys", "service/test_api_keys.py", "api/test_api_keys.py"),
    _service(
        "service/origins", "unit/service/test_origins.py", "service/test_api_keys.py", "api/test_api_publishable.py"
    ),
    _service("service/client_tokens", "api/test_api_publishable.py"),
    _service(
        "api/admission",
        "api/test_api_keys.py",
        "api/test_api_publishable.py",
        "api/test_api_limits.py",
        "api/test_api_problems.py",
        "api/test_api_own_origin.py",
        "api/test_api_mcp.py",
    ),
    _service("api/cors", "api/test_api_publishable.py"),
    _service("api/own_origin", "api/test_api_own_origin.py"),
    _rows("api_keys", "service/test_api_keys.py", "api/test_api_keys.py"),
    _rows("client_tokens", "api/test_api_publishable.py", "service/test_organisations.py", "service/test_sweep.py"),
    _service("service/tokens", "service/test_invitations.py", "service/test_share_links.py"),
    _on_both("service/share_links", "service/test_share_links.py", "api/test_api_share_links.py"),
    _rows("share_links", "service/test_share_links.py", "service/test_tenancy.py"),
    _service("service/invited", "service/test_invitations.py", "api/test_api_invitations.py"),
    _rows("invitations", "service/test_invitations.py", "service/test_tenancy.py"),
    # Who is told what, and where.
    _unit("service/outside", "test_outside"),
    _service("service/outbox", "service/test_outbox.py"),
    _on_both("service/webhook_endpoints", "service/test_webhook_endpoints.py", "api/test_api_webhooks.py"),
    _service("service/webhook_changes", "service/test_webhook_endpoints.py", "api/test_api_webhooks.py"),
    _service("service/webhook_views", "service/test_webhook_endpoints.py"),
    _service("service/webhook_secrets", "service/test_webhook_endpoints.py", "api/test_api_webhooks.py"),
    _service("service/events", "service/test_events.py", "api/test_api_webhooks.py"),
    _rows("webhook_endpoints", "service/test_webhook_endpoints.py", "service/test_outbox.py"),
    _rows("events", "service/test_events.py", "service/test_outbox.py", "service/test_tenancy.py"),
    _rows("deliveries", "service/test_events.py", "service/test_webhook_endpoints.py", "service/test_tenancy.py"),
    # A request that is sent again.
    _service("service/receipts", "service/test_receipts.py", "api/test_api_idempotency.py"),
    _service("service/sweep", "service/test_sweep.py", "service/test_receipts.py", "api/test_api_idempotency.py"),
    _service(
        "service/housekeeping",
        "unit/service/test_housekeeping.py",
        "service/test_retention.py",
        "service/test_benchmarks.py",
    ),
    _service("api/idempotency", "api/test_api_idempotency.py", "api/test_api_invitations.py"),
    _service("api/precondition", "api/test_api_preconditions.py"),
    _rows("idempotency", "api/test_api_idempotency.py", "service/test_organisations.py"),
    # Whose rows.
    _on_both("store/access", "store/test_roles.py"),
    _on_both("store/policies", "store/test_roles.py"),
    _rows(
        "assessments",
        "store/test_locks.py",
        "service/test_tenancy.py",
        "service/test_lists.py",
        "service/test_assessments.py",
        "service/test_organisations.py",
        "service/test_retention.py",
    ),
    _rows("benchmarks", "service/test_benchmarks.py"),
    _service("store/history", "service/test_history.py", "service/test_change.py"),
    _rows(
        "organisations",
        "store/test_locks.py",
        "service/test_tenancy.py",
        "service/test_assessments.py",
        "service/test_organisations.py",
        "service/test_retention.py",
    ),
    _rows(
        "responses",
        "service/test_tenancy.py",
        "service/test_lists.py",
        "service/test_assessments.py",
        "service/test_responses.py",
        "service/test_invitations.py",
    ),
    _service("service/blind", "service/test_invitations.py"),
    _service("service/drafts", "unit/service/test_drafts.py", "service/test_responses.py"),
    _rows("results", "service/test_tenancy.py", "service/test_assessments.py", "service/test_history.py"),
    _service("service/pages", "service/test_lists.py", "api/test_api_assessments.py"),
    _service("service/ids", "service/test_ids.py", "service/test_tenancy.py"),
)


def chosen(names: tuple[str, ...]) -> list[Target]:
    """The targets whose name is or starts with one of the names; all for none. ValueError names what is unknown."""
    for name in names:
        if not any(_is_of(target, name) for target in TARGETS):
            known = ", ".join(target.name for target in TARGETS)
            raise ValueError(f"There is no target {name}. There are {known}.")
    return [target for target in TARGETS if not names or any(_is_of(target, name) for name in names)]


def _is_of(target: Target, name: str) -> bool:
    return target.name == name or target.name.startswith(f"{name}/")
