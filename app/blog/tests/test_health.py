from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from alembic.script import ScriptDirectory
from flask_migrate import upgrade
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import OperationalError

from blog import create_app, drain
from blog.database import MIGRATIONS, db
from tests.conftest import close, settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.conftest import Browser


def test_alive_needs_nothing(make_app: Callable[..., Flask]) -> None:
    app = make_app(DATABASE_URL="mysql+pymysql://nobody:x@127.0.0.1:9/none")
    response = app.test_client().get("/healthz")
    assert (response.status_code, response.text) == (200, "ok\n")
    assert "Set-Cookie" not in response.headers


def test_ready_with_a_migrated_database(visitor: Browser) -> None:
    response = visitor.get("/readyz")
    assert (response.status_code, response.json) == (200, {"status": "ready"})


def test_not_ready_before_the_migration_and_ready_after(empty_database_url: str) -> None:
    app = create_app(settings(empty_database_url))
    client = app.test_client()
    response = client.get("/readyz")
    assert (response.status_code, response.json) == (503, {"status": "database is not migrated"})
    with app.app_context():
        upgrade()
    assert client.get("/readyz").status_code == 200
    close(app)


def test_ready_when_a_newer_release_has_migrated_already(
    app: Flask, visitor: Browser, request: pytest.FixtureRequest
) -> None:
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()

    def stamp(revision: str | None) -> None:
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(
                text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision}
            )

    request.addfinalizer(lambda: stamp(head))
    stamp("from_the_future")
    assert visitor.get("/readyz").status_code == 200


def test_not_ready_without_a_database(make_app: Callable[..., Flask]) -> None:
    app = make_app(DATABASE_URL="mysql+pymysql://nobody:x@127.0.0.1:9/none")
    response = app.test_client().get("/readyz")
    assert (response.status_code, response.json) == (503, {"status": "database does not answer"})


def test_the_database_is_asked_every_time_and_the_migrations_only_until_yes(
    visitor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert visitor.get("/readyz").status_code == 200

    def asked_again(_connection: object) -> bool:
        pytest.fail("asked for the migrations again")

    monkeypatch.setattr("blog.health.is_migrated", asked_again)
    assert visitor.get("/readyz").status_code == 200

    def away(*_arguments: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone away"))

    event.listen(Engine, "before_cursor_execute", away)
    try:
        response = visitor.get("/readyz")
    finally:
        event.remove(Engine, "before_cursor_execute", away)
    assert (response.status_code, response.json) == (503, {"status": "database does not answer"})
    assert visitor.get("/readyz").status_code == 200


def test_not_ready_while_stopping_but_alive(visitor: Browser) -> None:
    assert visitor.get("/readyz").status_code == 200
    drain.begin()
    response = visitor.get("/readyz")
    assert (response.status_code, response.json) == (503, {"status": "draining"})
    assert visitor.get("/healthz").status_code == 200
    assert visitor.get("/").status_code == 200


def test_the_version_tells_what_was_built(make_app: Callable[..., Flask]) -> None:
    app = make_app(
        SOURCE_URL="https://git.example/blog", SOURCE_COMMIT="abc123", BUILD_URL="https://ci/1"
    )
    assert app.test_client().get("/version").json == {
        "source": "https://git.example/blog",
        "version": "1.0.0",
        "commit": "abc123",
        "build": "https://ci/1",
    }
