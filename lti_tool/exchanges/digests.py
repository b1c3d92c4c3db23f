"""What somebody's news look like as a mail: plain text and HTML of the same, in their language. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from markupsafe import Markup

from ..kernel.i18n import catalogue
from .models import Frequency
from .news_queries import Item
from .news_words import Translate

PAGE = Markup('<!doctype html><html lang="{}"><meta charset="utf-8"><title>{}</title><body>{}</body></html>')
MOST = 30  # pieces of news that a mail tells; of the rest it tells the number


@dataclass(frozen=True, slots=True)
class Place:
    """A course as its people know it; `url` is where it is in their LMS, where that is known."""

    title: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """A mail's words."""

    subject: str
    plain: str
    html: str


def digest(
    items: Sequence[Item], places: Mapping[UUID, Place], language: str, frequency: Frequency, stop_url: str
) -> Digest:
    """Tell news by mail.

    Args:
        items: the news, at least one, the oldest first.
        places: the courses, by their ids.
        language: the reader's.
        frequency: how often such a mail comes.
        stop_url: where one click stops them.

    """
    messages = catalogue(language)
    _ = messages.gettext
    shown = sorted(items[:MOST], key=lambda item: (str(item.course_id), str(item.activity_id), item.id))
    subject = messages.ngettext(
        "%(num)d new message in %(course)s", "%(num)d new messages in %(course)s", len(items)
    ) % {"num": len(items), "course": places[items[0].course_id].title or _("your course")}
    plain, html = [subject], [Markup("<h1>{}</h1>").format(subject)]
    for (course, _activity), group in groupby(shown, key=lambda item: (item.course_id, item.activity_id)):
        news = list(group)
        place = places[course]
        heading = f"{place.title} – {news[0].activity}" if place.title else news[0].activity
        plain += ["", heading, *filter(None, [place.url]), ""]
        linked = Markup('<a href="{}">{}</a>').format(place.url, heading) if place.url else heading
        html += [Markup("<h2>{}</h2><ul>").format(linked)]
        for item in news:
            plain += [f"* {item.sentence}", *([f"  {_one_line(item.excerpt)}"] if item.excerpt else [])]
            quoted = Markup("<blockquote>{}</blockquote>").format(_one_line(item.excerpt))
            html += [Markup("<li>{}{}</li>").format(item.sentence, quoted if item.excerpt else "")]
        html += [Markup("</ul>")]
    closing = [_("Open the activity in your course to read and answer.")]
    if len(items) > MOST:
        rest = len(items) - MOST
        closing.insert(0, messages.ngettext("And %(num)d more.", "And %(num)d more.", rest) % {"num": rest})
    stop = _("Stop these mails")
    plain += ["", *closing, "", "-- ", _often(frequency, _), f"{stop}: {stop_url}", ""]
    html += [Markup("<p>{}</p>").format(each) for each in closing]
    html += [Markup('<hr><p>{} <a href="{}">{}</a></p>').format(_often(frequency, _), stop_url, stop)]
    whole = PAGE.format(language, subject, Markup("").join(html))
    return Digest(subject, "\n".join(plain), whole)


def _often(frequency: Frequency, _: Translate) -> str:
    match frequency:
        case Frequency.AT_ONCE:
            return _("This mail comes as soon as there is news.")
        case Frequency.WEEKLY:
            return _("This mail comes once a week at most.")
    return _("This mail comes once a day at most.")


def _one_line(text: str) -> str:
    return " ".join(text.split())
