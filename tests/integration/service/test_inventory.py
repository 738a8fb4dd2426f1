"""The inventory names every column that there is, and what it says of erasure is what the schema does."""

from __future__ import annotations

from sqlalchemy import Table

from assessment.service.inventory import INVENTORY
from assessment.store.tables import METADATA

ERASED_WITH = {"assessments": "organisations", "idempotency_records": "organisations", "events": "organisations"}
"""Tables whose rows the erasure deletes by statements of its own, because they name the organisation."""


def test_every_column_has_an_entry_and_every_entry_a_column() -> None:
    schema = {name: {column.name for column in table.columns} for name, table in METADATA.tables.items()}
    assert {name: set(columns) for name, columns in INVENTORY.items()} == schema


def test_what_is_personal_is_erased_unless_it_is_the_partners_own() -> None:
    kept = {
        f"{table}.{name}"
        for table, columns in INVENTORY.items()
        for name, column in columns.items()
        if column.holds == "personal" and column.erased == "kept"
    }
    assert kept == {
        "partners.name",
        "api_keys.name",
        "webhook_endpoints.url",
        "webhook_endpoints.description",
    }


def test_what_is_personal_is_exported_or_said_to_exist() -> None:
    for table, columns in INVENTORY.items():
        for name, column in columns.items():
            if column.holds == "personal" and column.erased == "deleted":
                assert column.exported in ("yes", "as existing"), f"{table}.{name}"


def test_whatever_leads_to_somebody_and_stays_or_is_left_out_says_why() -> None:
    for table, columns in INVENTORY.items():
        for name, column in columns.items():
            if column.exported != "yes" or (column.erased == "kept" and column.holds != "none"):
                assert column.reason, f"{table}.{name}"


def test_a_table_is_deleted_as_a_whole_or_kept_as_a_whole() -> None:
    for table, columns in INVENTORY.items():
        assert len({column.erased for column in columns.values()}) == 1, table


def test_every_table_that_is_erased_hangs_on_the_organisation() -> None:
    for name, columns in INVENTORY.items():
        if name == "organisations" or next(iter(columns.values())).erased == "kept":
            continue
        assert "organisation_id" in columns if name in ERASED_WITH else falls_with(METADATA.tables[name])


def falls_with(table: Table) -> bool:
    """Whether the rows of the table are deleted with those of the organisation, of its assessments or of what is known
    of it besides."""
    parents = {"assessments", "organisations", "events"}
    return any(
        key.referred_table.name in parents and key.ondelete == "CASCADE" for key in table.foreign_key_constraints
    )
