"""What the platform asks: alive, ready, and which version."""

from __future__ import annotations

import logging
import threading
from importlib.metadata import version
from typing import TYPE_CHECKING

from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, current_app
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from blog import drain
from blog.config import connect_args
from blog.database import MIGRATIONS, reason, unknown_revision

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy import Connection, Engine

blueprint = Blueprint("health", __name__)
logger = logging.getLogger(__name__)


def register_health(app: Flask) -> None:
    """Add the endpoints."""
    app.extensions["readiness"] = Readiness(app)
    app.register_blueprint(blueprint)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process answers. Touches nothing: a restart would not mend a database."""
    return "ok\n", {"Content-Type": "text/plain; charset=utf-8"}


@blueprint.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Requests can be served here: the database answers, and has the tables this code expects."""
    if drain.draining():
        return {"status": "draining"}, 503
    readiness: Readiness = current_app.extensions["readiness"]
    problem = readiness.problem()
    if problem:
        return {"status": problem}, 503
    return {"status": "ready"}


@blueprint.get("/version")
def show_version() -> ResponseReturnValue:
    """What runs here, in the form that dockerflow gave it."""
    return {
        "source": current_app.config["VERSION_SOURCE"],
        "version": version("blog"),
        "commit": current_app.config["VERSION_COMMIT"],
        "build": current_app.config["VERSION_BUILD"],
    }


class Readiness:
    """Asks the database, over a connection of its own with short timeouts.

    The pool that serves requests is left alone: its connections may wait longer than a probe
    must not.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._migrated = False

    def problem(self) -> str | None:
        """Why requests cannot be served, or None."""
        try:
            with self._connectable().connect() as connection:
                connection.execute(text("SELECT 1"))
                # Tables do not go away again, so that a yes is final.
                self._migrated = self._migrated or is_migrated(connection)
        except SQLAlchemyError as error:
            logger.warning("not ready, the database does not answer: %s", reason(error))
            return "database does not answer"
        if not self._migrated:
            logger.warning("not ready, the database is not migrated")
            return "database is not migrated"
        return None

    def close(self) -> None:
        """Close the connection."""
        if self._engine is not None:
            self._engine.dispose()

    def _connectable(self) -> Engine:
        # Not before the first probe, which comes after the fork.
        with self._lock:
            if self._engine is None:
                url = self._app.config["SQLALCHEMY_DATABASE_URI"]
                tls_ca = self._app.config["DATABASE_TLS_CA"]
                self._engine = create_engine(
                    url,
                    pool_size=1,
                    max_overflow=1,
                    pool_timeout=2,
                    pool_pre_ping=True,
                    connect_args=connect_args(url, connect=2, answer=2, tls_ca=tls_ca),
                )
            return self._engine


def is_migrated(connection: Connection) -> bool:
    """Whether the database has every migration of this code.

    A revision that this code does not know comes from a newer release. Migrations only add to what
    the release before needs, so that the older pods stay ready while a rollout replaces them, and
    a rollback can start.
    """
    # Not by Alembic's MigrationContext: it writes two lines to the log whenever it is made.
    if not inspect(connection).has_table("alembic_version"):
        return False
    current = connection.scalars(text("SELECT version_num FROM alembic_version")).all()
    ahead = unknown_revision(current)
    if ahead is not None:
        logger.warning("the database is ahead of this code, at revision %s", ahead)
        return True
    return set(current) == set(ScriptDirectory(str(MIGRATIONS)).get_heads())
