"""The Activities resource: what all statements together say of an activity (xAPI 1.0.3, Part Three, 2.5)."""

from collections.abc import Iterable, Iterator
from itertools import islice

from sqlalchemy import Connection, insert, select, update
from werkzeug.wrappers import Response

from xapi.store import parameters, schema
from xapi.store.calls import Call, json_answer
from xapi.store.identity import facet
from xapi.store.parts import Json, all_activities
from xapi.validation import strictjson

_WORDS = ("name", "description", "extensions")  # of these the parts add up
_INTERACTION = ("interactionType", "correctResponsesPattern", "choices", "scale", "source", "target", "steps")
_LARGEST = 100_000  # characters; beyond, only the last definition is kept
_AT_ONCE = 500  # activities that one SQL statement asks for


def answer(call: Call) -> Response:
    """Answer a GET of one activity; nothing is known of most, and that is no error."""
    activity = parameters.read(call.args, "activityId")["activityId"]
    with call.reading.connect() as connection:
        known = definitions(connection, [activity])
    found = {"objectType": "Activity", "id": activity}
    told = found | ({"definition": known[activity]} if activity in known else {})
    response = json_answer(strictjson.dumps(told))
    response.add_etag()
    return response.make_conditional(call.request)


def definitions(connection: Connection, activities: Iterable[str]) -> dict[str, Json]:
    """Return the definitions that are known of these activities, by their ids."""
    names = {_key(activity): activity for activity in activities}
    table = schema.activities
    return {
        names[row.key]: strictjson.loads(row.definition)
        for some in _few(names)
        for row in connection.execute(select(table.c.key, table.c.definition).where(table.c.key.in_(some)))
    }


def learn(connection: Connection, statements: Iterable[Json]) -> None:
    """Add what valid statements say of activities to what is known, in the transaction that stores them.

    Writers must take turns. Languages and extensions add up, and the last word on each counts; but how an
    interaction is answered is said once (1.0.3, Part Two, 2.4.4.1: no significant changes).
    """
    said: dict[str, list[Json]] = {}
    for statement in statements:
        for activity in all_activities(statement):
            if definition := activity.get("definition"):
                said.setdefault(activity["id"], []).append(definition)
    if not said:
        return
    known = definitions(connection, said)
    learnt = {activity: _merged(known.get(activity, {}), each) for activity, each in said.items()}
    new = [
        {"key": _key(activity), "definition": strictjson.dumps(definition)}
        for activity, definition in learnt.items()
        if activity not in known
    ]
    table = schema.activities
    if new:
        connection.execute(insert(table), new)
    for name in known:
        if learnt[name] != known[name]:
            values = {"definition": strictjson.dumps(learnt[name])}
            connection.execute(update(table).where(table.c.key == _key(name)).values(values))


def _merged(known: Json, said: Iterable[Json]) -> Json:
    for definition in said:
        merged = known | definition
        merged |= {name: {**known.get(name, {}), **merged[name]} for name in _WORDS if name in merged}
        if "interactionType" in known:
            merged = {name: value for name, value in merged.items() if name not in _INTERACTION}
            merged |= {name: known[name] for name in _INTERACTION if name in known}
        if merged != known:
            known = merged if len(strictjson.dumps(merged)) <= _LARGEST else definition
    return known


def _key(activity: str) -> bytes:
    return facet("activity", activity)


def _few(keys: Iterable[bytes]) -> Iterator[list[bytes]]:
    rest = iter(keys)
    while some := list(islice(rest, _AT_ONCE)):
        yield some
