"""Settings, read once from the environment.

Everything that differs between a laptop, a test and a pod is an environment variable; `README.md`
lists them. A variable that is missing or makes no sense ends the process with one line that names
it: a traceback in a crash-looping pod hides the one word its owner needs.
"""

from __future__ import annotations

import os
import ssl
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import URL, make_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask

SECRET_KEY_LENGTH = 16
TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off"})
LOG_LEVELS = ("debug", "info", "warning", "error", "critical")


class Environment:
    """Reads variables, and collects every problem so that all are told in one line."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self._problems: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        """The variable, or the default when it is unset or empty."""
        return self._variables.get(name) or default

    def required(self, name: str, *, at_least: int = 1) -> str:
        """A variable that has no default, because any default would be wrong or unsafe."""
        value = self.text(name)
        if not value:
            self._problems.append(f"environment variable {name} is not set")
        elif len(value) < at_least:
            self._problems.append(
                f"environment variable {name} must be at least {at_least} characters long"
            )
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

    def boolean(self, name: str, *, default: bool) -> bool:
        """A yes or a no."""
        value = self.text(name).lower()
        if value in TRUE_WORDS or value in FALSE_WORDS:
            return value in TRUE_WORDS
        if value:
            self._problems.append(
                f"environment variable {name} must be true or false, not {value!r}"
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
            raise SystemExit(f"blog: {'; '.join(self._problems)}")


class Config:
    """What every environment has in common. Flask reads the names in capitals."""

    TESTING: ClassVar[bool] = False
    DEBUG: ClassVar[bool] = False
    COOKIE_SECURE_DEFAULT: ClassVar[bool] = True
    # Only where losing the data is fine: the database may be given as one URL, SQLite included.
    ACCEPTS_DATABASE_URL: ClassVar[bool] = False

    # As strong as OWASP asks for, with the least memory: 16 MiB for each password, so that a burst
    # of log-ins fits into a small pod.
    PASSWORD_METHOD: ClassVar[str] = "scrypt:16384:8:5"  # noqa: S105 - an algorithm
    POSTS_PER_PAGE: ClassVar[int] = 10
    # The longest post allowed, in UTF-8 and percent-encoded, is 120 kB.
    MAX_CONTENT_LENGTH: ClassVar[int] = 256 * 1024
    PERMANENT_SESSION_LIFETIME: ClassVar[timedelta] = timedelta(days=14)
    SESSION_COOKIE_HTTPONLY: ClassVar[bool] = True
    SESSION_COOKIE_SAMESITE: ClassVar[str] = "Lax"
    # A form left open as long as the session lives can still be sent.
    WTF_CSRF_TIME_LIMIT: ClassVar[None] = None
    # The check of the Referer guards against cookies planted by a sibling host. So does the
    # `__Host-` prefix of the session cookie, and it turns away no client that sends no Referer.
    WTF_CSRF_SSL_STRICT: ClassVar[bool] = False

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        env = Environment(os.environ if variables is None else variables)
        self.SECRET_KEY = env.required("SECRET_KEY", at_least=SECRET_KEY_LENGTH)
        # Keys that still open sessions but sign none: rotation without logging everyone out.
        self.SECRET_KEY_FALLBACKS = env.text("SECRET_KEY_FALLBACKS").split()
        self.SITE_NAME = env.text("SITE_NAME", "Blog")
        self.LOG_LEVEL = env.choice("LOG_LEVEL", "info", LOG_LEVELS)

        self.SESSION_COOKIE_SECURE = env.boolean(
            "COOKIE_SECURE", default=self.COOKIE_SECURE_DEFAULT
        )
        # Browsers take a `__Host-` cookie from this very host over HTTPS only.
        self.SESSION_COOKIE_NAME = (
            "__Host-blog_session" if self.SESSION_COOKIE_SECURE else "blog_session"
        )
        self.TRUSTED_PROXIES = env.integer("TRUSTED_PROXIES", 1)
        self.METRICS_PORT = env.integer("METRICS_PORT", 0)
        self.MIGRATION_WAIT_SECONDS = env.integer("MIGRATION_WAIT_SECONDS", 60)

        self.VERSION_SOURCE = env.text("SOURCE_URL")
        self.VERSION_COMMIT = env.text("SOURCE_COMMIT")
        self.VERSION_BUILD = env.text("BUILD_URL")

        # One connection for each thread that can ask for one, so that none ever waits for another.
        pool_size = env.integer("DB_POOL_SIZE", env.integer("WEB_THREADS", 4, minimum=1), minimum=1)
        self.DATABASE_TLS_CA = env.text("DB_TLS_CA")
        url = self._database_url(env)
        env.check()
        self.SQLALCHEMY_DATABASE_URI = url
        self.SQLALCHEMY_ENGINE_OPTIONS = engine_options(
            url, pool_size=pool_size, tls_ca=self.DATABASE_TLS_CA
        )

    def _database_url(self, env: Environment) -> URL:
        given = env.text("DATABASE_URL") if self.ACCEPTS_DATABASE_URL else ""
        if given:
            return make_url(given)
        return URL.create(
            "mysql+pymysql",
            username=env.required("DB_USERNAME"),
            password=env.required("DB_PASSWORD"),
            host=env.required("DB_HOST"),
            port=env.integer("DB_PORT", 3306, minimum=1),
            database=env.required("DB_NAME"),
            query={"charset": "utf8mb4"},
        )


class Production(Config):
    """Behind a proxy that ends TLS."""


class Development(Config):
    """On one's own machine, over plain HTTP."""

    DEBUG = True
    COOKIE_SECURE_DEFAULT = False
    ACCEPTS_DATABASE_URL = True


