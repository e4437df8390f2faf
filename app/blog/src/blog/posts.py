"""Posts: list, read, write, change, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from blog.auth import current_user, login_required
from blog.database import db
from blog.forms import PostForm
from blog.models import Post, now

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("posts", __name__)
# The largest INT; a larger number in an address is no post, not an error of the database.
POST = "/<int(max=2147483647):post_id>"
PAGE_DIGITS = 7


def register_posts(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """All posts, newest first."""
    page = _page_number()
    size: int = current_app.config["POSTS_PER_PAGE"]
    total = db.session.scalar(select(func.count()).select_from(Post)) or 0
    pages = max(1, -(-total // size))
    if page > pages:
        abort(404)
    posts = db.session.scalars(
        select(Post)
        .order_by(Post.created_at.desc(), Post.id.desc())
        .limit(size)
        .offset((page - 1) * size)
        # A second query for the authors. With a join MySQL may start from the smaller table of
        # users and then sort every post.
        .options(selectinload(Post.author))
    ).all()
    return render_template("index.html", posts=posts, page=page, pages=pages, total=total)


@blueprint.get(POST)
def show(post_id: int) -> ResponseReturnValue:
    """One post."""
    return render_template("post.html", post=_post(post_id))


@blueprint.route("/create", methods=["GET", "POST"])
@login_required
def create() -> ResponseReturnValue:
    """Write a post."""
    form = PostForm()
    if not form.validate_on_submit():
        return render_template("post_form.html", form=form, post=None), _status(form)
    post = Post(
        title=form.title.data,
        body=form.body.data,
        summary=form.summary.data,
        author=current_user(),
    )
    db.session.add(post)
    # Committed before the answer goes out: what is acknowledged is stored.
    db.session.commit()
    flash("Your post is published.", "success")
    return redirect(url_for("posts.show", post_id=post.id))


@blueprint.route(f"{POST}/update", methods=["GET", "POST"])
@login_required
def update(post_id: int) -> ResponseReturnValue:
    """Change one's own post."""
    post = _own_post(post_id)
    form = PostForm(obj=post)
    if not form.validate_on_submit():
        return render_template("post_form.html", form=form, post=post), _status(form)
    form.populate_obj(post)
    if db.session.is_modified(post):
        post.updated_at = now()
    db.session.commit()
    flash("Your changes are saved.", "success")
    return redirect(url_for("posts.show", post_id=post_id))


@blueprint.post(f"{POST}/delete")
@login_required
def delete(post_id: int) -> ResponseReturnValue:
    """Delete one's own post."""
    db.session.delete(_own_post(post_id))
    db.session.commit()
    flash("The post is deleted.", "info")
    return redirect(url_for("posts.index"))


def _post(post_id: int) -> Post:
    return db.get_or_404(Post, post_id, options=[joinedload(Post.author)])


def _own_post(post_id: int) -> Post:
    post = _post(post_id)
    if post.author != current_user():
        abort(403)
    return post


def _page_number() -> int:
    given = request.args.get("page", "1")
    if not (given.isascii() and given.isdigit() and len(given) <= PAGE_DIGITS and int(given) > 0):
        abort(404)
    return int(given)


def _status(form: PostForm) -> int:
    return 422 if form.errors else 200
