from __future__ import annotations

import json
import logging
import re
import sys
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from flask import Blueprint, request, url_for

from guestbook.log import JsonFormatter
from guestbook.security import DISCARDED_MAXIMUM, HEADERS
from tests.conftest import PASSWORD, free_port

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient
    from flask.typing import ResponseReturnValue

    from tests.conftest import RedisServer

    Log = Callable[[], list[dict[str, Any]]]


@pytest.mark.parametrize(
    "path",
    ["/", "/guestbook.css", "/api/messages", "/api/messages?limit=x", "/guestbook/", "/healthz"],
)
def test_every_answer_carries_the_security_headers(visitor: FlaskClient, path: str) -> None:
    response = visitor.get(path)
    for name, value in HEADERS.items():
        assert response.headers[name] == value
    assert "Set-Cookie" not in response.headers
    response.close()


@pytest.mark.parametrize(
    ("method", "path", "code", "sentence"),
    [
        ("GET", "/nothing/here", 404, "There is nothing at this address."),
        ("GET", "/config.py", 404, "There is nothing at this address."),
        ("DELETE", "/api/messages", 405, "This address cannot be used like that."),
        ("POST", "/guestbook/", 405, "This address cannot be used like that."),
    ],
)
def test_an_error_is_a_sentence_in_json(
    visitor: FlaskClient, method: str, path: str, code: int, sentence: str
) -> None:
    response = visitor.open(path, method=method)
    assert (response.status_code, response.json) == (code, {"error": sentence})
    assert ("Allow" in response.headers) == (code == 405)


@pytest.mark.parametrize("code", [400, 418])
def test_an_error_without_a_sentence_of_its_own_gets_one(app: Flask, code: int) -> None:
    @app.get("/refused")
    def refused() -> ResponseReturnValue:
        from flask import abort  # noqa: PLC0415

        abort(code)

    sentences = {400: "The request could not be understood.", 418: "I'm a teapot."}
    assert app.test_client().get("/refused").json == {"error": sentences[code]}


@pytest.mark.parametrize(("size", "left"), [(200_000, 0), (DISCARDED_MAXIMUM + 7, 7)])
def test_a_large_body_is_refused_wherever_it_is_sent_and_read_to_its_end_all_the_same(
    visitor: FlaskClient, size: int, left: int
) -> None:
    body = BytesIO(b"x" * size)
    response = visitor.post("/nothing", input_stream=body)
    assert response.status_code == 413
    assert size - body.tell() == left


def test_a_body_that_ends_early_is_waited_for_no_longer(visitor: FlaskClient) -> None:
    promised = {"CONTENT_LENGTH": "200000"}
    response = visitor.post("/nothing", data=b"x", environ_overrides=promised)
    assert response.status_code == 413


def test_a_sane_request_id_is_kept_and_echoed(visitor: FlaskClient, log_lines: Log) -> None:
    response = visitor.get("/api/messages", headers={"X-Request-ID": "abc-123_x.y"})
    assert response.headers["X-Request-ID"] == "abc-123_x.y"
    assert log_lines()[-1]["request_id"] == "abc-123_x.y"


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "-dash", "{json}", "ä", "a;b=c", '"'])
def test_any_other_request_id_is_replaced(visitor: FlaskClient, given: str) -> None:
    made = visitor.get("/version", headers={"X-Request-ID": given}).headers["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{32}", made)


def test_a_request_is_one_line_of_json(visitor: FlaskClient, log_lines: Log) -> None:
    visitor.get("/api/messages?limit=5", headers={"User-Agent": "a browser"})
    (line,) = log_lines()
    assert line["logger"] == "guestbook.access"
    assert line["level"] == "info"
    assert line["message"] == "GET /api/messages 200"
    assert line["method"] == "GET"
    assert line["path"] == "/api/messages"
    assert line["status"] == 200
    assert line["remote_addr"] == "127.0.0.1"
    assert line["user_agent"] == "a browser"
    assert line["bytes"] == len('{"messages":[]}\n')
    assert line["duration_ms"] >= 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line["time"])


