"""Columns of a platform's gradebook: line items (LTI Assignment and Grade Services 2.0, section 3.2)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
from pylti1p3.lineitem import LineItem as LineItemDocument

from ..people.models import Platform
from .models import ResourceLink
from .paging import read_links
from .services import (
    DeclinedError,
    NotLetInError,
    ServiceConnector,
    UnavailableError,
    address,
    same_place,
)

SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"
LINE_ITEM, LINE_ITEM_READ, SCORE = (SCOPE + name for name in ("lineitem", "lineitem.readonly", "score"))
_ITEM = "application/vnd.ims.lis.v2.lineitem+json"
_ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
_PAGES = 20
_POINTS = 100.0  # assumed of a column that may not be read; platforms scale what they are given


@dataclass(frozen=True, slots=True)
class LineItem:
    """A column as the platform has it: its address, and the points it goes up to.

    `label` is its name if that name is ours to change, else empty.
    """

    url: str
    maximum: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A column we want. `coupled`: it is the resource link's own, else it stands beside it.

    Open edX takes 100 characters of a label and 50 of a tag.
    """

    label: str
    resource_id: str
    tag: str
    coupled: bool
    maximum: float = _POINTS


class LineItems:
    """The columns behind one resource link."""

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

    def find_or_make(self, wanted: Wanted) -> LineItem:
        """The wanted column: the launch's own, one made before (by us or from our deep link), or a new one.

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

    def rename(self, item: LineItem, wanted: Wanted) -> None:
        """Give a column the wanted label, and leave the rest as it is.

        All of it is sent: Moodle clears what is left out, and Open edX wants the resource id.
        """
        document = _written(wanted).set_score_maximum(item.maximum)
        self._call("PUT", item.url, _ITEM, document)

    def delete(self, url: str) -> None:
        """Delete a column, and with it the scores it holds; one that is gone already counts as deleted.

        Raises:
            DeclinedError: the platform keeps it: Canvas (401) an assignment's own, Open edX (403) any.
            UnavailableError: it cannot be asked now.

        """
        if LINE_ITEM not in self._scopes:
            raise DeclinedError(403, "The platform does not let us change columns.")
        try:
            self._call("DELETE", url, _ITEM)
        except NotLetInError as error:
            raise DeclinedError(401, error.words) from error
        except DeclinedError as error:
            if error.status not in {404, 410}:
                raise

    def _own(self) -> LineItem:
        url = self._link.lineitem_url
        if not {LINE_ITEM, LINE_ITEM_READ} & set(self._scopes):
            return LineItem(url, _POINTS)
        document = _document(self._call("GET", url, _ITEM))
        return LineItem(url, _maximum(document))

    def _found(self, wanted: Wanted) -> LineItem | None:
        """The column with our resource id and tag, whatever its link; else, if that is wanted, the link's."""
        for item in self._items({"resource_id": wanted.resource_id}):
            if item.get("resourceId") == wanted.resource_id and item.get("tag") == wanted.tag:
                return _line_item(item, wanted.label)
        if wanted.coupled:
            link = self._link.resource_link_id
            for item in self._items({"resource_link_id": link}):
                # A copied link's has the resource id of the activity it was copied from
                if item.get("resourceLinkId") == link and (item.get("tag") or wanted.tag) == wanted.tag:
                    return _line_item(item)
        return None

    def _items(self, key: dict[str, str]) -> Iterator[dict[str, Any]]:
        """What the platform lists, page by page, in one place only: the token goes nowhere else.

        No `limit` is asked for: Moodle's links to the next page are then not to be read by any standard.
        """
        start = address(self._link.lineitems_url)
        url = start.copy_merge_params(key)
        for _ in range(_PAGES):
            answer = self._call("GET", url, _ITEMS)
            for item in _listed(_document(answer)):
                if item.get("id") and same_place(address(str(item["id"])), start):
                    yield item
            links = read_links(answer.headers.get("Link", ""))
            following = address(links["next"], url) if "next" in links else url
            if following == url or not same_place(following, start):
                return
            url = following

    def _made(self, wanted: Wanted) -> LineItem:
        document = _written(wanted).set_score_maximum(wanted.maximum)
        if wanted.coupled:
            document.set_resource_link_id(self._link.resource_link_id)
        answer = self._call("POST", self._link.lineitems_url, _ITEM, document)
        made = _line_item(_document(answer), wanted.label)
        if not same_place(address(made.url), address(self._link.lineitems_url)):
            raise DeclinedError(0, f"The platform made the column elsewhere: {address(made.url).host}")
        return made

    def _call(
        self, method: str, url: str | httpx.URL, media: str, document: LineItemDocument | None = None
    ) -> httpx.Response:
        return self._connector.call(
            self._platform,
            self._scopes,
            method,
            url,
            accept=media,
            content_type=media,
            body=document.get_value() if document else None,
        )


def _written(wanted: Wanted) -> LineItemDocument:
    document = LineItemDocument().set_label(wanted.label)
    return document.set_resource_id(wanted.resource_id).set_tag(wanted.tag)


def _line_item(document: Any, label: str = "") -> LineItem:
    try:
        return LineItem(str(document["id"]), _maximum(document), label)
    except (TypeError, KeyError) as error:
        raise UnavailableError("The platform's answer is not a line item.") from error


def _maximum(document: Any) -> float:
    try:
        return float(document.get("scoreMaximum") or _POINTS)
    except (TypeError, ValueError, AttributeError) as error:
        raise UnavailableError("The platform's answer is not a line item.") from error


def _listed(document: Any) -> list[dict[str, Any]]:
    """The line items of a container: a list, as AGS 2.0 has it, or wrapped in an object; or one alone."""
    if isinstance(document, dict):
        lists = (value for value in document.values() if isinstance(value, list))
        document = [document] if "id" in document else next(lists, [])
    return [item for item in document if isinstance(item, dict)] if isinstance(document, list) else []


def _document(answer: httpx.Response) -> Any:
    try:
        return json.loads(answer.content)
    except (ValueError, RecursionError) as error:
        raise UnavailableError("The platform's answer is not JSON.") from error
