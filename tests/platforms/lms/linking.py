"""Deep Linking 2.0: takes the tool's response and makes links and line items of it."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from platforms.lms.exchange import RefusedError, demand, is_number, when
from platforms.lms.gradebook import check_item
from platforms.lms.jose import BadTokenError
from platforms.lms.messages import LTI
from platforms.lms.people import Course, Link
from platforms.lms.tokens import SKEW, signed_by_tool

if TYPE_CHECKING:
    from platforms.lms.lms import Lms

DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
CLAIMS = {
    "iss", "aud", "azp", "iat", "exp", "nbf", "nonce", LTI + "deployment_id", LTI + "message_type",
    LTI + "version", *(DL + name for name in ("content_items", "data", "msg", "log", "errormsg", "errorlog")),
}  # fmt: skip
ITEM = {
    "type", "url", "title", "text", "icon", "thumbnail", "window", "iframe", "custom", "lineItem",
    "available", "submission",
}  # fmt: skip


def take(lms: "Lms", number: str, token: str) -> dict[str, Any]:
    """The claims of a response, with the "links" made of its items; RefusedError if it is wrong.

    A pending request can be answered once.
    """
    demand(number in lms.pending, "No such deep linking request, or it has been answered", 404)
    _, course, settings = lms.pending[number]
    try:
        claims = signed_by_tool(lms, token)
    except BadTokenError as error:
        raise RefusedError(400, f"Bad JWT: {error}") from error
    check(lms, claims, settings)
    items = claims.get(DL + "content_items", [])
    for each in items:
        check_content_item(lms, course, each, settings)
    lms.seen.add(claims["nonce"])
    del lms.pending[number]
    taken = claims | {"links": [link_from(lms, course, each) for each in items]}
    lms.returned.append(taken)
    return taken


def check(lms: "Lms", claims: dict[str, Any], settings: dict[str, Any]) -> None:
    """Refuse a response that is not for this request (Deep Linking 2.0, section 3.3; Security 1.0, 5.2)."""
    now = lms.clock()
    demand(claims.keys() <= CLAIMS, f"Unknown claims: {claims.keys() - CLAIMS}")
    demand(claims.get("iss") == lms.client_id, "iss must be the client id, a string")
    demand(claims.get("aud") in (lms.issuer, [lms.issuer]), "aud must be the issuer")
    issued, expires = claims.get("iat"), claims.get("exp")
    demand(isinstance(issued, int) and isinstance(expires, int), "iat and exp must be whole seconds")
    demand(issued <= now + SKEW and now < expires <= now + 3600 + SKEW, "Not yet, or expired")
    nonce = claims.get("nonce")
    demand(isinstance(nonce, str) and nonce, "nonce is missing")
    demand(nonce not in lms.seen, "nonce has been used")
    fixed = {"deployment_id": lms.deployment_id, "message_type": "LtiDeepLinkingResponse", "version": "1.3.0"}
    for name, value in fixed.items():
        demand(claims.get(LTI + name) == value, f"{name} must be {value}")
    if "data" in settings:
        demand(claims.get(DL + "data") == settings["data"], "data was changed or left out")
    else:
        demand(DL + "data" not in claims, "data comes back though none was sent")
    for name in ("msg", "log", "errormsg", "errorlog"):
        demand(isinstance(claims.get(DL + name, ""), str), f"{name} must be a string")
    items = claims.get(DL + "content_items", [])
    demand(isinstance(items, list), "content_items must be a list")
    multiple = str(settings.get("accept_multiple", False)).lower() == "true"
    demand(multiple or len(items) < 2, "accept_multiple is false")


def check_content_item(lms: "Lms", course: Course, item: Any, settings: dict[str, Any]) -> None:
    """Refuse an item that is not as Deep Linking 2.0, section 3.2 says; Moodle fails at an empty `custom`."""
    demand(isinstance(item, dict), "A content item must be an object")
    demand(item.get("type") in settings["accept_types"], f"type {item.get('type')} is not accepted")
    odd = [name for name in item if name not in ITEM and not name.startswith("https://")]
    demand(not odd, f"Unknown fields: {odd}")
    for name in ("url", "title", "text"):
        demand(isinstance(item.get(name, ""), str), f"{name} must be a string")
    url = item.get("url", lms.tool)
    demand(urlsplit(url)[:2] == urlsplit(lms.tool)[:2], f"{url} is not the tool's")
    custom = item.get("custom")
    if custom == {} and lms.personality.spreads_custom:
        raise RefusedError(500, "Exception - array_combine(): custom is empty", "Exception", "text/html")
    demand(custom is None or isinstance(custom, dict), "custom must be an object")
    demand(all(isinstance(value, str) for value in (custom or {}).values()), "custom: strings only")
    for name in ("available", "submission"):
        dates = item.get(name, {})
        demand(dates.keys() <= {"startDateTime", "endDateTime"}, f"Unknown dates in {name}")
        demand(all(when(each) for each in dates.values()), f"{name}: ISO 8601 with a zone")
    for name in ("icon", "thumbnail"):
        picture = item.get(name, {"url": lms.tool})
        demand(isinstance(picture, dict) and picture.get("url"), f"{name} must have an url")
    for name in ("window", "iframe"):
        sizes = [item.get(name, {}).get(each, 1) for each in ("width", "height")]
        demand(all(is_number(each) for each in sizes), f"{name}: width and height are numbers")
    if "lineItem" in item:
        accepted = str(settings.get("accept_lineitem", True)).lower() == "true"
        demand(accepted, "accept_lineitem is false")
        demand("resourceLinkId" not in item["lineItem"], "lineItem has no resourceLinkId")
        label = {"label": item.get("title") or "x"}
        check_item(lms, course, label | item["lineItem"])


def link_from(lms: "Lms", course: Course, item: dict[str, Any]) -> Link:
    """The resource link that an item becomes, with its line item."""
    dates = {
        f"{what}.{end}": moment
        for what in ("available", "submission")
        for end, moment in item.get(what, {}).items()
    }
    link = lms.link(
        course, item.get("title", "Entraide"), url=item.get("url", ""), text=item.get("text", ""),
        custom=dict(item.get("custom") or {}), dates=dates, item=item,
    )  # fmt: skip
    if "lineItem" in item:
        fields = {"label": link.title} | item["lineItem"] | {"resourceLinkId": link.id}
        link.line_item = lms.line_item(course, own=True, **fields)
    return link
