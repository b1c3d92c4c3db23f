"""The Platform Notification Service 1.0: the tool says where it takes which notices."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from platforms.lms.exchange import answer, authorized, demand, sends
from platforms.lms.personalities import COPIED, HELLO, NOTICES
from werkzeug import Request, Response

if TYPE_CHECKING:
    from platforms.lms.lms import Lms

JSON = "application/json"


def handlers(lms: "Lms", request: Request) -> Response:
    """GET: those there are; PUT: one more, or with an empty address one fewer."""
    demand(NOTICES in lms.scopes, "No such service", 404)
    authorized(lms, request, NOTICES)
    if request.method == "GET":
        told = [{"notice_type": each, "handler": lms.handlers.get(each, "")} for each in (HELLO, COPIED)]
        body = {"client_id": lms.client_id, "deployment_id": lms.deployment_id, "notice_handlers": told}
        return answer(lms, body, JSON)
    asked = sends(lms, request, JSON)
    demand(asked.keys() <= {"notice_type", "handler", "max_batch_size"}, "Unknown fields", 422)
    kind, handler = asked.get("notice_type"), asked.get("handler")
    demand(kind in (HELLO, COPIED), f"unknown notice_type {kind}", 422)
    demand(isinstance(handler, str), "handler must be a string", 422)
    if not handler:
        lms.handlers.pop(str(kind), None)
    else:
        same = urlsplit(handler)[:2] == urlsplit(lms.tool)[:2]
        demand(same, "handler must match the domain of the tool", 422)
        lms.handlers[str(kind)] = str(handler)
    return answer(lms, {"notice_type": kind, "handler": handler}, JSON)
