from __future__ import annotations

import json
import logging
import re
import sys
from typing import TYPE_CHECKING, Any

import pytest
from flask import Blueprint, request, url_for
from pymysql.err import OperationalError as DriverError
from sqlalchemy import event
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from blog.database import db, is_unavailable
from blog.log import JsonFormatter
from blog.security import HEADERS
from tests.conftest import PASSWORD, Browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.typing import ResponseReturnValue

    Log = Callable[[], list[dict[str, Any]]]


def away(code: int = 2003) -> OperationalError:
    return OperationalError("SELECT 1", {}, DriverError(code, "Can't connect to MySQL server"))


@pytest.mark.parametrize(
    "path", ["/", "/auth/login", "/nothing/here", "/healthz", "/static/style.css"]
)
def test_every_answer_carries_the_security_headers(visitor: Browser, path: str) -> None:
    response = visitor.get(path)
    for name, value in HEADERS.items():
        assert response.headers[name] == value
    assert "default-src 'self'" in HEADERS["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in HEADERS["Content-Security-Policy"]
    assert "unsafe" not in HEADERS["Content-Security-Policy"]
    response.close()


def test_pages_obey_their_own_policy(ada: Browser) -> None:
    for path in ("/", "/create", f"/{ada.write()}", "/auth/register", "/nothing"):
        page = ada.get(path).text
        assert "<script" not in page
        assert "style=" not in page
        assert " onclick" not in page
        assert not re.search(r'(src|href|action)="(https?:)?//', page)


def test_every_page_can_be_used_without_a_mouse_or_eyes(ada: Browser) -> None:
    for path in ("/", "/create", f"/{ada.write()}", "/auth/register", "/nothing"):
        page = ada.get(path).text
        assert '<html lang="en">' in page
        assert '<a class="skip" href="#main">' in page
        assert 'id="main"' in page
        assert page.count("<h1>") == 1
        assert "<title>" in page
        for field in re.findall(r'<(?:input|textarea)[^>]* id="(\w+)"', page):
            assert f'<label for="{field}">' in page
        ids = re.findall(r' id="([^"]+)"', page)
        assert len(ids) == len(set(ids))


def test_a_sane_request_id_is_kept_and_echoed(visitor: Browser, log_lines: Log) -> None:
    response = visitor.get("/", headers={"X-Request-ID": "abc-123_x.y"})
    assert response.headers["X-Request-ID"] == "abc-123_x.y"
    assert log_lines()[-1]["request_id"] == "abc-123_x.y"


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "-dash", "{json}", "ä", "a;b=c", '"'])
def test_any_other_request_id_is_replaced(visitor: Browser, given: str) -> None:
    made = visitor.get("/", headers={"X-Request-ID": given}).headers["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{32}", made)


def test_a_request_is_one_line_of_json(visitor: Browser, log_lines: Log) -> None:
    visitor.get("/auth/login?next=/create", headers={"User-Agent": "a browser"})
    (line,) = log_lines()
    assert line["logger"] == "blog.access"
    assert line["level"] == "info"
    assert line["message"] == "GET /auth/login 200"
    assert line["method"] == "GET"
    assert line["path"] == "/auth/login"
    assert line["status"] == 200
    assert line["remote_addr"] == "127.0.0.1"
    assert line["user_agent"] == "a browser"
    assert line["bytes"] > 1000
    assert line["duration_ms"] >= 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line["time"])


def test_no_secret_reaches_the_log(
    app: Flask, capsys: pytest.CaptureFixture[str], visitor: Browser
) -> None:
    visitor.register("ada")
    visitor.login("ada")
    visitor.login("ada", "the-wrong-password")
    visitor.get("/?token=query-secret", headers={"Authorization": "Bearer header-secret"})
    token = visitor.token("/create")
    cookie = visitor.client.get_cookie("blog_session")
    assert cookie is not None
    log = capsys.readouterr().out
    for secret in (
        PASSWORD,
        "the-wrong-password",
        "query-secret",
        "header-secret",
        token,
        cookie.value,
        app.config["SECRET_KEY"],
        "scrypt:",
    ):
        assert secret not in log


def test_probes_are_not_logged(visitor: Browser, log_lines: Log) -> None:
    visitor.get("/healthz")
    visitor.get("/readyz")
    assert log_lines() == []


def test_probes_are_logged_for_who_looks_for_them(
    make_app: Callable[..., Flask], log_lines: Log
) -> None:
    make_app(LOG_LEVEL="debug").test_client().get("/healthz")
    assert [line["path"] for line in log_lines() if line["logger"] == "blog.access"] == ["/healthz"]


