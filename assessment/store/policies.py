"""Row level security on PostgreSQL: which policies and privileges each table has, whether it has them, and giving
them to it."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Table, text

from assessment.store.access import APP, KEEPER, LOOKUP_SETTING, MODE_SETTING, ORIGINS, PARTNER_SETTING, ROLES, WRITER
from assessment.store.tables import API_KEYS, AUDIT_EVENTS, INVITATIONS, METADATA, PARTNERS, RESULTS, SHARE_LINKS

REVISIONS = "alembic_version"
EVERYTHING = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})

# A setting that was made in an earlier transaction of the connection is '' and not null afterwards.
_PARTNER = f"NULLIF(current_setting('{PARTNER_SETTING}', true), '')::uuid"
_MODE = f"current_setting('{MODE_SETTING}', true)"
_LOOKUP = f"current_setting('{LOOKUP_SETTING}', true)"


class Policy(NamedTuple):
    """A policy as PostgreSQL keeps it; `condition` holds for rows that are read and for rows that are written."""

    name: str
    role: str
    command: str
    condition: str


def owner_column(table: Table) -> str | None:
    """The column that says which partner a row belongs to; None for what belongs to no partner."""
    if table is PARTNERS:
        return "id"
    return "partner_id" if "partner_id" in table.c else None


def policies_of(table: Table) -> list[Policy]:
    """The policies of a table; none for one that holds nothing of a partner."""
    column = owner_column(table)
    if column is None:
        return []
    condition = f"{column} = {_PARTNER}"
    if "mode" in table.c:
        same_mode = f"mode = {_MODE}"
        condition += f" AND (mode IS NULL OR {same_mode})" if table.c.mode.nullable else f" AND {same_mode}"
    policies = [
        Policy("confined", APP, "ALL", condition),
        Policy("inserting", WRITER, "INSERT", "true"),
        Policy("keeping", KEEPER, "ALL", "true"),
    ]
    if table in (API_KEYS, INVITATIONS, SHARE_LINKS):
        # Who presents a key, an invitation or a share link has no partner yet, ...
        policies.append(Policy("presented", APP, "SELECT", f"encode(hash, 'hex') = {_LOOKUP}"))
    if table is API_KEYS:
        # ... and neither has who asks from where keys may be used.
        policies += [
            Policy("origins", APP, "SELECT", f"kind = 'publishable' AND {_LOOKUP} = '{ORIGINS}'"),
        ]
    return policies


def privileges_of(table: Table, role: str) -> frozenset[str]:
    """What a role may do with a table. The audit log is only ever added to, and a result never changes."""
    if role == WRITER:
        return frozenset({"INSERT"})
    if table is AUDIT_EVENTS:
        return frozenset({"SELECT", "INSERT"})
    if role == KEEPER:
        return EVERYTHING
    if table is PARTNERS or owner_column(table) is None:
        return frozenset({"SELECT"})
    return EVERYTHING - {"UPDATE"} if table is RESULTS else EVERYTHING


def find_gaps(connection: Connection) -> list[str]:
    """The tables, of those that there are, that are not secured as this version needs it."""
    found = _Found(connection)
    gaps = [name for name, table in sorted(found.tables.items()) if not found.is_secured(table)]
    if found.has_revisions and not all(found.grants(REVISIONS, role) >= {"SELECT"} for role in (APP, KEEPER)):
        gaps.append(REVISIONS)
    return gaps


def close_gaps(connection: Connection) -> None:
    """Secure every table that is not. Asks nothing of one that is, so that it needs no lock."""
    found = _Found(connection)
    for name in find_gaps(connection):
        if name == REVISIONS:
            connection.exec_driver_sql(f"GRANT SELECT ON {REVISIONS} TO {APP}, {KEEPER}")
            continue
        table = found.tables[name]
        for old in found.policies.get(name, {}):
            connection.exec_driver_sql(f"DROP POLICY {quoted(connection, old)} ON {name}")
        if owner_column(table) is not None:
            connection.exec_driver_sql(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        for policy in policies_of(table):
            connection.exec_driver_sql(_creation(name, policy))
        connection.exec_driver_sql(f"REVOKE ALL ON {name} FROM {', '.join(ROLES)}")
        for role in ROLES:
            privileges = ", ".join(sorted(privileges_of(table, role)))
            connection.exec_driver_sql(f"GRANT {privileges} ON {name} TO {role}")


def open_to_owner(connection: Connection) -> None:
    """Let the tables' owner see their rows, as a migration must. Holds until `close_gaps`, in the same transaction."""
    for name in _Found(connection).forced:
        connection.exec_driver_sql(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY")


def quoted(connection: Connection, name: str) -> str:
    """An identifier of the database, as SQL needs it."""
    return connection.dialect.identifier_preparer.quote_identifier(name)


class _Found:
    """What the database has."""

    def __init__(self, connection: Connection) -> None:
        # 'p' is a table that an operator has divided: its rows are reached through it, by its policies and privileges.
        rows = connection.execute(
            text(
                "SELECT relname::text AS name, relrowsecurity AND relforcerowsecurity AS forced FROM pg_class "
                "WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace"
            )
        ).all()
        self.tables = {row.name: METADATA.tables[row.name] for row in rows if row.name in METADATA.tables}
        self.forced = {row.name for row in rows if row.forced and row.name in self.tables}
        self.has_revisions = any(row.name == REVISIONS for row in rows)
        self.policies: dict[str, dict[str, Policy | None]] = {}
        for row in connection.execute(
            text(
                "SELECT tablename::text AS table, policyname::text AS name, permissive, roles::text[] AS roles, cmd, "
                "qual, with_check FROM pg_policies WHERE schemaname = current_schema()"
            )
        ):
            if {*ROLES, "public"} & set(row.roles):
                self.policies.setdefault(row.table, {})[row.name] = _policy(row)
        self._grants: dict[tuple[str, str], set[str]] = {}
        for row in connection.execute(
            text(
                "SELECT relname::text AS table, grantee::regrole::text AS role, privilege_type AS privilege "
                "FROM pg_class, aclexplode(relacl) WHERE relnamespace = current_schema()::regnamespace AND grantee <> 0"
            )
        ):
            self._grants.setdefault((row.table, row.role), set()).add(row.privilege)

    def grants(self, table: str, role: str) -> set[str]:
        return self._grants.get((table, role), set())

    def is_secured(self, table: Table) -> bool:
        wanted = {policy.name: policy._replace(condition=_plain(policy.condition)) for policy in policies_of(table)}
        return (
            (table.name in self.forced or owner_column(table) is None)
            and self.policies.get(table.name, {}) == wanted
            and all(self.grants(table.name, role) == privileges_of(table, role) for role in ROLES)
        )


def _policy(row: Row[Any]) -> Policy | None:
    """The policy as we would state it, or None for one that we never would."""
    if row.permissive != "PERMISSIVE" or len(row.roles) != 1 or (row.qual is not None and row.with_check is not None):
        return None
    return Policy(row.name, row.roles[0], row.cmd, _plain(row.qual or row.with_check))


def _creation(table: str, policy: Policy) -> str:
    clause = "WITH CHECK" if policy.command == "INSERT" else "USING"
    return f"CREATE POLICY {policy.name} ON {table} FOR {policy.command} TO {policy.role} {clause} ({policy.condition})"


def _plain(condition: str) -> str:
    """A condition without what PostgreSQL adds when it gives one back: casts of text, parentheses and spaces."""
    return re.sub(r"::(text|character varying|bpchar)\b|[()\s]", "", condition)
