"""Logs: one JSON object a line on stdout, with the id of the request that it belongs to."""

from __future__ import annotations

import json
import logging
import re
import sys
import time
import uuid
from datetime import UTC, datetime

from flask import Flask, Response, g, has_request_context, request

# Long enough for every tracing id in use, and nothing that could break a header or a log line.
REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
# Asked every few seconds: worth a line only for who looks for it.
PROBES = frozenset({"health.healthz", "health.readyz"})

requests = logging.getLogger("myapp.requests")


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context():
            entry["request_id"] = g.get("request_id")
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry)


def register_logging(app: Flask) -> None:
    """Set up logging, name every request and log it once it is answered."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=app.config["LOG_LEVEL"].upper(), handlers=[handler], force=True)
    # Flask's development server logs requests as well.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
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
    milliseconds = (time.perf_counter() - g.request_began) * 1000
    # The path without the query, no header and no form: nothing secret travels in these.
    answered = (request.method, request.path, response.status_code, milliseconds)
    requests.log(level, "%s %s %s in %.1f ms", *answered)
    return response
