"""Which proxies are believed, and the headers that keep pages to themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from flask import Flask, Response

HEADERS = {
    # Nothing from elsewhere, no script and no style inside a page, and no page inside a frame.
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def register_security(app: Flask) -> None:
    """Believe the proxies in front, and nobody else; set the headers."""
    hops = app.config["TRUSTED_PROXIES"]
    if hops:
        # Not the port: behind a node port it is the proxy's own. The Host header has the right one.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_port=0, x_prefix=0
        )
    app.after_request(set_headers)


def set_headers(response: Response) -> Response:
    """On every answer, errors too."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
