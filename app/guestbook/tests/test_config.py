from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from guestbook import create_app
from guestbook.config import CONFIGS, Production, config_from_environment

COMPLETE = {"REDIS_HOST": "redis.example", "REDIS_PASSWORD": "p@ss/w:rd?#%"}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of the one who runs the tests plays no part."""
    for name in os.environ:
        if name.startswith("REDIS_") or name in {"APP_ENV", "GET_HOSTS_FROM", "WEB_THREADS"}:
            monkeypatch.delenv(name)


@pytest.mark.parametrize("name", COMPLETE)
def test_a_missing_variable_is_named(name: str) -> None:
    for variables in (
        {key: value for key, value in COMPLETE.items() if key != name},
        COMPLETE | {name: ""},
    ):
        with pytest.raises(SystemExit) as stop:
            Production(variables)
        assert stop.value.code == f"guestbook: environment variable {name} is not set"


def test_all_problems_are_told_at_once() -> None:
    wrong = {"REDIS_PORT": "0", "LOG_LEVEL": "loud", "GET_HOSTS_FROM": "hosts", "WEB_THREADS": "x"}
    with pytest.raises(SystemExit) as stop:
        Production(wrong)
    assert str(stop.value.code) == (
        "guestbook: "
        "environment variable LOG_LEVEL must be one of debug, info, warning, error, critical, "
        "not 'loud'; "
        "environment variable GET_HOSTS_FROM must be one of env, dns, not 'hosts'; "
        "environment variable REDIS_HOST is not set; "
        "environment variable REDIS_PORT must be a whole number from 1, not '0'; "
        "environment variable REDIS_PASSWORD is not set; "
        "environment variable WEB_THREADS must be a whole number from 1, not 'x'"
    )


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({}, "REDIS_HOST is not set; environment variable REDIS_PASSWORD is not set"),
        (
            {"APP_ENV": "prod"},
            "APP_ENV must be one of development, testing, production, not 'prod'",
        ),
    ],
)
def test_a_wrong_environment_ends_the_process_with_one_line(
    variables: dict[str, str], message: str
) -> None:
    folder = Path(sys.executable).parent
    done = subprocess.run(
        [folder / "flask", "--app", "guestbook", "routes"],
        env={"PATH": str(folder)} | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode != 0
    assert done.stderr == f"guestbook: environment variable {message}\n"
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("variables", "hosts"),
    [
        ({}, ("redis.example", "redis.example")),
        ({"GET_HOSTS_FROM": "env"}, ("redis.example", "redis.example")),
        ({"REDIS_REPLICA_HOST": "copies.example"}, ("redis.example", "copies.example")),
        ({"GET_HOSTS_FROM": "dns"}, ("redis-primary", "redis-replicas")),
    ],
)
def test_the_hosts_come_from_variables_or_are_names_of_services(
    variables: dict[str, str], hosts: tuple[str, str]
) -> None:
    config = Production(COMPLETE | variables)
    given = (config.REDIS_HOST, config.REDIS_REPLICA_HOST)
    assert given == hosts


def test_by_names_of_services_no_host_is_asked_for() -> None:
    config = Production({"GET_HOSTS_FROM": "dns", "REDIS_PASSWORD": "x"})
    assert config.REDIS_HOST == "redis-primary"


def test_both_servers_have_one_port_unless_told_otherwise() -> None:
    for variables, ports in (
        ({}, (6379, 6379)),
        ({"REDIS_PORT": "7000"}, (7000, 7000)),
        ({"REDIS_PORT": "7000", "REDIS_REPLICA_PORT": "7001"}, (7000, 7001)),
    ):
        config = Production(COMPLETE | variables)
        given = (config.REDIS_PORT, config.REDIS_REPLICA_PORT)
        assert given == ports


@pytest.mark.parametrize(
    ("variables", "size"),
    [
        ({}, 2),
        ({"WEB_THREADS": "7"}, 7),
        ({"WEB_THREADS": "7", "REDIS_POOL_SIZE": "3"}, 3),
    ],
)
def test_every_thread_has_a_connection_unless_told_otherwise(
    variables: dict[str, str], size: int
) -> None:
    given = Production(COMPLETE | variables).REDIS_POOL_SIZE
    assert given == size


@pytest.mark.parametrize("name", ["development", "testing"])
def test_on_ones_own_machine_nothing_has_to_be_set(name: str) -> None:
    config = CONFIGS[name]({})
    assert (config.REDIS_HOST, config.REDIS_PASSWORD) == ("localhost", "")


@pytest.mark.parametrize(
    ("name", "kind"), [("", "Production"), ("development", "Development"), ("TESTING", "Testing")]
)
def test_the_environment_chooses_the_config(
    monkeypatch: pytest.MonkeyPatch, name: str, kind: str
) -> None:
    for key, value in COMPLETE.items():
        monkeypatch.setenv(key, value)
    monkeypatch.setenv("APP_ENV", name)
    assert type(config_from_environment()).__name__ == kind


def test_production_never_debugs(monkeypatch: pytest.MonkeyPatch) -> None:
    for key, value in COMPLETE.items():
        monkeypatch.setenv(key, value)
    monkeypatch.setenv("FLASK_DEBUG", "1")
    app = create_app()
    assert not app.debug
    assert not app.testing
