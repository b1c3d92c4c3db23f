"""The demo's gradebook: line items and scores, with the rules of Moodle 5.1 (LTI AGS 2.0)."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any, TypeGuard

PROGRESS = frozenset({"Initialized", "Started", "InProgress", "Submitted", "Completed"})
GRADING = frozenset({"FullyGraded", "Pending", "PendingManual", "Failed", "NotReady"})


class RefusalError(Exception):
    """What a tool asked for is not possible; `status` is the HTTP status that says so."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass
class LineItem:
    """A column. `link_id` couples it with an activity of the course (AGS 2.0, resourceLinkId).

    `review` says how the tool opens one learner's work (LTI Submission Review 1.0, submissionReview).
    """

    id: int
    label: str
    maximum: float
    link_id: str = ""
    resource_id: str = ""
    tag: str = ""
    review: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Grade:
    """A cell; `score` counts out of its column's maximum, None is a grade taken back."""

    score: float | None
    comment: str
    at: datetime


class Gradebook:
    """The columns and cells of one course; every method may be called from any thread."""

    def __init__(self, learners: Collection[str]) -> None:
        """Open an empty book for `learners`."""
        self._learners = learners
        self._links: set[str] = set()
        self._items: dict[int, LineItem] = {}
        self._grades: dict[tuple[int, str], Grade] = {}
        self._last_id = 0
        self._lock = Lock()

    def place(self, link_id: str, column: dict[str, Any] | None) -> None:
        """Know an activity of the course, and give it its column. Raises RefusalError (400)."""
        self._links.add(link_id)
        if column is not None:
            self.add(column | {"resourceLinkId": link_id})

    def items(self, **wanted: str) -> list[LineItem]:
        """The columns whose attributes equal all the wanted values, oldest first."""
        with self._lock:
            return [i for i in self._items.values() if all(getattr(i, k) == v for k, v in wanted.items())]

    def item(self, item_id: int) -> LineItem:
        """One column. Raises RefusalError (404)."""
        try:
            return self._items[item_id]
        except KeyError:
            raise RefusalError(404, f"There is no line item {item_id}") from None

    def grades(self, item_id: int) -> dict[str, Grade]:
        """The cells of one column by person, empty ones left out."""
        with self._lock:
            return {who: g for (i, who), g in self._grades.items() if i == item_id and g.score is not None}

    def add(self, fields: dict[str, Any]) -> LineItem:
        """Make a column from an AGS line item. Raises RefusalError (400; 403 for a foreign link)."""
        read = self._read(fields)
        with self._lock:
            self._last_id += 1
            item = self._items[self._last_id] = LineItem(self._last_id, **read)
        return item

    def change(self, item_id: int, fields: dict[str, Any]) -> LineItem:
        """Replace a column's fields: what is not sent is cleared, except the coupling, as in Moodle."""
        item = self.item(item_id)
        read = self._read(fields)
        with self._lock:
            ratio = read["maximum"] / item.maximum
            read["link_id"] = read["link_id"] or item.link_id
            read["review"] = read["review"] or item.review
            self._items[item_id] = LineItem(item_id, **read)
            for key, grade in self._grades.items():
                if key[0] == item_id and grade.score is not None:
                    self._grades[key] = Grade(grade.score * ratio, grade.comment, grade.at)
        return self._items[item_id]

    def remove(self, item_id: int) -> None:
        """Take a column away with its cells. Raises RefusalError (404)."""
        self.item(item_id)
        with self._lock:
            del self._items[item_id]
            self._grades = {key: grade for key, grade in self._grades.items() if key[0] != item_id}

    def record(self, item_id: int, score: dict[str, Any]) -> None:
        """Take an AGS score. Raises RefusalError: 400 incomplete or not a learner, 409 not newer."""
        item = self.item(item_id)
        who, at = str(score.get("userId", "")), _moment(score.get("timestamp"))
        if at is None:
            raise RefusalError(400, "timestamp: a date and time with its offset is needed")
        if score.get("activityProgress") not in PROGRESS or score.get("gradingProgress") not in GRADING:
            raise RefusalError(400, "activityProgress and gradingProgress are needed")
        if who not in self._learners:
            raise RefusalError(400, f"userId: {who or 'nobody'} is not a learner of this course")
        value = _scaled(score, item.maximum)
        if score["gradingProgress"] != "FullyGraded":
            value = None
        with self._lock:
            before = self._grades.get((item_id, who))
            if before and before.score is not None and at <= before.at:
                raise RefusalError(409, f"Item {item_id}, user {who}: the score there is as new or newer")
            self._grades[item_id, who] = Grade(value, str(score.get("comment") or ""), at)

    def _read(self, fields: dict[str, Any]) -> dict[str, Any]:
        label, maximum = str(fields.get("label") or "").strip(), fields.get("scoreMaximum")
        if not label:
            raise RefusalError(400, "label: a name is needed")
        if not _number(maximum) or maximum <= 0:
            raise RefusalError(400, "scoreMaximum: a number above 0 is needed")
        link_id = str(fields.get("resourceLinkId") or "")
        if link_id and link_id not in self._links:
            raise RefusalError(403, f"resourceLinkId: there is no activity {link_id} in this course")
        review = fields.get("submissionReview")
        return {
            "label": label,
            "maximum": float(maximum),
            "link_id": link_id,
            "resource_id": str(fields.get("resourceId") or ""),
            "tag": str(fields.get("tag") or ""),
            "review": review if isinstance(review, dict) else {},
        }


def _moment(text: Any) -> datetime | None:
    """A timestamp with its offset, cut to whole seconds as Moodle keeps it; None when it is not one."""
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return moment.replace(microsecond=0) if moment.tzinfo else None


def _number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _scaled(score: dict[str, Any], maximum: float) -> float | None:
    """The score brought to the column's maximum, never above it."""
    given, out_of = score.get("scoreGiven"), score.get("scoreMaximum")
    if given is None:
        return None
    if not _number(given) or given < 0 or not _number(out_of) or out_of <= 0:
        raise RefusalError(400, "scoreGiven (0 or more) needs a scoreMaximum above 0")
    return float(min(given / out_of, 1) * maximum)