class Testing(Config):
    """Under pytest: cheap passwords and short pages, otherwise as in production."""

    TESTING = True
    COOKIE_SECURE_DEFAULT = False
    ACCEPTS_DATABASE_URL = True
    PASSWORD_METHOD = "scrypt:1024:8:1"  # noqa: S105 - an algorithm
    POSTS_PER_PAGE = 3


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


def engine_options(url: URL, *, pool_size: int, tls_ca: str = "") -> dict[str, Any]:
    """SQLAlchemy's options for the connections that serve requests.

    Args:
        url: the database.
        pool_size: connections per worker process.
        tls_ca: a CA's certificate, see `connect_args`.
    """
    # Parameters hold password hashes and the text of posts: they stay out of messages and logs.
    options: dict[str, Any] = {"hide_parameters": True}
    if url.get_backend_name() == "sqlite":
        return options
    return options | {
        "connect_args": connect_args(url, connect=3, answer=5, tls_ca=tls_ca),
        "pool_size": pool_size,
        "max_overflow": 0,
        "pool_timeout": 5,
        # A database pod that came back is met with a new connection, not with an error.
        "pool_pre_ping": True,
        # Seconds. Far below MySQL's wait_timeout (8 hours), and below what most middleboxes allow.
        "pool_recycle": 600,
    }


def connect_args(url: URL, *, connect: int, answer: int | None, tls_ca: str = "") -> dict[str, Any]:
    """What PyMySQL's `connect` needs beyond the URL.

    Args:
        url: the database; SQLite needs nothing.
        connect: seconds to wait for a connection.
        answer: seconds to wait for a statement's answer; None for as long as it takes.
        tls_ca: the CA's certificate, as a path or as PEM text. With it TLS is demanded and the
            server's certificate and name are checked; without it TLS is used when offered.
    """
    if url.get_backend_name() == "sqlite":
        return {}
    arguments: dict[str, Any] = {"connect_timeout": connect}
    if answer is not None:
        arguments |= {"read_timeout": answer, "write_timeout": answer}
    if tls_ca:
        arguments["ssl"] = tls_context(tls_ca)
    return arguments


def tls_context(ca: str) -> ssl.SSLContext:
    """A context that trusts this one CA (a path, or PEM text) and checks the server's name."""
    try:
        if ca.lstrip().startswith("-----BEGIN"):
            return ssl.create_default_context(cadata=ca)
        return ssl.create_default_context(cafile=Path(ca))
    except (OSError, ssl.SSLError) as error:
        raise SystemExit(
            f"blog: environment variable DB_TLS_CA is no readable certificate: {error}"
        ) from None
