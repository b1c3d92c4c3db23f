"""Statements about reviews: assigned, given, judged by who reads them."""

from xapi import vocabulary as v
from xapi.profile.demands import (
    AUTHOR,
    DONE,
    DURATION,
    NO_RESULT,
    REVIEWEE,
    SCORE,
    TEXT,
    THE_WORK,
    WORDS,
    in_context,
    in_result,
    optional,
    other,
)
from xapi.profile.kinds.kind import Kind
from xapi.profile.words import words

REVIEWS = (
    Kind(
        "assigned-review",
        words("Review assigned", "Relecture attribuée"),
        words(
            "A contribution was given to the actor to review.", "L’acteur a reçu une contribution à relire."
        ),
        v.ASSIGNED_REVIEW,
        v.CONTRIBUTION,
        (*NO_RESULT, *REVIEWEE),
    ),
    Kind(
        "reviewed",
        words("Contribution reviewed", "Contribution relue"),
        words(
            "The actor reviewed a contribution: a peer, the author, or staff; the extension “review-kind” "
            "says which.",
            "L’acteur a relu une contribution : un pair, l’auteur ou qui forme ; l’extension "
            "« review-kind » le dit.",
        ),
        v.REVIEWED,
        v.CONTRIBUTION,
        (
            DONE,
            *SCORE,
            TEXT,
            DURATION,
            optional(
                f"{in_result(v.RUBRIC)}[*].criterion",
                "The marks by criterion, each with its scale.",
                "Les notes par critère, chacune avec son échelle.",
            ),
            optional(
                in_context(v.REVIEW_KIND),
                "Absent for a peer’s first review.",
                "Absent pour la première relecture d’un pair.",
                all=("self", "staff", "second-look"),
            ),
            *REVIEWEE,
            other(
                v.REVIEW,
                "The review itself, which may be judged in turn.",
                "La relecture, qui peut être jugée à son tour.",
            ),
        ),
    ),
    Kind(
        "returned",
        words("Review given back", "Relecture rendue"),
        words(
            "The actor gave a contribution back without reviewing it.",
            "L’acteur a rendu une contribution sans la relire.",
        ),
        v.RETURNED,
        v.CONTRIBUTION,
        (*NO_RESULT, *REVIEWEE),
    ),
    Kind(
        "review-rated",
        words("Review rated", "Relecture évaluée"),
        words("An author said how useful a review was.", "Un auteur a dit si une relecture lui a servi."),
        v.RATED,
        v.REVIEW,
        (*SCORE, WORDS, *AUTHOR, THE_WORK),
    ),
    Kind(
        "review-thanked",
        words("Thanks for a review", "Merci pour une relecture"),
        words("An author thanked for a review, and did not rate it.", "Un auteur a remercié, sans évaluer."),
        v.LIKED,
        v.REVIEW,
        (WORDS, *AUTHOR, THE_WORK),
    ),
    Kind(
        "review-answered",
        words("Review answered", "Réponse à une relecture"),
        words(
            "An author answered a review, and neither rated it nor thanked for it.",
            "Un auteur a répondu à une relecture, sans évaluer ni remercier.",
        ),
        v.REPLIED,
        v.REVIEW,
        (WORDS, *AUTHOR, THE_WORK),
    ),
    Kind(
        "calibrated",
        words("Example scored", "Exemple noté"),
        words(
            "The actor scored a work that an instructor had scored; the score is their closeness, 1 where "
            "they agree.",
            "L’acteur a noté un exemple déjà noté ; le score dit leur proximité, 1 s’ils sont d’accord.",
        ),
        v.ATTEMPTED,
        v.EXAMPLE,
        (DONE, *SCORE),
    ),
)
