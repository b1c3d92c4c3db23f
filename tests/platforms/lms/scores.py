"""Scores (Assignment and Grade Services 2.0, section 3.4), taken as each LMS takes them."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from platforms.lms.exchange import RefusedError, authorized, demand, is_number, sends, when
from platforms.lms.gradebook import item_of
from platforms.lms.people import Grade, LineItem
from platforms.lms.personalities import SCORE as SCOPE
from werkzeug import Request, Response

if TYPE_CHECKING:
    from platforms.lms.lms import Lms

SCORE = "application/vnd.ims.lis.v1.score+json"
SUBMISSION = "https://canvas.instructure.com/lti/submission"
ACTIVITY = {"Initialized", "Started", "InProgress", "Submitted", "Completed"}
GRADING = {"FullyGraded", "Pending", "PendingManual", "Failed", "NotReady"}
FIELDS = {
    "userId", "scoreGiven", "scoreMaximum", "comment", "timestamp", "activityProgress", "gradingProgress",
    "submission", "scoringUserId",
}  # fmt: skip


def score(lms: "Lms", request: Request, course: str, item: str) -> Response:
    """POST one score."""
    found = item_of(lms, request, course, item)
    authorized(lms, request, SCOPE)
    body = sends(lms, request, SCORE)
    try:
        check(body)
        check_user(lms, found, body["userId"])
        check_age(lms, found, body)
        _count_attempt(lms, found, body)
    except RefusedError as error:
        if lms.personality.reason_in_status_line:
            error.body, error.media = "[]", f"{SCORE}; charset=utf-8"
            if error.status == 400:
                error.why += request.get_data(as_text=True)
        raise
    lms.grades[found.id, body["userId"]] = taken(lms, found, body)
    status, text = lms.personality.score_answer
    if status == 204:
        return Response(status=204)
    media = "text/plain" if text == "OK" else SCORE
    return Response(text, status, content_type=f"{media}; charset=utf-8")


def check(body: dict[str, Any]) -> None:
    """Refuse a score that is not as section 3.4 says. The words are Moodle's."""

    def must(condition: object, what: str) -> None:
        demand(condition, f"Incorrect score received ({what})")

    for name in ("userId", "timestamp", "activityProgress", "gradingProgress"):
        must(isinstance(body.get(name), str) and body[name], name)
    odd = [each for each in body if each not in FIELDS and not each.startswith("https://")]
    must(not odd, f"unknown {odd}")
    must(when(body["timestamp"]), "timestamp")
    must(body["activityProgress"] in ACTIVITY, "activityProgress")
    must(body["gradingProgress"] in GRADING, "gradingProgress")
    must(isinstance(body.get("comment", ""), str), "comment")
    must(isinstance(body.get("scoringUserId", ""), str), "scoringUserId")
    if "scoreGiven" in body:
        must(is_number(body["scoreGiven"]) and body["scoreGiven"] >= 0, "scoreGiven")
        must(is_number(body.get("scoreMaximum")) and body["scoreMaximum"] > 0, "scoreMaximum")
    submission = body.get("submission", {})
    must(isinstance(submission, dict), "submission")
    must(all(when(moment) for moment in submission.values()), "submission")
    must(submission.keys() <= {"startedAt", "submittedAt"}, "submission")


def check_user(lms: "Lms", item: LineItem, sub: str) -> None:
    """Refuse scores for people that the LMS does not grade."""
    member = item.course.members.get(sub)
    if member is None or member.status == "Deleted":
        status, why = lms.personality.unknown_user
        raise RefusedError(status, why)
    status, why = lms.personality.not_a_learner
    demand(not status or member.role == "Learner", why, status)


def check_age(lms: "Lms", item: LineItem, body: dict[str, Any]) -> None:
    """Refuse a score that is older than the last; in Moodle, as long as there is a grade, or as old."""
    last = lms.grades.get((item.id, body["userId"]))
    new = when(body["timestamp"])
    if last is None or new is None:
        return
    old = when(last.timestamp)
    if lms.personality.stale_when_equal:
        stale = last.score is not None and int(new.timestamp()) <= int(old.timestamp() if old else 0)
    else:
        stale = old is not None and new < old
    demand(not stale, "Refusing score with an earlier timestamp", lms.personality.stale)


def _count_attempt(lms: "Lms", item: LineItem, body: dict[str, Any]) -> None:
    if not lms.personality.attempts:
        return
    submission = body.get(SUBMISSION, {})
    demand(isinstance(submission, dict), f"{SUBMISSION} must be an object", 422)
    submitted = submission.get("submitted_at")
    if submitted is not None:
        moment = when(submitted)
        demand(moment, "Provided submitted_at timestamp is not a valid timestamp")
        early = moment and moment.timestamp() <= lms.clock() + timedelta(minutes=1).total_seconds()
        demand(early, "Provided submitted_at timestamp is in the future")
    if submission.get("new_submission") is not False and submission.get("submission_type") != "none":
        key = (item.id, body["userId"])
        lms.attempts[key] = lms.attempts.get(key, 0) + 1


def taken(lms: "Lms", item: LineItem, body: dict[str, Any]) -> Grade:
    """The grade as it stands after this score."""
    last = lms.grades.get((item.id, body["userId"]))
    points = last.score if last else None
    if body["gradingProgress"] in lms.personality.counts:
        given = body.get("scoreGiven")
        points = None if given is None else given * item.maximum / body["scoreMaximum"]
    elif lms.personality.unfinished_wipes:
        points = None
    if points is not None and lms.personality.caps_scores:
        points = min(points, item.maximum)
    return Grade(
        points, body.get("comment", ""), body["timestamp"], body["activityProgress"], body["gradingProgress"],
        body, (last.count if last else 0) + 1,
        in_gradebook=not lms.personality.only_linked_count or bool(item.resource_link_id),
    )  # fmt: skip
