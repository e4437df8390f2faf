"""The page, where no server in front of the application serves it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, send_from_directory

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

PAGE = Path(__file__).parent / "page"


def register_frontend(app: Flask) -> None:
    """Add the files, and nothing else that this folder does not hold."""
    names = ", ".join(f"'{file.name}'" for file in sorted(PAGE.iterdir()))
    app.add_url_rule("/", view_func=send_page, endpoint="page")
    app.add_url_rule(f"/<any({names}):name>", view_func=send_page, endpoint="file")


def send_page(name: str = "index.html") -> ResponseReturnValue:
    """One file of the page."""
    return send_from_directory(PAGE, name)
