"""Alembic's entry: runs the migrations on the connection that `assessment.store.migrate` hands over."""

from __future__ import annotations

from alembic import context

from assessment.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    transactional_ddl=False,
)
context.run_migrations()
