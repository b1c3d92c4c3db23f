"""What the first page says: five sentences with their numbers, and whether scores can be trusted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup, escape

from xapi.reports.formats import Formats
from xapi.reports.measures.model import Headline, Measure, Results, Words
from xapi.reports.words import WORDS

Verdict = Literal["yes", "care", "no", "unknown"]

TOLD: Mapping[str, Sequence[str]] = {
    "reach": ("reach", "reach_shared", "reach_reviewed", "reach_answered"),
    "speed": ("feedback_time", "answer_time"),
    "quality": ("usefulness", "revised_after", "alpha_ordinal"),
    "use": ("applied", "reads", "copied"),
    "links": ("links_each", "alone", "cross_team", "cross_platform"),
}
"""The measures that each sentence is made of; those that there is nothing for are not in it."""

SENTENCES: Mapping[str, Words] = {
    "reach": {
        "en": "{value} of the {people} people who came shared, reviewed or answered at least once",
        "fr": "{value} des {people} personnes venues ont partagé, relu ou répondu au moins une fois",
    },
    "reach_shared": {"en": "{value} shared", "fr": "{value} ont partagé"},
    "reach_reviewed": {"en": "{value} reviewed", "fr": "{value} ont relu"},
    "reach_answered": {"en": "{value} answered a question", "fr": "{value} ont répondu à une question"},
    "feedback_time": {
        "en": "half of the contributions had a first feedback after {value}",
        "fr": "la moitié des contributions avaient un premier retour après {value}",
    },
    "answer_time": {
        "en": "half of the questions had an answer after {value}",
        "fr": "la moitié des questions avaient une réponse après {value}",
    },
    "review_time": {
        "en": "half of the reviews asked for were written after {value}",
        "fr": "la moitié des relectures demandées étaient écrites après {value}",
    },
    "usefulness": {
        "en": "readers rated the usefulness of reviews at {value}",
        "fr": "l’utilité des relectures reçues est notée {value}",
    },
    "revised_after": {
        "en": "{value} of the contributions were revised after feedback",
        "fr": "{value} des contributions ont été révisées après un retour",
    },
    "alpha_ordinal": {
        "en": "reviewers agree at {value}",
        "fr": "l’accord des pairs est de {value}",
    },
    "applied": {
        "en": "things applied at work: {value}",
        "fr": "mises en pratique au travail\u202f: {value}",
    },
    "reads": {
        "en": "each contribution had {value} readers",
        "fr": "chaque contribution a été lue par {value} personnes",
    },
    "copied": {
        "en": "contributions put forward for others: {value}",
        "fr": "contributions mises en avant\u202f: {value}",
    },
    "links_each": {
        "en": "each person exchanged with {value} others",
        "fr": "chaque personne a échangé avec {value} autres",
    },
    "alone": {
        "en": "people with no exchange: {value}",
        "fr": "personnes sans échange\u202f: {value}",
    },
    "cross_team": {"en": "{value} of the links cross teams", "fr": "{value} des liens relient deux équipes"},
    "cross_platform": {
        "en": "{value} of the links cross sites",
        "fr": "{value} des liens relient deux sites",
    },
}
"""The clauses that the first page's sentences are made of, by measure; put together with semicolons."""

_BETWEEN: Words = {"en": " ({low} to {high})", "fr": " (de {low} à {high})"}

GOOD, FAIR = 0.75, 0.5
"""Of ICC(1,k): Koo & Li 2016, J. Chiropr. Med. 15(2), 155-163, who read the interval's lower end."""


@dataclass(frozen=True)
class Finding:
    """One line of the first page: what it says, of whom, against the period before, by which measures."""

    name: str
    sentence: Markup
    people: int | None
    before: str | None
    measures: Sequence[Measure]


def findings(results: Results, formats: Formats) -> list[Finding]:
    """Return the five findings of the first page, in the language of `formats`."""
    return [_finding(name, results, formats) for name in TOLD]


def _finding(name: str, results: Results, formats: Formats) -> Finding:
    told = [results.headline[measure] for measure in TOLD[name]]
    told = [one for one in told if one.now.hidden or _worth_telling(one)]
    clauses = [_clause(one, formats) for one in told if not one.now.hidden]
    language = formats.language
    if clauses:
        # The first letter may stand inside the mark of a number, which needs no capital
        text = escape("\u202f; " if language == "fr" else "; ").join(clauses)
        sentence = text[:1].upper() + text[1:] + "."
    elif told:
        sentence = escape(WORDS["too_few"][language]).format(least=results.least)
    else:
        sentence = escape(WORDS["nothing_said"][language])
    first = next((one for one in told if not one.now.hidden), results.headline[TOLD[name][0]])
    return Finding(
        name,
        sentence,
        first.now.people if clauses else None,
        formats.value(first.before.value, first.measure.kind) if first.before.value is not None else None,
        [results.headline[measure].measure for measure in TOLD[name]],
    )


def _worth_telling(headline: Headline) -> bool:
    # Where there is one site only, no link leaves it
    return headline.now.value is not None and (
        headline.measure.name != "cross_platform" or headline.now.value > 0
    )


def _clause(headline: Headline, formats: Formats) -> Markup:
    now, kind = headline.now, headline.measure.kind
    value = Markup("<strong>{}</strong>").format(formats.value(now.value, kind))
    said = escape(SENTENCES[headline.measure.name][formats.language])
    clause = said.format(value=value, people=formats.number(now.people or 0))
    if kind == "coefficient" and now.low is not None and now.high is not None:
        clause += escape(_BETWEEN[formats.language]).format(
            low=formats.value(now.low, kind), high=formats.value(now.high, kind)
        )
    return clause


def verdict(results: Results) -> Verdict:
    """Return whether scores can be trusted, as the mean of a contribution's reviews."""
    reliability = results.headline["icc_mean"].now
    if reliability.value is None:
        return "unknown"
    surely = reliability.value if reliability.low is None else reliability.low
    return "yes" if surely >= GOOD else "care" if surely >= FAIR else "no"
