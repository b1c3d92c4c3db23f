"""Our xAPI profile over HTTP: JSON-LD for machines, a page and a data dictionary for people.

Public: whoever reads statements of ours may look up what they mean. Where `ENTRAIDE_PROFILE_URL` is this
address, or w3id.org redirects to it, the IRI of every term leads here.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from flask_babel import force_locale, get_locale
from werkzeug.wrappers import Response as Answer

from xapi.profile import document
from xapi.profile.concepts import CONCEPTS, SOURCES, label
from xapi.profile.demands import EVERYWHERE
from xapi.profile.dictionary import NEVER_SENT, fields
from xapi.profile.examples import example
from xapi.profile.jsonld import CONTEXT
from xapi.profile.kinds import KINDS
from xapi.profile.publishing import as_csv
from xapi.profile.runs import patterns
from xapi.vocabulary import ACTIVITY_TYPES, PROFILE, PROFILE_VERSION, VERBS, Term

from .kernel import i18n

blueprint = Blueprint("profile", __name__, url_prefix="/profile")

LINKED_DATA, JSON, PAGE = "application/ld+json", "application/json", "text/html"
VERSION = PROFILE_VERSION.removeprefix(f"{PROFILE}/")
AN_HOUR = 3600


@blueprint.get("")
@blueprint.get(f"/{VERSION}", endpoint="version")
def index() -> Answer | str:
    """The profile: JSON-LD, unless a page is what the visitor's browser asks for."""
    return _page() if _wants_page() else _linked_data(_whole(_base()))


@blueprint.get("/profile.jsonld")
def linked_data() -> Answer:
    """The profile as a file."""
    return _linked_data(_whole(_base()))


@blueprint.get("/dictionary.csv")
def dictionary() -> Answer:
    """The data dictionary, in the language asked for."""
    response = Response(as_csv(_language(), _base()), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="entraide-xapi-dictionary.csv"'
    response.vary.add("Accept-Language")
    return _public(response)


@blueprint.get("/<path:term>")
def term(term: str) -> Answer:
    """One term, template or pattern, by the end of its IRI."""
    part = _parts(_base()).get(f"{_base()}/{term}") or abort(404)
    if _wants_page():
        return redirect(url_for("profile.index", _anchor=_anchor(term)), 303)
    return _linked_data({"@context": CONTEXT, **part})


def _base() -> str:
    base: str = current_app.config["ENTRAIDE"].profile_url.rstrip("/")
    return base


# What is public is made once: whoever asks for it often takes no time from others
@lru_cache(maxsize=2)
def _whole(base: str) -> dict[str, Any]:
    return document(base)


@lru_cache(maxsize=2)
def _parts(base: str) -> Mapping[str, dict[str, Any]]:
    profile = _whole(base)
    return {part["id"]: part for kind in ("concepts", "templates", "patterns") for part in profile[kind]}


def _wants_page() -> bool:
    offered = (LINKED_DATA, JSON, PAGE)
    return request.accept_mimetypes.best_match(offered, LINKED_DATA) == PAGE


def _language() -> str:
    asked = request.args.get("language", "")
    return asked if asked in i18n.LANGUAGES else str(get_locale())


def _linked_data(part: Mapping[str, Any]) -> Answer:
    plain = request.accept_mimetypes.best_match((LINKED_DATA, JSON), LINKED_DATA) == JSON
    text = json.dumps(part, ensure_ascii=False, separators=(",", ":"))
    response = Response(text, mimetype=JSON if plain else LINKED_DATA)
    page, relation = url_for("profile.index", _external=True), "http://www.w3.org/ns/json-ld#context"
    response.headers.add("Link", f'<{page}>; rel="alternate"; type="{PAGE}"')
    if plain:  # JSON-LD 1.1, 6.1: how plain JSON says that it is linked data
        response.headers.add("Link", f'<{CONTEXT}>; rel="{relation}"; type="{LINKED_DATA}"')
    response.vary.add("Accept")
    return _public(response)


def _public(response: Response) -> Answer:
    """Let anybody's page read it, and keep it for an hour."""
    response.access_control_allow_origin = "*"
    response.cache_control.public = True
    response.cache_control.max_age = AN_HOUR
    response.add_etag()
    return response.make_conditional(request)


@lru_cache(maxsize=4)
def _told(language: str, base: str) -> dict[str, Any]:
    """What the page tells of statements: the fields of every kind, and an example."""
    shown = {kind.name: example(kind.name, profile=base) for kind in KINDS}
    own = {kind.name: [demand for demand in kind.demands if demand not in EVERYWHERE] for kind in KINDS}
    return {
        "everywhere": list(fields(EVERYWHERE, language, shown["reviewed"], base)),
        "own": {name: list(fields(own[name], language, shown[name], base)) for name in own},
        "examples": {name: json.dumps(each, ensure_ascii=False, indent=2) for name, each in shown.items()},
    }


def _page() -> Answer:
    language, base = _language(), _base()
    with force_locale(language):
        page = render_template(
            "profile/profile.html",
            **_told(language, base),
            kinds=KINDS,
            concepts=CONCEPTS,
            borrowed=[term for term in (*VERBS.values(), *ACTIVITY_TYPES.values()) if not _is_ours(term)],
            patterns=patterns(),
            never_sent=NEVER_SENT,
            version=f"{base}/{VERSION}",
            label=label,
            source=_source,
            anchor=lambda iri: _anchor(iri.removeprefix(f"{PROFILE}/")),
            base=base,
        )
    response = Response(page)
    response.vary.update(("Accept", "Accept-Language"))
    return response


def _is_ours(term: Term) -> bool:
    return term.iri.startswith(PROFILE)


def _anchor(term: str) -> str:
    return term.replace("/", "-")


def _source(term: Term) -> str:
    return next(source for start, source in SOURCES.items() if term.iri.startswith(start))
