"""What our own terms mean: the concepts of the profile (xAPI Profiles 1.0, Part Two, 7.0).

Terms of others are not defined again, as the specification demands; only their names are here, to be read.
"""

from xapi import vocabulary as v
from xapi.profile.concept import Concept
from xapi.profile.extensions import EXTENSIONS
from xapi.profile.words import Words, words
from xapi.vocabulary import Term, Verb

TERMS = (
    Concept(
        v.ASSIGNED_REVIEW,
        words("was assigned to review", "a reçu à relire"),
        words(
            "The actor was given the object, a contribution of a peer, to review. The time from here to the "
            "statement “reviewed” of the same actor and object is the response time.",
            "L’acteur a reçu l’objet, la contribution d’un pair, à relire. Le temps jusqu’à la déclaration "
            "« reviewed » du même acteur sur le même objet est le temps de réponse.",
        ),
    ),
    Concept(
        v.ENDORSED,
        words("endorsed", "a recommandé"),
        words(
            "The actor, an instructor or an expert, stands by the object with their name, as correct or as "
            "good practice. It is more than a liking.",
            "L’acteur, qui forme ou fait référence, se porte garant de l’objet : c’est juste, ou c’est une "
            "bonne pratique. C’est plus qu’aimer.",
        ),
    ),
    Concept(
        v.PEER_ACTIVITY,
        words("peer activity", "activité entre pairs"),
        words(
            "An activity of a course in which learners share what they made or know, and learn from each "
            "other’s. The parent of all that happens in it.",
            "Une activité d’un cours où l’on partage ce que l’on a fait ou ce que l’on sait, et où l’on "
            "apprend des autres. Le parent de tout ce qui s’y passe.",
        ),
    ),
    Concept(
        v.CONTRIBUTION,
        words("contribution", "contribution"),
        words(
            "What one learner, or several together, shared in a peer activity: a text, a gesture on video, a "
            "question, a page. It keeps its IRI through all its versions.",
            "Ce qu’une personne, ou plusieurs ensemble, ont partagé dans une activité entre pairs : un "
            "texte, un "
            "geste filmé, une question, une page. Elle garde son IRI d’une version à l’autre.",
        ),
    ),
    Concept(
        v.COMPARISON,
        words("comparison", "comparaison"),
        words(
            "Two contributions side by side, of which a peer says which is better.",
            "Deux contributions côte à côte : un pair dit laquelle est la meilleure.",
        ),
    ),
    Concept(
        v.EXAMPLE,
        words("scored example", "exemple noté"),
        words(
            "A work that an instructor scored beforehand. Reviewers score it too, to see how close they "
            "come.",
            "Un travail noté d’avance par qui forme. Les relecteurs le notent aussi, pour voir leur écart.",
        ),
    ),
    Concept(
        v.RUBRIC_CRITERION,
        words("criterion", "critère"),
        words(
            "One criterion of the rubric that a review follows, known by its IRI in the extension “rubric”.",
            "Un critère de la grille d’une relecture, connu par son IRI dans l’extension « rubric ».",
        ),
    ),
    Concept(
        v.REVIEWEE_ROLE,
        words("reviewee", "personne relue"),
        words(
            "The part of a person whose contribution is reviewed: the relevant type of an agent in "
            "contextAgents (xAPI 2.0). The extension “reviewee” says the same in xAPI 1.0.3.",
            "Le rôle de la personne dont la contribution est relue : le type d’un agent de contextAgents "
            "(xAPI 2.0). L’extension « reviewee » dit la même chose en xAPI 1.0.3.",
        ),
    ),
    Concept(
        v.AUTHOR_ROLE,
        words("author", "auteur"),
        words(
            "The part of a person who made what somebody else acts upon: the relevant type of an agent in "
            "contextAgents (xAPI 2.0). The extension “author” says the same in xAPI 1.0.3.",
            "Le rôle de la personne qui a fait ce sur quoi une autre agit : le type d’un agent de "
            "contextAgents "
            "(xAPI 2.0). L’extension « author » dit la même chose en xAPI 1.0.3.",
        ),
    ),
    Concept(
        v.MENTIONED_ROLE,
        words("mentioned person", "personne mentionnée"),
        words(
            "The part of a person whom a message names: the relevant type of an agent in contextAgents "
            "(xAPI 2.0). The extension “mentioned-person” says the same in xAPI 1.0.3.",
            "Le rôle de la personne que nomme un message : le type d’un agent de contextAgents (xAPI 2.0). "
            "L’extension « mentioned-person » dit la même chose en xAPI 1.0.3.",
        ),
    ),
    Concept(
        v.SHARED_FILE,
        words("shared file", "fichier partagé"),
        words(
            "A file that a contribution holds: a picture, a video, a document. Used in statements about "
            "handing "
            "the contribution in or revising it.",
            "Un fichier d’une contribution : une image, une vidéo, un document. Il va avec la remise de la "
            "contribution, ou sa révision.",
        ),
    ),
)

CONCEPTS = (*TERMS, *EXTENSIONS)

FOREIGN_TYPES = {
    v.COURSE: words("course", "cours"),
    v.QUESTION: words("question", "question"),
    v.PROFILE_TYPE: words("xAPI profile", "profil xAPI"),
    v.REVIEW: words("review", "relecture"),
    v.BADGE: words("badge", "badge"),
    v.COMMENT: words("comment", "commentaire"),
    v.SKILL: words("skill", "compétence"),
}

SOURCES = {
    "http://adlnet.gov/expapi/": "ADL vocabulary",
    "http://id.tincanapi.com/": "Tin Can registry",
    "http://activitystrea.ms/": "Activity Streams",
    "https://w3id.org/xapi/dod-isd/": "DoD ISD profile",
    "https://w3id.org/xapi/acrossx/": "AcrossX profile",
    "https://w3id.org/xapi/tla/": "Total Learning Architecture profile",
    v.PROFILE: "Entraide",
}
"""Who publishes a term, by how its IRI begins."""


def label(term: Term) -> Words:
    """Return how people call a term, ours or another's."""
    if isinstance(term, Verb):
        return words(term.en, term.fr)
    of_ours = {concept.term: concept.label for concept in CONCEPTS}
    return of_ours.get(term) or FOREIGN_TYPES[term]  # type: ignore[index]  # all that are not ours are types
