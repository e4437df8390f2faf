from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from flask_migrate import check, downgrade, upgrade
from pymysql.err import OperationalError as DriverError
from sqlalchemy import Engine, create_engine, event, inspect, make_url, select, text
from sqlalchemy.exc import OperationalError

from blog import create_app
from blog.database import (
    Base,
    db,
    failure,
    failure_in_one_line,
    migration_connect_args,
    migration_engine,
    migration_lock,
    wait_for_database,
)
from blog.models import Post
from tests.conftest import close, settings
from tests.test_config import MIGRATE, run

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator

    from flask import Flask

LOCK_WAIT = (1205, "Lock wait timeout exceeded; try restarting transaction")
HELD = "another transaction held the table or its rows"


@pytest.fixture
def bare(empty_database_url: str) -> Iterator[Flask]:
    """The application on a database without tables."""
    app = create_app(settings(empty_database_url, MIGRATION_WAIT_SECONDS="1"))
    yield app
    close(app)


def tables(app: Flask) -> set[str]:
    with app.app_context():
        return set(inspect(db.engine).get_table_names())


def execute(app: Flask, *statements: str) -> None:
    with app.app_context(), db.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def columns(app: Flask) -> set[str]:
    with app.app_context():
        return {column["name"] for column in inspect(db.engine).get_columns("post")}


# What the code of revision 0001 sends.
OLD_USER = """
    INSERT INTO user (id, username, password_hash, created_at)
    VALUES (1, 'ada', 'none', '2026-01-02 03:04:05.000000')
"""
OLD_POST = """
    INSERT INTO post (author_id, title, body, created_at, updated_at)
    VALUES (1, '{0}', 'Text of {0}.', '2026-01-02 03:04:05.000000', NULL)
"""


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


def test_the_release_before_writes_on_and_this_one_reads_it(bare: Flask) -> None:
    with bare.app_context():
        upgrade(revision="0001")
    execute(bare, OLD_USER, OLD_POST.format("yesterday"))
    with bare.app_context():
        upgrade()
    execute(bare, OLD_POST.format("the roll-out"))
    with bare.app_context():
        summaries = db.session.execute(select(Post.title, Post.summary).order_by(Post.id)).all()
    assert summaries == [("yesterday", None), ("the roll-out", None)]
    front = bare.test_client().get("/").text
    assert '<p class="body">Text of yesterday.</p>' in front
    assert '<p class="body">Text of the roll-out.</p>' in front


def test_a_step_back_takes_the_summary_and_leaves_the_post(bare: Flask) -> None:
    with bare.app_context():
        upgrade()
    assert "summary" in columns(bare)
    execute(bare, OLD_USER, OLD_POST.format("kept"))
    with bare.app_context():
        downgrade(revision="0001")
    assert columns(bare) == {"id", "author_id", "title", "body", "created_at", "updated_at"}
    with bare.app_context():
        upgrade()
        assert db.session.scalars(select(Post.title)).all() == ["kept"]


def test_a_database_ahead_of_the_code_is_left_as_it_is(
    bare: Flask, log_lines: Callable[[], list[dict[str, Any]]]
) -> None:
    with bare.app_context():
        upgrade()
    execute(bare, "UPDATE alembic_version SET version_num = 'from_the_future'")
    log_lines()
    with bare.app_context():
        upgrade()
        assert log_lines()[-1]["message"] == (
            "the database is ahead of this code, at revision from_the_future: left as it is"
        )
        # Only a release that was taken back is meant: all else is told as an error.
        commands: list[Callable[[], None]] = [partial(upgrade, revision="0001"), downgrade, check]
        for command in commands:
            with pytest.raises(SystemExit):
                command()
            error = log_lines()[-1]["message"]
            assert error == "Error: Can't locate revision identified by 'from_the_future'"
        versions = db.session.scalars(text("SELECT version_num FROM alembic_version")).all()
    assert versions == ["from_the_future"]


def test_a_failure_names_the_revision_and_says_what_the_database_said(
    bare: Flask, server_url: str
) -> None:
    with bare.app_context():
        upgrade(revision="0001")
        execute(bare, "ALTER TABLE post ADD COLUMN summary TEXT")
        with pytest.raises(SystemExit) as stop:
            upgrade()
        words = (
            """(1060, "Duplicate column name 'summary'")"""
            if server_url
            else "duplicate column name: summary"
        )
        assert stop.value.code == f"blog: migration 0002 (Summaries of posts) failed: {words}"
        # Once the reason is gone it goes on from there.
        execute(bare, "ALTER TABLE post DROP COLUMN summary")
        upgrade()
        check()


def test_a_failure_ends_the_process_with_one_line(bare: Flask, empty_database_url: str) -> None:
    with bare.app_context():
        upgrade(revision="0001")
    execute(bare, "ALTER TABLE post ADD COLUMN summary TEXT")
    done = run(
        MIGRATE,
        {
            "APP_ENV": "development",
            "SECRET_KEY": "a key for the tests",
            "DATABASE_URL": empty_database_url,
        },
    )
    assert done.returncode == 1
    assert done.stderr.startswith("blog: migration 0002 (Summaries of posts) failed: ")
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stdout


