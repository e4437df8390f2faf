"""Prometheus metrics, on a port of their own that no Ingress reaches.

Several worker processes answer for one pod. prometheus_client's multiprocess mode keeps each one's
numbers in a file and adds them up when asked, so that any worker can answer; all of them listen on
the port (SO_REUSEPORT). It chooses its mode when it is *imported*, hence the imports in functions:
gunicorn's config must have said where the files are before.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from flask import g, request

if TYPE_CHECKING:
    from flask import Flask, Response

FILES = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


def prepare() -> None:
    """In gunicorn's main process, first of all: say where the workers' numbers are kept."""
    os.environ.setdefault(FILES, tempfile.mkdtemp(prefix="blog-metrics-"))


def register_metrics(app: Flask) -> None:
    """Count and time every request, if a port for metrics is set."""
    if not app.config["METRICS_PORT"]:
        return
    from prometheus_client import CollectorRegistry, Histogram  # noqa: PLC0415

    duration = Histogram(
        "http_request_duration_seconds",
        "Time to answer a request.",
        ["method", "endpoint", "status"],
        buckets=BUCKETS,
        # Several applications in one process (tests) must not collide.
        registry=CollectorRegistry(),
    )

    @app.after_request
    def observe(response: Response) -> Response:
        # The endpoint, never the path: there are as many paths as posts, and as strangers type.
        duration.labels(
            request.method, request.endpoint or "none", str(response.status_code)
        ).observe(time.perf_counter() - g.request_began)
        return response


class MetricsServer(ThreadingMixIn, WSGIServer):
    """Answers scrapes. Every worker has one, on the same port."""

    daemon_threads = True
    allow_reuse_port = True


class QuietHandler(WSGIRequestHandler):
    """Does not log scrapes."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing."""


def serve(port: int) -> MetricsServer:
    """In a worker, after the fork: answer scrapes, from a thread of its own."""
    from prometheus_client import CollectorRegistry, make_wsgi_app  # noqa: PLC0415
    from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415

    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    server = make_server(
        "0.0.0.0",  # noqa: S104 - the pod's own address; a network policy says who may ask
        port,
        make_wsgi_app(registry),
        MetricsServer,
        QuietHandler,
    )
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server


def forget(pid: int) -> None:
    """In the main process, when a worker has ended: drop what only a live worker can tell."""
    from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415

    mark_process_dead(pid)  # type: ignore[no-untyped-call]
