from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from guestbook.commands import CAPACITY, HASH
from guestbook.messages import STREAM

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.conftest import RedisServer


def send(visitor: FlaskClient, **query: str) -> TestResponse:
    return visitor.get("/guestbook/", query_string=query)


def test_a_value_is_set_and_got_as_the_classic_guestbook_did_it(visitor: FlaskClient) -> None:
    response = send(visitor, cmd="set", key="messages", value=",hello,wörld 👋")
    assert (response.status_code, response.json) == (200, {"message": "Updated"})
    response = send(visitor, cmd="get", key="messages")
    assert (response.status_code, response.json) == (200, {"data": ",hello,wörld 👋"})


def test_what_was_never_set_is_empty(visitor: FlaskClient) -> None:
    response = send(visitor, cmd="get", key="messages")
    assert (response.status_code, response.json) == (200, {"data": ""})


def test_a_value_can_be_emptied(visitor: FlaskClient) -> None:
    send(visitor, cmd="set", key="messages", value="x")
    assert send(visitor, cmd="set", key="messages", value="").status_code == 200
    assert send(visitor, cmd="get", key="messages").json == {"data": ""}


@pytest.mark.parametrize("key", [STREAM, HASH, "guestbook:*", "a b\n"])
def test_no_key_reaches_what_else_is_stored(
    visitor: FlaskClient, primary: RedisServer, key: str
) -> None:
    visitor.post("/api/messages", json={"name": "Ada", "text": "Safe."})
    assert send(visitor, cmd="set", key=key, value="x").status_code == 200
    assert send(visitor, cmd="get", key=key).json == {"data": "x"}
    listed = visitor.get("/api/messages").json
    assert listed is not None
    assert [message["text"] for message in listed["messages"]] == ["Safe."]
    assert set(primary.client.keys()) == {STREAM, HASH}


@pytest.mark.parametrize(
    ("query", "field", "sentence"),
    [
        ({}, "cmd", "The cmd must be get or set."),
        ({"cmd": "del", "key": "k"}, "cmd", "The cmd must be get or set."),
        ({"cmd": "get"}, "key", "The key must be given."),
        ({"cmd": "get", "key": ""}, "key", "The key must have 1 to 100 characters."),
        ({"cmd": "get", "key": "k" * 101}, "key", "The key must have 1 to 100 characters."),
        ({"cmd": "set", "value": "v"}, "key", "The key must be given."),
        ({"cmd": "set", "key": "k" * 101}, "key", "The key must have 1 to 100 characters."),
        ({"cmd": "set", "key": "k"}, "value", "The value must be given."),
        (
            {"cmd": "set", "key": "k", "value": "v" * 2001},
            "value",
            "The value must have 0 to 2000 characters.",
        ),
    ],
)
def test_a_command_that_makes_no_sense_is_refused(
    visitor: FlaskClient, query: dict[str, str], field: str, sentence: str
) -> None:
    response = send(visitor, **query)
    assert response.status_code == 400
    assert response.json == {"error": sentence, "field": field}


@pytest.mark.parametrize(
    ("headers", "sentence"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, "Another site cannot write into the guestbook."),
        ({"Sec-Purpose": "prefetch;prerender"}, "Nothing is written in advance."),
    ],
)
def test_a_write_that_the_visitor_did_not_ask_for_is_refused(
    visitor: FlaskClient, headers: dict[str, str], sentence: str
) -> None:
    response = visitor.get("/guestbook/?cmd=set&key=messages&value=forged", headers=headers)
    assert (response.status_code, response.json) == (403, {"error": sentence})
    response = visitor.get("/guestbook/?cmd=get&key=messages", headers=headers)
    assert (response.status_code, response.json) == (200, {"data": ""})


@pytest.mark.parametrize("site", ["same-origin", "same-site", "none"])
def test_a_write_of_ones_own_site_passes(visitor: FlaskClient, site: str) -> None:
    headers = {"Sec-Fetch-Site": site}
    response = visitor.get("/guestbook/?cmd=set&key=messages&value=mine", headers=headers)
    assert response.status_code == 200


def test_the_number_of_keys_has_a_limit(visitor: FlaskClient, primary: RedisServer) -> None:
    primary.client.hset(HASH, mapping={str(number): "x" for number in range(CAPACITY)})
    response = send(visitor, cmd="set", key="one more", value="x")
    assert response.status_code == 409
    assert response.json == {"error": "The guestbook holds no more keys. Use one that it has."}
    assert send(visitor, cmd="set", key="0", value="changed").status_code == 200
    assert primary.client.hlen(HASH) == CAPACITY
