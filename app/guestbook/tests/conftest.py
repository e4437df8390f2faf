"""Redis servers, good and bad ones, and visitors."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
import time
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import TYPE_CHECKING, Any

import pytest
from fakeredis import TcpFakeServer
from redis import Redis, RedisError

from guestbook import create_app
from guestbook.config import Testing
from guestbook.store import connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

PASSWORD = "p@ss/w:rd?#%"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class RealServer:
    """The machine's own `redis-server`."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port)]
        self._process = subprocess.Popen(
            [*command, "--requirepass", PASSWORD, "--save", "", "--dir", str(folder)],
            stdout=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)


class FakeServer:
    """fakeredis, behind a socket of its own."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._server = TcpFakeServer(("127.0.0.1", port))
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()
        with Redis(port=port, protocol=2, driver_info=None) as client:
            client.config_set("requirepass", PASSWORD)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)


class RedisServer:
    """A Redis server, real where the machine has one."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.port = port or free_port()
        self._server: RealServer | FakeServer = (
            RealServer(folder, self.port) if shutil.which("redis-server") else FakeServer(self.port)
        )
        self.client = connect("127.0.0.1", self.port, PASSWORD, connections=1, answer_seconds=2)
        for _ in range(100):
            try:
                self.client.ping()
            except RedisError:
                time.sleep(0.05)
            else:
                return
        pytest.fail("the Redis server did not start")

    def stop(self) -> None:
        self.client.close()
        self._server.stop()


class BadHandler(StreamRequestHandler):
    """Reads commands, and answers them badly."""

    def handle(self) -> None:
        server = self.server
        assert isinstance(server, BadServer)
        while line := self.rfile.readline():
            words = []
            for _ in range(int(line[1:])):
                length = int(self.rfile.readline()[1:])
                words.append(self.rfile.read(length + 2)[:-2].decode())
            server.commands.append(words[0])
            if words[0] == "AUTH":
                self.wfile.write(b"+OK\r\n")
            elif server.reply == HANG:
                server.stopping.wait(10)
                return
            elif server.reply == CUT:
                return
            else:
                self.wfile.write(server.reply)


HANG = b"hang"
CUT = b"cut"


class BadServer(ThreadingTCPServer):
    """A server that takes the password, and has one reply to every command.

    `HANG` stands for none, and `CUT` for the end of the connection.
    """

    daemon_threads = True

    def __init__(self, reply: bytes) -> None:
        super().__init__(("127.0.0.1", 0), BadHandler)
        self.reply = reply
        self.commands: list[str] = []
        self.stopping = threading.Event()
        self.port: int = self.server_address[1]
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,))
        self._thread.start()

    def count(self, command: str) -> int:
        return self.commands.count(command)

    def stop(self) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()
        self._thread.join(10)


def settings(primary: int, replica: int, **variables: str) -> Testing:
    """Settings for a test: the ports of two servers, and more."""
    given = {
        "REDIS_HOST": "127.0.0.1",
        "REDIS_PORT": str(primary),
        "REDIS_REPLICA_PORT": str(replica),
        "REDIS_PASSWORD": PASSWORD,
    }
    return Testing(given | variables)


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RedisServer, RedisServer]]:
    started = tuple(RedisServer(tmp_path_factory.mktemp(role)) for role in ("primary", "replica"))
    yield started[0], started[1]
    for server in started:
        server.stop()


@pytest.fixture
def primary(servers: tuple[RedisServer, RedisServer]) -> RedisServer:
    """An empty server."""
    servers[0].client.flushall()
    return servers[0]


@pytest.fixture
def replica(servers: tuple[RedisServer, RedisServer]) -> RedisServer:
    """Another empty server, which copies nothing: a replica that is far behind."""
    servers[1].client.flushall()
    return servers[1]


@pytest.fixture
def bad_server() -> Iterator[Callable[[bytes], BadServer]]:
    """Starts bad servers."""
    started: list[BadServer] = []

    def start(reply: bytes) -> BadServer:
        server = BadServer(reply)
        started.append(server)
        return server

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def make_app() -> Iterator[Callable[..., Flask]]:
    """Makes applications on two servers' ports."""
    made: list[Flask] = []

    def make(primary: int, replica: int | None = None, **variables: str) -> Flask:
        app = create_app(settings(primary, replica or primary, **variables))
        made.append(app)
        return app

    yield make
    # An open connection is a warning, and a warning is an error.
    for app in made:
        app.extensions["store"].close()
        app.extensions["readiness"].close()


@pytest.fixture
def app(make_app: Callable[..., Flask], primary: RedisServer) -> Flask:
    """The application on one server, as without replicas."""
    return make_app(primary.port)


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def log_lines(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """What was logged since the last call."""

    def read() -> list[dict[str, Any]]:
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return read
