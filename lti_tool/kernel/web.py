"""What every view reaches for: the database, the storage, and who is here.

Every page of a launch lives under the prefix `/l/<launch>`; a room's blueprint takes it from `PREFIX`. The
door fills `g.visit` before the view runs; `url_for` adds the prefix by itself.
"""

from functools import partial
from typing import cast

from flask import current_app, g, request

from .database import Database
from .permissions import Visit
from .storage import Storage

PREFIX = "/l/<launch>"


def database() -> Database:
    """The application's database."""
    return cast(Database, current_app.extensions["entraide.database"])


def storage() -> Storage:
    """The application's file storage."""
    return cast(Storage, current_app.extensions["entraide.storage"])


def visit() -> Visit:
    """The launch this request belongs to."""
    return cast(Visit, g.visit)


def whole(text: str, most: int = 2**31 - 1) -> int:
    """A whole number in an address, as one of a database's. Raises ValueError: it is none, or too large."""
    number = int(text)
    if not 0 <= number <= most:
        raise ValueError(f"not from 0 to {most}")
    return number


LARGEST_ROW = 2**63 - 1  # of rows that are numbered as they come
row_number = partial(whole, most=LARGEST_ROW)


def wants_json() -> bool:
    """Whether a script of ours asks (autosave, upload), and a sentence in JSON is the right answer."""
    return request.headers.get("X-Requested-With") == "fetch"
