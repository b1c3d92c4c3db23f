"""The LMS's own words, in the two languages of its people."""

from lti_tool.demo.course import Language

WORDS: dict[str, tuple[str, str]] = {
    # key: (English, French)
    "activity": ("Peer activity", "Activité entre pairs"),
    "back": ("Back to the course", "Retour au cours"),
    "course": ("Course", "Cours"),
    "export": ("Export as JSON", "Exporter en JSON"),
    "grades": ("Grades", "Notes"),
    "grades_all": ("Everybody’s grades", "Les notes de tous"),
    "grades_empty": ("No grade has arrived yet.", "Aucune note n’est encore arrivée."),
    "grades_own": ("My grades", "Mes notes"),
    "instructor": ("Instructor", "Formatrice"),
    "learner": ("Learner", "Apprenante ou apprenant"),
    "out_of": ("out of", "sur"),
    "person": ("Person", "Personne"),
    "sign_out": ("Sign out", "Se déconnecter"),
    "signed_in": ("Signed in as", "Session de"),
    "skip": ("Skip to the content", "Aller au contenu"),
    "tool": ("Content from the tool", "Contenu de l’outil"),
}


def word(key: str, language: Language) -> str:
    """One label in one language. Raises KeyError for an unknown key."""
    english, french = WORDS[key]
    return french if language == "fr" else english