def broken_app(app: Flask, error: Exception) -> Browser:
    """The application with a page that fails."""
    app.testing = False
    blueprint = Blueprint("broken", __name__)

    @blueprint.get("/broken")
    def broken() -> ResponseReturnValue:
        raise error

    app.register_blueprint(blueprint)
    return Browser(app)


def test_a_defect_is_a_friendly_page_and_a_traceback_in_the_log(app: Flask, log_lines: Log) -> None:
    browser = broken_app(app, RuntimeError("the cause"))
    response = browser.get("/broken", headers={"X-Request-ID": "the-one"})
    assert response.status_code == 500
    assert "Our mistake" in response.text
    assert "the cause" not in response.text
    assert response.headers["X-Request-ID"] == "the-one"
    error, access = log_lines()
    assert error["level"] == "error"
    assert error["request_id"] == "the-one"
    assert "RuntimeError: the cause" in error["exception"]
    assert access["status"] == 500


@pytest.mark.parametrize(
    "error",
    [
        away(2003),
        away(2006),
        away(2013),
        away(1205),
        InterfaceError("SELECT 1", {}, DriverError(0, "")),
        PoolTimeoutError(),
    ],
)
def test_without_its_database_the_site_asks_for_patience(
    app: Flask, log_lines: Log, error: Exception
) -> None:
    response = broken_app(app, error).get("/broken")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert "Back in a moment" in response.text
    assert "MySQL" not in response.text
    warning, access = log_lines()
    assert warning["message"].startswith("database unavailable")
    assert "exception" not in warning
    assert access["status"] == 503


def test_a_wrong_statement_is_a_defect_not_an_outage(app: Flask, log_lines: Log) -> None:
    error = away(1054)
    assert not is_unavailable(error)
    assert not is_unavailable(ValueError())
    assert broken_app(app, error).get("/broken").status_code == 500
    assert "OperationalError" in log_lines()[0]["exception"]


def test_an_outage_is_met_on_every_page_and_leaves_no_trace(app: Flask, ada: Browser) -> None:
    number = ada.write("Still there")
    token = ada.token("/create")

    def fail(*_arguments: object) -> None:
        raise away(2006)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", fail)
    try:
        for path in ("/", f"/{number}", "/create"):
            assert ada.get(path).status_code == 503
        data = {"title": "Lost", "body": "Lost", "csrf_token": token}
        assert ada.client.post("/create", data=data).status_code == 503
        # Neither needs the database.
        assert ada.get("/healthz").status_code == 200
        assert ada.get("/nothing/here").status_code == 404
    finally:
        event.remove(engine, "before_cursor_execute", fail)
    page = ada.get("/").text
    assert "Still there" in page
    assert "Lost" not in page
    assert "Log out" in page


def proxied(make_app: Callable[..., Flask], hops: str) -> dict[str, str]:
    app = make_app(TRUSTED_PROXIES=hops)

    @app.get("/seen")
    def seen() -> ResponseReturnValue:
        return {
            "address": request.remote_addr,
            "scheme": request.scheme,
            "url": url_for("posts.index", _external=True),
        }

    answer = app.test_client().get(
        "/seen",
        headers={
            "X-Forwarded-For": "6.6.6.6, 203.0.113.7",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": "blog.example:8443",
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
        "url": "https://blog.example:8443/",
    }


def test_behind_two_proxies_the_outer_ones_word_counts(make_app: Callable[..., Flask]) -> None:
    assert proxied(make_app, "2")["address"] == "6.6.6.6"


def test_without_a_proxy_nobody_is_believed(make_app: Callable[..., Flask]) -> None:
    assert proxied(make_app, "0") == {
        "address": "127.0.0.1",
        "scheme": "http",
        "url": "http://localhost/",
    }


def test_static_files_are_kept_only_under_the_address_of_their_content(visitor: Browser) -> None:
    found = re.search(r'href="(/static/style\.css\?v=[0-9a-f]{12})"', visitor.get("/").text)
    assert found
    for path, caching in (
        (found.group(1), "public, max-age=31536000, immutable"),
        ("/static/style.css?v=of-another-release", "no-cache"),
        ("/static/style.css", "no-cache"),
    ):
        response = visitor.get(path)
        assert response.headers["Cache-Control"] == caching
        response.close()


def test_pages_are_not_kept(visitor: Browser) -> None:
    assert visitor.get("/").headers["Cache-Control"] == "private, no-cache"


def test_whatever_is_logged_stays_one_line() -> None:
    try:
        raise ValueError("a\nb")  # noqa: TRY301 - an exception to format
    except ValueError:
        information = sys.exc_info()
    record = logging.LogRecord("x", logging.ERROR, "", 0, "forged\n{%s}", (object(),), information)
    line = JsonFormatter().format(record)
    assert "\n" not in line
    assert json.loads(line)["message"].startswith("forged\n{<object")