def test_neither_the_password_nor_what_people_write_reaches_the_log(
    make_app: Callable[..., Flask], primary: RedisServer, capsys: pytest.CaptureFixture[str]
) -> None:
    for port in (primary.port, free_port()):
        visitor = make_app(port).test_client()
        visitor.post("/api/messages", json={"name": "Somebody", "text": "something private"})
        visitor.get("/guestbook/?cmd=set&key=some-key&value=some-value")
        visitor.get("/readyz", headers={"Authorization": "Bearer header-secret"})
    log = capsys.readouterr().out
    assert "does not answer" in log
    for secret in (PASSWORD, "Somebody", "private", "some-key", "some-value", "header-secret"):
        assert secret not in log


def test_probes_are_not_logged(visitor: FlaskClient, log_lines: Log) -> None:
    visitor.get("/healthz")
    visitor.get("/readyz")
    assert log_lines() == []


def test_probes_are_logged_for_who_looks_for_them(
    make_app: Callable[..., Flask], log_lines: Log
) -> None:
    make_app(free_port(), LOG_LEVEL="debug").test_client().get("/healthz")
    lines = [line for line in log_lines() if line["logger"] == "guestbook.access"]
    assert [line["path"] for line in lines] == ["/healthz"]


def test_a_defect_is_a_friendly_answer_and_a_traceback_in_the_log(
    app: Flask, log_lines: Log
) -> None:
    app.testing = False
    blueprint = Blueprint("broken", __name__)

    @blueprint.get("/broken")
    def broken() -> ResponseReturnValue:
        raise RuntimeError("the cause")

    app.register_blueprint(blueprint)
    response = app.test_client().get("/broken", headers={"X-Request-ID": "the-one"})
    assert response.status_code == 500
    assert response.json == {
        "error": "Something broke on our side. It has been noted down for repair."
    }
    assert response.headers["X-Request-ID"] == "the-one"
    error, access = log_lines()
    assert error["level"] == "error"
    assert error["request_id"] == "the-one"
    assert "RuntimeError: the cause" in error["exception"]
    assert access["status"] == 500


def proxied(make_app: Callable[..., Flask], hops: str) -> dict[str, str]:
    app = make_app(free_port(), TRUSTED_PROXIES=hops)

    @app.get("/seen")
    def seen() -> ResponseReturnValue:
        return {
            "address": request.remote_addr,
            "scheme": request.scheme,
            "url": url_for("page", _external=True),
        }

    answer = app.test_client().get(
        "/seen",
        headers={
            "X-Forwarded-For": "6.6.6.6, 203.0.113.7",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": "book.example:8443",
            "X-Forwarded-Port": "443",
            "X-Forwarded-Prefix": "/evil",
        },
    )
    seen_there: dict[str, str] = json.loads(answer.text)
    return seen_there


def test_behind_a_proxy_its_word_counts(make_app: Callable[..., Flask]) -> None:
    assert proxied(make_app, "1") == {
        "address": "203.0.113.7",
        "scheme": "https",
        "url": "https://book.example:8443/",
    }


def test_behind_two_proxies_the_outer_ones_word_counts(make_app: Callable[..., Flask]) -> None:
    assert proxied(make_app, "2")["address"] == "6.6.6.6"


def test_without_a_proxy_nobody_is_believed(make_app: Callable[..., Flask]) -> None:
    assert proxied(make_app, "0") == {
        "address": "127.0.0.1",
        "scheme": "http",
        "url": "http://localhost/",
    }


def test_whatever_is_logged_stays_one_line() -> None:
    try:
        raise ValueError("a\nb")  # noqa: TRY301 - an exception to format
    except ValueError:
        information = sys.exc_info()
    record = logging.LogRecord("x", logging.ERROR, "", 0, "forged\n{%s}", (object(),), information)
    line = JsonFormatter().format(record)
    assert "\n" not in line
    assert json.loads(line)["message"].startswith("forged\n{<object")
