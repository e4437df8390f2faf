"""A guestbook that anyone can sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

from guestbook.commands import register_commands
from guestbook.config import register_config
from guestbook.errors import register_errors
from guestbook.frontend import register_frontend
from guestbook.health import register_health
from guestbook.log import register_logging
from guestbook.messages import register_messages
from guestbook.security import register_security
from guestbook.store import register_store

if TYPE_CHECKING:
    from guestbook.config import Config


def create_app(config: Config | None = None) -> Flask:
    """Make the application.

    Args:
        config: its settings; read from the environment when not given.
    """
    # No folder of static files: the page has its own, at the root.
    app = Flask(__name__, static_folder=None)
    register_config(app, config)
    register_logging(app)
    register_security(app)
    register_errors(app)
    register_store(app)
    register_health(app)
    register_messages(app)
    register_commands(app)
    register_frontend(app)
    return app
