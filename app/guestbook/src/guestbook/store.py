"""Redis: written to at its primary, read from a replica, and what happens while either is away."""

from __future__ import annotations

import logging
import math
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from flask import current_app
from redis import BlockingConnectionPool, Redis, RedisError, exceptions
from redis.backoff import NoBackoff
from redis.retry import Retry
from werkzeug.exceptions import ServiceUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

Answer = TypeVar("Answer")

# Seconds. A primary and a replica that both hang are given up before a client gives up.
CONNECT_SECONDS = 1
ANSWER_SECONDS = 2
# A connection that was idle for so long is tried before it is used.
HEALTH_CHECK_SECONDS = 30
# How long reads begin at the primary after a replica failed: to wait for one that hangs takes time.
AVOID_SECONDS = 5
RETRY_SECONDS = 5

# "Not now": the same command may succeed later, or elsewhere. The first of them stands for wrong
# passwords too, as while one is rotated, and for a server that is loading its data.
UNAVAILABLE_ERRORS = (
    exceptions.ConnectionError,
    exceptions.TimeoutError,
    # A replica that has lost its primary, and is told to say so.
    exceptions.MasterDownError,
    # What was the primary is a replica now, as during a failover.
    exceptions.ReadOnlyError,
    exceptions.OutOfMemoryError,
)
# The same in words that the client has no class for: too few replicas, and a disk that is full.
UNAVAILABLE_WORDS = ("NOREPLICAS", "MISCONF")

NOT_READABLE = "The guestbook cannot be read right now. Try again in a few seconds."
# An answer that was lost on its way back looks like one that never came.
NOT_WRITABLE = (
    "The guestbook cannot be written to right now. Try again in a few seconds, "
    "and look first whether your words have arrived."
)

logger = logging.getLogger(__name__)


def register_store(app: Flask) -> None:
    """Make the clients. No connection is opened before the first request."""
    app.extensions["store"] = Store(**clients(app, connections=app.config["REDIS_POOL_SIZE"]))


def clients(
    app: Flask, *, connections: int, answer_seconds: float = ANSWER_SECONDS
) -> dict[str, Redis]:
    """Clients of the `primary`, and of the `replica` where that is another server.

    Args:
        app: with its settings.
        connections: how many at most to each server, in each process.
        answer_seconds: how long to wait for an answer.
    """
    config = app.config
    servers = {
        "primary": (config["REDIS_HOST"], config["REDIS_PORT"]),
        "replica": (config["REDIS_REPLICA_HOST"], config["REDIS_REPLICA_PORT"]),
    }
    if servers["replica"] == servers["primary"]:
        del servers["replica"]
    return {
        role: connect(host, port, config["REDIS_PASSWORD"], connections, answer_seconds)
        for role, (host, port) in servers.items()
    }


def store() -> Store:
    """The store of this application."""
    found: Store = current_app.extensions["store"]
    return found


def connect(host: str, port: int, password: str, connections: int, answer_seconds: float) -> Redis:
    """A client with a pool of its own, empty at first and again after a fork.

    Who finds none of its connections free waits for one. The user is `default`; an empty password
    stands for none.
    """
    pool = BlockingConnectionPool(  # type: ignore[no-untyped-call]
        host=host,
        port=port,
        password=password or None,
        max_connections=connections,
        timeout=answer_seconds,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=answer_seconds,
        health_check_interval=HEALTH_CHECK_SECONDS,
        # Never: a write whose answer was lost may have happened, and would happen twice.
        retry=Retry(NoBackoff(), 0),
        # A new connection costs one exchange, the password, and none about versions and names.
        protocol=2,
        driver_info=None,
        decode_responses=True,
    )
    return Redis.from_pool(pool)


def is_unavailable(error: RedisError) -> bool:
    """Whether an error says "not now", rather than that a command is wrong."""
    return isinstance(error, UNAVAILABLE_ERRORS) or str(error).startswith(UNAVAILABLE_WORDS)


class Store:
    """A primary, and a replica if there is one."""

    def __init__(self, primary: Redis, replica: Redis | None = None) -> None:
        self._primary = primary
        self._replica = replica
        self._replica_failed_at = -math.inf

    def write(self, command: Callable[[Redis], Answer]) -> Answer:
        """Run a command on the primary, once. What it returns is acknowledged.

        Raises:
            ServiceUnavailable: the primary does not acknowledge it.
        """
        with _outage_told(NOT_WRITABLE):
            return command(self._primary)

    def read(self, command: Callable[[Redis], Answer]) -> Answer:
        """Run a command on a replica, or on the primary when the replica cannot.

        Raises:
            ServiceUnavailable: neither answers.
        """
        with _outage_told(NOT_READABLE):
            first, second = self._order()
            try:
                return command(first)
            except RedisError as error:
                if second is None or not is_unavailable(error):
                    raise
                if first is self._replica:
                    logger.warning("the replica does not answer, the primary is read: %s", error)
                    self._replica_failed_at = time.monotonic()
            return command(second)

    def close(self) -> None:
        """Close the connections."""
        self._primary.close()
        if self._replica is not None:
            self._replica.close()

    def _order(self) -> tuple[Redis, Redis | None]:
        if self._replica is None:
            return self._primary, None
        if time.monotonic() - self._replica_failed_at < AVOID_SECONDS:
            return self._primary, self._replica
        return self._replica, self._primary


@contextmanager
def _outage_told(sentence: str) -> Iterator[None]:
    try:
        yield
    except RedisError as error:
        if not is_unavailable(error):
            raise
        logger.warning("redis unavailable: %s", error)
        raise ServiceUnavailable(sentence, retry_after=RETRY_SECONDS) from error
