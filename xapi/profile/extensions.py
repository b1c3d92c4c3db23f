"""What our own extensions mean, where they go, and what they hold (xAPI Profiles 1.0, Part Two, 7.2)."""

from xapi import vocabulary as v
from xapi.profile.concept import Concept
from xapi.profile.words import words

_WHOLE = {"type": "integer", "minimum": 0}
_IRI = {"type": "string", "format": "iri", "minLength": 3}
_NUMBER = {"type": "number"}
_PERSON = {
    "type": "object",
    "properties": {
        "objectType": {"const": "Agent"},
        "account": {
            "type": "object",
            "properties": {"homePage": _IRI, "name": {"type": "string", "minLength": 1}},
            "required": ["homePage", "name"],
            "additionalProperties": False,
        },
    },
    "required": ["account"],
    "additionalProperties": False,
}
_MARKS = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "properties": {
            "criterion": _IRI,
            "label": {"type": "string"},
            "raw": _NUMBER,
            "min": _NUMBER,
            "max": _NUMBER,
            "scaled": {"type": "number", "minimum": 0, "maximum": 1},
        },
        "required": ["criterion", "label", "raw", "min", "max", "scaled"],
        "additionalProperties": False,
    },
}

EXTENSIONS = (
    Concept(
        v.KIND,
        words("kind of sharing", "forme de partage"),
        words(
            "What kind of sharing an activity asks for, or a contribution is, as practice, gesture, "
            "question.",
            "La forme de partage que demande une activité, ou celle d’une contribution : practice "
            "(pratique), "
            "gesture (geste), question…",
        ),
        types=(v.PEER_ACTIVITY, v.CONTRIBUTION),
        schema={"type": "string", "minLength": 1},
    ),
    Concept(
        v.CONTEXT_ID,
        words("course id of the LMS", "identifiant du cours dans le LMS"),
        words(
            "The id that the LMS itself gives the course (LTI: context.id), beside the course’s IRI.",
            "L’identifiant que le LMS donne au cours (LTI : context.id), à côté de l’IRI du cours.",
        ),
        types=(v.COURSE,),
        schema={"type": "string", "minLength": 1},
    ),
    Concept(
        v.WORD_COUNT,
        words("number of words", "nombre de mots"),
        words(
            "How many words the actor wrote. The words themselves are not needed to know it.",
            "Le nombre de mots que l’acteur a écrits. Il se connaît sans les mots eux-mêmes.",
        ),
        verbs=(
            v.SUBMITTED,
            v.REVISED,
            v.COMMENTED,
            v.REPLIED,
            v.ASKED,
            v.ANSWERED,
            v.RATED,
            v.LIKED,
            v.DISAGREED,
            v.APPLIED,
            v.RANKED,
        ),
        schema=_WHOLE,
    ),
    Concept(
        v.REVISION_NUMBER,
        words("number of the version", "numéro de la version"),
        words(
            "Which version of the contribution this is; what was first handed in is version 1.",
            "La version de la contribution ; la première remise est la version 1.",
        ),
        verbs=(v.REVISED,),
        schema={"type": "integer", "minimum": 1},
    ),
    Concept(
        v.RUBRIC,
        words("marks by criterion", "notes par critère"),
        words(
            "What a review gave on each criterion: its IRI, its label, raw, min, max, and scaled from 0 to "
            "1.",
            "Ce qu’une relecture a donné pour chaque critère : son IRI, son nom, raw, min, max, et scaled "
            "de 0 à 1.",
        ),
        verbs=(v.REVIEWED,),
        schema=_MARKS,
    ),
    Concept(
        v.WINNER,
        words("better contribution", "meilleure contribution"),
        words("The IRI of the contribution judged better.", "L’IRI de la contribution jugée la meilleure."),
        verbs=(v.RANKED,),
        schema=_IRI,
    ),
    Concept(
        v.LOSER,
        words("other contribution", "autre contribution"),
        words("The IRI of the contribution it was compared with.", "L’IRI de la contribution comparée."),
        verbs=(v.RANKED,),
        schema=_IRI,
    ),
    Concept(
        v.APPLIED_ON,
        words("day it was applied", "jour d’application"),
        words(
            "The day on which the actor did at work what the contribution shows (ISO 8601).",
            "Le jour où l’acteur a fait au travail ce que montre la contribution (ISO 8601).",
        ),
        verbs=(v.APPLIED,),
        schema={"type": "string", "format": "date", "pattern": r"^\d{4}-\d\d-\d\d$"},
    ),
    Concept(
        v.REVIEWEE,
        words("reviewee", "personne relue"),
        words(
            "The person whose contribution is reviewed, as an Agent with an account.",
            "La personne dont la contribution est relue : un Agent, avec un compte.",
        ),
        verbs=(v.ASSIGNED_REVIEW, v.REVIEWED, v.RETURNED),
        schema=_PERSON,
    ),
    Concept(
        v.AUTHOR,
        words("author", "auteur"),
        words(
            "The person who made what the actor acts upon, as an Agent with an account. Left out where the "
            "actor made it.",
            "La personne qui a fait ce sur quoi l’acteur agit : un Agent, avec un compte. Absente si "
            "l’acteur "
            "l’a fait.",
        ),
        verbs=(
            v.RATED,
            v.LIKED,
            v.REPLIED,
            v.COMMENTED,
            v.ASKED,
            v.ANSWERED,
            v.DISAGREED,
            v.APPLIED,
            v.ACCEPTED,
            v.ENDORSED,
            v.SHARED,
        ),
        schema=_PERSON,
    ),
    Concept(
        v.MENTIONED_PERSON,
        words("mentioned person", "personne mentionnée"),
        words(
            "The person whom a message names, as an Agent with an account.",
            "La personne que nomme un message : un Agent, avec un compte.",
        ),
        verbs=(v.MENTIONED,),
        schema=_PERSON,
    ),
    Concept(
        v.REVIEW_KIND,
        words("kind of review", "forme de relecture"),
        words(
            "Who reviewed, where it is not a peer for the first time: self (the author), staff (an "
            "instructor), "
            "second-look (a peer, of a later version).",
            "Qui a relu, si ce n’est pas un pair pour la première fois : self (l’auteur), staff (qui forme), "
            "second-look (un pair, sur une version suivante).",
        ),
        verbs=(v.REVIEWED,),
        schema={"enum": ["self", "staff", "second-look"]},
    ),
    Concept(
        v.SYNTHETIC,
        words("invented", "inventé"),
        words(
            "True where a demonstration or a test made the course up. Leave such statements out of reports.",
            "Vrai quand une démonstration ou un essai a inventé le cours. À écarter des rapports.",
        ),
        schema={"const": True},
    ),
)
