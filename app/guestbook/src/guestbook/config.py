"""Settings, read once from the environment.

Everything that differs between a laptop, a test and a pod is an environment variable; `README.md`
lists them. A variable that is missing or makes no sense ends the process with one line that names
it: a traceback in a crash-looping pod hides the one word its owner needs.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask

LOG_LEVELS = ("debug", "info", "warning", "error", "critical")
HOSTS_FROM = ("env", "dns")
# The names of the Services, where the hosts are found by name alone.
PRIMARY_NAME = "redis-primary"
REPLICAS_NAME = "redis-replicas"


class Environment:
    """Reads variables, and collects every problem so that all are told in one line."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self._problems: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        """The variable, or the default when it is unset or empty."""
        return self._variables.get(name) or default

    def required(self, name: str) -> str:
        """A variable that has no default, because any default would be wrong or unsafe."""
        value = self.text(name)
        if not value:
            self._problems.append(f"environment variable {name} is not set")
        return value

    def integer(self, name: str, default: int, *, minimum: int = 0) -> int:
        """A whole number."""
        value = self.text(name, str(default))
        if value.isascii() and value.isdigit() and int(value) >= minimum:
            return int(value)
        self._problems.append(
            f"environment variable {name} must be a whole number from {minimum}, not {value!r}"
        )
        return default

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        """One word of a list."""
        value = self.text(name, default).lower()
        if value in allowed:
            return value
        self._problems.append(
            f"environment variable {name} must be one of {', '.join(allowed)}, not {value!r}"
        )
        return default

    def check(self) -> None:
        """End the process, in one line, when anything read so far was wrong."""
        if self._problems:
            raise SystemExit(f"guestbook: {'; '.join(self._problems)}")


class Config:
    """What every environment has in common. Flask reads the names in capitals."""

    TESTING: ClassVar[bool] = False
    DEBUG: ClassVar[bool] = False
    # Only where nobody else can reach it: Redis on this machine, without a password.
    ACCEPTS_OPEN_REDIS: ClassVar[bool] = False

    # The longest message allowed, with every character escaped as JSON may do it, is 7 kB.
    MAX_CONTENT_LENGTH: ClassVar[int] = 16 * 1024

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        env = Environment(os.environ if variables is None else variables)
        self.LOG_LEVEL = env.choice("LOG_LEVEL", "info", LOG_LEVELS)
        self.TRUSTED_PROXIES = env.integer("TRUSTED_PROXIES", 1)

        self.VERSION_SOURCE = env.text("SOURCE_URL")
        self.VERSION_COMMIT = env.text("SOURCE_COMMIT")
        self.VERSION_BUILD = env.text("BUILD_URL")

        if env.choice("GET_HOSTS_FROM", "env", HOSTS_FROM) == "dns":
            self.REDIS_HOST, self.REDIS_REPLICA_HOST = PRIMARY_NAME, REPLICAS_NAME
        else:
            self.REDIS_HOST = self._given(env, "REDIS_HOST", "localhost")
            self.REDIS_REPLICA_HOST = env.text("REDIS_REPLICA_HOST", self.REDIS_HOST)
        self.REDIS_PORT = env.integer("REDIS_PORT", 6379, minimum=1)
        self.REDIS_REPLICA_PORT = env.integer("REDIS_REPLICA_PORT", self.REDIS_PORT, minimum=1)
        self.REDIS_PASSWORD = self._given(env, "REDIS_PASSWORD", "")
        # One connection for each thread that can ask for one, so that none ever waits for another.
        self.REDIS_POOL_SIZE = env.integer(
            "REDIS_POOL_SIZE", env.integer("WEB_THREADS", 2, minimum=1), minimum=1
        )
        env.check()

    def _given(self, env: Environment, name: str, default: str) -> str:
        return env.text(name, default) if self.ACCEPTS_OPEN_REDIS else env.required(name)


class Production(Config):
    """Behind a proxy that ends TLS."""


class Development(Config):
    """On one's own machine."""

    DEBUG = True
    ACCEPTS_OPEN_REDIS = True


class Testing(Config):
    """Under pytest, otherwise as in production."""

    TESTING = True
    ACCEPTS_OPEN_REDIS = True


CONFIGS: dict[str, type[Config]] = {
    "development": Development,
    "testing": Testing,
    "production": Production,
}


def config_from_environment() -> Config:
    """The config of the environment that `APP_ENV` names."""
    env = Environment(os.environ)
    name = env.choice("APP_ENV", "production", tuple(CONFIGS))
    env.check()
    return CONFIGS[name]()


def register_config(app: Flask, config: Config | None) -> None:
    """Give the application its settings."""
    app.config.from_object(config or config_from_environment())
