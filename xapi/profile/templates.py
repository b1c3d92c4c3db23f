"""Statement templates: whom they concern, and what they demand (xAPI Profiles 1.0, Part Three, 2.1)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from xapi.profile import jsonpath

Statement = Mapping[str, Any]
Known = Callable[[str], Statement | None]
"""Finds a statement by its id, where the checking side has it."""

_UNMATCHABLE = object()
_KINDS_OF_CONTEXT = ("grouping", "parent", "other", "category")


@dataclass(frozen=True)
class Problem:
    """A statement does not keep to a template, or to what the profile says of an extension.

    `template` is its IRI (empty where no template is concerned), `location` the JSONPath that was looked at.
    """

    template: str
    location: str
    message: str

    def __str__(self) -> str:
        return f"{self.template or 'profile'}: {self.location} {self.message}"


@dataclass(frozen=True)
class Rule:
    """What a place in a statement holds. Raises ValueError for a path that is none."""

    location: str
    selector: str = ""
    presence: str = ""
    any: tuple[Any, ...] | None = None
    all: tuple[Any, ...] | None = None
    none: tuple[Any, ...] | None = None

    def __post_init__(self) -> None:
        _ = self._paths

    @classmethod
    def read(cls, rule: Mapping[str, Any]) -> "Rule":
        """Make the rule of its JSON. As published profiles have it, one value stands for a list of one."""
        lists = {name: many(rule[name]) for name in ("any", "all", "none") if name in rule}
        return cls(rule["location"], rule.get("selector", ""), rule.get("presence", ""), **lists)

    @cached_property
    def _paths(self) -> tuple[jsonpath.Path, jsonpath.Path | None]:
        return jsonpath.parse(self.location), jsonpath.parse(self.selector) if self.selector else None

    def values(self, statement: Statement) -> tuple[list[Any], bool]:
        """Return what the rule looks at, and whether a location has nothing for the selector."""
        location, selector = self._paths
        values = location.values(statement)
        if selector is None:
            return values, False
        found = [selector.values(value) or [_UNMATCHABLE] for value in values]
        flat = [value for selection in found for value in selection]
        return [value for value in flat if value is not _UNMATCHABLE], _UNMATCHABLE in flat

    def broken(self, statement: Statement) -> str:
        """Return how the statement breaks the rule, in words; empty where it keeps to it."""
        values, unmatchable = self.values(statement)
        if self.presence == "included" and (unmatchable or not values):
            return "must be there"
        if self.presence == "excluded" and values:
            return "must not be there"
        if self.presence == "excluded" or (self.presence == "recommended" and not values):
            return ""
        if self.any is not None and not any(_is_in(value, self.any) for value in values):
            return f"must have one of {list(self.any)}, has {values}"
        if self.all is not None and (unmatchable or not all(_is_in(value, self.all) for value in values)):
            return f"must be of {list(self.all)}, is {values}"
        if self.none is not None and any(_is_in(value, self.none) for value in values):
            return f"must not be of {list(self.none)}, is {values}"
        return ""


@dataclass(frozen=True)
class Template:
    """One way of making a statement."""

    id: str
    verb: str
    object_type: str
    context_types: Mapping[str, frozenset[str]]
    usage_types: frozenset[str]
    object_statements: frozenset[str]
    context_statements: frozenset[str]
    rules: tuple[Rule, ...]

    @classmethod
    def read(cls, template: Mapping[str, Any]) -> "Template":
        """Make the template of its JSON. Raises ValueError or KeyError where that is none."""
        types = {kind: template.get(f"context{kind.title()}ActivityType", ()) for kind in _KINDS_OF_CONTEXT}
        return cls(
            template.get("id") or template["@id"],
            template.get("verb", ""),
            template.get("objectActivityType", ""),
            {kind: frozenset(many(wanted)) for kind, wanted in types.items() if wanted},
            frozenset(many(template.get("attachmentUsageType", ()))),
            frozenset(many(template.get("objectStatementRefTemplate", ()))),
            frozenset(many(template.get("contextStatementRefTemplate", ()))),
            tuple(Rule.read(rule) for rule in template.get("rules", ())),
        )

    def concerns(self, statement: Statement) -> bool:
        """Whether the statement has all the determining properties (Part Two, 8.0). It is normalised."""
        if self.verb and statement["verb"]["id"] != self.verb:
            return False
        if self.object_type and _type(statement.get("object", {})) != self.object_type:
            return False
        around = statement.get("context", {}).get("contextActivities", {})
        attached = {attachment.get("usageType") for attachment in statement.get("attachments", ())}
        return self.usage_types <= attached and all(
            wanted <= {_type(activity) for activity in around.get(kind, ())}
            for kind, wanted in self.context_types.items()
        )

    def problems(self, statement: Statement, matching: Callable[[str], set[str] | None]) -> list[Problem]:
        """Return what of the template the statement breaks.

        `matching` returns the templates of another statement by its id, None where that is not known.
        """
        found = [
            Problem(self.id, rule.location, how) for rule in self.rules if (how := rule.broken(statement))
        ]
        for location, reference, wanted in (
            ("$.object", statement.get("object"), self.object_statements),
            ("$.context.statement", statement.get("context", {}).get("statement"), self.context_statements),
        ):
            if not wanted:
                continue
            if not isinstance(reference, dict) or reference.get("objectType") != "StatementRef":
                found.append(Problem(self.id, location, "must be a reference to a statement"))
            elif (templates := matching(reference["id"])) is not None and not templates & wanted:
                found.append(Problem(self.id, location, f"must be a statement of {sorted(wanted)}"))
        return found


def normalised(statement: Statement) -> Statement:
    """Return the statement with lists in `contextActivities`, where one activity may stand for a list."""
    around = statement.get("context", {}).get("contextActivities", {})
    if all(isinstance(activities, list) for activities in around.values()):
        return statement
    lists = {kind: [one] if isinstance(one, dict) else one for kind, one in around.items()}
    return {**statement, "context": {**statement["context"], "contextActivities": lists}}


def _type(activity: Mapping[str, Any]) -> str:
    kind: str = activity.get("definition", {}).get("type", "")
    return kind


def many(value: Any) -> tuple[Any, ...]:
    """Return the values of a list, or the one value that stands for a list of one."""
    return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else (value,)


def _is_in(value: Any, wanted: tuple[Any, ...]) -> bool:
    return any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in wanted)
