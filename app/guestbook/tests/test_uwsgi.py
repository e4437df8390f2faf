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

import guestbook
from tests.conftest import PASSWORD, free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import RedisServer

UWSGI = Path(sys.executable).parent / "uwsgi"
COMMAND = [str(UWSGI), "--ini", str(Path(guestbook.__file__).parent / "uwsgi.ini")]


class Server:
    """A real uWSGI, started as in the image."""

    def __init__(self, redis_port: int, log: Path) -> None:
        self.port = free_port()
        self.log = log
        variables = {
            "APP_ENV": "production",
            "REDIS_HOST": "127.0.0.1",
            "REDIS_PORT": str(redis_port),
            "REDIS_PASSWORD": PASSWORD,
            "PORT": str(self.port),
            "WEB_CONCURRENCY": "2",
            "WEB_THREADS": "2",
        }
        with log.open("w") as output:
            self.process = subprocess.Popen(
                COMMAND, env=os.environ | variables, stdout=output, stderr=subprocess.STDOUT
            )

    def get(self, path: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def send(self, head: str, *parts: str, pause: float = 0) -> str:
        """A POST in several parts; the whole answer."""
        answer = b""
        length = sum(map(len, parts))
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(f"{head}\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode())
            for part in parts:
                connection.sendall(part.encode())
                time.sleep(pause)
            while chunk := connection.recv(65536):
                answer += chunk
        return answer.decode()

    def wait(self) -> None:
        for _ in range(150):
            try:
                if self.get("/readyz")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        pytest.fail(f"uWSGI did not start: {self.log.read_text()}")

    def lines(self) -> list[dict[str, Any]]:
        """What the application logged, without uWSGI's own lines."""
        lines = self.log.read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


@pytest.fixture
def serve(primary: RedisServer, tmp_path: Path) -> Iterator[Callable[[], Server]]:
    servers: list[Server] = []

    def start() -> Server:
        server = Server(primary.port, tmp_path / f"uwsgi-{len(servers)}.log")
        servers.append(server)
        server.wait()
        return server

    yield start
    for server in servers:
        server.stop()


POST = "POST /api/messages HTTP/1.1\r\nContent-Type: application/json"


def test_every_process_has_connections_of_its_own(
    serve: Callable[[], Server], primary: RedisServer
) -> None:
    server = serve()
    assert '"name":"Ada"' in server.send(POST, '{"name": "Ada", "text": "Hello."}')
    answers = {server.get("/api/messages") for _ in range(20)}
    assert len(answers) == 1
    assert json.loads(answers.pop()[1])["messages"][0]["text"] == "Hello."
    assert server.get("/")[1].startswith("<!doctype html>")
    assert server.stop() == 0
    assert {line["level"] for line in server.lines()} == {"info"}
    assert primary.client.xlen("guestbook:messages") == 1


def test_an_answer_arrives_though_its_request_was_refused(serve: Callable[[], Server]) -> None:
    server = serve()
    form = "POST /api/messages HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded"
    for head, size, status in (
        (form, 10_000, "415 UNSUPPORTED MEDIA TYPE"),
        ("POST /nothing HTTP/1.1", 10_000, "404 NOT FOUND"),
        (POST, 2_000_000, "413 REQUEST ENTITY TOO LARGE"),
    ):
        answer = server.send(head, "x" * size)
        assert answer.startswith(f"HTTP/1.1 {status}\r\n")
        assert "\r\nConnection: close\r\n" in answer
        assert answer.endswith("}\n")


def test_a_request_in_flight_at_sigterm_is_finished(serve: Callable[[], Server]) -> None:
    server = serve()
    answers: list[str] = []

    def slow_client() -> None:
        answers.append(server.send(POST, '{"name": "Ada", ', '"text": "Slow."}', pause=1.5))

    client = threading.Thread(target=slow_client)
    client.start()
    time.sleep(0.5)
    server.process.send_signal(signal.SIGTERM)
    client.join(20)
    assert answers[0].startswith("HTTP/1.1 201 CREATED\r\n")
    assert '"text":"Slow."' in answers[0]
    assert server.process.wait(20) == 0


def test_a_missing_variable_ends_the_start_and_is_named_last() -> None:
    variables = {"PORT": str(free_port()), "WEB_CONCURRENCY": "1", "WEB_THREADS": "1"}
    done = subprocess.run(
        COMMAND,
        env={"PATH": os.environ["PATH"]} | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode != 0
    assert done.stderr.splitlines()[-1] == (
        "guestbook: environment variable REDIS_HOST is not set; "
        "environment variable REDIS_PASSWORD is not set"
    )
