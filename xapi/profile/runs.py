"""In which order statements come: the patterns of the profile (xAPI Profiles 1.0, Part Two, 9.0).

The tool lets people do things in many orders, and the patterns promise no more than it keeps: a page that
several write is revised by people who did not hand it in; instructors review what nobody assigned to them.
"""

from typing import Any

from xapi.profile.kinds import KINDS, template_iri
from xapi.profile.words import Words, words
from xapi.vocabulary import PROFILE_VERSION

_NEEDS_AN_ASSIGNMENT = "returned"
_ASSIGNMENT = "assigned-review"


def pattern_iri(name: str) -> str:
    """Return the IRI of a pattern of ours."""
    return f"{PROFILE_VERSION}/patterns/{name}"


def _pattern(name: str, said: tuple[Words, Words], **operator: Any) -> dict[str, Any]:
    label, definition = said
    return {
        "id": pattern_iri(name),
        "type": "Pattern",
        "inScheme": PROFILE_VERSION,
        "prefLabel": label,
        "definition": definition,
        **operator,
    }


def patterns() -> list[dict[str, Any]]:
    """Return the patterns, the primary one first."""
    anything = [kind.iri for kind in KINDS]
    without = {template_iri(_ASSIGNMENT), template_iri(_NEEDS_AN_ASSIGNMENT)}
    run = _pattern(
        "run",
        (
            words("One person in one activity", "Une personne dans une activité"),
            words(
                "All that one person does in one run of an activity, which is one registration. Nearly all "
                "may "
                "come in any order; a review is given back only after it was assigned.",
                "Tout ce que fait une personne dans une activité, sous un même registration. Presque tout "
                "peut "
                "venir dans n’importe quel ordre ; une relecture n’est rendue qu’après avoir été attribuée.",
            ),
        ),
        sequence=[pattern_iri("before-an-assignment"), pattern_iri("with-assignments")],
    )
    return [
        {**run, "primary": True},
        _pattern(
            "before-an-assignment",
            (
                words("Before a review is assigned", "Avant une attribution"),
                words(
                    "What needs no assignment, in any order.",
                    "Ce qui ne demande pas d’attribution, sans ordre.",
                ),
            ),
            zeroOrMore=pattern_iri("without-assignment"),
        ),
        _pattern(
            "without-assignment",
            (
                words("Without an assignment", "Sans attribution"),
                words("Any one act that needs no assignment.", "Un acte qui ne demande pas d’attribution."),
            ),
            alternates=[iri for iri in anything if iri not in without],
        ),
        _pattern(
            "with-assignments",
            (
                words("With assigned reviews", "Avec des relectures attribuées"),
                words(
                    "From the first assignment on, if there is one.",
                    "À partir de la première attribution, s’il y en a.",
                ),
            ),
            optional=pattern_iri("from-an-assignment"),
        ),
        _pattern(
            "from-an-assignment",
            (
                words("From an assignment on", "À partir d’une attribution"),
                words(
                    "A review is assigned, then anything follows.",
                    "Une relecture est attribuée, puis tout peut suivre.",
                ),
            ),
            sequence=[template_iri(_ASSIGNMENT), pattern_iri("acts")],
        ),
        _pattern(
            "acts",
            (words("Acts", "Actes"), words("Acts in any order.", "Des actes, dans n’importe quel ordre.")),
            zeroOrMore=pattern_iri("act"),
        ),
        _pattern(
            "act",
            (words("Act", "Acte"), words("Any one act.", "Un acte, quel qu’il soit.")),
            alternates=anything,
        ),
        _pattern(
            "assignment",
            (
                words("One assignment", "Une attribution"),
                words(
                    "What the actor makes of one assigned contribution. Take the statements of one "
                    "registration "
                    "about one contribution.",
                    "Ce que l’acteur fait d’une contribution attribuée. À lire parmi les déclarations d’un "
                    "même "
                    "registration sur une même contribution.",
                ),
            ),
            sequence=[template_iri(_ASSIGNMENT), pattern_iri("reviewed-or-returned")],
        ),
        _pattern(
            "reviewed-or-returned",
            (
                words("Reviewed or given back", "Relue ou rendue"),
                words("The two ways an assignment ends.", "Les deux fins d’une attribution."),
            ),
            alternates=[template_iri("reviewed"), template_iri(_NEEDS_AN_ASSIGNMENT)],
        ),
        _pattern(
            "contribution",
            (
                words("One contribution", "Une contribution"),
                words(
                    "How a contribution comes about: it is handed in, then revised. Take the statements "
                    "about "
                    "one contribution with these verbs, of whomever wrote it.",
                    "Comment naît une contribution : elle est remise, puis révisée. À lire parmi les "
                    "déclarations sur une même contribution, quel qu’en soit l’auteur.",
                ),
            ),
            sequence=[pattern_iri("handed-in"), pattern_iri("revisions")],
        ),
        _pattern(
            "handed-in",
            (
                words("Handed in", "Remise"),
                words("A contribution, or one that is a question.", "Une contribution, ou une question."),
            ),
            alternates=[template_iri("submitted"), template_iri("asked")],
        ),
        _pattern(
            "revisions",
            (words("Revisions", "Révisions"), words("Any number of them.", "Autant qu’il y en a.")),
            zeroOrMore=template_iri("revised"),
        ),
    ]
