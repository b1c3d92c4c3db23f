"""Statements about what people say to each other: comments, questions, answers, thanks."""

from xapi import vocabulary as v
from xapi.profile.demands import (
    AUTHOR,
    FILES,
    MENTIONED,
    NO_RESULT,
    THE_COMMENT,
    THE_WORK,
    WORDS,
    WRITTEN,
    in_result,
    included,
)
from xapi.profile.kinds.kind import Kind
from xapi.profile.words import words

EXCHANGES = (
    Kind(
        "commented",
        words("Comment", "Commentaire"),
        words("The actor said something about a contribution.", "L’acteur a commenté une contribution."),
        v.COMMENTED,
        v.CONTRIBUTION,
        (*WRITTEN, *AUTHOR, THE_COMMENT),
    ),
    Kind(
        "replied",
        words("Reply to a comment", "Réponse à un commentaire"),
        words("The actor answered a comment with another one.", "L’acteur a répondu à un commentaire."),
        v.REPLIED,
        v.COMMENT,
        (*WRITTEN, *AUTHOR, THE_COMMENT, THE_WORK),
    ),
    Kind(
        "mentioned",
        words("Somebody mentioned", "Personne mentionnée"),
        words(
            "The actor named a person in a message about a contribution.",
            "L’acteur a nommé une personne dans un message sur une contribution.",
        ),
        v.MENTIONED,
        v.CONTRIBUTION,
        (*NO_RESULT, *MENTIONED, THE_COMMENT),
    ),
    Kind(
        "asked",
        words("Question shared", "Question partagée"),
        words(
            "The actor shared a question: it is the contribution.",
            "L’acteur a partagé une question : la contribution.",
        ),
        v.ASKED,
        v.CONTRIBUTION,
        (*WRITTEN, FILES),
    ),
    Kind(
        "asked-about",
        words("Question about a contribution", "Question sur une contribution"),
        words(
            "The actor asked something about a contribution.",
            "L’acteur a posé une question sur une contribution.",
        ),
        v.ASKED,
        v.QUESTION,
        (*WRITTEN, *AUTHOR, THE_WORK),
    ),
    Kind(
        "answered",
        words("Answer to a shared question", "Réponse à une question partagée"),
        words(
            "The actor answered a contribution that is a question.",
            "L’acteur a répondu à une question partagée.",
        ),
        v.ANSWERED,
        v.CONTRIBUTION,
        (*WRITTEN, *AUTHOR, THE_COMMENT),
    ),
    Kind(
        "answered-about",
        words("Answer about a contribution", "Réponse sur une contribution"),
        words(
            "The actor answered a question that was asked about a contribution.",
            "L’acteur a répondu à une question posée sur une contribution.",
        ),
        v.ANSWERED,
        v.QUESTION,
        (*WRITTEN, *AUTHOR, THE_COMMENT, THE_WORK),
    ),
    Kind(
        "voted",
        words("Answer found helpful", "Réponse jugée utile"),
        words("The actor finds an answer helpful.", "L’acteur trouve une réponse utile."),
        v.LIKED,
        v.COMMENT,
        (*NO_RESULT, *AUTHOR, THE_WORK),
    ),
    Kind(
        "accepted",
        words("Answer accepted", "Réponse acceptée"),
        words("Who asked took an answer as theirs.", "La personne qui demandait a retenu une réponse."),
        v.ACCEPTED,
        v.COMMENT,
        (*NO_RESULT, *AUTHOR, THE_WORK),
    ),
    Kind(
        "endorsed",
        words("Answer endorsed", "Réponse recommandée"),
        words("An instructor stands by an answer.", "Une personne qui forme recommande une réponse."),
        v.ENDORSED,
        v.COMMENT,
        (*NO_RESULT, *AUTHOR, THE_WORK),
    ),
    Kind(
        "thanked",
        words("Thanks for a contribution", "Merci pour une contribution"),
        words("The actor thanked for a contribution.", "L’acteur a remercié pour une contribution."),
        v.LIKED,
        v.CONTRIBUTION,
        (WORDS, *AUTHOR),
    ),
    Kind(
        "applied",
        words("Contribution applied", "Contribution appliquée"),
        words(
            "The actor did at work what a contribution shows.",
            "L’acteur a fait au travail ce qu’elle montre.",
        ),
        v.APPLIED,
        v.CONTRIBUTION,
        (WORDS, included(in_result(v.APPLIED_ON), "The day.", "Le jour."), *AUTHOR),
    ),
    Kind(
        "disagreed",
        words("Disagreement", "Désaccord"),
        words(
            "The actor does not agree with a contribution.",
            "L’acteur n’est pas d’accord avec une contribution.",
        ),
        v.DISAGREED,
        v.CONTRIBUTION,
        (WORDS, *AUTHOR),
    ),
)
