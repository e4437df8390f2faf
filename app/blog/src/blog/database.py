"""The database: its models' base, its migrations, and what happens while it is away."""

from __future__ import annotations

import logging
import time
import traceback
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, MetaData, NullPool, create_engine, text
from sqlalchemy.dialects import mysql
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from blog.config import connect_args

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flask import Flask
    from sqlalchemy import URL, Connection, Engine

# Inside the package, so that they are found wherever it is installed.
MIGRATIONS = Path(__file__).parent / "migrations"

# MySQL's number for a table or row that another transaction held for too long.
LOCK_WAIT = 1205
# Seconds that a migration waits for a table or a row. To change a table MySQL wants it to itself
# for a moment, and waits for every transaction that has read it; every request that comes after
# waits behind the migration. MySQL's own limit is a year: one forgotten transaction, and the site
# stands still. A migration can be tried again.
LOCK_WAIT_SECONDS = 30

# MySQL's and the client's words for "not now": the same request may succeed later.
UNAVAILABLE = frozenset(
    {
        1040,  # too many connections
        1045,  # access denied, as while a password is rotated
        1049,  # unknown database, as while the server is set up
        1053,  # server shutdown in progress
        1203,  # user has too many connections
        LOCK_WAIT,
        1213,  # deadlock
        1290,  # read-only, as during a failover
        1317,  # query interrupted
        1836,  # read-only mode
        1927,  # connection killed (MariaDB)
        2002,
        2003,  # cannot connect
        2006,
        2013,  # connection lost
        2055,
        3169,  # session killed
        4031,  # disconnected by the server for inactivity
    }
)
UNAVAILABLE_ERRORS = (OperationalError, InterfaceError, PoolTimeoutError)

logger = logging.getLogger(__name__)


class Base(DeclarativeBase):
    """The base of every model. Constraints are named, so that a migration can drop them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC, to the microsecond. MySQL's DATETIME keeps neither by itself."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> DateTime | mysql.DATETIME:
        """MySQL rounds to the second, up as well as down, unless told otherwise."""
        if dialect.name in {"mysql", "mariadb"}:
            return mysql.DATETIME(fsp=6)
        return DateTime()

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database."""
        del dialect
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


db = SQLAlchemy(model_class=Base)
migrate = Migrate(db=db, directory=str(MIGRATIONS))


def register_database(app: Flask) -> None:
    """Connect the models and the migrations. No connection is opened before the first request."""
    db.init_app(app)
    migrate.init_app(app)


