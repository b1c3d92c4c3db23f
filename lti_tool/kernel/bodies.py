"""How much a request may bring: little, unless its view takes files. Known before anything is read."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, request
from werkzeug.exceptions import UnsupportedMediaType

FORM = 1 << 20  # bytes of a form: a long text in several fields, and more
FORMS = ("/l/", "/admin/")  # beginnings of addresses that take forms only
_View = TypeVar("_View", bound=Callable[..., Any])


def takes_files(view: _View) -> _View:
    """Mark a view whose requests may be as large as the largest file that is accepted."""
    view.takes_files = True  # type: ignore[attr-defined]  # read below
    return view


def init_app(app: Flask, largest: int) -> None:
    """Bound every request, before anything reads its form, as the check of its token does.

    Args:
        app: the application.
        largest: the most bytes of a file of any kind.

    """
    app.config.update(MAX_CONTENT_LENGTH=FORM, MAX_FORM_MEMORY_SIZE=FORM)

    @app.before_request
    def bound() -> None:
        if request.is_json and request.path.startswith(FORMS):
            raise UnsupportedMediaType  # what is in it may be no text, and Flask-WTF would take it for a form
        takes = hasattr(app.view_functions.get(request.endpoint or ""), "takes_files")
        if takes and request.mimetype != "application/x-www-form-urlencoded":  # that is read whole
            request.max_content_length = largest + FORM
