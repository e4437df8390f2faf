"""Proxy, security headers, and bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from flask import Flask, Response

# Scripts, styles and answers from this host alone. Trusted types: a browser that knows them refuses
# to make markup of any text. The page states the same for where something else serves it.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {
    # Who may frame the page counts in the header only.
    "Content-Security-Policy": f"{PAGE_POLICY}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

# Bytes of a body that is too large; who sends more than NGINX lets through gets no answer.
DISCARDED_MAXIMUM = 16 * 1024 * 1024
CHUNK = 64 * 1024


def register_security(app: Flask) -> None:
    """Believe the proxies in front, and nobody else; set the headers."""
    hops = app.config["TRUSTED_PROXIES"]
    if hops:
        # Not the port: behind a node port it is the proxy's own. The Host header has the right one.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_port=0, x_prefix=0
        )
    app.before_request(read_body)
    app.after_request(set_headers)


def read_body() -> None:
    """Read the body, whatever the answer will be.

    uWSGI closes a connection that holds unread bytes by a reset, which can overtake the answer:
    NGINX then tells of a bad gateway instead.
    """
    try:
        request.get_data()
    except RequestEntityTooLarge:
        left = min(request.content_length or 0, DISCARDED_MAXIMUM)
        while left and (chunk := request.environ["wsgi.input"].read(min(left, CHUNK))):
            left -= len(chunk)
        raise


def set_headers(response: Response) -> Response:
    """On every answer, errors too."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    # What people write changes, and so does the page with a release: ask again every time.
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "private, no-cache"
    return response
