from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, select

from blog.database import db
from blog.models import Post
from blog.templating import EXCERPT_LENGTH, ago, excerpt

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.conftest import Browser

TITLES = re.compile(r'<h2><a href="/\d+">(.*?)</a></h2>')


def test_an_empty_blog_invites_to_write(visitor: Browser, ada: Browser) -> None:
    assert "No posts yet" in visitor.get("/").text
    assert "Write the first post" in ada.get("/").text


def test_a_post_is_published_and_read_back(ada: Browser, visitor: Browser) -> None:
    number = ada.write("On engines", "First line\nSecond line\n\nUmlaute äöü, 日本語, 🙂")
    assert "Your post is published." in ada.get(f"/{number}").text

    page = visitor.get(f"/{number}")
    assert page.status_code == 200
    assert f'<article class="post single" id="post-{number}">' in page.text
    assert "<h1>On engines</h1>" in page.text
    assert ">First line\nSecond line\n\nUmlaute äöü, 日本語, 🙂</div>" in page.text
    assert '<span class="author">ada</span>' in page.text
    assert re.search(
        r'<time datetime="20\d\d-\d\d-\d\dT[\d:.]+\+00:00" title="[^"]+ UTC">', page.text
    )

    front = visitor.get("/").text
    assert f'id="post-{number}"' in front
    assert "1 post<" in front


def test_an_acknowledged_post_is_committed(app: Flask, ada: Browser) -> None:
    number = ada.write("Kept")
    with app.app_context():
        db.engine.dispose()
        post = db.session.get_one(Post, number)
        assert post.title == "Kept"
        assert abs(datetime.now(UTC) - post.created_at) < timedelta(minutes=1)
        assert post.updated_at is None


def test_the_browsers_line_ends_are_kept_as_plain_line_breaks(app: Flask, ada: Browser) -> None:
    number = ada.write("  A   title ", "\r\n\r\none\r\ntwo  \rthree\r\n\r\n")
    with app.app_context():
        post = db.session.get_one(Post, number)
        assert post.title == "A title"
        assert post.body == "one\ntwo\nthree"


def test_what_people_write_is_text_never_markup(ada: Browser, visitor: Browser) -> None:
    attack = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&"
    number = ada.write(attack, attack)
    summed_up = ada.write("A title", attack, summary=attack)
    for path in ("/", f"/{number}", f"/{summed_up}"):
        page = visitor.get(path).text
        assert "<script" not in page
        assert "<img" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    front = visitor.get("/").text
    assert front.count('<p class="body">&lt;script&gt;') == 2
    form = ada.get(f"/{summed_up}/update").text
    assert "<script" not in form
    assert form.count("&lt;script&gt;") == 2


@pytest.mark.parametrize(
    ("title", "body", "message"),
    [
        ("", "Text.", "Please give the post a title."),
        ("   ", "Text.", "Please give the post a title."),
        ("x" * 121, "Text.", "Please keep the title under 120 characters."),
        ("Title", "", "Please write something."),
        ("Title", " \r\n \n", "Please write something."),
        ("Title", "x" * 10_001, "Please keep the text under 10,000 characters."),
        ("Ti\x00tle", "Text.", "Please remove the control characters."),
        ("Title", "Te\x1bxt.", "Please remove the control characters."),
    ],
)
def test_a_post_that_cannot_be_taken_comes_back_with_the_reason(
    ada: Browser, title: str, body: str, message: str
) -> None:
    for path in ("/create", f"/{ada.write()}/update"):
        response = ada.submit(path, title=title, body=body)
        assert response.status_code == 422
        assert message in response.text
        assert 'aria-invalid="true"' in response.text
    assert "1 post<" in ada.get("/").text


@pytest.mark.parametrize(
    ("summary", "message"),
    [
        ("x" * 201, "Please keep the summary under 200 characters."),
        ("Su\x00mmary", "Please remove the control characters."),
    ],
)
def test_a_summary_that_cannot_be_taken_comes_back_with_the_reason(
    ada: Browser, summary: str, message: str
) -> None:
    for path in ("/create", f"/{ada.write()}/update"):
        response = ada.submit(path, title="Title", body="Text.", summary=summary)
        assert response.status_code == 422
        assert message in response.text
        assert 'aria-describedby="summary-error summary-hint"' in response.text
    assert "1 post<" in ada.get("/").text


