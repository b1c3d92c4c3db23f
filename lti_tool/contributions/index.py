"""What shared contributions can be listed and found by: their order, and the words in them.

Words are cut, freed of accents and reduced to their stems here, once for every database: SQLite's FTS5 and
PostgreSQL's GIN index hold the same terms, and find the same.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ForeignKey, Index, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column
from Stemmer import Stemmer

from ..activities.models import Activity
from ..kernel.database import Base, Sequence
from .models import Contribution
from .texts import Text

STEMMERS = {"en": "english", "fr": "french"}  # by the languages of kernel/i18n.py
LONGEST = 40  # characters of a word that count
MOST_TAGS = 10  # of a text
TAG = re.compile(r"(?<![\w#&/])#(?=[^\W\d_])([\w-]+)")
_TOKEN = re.compile(r"[^\W_]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"})  # no accent to Unicode


class SearchEntry(Base):
    """A shared contribution in the lists of its activity and course, in the order of sharing.

    `terms` are kept in step by the database itself: with the table `search_words` (FTS5) by triggers, or with
    the index `ix_search_entry_terms` (GIN). Migration 0004 makes both.
    """

    __tablename__ = "search_entry"

    id: Mapped[int] = mapped_column(Sequence, primary_key=True)
    contribution_id: Mapped[UUID] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), unique=True
    )
    activity_id: Mapped[UUID]  # as the contribution's, which never changes; so is the course
    course_id: Mapped[UUID]
    terms: Mapped[str]

    __table_args__ = (
        Index("ix_search_entry_activity", "activity_id", "id"),
        Index("ix_search_entry_course", "course_id", "id"),
    )


class Word(NamedTuple):
    """A word of a text: where it stands, and how it is looked for."""

    start: int
    end: int
    folded: str


def words(text: str) -> Iterator[Word]:
    """The words of a text as `markup.plain` keeps it, in lower case and without accents."""
    for token in _TOKEN.finditer(text):
        letters = unicodedata.normalize("NFKD", token.group().casefold()).translate(_LIGATURES)
        if folded := "".join(letter for letter in letters if letter.isalnum())[:LONGEST]:
            yield Word(token.start(), token.end(), folded)


def tags(text: str) -> dict[str, str]:
    """The words marked with "#" in a text, as it writes them, by how they are looked for; so many at most."""
    found: dict[str, str] = {}
    for match in TAG.finditer(text):
        if (folded := fold_tag(match[1])) and len(found) < MOST_TAGS:
            found.setdefault(folded, match[1])
    return found


def fold_tag(name: str) -> str:
    """A tag as it is looked for: "#Premier-jour" and "#premierjour" are one."""
    return "".join(word.folded for word in words(name))[:LONGEST]


def tag_term(folded: str) -> str:
    """The term that every entry with a tag holds."""
    return f"=@{folded}"


def stem(word: str, language: str) -> str:
    """What a folded word shares with its other forms, marked so that it is no word itself."""
    return "=" + str(Stemmer(STEMMERS[language]).stemWord(word))


def place(of: UUID) -> str:
    """The term that every entry of an activity or a course holds."""
    return f"@{of.hex}"


def terms(text: str, language: str, *places: UUID) -> str:
    """All terms of a text, parted by blanks."""
    found = {word.folded for word in words(text)}
    stemmer = Stemmer(STEMMERS[language])
    stems = {f"={each}" for each in stemmer.stemWords(list(found))}
    return " ".join(sorted({*found, *stems, *map(tag_term, tags(text)), *map(place, places)}))


def keep_findable(session: Session, activity: Activity, contribution: Contribution) -> None:
    """List what was just shared, or bring its terms up to date."""
    text = "\n".join((contribution.title, *Text.read("", contribution.answers).passages))
    found = terms(text, contribution.language, activity.id, activity.course_id)
    entry = session.scalar(select(SearchEntry).where(SearchEntry.contribution_id == contribution.id))
    if entry is None:
        entry = SearchEntry(
            contribution_id=contribution.id, activity_id=activity.id, course_id=activity.course_id
        )
        session.add(entry)
    entry.terms = found


def no_longer_findable(session: Session, contribution: Contribution) -> None:
    """Take what is no longer shared out of the lists."""
    session.execute(delete(SearchEntry).where(SearchEntry.contribution_id == contribution.id))
