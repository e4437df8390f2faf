"""The API of the classic guestbook: values by key, set and got by a GET.

The values are fields of one hash, which nothing else uses: whatever the key, it never touches what
is stored elsewhere, and their number has a limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Flask, request
from werkzeug.exceptions import Conflict, Forbidden

from guestbook.errors import InvalidField
from guestbook.store import store

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from redis import Redis

HASH = "guestbook:values"
CAPACITY = 1000
KEY_LENGTH = 100
VALUE_LENGTH = 2000

blueprint = Blueprint("commands", __name__)


def register_commands(app: Flask) -> None:
    """Add the endpoint."""
    app.register_blueprint(blueprint)


@blueprint.get("/guestbook/")
def run() -> ResponseReturnValue:
    """`?cmd=get&key=K` tells a value, `?cmd=set&key=K&value=V` changes it."""
    command = request.args.get("cmd")
    if command == "get":
        return _get()
    if command == "set":
        return _set()
    raise InvalidField("cmd", "The cmd must be get or set.")


def _get() -> ResponseReturnValue:
    key = _argument("key", at_least=1, at_most=KEY_LENGTH)
    return {"data": store().read(lambda redis: redis.hget(HASH, key)) or ""}


def _set() -> ResponseReturnValue:
    # Any page can have a browser send a GET, and a browser sends some before anyone has asked.
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise Forbidden("Another site cannot write into the guestbook.")
    if "prefetch" in request.headers.get("Sec-Purpose", ""):
        raise Forbidden("Nothing is written in advance.")
    key = _argument("key", at_least=1, at_most=KEY_LENGTH)
    value = _argument("value", at_least=0, at_most=VALUE_LENGTH)

    def change(redis: Redis) -> bool:
        # Between the question and the write others may pass: a few more than the limit do no harm.
        if not redis.hexists(HASH, key) and redis.hlen(HASH) >= CAPACITY:
            return False
        redis.hset(HASH, key, value)
        return True

    if not store().write(change):
        raise Conflict("The guestbook holds no more keys. Use one that it has.")
    return {"message": "Updated"}


def _argument(name: str, *, at_least: int, at_most: int) -> str:
    value = request.args.get(name)
    if value is None:
        raise InvalidField(name, f"The {name} must be given.")
    if not at_least <= len(value) <= at_most:
        raise InvalidField(name, f"The {name} must have {at_least} to {at_most} characters.")
    return value
