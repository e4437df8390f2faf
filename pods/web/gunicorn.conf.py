"""gunicorn's settings for an app that the program serves."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gunicorn.glogging import Logger

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from datetime import timedelta
    from typing import Any

    from gunicorn.http.message import Request
    from gunicorn.http.wsgi import Response

pythonpath = "/etc/flask-doks"
wsgi_app = "flask_doks_app:application"
bind = f"{os.environ['FLASK_DOKS_BIND']}:{os.environ['PORT']}"
worker_class = "gthread"
workers = int(os.environ["WEB_CONCURRENCY"])
threads = int(os.environ["WEB_THREADS"])
timeout = int(os.environ["FLASK_DOKS_REQUEST_SECONDS"])

# Seconds for requests in flight. With the pod's wait before it, below its grace period of 45.
graceful_timeout = 20
# Longer than the idle time of the Ingress controllers' connections (nginx 60, Traefik 90), so that
# it is never the server that closes one just as a request arrives on it.
keepalive = 95

# The root file system is read-only: heartbeats go to memory, and there is no control socket.
worker_tmp_dir = "/dev/shm"  # noqa: S108
control_socket_disable = True

# Who may set the scheme is decided in one place, by TRUSTED_PROXIES.
secure_scheme_headers: dict[str, str] = {}


class RequestLog(Logger):
    """One line for each request but those of the kubelet, which asks every few seconds."""

    def access(
        self,
        resp: Response,
        req: Request,
        environ: MutableMapping[str, Any],
        request_time: timedelta,
    ) -> None:
        """Log a request that was answered."""
        if not environ.get("HTTP_USER_AGENT", "").startswith("kube-probe/"):
            super().access(resp, req, environ, request_time)


logger_class = RequestLog
# NGINX, where it stands in front, writes them down.
accesslog = os.environ.get("FLASK_DOKS_REQUEST_LOG") or None
access_log_format = '%({x-forwarded-for}i)s "%(m)s %(U)s" %(s)s %(B)s bytes %(M)s ms'
