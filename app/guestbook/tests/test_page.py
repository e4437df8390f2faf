from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest

from guestbook.frontend import PAGE
from guestbook.messages import LENGTHS, LIMIT_MAXIMUM
from guestbook.security import HEADERS, PAGE_POLICY

if TYPE_CHECKING:
    from flask.testing import FlaskClient

INDEX = (PAGE / "index.html").read_text(encoding="utf-8")
SCRIPT = (PAGE / "guestbook.js").read_text(encoding="utf-8")
STYLE = (PAGE / "guestbook.css").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "file", "kind"),
    [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/index.html", "index.html", "text/html; charset=utf-8"),
        ("/guestbook.js", "guestbook.js", "text/javascript; charset=utf-8"),
        ("/guestbook.css", "guestbook.css", "text/css; charset=utf-8"),
        ("/favicon.svg", "favicon.svg", "image/svg+xml; charset=utf-8"),
    ],
)
def test_the_page_is_served_without_a_server_in_front(
    visitor: FlaskClient, path: str, file: str, kind: str
) -> None:
    response = visitor.get(path)
    assert response.status_code == 200
    assert response.data == (PAGE / file).read_bytes()
    assert response.headers["Content-Type"] == kind
    assert response.headers["Cache-Control"] == "no-cache"
    response.close()


@pytest.mark.parametrize(
    "path", ["/__init__.py", "/page/index.html", "/../config.py", "/uwsgi.ini"]
)
def test_nothing_beside_the_page_is_served(visitor: FlaskClient, path: str) -> None:
    assert visitor.get(path).status_code == 404


def test_the_policy_stands_in_the_page_too_for_where_nginx_serves_it() -> None:
    found = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">', INDEX)
    assert found
    assert html.unescape(found.group(1)) == PAGE_POLICY
    assert HEADERS["Content-Security-Policy"].startswith(PAGE_POLICY)
    assert "unsafe" not in PAGE_POLICY
    # It counts for what comes after it.
    assert INDEX.index(found.group()) < INDEX.index("<link")


def test_the_page_obeys_its_own_policy() -> None:
    assert re.findall(r"<script[^>]*>(.*?)</script>", INDEX, re.DOTALL) == [""]
    assert "<style" not in INDEX
    assert not re.search(r"\s(style|on\w+)=", INDEX)
    assert "url(" not in STYLE
    assert "@import" not in STYLE


def test_everything_comes_from_the_same_folder() -> None:
    named = re.findall(r'(?:src|href)="([^"#]+)"', INDEX)
    assert sorted(named) == ["favicon.svg", "guestbook.css", "guestbook.js"]
    assert all((PAGE / name).is_file() for name in named)
    assert "//" not in re.sub(r"^\s*//.*$", "", SCRIPT, flags=re.MULTILINE)
    assert not re.search(r"\bimport\b", SCRIPT)


def test_what_people_write_never_becomes_markup() -> None:
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|"
        r"parseFromString|setHTML|DOMParser|srcdoc|\beval\b|new Function|setAttribute|\.style\b"
    )
    assert re.findall(forbidden, SCRIPT) == []
    assert ".textContent = text" in SCRIPT
    assert "require-trusted-types-for 'script'; trusted-types 'none'" in PAGE_POLICY


def test_the_page_and_its_script_speak_of_the_same_elements() -> None:
    defined = re.findall(r'\sid="([^"]+)"', INDEX)
    assert len(defined) == len(set(defined))
    used = set(re.findall(r'byId\("([^"]+)"\)', SCRIPT))
    assert used <= set(defined)
    assert {"name-error", "text-error"} <= set(defined)


def test_the_page_asks_for_what_the_api_takes() -> None:
    for field, length in LENGTHS.items():
        assert re.search(rf'<(input|textarea) id="{field}"[^>]* maxlength="{length}"', INDEX)
    shown = re.search(r"SHOWN = (\d+);", SCRIPT)
    assert shown
    assert int(shown.group(1)) <= LIMIT_MAXIMUM
    assert 'API = "api/messages";' in SCRIPT


def test_the_page_can_be_used_without_a_mouse_or_eyes() -> None:
    assert '<html lang="en">' in INDEX
    assert '<a class="skip" href="#entries">' in INDEX
    assert INDEX.count("<h1>") == 1
    for field in LENGTHS:
        assert f'<label for="{field}">' in INDEX
        assert re.search(rf'id="{field}"[^>]* aria-describedby="{field}-error', INDEX)
    assert INDEX.count('role="status"') == 2
    assert "prefers-color-scheme: dark" in STYLE
    assert "prefers-reduced-motion" in STYLE


def colours(scheme: str) -> dict[str, str]:
    light, dark = STYLE.split("@media (prefers-color-scheme: dark)", 1)
    text = light if scheme == "light" else dark.split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", text))


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("front", "back", "least"),
    [
        ("text", "desk", 7),
        ("text", "paper", 7),
        ("text", "tint", 7),
        ("soft", "desk", 4.5),
        ("soft", "paper", 4.5),
        ("pen", "paper", 4.5),
        ("pen", "desk", 4.5),
        ("on-pen", "pen", 4.5),
        ("on-pen", "pen-strong", 4.5),
        ("red", "desk", 4.5),
        ("good", "desk", 4.5),
        ("field", "desk", 3),
    ],
)
def test_colours_stand_out_from_what_is_behind_them(
    scheme: str, front: str, back: str, least: float
) -> None:
    found = colours(scheme)
    assert contrast(found[front], found[back]) >= least
