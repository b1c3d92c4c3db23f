"""Our profile as JSON-LD, generated from the vocabulary (xAPI Profiles 1.0, Part Two)."""

import json
from typing import Any

from xapi.profile.concept import Concept
from xapi.profile.concepts import CONCEPTS
from xapi.profile.kinds import KINDS, Kind, template_iri
from xapi.profile.runs import patterns
from xapi.profile.words import words
from xapi.vocabulary import PROFILE, PROFILE_VERSION, AttachmentUsage

CONTEXT = "https://w3id.org/xapi/profiles/context"
CONFORMS_TO = "https://w3id.org/xapi/profiles#1.0"
VERSIONS = ({"id": PROFILE_VERSION, "generatedAtTime": "2026-11-23T00:00:00Z"},)


def document(profile: str = PROFILE) -> dict[str, Any]:
    """Return the profile, under the base IRI `profile`."""
    published = {
        "@context": CONTEXT,
        "id": PROFILE,
        "type": "Profile",
        "conformsTo": CONFORMS_TO,
        "prefLabel": words("Peer learning", "Apprendre entre pairs"),
        "definition": words(
            "What learners of a course do with and for each other: they share contributions, review, "
            "compare, "
            "comment, ask and answer. Statements carry accounts, scores and word counts; learners’ own words "
            "only where an administrator lets them travel.",
            "Ce que les personnes d’un cours font entre elles : elles partagent, relisent, comparent, "
            "commentent, "
            "questionnent et répondent. Les déclarations portent des comptes, des notes et des nombres de "
            "mots ; "
            "les mots eux-mêmes seulement si l’administration le permet.",
        ),
        "versions": list(VERSIONS),
        "author": {"type": "Organization", "name": "Entraide"},
        "concepts": [_concept(concept) for concept in CONCEPTS],
        "templates": [_template(kind) for kind in KINDS],
        "patterns": patterns(),
    }
    moved: dict[str, Any] = _moved(published, profile)
    return moved


def _concept(concept: Concept) -> dict[str, Any]:
    kind = "AttachmentUsageType" if isinstance(concept.term, AttachmentUsage) else type(concept.term).__name__
    told = {
        "id": concept.term.iri,
        "type": kind,
        "inScheme": PROFILE_VERSION,
        "prefLabel": concept.label,
        "definition": concept.definition,
    }
    if concept.verbs:
        told["recommendedVerbs"] = [verb.iri for verb in concept.verbs]
    if concept.types:
        told["recommendedActivityTypes"] = [of_type.iri for of_type in concept.types]
    if concept.schema:
        told["inlineSchema"] = json.dumps(concept.schema)
    return told


def _template(kind: Kind) -> dict[str, Any]:
    told = {
        "id": kind.iri,
        "type": "StatementTemplate",
        "inScheme": PROFILE_VERSION,
        "prefLabel": kind.label,
        "definition": kind.definition,
        "verb": kind.verb.iri,
        "rules": [demand.document() for demand in kind.demands],
    }
    if kind.object_type:
        told["objectActivityType"] = kind.object_type.iri
    else:
        told["objectStatementRefTemplate"] = [other.iri for other in KINDS if other is not kind]
    if kind.follows:
        told["contextStatementRefTemplate"] = [template_iri(name) for name in kind.follows]
    return told


def _moved(part: Any, profile: str) -> Any:
    """Move all IRIs of ours, those in JSONPaths too, to another base."""
    if isinstance(part, dict):
        return {key: _moved(value, profile) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [_moved(value, profile) for value in part]
    return part.replace(PROFILE, profile) if isinstance(part, str) else part
