"""Settings, read once from the environment.

A variable that is missing or makes no sense ends the process with one line that names it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask


class Config:
    """What every environment has in common. Flask reads the names in capitals."""

    TESTING: ClassVar[bool] = False
    DEBUG: ClassVar[bool] = False
    SESSION_COOKIE_SAMESITE: ClassVar[str] = "Lax"
    # For what the environment does not say. No SECRET_KEY here: one that others know is none.
    DEFAULTS: ClassVar = {"COOKIE_SECURE": "true", "LOG_LEVEL": "info", "TRUSTED_PROXIES": "0"}

    def __init__(self, variables: Mapping[str, str] = os.environ) -> None:
        values = self.DEFAULTS | {name: value for name, value in variables.items() if value}
        # Signs the sessions: the same for all replicas, and nobody else's to know.
        self.SECRET_KEY = read(values, "SECRET_KEY")
        # Former keys: they still open sessions, so that a new key logs nobody out.
        self.SECRET_KEY_FALLBACKS = values.get("SECRET_KEY_FALLBACKS", "").split()
        # False only where the site is reached over plain HTTP.
        self.SESSION_COOKIE_SECURE = read(values, "COOKIE_SECURE", "true", "false") == "true"
        self.LOG_LEVEL = read(values, "LOG_LEVEL", "debug", "info", "warning", "error")
        # Proxies in front, whose word on a client's address and scheme counts.
        self.TRUSTED_PROXIES = int(read(values, "TRUSTED_PROXIES", "0", "1", "2", "3"))


class Production(Config):
    """Where the users are."""


class Development(Config):
    """On one's own machine, over plain HTTP."""

    DEBUG = True
    DEFAULTS = Config.DEFAULTS | {"SECRET_KEY": "for development", "COOKIE_SECURE": "false"}


class Testing(Config):
    """Under pytest."""

    TESTING = True
    DEFAULTS = Config.DEFAULTS | {"SECRET_KEY": "for tests"}


CONFIGS = {"development": Development, "testing": Testing, "production": Production}


def register_config(app: Flask, config: Config | None) -> None:
    """Give the application its settings: those of the environment that `APP_ENV` names."""
    if config is None:
        name = os.environ.get("APP_ENV") or "production"
        config = CONFIGS[read({"APP_ENV": name}, "APP_ENV", *CONFIGS)]()
    app.config.from_object(config)


def read(values: Mapping[str, str], name: str, *allowed: str) -> str:
    """A variable that has to be there; one of these words, where there are some."""
    if name not in values:
        raise SystemExit(f"environment variable {name} is not set")
    if allowed and values[name] not in allowed:
        words = ", ".join(allowed)
        raise SystemExit(
            f"environment variable {name} must be one of {words}, not {values[name]!r}"
        )
    return values[name]
