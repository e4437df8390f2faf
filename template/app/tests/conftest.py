from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from myapp import create_app
from myapp.config import Testing

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient


@pytest.fixture
def make_app() -> Callable[..., Flask]:
    """Makes applications with settings of one's own."""
    return lambda **variables: create_app(Testing(variables))


@pytest.fixture
def client(make_app: Callable[..., Flask]) -> FlaskClient:
    return make_app().test_client()
