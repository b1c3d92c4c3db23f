"""Who is signed in to the LMS in this browser, and in which language they read it."""

from flask import request, session

from lti_tool.demo.course import Language, Person
from lti_tool.demo.platform import platform


def sign_in(person_id: str) -> bool:
    """Begin a session as this person; False when there is nobody of that id."""
    session.clear()
    if person_id not in platform().people:
        return False
    session["person"] = person_id
    return True


def signed_in() -> Person | None:
    """The person of this session."""
    return platform().people.get(session.get("person", ""))


def language() -> Language:
    """The language chosen in the page, else the person's own, else what the browser prefers."""
    person = signed_in()
    chosen = session.get("language") or (person and person.language)
    return "fr" if (chosen or request.accept_languages.best_match(["en", "fr"])) == "fr" else "en"


def speak(chosen: str) -> None:
    """Read on in another language (`en` or `fr`)."""
    session["language"] = "fr" if chosen == "fr" else "en"
