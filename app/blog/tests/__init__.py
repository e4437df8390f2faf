"""Tests of the blog. SQLite by default; `TEST_DATABASE_URL` runs them on MySQL or MariaDB."""
