"""Places in a work: a passage of a text, a spot of a picture, a moment of a video or sound. Pure.

A passage is found as the W3C Web Annotation model finds it: by its position (TextPositionSelector) and by
what stands there (TextQuoteSelector), which counts where the two disagree. Positions are characters of the
text as it is read: without its marks, and with one space wherever there is white space.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite
from uuid import UUID

from ..contributions.models import Contribution
from ..contributions.texts import Text
from ..contributions.together_words import readable
from ..kernel.errors import InvalidError
from ..kernel.i18n import N_
from ..kernel.markup import plain, unmarked

TITLE = "title"  # the name of the title among the texts of a work
QUOTE_MOST = 1000  # characters of a passage
LONGEST = 24 * 3600  # seconds of a video or sound
_TIME = re.compile(r"(?:(\d{1,2}):)?(\d{1,4}):(\d{1,2})|(\d{1,5})")

# The nine parts of a picture, row by row, by the middle of each.
SPOTS: Mapping[tuple[float, float], str] = {
    (x / 6, y / 6): name
    for (x, y), name in {
        (1, 1): N_("top left"),
        (3, 1): N_("top"),
        (5, 1): N_("top right"),
        (1, 3): N_("left"),
        (3, 3): N_("middle"),
        (5, 3): N_("right"),
        (1, 5): N_("bottom left"),
        (3, 5): N_("bottom"),
        (5, 5): N_("bottom right"),
    }.items()
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a comment points to, as `Annotation` keeps it."""

    prompt: str = ""
    start: int | None = None
    end: int | None = None
    quote: str = ""
    attachment_id: UUID | None = None
    x: float | None = None
    y: float | None = None
    seconds: float | None = None


def folded(text: str) -> str:
    """A text with one space wherever it has white space."""
    return " ".join(text.split())


def texts_of(work: Contribution) -> dict[str, str]:
    """The texts of a work as positions count in them, by the names that a place gives them."""
    text = Text.read(work.title, work.answers)
    steps = {step.field(part): getattr(step, part) for step in text.steps for part in ("text", "watch_out")}
    answers = {key: unmarked(readable(answer)) for key, answer in text.answers.items()}
    named = {TITLE: text.title, **answers, **steps}
    return {key: folded(words) for key, words in named.items() if words.strip()}


def located(text: str, place: Place) -> Place:
    """A passage where it is in a text: at its position, else where its quote stands nearest to that.

    A quote that stands nowhere is kept, without a position.

    Raises:
        InvalidError: there is no quote, or too much of it.

    """
    quote = folded(plain(place.quote))
    if not quote:
        raise InvalidError(N_("Write the words that you comment on."), field="quote")
    if len(quote) > QUOTE_MOST:
        raise InvalidError(N_("Choose a shorter passage."), field="quote")
    start = _nearest(text, quote, place.start or 0)
    if start is None:
        return Place(place.prompt, quote=quote)
    return Place(place.prompt, start, start + len(quote), quote)


def pointed(media_type: str, place: Place) -> Place:
    """A place in a file, as files of that type have places; without one it is the file as a whole.

    Raises:
        InvalidError: a spot outside of the picture, a moment that no video has.

    """
    whole = Place(attachment_id=place.attachment_id)
    match media_type.partition("/")[0]:
        case "image" if place.x is not None or place.y is not None:
            if not all(at is not None and 0 <= at <= 1 for at in (place.x, place.y)):
                raise InvalidError(N_("Choose a spot in the picture."), field="spot")
            return replace(whole, x=place.x, y=place.y)
        case "video" | "audio" if place.seconds is not None:
            if not (isfinite(place.seconds) and 0 <= place.seconds <= LONGEST):
                raise InvalidError(N_("Write a time, such as 0:42."), field="time")
            return replace(whole, seconds=round(place.seconds, 1))
    return whole


def seconds_in(text: str) -> float:
    """The seconds that a time such as "0:42", "1:02:03" or "42" says.

    Raises:
        InvalidError: it says none.

    """
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise InvalidError(N_("Write a time, such as 0:42."), field="time")
    hours, minutes, seconds, alone = (int(part or 0) for part in found.groups())
    return float(hours * 3600 + minutes * 60 + seconds + alone)


def clock_time(seconds: float) -> str:
    """A moment of a video as people read it: "0:42", "1:02:03"."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def spot_name(x: float, y: float) -> str:
    """In which of the nine parts of a picture a spot is; untranslated."""
    return SPOTS[_middle(x), _middle(y)]


def _middle(share: float) -> float:
    return (2 * min(2, int(share * 3)) + 1) / 6


def _nearest(text: str, quote: str, near: int) -> int | None:
    """Where the quote stands that begins nearest to a position; None where it does not."""
    before, after = text.rfind(quote, 0, near + len(quote)), text.find(quote, near)
    found = [at for at in (before, after) if at >= 0]
    return min(found, key=lambda at: abs(at - near), default=None)
