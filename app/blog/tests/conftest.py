"""A migrated database, and people in front of browsers."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from flask_migrate import upgrade
from sqlalchemy import text

from blog import create_app, drain
from blog.config import Testing
from blog.database import Base, db
from blog.models import Post, User

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

PASSWORD = "correct horse battery"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def settings(database_url: str, **variables: str) -> Testing:
    """Settings for a test, some of them changed."""
    return Testing({"SECRET_KEY": "a key for the tests", "DATABASE_URL": database_url} | variables)


def close(app: Flask) -> None:
    """Close every connection: an open one is a warning, and a warning is an error."""
    app.extensions["readiness"].close()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def empty(app: Flask) -> None:
    """Drop all tables, Alembic's too."""
    with app.app_context():
        Base.metadata.drop_all(db.engine)
        with db.engine.begin() as connection:
            connection.execute(text("DROP TABLE IF EXISTS alembic_version"))


@pytest.fixture(scope="session")
def server_url() -> str:
    """The MySQL to use, if one is given."""
    return os.environ.get("TEST_DATABASE_URL", "")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied: faster than migrating for every test."""
    path = tmp_path_factory.mktemp("database") / "template.sqlite"
    app = create_app(settings(f"sqlite:///{path}"))
    with app.app_context():
        upgrade()
    close(app)
    return path


@pytest.fixture
def empty_database_url(server_url: str, tmp_path: Path) -> Iterator[str]:
    """A database without tables."""
    if not server_url:
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
        return
    app = create_app(settings(server_url))
    empty(app)
    yield server_url
    empty(app)
    close(app)


@pytest.fixture
def database_url(server_url: str, template: Path, tmp_path: Path) -> Iterator[str]:
    """A database with the tables, and nothing in them."""
    if not server_url:
        yield f"sqlite:///{shutil.copy(template, tmp_path / 'blog.sqlite')}"
        return
    app = create_app(settings(server_url))
    with app.app_context():
        upgrade()
        for table in reversed(Base.metadata.sorted_tables):
            db.session.execute(table.delete())
        db.session.commit()
    yield server_url
    close(app)


@pytest.fixture
def make_app(database_url: str) -> Iterator[Callable[..., Flask]]:
    """Makes applications with settings of one's own."""
    made: list[Flask] = []

    def make(**variables: str) -> Flask:
        app = create_app(settings(database_url, **variables))
        made.append(app)
        return app

    yield make
    for app in made:
        close(app)
    drain.reset()


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


class Browser:
    """A client that fills in forms: it reads the token from the page, as a browser does."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

    def get(self, path: str, headers: dict[str, str] | None = None) -> TestResponse:
        return self.client.get(path, headers=headers)

    def token(self, path: str) -> str:
        found = TOKEN.search(self.client.get(path).text)
        assert found, f"no form on {path}"
        return html.unescape(found.group(1))

    def submit(self, path: str, form_on: str = "", **fields: str) -> TestResponse:
        data = fields | {"csrf_token": self.token(form_on or path)}
        return self.client.post(path, data=data)

    def register(self, username: str, password: str = PASSWORD) -> TestResponse:
        return self.submit("/auth/register", username=username, password=password)

    def login(self, username: str, password: str = PASSWORD, target: str = "") -> TestResponse:
        return self.submit(f"/auth/login{target}", username=username, password=password)

    def write(self, title: str = "A title", body: str = "Some text.", **more: str) -> int:
        """Publish a post; its number."""
        response = self.submit("/create", title=title, body=body, **more)
        assert response.status_code == 302, response.text
        return int(response.location.rsplit("/", 1)[1])


@pytest.fixture
def visitor(app: Flask) -> Browser:
    """Someone without an account."""
    return Browser(app)


@pytest.fixture
def enter(app: Flask) -> Callable[[str], Browser]:
    """Registers someone and logs them in."""

    def entered(username: str) -> Browser:
        browser = Browser(app)
        assert browser.register(username).status_code == 302
        assert browser.login(username).status_code == 302
        return browser

    return entered


@pytest.fixture
def ada(enter: Callable[[str], Browser]) -> Browser:
    return enter("ada")


@pytest.fixture
def many_posts(app: Flask) -> Callable[[int], None]:
    """Puts posts into the database."""

    def add(count: int) -> None:
        with app.app_context():
            author = User(username="writer", password_hash="none")
            numbers = range(1, count + 1)
            db.session.add_all(
                Post(title=f"Number {number}", body="Text.", author=author) for number in numbers
            )
            db.session.commit()

    return add


@pytest.fixture
def log_lines(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """What was logged since the last call."""

    def read() -> list[dict[str, Any]]:
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return read
