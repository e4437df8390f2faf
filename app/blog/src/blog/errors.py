"""Pages for what goes wrong."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from flask import Flask, render_template
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from blog.database import UNAVAILABLE_ERRORS, db, is_unavailable, reason

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

RETRY_SECONDS = 5
MESSAGES = {
    400: ("That did not work", "The request could not be understood."),
    403: ("This is not yours", "Only its author can change or delete a post."),
    404: ("Nothing here", "The page may have been deleted, or the address has a typo."),
    405: ("Not this way", "This address cannot be opened like that."),
    413: ("Too much", "What you sent is larger than this site accepts."),
    500: ("Our mistake", "Something broke on our side. It has been noted down for repair."),
    503: (
        "Back in a moment",
        "The database does not answer. Try again in a few seconds, and send again what you wrote.",
    ),
}

logger = logging.getLogger(__name__)


def register_errors(app: Flask) -> None:
    """Answer every error with a page, none of which needs the database."""
    app.register_error_handler(HTTPException, show_error)
    app.register_error_handler(CSRFError, show_csrf_error)
    for error in UNAVAILABLE_ERRORS:
        app.register_error_handler(error, show_unavailable)


def show_error(error: HTTPException) -> ResponseReturnValue:
    """Any HTTP error; an unexpected exception arrives here as a 500, already logged."""
    # Redirects and the like come with a response of their own.
    code = error.code or 500
    if error.response is not None:
        return error
    title, message = MESSAGES.get(code, (error.name, error.description or ""))
    # Keep what the protocol wants, such as Allow on a 405.
    headers = [pair for pair in error.get_headers() if pair[0].lower() != "content-type"]
    return _page(code, title, message), code, headers


def show_csrf_error(error: CSRFError) -> ResponseReturnValue:
    """A form without its token: the session ended, or another site sent it."""
    logger.info("form turned away: %s", error.description)
    message = "Your session ended since it was opened. Please go back, reload and send it again."
    return _page(400, "This form has expired", message), 400


def show_unavailable(error: Exception) -> ResponseReturnValue:
    """The database is away. Anything else that it says is a defect, and a 500."""
    if not is_unavailable(error):
        raise error
    logger.warning("database unavailable: %s", reason(error))
    db.session.rollback()
    return _page(503, *MESSAGES[503]), 503, {"Retry-After": str(RETRY_SECONDS)}


def _page(code: int, title: str, message: str) -> str:
    return render_template("error.html", code=code, title=title, message=message)
