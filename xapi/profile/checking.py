"""Any xAPI profile, to check statements against: one by one by its templates, in order by its patterns."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from xapi.profile.patterns import Matcher, Outcome, Pattern, require_finite
from xapi.profile.templates import Known, Problem, Statement, Template, normalised

SUBREGISTRATION = "https://w3id.org/xapi/profiles/extensions/subregistration"
_PLACES = ("ContextExtension", "ResultExtension", "ActivityExtension")


@dataclass(frozen=True)
class Validation:
    """The templates that a statement follows, and what it breaks of others that concern it."""

    templates: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Match:
    """How the statements of one registration follow the profile's primary patterns.

    `pattern` is the one that got furthest, `matched` how many of the `statements` (ids, by timestamp) it
    took, `problems` what single statements break.
    """

    registration: str | None
    statements: tuple[str, ...]
    outcome: Outcome
    pattern: str | None = None
    matched: int = 0
    problems: tuple[Problem, ...] = ()


@dataclass
class Profile:
    """A profile, read from its JSON-LD."""

    id: str
    versions: frozenset[str]
    templates: tuple[Template, ...]
    patterns: Mapping[str, Pattern]
    extensions: Mapping[str, str] = field(default_factory=dict)  # what each is, by its IRI

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "Profile":
        """Read a profile's document. Raises ValueError or KeyError where it is none.

        That is also where a pattern contains itself.
        """
        patterns = map(Pattern.read, document.get("patterns", ()))
        concepts = [
            (concept.get("type") or concept["@type"], concept) for concept in document.get("concepts", ())
        ]
        return cls(
            document["id"],
            frozenset(version["id"] for version in document["versions"]),
            tuple(map(Template.read, document.get("templates", ()))),
            {pattern.id: pattern for pattern in patterns},
            {c.get("id") or c["@id"]: kind for kind, c in concepts if kind in _PLACES},
        )

    def __post_init__(self) -> None:
        require_finite(self.patterns)
        # Most templates name a verb, and most statements have another one
        self._by_verb: dict[str, list[Template]] = defaultdict(list)
        for template in self.templates:
            self._by_verb[template.verb].append(template)

    def validate(self, statement: Statement, known: Known = lambda _: None) -> Validation:
        """Check one statement against every template that concerns it.

        Args:
            statement: as JSON has it, otherwise valid.
            known: finds statements that it refers to; of one that is not found nothing is demanded.

        """
        return self._validate(normalised(statement), known, set())

    def _validate(self, statement: Statement, known: Known, asked: set[str]) -> Validation:
        def matching(identifier: str) -> set[str] | None:
            other = None if identifier in asked else known(identifier)
            if other is None:
                return None
            return set(self._validate(normalised(other), known, asked | {identifier}).templates)

        followed, problems = [], list(self._misplaced(statement))
        for template in (*self._by_verb[statement["verb"]["id"]], *self._by_verb.get("", ())):
            if template.concerns(statement):
                broken = template.problems(statement, matching)
                problems += broken
                if not broken:
                    followed.append(template.id)
        return Validation(tuple(followed), tuple(problems))

    def check(self, statement: Statement, known: Known = lambda _: None) -> list[Problem]:
        """Return what the statement breaks; one that no template concerns breaks something, too."""
        validation = self.validate(statement, known)
        if not (validation.templates or validation.problems):
            return [Problem("", "$", "is of no template")]
        return list(validation.problems)

    def match(self, statements: Iterable[Statement]) -> list[Match]:
        """Match the statements that name a version of the profile, by registration, in the order of time."""
        ours = [statement for statement in map(normalised, statements) if self._is_ours(statement)]
        by_id = {str(statement.get("id")): statement for statement in ours}
        groups: dict[tuple[str | None, str | None], list[Statement]] = defaultdict(list)
        for statement in ours:
            groups[self._registration(statement)].append(statement)
        return [self._follow(registration, group, by_id.get) for (registration, _), group in groups.items()]

    def _follow(self, registration: str | None, group: list[Statement], known: Known) -> Match:
        # Sorting keeps the order of those at the same moment, which may be any
        group = sorted(group, key=lambda statement: datetime.fromisoformat(statement["timestamp"]))
        validations = [self.validate(statement, known) for statement in group]
        ids = tuple(str(statement.get("id")) for statement in group)
        problems = tuple(problem for validation in validations for problem in validation.problems)
        row = [frozenset(validation.templates) for validation in validations]
        matcher = Matcher(row, self.patterns)
        tried = [(*matcher.match(p.id), p.id) for p in self.patterns.values() if p.primary]
        if problems or registration is None or not tried:
            return Match(registration, ids, Outcome.FAILURE, problems=problems)
        ranked = [
            (outcome is Outcome.SUCCESS and end == len(row), outcome is Outcome.PARTIAL, end, pattern)
            for outcome, end, pattern in tried
        ]
        success, partial, end, pattern = max(ranked)
        outcome = Outcome.SUCCESS if success else Outcome.PARTIAL if partial else Outcome.FAILURE
        return Match(registration, ids, outcome, pattern, end)

    def _is_ours(self, statement: Statement) -> bool:
        around = statement.get("context", {}).get("contextActivities", {})
        return any(activity.get("id") in self.versions for activity in around.get("category", ()))

    def _registration(self, statement: Statement) -> tuple[str | None, str | None]:
        context = statement["context"]
        for part in context.get("extensions", {}).get(SUBREGISTRATION, ()):
            if part["profile"] == self.id or part["profile"] in self.versions:
                return context.get("registration"), part["subregistration"]
        return context.get("registration"), None

    def _misplaced(self, statement: Statement) -> Iterator[Problem]:
        """Extensions that stand where the profile does not want them (Part Two, 7.2)."""
        context, result = statement.get("context", {}), statement.get("result", {})
        nearby = (one for group in context.get("contextActivities", {}).values() for one in group)
        activities = [activity.get("definition", {}) for activity in (statement.get("object", {}), *nearby)]
        for kind, location, places in zip(
            _PLACES,
            ("$.context.extensions", "$.result.extensions", "definition.extensions"),
            ([context], [result], activities),
            strict=True,
        ):
            for place in places:
                for key in place.get("extensions", {}):
                    if self.extensions.get(key, kind) != kind:
                        yield Problem("", location, f"must not have {key}: it is a {self.extensions[key]}")