def is_unavailable(error: Exception) -> bool:
    """Whether an error says that the database is away, rather than that a statement is wrong."""
    if isinstance(error, PoolTimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    return (
        error.connection_invalidated
        or isinstance(error, InterfaceError)
        or error_code(error) in UNAVAILABLE
    )


def error_code(error: Exception) -> object:
    """The database's number for an error; None when it has none."""
    original = error.orig if isinstance(error, DBAPIError) else None
    return original.args[0] if original is not None and original.args else None


def reason(error: Exception) -> str:
    """The driver's words, without SQLAlchemy's statement around them."""
    return str(error.orig) if isinstance(error, DBAPIError) else str(error)


def migration_engine(app: Flask) -> Engine:
    """An engine for migrations: they may work as long as they need, and wait for little."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    return create_engine(
        url,
        poolclass=NullPool,
        hide_parameters=True,
        connect_args=migration_connect_args(url, tls_ca=app.config["DATABASE_TLS_CA"]),
    )


def migration_connect_args(url: URL, *, tls_ca: str = "") -> dict[str, Any]:
    """What the driver needs beyond the URL to connect for migrations; SQLite needs nothing.

    Args:
        url: the database.
        tls_ca: a CA's certificate, see `connect_args`.
    """
    arguments = connect_args(url, connect=5, answer=None, tls_ca=tls_ca)
    if url.get_backend_name() not in {"mysql", "mariadb"}:
        return arguments
    # The first is for tables, the second for rows.
    limits = ("lock_wait_timeout", "innodb_lock_wait_timeout")
    settings = ", ".join(f"SESSION {limit} = {LOCK_WAIT_SECONDS}" for limit in limits)
    return arguments | {"init_command": f"SET {settings}"}


def wait_for_database(engine: Engine, seconds: float, pause: float = 2) -> None:
    """Wait until the database answers: it may be starting in the same release.

    Args:
        engine: the database.
        seconds: how long; after that the process ends with one line.
        pause: seconds between attempts.
    """
    began = time.monotonic()
    attempt = 1
    while True:
        try:
            with engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except UNAVAILABLE_ERRORS as error:
            waited = time.monotonic() - began
            logger.warning(
                "database does not answer yet, attempt %d after %d s: %s",
                attempt,
                waited,
                reason(error),
            )
            if waited + pause > seconds:
                raise SystemExit(
                    f"blog: the database did not answer in {seconds:g} s: {reason(error)}"
                ) from None
        else:
            return
        attempt += 1
        time.sleep(pause)


@contextmanager
def migration_lock(connection: Connection, seconds: int) -> Iterator[None]:
    """Keep two migrations of one database from running at once.

    Args:
        connection: the connection that migrates; the server drops the lock when it is lost.
        seconds: how long to wait for another migration; after that the process ends with one line.
    """
    if connection.dialect.name not in {"mysql", "mariadb"}:
        yield
        return
    # Names are shared by all databases of the server, and are at most 64 characters long.
    name = f"migrate:{connection.engine.url.database}"[:64]
    taken = connection.scalar(
        text("SELECT GET_LOCK(:name, :seconds)"), {"name": name, "seconds": seconds}
    )
    # The lock belongs to the session; Alembic would not commit inside this transaction.
    connection.commit()
    if taken != 1:
        raise SystemExit(f"blog: another migration held the lock {name!r} for {seconds} s")
    try:
        yield
    finally:
        # Fails where the connection is lost, and the lock with it: the reason for that is told.
        with suppress(SQLAlchemyError):
            connection.execute(text("SELECT RELEASE_LOCK(:name)"), {"name": name})
            connection.commit()


@contextmanager
def failure_in_one_line() -> Iterator[None]:
    """End a migration that fails with one line. Of a defect in its code the log holds the trace."""
    try:
        yield
    except CommandError:
        # Of Alembic, such as a revision that does not exist: Flask-Migrate tells it in one line.
        raise
    except DBAPIError as error:
        raise SystemExit(failure(error)) from None
    except Exception as error:
        logger.exception("a migration has a defect")
        raise SystemExit(failure(error)) from None


def failure(error: Exception) -> str:
    """One line about a migration that failed: its revision, and the database's own words."""
    told = reason(error) if isinstance(error, DBAPIError) else f"{type(error).__name__}: {error}"
    line = f"blog: {_failed_migration(error)} failed: {' '.join(told.split())}"
    if error_code(error) == LOCK_WAIT:
        line += f"; another transaction held the table or its rows for {LOCK_WAIT_SECONDS} s"
    return line


def _failed_migration(error: Exception) -> str:
    # Alembic does not say which one it was running. Its code is where the error came from.
    for frame, _line in traceback.walk_tb(error.__traceback__):
        names = frame.f_globals
        if "revision" in names and "down_revision" in names:
            title = (names["__doc__"] or "").partition("\n")[0].removesuffix(".")
            return f"migration {names['revision']} ({title})"
    return "the migration"


def unknown_revision(revisions: Iterable[str]) -> str | None:
    """The one among a database's revisions that a newer release has made, if there is one.

    Migrations only add to what the release before needs: this code can serve, and migrates nothing.
    """
    script = ScriptDirectory(str(MIGRATIONS))
    for revision in revisions:
        try:
            script.get_revision(revision)
        except CommandError:
            return revision
    return None
