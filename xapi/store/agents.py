"""The Agents resource: an agent as a Person, with all its names (xAPI 1.0.3, Part Three, 2.4)."""

from collections.abc import Iterator

from werkzeug.wrappers import Response

from xapi.store import parameters, reading
from xapi.store.calls import Call, json_answer
from xapi.store.identity import agent_key, facet
from xapi.store.parts import Json
from xapi.validation import strictjson
from xapi.validation.shapes import IDENTIFIERS

_LATEST = 20  # statements that names are looked for in


def answer(call: Call) -> Response:
    """Answer a GET of one agent: what was asked with, and the names that its latest statements give it."""
    key = parameters.read(call.args, "agent")["agent"]
    agent = parameters.agent(call.args["agent"], "agent")
    names = [agent["name"]] if "name" in agent else []
    if call.holder.may("statements/read", "all/read"):
        names += _names(call, key)
    person: Json = {"objectType": "Person"} | ({"name": list(dict.fromkeys(names))} if names else {})
    person |= {name: [agent[name]] for name in IDENTIFIERS if name in agent}
    response = json_answer(strictjson.dumps(person))
    response.add_etag()
    return response.make_conditional(call.request)


def _names(call: Call, key: str) -> Iterator[str]:
    query = reading.Query((facet("agent", key),), limit=_LATEST)
    with call.reading.connect() as connection:
        bodies = reading.page(connection, query).bodies
    for statement in map(strictjson.loads, bodies):
        for actor in (statement["actor"], statement["object"]):
            for each in (actor, *actor.get("member", ())):
                if "name" in each and agent_key(each) == key:
                    yield each["name"]
