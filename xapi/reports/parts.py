"""What a report calls groups: of people, of contributions, of activities; in English and in French."""

from collections.abc import Mapping

from xapi.reports.measures.model import Words

PARTS: Mapping[str, Words] = {
    "neither": {"en": "neither gave nor received", "fr": "ni donné ni reçu"},
    "only gave": {"en": "only gave", "fr": "ont seulement donné"},
    "only received": {"en": "only received", "fr": "ont seulement reçu"},
    "gave far more": {"en": "gave far more", "fr": "ont donné bien plus"},
    "received far more": {"en": "received far more", "fr": "ont reçu bien plus"},
    "balanced": {"en": "about as much", "fr": "à peu près autant"},
    "much stricter": {"en": "much stricter", "fr": "bien plus stricts"},
    "stricter": {"en": "stricter", "fr": "plus stricts"},
    "like others": {"en": "like others", "fr": "comme les autres"},
    "kinder": {"en": "kinder", "fr": "plus indulgents"},
    "much kinder": {"en": "much kinder", "fr": "bien plus indulgents"},
    "applied": {"en": "applied at work", "fr": "appliquées au travail"},
    "thanked": {"en": "thanked for", "fr": "remerciées"},
    "read": {"en": "read", "fr": "lues"},
    "unread": {"en": "not opened yet", "fr": "pas encore ouvertes"},
    "practice": {"en": "practice", "fr": "pratique"},
    "gesture": {"en": "work gesture", "fr": "geste professionnel"},
    "experience": {"en": "experience", "fr": "expérience"},
    "question": {"en": "questions", "fr": "questions"},
    "synthesis": {"en": "page written together", "fr": "page écrite à plusieurs"},
    "under 5": {"en": "under 5 points", "fr": "moins de 5 points"},
    "5 to 10": {"en": "5 to 10 points", "fr": "de 5 à 10 points"},
    "10 to 20": {"en": "10 to 20 points", "fr": "de 10 à 20 points"},
    "20 and more": {"en": "20 points and more", "fr": "20 points et plus"},
}
"""What tables call the groups that they put people or contributions into, in an order that makes sense."""

HIDDEN: Mapping[str, Words] = {
    "activity": {"en": "activities", "fr": "activités"},
    "activity_kind": {"en": "kinds of activity", "fr": "genres d’activité"},
    "balance": {"en": "ways of giving and receiving", "fr": "façons de donner et recevoir"},
    "course": {"en": "courses", "fr": "cours"},
    "severity": {"en": "degrees of severity", "fr": "degrés de sévérité"},
    "spread": {"en": "degrees of disagreement", "fr": "degrés de désaccord"},
    "team": {"en": "teams", "fr": "équipes"},
    "use": {"en": "fates of contributions", "fr": "devenirs de contributions"},
    "week": {"en": "weeks", "fr": "semaines"},
}
"""What a report calls the groups that it may have to hide."""
