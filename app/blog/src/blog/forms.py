"""The forms, and what they accept."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Regexp, ValidationError

from blog.models import BODY_LENGTH, SUMMARY_LENGTH, TITLE_LENGTH, USERNAME_LENGTH

if TYPE_CHECKING:
    from wtforms import Field, Form

PASSWORD_MINIMUM = 8
PASSWORD_MAXIMUM = 128


def one_line(value: str | None) -> str:
    """Every run of white space becomes one space."""
    return " ".join((value or "").split())


def one_line_or_none(value: str | None) -> str | None:
    """The same for a field that may be left empty: nothing is stored as nothing."""
    return one_line(value) or None


def plain_text(value: str | None) -> str:
    """Browsers send CR LF; kept as LF, without blank lines around and blanks at line ends."""
    lines = (value or "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def no_control_characters(_form: Form, field: Field) -> None:
    """Text holds letters, signs, tabs and line breaks; anything else is a mistake or an attack."""
    for character in field.data or "":
        if unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\t":
            raise ValidationError("Please remove the control characters.")


class RegisterForm(FlaskForm):
    """Make an account."""

    username = StringField(
        "Username",
        filters=[one_line],
        description="3 to 40 letters, digits, dots, dashes or underscores.",
        validators=[
            DataRequired("Please choose a username."),
            Length(3, USERNAME_LENGTH, "Please use 3 to 40 characters."),
            Regexp(r"^[A-Za-z0-9._-]+\Z", 0, "Please use only letters, digits, '.', '-' and '_'."),
        ],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        "Password",
        description="At least 8 characters. A few words are easier to keep in mind.",
        validators=[
            DataRequired("Please choose a password."),
            Length(PASSWORD_MINIMUM, PASSWORD_MAXIMUM, "Please use 8 to 128 characters."),
        ],
        render_kw={"autocomplete": "new-password"},
    )


class LoginForm(FlaskForm):
    """Prove to be someone."""

    username = StringField(
        "Username",
        filters=[one_line],
        validators=[DataRequired("Please enter your username.")],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        "Password",
        validators=[
            DataRequired("Please enter your password."),
            Length(max=PASSWORD_MAXIMUM, message="No password is that long."),
        ],
        render_kw={"autocomplete": "current-password"},
    )


class PostForm(FlaskForm):
    """Write or change a post."""

    title = StringField(
        "Title",
        filters=[one_line],
        validators=[
            DataRequired("Please give the post a title."),
            Length(max=TITLE_LENGTH, message="Please keep the title under 120 characters."),
            no_control_characters,
        ],
    )
    body = TextAreaField(
        "Text",
        filters=[plain_text],
        description="Plain text, up to 10,000 characters. Line breaks are kept.",
        validators=[
            DataRequired("Please write something."),
            Length(max=BODY_LENGTH, message="Please keep the text under 10,000 characters."),
            no_control_characters,
        ],
        render_kw={"rows": 12},
    )
    # A client that does not send it leaves what is stored: a form that a pod of the release before
    # served during a roll-out must not empty it.
    summary = TextAreaField(
        "Summary",
        filters=[one_line_or_none],
        description="Optional: one or two sentences for the list of posts, up to 200 characters. "
        "Without them the list shows how the text begins.",
        validators=[
            Length(max=SUMMARY_LENGTH, message="Please keep the summary under 200 characters."),
            no_control_characters,
        ],
        render_kw={"rows": 2},
    )
