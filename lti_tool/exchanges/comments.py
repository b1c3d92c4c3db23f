"""What may be said in a comment, and how those who say something are called. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ..kernel.errors import InvalidError
from ..kernel.i18n import N_
from ..kernel.markup import plain
from ..kernel.permissions import PERMISSIONS, May, Role
from .models import CommentRole

TEXT_MOST = 5_000  # characters
REASON_MOST = 200
STAFF = frozenset(role for role, may in PERMISSIONS.items() if May.SEE_ALL_WORK in may)


class Voice(StrEnum):
    """As whom somebody is shown to a reader."""

    YOU = "you"
    AUTHOR = "author"
    PEER = "peer"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody as a reader sees them: peers have a number and no name; staff are named, and see all names."""

    voice: Voice
    number: int = 0  # of a peer, by the order in which they first spoke; 0 where that is of no use
    name: str = ""
    role: Role | None = None  # of staff


def speaker(
    *, is_reader: bool, is_author: bool, role: Role | None, number: int, name: str, named: bool
) -> Speaker:
    """How a person is shown to a reader, who sees all names when `named`."""
    shown = name if named else ""
    if is_reader:
        return Speaker(Voice.YOU)
    if is_author:
        return Speaker(Voice.AUTHOR, name=shown)
    if role in STAFF:
        return Speaker(Voice.STAFF, name=name, role=role)
    return Speaker(Voice.PEER, number, shown)


def role_of(*, on_question: bool, thread: CommentRole | None, asks: bool) -> CommentRole:
    """What a new comment is.

    Args:
        on_question: the contribution is a question: who begins a thread answers it.
        thread: what begins the thread that it is said in; None when it begins one itself.
        asks: it is meant as a question.

    """
    if thread is not None:
        return CommentRole.ANSWER if thread is CommentRole.QUESTION else CommentRole.REMARK
    if on_question:
        return CommentRole.ANSWER
    return CommentRole.QUESTION if asks else CommentRole.REMARK


def said(text: str) -> str:
    """A comment's text as it is stored. Raises InvalidError when it is empty or too long."""
    return kept(text, TEXT_MOST, "text")


def reason(text: str) -> str:
    """Why a comment is hidden, as it is stored. Raises InvalidError when it is empty or too long."""
    return kept(" ".join(text.split()), REASON_MOST, "because")


def kept(text: str, most: int, field: str, *, required: bool = True) -> str:
    """A plain text as it is stored.

    Args:
        text: what somebody wrote.
        most: how many characters it may have.
        field: the form's name for it.
        required: whether there must be something.

    Raises:
        InvalidError: there is nothing, or too much.

    """
    text = plain(text)
    if required and not text:
        raise InvalidError(N_("Write a few words here."), field=field, code="empty")
    if len(text) > most:
        values: Mapping[str, int] = {"length": len(text), "most": most}
        sentence = N_("This has %(length)d characters. It can have %(most)d at most.")
        raise InvalidError(sentence, field=field, code="too-long", **values)
    return text
