"""Which modules are mutated, and the tests that have to notice: the quickest to fail first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_WHOLE = ("test_combine", "test_determinism", "test_worked_example", "test_answers", "test_plan", "test_vectors",
          "test_properties")  # fmt: skip


@dataclass(frozen=True)
class Target:
    """A module, by its name below the package, and pytest's arguments: a later stage runs if none before failed."""

    name: str
    stages: tuple[tuple[str, ...], ...]

    @property
    def path(self) -> Path:
        return Path("assessment", f"{self.name}.py")

    @property
    def module(self) -> str:
        return f"assessment.{self.name.replace('/', '.')}"


def _unit(name: str, *files: str) -> Target:
    """A module with unit tests of its own. Without fixtures, which would import the service."""
    return Target(name, tuple(("--noconftest", f"tests/unit/{name.partition('/')[0]}/{file}.py") for file in files))


def _figures(name: str, own: str) -> Target:
    """Formulas: their own tests, then the figures of the method, then whole results."""
    return _unit(f"scoring/{name}", own, "test_vectors", "test_gap", "test_determinism", "test_worked_example")


def _scoring(name: str, *own: str) -> Target:
    """Anything that every result goes through: its own tests, then all of the room's."""
    return _unit(f"scoring/{name}", *own, *(file for file in _WHOLE if file not in own))


def _service(name: str, *files: str) -> Target:
    """A module that needs a service: on SQLite, which needs no server for each mutant."""
    return Target(name, tuple(("-k", "not postgresql", _path(file)) for file in files))


def _on_postgres(name: str, *files: str) -> Target:
    """A module that only matters on PostgreSQL."""
    return Target(name, tuple((_path(file),) for file in files))


def _path(file: str) -> str:
    return f"tests/{file}" if file.startswith("unit/") else f"tests/integration/{file}"


TARGETS = (
    _figures("interval", "test_interval"),
    _figures("benchmark", "test_benchmark"),
    _figures("perception", "test_perception"),
    _figures("change", "test_comparisons"),
    _figures("cohort", "test_comparisons"),
    _scoring("score", "test_score"),
    _scoring("rating"),
    _scoring("combine", "test_combine", "test_gap", "test_outline"),
    _scoring("recommend", "test_recommend"),
    _scoring("stability", "test_stability"),
    _scoring("steps", "test_steps", "test_plan"),
    _scoring("plan", "test_next_level", "test_plan"),
    _scoring("assess"),
    _scoring("compile"),
    _scoring("compiled"),
    _scoring("answers", "test_answers"),
    # Who is asking.
    _service("service/keys", "service/test_keys.py", "service/test_api_keys.py"),
    _service("service/partners", "service/test_partners.py", "service/test_api_keys.py", "api/test_api_keys.py"),
    _service("service/api_keys", "service/test_api_keys.py", "api/test_api_keys.py"),
    _service(
        "service/origins", "unit/service/test_origins.py", "service/test_api_keys.py", "api/test_api_publishable.py"
    ),
    _service("service/client_tokens", "api/test_api_publishable.py"),
    _service("api/admission", "api/test_api_keys.py", "api/test_api_publishable.py", "api/test_api_limits.py"),
    _service("api/cors", "api/test_api_publishable.py"),
    _service("store/api_keys", "service/test_api_keys.py", "api/test_api_keys.py"),
    _service("store/client_tokens", "api/test_api_publishable.py", "service/test_organisations.py"),
    # A request that is sent again.
    _service("service/receipts", "api/test_api_idempotency.py"),
    _service("api/idempotency", "api/test_api_idempotency.py"),
    _service("api/precondition", "api/test_api_preconditions.py"),
    _service("store/idempotency", "api/test_api_idempotency.py", "service/test_organisations.py"),
    # Whose rows.
    _on_postgres("store/access", "store/test_roles.py"),
    _on_postgres("store/policies", "store/test_roles.py"),
    _service(
        "store/assessments",
        "service/test_tenancy.py",
        "service/test_lists.py",
        "service/test_assessments.py",
        "service/test_organisations.py",
    ),
    _service("store/organisations", "service/test_tenancy.py", "service/test_organisations.py"),
    _service("store/responses", "service/test_tenancy.py", "service/test_lists.py", "service/test_assessments.py"),
    _service("store/results", "service/test_tenancy.py", "service/test_assessments.py"),
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
