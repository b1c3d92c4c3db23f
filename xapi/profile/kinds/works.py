"""Statements about contributions: shared, read, revised, compared, scored."""

from xapi import vocabulary as v
from xapi.profile.demands import (
    AUTHOR,
    DONE,
    DURATION,
    FILES,
    NO_RESULT,
    SCORE,
    WORDS,
    WRITTEN,
    in_result,
    included,
    optional,
    other,
)
from xapi.profile.kinds.kind import Kind
from xapi.profile.words import words

WORKS = (
    Kind(
        "launched",
        words("Activity opened", "Activité ouverte"),
        words(
            "Somebody came from the LMS into the activity.", "Une personne est venue du LMS dans l’activité."
        ),
        v.LAUNCHED,
        v.PEER_ACTIVITY,
        NO_RESULT,
        inside=False,
    ),
    Kind(
        "viewed",
        words("Contribution read", "Contribution lue"),
        words(
            "Somebody opened a contribution; told once for each launch.",
            "Une personne a ouvert une contribution ; dit une fois par venue.",
        ),
        v.VIEWED,
        v.CONTRIBUTION,
        NO_RESULT,
    ),
    Kind(
        "submitted",
        words("Contribution shared", "Contribution partagée"),
        words("An author handed a contribution in.", "Un auteur a remis une contribution."),
        v.SUBMITTED,
        v.CONTRIBUTION,
        (DONE, *WRITTEN, FILES),
    ),
    Kind(
        "revised",
        words("Contribution revised", "Contribution révisée"),
        words(
            "An author shared a new version of a contribution. The context’s statement is the one that "
            "handed it in.",
            "Un auteur a partagé une nouvelle version. La déclaration du contexte est celle de la remise.",
        ),
        v.REVISED,
        v.CONTRIBUTION,
        (
            DONE,
            *WRITTEN,
            FILES,
            included(
                in_result(v.REVISION_NUMBER),
                "The number of the version; what was first handed in is 1.",
                "Le numéro de la version ; la première remise est 1.",
            ),
        ),
        follows=("submitted", "asked"),
    ),
    Kind(
        "shared",
        words("Contribution put forward", "Contribution mise en avant"),
        words(
            "Somebody put a contribution forward, for others to learn from.",
            "Une personne a mis une contribution en avant, pour que d’autres en apprennent.",
        ),
        v.SHARED,
        v.CONTRIBUTION,
        (*NO_RESULT, *AUTHOR),
    ),
    Kind(
        "voided",
        words("Taken back or erased", "Repris ou effacé"),
        words(
            "What another statement tells was taken back by its author, or its person’s data were erased. "
            "The object is that statement.",
            "Ce que dit une autre déclaration a été repris par son auteur, ou les données de la personne ont "
            "été effacées. L’objet est cette déclaration.",
        ),
        v.VOIDED,
        None,
        (
            *NO_RESULT,
            included(
                "$.object.objectType",
                "The object is a statement, by its id.",
                "L’objet est une déclaration, par son identifiant.",
                all=("StatementRef",),
            ),
        ),
    ),
    Kind(
        "compared",
        words("Two contributions compared", "Deux contributions comparées"),
        words(
            "The actor said which of two contributions is better.",
            "L’acteur a dit laquelle est la meilleure.",
        ),
        v.RANKED,
        v.COMPARISON,
        (
            DONE,
            DURATION,
            WORDS,
            included(in_result(v.WINNER), "The better one.", "La meilleure."),
            included(in_result(v.LOSER), "The other one.", "L’autre."),
            other(v.CONTRIBUTION, "Both contributions.", "Les deux contributions."),
        ),
    ),
    Kind(
        "scored",
        words("Score released", "Note publiée"),
        words(
            "The actor received a score for a contribution.",
            "L’acteur a reçu une note pour une contribution.",
        ),
        v.SCORED,
        v.CONTRIBUTION,
        SCORE,
    ),
    Kind(
        "completed",
        words("Activity completed", "Activité terminée"),
        words("The actor did all that the activity asks.", "L’acteur a fait tout ce que demande l’activité."),
        v.COMPLETED,
        v.PEER_ACTIVITY,
        (
            DONE,
            optional("$.result.score.scaled", "The score, if it is known.", "La note, si elle est connue."),
            optional("$.result.success", "Whether it was passed.", "Si c’est réussi."),
        ),
        inside=False,
    ),
)
