"""Logs: one JSON object per line on stdout, each with the id of the request it belongs to."""

from __future__ import annotations

import json
import logging
import logging.config
import re
import sys
import time
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO

from flask import Flask, Response, g, has_request_context, request

if TYPE_CHECKING:
    from collections.abc import Mapping

# Long enough for every tracing id in use, and nothing that could break a header or a log line.
REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
# Asked every few seconds by the kubelet: worth a line only when someone is looking for it.
PROBES = frozenset({"health.healthz", "health.readyz"})

access = logging.getLogger("guestbook.access")


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of JSON. `extra={"fields": {...}}` adds keys."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context():
            entry["request_id"] = g.get("request_id")
        fields: Mapping[str, Any] = getattr(record, "fields", {})
        entry |= fields
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, default=str)


class StdoutHandler(logging.StreamHandler[TextIO]):
    """Writes to what `sys.stdout` is at that moment, as pytest replaces it."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        """Standard output."""
        return sys.stdout


def logging_config(level: str) -> dict[str, Any]:
    """The `logging.config` dictionary."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonFormatter}},
        "handlers": {"stdout": {"()": StdoutHandler, "formatter": "json"}},
        "root": {"level": level.upper(), "handlers": ["stdout"]},
        # Flask's development server; requests are logged here already.
        "loggers": {"werkzeug": {"level": "WARNING"}},
    }


def register_logging(app: Flask) -> None:
    """Set up logging, name every request and log it once it is answered."""
    logging.config.dictConfig(logging_config(app.config["LOG_LEVEL"]))
    app.before_request(begin_request)
    app.after_request(log_request)


def begin_request() -> None:
    """Take the proxy's request id when it looks like one, or make one."""
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
    g.request_began = time.perf_counter()


def log_request(response: Response) -> Response:
    """Log what was answered, and tell the client under which id."""
    response.headers["X-Request-ID"] = g.request_id
    level = logging.DEBUG if request.endpoint in PROBES else logging.INFO
    # The path without the query, no header and no body: what people write does not travel in these.
    fields = {
        "method": request.method,
        "path": request.path,
        "status": response.status_code,
        "duration_ms": round((time.perf_counter() - g.request_began) * 1000, 1),
        "bytes": response.calculate_content_length(),
        "remote_addr": request.remote_addr,
        "user_agent": request.user_agent.string[:200],
    }
    access.log(
        level,
        "%s %s %s",
        request.method,
        request.path,
        response.status_code,
        extra={"fields": fields},
    )
    return response
