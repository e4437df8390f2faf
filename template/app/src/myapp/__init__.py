"""Myapp, a Flask application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

from myapp.config import register_config
from myapp.health import register_health
from myapp.log import register_logging
from myapp.pages import register_pages
from myapp.security import register_security

if TYPE_CHECKING:
    from myapp.config import Config


def create_app(config: Config | None = None) -> Flask:
    """Make the application.

    Args:
        config: its settings; read from the environment when not given.
    """
    app = Flask(__name__)
    register_config(app, config)
    register_logging(app)
    register_security(app)
    register_health(app)
    register_pages(app)
    return app
