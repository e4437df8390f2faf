from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from blog.database import db
from blog.models import Post, User
from blog.seed import AUTHORS, POSTS
from tests.test_config import run

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.conftest import Browser

SEED = ["flask", "--app", "blog", "seed"]


def seed(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["seed"])
    assert result.exit_code == 0, result.output


def counts(app: Flask) -> tuple[int | None, int | None]:
    with app.app_context():
        users = db.session.scalar(select(func.count()).select_from(User))
        return users, db.session.scalar(select(func.count()).select_from(Post))


def test_an_empty_database_gets_examples_of_each_author(app: Flask) -> None:
    seed(app)
    with app.app_context():
        posts = db.session.scalars(select(Post).order_by(Post.created_at)).all()
        stored = [(post.author.username, post.title, post.summary, post.body) for post in posts]
    assert stored == list(POSTS)
    assert {author for author, *_ in stored} == set(AUTHORS)


def test_visitors_can_read_the_examples(app: Flask, visitor: Browser) -> None:
    seed(app)
    front = visitor.get("/")
    assert front.status_code == 200
    assert "A moth in the relay" in front.text
    assert "&lt;b&gt;markup&lt;/b&gt;" in front.text
    assert "<script>" not in front.text


def test_nobody_can_log_in_as_an_author_of_the_examples(app: Flask, visitor: Browser) -> None:
    seed(app)
    for author in AUTHORS:
        for password in ("!", author, "correct horse battery"):
            response = visitor.login(author, password)
            assert response.status_code == 422
            assert "Username and password do not match." in response.text


def test_a_second_time_adds_nothing(
    app: Flask, log_lines: Callable[[], list[dict[str, Any]]]
) -> None:
    seed(app)
    before = counts(app)
    log_lines()
    seed(app)
    assert counts(app) == before == (len(AUTHORS), len(POSTS))


def test_a_database_that_someone_uses_is_left_as_it_is(app: Flask, ada: Browser) -> None:
    number = ada.write("Mine")
    seed(app)
    assert counts(app) == (1, 1)
    assert "Mine" in ada.get(f"/{number}").text


def test_the_command_runs_as_a_review_app_runs_it(database_url: str, app: Flask) -> None:
    done = run(
        SEED,
        {
            "APP_ENV": "development",
            "SECRET_KEY": "a key for the tests",
            "DATABASE_URL": database_url,
        },
    )
    assert done.returncode == 0, done.stderr
    assert f"added {len(POSTS)} example posts" in done.stdout
    assert counts(app) == (len(AUTHORS), len(POSTS))