def test_the_longest_post_is_taken_whatever_its_letters(app: Flask, ada: Browser) -> None:
    number = ada.write("🙂" * 120, "🙂" * 10_000, summary="🙂" * 200)
    with app.app_context():
        post = db.session.get_one(Post, number)
        assert (post.title, post.body) == ("🙂" * 120, "🙂" * 10_000)
        assert post.summary == "🙂" * 200


def test_the_list_shows_the_summary_and_the_page_the_text(ada: Browser, visitor: Browser) -> None:
    number = ada.write("On engines", "The whole story.", summary=" What it\r\nis  about. ")
    front = visitor.get("/").text
    assert '<p class="body">What it is about.</p>' in front
    assert "The whole story." not in front
    assert "The whole story." in visitor.get(f"/{number}").text


@pytest.mark.parametrize("fields", [{}, {"summary": ""}, {"summary": " \r\n "}])
def test_without_a_summary_the_list_shows_how_the_text_begins(
    app: Flask, ada: Browser, fields: dict[str, str]
) -> None:
    number = ada.write("On engines", "word " * 200, **fields)
    assert re.search(r'<p class="body">(word )+…</p>', ada.get("/").text)
    with app.app_context():
        assert db.session.get_one(Post, number).summary is None


def test_an_author_changes_a_summary_and_takes_it_away(ada: Browser) -> None:
    number = ada.write("Title", "Text.", summary="Before")
    path = f"/{number}/update"
    assert re.search(r'<textarea[^>]* name="summary"[^>]*>\s*Before</textarea>', ada.get(path).text)
    ada.submit(path, title="Title", body="Text.", summary="After")
    assert '<p class="body">After</p>' in ada.get("/").text
    assert "edited <time" in ada.get(f"/{number}").text
    ada.submit(path, title="Title", body="Text.", summary="")
    assert '<p class="body">Text.</p>' in ada.get("/").text


def test_a_form_of_the_release_before_leaves_the_summary(ada: Browser) -> None:
    number = ada.write("Title", "Text.", summary="Kept")
    response = ada.submit(f"/{number}/update", title="Changed", body="Text.")
    assert response.location == f"/{number}"
    assert '<p class="body">Kept</p>' in ada.get("/").text


def test_a_body_beyond_all_limits_is_turned_away(ada: Browser) -> None:
    data = {"title": "T", "body": "x" * 300_000, "csrf_token": ada.token("/create")}
    response = ada.client.post("/create", data=data)
    assert response.status_code == 413
    assert "larger than this site accepts" in response.text


def test_an_author_changes_a_post(ada: Browser, visitor: Browser) -> None:
    number = ada.write("Before", "Old text")
    assert 'value="Before"' in ada.get(f"/{number}/update").text
    response = ada.submit(f"/{number}/update", title="After", body="New text")
    assert response.location == f"/{number}"
    page = visitor.get(f"/{number}").text
    assert "<h1>After</h1>" in page
    assert "New text" in page
    assert "edited <time" in page


def test_saving_without_a_change_is_no_edit(ada: Browser) -> None:
    number = ada.write("Same", "Same")
    for fields in ({}, {"summary": ""}):
        ada.submit(f"/{number}/update", title="Same", body="Same", **fields)
        assert "edited" not in ada.get(f"/{number}").text


def test_an_author_deletes_a_post(ada: Browser) -> None:
    number = ada.write()
    response = ada.submit(f"/{number}/delete", form_on=f"/{number}/update")
    assert response.location == "/"
    assert "The post is deleted." in ada.get("/").text
    assert ada.get(f"/{number}").status_code == 404


def test_deleting_needs_a_post(ada: Browser) -> None:
    assert ada.get(f"/{ada.write()}/delete").status_code == 405


def test_nobody_changes_the_posts_of_others(ada: Browser, enter: Callable[[str], Browser]) -> None:
    number = ada.write("Ada's own")
    bob = enter("bob")
    assert "Edit" not in bob.get(f"/{number}").text
    assert bob.get(f"/{number}/update").status_code == 403
    change = bob.submit(f"/{number}/update", form_on="/create", title="Bob's now", body="Taken")
    assert change.status_code == 403
    assert "Only its author" in change.text
    assert bob.submit(f"/{number}/delete", form_on="/create").status_code == 403
    assert "<h1>Ada&#39;s own</h1>" in bob.get(f"/{number}").text


