from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from blog.auth import safe_target
from blog.database import db
from blog.models import User
from tests.conftest import PASSWORD, Browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask


def test_a_visitor_registers_logs_in_and_logs_out(visitor: Browser) -> None:
    assert visitor.register("ada").location == "/auth/login"
    assert "Your account is ready" in visitor.get("/auth/login").text

    assert visitor.login("ada").location == "/"
    page = visitor.get("/").text
    assert '<span class="who-name">ada</span>' in page
    assert "New post" in page

    assert visitor.submit("/auth/logout", form_on="/").location == "/"
    assert "You are logged out." in visitor.get("/").text
    assert visitor.get("/create").location == "/auth/login?next=/create"


def test_a_password_is_stored_only_as_a_salted_hash(app: Flask, visitor: Browser) -> None:
    visitor.register("ada")
    visitor.register("bob")
    with app.app_context():
        ada, bob = db.session.scalars(select(User.password_hash).order_by(User.username))
    assert ada.startswith("scrypt:")
    assert PASSWORD not in ada
    assert ada != bob


@pytest.mark.parametrize(
    ("username", "password", "message"),
    [
        ("", PASSWORD, "Please choose a username."),
        ("ab", PASSWORD, "Please use 3 to 40 characters."),
        ("a" * 41, PASSWORD, "Please use 3 to 40 characters."),
        ("ada lovelace", PASSWORD, "Please use only letters"),
        ("<script>", PASSWORD, "Please use only letters"),
        ("\u0430da", PASSWORD, "Please use only letters"),
        ("ada", "", "Please choose a password."),
        ("ada", "seven77", "Please use 8 to 128 characters."),
        ("ada", "x" * 129, "Please use 8 to 128 characters."),
    ],
)
def test_registration_tells_beside_the_field_what_is_wrong(
    visitor: Browser, username: str, password: str, message: str
) -> None:
    response = visitor.register(username, password)
    assert response.status_code == 422
    assert message in response.text
    wrong = "username" if "password" not in message and "128" not in message else "password"
    assert 'aria-invalid="true"' in response.text
    assert f'aria-describedby="{wrong}-error {wrong}-hint"' in response.text
    assert f'id="{wrong}-error"' in response.text


@pytest.mark.parametrize("name", ["ada", "ADA", " ada "])
def test_a_username_is_taken_whatever_its_case(visitor: Browser, name: str) -> None:
    visitor.register("ada")
    response = visitor.register(name)
    assert response.status_code == 422
    assert "is taken" in response.text


@pytest.mark.parametrize(
    ("username", "password"),
    [("ada", "wrong password"), ("nobody", PASSWORD), ("nobody", "nobody")],
)
def test_a_failed_log_in_does_not_say_which_part_was_wrong(
    visitor: Browser, username: str, password: str
) -> None:
    visitor.register("ada")
    response = visitor.login(username, password)
    assert response.status_code == 422
    assert "Username and password do not match." in response.text
    assert "Log out" not in visitor.get("/").text


def test_a_password_is_never_sent_back(visitor: Browser) -> None:
    assert "a wrong secret" not in visitor.login("ada", "a wrong secret").text


def test_the_session_is_a_new_one_after_logging_in(visitor: Browser) -> None:
    visitor.register("ada")
    visitor.get("/auth/login")
    with visitor.client.session_transaction() as session:
        session["planted"] = "by someone else"
    visitor.login("ada")
    with visitor.client.session_transaction() as session:
        assert "planted" not in session
        assert session.permanent


def test_a_session_of_a_deleted_user_is_nobody(app: Flask, ada: Browser) -> None:
    with app.app_context():
        db.session.delete(db.session.scalars(select(User)).one())
        db.session.commit()
    assert "Log in" in ada.get("/").text
    assert ada.get("/create").status_code == 302


def test_after_logging_in_one_is_where_one_wanted_to_go(visitor: Browser) -> None:
    visitor.register("ada")
    assert visitor.login("ada", target="?next=/create").location == "/create"


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "evil",
    ],
)
def test_log_in_never_leads_to_another_site(app: Flask, target: str | None) -> None:
    with app.test_request_context():
        assert safe_target(target) == "/"


@pytest.mark.parametrize("path", ["/create", "/1/update"])
def test_pages_for_authors_lead_visitors_to_log_in_and_back(visitor: Browser, path: str) -> None:
    assert visitor.get(path).location == f"/auth/login?next={path}"
    assert "Please log in first." in visitor.get("/auth/login").text


@pytest.mark.parametrize(
    "path", ["/auth/register", "/auth/login", "/auth/logout", "/create", "/1/update", "/1/delete"]
)
@pytest.mark.parametrize("token", [{}, {"csrf_token": "forged"}])
def test_no_form_is_taken_without_its_token(ada: Browser, path: str, token: dict[str, str]) -> None:
    ada.write()
    data = {"username": "eve", "password": PASSWORD, "title": "Forged", "body": "Forged"} | token
    response = ada.client.post(path, data=data)
    assert response.status_code == 400
    assert "This form has expired" in response.text
    page = ada.get("/").text
    assert "A title" in page
    assert "Forged" not in page
    assert "Log out" in page


def test_a_token_of_another_session_is_not_taken(visitor: Browser, ada: Browser) -> None:
    data = {"title": "Forged", "body": "Forged", "csrf_token": visitor.token("/auth/login")}
    assert ada.client.post("/create", data=data).status_code == 400


def test_logging_out_needs_a_post(ada: Browser) -> None:
    response = ada.get("/auth/logout")
    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(visitor: Browser) -> None:
    cookie = visitor.get("/auth/login").headers["Set-Cookie"]
    assert cookie.startswith("blog_session=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_over_https_the_cookie_is_secure_and_bound_to_the_host(
    make_app: Callable[..., Flask],
) -> None:
    client = make_app(COOKIE_SECURE="true").test_client()
    cookie = client.get("/auth/login", base_url="https://blog.example").headers["Set-Cookie"]
    assert cookie.startswith("__Host-blog_session=")
    assert "; Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_reading_sets_no_cookie(visitor: Browser) -> None:
    assert "Set-Cookie" not in visitor.get("/").headers


@pytest.mark.parametrize(
    ("fallbacks", "known"), [("", False), ("older-key former-secret-key", True)]
)
def test_sessions_outlive_a_change_of_the_key_that_keeps_the_former_one(
    make_app: Callable[..., Flask], fallbacks: str, *, known: bool
) -> None:
    before = Browser(make_app(SECRET_KEY="former-secret-key"))
    before.register("ada")
    before.login("ada")
    cookie = before.client.get_cookie("blog_session")
    assert cookie is not None

    after = make_app(SECRET_KEY="present-secret-key", SECRET_KEY_FALLBACKS=fallbacks).test_client()
    after.set_cookie("blog_session", cookie.value)
    assert ("Log out" in after.get("/").text) is known
