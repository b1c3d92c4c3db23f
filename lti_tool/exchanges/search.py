"""Looking for words in what is shared: what somebody typed, as SQL, and as marks in what is found."""

from dataclasses import dataclass
from uuid import UUID

from markupsafe import Markup
from sqlalchemy import BindParameter, TextClause, bindparam, text
from sqlalchemy.orm import Session

from ..contributions.index import STEMMERS, TAG, fold_tag, place, stem, tag_term, tags, words
from ..kernel.markup import plain

MOST_TYPED = 200  # characters that are looked at
MOST_WORDS = 10
EXCERPT, BEFORE = 180, 30  # characters of an excerpt, and of those before the first word found
# Words that nearly every text holds: left out when others are typed.
COMMON = frozenset(
    """
    a an and are at by for from how i in is it of on or that the this to was we what when with you
    au aux avec c ce cette comment d dans de des du elle en est et il ils j je l la le les leur m ma mes mon n
    ne nous on ou par pas pour qu que qui s sa se ses son sur t un une vous y
    """.split()  # noqa: SIM905  (a list of seventy quoted words reads worse)
)
IN_SQLITE = "search_entry.id IN (SELECT rowid FROM search_words WHERE search_words MATCH :looked_for)"
IN_POSTGRESQL = "search_terms(search_entry.terms) @@ CAST(:looked_for AS tsquery)"


@dataclass(frozen=True, slots=True)
class Search:
    """Words to be found all together: each as it begins, or in another form of it; tags as they are."""

    words: tuple[str, ...]
    tags: tuple[str, ...] = ()

    @classmethod
    def of(cls, typed: str) -> "Search":
        """What somebody typed; only "#" in it is syntax. Without a word in it, nothing will be found."""
        typed = plain(typed[:MOST_TYPED])
        found = list(dict.fromkeys(word.folded for word in words(TAG.sub(" ", typed))))
        telling = [word for word in found if word not in COMMON]
        return cls(tuple((telling or found)[:MOST_WORDS]), tuple(tags(typed)))

    def forms(self, language: str) -> set[str]:
        """The stems of the words in a language."""
        return {stem(word, language) for word in self.words}

    def matches(self, session: Session, within: UUID) -> TextClause:
        """That an entry of an activity or a course holds all the words; none does when there are none."""
        if not (self.words or self.tags):
            return text("1 = 0")
        sqlite = session.get_bind().dialect.name == "sqlite"
        if sqlite:
            quote, prefix, either, both = '"', '"*', " OR ", " AND "
        else:
            quote, prefix, either, both = "'", "':*", " | ", " & "
        terms = [f"{quote}{each}{quote}" for each in (place(within), *map(tag_term, self.tags))]
        for word in self.words:
            stems = sorted({stem(word, language) for language in STEMMERS})
            forms = [f"{quote}{word}{prefix}", *(f"{quote}{each}{quote}" for each in stems)]
            terms.append(f"({either.join(forms)})")
        looked_for: BindParameter[str] = bindparam("looked_for", both.join(terms))
        return text(IN_SQLITE if sqlite else IN_POSTGRESQL).bindparams(looked_for)


def spans(search: Search | None, text: str, language: str) -> list[tuple[int, int]]:
    """Where a text holds words that were looked for."""
    if search is None:
        return []
    found = [match.span() for match in TAG.finditer(text) if fold_tag(match[1]) in search.tags]
    within = {place for start, end in found for place in range(start, end)}
    stems = search.forms(language)
    for word in words(text) if search.words else ():
        meant = word.folded.startswith(search.words) or stem(word.folded, language) in stems
        if meant and word.start not in within:
            found.append((word.start, word.end))
    return sorted(found)


def marked(search: Search | None, text: str, language: str) -> Markup:
    """A text as HTML, with what was looked for in marks; everything else escaped."""
    return _with_marks(text, spans(search, text, language))


def excerpt(search: Search | None, text: str, language: str) -> Markup:
    """The first lines of a text or, when what was looked for stands further down, those around it."""
    text = " ".join(text.split())
    found = spans(search, text, language)
    first = found[0][0] if found else 0
    start = min(text.find(" ", first - BEFORE) + 1 or first, first) if first > 2 * BEFORE else 0
    end = len(text) if len(text) <= start + EXCERPT else text.rfind(" ", start, start + EXCERPT)
    end = end if end > start else start + EXCERPT
    cut = [(max(a, start) - start, min(b, end) - start) for a, b in found if start < b and a < end]
    inside = _with_marks(text[start:end], cut)
    return Markup("{}{}{}").format("… " if start else "", inside, " …" if end < len(text) else "")


def _with_marks(text: str, spans: list[tuple[int, int]]) -> Markup:
    parts: list[str | Markup] = []
    done = 0
    for start, end in spans:
        parts += [text[done:start], Markup("<mark>{}</mark>").format(text[start:end])]
        done = end
    return Markup("").join([*parts, text[done:]])
