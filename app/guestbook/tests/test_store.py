from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from guestbook.store import NOT_READABLE, NOT_WRITABLE
from tests.conftest import CUT, HANG, RedisServer, free_port

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.conftest import BadServer

    MakeApp = Callable[..., Flask]
    StartBad = Callable[[bytes], BadServer]
    Log = Callable[[], list[dict[str, Any]]]

URL = "/api/messages"
SET = "/guestbook/?cmd=set&key=k&value=v"
GET = "/guestbook/?cmd=get&key=k"
LOADING = b"-LOADING Redis is loading the dataset in memory\r\n"
NO_ENTRIES = b"*0\r\n"


def sign(visitor: FlaskClient) -> TestResponse:
    return visitor.post(URL, json={"name": "Ada", "text": "I was here."})


def count(visitor: FlaskClient) -> int:
    response = visitor.get(URL)
    assert response.status_code == 200, response.text
    assert response.json is not None
    return len(response.json["messages"])


def test_the_primary_is_written_to_and_the_replica_is_read(
    make_app: MakeApp, primary: RedisServer, replica: RedisServer
) -> None:
    visitor = make_app(primary.port, replica.port).test_client()
    assert sign(visitor).status_code == 201
    assert visitor.get(SET).status_code == 200
    assert primary.client.dbsize() == 2
    assert replica.client.dbsize() == 0
    assert count(visitor) == 0
    assert visitor.get(GET).json == {"data": ""}


@pytest.mark.parametrize(
    "reply",
    [
        LOADING,
        b"-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.\r\n",
        b"-NOAUTH Authentication required.\r\n",
        b"-ERR max number of clients reached\r\n",
        CUT,
        HANG,
    ],
)
def test_the_primary_is_read_when_the_replica_cannot_be(
    make_app: MakeApp, primary: RedisServer, bad_server: StartBad, log_lines: Log, reply: bytes
) -> None:
    visitor = make_app(primary.port, bad_server(reply).port).test_client()
    assert sign(visitor).status_code == 201
    log_lines()
    began = time.monotonic()
    assert count(visitor) == 1
    assert time.monotonic() - began < 3
    assert "the replica does not answer, the primary is read" in log_lines()[0]["message"]


def test_the_primary_is_read_when_there_is_no_replica_at_its_address(
    make_app: MakeApp, primary: RedisServer
) -> None:
    visitor = make_app(primary.port, free_port()).test_client()
    assert sign(visitor).status_code == 201
    assert count(visitor) == 1
    assert visitor.get(SET).status_code == 200
    assert visitor.get(GET).json == {"data": "v"}


def test_a_replica_that_failed_is_left_alone_for_a_while(
    make_app: MakeApp, primary: RedisServer, bad_server: StartBad, monkeypatch: pytest.MonkeyPatch
) -> None:
    replica = bad_server(LOADING)
    visitor = make_app(primary.port, replica.port).test_client()
    for _ in range(3):
        count(visitor)
    assert replica.count("XREVRANGE") == 1
    monkeypatch.setattr("guestbook.store.AVOID_SECONDS", 0)
    count(visitor)
    assert replica.count("XREVRANGE") == 2


def test_a_replica_that_failed_is_asked_again_when_the_primary_fails_too(
    make_app: MakeApp, bad_server: StartBad
) -> None:
    replica = bad_server(LOADING)
    visitor = make_app(free_port(), replica.port).test_client()
    assert visitor.get(URL).status_code == 503
    replica.reply = NO_ENTRIES
    assert count(visitor) == 0


def test_when_neither_answers_the_book_cannot_be_read(
    make_app: MakeApp, bad_server: StartBad
) -> None:
    for app in (make_app(free_port()), make_app(free_port(), bad_server(CUT).port)):
        for url in (URL, GET):
            response = app.test_client().get(url)
            assert (response.status_code, response.json) == (503, {"error": NOT_READABLE})
            assert response.headers["Retry-After"] == "5"


def test_while_the_primary_is_away_the_book_can_be_read_and_not_signed(
    make_app: MakeApp, replica: RedisServer
) -> None:
    visitor = make_app(free_port(), replica.port).test_client()
    for response in (sign(visitor), visitor.get(SET)):
        assert (response.status_code, response.json) == (503, {"error": NOT_WRITABLE})
        assert response.headers["Retry-After"] == "5"
    assert count(visitor) == 0
    assert replica.client.dbsize() == 0


@pytest.mark.parametrize(
    "reply",
    [
        LOADING,
        b"-READONLY You can't write against a read only replica.\r\n",
        b"-OOM command not allowed when used memory > 'maxmemory'.\r\n",
        b"-NOREPLICAS Not enough good replicas to write.\r\n",
        b"-MISCONF Errors writing to the AOF file: No space left on device\r\n",
        CUT,
        HANG,
    ],
)
def test_a_write_that_is_not_acknowledged_is_told_and_never_repeated(
    make_app: MakeApp, bad_server: StartBad, log_lines: Log, reply: bytes
) -> None:
    primary = bad_server(reply)
    response = sign(make_app(primary.port).test_client())
    assert (response.status_code, response.json) == (503, {"error": NOT_WRITABLE})
    assert response.headers["Retry-After"] == "5"
    assert primary.count("XADD") == 1
    warning, access = log_lines()
    assert warning["message"].startswith("redis unavailable: ")
    assert "exception" not in warning
    assert access["status"] == 503


def test_a_wrong_command_is_a_defect_not_an_outage(
    make_app: MakeApp, bad_server: StartBad, log_lines: Log
) -> None:
    wrong = b"-WRONGTYPE Operation against a key holding the wrong kind of value\r\n"
    app = make_app(bad_server(wrong).port, bad_server(wrong).port)
    app.testing = False
    visitor = app.test_client()
    for request in (sign, lambda visitor: visitor.get(URL)):
        response = request(visitor)
        assert response.status_code == 500
        assert response.json == {
            "error": "Something broke on our side. It has been noted down for repair."
        }
        assert "WRONGTYPE" in log_lines()[0]["exception"]


def test_a_server_that_was_away_is_found_again(make_app: MakeApp, tmp_path: Path) -> None:
    server = RedisServer(tmp_path)
    visitor = make_app(server.port).test_client()
    assert sign(visitor).status_code == 201
    server.stop()
    assert sign(visitor).status_code == 503
    assert visitor.get(URL).status_code == 503
    again = RedisServer(tmp_path, server.port)
    try:
        # The connections from before are dead, and no visitor learns of it.
        assert sign(visitor).status_code == 201
        assert count(visitor) == 1
    finally:
        again.stop()


def test_connections_are_few_and_none_is_opened_before_the_first_request(
    make_app: MakeApp, bad_server: StartBad
) -> None:
    server = bad_server(NO_ENTRIES)
    visitor = make_app(server.port).test_client()
    assert server.commands == []
    for _ in range(5):
        assert count(visitor) == 0
    assert server.commands == ["AUTH", *["XREVRANGE"] * 5]
