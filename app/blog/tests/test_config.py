from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from blog import create_app
from blog.config import Config, Development, Production, config_from_environment, tls_context

COMPLETE = {
    "DB_NAME": "blog",
    "DB_USERNAME": "blog",
    "DB_PASSWORD": "p@ss/w:rd?#%",
    "DB_HOST": "mysql.example",
    "SECRET_KEY": "0123456789abcdef",
}
GUNICORN = ["gunicorn", "--config", "python:blog.gunicorn_conf"]
MIGRATE = ["flask", "--app", "blog", "db", "upgrade"]


def run(command: list[str], variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    folder = Path(sys.executable).parent
    return subprocess.run(
        [folder / command[0], *command[1:]],
        env={"PATH": str(folder)} | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("name", COMPLETE)
def test_a_missing_variable_is_named(name: str) -> None:
    for variables in (
        {key: value for key, value in COMPLETE.items() if key != name},
        COMPLETE | {name: ""},
    ):
        with pytest.raises(SystemExit) as stop:
            Production(variables)
        assert stop.value.code == f"blog: environment variable {name} is not set"


@pytest.mark.parametrize("command", [GUNICORN, MIGRATE], ids=["gunicorn", "flask db upgrade"])
def test_a_missing_variable_ends_the_process_with_one_line(command: list[str]) -> None:
    variables = {key: value for key, value in COMPLETE.items() if key != "SECRET_KEY"}
    done = run(command, variables)
    assert done.returncode != 0
    assert done.stderr == "blog: environment variable SECRET_KEY is not set\n"
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("WEB_THREADS", "many", "WEB_THREADS must be a whole number from 1, not 'many'"),
        ("PORT", "-1", "PORT must be a whole number from 1, not '-1'"),
        ("APP_ENV", "prod", "APP_ENV must be one of development, testing, production, not 'prod'"),
        ("DB_TLS_CA", "/nowhere.pem", "DB_TLS_CA is no readable certificate"),
    ],
)
def test_a_wrong_value_ends_gunicorn_with_one_line(variable: str, value: str, message: str) -> None:
    done = run(GUNICORN, COMPLETE | {variable: value})
    assert done.returncode != 0
    assert done.stderr.startswith(f"blog: environment variable {message}")
    assert done.stderr.count("\n") == 1


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(SystemExit, match=r"SECRET_KEY is not set; .*DB_USERNAME") as stop:
        Production({"DB_HOST": "x", "COOKIE_SECURE": "perhaps", "LOG_LEVEL": "loud"})
    for name in ("DB_NAME", "DB_PASSWORD", "COOKIE_SECURE", "LOG_LEVEL"):
        assert name in str(stop.value.code)
    assert "\n" not in str(stop.value.code)


def test_a_short_key_is_no_key() -> None:
    with pytest.raises(SystemExit, match="SECRET_KEY must be at least 16 characters long"):
        Production(COMPLETE | {"SECRET_KEY": "short"})


def test_the_database_is_mysql_whatever_stands_in_the_password() -> None:
    config = Production(COMPLETE | {"DATABASE_URL": "sqlite://"})
    url = config.SQLALCHEMY_DATABASE_URI
    assert url.drivername == "mysql+pymysql"
    assert (url.host, url.port, url.database) == ("mysql.example", 3306, "blog")
    assert url.password == COMPLETE["DB_PASSWORD"]
    assert url.query == {"charset": "utf8mb4"}
    assert Production(COMPLETE | {"DB_PORT": "25060"}).SQLALCHEMY_DATABASE_URI.port == 25060


def test_connections_are_checked_renewed_limited_and_timed() -> None:
    options = Production(COMPLETE).SQLALCHEMY_ENGINE_OPTIONS
    assert options == {
        "hide_parameters": True,
        "connect_args": {"connect_timeout": 3, "read_timeout": 5, "write_timeout": 5},
        "pool_size": 4,
        "max_overflow": 0,
        "pool_timeout": 5,
        "pool_pre_ping": True,
        "pool_recycle": 600,
    }


@pytest.mark.parametrize(
    ("variables", "size"),
    [({"WEB_THREADS": "7"}, 7), ({"WEB_THREADS": "7", "DB_POOL_SIZE": "3"}, 3)],
)
def test_every_thread_has_a_connection_unless_told_otherwise(
    variables: dict[str, str], size: int
) -> None:
    assert Production(COMPLETE | variables).SQLALCHEMY_ENGINE_OPTIONS["pool_size"] == size


def test_a_ca_demands_tls_and_checks_the_server(tmp_path: Path) -> None:
    bundle = Path("/etc/ssl/certs/ca-certificates.crt")
    if not bundle.exists():
        pytest.skip("no CA bundle here")
    found = re.search(
        r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", bundle.read_text(), re.DOTALL
    )
    assert found
    pem = found.group()
    file = tmp_path / "ca.pem"
    file.write_text(pem)
    for given in (pem, str(file)):
        context = tls_context(given)
        assert context.check_hostname
        assert len(context.get_ca_certs()) == 1
    options = Production(COMPLETE | {"DB_TLS_CA": pem}).SQLALCHEMY_ENGINE_OPTIONS
    assert options["connect_args"]["ssl"].check_hostname


@pytest.mark.parametrize("pem", ["-----BEGIN nonsense", "/nowhere/ca.pem"])
def test_a_ca_that_cannot_be_read_is_named(pem: str) -> None:
    with pytest.raises(SystemExit, match="DB_TLS_CA is no readable certificate"):
        Production(COMPLETE | {"DB_TLS_CA": pem})


@pytest.mark.parametrize(
    ("kind", "variables", "secure"),
    [
        (Production, {}, True),
        (Production, {"COOKIE_SECURE": "false"}, False),
        (Development, {}, False),
        (Development, {"COOKIE_SECURE": "1"}, True),
    ],
)
def test_cookies_are_secure_in_production_unless_told_otherwise(
    kind: type[Config], variables: dict[str, str], *, secure: bool
) -> None:
    assert kind(COMPLETE | variables).SESSION_COOKIE_SECURE is secure


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
    monkeypatch.delenv("APP_ENV", raising=False)
    monkeypatch.setenv("FLASK_DEBUG", "1")
    app = create_app()
    assert not app.debug
    assert not app.testing
