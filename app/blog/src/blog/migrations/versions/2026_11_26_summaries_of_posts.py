"""Summaries of posts.

Revision: 0002
Revises: 0001

The first of three steps, see docs/migrations.md: it only adds. The release before neither reads nor
writes the column, and its INSERTs leave it NULL.

On MySQL no row is touched and no table copied: `ALGORITHM=INSTANT`, the default for a new column,
changes the table's description alone, and rows without the column are read as NULL. What is taken
is the metadata lock, for the moment of that change; `lock_wait_timeout` limits the wait for it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # In the table's character set, utf8mb4. Without a default: none would be true of older posts.
    op.add_column("post", sa.Column("summary", sa.String(200), nullable=True))


def downgrade() -> None:
    op.drop_column("post", "summary")
