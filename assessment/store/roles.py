"""The roles that the service works in on PostgreSQL: creating them, and refusing to serve where they do not hold."""

from __future__ import annotations

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from assessment.errors import DatabaseRefused, MigrationsPending
from assessment.store.access import ROLES
from assessment.store.policies import find_gaps, quoted

INHERITANCE_IN_GRANTS = 160000
"""The PostgreSQL version from which a grant says whether a role's rights come with it or have to be put on."""


def ensure_roles(connection: Connection) -> None:
    """Create the roles that are missing, and let the login put them on if it may decide that. Raises DatabaseRefused,
    with the SQL that an administrator runs, where roles are missing and the login may not create any."""
    missing = [role for role in ROLES if role not in _attributes(connection)]
    if missing and not _may_create_roles(connection):
        raise DatabaseRefused(
            f"Row level security needs the roles {', '.join(missing)}, which the login {_login(connection)} may not "
            f"create. An administrator of the server runs this once, and then it works: "
            f"{creation_sql(connection, missing)}"
        )
    for role in missing:
        # Another database of the server may be migrated at the same moment; roles are common to all.
        connection.exec_driver_sql(
            f"DO $$ BEGIN CREATE ROLE {role} NOLOGIN; "
            "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
    for role in _not_ours(connection):
        try:
            with connection.begin_nested():
                connection.exec_driver_sql(_grant(connection, [role]))
        except DBAPIError:
            return  # A login that only migrates needs none of them, and one that serves is told what is missing.


def creation_sql(connection: Connection, missing: list[str]) -> str:
    """What an administrator runs so that the login can serve."""
    created = " ".join(f"CREATE ROLE {role} NOLOGIN;" for role in missing)
    return f"{created} {_grant(connection, list(ROLES))};"


def require_roles(connection: Connection) -> None:
    """Raise DatabaseRefused or MigrationsPending, saying what to do, unless row level security holds for a service with
    this login."""
    attributes = _attributes(connection)
    gaps = [f"role {role}" for role in ROLES if role not in attributes]
    gaps = gaps or [f"table {name}" for name in find_gaps(connection)]
    if gaps:
        raise MigrationsPending(
            f"Row level security is not set up as this version needs it ({gaps[0]}). Run: assessment migrate"
        )
    for role, (bypasses, groups) in attributes.items():
        if bypasses:
            raise DatabaseRefused(
                f"The role {role} passes by row level security. Run as an administrator: "
                f"ALTER ROLE {role} NOSUPERUSER NOBYPASSRLS;"
            )
        if groups:
            raise DatabaseRefused(
                f"The role {role} has the rights of {groups[0]} too and must have none but its own. Run as an "
                f"administrator: REVOKE {quoted(connection, groups[0])} FROM {role};"
            )
    owned = connection.execute(
        text(
            "SELECT relname::text, relowner::regrole::text FROM pg_class "
            "WHERE relkind IN ('r', 'p') AND relowner::regrole::text = ANY(:roles)"
        ),
        {"roles": list(ROLES)},
    ).first()
    if owned is not None:
        raise DatabaseRefused(f"The role {owned[1]} owns {owned[0]} and must own nothing; give it to another role.")
    if _not_ours(connection):
        raise DatabaseRefused(
            f"The login {_login(connection)} may not work as the roles {', '.join(ROLES)}. An administrator runs: "
            f"{_grant(connection, list(ROLES))};"
        )


def _attributes(connection: Connection) -> dict[str, tuple[bool, list[str]]]:
    """Of each of the roles that exist: whether it passes by row level security, and what it is a member of."""
    rows = connection.execute(
        text(
            "SELECT rolname::text, rolsuper OR rolbypassrls, "
            "ARRAY(SELECT roleid::regrole::text FROM pg_auth_members WHERE member = pg_roles.oid) "
            "FROM pg_roles WHERE rolname::text = ANY(:roles)"
        ),
        {"roles": list(ROLES)},
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def _may_create_roles(connection: Connection) -> bool:
    found = connection.execute(text("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = session_user"))
    return bool(found.scalar_one())


def _not_ours(connection: Connection) -> list[str]:
    """The roles that the login may not put on."""
    right = "SET" if _has_inheritance(connection) else "MEMBER"
    rows = connection.execute(
        text(
            "SELECT role FROM unnest(CAST(:roles AS text[])) AS role "
            "WHERE NOT pg_has_role(session_user, role, CAST(:right AS text))"
        ),
        {"roles": list(ROLES), "right": right},
    )
    return [row[0] for row in rows]


def _grant(connection: Connection, roles: list[str]) -> str:
    # The login's own rights stay what they are: it works as one of the roles, or as none.
    how = " WITH INHERIT FALSE, SET TRUE" if _has_inheritance(connection) else ""
    return f"GRANT {', '.join(roles)} TO {_login(connection)}{how}"


def _login(connection: Connection) -> str:
    return quoted(connection, str(connection.execute(text("SELECT session_user")).scalar_one()))


def _has_inheritance(connection: Connection) -> bool:
    version = connection.execute(text("SELECT current_setting('server_version_num')::int")).scalar_one()
    return int(version) >= INHERITANCE_IN_GRANTS
