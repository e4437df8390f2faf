"""Messages: sign the book, and read what others wrote.

They are a Redis stream. One command adds a message and drops the oldest beyond the capacity; the
id that Redis gives it is also its time, from one clock for all pods.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, Flask, jsonify, request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from guestbook.errors import InvalidField
from guestbook.store import store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

STREAM = "guestbook:messages"
CAPACITY = 1000
LENGTHS = {"name": 50, "text": 500}
LIMIT = re.compile(r"[0-9]{1,3}")
LIMIT_DEFAULT = 50
LIMIT_MAXIMUM = 100
# Characters that are no text: controls, and halves of characters, which UTF-8 has no form for.
NO_TEXT = frozenset({"Cc", "Cs"})

blueprint = Blueprint("messages", __name__, url_prefix="/api/messages")


def register_messages(app: Flask) -> None:
    """Add the endpoints."""
    app.register_blueprint(blueprint)


@blueprint.get("")
def index() -> ResponseReturnValue:
    """The latest messages, newest first."""
    limit = _limit()
    entries = store().read(lambda redis: redis.xrevrange(STREAM, count=limit))
    response = jsonify(messages=[_message(*entry) for entry in cast("list[Any]", entries)])
    # A page that asks every few seconds is mostly told that nothing has changed.
    response.add_etag()
    return response.make_conditional(request)


@blueprint.post("")
def sign() -> ResponseReturnValue:
    """Add a message; answered once the primary has it."""
    given = _body()
    name, text = _line(_field(given, "name")), _field(given, "text")
    added = store().write(
        lambda redis: redis.xadd(
            STREAM, {"name": name, "text": text}, maxlen=CAPACITY, approximate=False
        )
    )
    return _message(cast("str", added), {"name": name, "text": text}), 201


def _message(identifier: str, fields: Mapping[str, str]) -> dict[str, str]:
    milliseconds = int(identifier.partition("-")[0])
    at = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return {"id": identifier, "at": at.isoformat(timespec="milliseconds"), **fields}


def _limit() -> int:
    given = request.args.get("limit", str(LIMIT_DEFAULT))
    if LIMIT.fullmatch(given) and 1 <= int(given) <= LIMIT_MAXIMUM:
        return int(given)
    raise InvalidField("limit", f"The limit must be a whole number from 1 to {LIMIT_MAXIMUM}.")


def _body() -> dict[str, Any]:
    # No form of another site can send this type.
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("A message must be sent as application/json.")
    try:
        given = request.get_json()
    except (BadRequest, RecursionError):
        raise BadRequest("The body is not valid JSON.") from None
    if not isinstance(given, dict):
        raise BadRequest("The body must be a JSON object with a name and a text.")
    return given


def _field(given: dict[str, Any], field: str) -> str:
    value = given.get(field)
    if not isinstance(value, str):
        raise InvalidField(field, f"The {field} must be given, as a string.")
    value = value.replace("\r\n", "\n").strip()
    if not value:
        raise InvalidField(field, f"The {field} must not be empty.")
    if len(value) > LENGTHS[field]:
        raise InvalidField(
            field, f"The {field} must not be longer than {LENGTHS[field]} characters."
        )
    if any(
        unicodedata.category(character) in NO_TEXT for character in value if character not in "\n\t"
    ):
        raise InvalidField(field, f"The {field} must not contain control characters.")
    return value


def _line(value: str) -> str:
    """A name is one line."""
    return " ".join(value.split())
