"""Runs the migrations: waits for the database, takes a lock, migrates.

`flask --app blog db upgrade`, once per release and before its pods start.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from alembic import context
from flask import current_app

import blog.models  # noqa: F401 - fills the metadata that autogenerate compares with
from blog.database import (
    Base,
    failure_in_one_line,
    migration_engine,
    migration_lock,
    unknown_revision,
    wait_for_database,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alembic.operations.ops import MigrationScript
    from alembic.runtime.migration import MigrationContext

logger = logging.getLogger("blog.migrations")


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
        ahead = unknown_revision(context.get_context().get_current_heads())
        if ahead is not None and _leads_to_the_newest():
            # A release was taken back. To fail here would be to keep it from coming back.
            logger.warning(
                "the database is ahead of this code, at revision %s: left as it is", ahead
            )
            return
        with context.begin_transaction():
            context.run_migrations()


def _leads_to_the_newest() -> bool:
    try:
        return context.get_revision_argument() == context.get_head_revision()
    except KeyError:
        # A command that leads nowhere, such as `db current`.
        return False


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
    with failure_in_one_line():
        run()
