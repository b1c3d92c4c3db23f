"""Every statement that a test makes keeps to the published profile: one that does not fails that test."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from xapi import statements
from xapi.profile import ours
from xapi.profile.extensions import EXTENSIONS
from xapi.vocabulary import PROFILE, under

BENCHMARKS = Path(__file__).parent / "benchmarks"
BROKEN: list[str] = []
SCHEMAS = {concept.term.iri: Draft202012Validator(concept.schema) for concept in EXTENSIONS}
_tell = statements.to_bytes


def to_bytes(event: Any, version: Any = "1.0.3", profile: str = PROFILE) -> bytes:
    told = _tell(event, version, profile)
    statement = json.loads(told)
    validation = ours(profile).validate(statement)
    BROKEN.extend(map(str, validation.problems))
    if not validation.problems and len(validation.templates) != 1:
        BROKEN.append(f"not of one template: {validation.templates}: {statement}")
    BROKEN.extend(_wrong_extensions(statement, profile))
    return told


def _wrong_extensions(statement: dict[str, Any], profile: str) -> Iterator[str]:
    context, result = statement.get("context", {}), statement.get("result", {})
    nearby = [one for group in context["contextActivities"].values() for one in group]
    activities = [activity.get("definition", {}) for activity in (statement["object"], *nearby)]
    for part in (context, result, *activities):
        for key, value in part.get("extensions", {}).items():
            schema = SCHEMAS.get(under(key, profile) if profile == PROFILE else key.replace(profile, PROFILE))
            if schema is None:
                yield f"no extension of the profile: {key}"
            else:
                yield from (f"{key}: {error.message}" for error in schema.iter_errors(value))


def _checks(module: ModuleType) -> bool:
    return vars(module).get("to_bytes") is to_bytes and module.__name__ != __name__


# Before any test module takes the name from it
statements.to_bytes = to_bytes


@pytest.fixture(autouse=True)
def every_statement_keeps_to_the_profile(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.path.is_relative_to(BENCHMARKS):  # what is measured is what people have
        with pytest.MonkeyPatch.context() as patch:
            for module in [module for module in list(sys.modules.values()) if _checks(module)]:
                patch.setattr(module, "to_bytes", _tell)
            yield
        return
    yield
    broken = sorted(set(BROKEN))
    BROKEN.clear()
    assert not broken, "\n".join(broken)
