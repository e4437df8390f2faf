"""The tables."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from blog.database import Base, UtcDateTime

USERNAME_LENGTH = 40
TITLE_LENGTH = 120
SUMMARY_LENGTH = 200
# In characters. At four bytes each it fits MySQL's TEXT (64 KiB).
BODY_LENGTH = 10_000

# `Ada` and `ada` are one person, on every database.
USERNAME = String(USERNAME_LENGTH, collation="NOCASE").with_variant(
    String(USERNAME_LENGTH, collation="utf8mb4_general_ci"), "mysql", "mariadb"
)
MYSQL_TABLE = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4"}


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


class User(Base):
    """Someone who writes."""

    __tablename__ = "user"
    __table_args__ = (UniqueConstraint("username"), MYSQL_TABLE)

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(USERNAME)
    password_hash: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    posts: Mapped[list[Post]] = relationship(back_populates="author")


class Post(Base):
    """What they wrote: plain text, line breaks kept."""

    __tablename__ = "post"
    __table_args__ = (
        # The list, newest first, reads this index backwards and never sorts.
        Index(None, "created_at", "id"),
        Index(None, "author_id"),
        MYSQL_TABLE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    body: Mapped[str] = mapped_column(Text)
    # None: the author gave none, or a release wrote the post that knows of no summaries.
    summary: Mapped[str | None] = mapped_column(String(SUMMARY_LENGTH))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    author: Mapped[User] = relationship(back_populates="posts")
