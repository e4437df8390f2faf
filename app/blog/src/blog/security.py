"""Proxy, CSRF and security headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from flask import Flask, Response

HEADERS = {
    # No script, no frame and nothing from elsewhere; the favicon is a data URL.
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'none'; img-src 'self' data:; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

csrf = CSRFProtect()


def register_security(app: Flask) -> None:
    """Believe the proxies in front, and nobody else; guard every form; set the headers."""
    hops = app.config["TRUSTED_PROXIES"]
    if hops:
        # Not the port: behind a node port it is the proxy's own. The Host header has the right one.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_port=0, x_prefix=0
        )
    csrf.init_app(app)
    app.after_request(set_headers)


def set_headers(response: Response) -> Response:
    """On every answer, errors too."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    # A page differs from user to user and shows what changes: ask again every time.
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "private, no-cache"
    return response
