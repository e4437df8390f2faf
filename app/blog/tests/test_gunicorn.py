from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from blog import metrics
from blog.gunicorn_conf import cpu_limit, worker_count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.mark.parametrize(
    ("cpus", "workers"),
    [(None, 2), (0.1, 2), (0.5, 2), (1, 3), (1.5, 4), (2, 5), (3.5, 8), (64, 8)],
)
def test_workers_follow_the_cpu_limit(cpus: float | None, workers: int) -> None:
    assert worker_count(cpus) == workers


@pytest.mark.parametrize(
    ("files", "cpus"),
    [
        ({"cpu.max": "150000 100000\n"}, 1.5),
        ({"cpu.max": "max 100000\n"}, None),
        ({"cpu/cpu.cfs_quota_us": "50000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 0.5),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, None),
        ({}, None),
    ],
    ids=["v2", "v2 without", "v1", "v1 without", "no cgroup"],
)
def test_the_cpu_limit_is_read_from_both_kinds_of_cgroup(
    tmp_path: Path, files: dict[str, str], cpus: float | None
) -> None:
    for name, content in files.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(content)
    assert cpu_limit(tmp_path) == cpus


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class Server:
    """A real gunicorn."""

    def __init__(self, database_url: str, log: Path, **variables: str) -> None:
        self.port = free_port()
        self.log = log
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [Path(sys.executable).parent / "gunicorn", "--config", "python:blog.gunicorn_conf"],
                env=os.environ
                | {
                    "APP_ENV": "testing",
                    "SECRET_KEY": "a key for the tests",
                    "DATABASE_URL": database_url,
                    "PORT": str(self.port),
                    "WEB_CONCURRENCY": "2",
                    "DRAIN_SECONDS": "1",
                }
                | variables,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def get(self, path: str, port: int | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=5)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def wait(self) -> None:
        for _ in range(150):
            try:
                if self.get("/readyz")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        pytest.fail(f"gunicorn did not start: {self.log.read_text()}")

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


@pytest.fixture
def serve(database_url: str, tmp_path: Path) -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(**variables: str) -> Server:
        server = Server(database_url, tmp_path / f"gunicorn-{len(servers)}.log", **variables)
        servers.append(server)
        server.wait()
        return server

    yield start
    for server in servers:
        server.stop()


def test_sigterm_turns_readiness_off_in_every_worker_while_requests_are_still_served(
    serve: Callable[..., Server],
) -> None:
    server = serve()
    server.process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    # Connections are spread over both workers.
    assert {server.get("/readyz") for _ in range(8)} == {(503, '{"status":"draining"}\n')}
    assert server.get("/")[0] == 200
    assert server.process.wait(20) == 0
    assert all(line["level"] in {"info", "warning"} for line in server.lines())


def test_a_request_in_flight_at_sigterm_is_finished(serve: Callable[..., Server]) -> None:
    server = serve(DRAIN_SECONDS="0")
    answer: list[bytes] = []

    def slow_client() -> None:
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(
                b"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na"
            )
            time.sleep(1.5)
            connection.sendall(b"=b")
            while chunk := connection.recv(65536):
                answer.append(chunk)

    client = threading.Thread(target=slow_client)
    client.start()
    time.sleep(0.5)
    server.process.send_signal(signal.SIGTERM)
    client.join(20)
    # A form without a token: the application has answered, not the server.
    assert b"".join(answer).startswith(b"HTTP/1.1 400 ")
    assert b"This form has expired" in b"".join(answer)
    assert server.process.wait(20) == 0


def test_everything_gunicorn_says_is_json(serve: Callable[..., Server]) -> None:
    server = serve()
    server.get("/")
    server.stop()
    lines = server.lines()
    assert {"gunicorn.error", "blog.access"} <= {line["logger"] for line in lines}
    assert [line["path"] for line in lines if line["logger"] == "blog.access"] == ["/"]


def test_metrics_of_all_workers_come_from_a_port_of_their_own(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    port = free_port()
    server = serve(METRICS_PORT=str(port), PROMETHEUS_MULTIPROC_DIR=str(tmp_path))
    for _ in range(6):
        server.get("/nothing/here")
    status, text = server.get("/metrics", port)
    assert status == 200
    counted = 'http_request_duration_seconds_count{endpoint="none",method="GET",status="404"} 6.0'
    assert counted in text
    assert server.get("/metrics")[0] == 404


def test_a_worker_that_dies_is_replaced_and_what_it_counted_stays(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    port = free_port()
    server = serve(
        METRICS_PORT=str(port), PROMETHEUS_MULTIPROC_DIR=str(tmp_path), WEB_CONCURRENCY="1"
    )
    server.get("/nothing/here")
    booted = [line["message"] for line in server.lines() if "Booting worker" in line["message"]]
    os.kill(int(booted[0].rsplit(" ", 1)[1]), signal.SIGKILL)
    time.sleep(0.5)
    server.wait()
    server.get("/nothing/here")
    _, text = server.get("/metrics", port)
    assert 'status="404"} 2.0' in text


def test_the_folder_of_the_metrics_is_made_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(metrics.FILES, raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    metrics.prepare()
    made = os.environ[metrics.FILES]
    metrics.prepare()
    assert os.environ[metrics.FILES] == made
    assert Path(made).parent == tmp_path
    monkeypatch.delenv(metrics.FILES)
