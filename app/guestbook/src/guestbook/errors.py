"""Answers for what goes wrong: JSON, with a sentence for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.exceptions import BadRequest, HTTPException

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

# For errors that are raised without a sentence of their own.
SENTENCES = {
    400: "The request could not be understood.",
    404: "There is nothing at this address.",
    405: "This address cannot be used like that.",
    413: "This is larger than the guestbook accepts.",
    500: "Something broke on our side. It has been noted down for repair.",
}


class InvalidField(BadRequest):
    """A field that cannot be taken as it is."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def register_errors(app: Flask) -> None:
    """Answer every error, none of which needs Redis."""
    app.register_error_handler(HTTPException, show_error)


def show_error(error: HTTPException) -> ResponseReturnValue:
    """Any HTTP error; an unexpected exception arrives here as a 500, already logged."""
    code = error.code or 500
    # What stands on the class is werkzeug's, in its own voice.
    own = vars(error).get("description")
    body = {"error": own or SENTENCES.get(code, f"{error.name}.")}
    if isinstance(error, InvalidField):
        body["field"] = error.field
    # Keep what the protocol wants, such as Allow on a 405.
    headers = [pair for pair in error.get_headers() if pair[0].lower() != "content-type"]
    return body, code, headers