def test_visitors_change_nothing(ada: Browser, visitor: Browser) -> None:
    number = ada.write()
    for path in (f"/{number}/update", f"/{number}/delete", "/create"):
        response = visitor.submit(path, form_on="/auth/login", title="Forged", body="Forged")
        assert response.location == "/auth/login"
    assert "A title" in visitor.get(f"/{number}").text


@pytest.mark.parametrize("number", ["999", "0", "-1", "abc", "2147483648", "9" * 40])
def test_a_post_that_does_not_exist_is_not_found(ada: Browser, number: str) -> None:
    for path in (f"/{number}", f"/{number}/update"):
        response = ada.get(path)
        assert response.status_code == 404
        assert "Nothing here" in response.text
    assert ada.submit(f"/{number}/delete", form_on="/create").status_code == 404


def test_pages_hold_the_newest_first_and_every_post_once(
    many_posts: Callable[[int], None], visitor: Browser
) -> None:
    many_posts(7)
    pages = [TITLES.findall(visitor.get(f"/?page={page}").text) for page in (1, 2, 3)]
    assert pages == [
        ["Number 7", "Number 6", "Number 5"],
        ["Number 4", "Number 3", "Number 2"],
        ["Number 1"],
    ]
    assert TITLES.findall(visitor.get("/").text) == pages[0]


def test_pages_lead_to_their_neighbours(
    many_posts: Callable[[int], None], visitor: Browser
) -> None:
    many_posts(7)
    first, middle, last = (visitor.get(f"/?page={page}").text for page in (1, 2, 3))
    assert 'rel="prev"' not in first
    assert 'rel="next" href="/?page=2"' in first
    assert 'rel="prev" href="/"' in middle
    assert 'rel="next" href="/?page=3"' in middle
    assert "Page 2 of 3" in middle
    assert 'rel="prev" href="/?page=2"' in last
    assert 'rel="next"' not in last


def test_a_full_last_page_has_no_empty_one_behind_it(
    many_posts: Callable[[int], None], visitor: Browser
) -> None:
    many_posts(3)
    assert "Page 1 of" not in visitor.get("/").text
    assert visitor.get("/?page=2").status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "2", "x", "", "1.5", "٣", "9" * 30])
def test_a_page_that_does_not_exist_is_not_found(visitor: Browser, page: str) -> None:
    assert visitor.get("/?page=1").status_code == 200
    assert visitor.get(f"/?page={page}").status_code == 404


def test_the_list_takes_three_queries_however_many_posts(
    app: Flask, enter: Callable[[str], Browser], visitor: Browser
) -> None:
    for name in ("ada", "bob", "eve"):
        enter(name).write()
    statements: list[str] = []
    with app.app_context():
        engine = db.engine
    event.listen(
        engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_rest: statements.append(statement),
    )
    visitor.get("/")
    assert len(statements) == 3


def test_the_list_reads_an_index_and_does_not_sort(
    app: Flask, many_posts: Callable[[int], None], server_url: str
) -> None:
    # Of a handful of posts MySQL rightly reads all.
    many_posts(1000)
    query = select(Post).order_by(Post.created_at.desc(), Post.id.desc()).limit(3)
    with app.app_context(), db.engine.connect() as connection:
        if server_url:
            connection.exec_driver_sql("ANALYZE TABLE post")
        prefix = "EXPLAIN " if server_url else "EXPLAIN QUERY PLAN "
        compiled = query.compile(db.engine, compile_kwargs={"literal_binds": True})
        plan = str(connection.exec_driver_sql(prefix + str(compiled)).all())
    assert "ix_post_created_at_id" in plan
    assert "filesort" not in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=-3), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=61), "1 minute ago"),
        (timedelta(minutes=59, seconds=30), "59 minutes ago"),
        (timedelta(minutes=61), "1 hour ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(hours=25), "1 day ago"),
        (timedelta(days=6, hours=23), "6 days ago"),
    ],
)
def test_ages_are_told_in_words(age: timedelta, words: str) -> None:
    assert ago(datetime.now(UTC) - age) == words


def test_old_posts_carry_their_date() -> None:
    assert ago(datetime(2024, 3, 9, tzinfo=UTC)) == "9 March 2024"


def test_the_list_shows_how_a_long_text_begins() -> None:
    shown = excerpt("One paragraph.\n\n" + "word " * 200)
    assert shown.startswith("One paragraph.\nword")
    assert shown.endswith("word …")
    assert len(shown) <= EXCERPT_LENGTH + 2
    assert excerpt("Short.") == "Short."
