"""The LMS's own words, in the two languages of its people."""

from lti_tool.demo.course import Language

WORDS: dict[str, tuple[str, str]] = {
    # key: (English, French)
    "activity": ("Peer activity", "Activité entre pairs"),
    "add": ("Add an activity", "Ajouter une activité"),
    "added": ("Added since", "Ajouté depuis"),
    "back": ("Back to the course", "Retour au cours"),
    "back_to_grades": ("Back to the grades", "Retour aux notes"),
    "copy": ("Copy this course", "Copier ce cours"),
    "course": ("Course", "Cours"),
    "courses": ("Courses", "Les cours"),
    "export": ("Export as JSON", "Exporter en JSON"),
    "grades": ("Grades", "Notes"),
    "grades_all": ("Everybody’s grades", "Les notes de tous"),
    "grades_empty": ("No grade has arrived yet.", "Aucune note n’est encore arrivée."),
    "grades_own": ("My grades", "Mes notes"),
    "instructor": ("Instructor", "Formatrice"),
    "go_on": ("Go on", "Continuer"),
    "learner": ("Learner", "Apprenante ou apprenant"),
    "my_data": ("My data", "Mes données"),
    "open_work": ("Open the work", "Ouvrir le travail"),
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
