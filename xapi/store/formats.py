"""The formats in which statements are given back (xAPI 1.0.3, Part Three, 2.1.3): exact, ids, canonical."""

from collections.abc import Mapping

from werkzeug.datastructures import LanguageAccept

from xapi.store.parts import Json, rewritten
from xapi.validation.shapes import IDENTIFIERS

_COMPONENTS = ("choices", "scale", "source", "target", "steps")


def ids(statement: Json) -> Json:
    """Return a statement with no more of its agents, verbs and activities than what identifies them."""
    return rewritten(statement, agent=_agent_id, verb=_only_id, activity=_only_id)


def _only_id(thing: Json) -> Json:
    return {"id": thing["id"]}


def _agent_id(agent: Json) -> Json:
    identity = {name: agent[name] for name in ("objectType", *IDENTIFIERS) if name in agent}
    if not any(name in identity for name in IDENTIFIERS):
        identity["member"] = [_agent_id(member) for member in agent["member"]]
    return identity


def canonical(statement: Json, known: Mapping[str, Json], languages: LanguageAccept) -> Json:
    """Return a statement with the definitions `known` of activities, by their ids, else with its own.

    Of each language map there is only the language that the reader prefers.
    """

    def words(thing: Json, *names: str) -> Json:
        return thing | {name: _one_language(thing[name], languages) for name in names if name in thing}

    def activity(thing: Json) -> Json:
        found = known.get(thing["id"]) or thing.get("definition")
        if found is None:
            return thing
        definition = words(found, "name", "description")
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
