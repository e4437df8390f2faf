from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.conftest import HANG, free_port

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient

    from tests.conftest import BadServer, RedisServer

NOT_READY = {"status": "redis does not answer"}


def test_alive_needs_nothing(make_app: Callable[..., Flask]) -> None:
    response = make_app(free_port()).test_client().get("/healthz")
    assert (response.status_code, response.text) == (200, "ok\n")


def test_ready_with_a_primary(visitor: FlaskClient) -> None:
    response = visitor.get("/readyz")
    assert (response.status_code, response.json) == (200, {"status": "ready"})


def test_ready_without_its_replica(make_app: Callable[..., Flask], primary: RedisServer) -> None:
    response = make_app(primary.port, free_port()).test_client().get("/readyz")
    assert (response.status_code, response.json) == (200, {"status": "ready"})


def test_ready_to_read_without_its_primary(
    make_app: Callable[..., Flask], replica: RedisServer
) -> None:
    response = make_app(free_port(), replica.port).test_client().get("/readyz")
    assert response.status_code == 200
    assert response.json == {"status": "ready to read, the primary does not answer"}


def test_not_ready_without_any_server(
    make_app: Callable[..., Flask], bad_server: Callable[[bytes], BadServer]
) -> None:
    loading = b"-LOADING Redis is loading the dataset in memory\r\n"
    for app in (make_app(free_port()), make_app(free_port(), bad_server(loading).port)):
        response = app.test_client().get("/readyz")
        assert (response.status_code, response.json) == (503, NOT_READY)


def test_servers_that_hang_do_not_keep_the_kubelet_waiting(
    make_app: Callable[..., Flask], bad_server: Callable[[bytes], BadServer]
) -> None:
    app = make_app(bad_server(HANG).port, bad_server(HANG).port)
    began = time.monotonic()
    response = app.test_client().get("/readyz")
    assert time.monotonic() - began < 4
    assert (response.status_code, response.json) == (503, NOT_READY)


def test_the_version_tells_what_was_built(make_app: Callable[..., Flask]) -> None:
    app = make_app(
        free_port(),
        SOURCE_URL="https://git.example/guestbook",
        SOURCE_COMMIT="abc123",
        BUILD_URL="https://ci/1",
    )
    assert app.test_client().get("/version").json == {
        "source": "https://git.example/guestbook",
        "version": "1.0.0",
        "commit": "abc123",
        "build": "https://ci/1",
    }
