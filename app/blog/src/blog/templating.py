"""What the templates need: times, colours, and addresses of static files."""

from __future__ import annotations

import re
import zlib
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for

STATIC = Path(__file__).parent / "static"
YEAR_SECONDS = 365 * 24 * 3600
COLOURS = 8
EXCERPT_LENGTH = 420
# Up to so many seconds, counted in a unit of so many.
UNITS = ((60, 1, ""), (3600, 60, "minute"), (86400, 3600, "hour"), (7 * 86400, 86400, "day"))


def register_templating(app: Flask) -> None:
    """Add filters and globals."""
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.add_template_filter(ago)
    app.add_template_filter(stamp)
    app.add_template_filter(excerpt)
    app.add_template_filter(colour)
    app.add_template_global(static_url)
    app.after_request(cache_static)


def ago(moment: datetime) -> str:
    """How long ago, in words; a date from a week on."""
    seconds = (datetime.now(UTC) - moment).total_seconds()
    for below, unit, word in UNITS:
        if seconds < below:
            count = int(seconds // unit)
            return f"{count} {word}{'s' if count > 1 else ''} ago" if word else "just now"
    return f"{moment.day} {moment:%B %Y}"


def stamp(moment: datetime) -> str:
    """The exact time, for people."""
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


def excerpt(body: str) -> str:
    """The beginning of a text without its blank lines, ending with a whole word."""
    body = re.sub(r"\n\s*\n", "\n", body)
    if len(body) <= EXCERPT_LENGTH:
        return body
    return body[:EXCERPT_LENGTH].rsplit(maxsplit=1)[0].rstrip(" ,.;:") + " …"


def colour(username: str) -> int:
    """A number that stays with the name: the colour of its badge."""
    return zlib.crc32(username.lower().encode()) % COLOURS


def static_url(filename: str) -> str:
    """The address of a static file, which changes with its content."""
    return url_for("static", filename=filename, v=_digest(filename))


def cache_static(response: Response) -> Response:
    """Static files may be kept for long, unless another release's page asked for them.

    During a rollout a page of the new release may get its style sheet from a pod of the old one;
    kept under the new address it would stay wrong for a year.
    """
    if request.endpoint != "static" or response.status_code not in {200, 304}:
        return response
    filename = (request.view_args or {})["filename"]
    if request.args.get("v") == _digest(filename):
        response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    return response


def _digest(filename: str) -> str:
    return _read_digest(filename) if not current_app.debug else _read_digest.__wrapped__(filename)


@cache
def _read_digest(filename: str) -> str:
    return sha256((STATIC / filename).read_bytes()).hexdigest()[:12]
