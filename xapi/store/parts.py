"""Walks over a statement's agents, verbs and activities, wherever the specification puts them."""

from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]
Rewrite = Callable[[Json], Json]


def as_list(value: Any) -> list[Any]:
    """Return context activities as the array that 1.0.3 makes of a single one (Part Two, 2.4.6.2)."""
    return value if isinstance(value, list) else [value]


def object_type(thing: Json) -> str:
    """Return the kind of a statement's object."""
    return str(thing.get("objectType", "Activity"))


def context_agents(statement: Json) -> Iterator[Json]:
    """Give the agents and groups that a statement's context names."""
    context = statement.get("context", {})
    yield from (context[role] for role in ("instructor", "team") if role in context)
    yield from (each["agent"] for each in context.get("contextAgents", ()))
    yield from (each["group"] for each in context.get("contextGroups", ()))


def context_activities(statement: Json) -> Iterator[Json]:
    """Give the activities that a statement's context names."""
    for some in statement.get("context", {}).get("contextActivities", {}).values():
        yield from as_list(some)


def all_activities(statement: Json) -> Iterator[Json]:
    """Give the activities of a statement and of its sub-statement."""
    if object_type(statement["object"]) == "Activity":
        yield statement["object"]
    yield from context_activities(statement)
    if object_type(statement["object"]) == "SubStatement":
        yield from all_activities(statement["object"])


def attachments(statement: Json) -> Iterator[Json]:
    """Give the attachments of a statement and of its sub-statement."""
    yield from statement.get("attachments", ())
    if object_type(statement["object"]) == "SubStatement":
        yield from attachments(statement["object"])


def rewritten(statement: Json, *, agent: Rewrite, verb: Rewrite, activity: Rewrite) -> Json:
    """Return a copy of a statement, every agent or group, verb and activity put through its function."""
    result = {**statement, "actor": agent(statement["actor"]), "verb": verb(statement["verb"])}
    match object_type(thing := statement["object"]):
        case "Activity":
            result["object"] = activity(thing)
        case "Agent" | "Group":
            result["object"] = agent(thing)
        case "SubStatement":
            result["object"] = rewritten(thing, agent=agent, verb=verb, activity=activity)
    if "authority" in statement:
        result["authority"] = agent(statement["authority"])
    if "context" in statement:
        result["context"] = context = dict(statement["context"])
        context |= {role: agent(context[role]) for role in ("instructor", "team") if role in context}
        if "contextActivities" in context:
            context["contextActivities"] = {
                role: [activity(each) for each in as_list(some)]
                for role, some in context["contextActivities"].items()
            }
        for name, who in (("contextAgents", "agent"), ("contextGroups", "group")):
            if name in context:
                context[name] = [{**each, who: agent(each[who])} for each in context[name]]
    return result
