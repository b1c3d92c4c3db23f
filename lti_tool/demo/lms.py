"""The demo LMS: a sign-in, a course, activities in a frame, a gradebook, and the platform side of LTI 1.3."""

import secrets
from datetime import datetime
from typing import Any

from flask import Flask, abort, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from lti_tool.demo import launch, services, tokens
from lti_tool.demo.course import Person
from lti_tool.demo.gradebook import Grade, LineItem
from lti_tool.demo.platform import LmsSettings, Platform, platform
from lti_tool.demo.session import language, sign_in, signed_in, speak
from lti_tool.demo.words import word


def create_lms(settings: LmsSettings) -> Flask:
    """A fresh LMS with its ready course; what happens in it is forgotten when it ends."""
    app = Flask("lti_tool.demo", static_url_path="/assets")
    app.config.update(
        SECRET_KEY=secrets.token_hex(32),
        SESSION_COOKIE_NAME="lms_session",
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.extensions["lms"] = Platform(settings)
    for blueprint in (launch.blueprint, tokens.blueprint, services.blueprint):
        app.register_blueprint(blueprint)
    app.register_error_handler(HTTPException, _error)
    app.context_processor(_for_every_page)
    app.add_template_filter(_points, "points")
    app.add_template_filter(_when, "when")
    app.add_url_rule("/healthz", view_func=healthz)
    app.add_url_rule("/", view_func=welcome)
    app.add_url_rule("/sign-in", view_func=enter, methods=["POST"])
    app.add_url_rule("/sign-out", view_func=leave, methods=["POST"])
    app.add_url_rule("/language", view_func=choose_language, methods=["POST"])
    app.add_url_rule("/course", view_func=course)
    app.add_url_rule("/course/activities/<link_id>", view_func=activity)
    app.add_url_rule("/course/grades", view_func=grades)
    return app


def healthz() -> ResponseReturnValue:
    """Alive."""
    return jsonify(status="ok")


def welcome() -> ResponseReturnValue:
    """Choose who to be."""
    return render_template("lms/welcome.html", people=platform().people.values())


def enter() -> ResponseReturnValue:
    """Sign in as one of the ready people; there are no passwords here."""
    if not sign_in(request.form.get("person", "")):
        abort(400, "There is nobody of that name in this course.")
    return redirect(url_for("course"), 303)


def leave() -> ResponseReturnValue:
    """Sign out."""
    session.clear()
    return redirect(url_for("welcome"), 303)


def choose_language() -> ResponseReturnValue:
    """Read on in the other language; the tool is told at the next launch."""
    speak(request.form.get("language", ""))
    return redirect(url_for("course"), 303)


def course() -> ResponseReturnValue:
    """The course page."""
    if signed_in() is None:
        return redirect(url_for("welcome"))
    return render_template("lms/course.html", course=platform().course)


def activity(link_id: str) -> ResponseReturnValue:
    """An activity: the tool, in a frame of the size Moodle gives it."""
    if signed_in() is None:
        return redirect(url_for("welcome"))
    link = platform().course.links.get(link_id) or abort(404)
    return render_template("lms/activity.html", link=link, tool=platform().settings.tool_url)


def grades() -> ResponseReturnValue:
    """The gradebook: everybody's for the instructor, one's own for a learner (`?format=json`)."""
    person = signed_in()
    if person is None:
        return redirect(url_for("welcome"))
    lms = platform()
    learners = [who for who in lms.people.values() if who.role == "Learner"]
    rows = learners if person.role == "Instructor" else [person]
    columns = [(item, lms.gradebook.grades(item.id)) for item in lms.gradebook.items()]
    if request.args.get("format") == "json":
        return jsonify([_exported(item, cells, rows) for item, cells in columns])
    return render_template("lms/grades.html", rows=rows, columns=columns)


def _exported(item: LineItem, cells: dict[str, Grade], rows: list[Person]) -> dict[str, Any]:
    """A column as JSON, with the cells of the people in `rows`."""
    shown = {person.id: cells[person.id] for person in rows if person.id in cells}
    return {
        "label": item.label,
        "maximum": item.maximum,
        "resourceLinkId": item.link_id,
        "resourceId": item.resource_id,
        "tag": item.tag,
        "grades": {
            who: {"score": grade.score, "comment": grade.comment, "timestamp": grade.at.isoformat()}
            for who, grade in shown.items()
        },
    }


def _for_every_page() -> dict[str, Any]:
    spoken = language()
    return {"me": signed_in(), "language": spoken, "w": lambda key: word(key, spoken)}


def _points(value: float | None) -> str:
    """A number as the gradebook shows it: at most two decimals, with the language's decimal sign."""
    text = f"{value or 0:.2f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if language() == "fr" else text


def _when(moment: datetime) -> str:
    """A moment in the machine's own time."""
    local = moment.astimezone()
    return local.strftime("%d/%m/%Y %H:%M" if language() == "fr" else "%d %b %Y, %H:%M")


def _error(problem: HTTPException) -> ResponseReturnValue:
    return render_template("lms/error.html", problem=problem), problem.code or 500
