"""The formats in which statements are given back (xAPI 1.0.3, Part Three, 2.1.3): exact, ids, canonical."""

from typing import Any

from werkzeug.datastructures import LanguageAccept

from xapi.store.parts import Json, rewritten
from xapi.validation import strictjson
from xapi.validation.shapes import IDENTIFIERS

_COMPONENTS = ("choices", "scale", "source", "target", "steps")


def formatted(body: str, name: str, languages: LanguageAccept) -> str:
    """Return a statement's JSON text in the format `name`; `languages` chooses the words of "canonical"."""
    if name == "exact":
        return body
    statement = strictjson.loads(body)
    return strictjson.dumps(_ids(statement) if name == "ids" else _canonical(statement, languages))


def _ids(statement: Json) -> Json:
    return rewritten(statement, agent=_agent_id, verb=lambda verb: {"id": verb["id"]}, activity=_activity_id)


def _activity_id(activity: Json) -> Json:
    return {name: activity[name] for name in ("objectType", "id") if name in activity}


def _agent_id(agent: Json) -> Json:
    identity = {name: agent[name] for name in ("objectType", *IDENTIFIERS) if name in agent}
    if not any(name in identity for name in IDENTIFIERS):
        identity["member"] = [_agent_id(member) for member in agent["member"]]
    return identity


def _canonical(statement: Json, languages: LanguageAccept) -> Json:
    """Return a statement with its own definitions, each language map reduced to the reader's language."""

    def words(thing: Json, *names: str) -> Json:
        return thing | {name: _one_language(thing[name], languages) for name in names if name in thing}

    def activity(thing: Json) -> Json:
        if "definition" not in thing:
            return thing
        definition: dict[str, Any] = words(thing["definition"], "name", "description")
        for name in _COMPONENTS:
            if name in definition:
                definition[name] = [words(component, "description") for component in definition[name]]
        return thing | {"definition": definition}

    return rewritten(
        statement, agent=lambda agent: agent, verb=lambda verb: words(verb, "display"), activity=activity
    )


def _one_language(words: dict[str, str], languages: LanguageAccept) -> dict[str, str]:
    if not words:
        return words
    tag = languages.best_match(words, next(iter(words)))
    return {tag: words[tag]}
