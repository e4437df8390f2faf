from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import create_engine, event, inspect, text
from sqlalchemy.exc import OperationalError

from blog import create_app
from blog.database import Base, db, migration_engine, migration_lock, wait_for_database
from tests.conftest import close, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask


@pytest.fixture
def bare(empty_database_url: str) -> Iterator[Flask]:
    """The application on a database without tables."""
    app = create_app(settings(empty_database_url, MIGRATION_WAIT_SECONDS="1"))
    yield app
    close(app)


def tables(app: Flask) -> set[str]:
    with app.app_context():
        return set(inspect(db.engine).get_table_names())


def test_migrations_make_what_the_models_say(bare: Flask) -> None:
    with bare.app_context():
        upgrade()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, Base.metadata) == []


def test_a_model_that_no_migration_made_is_noticed(bare: Flask) -> None:
    with bare.app_context(), pytest.raises(SystemExit):
        check()
    with bare.app_context():
        upgrade()
        check()


def test_migrations_lead_up_down_and_up_again(bare: Flask) -> None:
    with bare.app_context():
        upgrade()
        assert tables(bare) == {"user", "post", "alembic_version"}
        downgrade(revision="base")
        assert tables(bare) == {"alembic_version"}
        upgrade()
        upgrade()
    assert tables(bare) == {"user", "post", "alembic_version"}


def test_the_queries_have_their_indexes(bare: Flask) -> None:
    with bare.app_context():
        upgrade()
        inspector = inspect(db.engine)
        indexes = {index["name"]: index["column_names"] for index in inspector.get_indexes("post")}
        (unique,) = inspector.get_unique_constraints("user")
    assert indexes["ix_post_created_at_id"] == ["created_at", "id"]
    assert indexes["ix_post_author_id"] == ["author_id"]
    assert unique["column_names"] == ["username"]


def test_the_sql_can_be_read_before_it_runs(
    bare: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    with bare.app_context():
        upgrade(sql=True)
    assert "CREATE TABLE" in capsys.readouterr().out
    assert tables(bare) == set()


def test_a_second_migration_waits_and_gives_up_with_one_line(bare: Flask, server_url: str) -> None:
    if not server_url:
        pytest.skip("SQLite has no named locks; set TEST_DATABASE_URL")
    engine = migration_engine(bare)
    with engine.connect() as first, migration_lock(first, 1), bare.app_context():
        with pytest.raises(SystemExit, match=r"another migration held the lock .* for 1 s"):
            upgrade()
        assert tables(bare) == set()
    with bare.app_context():
        upgrade()
    assert "post" in tables(bare)


def test_a_lock_is_free_again_after_a_failure(bare: Flask, server_url: str) -> None:
    if not server_url:
        pytest.skip("SQLite has no named locks; set TEST_DATABASE_URL")
    engine = migration_engine(bare)

    def fail() -> None:
        with engine.connect() as connection, migration_lock(connection, 0):
            raise RuntimeError("a migration that fails")

    for _ in range(2):
        with pytest.raises(RuntimeError, match="a migration that fails"):
            fail()


def test_sqlite_needs_no_lock() -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection, migration_lock(connection, 0):
        assert connection.scalar(text("SELECT 1")) == 1
    engine.dispose()


def test_a_database_that_stays_away_ends_the_job_with_one_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    engine = create_engine("mysql+pymysql://nobody:x@127.0.0.1:9/none")
    with (
        caplog.at_level(logging.WARNING),
        pytest.raises(SystemExit, match=r"blog: the database did not answer in 0\.5 s: .*2003"),
    ):
        wait_for_database(engine, 0.5, pause=0.2)
    attempts = [record.message for record in caplog.records if "attempt" in record.message]
    assert len(attempts) >= 2
    assert attempts[0].startswith("database does not answer yet, attempt 1 after 0 s")


def test_a_database_that_comes_up_meanwhile_is_taken(caplog: pytest.LogCaptureFixture) -> None:
    engine = create_engine("sqlite://")
    attempts: list[int] = []

    def refuse_twice(*_arguments: object) -> None:
        attempts.append(1)
        if len(attempts) <= 2:
            raise OperationalError("connect", {}, Exception("connection refused"))

    event.listen(engine, "do_connect", refuse_twice)
    wait_for_database(engine, 5, pause=0)
    assert len(attempts) == 3
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]
    engine.dispose()
