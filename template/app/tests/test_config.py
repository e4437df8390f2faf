from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from flask import session
from flask.sessions import SecureCookieSessionInterface

from myapp import create_app
from myapp.config import Config, Development, Production

APP = "myapp:create_app()"
KEY = {"SECRET_KEY": "a key that nobody knows"}


@pytest.mark.parametrize("variables", [{}, {"SECRET_KEY": ""}])
def test_production_has_no_key_of_its_own(variables: dict[str, str]) -> None:
    with pytest.raises(SystemExit) as stop:
        Production(variables)
    assert stop.value.code == "environment variable SECRET_KEY is not set"


@pytest.mark.parametrize(
    ("fallbacks", "known"),
    [("", False), ("another", False), ("former", True), ("another former", True)],
)
def test_a_new_key_opens_the_sessions_of_the_one_before(fallbacks: str, *, known: bool) -> None:
    before = create_app(Production({"SECRET_KEY": "former"}))
    after = create_app(Production({"SECRET_KEY": "present", "SECRET_KEY_FALLBACKS": fallbacks}))
    serializer = SecureCookieSessionInterface().get_signing_serializer(before)
    assert serializer is not None
    cookie = serializer.dumps({"name": "Ada"})
    with after.test_request_context(headers={"Cookie": f"session={cookie}"}):
        assert ("name" in session) is known


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("TRUSTED_PROXIES", "many", "must be one of 0, 1, 2, 3, not 'many'"),
        ("COOKIE_SECURE", "perhaps", "must be one of true, false, not 'perhaps'"),
        ("LOG_LEVEL", "loud", "must be one of debug, info, warning, error, not 'loud'"),
    ],
)
def test_a_wrong_value_is_named(name: str, value: str, message: str) -> None:
    with pytest.raises(SystemExit) as stop:
        Production(KEY | {name: value})
    assert stop.value.code == f"environment variable {name} {message}"


def test_a_missing_variable_ends_the_server_with_one_line() -> None:
    folder = Path(sys.executable).parent
    done = subprocess.run(
        [folder / "gunicorn", "--preload", "--no-control-socket", APP],
        env={"PATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode != 0
    assert done.stderr == "environment variable SECRET_KEY is not set\n"


@pytest.mark.parametrize(
    ("config", "secure"),
    [
        (Production(KEY), True),
        (Production(KEY | {"COOKIE_SECURE": "false"}), False),
        (Development({}), False),
    ],
)
def test_cookies_are_secure_in_production_unless_told_otherwise(
    config: Config, *, secure: bool
) -> None:
    assert config.SESSION_COOKIE_SECURE is secure


@pytest.mark.parametrize(
    ("name", "debug", "testing"),
    [("", False, False), ("development", True, False), ("testing", False, True)],
)
def test_the_environment_chooses_the_config(
    monkeypatch: pytest.MonkeyPatch, name: str, *, debug: bool, testing: bool
) -> None:
    monkeypatch.setenv("APP_ENV", name)
    monkeypatch.setenv("SECRET_KEY", KEY["SECRET_KEY"])
    app = create_app()
    assert (app.debug, app.testing) == (debug, testing)
    assert app.secret_key == KEY["SECRET_KEY"]


def test_an_unknown_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_ENV", "prod")
    with pytest.raises(SystemExit, match="APP_ENV must be one of development, testing, production"):
        create_app()
