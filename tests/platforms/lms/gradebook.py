"""Line items and results (Assignment and Grade Services 2.0, sections 3.2 and 3.3)."""

from datetime import UTC
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from platforms.lms.exchange import accepts, answer, authorized, demand, is_number, sends, when
from platforms.lms.people import Course, LineItem
from platforms.lms.personalities import LINE_ITEM, LINE_ITEM_READ, RESULT
from werkzeug import Request, Response

if TYPE_CHECKING:
    from platforms.lms.lms import Lms

ITEM = "application/vnd.ims.lis.v2.lineitem+json"
ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"
FIELDS = {
    "id", "label", "scoreMaximum", "resourceId", "tag", "resourceLinkId", "startDateTime", "endDateTime",
    "gradesReleased", "submissionReview",
}  # fmt: skip


def course_of(lms: "Lms", request: Request, course: str) -> Course:
    """The course of an address of the gradebook, whose query must be the LMS's own."""
    demand(course in lms.courses, "No such context", 404)
    for pair in filter(None, lms.personality.item_query.split("&")):
        name, _, value = pair.partition("=")
        demand(request.args.get(name) == value, f"Not found: {name} is missing", 404)
    return lms.courses[course]


def item_of(lms: "Lms", request: Request, course: str, item: str) -> LineItem:
    """The line item at an address."""
    course_of(lms, request, course)
    query = f"?{lms.personality.item_query}" if lms.personality.item_query else ""
    address = f"{lms.url}/contexts/{course}/lineitems/{item}/lineitem{query}"
    demand(address in lms.line_items, "No such line item", 404)
    return lms.line_items[address]


def shown(lms: "Lms", item: LineItem) -> dict[str, Any]:
    """A line item as the LMS tells it."""
    fields = {name: value for name, value in item.fields.items() if name not in lms.personality.item_hides}
    if lms.personality.put_clears:  # Moodle tells these always
        fields = {"resourceId": "", "tag": ""} | fields
        if item.resource_link_id:
            fields["ltiLinkId"] = item.resource_link_id
    return {"id": item.id} | fields


def line_items(lms: "Lms", request: Request, course: str) -> Response:
    """GET: those of a course, filtered; POST: a new one."""
    within = course_of(lms, request, course)
    if request.method == "POST":
        authorized(lms, request, LINE_ITEM)
        fields = sends(lms, request, ITEM)
        check_item(lms, within, fields)
        item = lms.line_item(within, **fields)
        return answer(lms, fields | {"id": item.id}, ITEM, 201)
    authorized(lms, request, LINE_ITEM, LINE_ITEM_READ)
    accepts(lms, request, ITEMS)
    wanted = {"resource_link_id": "resourceLinkId", "resource_id": "resourceId", "tag": "tag"}
    found = [
        shown(lms, item)
        for item in lms.items_of(within)
        if all(
            str(item.fields.get(field) or "") == request.args[name]
            for name, field in wanted.items()
            if name in request.args
        )
    ]
    limit = request.args.get("limit", "")
    demand(not limit or (limit.isdecimal() and limit != "0"), "limit must be a number")
    if not limit:
        return answer(lms, found, ITEMS)
    start = int(request.args.get("from", 0))
    page = found[start : start + int(limit)]
    response = answer(lms, page, ITEMS)
    _link(lms, request, response, start, int(limit), len(found))
    return response


