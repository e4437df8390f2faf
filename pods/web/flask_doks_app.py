"""The app that the stack file names, for gunicorn and uWSGI alike.

Requests come through `TRUSTED_PROXIES` proxies that the program has put up: what the nearest of
them says of the client's address and of the scheme is what the app sees.
"""

from __future__ import annotations

import os

from flask.cli import ScriptInfo
from werkzeug.middleware.proxy_fix import ProxyFix

application = ScriptInfo(app_import_path=os.environ["FLASK_DOKS_ENTRY_POINT"]).load_app()

if proxies := int(os.environ.get("TRUSTED_PROXIES", "0")):
    # An app that does the same itself sees no difference: the headers stay as they are.
    application.wsgi_app = ProxyFix(  # type: ignore[method-assign]
        application.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
    )
