"""Runs the migrations: waits for the database, takes a lock, migrates.

`flask --app blog db upgrade`, once per release and before its pods start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic import context
from flask import current_app

import blog.models  # noqa: F401 - fills the metadata that autogenerate compares with
from blog.database import Base, migration_engine, migration_lock, wait_for_database

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alembic.operations.ops import MigrationScript
    from alembic.runtime.migration import MigrationContext


def leave_out_empty(
    _context: MigrationContext,
    _revision: object,
    directives: list[MigrationScript],
) -> None:
    """Write no migration file when the models have not changed."""
    options = context.config.cmd_opts
    if getattr(options, "autogenerate", False) and all(map(_is_empty, directives)):
        directives[:] = []


def _is_empty(script: MigrationScript) -> bool:
    operations: Iterable[Any] = script.upgrade_ops_list
    return all(upgrade.is_empty() for upgrade in operations)


def run() -> None:
    """Migrate the database."""
    engine = migration_engine(current_app)
    seconds: int = current_app.config["MIGRATION_WAIT_SECONDS"]
    wait_for_database(engine, seconds)
    with engine.connect() as connection, migration_lock(connection, seconds):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            process_revision_directives=leave_out_empty,
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()


def run_offline() -> None:
    """Print the SQL instead (`--sql`)."""
    context.configure(
        url=current_app.config["SQLALCHEMY_DATABASE_URI"],
        target_metadata=Base.metadata,
        literal_binds=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    run()
