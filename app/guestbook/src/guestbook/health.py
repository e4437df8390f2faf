"""What the platform asks: alive, ready, and which version."""

from __future__ import annotations

import logging
from importlib.metadata import version
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, current_app
from redis import RedisError

from guestbook.store import clients

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

# Seconds. Both servers are asked before the kubelet stops waiting.
ANSWER_SECONDS = 1

blueprint = Blueprint("health", __name__)
logger = logging.getLogger(__name__)


def register_health(app: Flask) -> None:
    """Add the endpoints."""
    app.extensions["readiness"] = Readiness(app)
    app.register_blueprint(blueprint)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process answers. Touches nothing: a restart would not mend Redis."""
    return "ok\n", {"Content-Type": "text/plain; charset=utf-8"}


@blueprint.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Requests can be served here. The book can be read as long as one server answers."""
    readiness: Readiness = current_app.extensions["readiness"]
    if readiness.answers("primary"):
        return {"status": "ready"}
    if readiness.answers("replica"):
        return {"status": "ready to read, the primary does not answer"}
    return {"status": "redis does not answer"}, 503


@blueprint.get("/version")
def show_version() -> ResponseReturnValue:
    """What runs here, in the form that dockerflow gave it."""
    return {
        "source": current_app.config["VERSION_SOURCE"],
        "version": version("guestbook"),
        "commit": current_app.config["VERSION_COMMIT"],
        "build": current_app.config["VERSION_BUILD"],
    }


class Readiness:
    """Asks the servers, over connections of its own with short timeouts.

    The pools that serve requests are left alone: their connections may wait longer than a probe
    must not.
    """

    def __init__(self, app: Flask) -> None:
        self._clients = clients(app, connections=1, answer_seconds=ANSWER_SECONDS)

    def answers(self, role: str) -> bool:
        """Whether the primary or the replica answers."""
        client = self._clients.get(role)
        if client is None:
            return False
        try:
            client.ping()
        except RedisError as error:
            logger.warning("the %s does not answer: %s", role, error)
            return False
        return True

    def close(self) -> None:
        """Close the connections."""
        for client in self._clients.values():
            client.close()
