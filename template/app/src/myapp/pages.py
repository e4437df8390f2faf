"""The pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Flask, render_template

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("pages", __name__)


def register_pages(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """The first page."""
    return render_template("index.html")
