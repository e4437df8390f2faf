from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from guestbook.messages import CAPACITY, STREAM

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.conftest import RedisServer

URL = "/api/messages"


def sign(visitor: FlaskClient, name: object = "Ada", text: object = "I was here.") -> TestResponse:
    return visitor.post(URL, json={"name": name, "text": text})


def texts(visitor: FlaskClient, query: str = "") -> list[str]:
    response = visitor.get(URL + query)
    assert response.status_code == 200
    assert response.json is not None
    return [message["text"] for message in response.json["messages"]]


def test_an_empty_book_has_no_messages(visitor: FlaskClient) -> None:
    response = visitor.get(URL)
    assert (response.status_code, response.json) == (200, {"messages": []})


def test_a_message_is_answered_with_its_id_and_time_and_is_in_the_book(
    visitor: FlaskClient,
) -> None:
    response = sign(visitor, "Ada", "I was here.\nTwice.")
    assert response.status_code == 201
    message = response.json
    assert message is not None
    assert set(message) == {"id", "name", "text", "at"}
    assert (message["name"], message["text"]) == ("Ada", "I was here.\nTwice.")
    assert re.fullmatch(r"\d+-\d+", message["id"])
    at = datetime.fromisoformat(message["at"])
    assert at.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=1)
    assert visitor.get(URL).json == {"messages": [message]}


def test_the_newest_comes_first(visitor: FlaskClient) -> None:
    for text in ("one", "two", "three"):
        sign(visitor, text=text)
    assert texts(visitor) == ["three", "two", "one"]


@pytest.mark.parametrize(("query", "count"), [("", 50), ("?limit=1", 1), ("?limit=100", 100)])
def test_a_list_is_as_long_as_asked_for(
    visitor: FlaskClient, primary: RedisServer, query: str, count: int
) -> None:
    for number in range(101):
        primary.client.xadd(STREAM, {"name": "Ada", "text": str(number)})
    found = texts(visitor, query)
    assert len(found) == count
    assert found[0] == "100"


@pytest.mark.parametrize(
    "limit", ["0", "101", "-1", "1.5", "ten", "", "٣", "0000000010", "1\n", "9" * 5000]
)
def test_any_other_length_is_refused(visitor: FlaskClient, limit: str) -> None:
    response = visitor.get(URL, query_string={"limit": limit})
    assert response.status_code == 400
    assert response.json == {
        "error": "The limit must be a whole number from 1 to 100.",
        "field": "limit",
    }


def test_the_oldest_message_goes_when_the_book_is_full(
    visitor: FlaskClient, primary: RedisServer
) -> None:
    with primary.client.pipeline(transaction=False) as pipeline:
        for number in range(CAPACITY):
            pipeline.xadd(STREAM, {"name": "Ada", "text": str(number)})
        pipeline.execute()
    assert sign(visitor, text="the last").status_code == 201
    assert primary.client.xlen(STREAM) == CAPACITY
    (oldest,) = primary.client.xrange(STREAM, count=1) or []
    assert oldest[1] == {"name": "Ada", "text": "1"}
    assert texts(visitor, "?limit=1") == ["the last"]


@pytest.mark.parametrize(
    ("name", "text", "stored"),
    [
        ("  Ada \t Lovelace\n", "  hello \n", ("Ada Lovelace", "hello")),
        ("Ada", "one\r\ntwo\n\n\tthree", ("Ada", "one\ntwo\n\n\tthree")),
        ("<b>Ada</b>", "<script>alert(1)</script>", ("<b>Ada</b>", "<script>alert(1)</script>")),
        ("نور 👩‍🚀", "مرحبا 🚀", ("نور 👩‍🚀", "مرحبا 🚀")),
        ("n" * 50, "t" * 500, ("n" * 50, "t" * 500)),
        ("🚀" * 50, " " + "🚀" * 500 + " ", ("🚀" * 50, "🚀" * 500)),
    ],
)
def test_what_was_written_is_kept_as_it_is_but_for_blanks_around_it(
    visitor: FlaskClient, name: str, text: str, stored: tuple[str, str]
) -> None:
    response = sign(visitor, name, text)
    assert response.status_code == 201
    assert response.json is not None
    assert (response.json["name"], response.json["text"]) == stored
    assert visitor.get(URL).json == {"messages": [response.json]}


@pytest.mark.parametrize("field", ["name", "text"])
@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (None, "must be given, as a string."),
        (7, "must be given, as a string."),
        (["x"], "must be given, as a string."),
        ("", "must not be empty."),
        (" \n\t ", "must not be empty."),
        ("a\x00b", "must not contain control characters."),
        ("a\x1b[31mb", "must not contain control characters."),
        ("half \ud83d a rocket", "must not contain control characters."),
    ],
)
def test_a_field_that_is_no_text_is_named(
    visitor: FlaskClient, field: str, value: object, problem: str
) -> None:
    response = sign(visitor, **{field: value})
    assert response.status_code == 400
    assert response.json == {"error": f"The {field} {problem}", "field": field}
    assert texts(visitor) == []


@pytest.mark.parametrize(("field", "length"), [("name", 50), ("text", 500)])
def test_a_field_that_is_too_long_is_named(visitor: FlaskClient, field: str, length: int) -> None:
    response = sign(visitor, **{field: "x" * (length + 1)})
    assert response.status_code == 400
    assert response.json == {
        "error": f"The {field} must not be longer than {length} characters.",
        "field": field,
    }


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "The body is not valid JSON."),
        (b"{", "The body is not valid JSON."),
        (b"\xff\xfe", "The body is not valid JSON."),
        (b"[" * 16_000, "The body is not valid JSON."),
        (b'{"name": ' + b"1" * 5000 + b"}", "The body is not valid JSON."),
        (b"[]", "The body must be a JSON object with a name and a text."),
        (b'"Ada"', "The body must be a JSON object with a name and a text."),
        (b"null", "The body must be a JSON object with a name and a text."),
    ],
    ids=["none", "broken", "not UTF-8", "deep", "huge number", "list", "string", "null"],
)
def test_a_body_that_is_no_object_is_refused(
    visitor: FlaskClient, body: bytes, sentence: str
) -> None:
    response = visitor.post(URL, data=body, content_type="application/json")
    assert (response.status_code, response.json) == (400, {"error": sentence})


@pytest.mark.parametrize(
    "content_type",
    ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "text/json", None],
)
def test_what_a_form_of_another_site_can_send_is_refused(
    visitor: FlaskClient, content_type: str | None
) -> None:
    body = '{"name": "Eve", "text": "forged"}'
    response = visitor.post(URL, data=body, content_type=content_type)
    assert response.status_code == 415
    assert response.json == {"error": "A message must be sent as application/json."}
    assert texts(visitor) == []


def test_a_large_body_is_refused(visitor: FlaskClient) -> None:
    response = sign(visitor, text="x" * 20_000)
    assert response.status_code == 413
    assert response.json == {"error": "This is larger than the guestbook accepts."}


def test_who_has_the_list_is_told_that_nothing_has_changed(visitor: FlaskClient) -> None:
    sign(visitor)
    response = visitor.get(URL)
    assert response.headers["Cache-Control"] == "private, no-cache"
    seen = {"If-None-Match": response.headers["ETag"]}
    assert visitor.get(URL, headers=seen).status_code == 304
    sign(visitor)
    assert visitor.get(URL, headers=seen).status_code == 200
