"""Tells alerts and people how the backups of an app's database are.

Asks the Kubernetes API again and again for the Jobs that back the database up and that test a
restore. Serves what it finds as metrics, and writes an Event on the CronJob when one failed or is
overdue. It stores nothing: after a restart it finds the same again, and says nothing twice.
"""

from __future__ import annotations

import json
import os
import signal
import ssl
import sys
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingTCPServer
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

from state import LABEL, NONE, TASKS, State, at, events_of, judge, render, stamp

SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
SELECTOR = quote(f"{LABEL} in ({','.join(TASKS)})")


def log(level: str, message: str, **fields: object) -> None:
    """One line of JSON."""
    entry = {"time": stamp(time.time()), "level": level, "message": message, **fields}
    sys.stdout.write(f"{json.dumps(entry)}\n")
    sys.stdout.flush()


class Monitor:
    """Asks the API, remembers how things are, and tells what is new."""

    def __init__(self, env: dict[str, str]) -> None:
        host = env.get("KUBERNETES_SERVICE_HOST", "")
        address = f"{f'[{host}]' if ':' in host else host}:{env.get('KUBERNETES_SERVICE_PORT', '443')}"
        self.api = env.get("API_URL", f"https://{address}")
        self.account = Path(env.get("SERVICE_ACCOUNT_FOLDER", SERVICE_ACCOUNT))
        self.namespace = (self.account / "namespace").read_text().strip()
        self.app, self.port = env["APP"], int(env.get("METRICS_PORT", "9187"))
        self.interval = float(env.get("INTERVAL_SECONDS", "15"))
        self.timeout = float(env.get("API_TIMEOUT_SECONDS", "10"))
        ages = {"backup": env["MAX_AGE_SECONDS"], "restore-test": env.get("RESTORE_TEST_MAX_AGE_SECONDS", "0")}
        tasks = [(task, float(age)) for task, age in ages.items()]
        self.states = [State(task, task.replace("-", " "), age, time.time()) for task, age in tasks if age > 0]
        self.told: dict[str, bool] = {}  # the Events by their names, and whether they are made
        self.bad: set[str] = set()
        self.errors, self.reached, self.beat = 0, True, time.monotonic()

    def call(self, path: str, body: object = None) -> list[object]:
        """Lists objects, or makes one; that it is there already is as good as having made it."""
        self.beat = time.monotonic()
        authority = self.account / "ca.crt"
        context = ssl.create_default_context(cafile=authority if authority.exists() else None)
        # Python 3.13 refuses authorities without key identifiers, as some clusters have them.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        opener = build_opener(ProxyHandler({}), HTTPSHandler(context=context))
        token = "".join((self.account / "token").read_text().split())
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        data = json.dumps(body).encode() if body else None
        request = Request(f"{self.api}{path}", data, headers)  # noqa: S310 - the address is set
        try:
            with opener.open(request, timeout=self.timeout) as response:
                return at(json.load(response), "items", NONE)
        except HTTPError as error:
            if error.code == HTTPStatus.CONFLICT:
                return NONE
            said = error.read(300).decode(errors="replace")
            raise OSError(f"{path}: {error.code} {said}") from None

    def look(self, now: float) -> None:
        """Asks once, and tells what is new."""
        batch, core = (f"{api}/namespaces/{self.namespace}" for api in ("/apis/batch/v1", "/api/v1"))
        # Pods last: those of a Job that has ended have ended as well.
        paths = f"{batch}/cronjobs", f"{batch}/jobs", f"{core}/pods"
        crons, jobs, pods = (self.call(f"{path}?labelSelector={SELECTOR}") for path in paths)
        self.states = [judge(state, crons, jobs, pods) for state in self.states]
        bad = {state.noun for state in self.states if state.failing or state.due < now}
        for noun in self.bad - bad:
            log("info", f"the {noun} is good again")
        self.bad = bad
        for event in [event for state in self.states for event in events_of(state, now)]:
            name = at(event, "metadata.name", "")
            if name not in self.told:
                log("warning", at(event, "message", ""), reason=event["reason"])
            if not self.told.setdefault(name, False) and at(event, "involvedObject.uid", ""):
                self.call(f"{core}/events", event)
                self.told[name] = True

    def run(self) -> None:
        """Asks for ever, whatever the answer."""
        while True:
            try:
                self.look(time.time())
                if not self.reached:
                    log("info", "the Kubernetes API can be used again")
                self.reached = True
            except Exception as error:  # noqa: BLE001 - nothing that is answered may end the loop
                self.errors += 1
                if self.reached:
                    reason = f"{type(error).__name__}: {error}"
                    log("error", "the Kubernetes API cannot be used", error=reason)
                self.reached = False
            time.sleep(self.interval)


class Answer(BaseHTTPRequestHandler):
    """Answers scrapes and the kubelet."""

    monitor: Monitor
    timeout = 10

    def do_GET(self) -> None:
        """Metrics; and whether the loop goes on, which it does without the API as well."""
        monitor, status, body = self.monitor, HTTPStatus.OK, "ok\n"
        if self.path == "/metrics":
            body = render(monitor.states, monitor.app, monitor.errors, time.time())
        elif self.path != "/healthz":
            status, body = HTTPStatus.NOT_FOUND, "not found\n"
        elif time.monotonic() - monitor.beat > 4 * monitor.interval + 2 * monitor.timeout:
            status, body = HTTPStatus.SERVICE_UNAVAILABLE, "the loop stands still\n"
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: scrapes are not worth a line."""


def main() -> None:
    """Runs until it is told to end."""
    # The first process of a container is not ended by a signal that it does not handle.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    try:
        Answer.monitor = monitor = Monitor(dict(os.environ))
    except (KeyError, ValueError, OSError) as error:
        sys.exit(f"monitor: a setting is missing or wrong: {error!r}")
    ThreadingTCPServer.allow_reuse_address = ThreadingTCPServer.daemon_threads = True
    server = ThreadingTCPServer(("", monitor.port), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    log("info", "started", namespace=monitor.namespace, port=server.server_address[1])
    monitor.run()


if __name__ == "__main__":
    main()
