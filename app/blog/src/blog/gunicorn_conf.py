"""gunicorn's settings: `gunicorn --config python:blog.gunicorn_conf`.

The application is loaded once, before the workers are forked: a wrong setting ends the start with
one line, and the workers share its memory. It opens nothing (no connection, no thread) before the
fork.
"""

from __future__ import annotations

import gc
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from blog import drain, metrics
from blog.config import LOG_LEVELS, Environment
from blog.log import logging_config

if TYPE_CHECKING:
    from types import FrameType

    from gunicorn.arbiter import Arbiter
    from gunicorn.workers.base import Worker

CGROUP = Path("/sys/fs/cgroup")


def cpu_limit(root: Path = CGROUP) -> float | None:
    """The container's CPU limit in cores, from cgroup v2 or v1; None when there is none."""
    try:
        quota, period = (root / "cpu.max").read_text().split()
    except OSError:
        try:
            quota = (root / "cpu" / "cpu.cfs_quota_us").read_text().strip()
            period = (root / "cpu" / "cpu.cfs_period_us").read_text().strip()
        except OSError:
            return None
    if quota in {"max", "-1"}:
        return None
    return int(quota) / int(period)


def worker_count(cpus: float | None) -> int:
    """Processes for so many cores: two at least, so that one slow request never blocks a pod."""
    return 2 if cpus is None else max(2, min(int(2 * cpus + 1), 8))


_env = Environment(os.environ)
_log_level = _env.choice("LOG_LEVEL", "info", LOG_LEVELS)
_port = _env.integer("PORT", 8000, minimum=1)
_metrics_port = _env.integer("METRICS_PORT", 0)
# Seconds between "not ready" and the end of accepting connections.
_drain_seconds = _env.integer("DRAIN_SECONDS", 2)

wsgi_app = "blog:create_app()"
preload_app = True
bind = f"0.0.0.0:{_port}"
worker_class = "gthread"
workers = _env.integer("WEB_CONCURRENCY", worker_count(cpu_limit()), minimum=1)
threads = _env.integer("WEB_THREADS", 4, minimum=1)
_env.check()

# Seconds. Draining, this and the pod's preStop sleep together stay below its grace period of 45.
graceful_timeout = 20
timeout = 30
# Longer than the idle time of the Ingress controllers' connections (nginx 60, Traefik 90), so that
# it is never the server that closes one just as a request arrives on it.
keepalive = 95

# The root file system is read-only: heartbeats go to memory, and there is no control socket.
worker_tmp_dir = next(
    (folder for folder in ("/dev/shm", "/tmp") if os.access(folder, os.W_OK)),  # noqa: S108
    None,
)
control_socket_disable = True

# Who may set the scheme is decided in one place, by TRUSTED_PROXIES.
secure_scheme_headers: dict[str, str] = {}
forwarded_allow_ips = _env.text("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")

# The application logs its requests itself.
accesslog = None
loglevel = _log_level
logconfig_dict = logging_config(_log_level)

if _metrics_port:
    metrics.prepare()


def when_ready(server: Arbiter) -> None:
    """On SIGTERM turn `/readyz` to 503 first, and keep serving for a moment before stopping."""

    def stop(signum: int, frame: FrameType | None) -> None:
        first = not drain.draining()
        drain.begin()
        if first and _drain_seconds:
            signal.signal(signal.SIGALRM, lambda *_: server.signal(signal.SIGTERM, None))
            signal.setitimer(signal.ITIMER_REAL, _drain_seconds)
        else:
            server.signal(signum, frame)

    signal.signal(signal.SIGTERM, stop)
    # What is loaded by now stays. Left out of collection, it remains shared with the workers.
    gc.collect()
    gc.freeze()


def post_fork(server: Arbiter, worker: Worker) -> None:
    """Answer scrapes from the new worker."""
    del server, worker
    if _metrics_port:
        metrics.serve(_metrics_port)


def child_exit(server: Arbiter, worker: Worker) -> None:
    """Clear away what a worker left."""
    del server
    if _metrics_port:
        metrics.forget(int(worker.pid))
