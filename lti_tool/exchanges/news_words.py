"""News as sentences, in the page and in mail, in the reader's language. Pure.

Who did it is named where the reader may know it; elsewhere it is "somebody".
"""

from collections.abc import Callable, Mapping
from typing import Any

from ..kernel.journal import EventType
from .models import NewsKind
from .reminder_words import reminded

Translate = Callable[[str], str]


def sentence(
    kind: NewsKind, event: EventType, facts: Mapping[str, Any], who: str, title: str, _: Translate
) -> str:
    """What is new, in one sentence.

    Args:
        kind: of the news.
        event: what happened.
        facts: the event's.
        who: the name of who did it; empty where the reader does not learn it.
        title: of the contribution that it is about.
        _: gives a message in the reader's language.

    """
    said = _said(kind, event, facts, _) or _happened(kind, event, _)
    return said % {"who": who or _("Somebody"), "title": title or _("Untitled")}


def _said(kind: NewsKind, event: EventType, facts: Mapping[str, Any], _: Translate) -> str:
    """What moderators and reviewers did: nobody is named."""
    if kind is NewsKind.REVIEW:
        if facts.get("again"):
            return _("A reviewer looked again at “%(title)s” after your changes.")
        return _("“%(title)s” has a new review.")
    if kind is NewsKind.RELEASED:
        scores = facts.get("what") == "scores"
        return _("You can read your score now.") if scores else _("You can read your reviews now.")
    if kind is NewsKind.REMINDER:
        return reminded(facts, _)
    if kind is NewsKind.APPRAISAL:
        return _appraised(event, facts, _)
    if kind is NewsKind.FLAG:
        if event is EventType.FLAGGED:
            return _("Somebody asks you to look at “%(title)s” or a review of it.")
        return _("Your teacher answered what you asked about “%(title)s”.")
    if kind is NewsKind.ACCEPTED and event is EventType.ACCEPTED:
        return _("Your answer to “%(title)s” is the one that helped.")
    if kind is NewsKind.MODERATION:
        if facts["done"] == "reported":
            return _("Somebody reported “%(title)s”. Have a look.")
        comment = bool(facts.get("comment"))
        if facts["done"] == "hidden":
            return (
                _("Your comment on “%(title)s” is hidden from peers.")
                if comment
                else _("“%(title)s” is hidden from peers.")
            )
        return (
            _("Your comment on “%(title)s” is shown again.") if comment else _("“%(title)s” is shown again.")
        )
    return ""


def _appraised(event: EventType, facts: Mapping[str, Any], _: Translate) -> str:
    """What the author made of a review: nobody is named, and how useful it was is read with the rest."""
    if event is EventType.REVISED:
        return _("The author of “%(title)s” changed it after your review.")
    if facts.get("thanked"):
        return _("The author of “%(title)s” thanks you for your review.")
    if facts.get("words"):
        return _("The author of “%(title)s” answers your review.")
    return _("The author of “%(title)s” says how useful your review is.")


def _happened(kind: NewsKind, event: EventType, _: Translate) -> str:
    match kind, event:
        case NewsKind.COMMENT, EventType.ASKED:
            return _("%(who)s asked a question about “%(title)s”.")
        case NewsKind.COMMENT, _event:
            return _("%(who)s commented on “%(title)s”.")
        case NewsKind.REPLY, _event:
            return _("%(who)s replied about “%(title)s”.")
        case NewsKind.MENTION, _event:
            return _("%(who)s named you about “%(title)s”.")
        case NewsKind.ANSWER, _event:
            return _("%(who)s answered your question in “%(title)s”.")
        case NewsKind.ACCEPTED, _event:
            return _("%(who)s stands by your answer to “%(title)s”.")
        case NewsKind.VERSION, _event:
            return _("%(who)s changed “%(title)s”.")
        case _kind, EventType.APPLIED:
            return _("%(who)s applied “%(title)s” at work.")
        case _kind, EventType.SHARED:
            return _("%(who)s puts “%(title)s” forward as an example.")
        case _kind, EventType.DISAGREED:
            return _("%(who)s does not agree with “%(title)s”.")
    return _("%(who)s thanked you for “%(title)s”.")
