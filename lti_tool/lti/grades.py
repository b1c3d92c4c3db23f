"""Scores in a platform's gradebook (LTI Assignment and Grade Services 2.0, section 3.4)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from pylti1p3.grade import Grade

from ..kernel import clock
from ..people.models import Platform
from .lineitems import LINE_ITEM, LINE_ITEM_READ, SCORE, LineItem, LineItems, Wanted
from .models import ResourceLink
from .services import DeclinedError, ServiceConnector, UnavailableError, address

__all__ = ["LINE_ITEM", "LINE_ITEM_READ", "SCORE", "GradeServices", "LineItem", "ScorePost", "Wanted"]

_SCORE = "application/vnd.ims.lis.v1.score+json"
_CANVAS = "https://canvas.instructure.com/lti/submission"
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class ScorePost:
    """One person's score: `share` is 0 to 1, `comment` plain text, `after` the last timestamp posted."""

    user_id: str
    share: float
    comment: str
    submitted_at: datetime | None = None
    after: datetime | None = None


class GradeServices(LineItems):
    """The gradebook behind one resource link: its columns, and the scores in them."""

    def __init__(self, connector: ServiceConnector, platform: Platform, link: ResourceLink) -> None:
        super().__init__(connector, platform, link)
        self._product = platform.product.casefold()

    def post_score(self, item: LineItem, post: ScorePost) -> datetime:
        """Post a score; return its timestamp, which the next one must be later than.

        A platform that has a later score already (409) is asked once more, with a moment after its own now.

        Raises:
            DeclinedError: the platform refuses; with status 404, the column or the person may be gone.
            UnavailableError: it cannot be asked now.

        """
        at = _after(clock.now(), post.after)
        try:
            self._post(item, post, at)
        except DeclinedError as error:
            if not self._too_early(error):
                raise
            at = _after(max(at, _moment(error.date) or at), at)
            try:
                self._post(item, post, at)
            except DeclinedError as again:
                if not self._too_early(again):
                    raise
                raise UnavailableError(again.words) from again
        return at

    def _too_early(self, error: DeclinedError) -> bool:
        stale = self._product == "canvas" and error.status == 400 and "timestamp" in error.words.lower()
        return error.status == 409 or stale

    def _post(self, item: LineItem, post: ScorePost, at: datetime) -> None:
        more: dict[str, Any] = {}
        if post.submitted_at is not None:
            more["submission"] = {"submittedAt": _written(min(post.submitted_at, at))}
        if self._product == "canvas":
            more[_CANVAS] = {"new_submission": False}  # a score is not another attempt
        comment = post.comment
        if self._product.startswith("blackboard"):
            comment = comment.replace("\n", "<br/>")  # it shows comments as HTML
        grade = (
            Grade()
            .set_user_id(post.user_id)
            .set_score_given(min(post.share, 1.0) * item.maximum)
            .set_score_maximum(item.maximum)
            .set_comment(comment)
            .set_timestamp(_written(at))
            .set_activity_progress("Completed")  # D2L takes no other
            # A mean is complete with its first review, and only moves with the next. With anything else
            # Moodle wipes the grade, and Canvas and D2L leave it out.
            .set_grading_progress("FullyGraded")
            .set_extra_claims(more)
        )
        self._connector.call(
            self._platform,
            self._scopes,
            "POST",
            _scores_of(item.url),
            accept="application/json",
            content_type=_SCORE,
            body=grade.get_value(),
        )


def _scores_of(line_item: str) -> httpx.URL:
    """The address scores are posted to: `/scores` goes before the query (Moodle's line items have one)."""
    url = address(line_item)
    path, _, query = url.raw_path.partition(b"?")
    return url.copy_with(raw_path=path.rstrip(b"/") + b"/scores" + (b"?" + query if query else b""))


def _after(moment: datetime, last: datetime | None) -> datetime:
    """The moment in whole seconds (Moodle compares no finer), later than the last one."""
    whole = moment.replace(microsecond=0)
    return whole if last is None or whole > last else last.replace(microsecond=0) + _SECOND


def _moment(date: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) + _SECOND


def _written(moment: datetime) -> str:
    """RFC 3339 in UTC with a fraction, as AGS 2.0, section 3.4.8 asks."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
