"""A small multi-author blog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

from blog.auth import register_auth
from blog.config import register_config
from blog.database import register_database
from blog.errors import register_errors
from blog.health import register_health
from blog.log import register_logging
from blog.metrics import register_metrics
from blog.posts import register_posts
from blog.security import register_security
from blog.seed import register_seed
from blog.templating import register_templating

if TYPE_CHECKING:
    from blog.config import Config


def create_app(config: Config | None = None) -> Flask:
    """Make the application.

    Args:
        config: its settings; read from the environment when not given.
    """
    app = Flask(__name__)
    register_config(app, config)
    register_logging(app)
    register_metrics(app)
    register_security(app)
    register_database(app)
    register_errors(app)
    register_templating(app)
    register_health(app)
    register_auth(app)
    register_posts(app)
    register_seed(app)
    return app
