"""Examples for a new database: `flask --app blog seed`, which review apps run."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from blog.database import db
from blog.models import Post, User, now

if TYPE_CHECKING:
    from flask import Flask

# No password has this as its hash: nobody can log in as an author of the examples.
NO_PASSWORD = "!"  # noqa: S105 - the absence of one

AUTHORS = ("ada", "grace")

# Author, title, summary and body; the oldest first, a day apart.
POSTS = (
    (
        "ada",
        "A machine that follows rules",
        "What an engine can do, and what it cannot.",
        "It originates nothing.\n\nIt does whatever we know how to order it to do.",
    ),
    (
        "grace",
        "A moth in the relay",
        "Why the machine stood still for an afternoon.",
        "We taped it into the logbook.\n\nSince then we call it debugging.",
    ),
    (
        "grace",
        "A nanosecond, in wire",
        None,
        "It is as long as a forearm.\n\nA microsecond fills a whole coil: throw none away.",
    ),
    (
        "ada",
        "Ünïcödé, <b>markup</b> & a very long word",
        None,
        f"Text stays text: <script>alert(1)</script> 🙂\n\n{'so' * 60}\n\nA line.\nThe next one.",
    ),
)


def register_seed(app: Flask) -> None:
    """Add the command."""
    app.cli.command("seed")(seed)


def seed() -> None:
    """Fill an empty database with examples. One that has something in it is left as it is."""
    logger = logging.getLogger(__name__)
    if db.session.scalar(select(User.id).limit(1)) is not None:
        logger.info("the database has something in it: no examples are added")
        return
    authors = {name: User(username=name, password_hash=NO_PASSWORD) for name in AUTHORS}
    first = now() - timedelta(days=len(POSTS))
    db.session.add_all(
        Post(
            author=authors[author],
            title=title,
            summary=summary,
            body=body,
            created_at=first + timedelta(days=day),
        )
        for day, (author, title, summary, body) in enumerate(POSTS)
    )
    # All of them or none: a seed that was cut off begins anew.
    db.session.commit()
    logger.info("added %s example posts", len(POSTS))
