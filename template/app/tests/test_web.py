from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from flask import request

from myapp.security import HEADERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient

    Log = Callable[[Flask, str], list[dict[str, str]]]


def test_the_first_page_answers_and_loads_nothing_from_elsewhere(client: FlaskClient) -> None:
    response = client.get("/")
    assert response.status_code == 200
    assert "<h1>It runs.</h1>" in response.text
    assert not re.search(r'(src|href)="(https?:)?//', response.text)
    style = client.get("/static/style.css")
    assert style.status_code == 200
    style.close()


@pytest.mark.parametrize(("path", "status"), [("/healthz", "alive"), ("/readyz", "ready")])
def test_kubernetes_is_answered(client: FlaskClient, path: str, status: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.json) == (200, {"status": status})


@pytest.mark.parametrize("path", ["/", "/healthz", "/nothing/here"])
def test_every_answer_carries_the_security_headers(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    for name, value in HEADERS.items():
        assert response.headers[name] == value


@pytest.mark.parametrize(
    ("hops", "address", "scheme"), [("0", "127.0.0.1", "http"), ("1", "203.0.113.7", "https")]
)
def test_only_a_proxy_that_is_there_is_believed(
    make_app: Callable[..., Flask], hops: str, address: str, scheme: str
) -> None:
    app = make_app(TRUSTED_PROXIES=hops)
    app.add_url_rule("/seen", view_func=lambda: [request.remote_addr, request.scheme])
    headers = {"X-Forwarded-For": "6.6.6.6, 203.0.113.7", "X-Forwarded-Proto": "https"}
    assert app.test_client().get("/seen", headers=headers).json == [address, scheme]


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, '{"json"'])
def test_a_sane_request_id_is_kept_and_any_other_replaced(client: FlaskClient, given: str) -> None:
    response = client.get("/", headers={"X-Request-ID": "abc-123_x.y"})
    assert response.headers["X-Request-ID"] == "abc-123_x.y"
    response = client.get("/", headers={"X-Request-ID": given})
    assert re.fullmatch(r"[0-9a-f]{32}", response.headers["X-Request-ID"])


@pytest.fixture
def log_of(capsys: pytest.CaptureFixture[str]) -> Log:
    """What an application logs when a path is asked."""

    def logged(app: Flask, path: str) -> list[dict[str, str]]:
        app.test_client().get(path, headers={"X-Request-ID": "the-one"})
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return logged


def test_a_request_is_one_line_of_json(log_of: Log, make_app: Callable[..., Flask]) -> None:
    (line,) = log_of(make_app(), "/?token=a-secret")
    assert (line["level"], line["request_id"]) == ("info", "the-one")
    assert re.fullmatch(r"GET / 200 in \d+\.\d ms", line["message"])


def test_probes_are_logged_only_for_who_looks_for_them(
    log_of: Log, make_app: Callable[..., Flask]
) -> None:
    assert log_of(make_app(), "/readyz") == []
    assert len(log_of(make_app(LOG_LEVEL="debug"), "/readyz")) == 1


def test_a_defect_is_logged_with_its_traceback(log_of: Log, make_app: Callable[..., Flask]) -> None:
    app = make_app()
    app.testing = False

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("the cause")

    error, answer = log_of(app, "/broken")
    assert "RuntimeError: the cause" in error["exception"]
    assert error["request_id"] == "the-one"
    assert answer["message"].startswith("GET /broken 500")