def _link(lms: "Lms", request: Request, response: Response, start: int, size: int, total: int) -> None:
    at = {"first": 0, "canonical": start, "next": start + size, "last": total // size * size}
    if start + size >= total:
        del at["next"]
    if not lms.personality.curly_links:
        at = {relation: each for relation, each in at.items() if relation == "next"}
    links = []
    for relation, each in at.items():
        address = f"{request.base_url}?{urlencode({**request.args, 'from': str(each)})}"
        if lms.personality.curly_links:
            links.append(f"<{address.replace('&', '&amp;')}>; rel=“{relation}”")
        else:
            links.append(f"<{address}>; {lms.personality.link_style}")
    if links:  # the curly quotes go out in UTF-8, which HTTP reads as Latin-1
        response.headers["Link"] = ", ".join(links).encode().decode("latin-1")


def line_item(lms: "Lms", request: Request, course: str, item: str) -> Response:
    """GET, PUT or DELETE one."""
    found = item_of(lms, request, course, item)
    if request.method == "GET":
        authorized(lms, request, LINE_ITEM, LINE_ITEM_READ)
        accepts(lms, request, ITEM)
        return answer(lms, shown(lms, found), ITEM)
    authorized(lms, request, LINE_ITEM)
    if request.method == "PUT":
        return _put(lms, found, sends(lms, request, ITEM))
    personality = lms.personality
    status = personality.delete_own_status if found.own else personality.delete_status
    demand(status == 204, "You do not have permission to delete this line item", status)
    del lms.line_items[found.id]
    for link in found.course.links.values():
        if link.line_item is found:
            link.line_item = None
    return Response(status=204)


def _put(lms: "Lms", item: LineItem, fields: dict[str, Any]) -> Response:
    check_item(lms, item.course, fields)
    demand(fields.get("id", item.id) == item.id, "The id of a line item cannot be changed")
    fields = {name: value for name, value in fields.items() if name != "id"}
    if lms.personality.put_needs_resource:
        demand(
            fields.get("resourceId") or fields.get("resourceLinkId"),
            "resourceId or resourceLinkId is required",
        )
    if "resourceLinkId" in fields:
        same = str(fields["resourceLinkId"]) == item.resource_link_id
        demand(same, "A line item cannot move to another resource link")
    scale = fields["scoreMaximum"] / item.maximum
    for (address, _), grade in lms.grades.items():
        if address == item.id and grade.score is not None:
            grade.score *= scale
    kept = {} if lms.personality.put_clears else item.fields
    if lms.personality.put_clears and item.resource_link_id:  # that a link has it is never forgotten
        kept = {"resourceLinkId": item.resource_link_id}
    item.fields = kept | fields
    return answer(lms, fields | {"id": item.id}, ITEM)


def check_item(lms: "Lms", course: Course, fields: dict[str, Any]) -> None:
    """Refuse a line item that is not as section 3.2 says, or too long for the LMS."""
    label, maximum, personality = fields.get("label"), fields.get("scoreMaximum"), lms.personality
    demand(isinstance(label, str) and label.strip(), "label is required")
    demand(is_number(maximum) and maximum > 0, "scoreMaximum must be a number above 0")
    odd = [each for each in fields if each not in FIELDS and not each.startswith("https://")]
    demand(not odd, f"Unknown fields: {odd}")
    for name in ("resourceId", "tag", "resourceLinkId"):
        demand(isinstance(fields.get(name, ""), str), f"{name} must be a string")
    for name in ("startDateTime", "endDateTime"):
        demand(name not in fields or when(fields[name]), f"{name} must be an ISO 8601 time with a zone")
    link = fields.get("resourceLinkId")
    demand(not link or link in course.links, "No such resource link in this context", 404)
    for name, limit in (("label", personality.label_limit), ("tag", personality.tag_limit)):
        long = limit and len(fields.get(name, "")) > limit
        demand(not long, f"Ensure that {name} has no more than {limit} characters")
    review = fields.get("submissionReview", {})
    demand(isinstance(review, dict), "submissionReview must be an object")
    demand(all(isinstance(each, str) for each in review.get("custom", {}).values()), "custom: strings only")


def results(lms: "Lms", request: Request, course: str, item: str) -> Response:
    """GET what the gradebook holds."""
    found = item_of(lms, request, course, item)
    authorized(lms, request, RESULT)
    accepts(lms, request, RESULTS)
    wanted = request.args.get("user_id")
    told = []
    for (address, sub), grade in lms.grades.items():
        if address != found.id or wanted not in (None, sub):
            continue
        joined = "&" if "?" in found.id else "?"
        path, _, query = found.id.partition("?")
        result: dict[str, Any] = {
            "id": f"{path}/results{'?' if query else ''}{query}{joined}user_id={sub}",
            "userId": sub, "resultScore": grade.score, "resultMaximum": found.maximum, "scoreOf": found.id,
        }  # fmt: skip
        if grade.score is None or (grade.score == 0 and lms.personality.hides_zero):
            del result["resultScore"]
        if grade.comment and not (wanted and lms.personality.filtered_results_lack_comments):
            result["comment"] = grade.comment
        if lms.personality.stale_when_equal:  # Moodle's only
            moment = when(grade.timestamp)
            result["timestamp"] = moment.replace(microsecond=0).astimezone(UTC).isoformat() if moment else ""
        told.append(result)
    return answer(lms, told, RESULTS)
