"""Columns and scores in a platform's gradebook (LTI Assignment and Grade Services 2.0)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from pylti1p3.grade import Grade
from pylti1p3.lineitem import LineItem as LineItemDocument

from ..kernel import clock
from ..people.models import Platform
from .models import ResourceLink
from .services import DeclinedError, ServiceConnector, UnavailableError, address

_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"
LINE_ITEM, LINE_ITEM_READ, SCORE = (_SCOPE + name for name in ("lineitem", "lineitem.readonly", "score"))
_ITEM = "application/vnd.ims.lis.v2.lineitem+json"
_ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
_SCORE = "application/vnd.ims.lis.v1.score+json"
_CANVAS = "https://canvas.instructure.com/lti/submission"
_PAGES = 20
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class LineItem:
    """A column as the platform has it: its address, and the points it goes up to."""

    url: str
    maximum: float


@dataclass(frozen=True, slots=True)
class Wanted:
    """A column we want. `coupled`: it is the resource link's own, else it stands beside it."""

    label: str
    resource_id: str
    tag: str
    coupled: bool
    maximum: float = 100.0


@dataclass(frozen=True, slots=True)
class ScorePost:
    """One person's score: `share` is 0 to 1, `comment` plain text, `after` the last timestamp posted."""

    user_id: str
    share: float
    comment: str
    submitted_at: datetime | None = None
    after: datetime | None = None


class GradeServices:
    """The gradebook behind one resource link."""

    def __init__(self, connector: ServiceConnector, platform: Platform, link: ResourceLink) -> None:
        self._connector = connector
        self._platform = platform
        self._link = link
        # Only what was granted is asked for; Moodle wants the narrower scope named beside the wider one.
        self._scopes = [s for s in (LINE_ITEM, LINE_ITEM_READ, SCORE) if s in link.ags_scopes]

    def offers(self, wanted: Wanted) -> bool:
        """Whether the platform lets us post to such a column at all."""
        may_make = bool(self._link.lineitems_url) and LINE_ITEM in self._scopes
        return SCORE in self._scopes and (may_make or (wanted.coupled and bool(self._link.lineitem_url)))

    def find_or_make_line_item(self, wanted: Wanted) -> LineItem:
        """The wanted column: the launch's own, or one we made before, or a new one.

        A column beside the link's own has no resourceLinkId: a link with two of its own gets no `lineitem` in
        its launches any more (AGS 2.0, section 3.1.1).

        Raises:
            ServiceError: the platform refuses, or cannot be asked; see `lti.services`.

        """
        if wanted.coupled and self._link.lineitem_url:
            try:
                return self._own()
            except DeclinedError as error:
                if error.status != 404 or not self._link.lineitems_url:
                    raise
        return self._found(wanted) or self._made(wanted)

    def post_score(self, item: LineItem, post: ScorePost) -> datetime:
        """Post a score; return its timestamp, which the next one must be later than.

        A platform that has a later score already (409) is asked once more, with a moment after its own now.

        Raises:
            DeclinedError: the platform refuses; with status 404, the column may be gone.
            UnavailableError: it cannot be asked now.

        """
        at = _after(clock.now(), post.after)
        try:
            self._post(item, post, at)
        except DeclinedError as error:
            if error.status != 409:
                raise
            at = _after(max(at, _moment(error.date) or at), at)
            try:
                self._post(item, post, at)
            except DeclinedError as again:
                if again.status != 409:
                    raise
                raise UnavailableError(again.words) from again
        return at

    def _own(self) -> LineItem:
        url = self._link.lineitem_url
        if not {LINE_ITEM, LINE_ITEM_READ} & set(self._scopes):
            return LineItem(url, 100.0)  # it may not be read; platforms scale what they are given
        answer = self._connector.call(self._platform, self._scopes, "GET", url, accept=_ITEM)
        return _line_item(_document(answer), url)

    def _found(self, wanted: Wanted) -> LineItem | None:
        """The column among those of the link or, for one beside it, those with our resource id and tag."""
        if wanted.coupled:
            key = {"resource_link_id": self._link.resource_link_id}
            attributes = {"resourceLinkId": self._link.resource_link_id}
        else:
            key = {"resource_id": wanted.resource_id, "tag": wanted.tag}
            attributes = {"resourceId": wanted.resource_id, "tag": wanted.tag}
        for item in self._items(key):
            if item.get("id") and all(item.get(name) == value for name, value in attributes.items()):
                return _line_item(item)
        return None

    def _items(self, key: dict[str, str]) -> Iterator[dict[str, Any]]:
        """What the platform lists, page by page, on one host only: the token goes nowhere else."""
        url: httpx.URL | None = address(self._link.lineitems_url).copy_merge_params(key)
        for _ in range(_PAGES):
            if url is None:
                return
            answer = self._connector.call(self._platform, self._scopes, "GET", url, accept=_ITEMS)
            listed = _document(answer)
            yield from (
                item for item in (listed if isinstance(listed, list) else []) if isinstance(item, dict)
            )
            following = address(answer.links.get("next", {}).get("url", ""), url)
            url = following if following != url and following.host == url.host else None

    def _made(self, wanted: Wanted) -> LineItem:
        document = (
            LineItemDocument()
            .set_label(wanted.label)
            .set_score_maximum(wanted.maximum)
            .set_resource_id(wanted.resource_id)
            .set_tag(wanted.tag)
        )
        if wanted.coupled:
            document.set_resource_link_id(self._link.resource_link_id)
        answer = self._connector.call(
            self._platform,
            self._scopes,
            "POST",
            self._link.lineitems_url,
            accept=_ITEM,
            content_type=_ITEM,
            body=document.get_value(),
        )
        return _line_item(_document(answer))

    def _post(self, item: LineItem, post: ScorePost, at: datetime) -> None:
        more: dict[str, Any] = {}
        if post.submitted_at is not None:
            more["submission"] = {"submittedAt": _written(min(post.submitted_at, at))}
        if self._platform.product == "canvas":
            more[_CANVAS] = {"new_submission": False}  # a score is not another attempt
        grade = (
            Grade()
            .set_user_id(post.user_id)
            .set_score_given(min(post.share, 1.0) * item.maximum)
            .set_score_maximum(item.maximum)
            .set_comment(post.comment)
            .set_timestamp(_written(at))
            .set_activity_progress("Completed")  # D2L takes no other
            .set_grading_progress("FullyGraded")  # with anything else Moodle wipes the grade
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


def _line_item(document: Any, url: str = "") -> LineItem:
    try:
        return LineItem(url or str(document["id"]), float(document.get("scoreMaximum") or 100.0))
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise UnavailableError("The platform's answer is not a line item.") from error


def _document(answer: httpx.Response) -> Any:
    try:
        return json.loads(answer.content)
    except ValueError as error:
        raise UnavailableError("The platform's answer is not JSON.") from error


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
