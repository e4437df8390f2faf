"""Breaks one rule of what an app must do: the one that `BREACH` names."""

import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

BREACH = os.environ["BREACH"]


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(404 if BREACH == "health-path" else 200)
        self.end_headers()


if BREACH == "exits-at-once":
    sys.exit("nothing to do here")
if BREACH == "needs-a-writable-folder":
    Path("/srv/uploads").mkdir()

host = "127.0.0.1" if BREACH == "listens-on-localhost" else ""
port = 5000 if BREACH == "wrong-port" else int(os.environ["PORT"])
HTTPServer((host, port), Answer).serve_forever()
