"""Accounts: register, log in, log out, and who is asking."""

from __future__ import annotations

import threading
from functools import cache, wraps
from typing import TYPE_CHECKING, ParamSpec
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.security import check_password_hash, generate_password_hash

from blog.database import db
from blog.forms import LoginForm, RegisterForm
from blog.models import User

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

P = ParamSpec("P")

blueprint = Blueprint("auth", __name__, url_prefix="/auth")
# scrypt takes 16 MiB for each password. One at a time in each worker: a burst of log-ins waits
# instead of running into the pod's memory limit.
_hashing = threading.Lock()


def register_auth(app: Flask) -> None:
    """Add the pages, and `current_user()` for every template."""
    app.register_blueprint(blueprint)
    app.add_template_global(current_user)


def current_user() -> User | None:
    """Who is logged in. Asks the database once a request, and only when someone wants to know."""
    if "user" not in g:
        user_id = session.get("user_id")
        g.user = None if user_id is None else db.session.get(User, user_id)
    user: User | None = g.user
    return user


def login_required(
    view: Callable[P, ResponseReturnValue],
) -> Callable[P, ResponseReturnValue]:
    """Send who is not logged in to the log-in page, and from there back."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if current_user() is not None:
            return view(*args, **kwargs)
        flash("Please log in first.", "info")
        # A form that was sent cannot be sent again by a redirect.
        target = request.path if request.method == "GET" else None
        return redirect(url_for("auth.login", next=target))

    return guarded


@blueprint.route("/register", methods=["GET", "POST"])
def register() -> ResponseReturnValue:
    """Make an account."""
    form = RegisterForm()
    if not form.validate_on_submit():
        return _page("register.html", form)
    user = User(username=form.username.data, password_hash=hash_password(form.password.data or ""))
    db.session.add(user)
    try:
        # The unique index decides, so that two at the same moment cannot both have the name.
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        form.username.errors = [f"The name {form.username.data} is taken."]
        return _page("register.html", form)
    flash("Welcome! Your account is ready: please log in.", "success")
    return redirect(url_for("auth.login"))


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    """Open a session."""
    form = LoginForm()
    if form.validate_on_submit():
        user = db.session.scalar(select(User).where(User.username == form.username.data))
        if password_matches(user, form.password.data or ""):
            # A new session: whatever an attacker may have put into the old one is gone.
            session.clear()
            session["user_id"] = user.id if user else None
            session.permanent = True
            return redirect(safe_target(request.args.get("next")))
        # Not a word about which of the two was wrong.
        form.password.errors = ["Username and password do not match."]
    return _page("login.html", form)


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """End the session."""
    session.clear()
    flash("You are logged out.", "info")
    return redirect(url_for("posts.index"))


def hash_password(password: str) -> str:
    """What is stored."""
    with _hashing:
        return generate_password_hash(password, method=current_app.config["PASSWORD_METHOD"])


def password_matches(user: User | None, password: str) -> bool:
    """Whether the password is the user's; takes as long when there is no such user."""
    stored = user.password_hash if user else _nobody(current_app.config["PASSWORD_METHOD"])
    with _hashing:
        return check_password_hash(stored, password) and user is not None


def safe_target(target: str | None) -> str:
    """Where to go after logging in: a path on this site, never another site."""
    home = url_for("posts.index")
    if not target or not target.startswith("/") or not target.isprintable() or "\\" in target:
        return home
    parts = urlsplit(target)
    return home if parts.scheme or parts.netloc or target.startswith("//") else target


@cache
def _nobody(method: str) -> str:
    with _hashing:
        return generate_password_hash("nobody", method=method)


def _page(template: str, form: RegisterForm | LoginForm) -> ResponseReturnValue:
    return render_template(template, form=form), 422 if form.errors else 200
