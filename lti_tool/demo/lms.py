"""The demo LMS: a sign-in, a course, activities in a frame, a gradebook, and the platform side of LTI 1.3."""

import secrets
from datetime import datetime
from typing import Any

from flask import Flask, abort, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from lti_tool.demo import dialog, launch, services, tokens
from lti_tool.demo.course import COURSE, Person
from lti_tool.demo.gradebook import Grade, LineItem, RefusalError
from lti_tool.demo.platform import LmsSettings, Platform, Run, platform
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
    for blueprint in (launch.blueprint, dialog.blueprint, tokens.blueprint, services.blueprint):
        app.register_blueprint(blueprint)
    app.register_error_handler(HTTPException, _error)
    app.register_error_handler(RefusalError, _refused)
    app.context_processor(_for_every_page)
    app.add_template_filter(_points, "points")
    app.add_template_filter(_when, "when")
    app.add_url_rule("/healthz", view_func=healthz)
    app.add_url_rule("/", view_func=welcome)
    app.add_url_rule("/sign-in", view_func=enter, methods=["POST"])
    app.add_url_rule("/sign-out", view_func=leave, methods=["POST"])
    app.add_url_rule("/language", view_func=choose_language, methods=["POST"])
    app.add_url_rule("/my-data", view_func=my_data)
    app.add_url_rule("/course/activities/<link_id>", view_func=activity)
    for path, defaults in (("", {"course_id": COURSE.id}), ("/<course_id>", None)):
        app.add_url_rule(f"/course{path}", view_func=course, defaults=defaults)
        app.add_url_rule(f"/course{path}/grades", view_func=grades, defaults=defaults)
    app.add_url_rule("/course/<course_id>/add", view_func=add_activity)
    app.add_url_rule("/course/<course_id>/copy", view_func=copy_course, methods=["POST"])
    app.add_url_rule("/course/<course_id>/grades/<int:item_id>/<learner_id>", view_func=work)
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


def course(course_id: str) -> ResponseReturnValue:
    """A course's page."""
    if signed_in() is None:
        return redirect(url_for("welcome"))
    courses = [run.course for run in platform().runs.values()]
    return render_template("lms/course.html", course=_run(course_id).course, courses=courses)


def copy_course(course_id: str) -> ResponseReturnValue:
    """Copy a course with its activities, as for the next year."""
    launch.teacher()
    copied = platform().copy(_run(course_id))
    return redirect(url_for("course", course_id=copied.course.id), 303)


def activity(link_id: str) -> ResponseReturnValue:
    """An activity: the tool in its frame."""
    if signed_in() is None:
        return redirect(url_for("welcome"))
    run = platform().run_of(link_id) or abort(404)
    link = run.course.links[link_id]
    source = url_for("launch.begin", link_id=link_id)
    return _framed(link.title, source, run, spoken=link.language)


def add_activity(course_id: str) -> ResponseReturnValue:
    """The tool's dialog, in which the instructor makes or chooses an activity."""
    launch.teacher()
    source = url_for("launch.choose", course_id=course_id)
    return _framed(word("add", language()), source, _run(course_id))


def work(course_id: str, item_id: int, learner_id: str) -> ResponseReturnValue:
    """One learner's work in the tool, opened from the gradebook."""
    launch.teacher()
    source = url_for("launch.review", course_id=course_id, item_id=item_id, learner_id=learner_id)
    learner = platform().people.get(learner_id) or abort(404)
    return _framed(learner.name, source, _run(course_id), back="grades")


def my_data() -> ResponseReturnValue:
    """What the tool keeps about the person signed in."""
    if signed_in() is None:
        return redirect(url_for("welcome"))
    return _framed(word("my_data", language()), url_for("launch.privacy"), _run(COURSE.id))


def grades(course_id: str) -> ResponseReturnValue:
    """The gradebook: everybody's for the instructor, one's own for a learner (`?format=json`)."""
    person = signed_in()
    if person is None:
        return redirect(url_for("welcome"))
    run = _run(course_id)
    learners = [who for who in platform().people.values() if who.role == "Learner"]
    rows = learners if person.role == "Instructor" else [person]
    columns = [(item, run.gradebook.grades(item.id)) for item in run.gradebook.items()]
    if request.args.get("format") == "json":
        return jsonify([_exported(item, cells, rows) for item, cells in columns])
    return render_template("lms/grades.html", course=run.course, rows=rows, columns=columns)


def _run(course_id: str) -> Run:
    return platform().runs.get(course_id) or abort(404)


def _framed(title: str, source: str, run: Run, spoken: str = "", back: str = "course") -> str:
    """A page with the tool in a frame, which first loads `source`; `spoken` is the title's language."""
    return render_template(
        "lms/frame.html",
        title=title,
        spoken=spoken or language(),
        source=source,
        back=back,
        course=run.course,
        tool=platform().settings.tool_url,
    )


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


def _refused(problem: RefusalError) -> ResponseReturnValue:
    told = {"code": problem.status, "description": problem}
    return render_template("lms/error.html", problem=told), problem.status


def _error(problem: HTTPException) -> ResponseReturnValue:
    return render_template("lms/error.html", problem=problem), problem.code or 500
