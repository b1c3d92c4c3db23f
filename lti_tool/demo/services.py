"""The services the LMS offers a tool: line items and scores (AGS 2.0), the roster (NRPS 2.0)."""

from typing import Any

from flask import Blueprint, Response, jsonify, make_response, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.demo.course import Person
from lti_tool.demo.gradebook import LineItem, RefusalError
from lti_tool.demo.platform import Platform, Run, platform
from lti_tool.demo.tokens import AGS, ROSTER_SCOPE, needs

ITEM = "application/vnd.ims.lis.v2.lineitem+json"
ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
SCORE = "application/vnd.ims.lis.v1.score+json"
RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"
MEMBERS = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"

blueprint = Blueprint("services", __name__)


@blueprint.errorhandler(RefusalError)
def refused(problem: RefusalError) -> ResponseReturnValue:
    """Says in JSON why a request was not done."""
    return jsonify(status=problem.status, reason=str(problem)), problem.status


def _sent(media_type: str) -> dict[str, Any]:
    """The body of a request of this media type. Raises RefusalError (400)."""
    if request.mimetype != media_type:
        raise RefusalError(400, f"No handler found for {request.path} {request.mimetype}")
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        raise RefusalError(400, "A JSON object is needed")
    return body


def _answer(body: Any, media_type: str, status: int = 200) -> Response:
    response = make_response(jsonify(body), status)
    response.content_type = f"{media_type}; charset=utf-8"
    return response


# Line items, scores, results


def item_url(lms: Platform, run: Run, item: LineItem) -> str:
    """The address of a line item; like Moodle's it has a query, which `/scores` goes before."""
    settings = lms.settings
    return (
        f"{settings.url}/mod/lti/services/{run.course.id}/lineitems/{item.id}/lineitem"
        f"?type_id={settings.deployment_id}"
    )


def _described(lms: Platform, run: Run, item: LineItem) -> dict[str, Any]:
    described: dict[str, Any] = {
        "id": item_url(lms, run, item),
        "label": item.label,
        "scoreMaximum": item.maximum,
        "resourceId": item.resource_id,
        "tag": item.tag,
    }
    if item.link_id:
        described |= {"resourceLinkId": item.link_id, "ltiLinkId": item.link_id}
    if item.review:
        described["submissionReview"] = item.review
    return described


@blueprint.get("/mod/lti/services/<course_id>/lineitems")
@needs(AGS + "lineitem", AGS + "lineitem.readonly")
def items(lms: Platform, run: Run) -> Response:
    """The columns, all or those of a link, a resource or a tag."""
    filters = {"link_id": "resource_link_id", "resource_id": "resource_id", "tag": "tag"}
    wanted = {attr: request.args[name] for attr, name in filters.items() if name in request.args}
    found = [_described(lms, run, item) for item in run.gradebook.items(**wanted)]
    page, more = _page(found)
    return _with_next(_answer(page, ITEMS), more)


@blueprint.post("/mod/lti/services/<course_id>/lineitems")
@needs(AGS + "lineitem")
def add_item(lms: Platform, run: Run) -> Response:
    """A new column."""
    return _answer(_described(lms, run, run.gradebook.add(_sent(ITEM))), ITEM, 201)


@blueprint.get("/mod/lti/services/<course_id>/lineitems/<int:item_id>/lineitem")
@needs(AGS + "lineitem", AGS + "lineitem.readonly")
def item(lms: Platform, run: Run, item_id: int) -> Response:
    """One column."""
    return _answer(_described(lms, run, run.gradebook.item(item_id)), ITEM)


@blueprint.put("/mod/lti/services/<course_id>/lineitems/<int:item_id>/lineitem")
@needs(AGS + "lineitem")
def change_item(lms: Platform, run: Run, item_id: int) -> Response:
    """A column changed."""
    return _answer(_described(lms, run, run.gradebook.change(item_id, _sent(ITEM))), ITEM)


@blueprint.delete("/mod/lti/services/<course_id>/lineitems/<int:item_id>/lineitem")
@needs(AGS + "lineitem")
def remove_item(lms: Platform, run: Run, item_id: int) -> ResponseReturnValue:
    """A column taken away."""
    run.gradebook.remove(item_id)
    return "", 204


@blueprint.post("/mod/lti/services/<course_id>/lineitems/<int:item_id>/lineitem/scores")
@needs(AGS + "score")
def score(lms: Platform, run: Run, item_id: int) -> ResponseReturnValue:
    """A score for one learner; the answer has no body, as in Moodle."""
    run.gradebook.record(item_id, _sent(SCORE))
    return "", 200, {"Content-Type": f"{SCORE}; charset=utf-8"}


@blueprint.get("/mod/lti/services/<course_id>/lineitems/<int:item_id>/lineitem/results")
@needs(AGS + "result.readonly")
def results(lms: Platform, run: Run, item_id: int) -> Response:
    """What stands in a column now."""
    column = run.gradebook.item(item_id)
    address = item_url(lms, run, column)
    found = [
        {
            "id": f"{address.replace('?', '/results?')}&user_id={who}",
            "userId": who,
            "resultScore": grade.score,
            "resultMaximum": column.maximum,
            **({"comment": grade.comment} if grade.comment else {}),
            "scoreOf": address,
            "timestamp": grade.at.isoformat(),
        }
        for who, grade in run.gradebook.grades(item_id).items()
        if request.args.get("user_id", who) == who
    ]
    return _answer(found, RESULTS)


# The roster


@blueprint.get("/mod/lti/services/CourseSection/<course_id>/bindings/<binding>/memberships")
@needs(ROSTER_SCOPE)
def members(lms: Platform, run: Run, binding: str) -> Response:
    """Who is in the course: learners first, with short role names, as Moodle lists them."""
    role = request.args.get("role", "").rpartition("#")[2]
    people = sorted(lms.people.values(), key=lambda person: person.role == "Instructor")
    page, more = _page([_member(person) for person in people if role in ("", person.role)])
    course = run.course
    body = {
        "id": lms.settings.url + request.path,
        "context": {"id": course.id, "label": course.label, "title": course.title},
        "members": page,
    }
    return _with_next(_answer(body, MEMBERS), more)


def _member(person: Person) -> dict[str, Any]:
    return {
        "status": "Active",
        "roles": [person.role],
        "user_id": person.id,
        "lis_person_sourcedid": person.staff_number,
        "name": person.name,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "email": person.email,
        "ext_user_username": person.username,
    }


def _page(rows: list[Any]) -> tuple[list[Any], int | None]:
    """The rows asked for by `limit` and `from`, and where the next page begins."""
    limit, start = request.args.get("limit", 0, int), request.args.get("from", 0, int)
    if limit <= 0:
        return rows, None
    end = max(start, 0) + limit
    return rows[max(start, 0) : end], end if end < len(rows) else None


def _with_next(response: Response, start: int | None) -> Response:
    if start is not None and request.endpoint:
        values: dict[str, Any] = {**request.args, "from": start, **(request.view_args or {})}
        path = url_for(request.endpoint, **values)
        response.headers["Link"] = f'<{platform().settings.url}{path}>; rel="next"'
    return response