def test_a_failure_is_one_line_whatever_the_database_says() -> None:
    error = OperationalError("ALTER …", {}, DriverError(1064, "You have an error\nat line 2"))
    assert "\n" not in failure(OperationalError("ALTER …", {}, Exception("one\n  two")))
    assert failure(error).startswith("blog: the migration failed: (1064, 'You have an error")
    assert HELD not in failure(error)


def test_waiting_too_long_for_a_transaction_is_told_as_that() -> None:
    error = OperationalError("ALTER …", {}, DriverError(*LOCK_WAIT))
    assert failure(error) == f"blog: the migration failed: {LOCK_WAIT}; {HELD} for 30 s"


def test_a_defect_in_a_migration_is_one_line_and_a_trace_in_the_log(
    bare: Flask, log_lines: Callable[[], list[dict[str, Any]]]
) -> None:
    del bare  # has set up the log
    with pytest.raises(SystemExit) as stop, failure_in_one_line():
        raise KeyError("sumary")
    assert stop.value.code == "blog: the migration failed: KeyError: 'sumary'"
    (line,) = log_lines()
    assert line["message"] == "a migration has a defect"
    assert line["exception"].startswith("Traceback")


def test_what_alembic_refuses_is_left_to_flask_migrate() -> None:
    with pytest.raises(CommandError, match="no such revision"), failure_in_one_line():
        raise CommandError("no such revision")


def test_migrations_wait_for_little_on_mysql_alone() -> None:
    assert migration_connect_args(make_url("mysql+pymysql://blog@db/blog")) == {
        "connect_timeout": 5,
        "init_command": (
            "SET SESSION lock_wait_timeout = 30, SESSION innodb_lock_wait_timeout = 30"
        ),
    }
    assert migration_connect_args(make_url("sqlite://")) == {}


def test_a_migration_does_not_queue_for_long_behind_a_transaction(
    bare: Flask, server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not server_url:
        pytest.skip("SQLite locks no tables; set TEST_DATABASE_URL")
    monkeypatch.setattr("blog.database.LOCK_WAIT_SECONDS", 1)
    with bare.app_context():
        upgrade(revision="0001")
        with db.engine.connect() as reader:
            reader.execute(text("SELECT COUNT(*) FROM post"))
            with pytest.raises(SystemExit) as stop:
                upgrade()
        told = f"blog: migration 0002 (Summaries of posts) failed: {LOCK_WAIT}; {HELD} for 1 s"
        assert stop.value.code == told
        upgrade()
    assert "summary" in columns(bare)


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


@pytest.fixture
def engine_with_locks() -> Iterator[Callable[..., Engine]]:
    """Makes a SQLite that says to have MySQL's named locks."""
    made: list[Engine] = []

    def make(get: Callable[[str, int], int], release: Callable[[str], int]) -> Engine:
        engine = create_engine("sqlite:///:memory:")
        engine.dialect.name = "mysql"

        def add_functions(connection: sqlite3.Connection, _record: object) -> None:
            connection.create_function("GET_LOCK", 2, get)
            connection.create_function("RELEASE_LOCK", 1, release)

        event.listen(engine, "connect", add_functions)
        made.append(engine)
        return engine

    yield make
    for engine in made:
        engine.dispose()


def test_a_lock_is_taken_and_given_back(engine_with_locks: Callable[..., Engine]) -> None:
    held: list[str] = []

    def get(name: str, seconds: int) -> int:
        assert seconds == 60
        held.append(name)
        return 1

    def release(name: str) -> int:
        held.remove(name)
        return 1

    with engine_with_locks(get, release).connect() as connection:
        with migration_lock(connection, 60):
            assert held == ["migrate::memory:"]
        assert held == []


def test_a_lock_that_another_migration_holds_ends_this_one_with_one_line(
    engine_with_locks: Callable[..., Engine],
) -> None:
    engine = engine_with_locks(lambda _name, _seconds: 0, lambda _name: 1)
    with (
        engine.connect() as connection,
        pytest.raises(SystemExit) as stop,
        migration_lock(connection, 60),
    ):
        pytest.fail("migrated without the lock")
    told = "blog: another migration held the lock 'migrate::memory:' for 60 s"
    assert stop.value.code == told


def test_a_lock_that_is_lost_does_not_hide_why(engine_with_locks: Callable[..., Engine]) -> None:
    def lost(_name: str) -> int:
        raise ConnectionError

    engine = engine_with_locks(lambda _name, _seconds: 1, lost)
    with (
        engine.connect() as connection,
        pytest.raises(RuntimeError, match="the reason"),
        migration_lock(connection, 0),
    ):
        raise RuntimeError("the reason")


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
