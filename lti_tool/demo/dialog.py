"""The tool's answer to a request for activities, verified and placed in the course (LTI Deep Linking 2.0)."""

from typing import Any

import httpx
import jwt
from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.demo.gradebook import RefusalError
from lti_tool.demo.launch import posting, teacher
from lti_tool.demo.messages import DEEP_LINKING, LTI
from lti_tool.demo.platform import Platform, Run, platform
from lti_tool.demo.session import language, signed_in
from lti_tool.demo.tokens import signed_by_the_tool

blueprint = Blueprint("dialog", __name__)


@blueprint.post("/mod/lti/contentitem_return")
def chosen() -> ResponseReturnValue:
    """Take the answer, and leave the frame for the course."""
    lms, token = platform(), request.form.get("JWT", "")
    if signed_in() is None and "repost" not in request.form:
        # As at a launch: the tool's form comes without our SameSite=Lax cookie.
        return posting(request.base_url, {"JWT": token, "repost": "1"})
    try:
        claims = _answered(lms, token)
    except (jwt.PyJWTError, httpx.HTTPError, ValueError) as problem:
        abort(400, f"JWT: {problem}")
    asked = lms.dialogs.take(str(claims.get(DEEP_LINKING + "data", "")))
    if asked is None or asked.person_id != teacher().id:
        abort(400, "data: nobody here has asked for this, or it was answered before")
    run = lms.runs[asked.course_id]
    try:
        for item in claims.get(DEEP_LINKING + "content_items", []):
            _place(lms, run, item)
    except RefusalError as problem:
        abort(400, str(problem))
    return render_template("lms/chosen.html", course=run.course)


def _answered(lms: Platform, token: str) -> dict[str, Any]:
    """The claims of an answer. Raises as `signed_by_the_tool`."""
    claims = signed_by_the_tool(lms, token, lms.settings.url, "nonce")
    right = {
        "message_type": "LtiDeepLinkingResponse",
        "version": "1.3.0",
        "deployment_id": lms.settings.deployment_id,
    }
    for name, value in right.items():
        if claims.get(LTI + name) != value:
            raise ValueError(f"{name} is not {value}")
    return claims


def _place(lms: Platform, run: Run, item: dict[str, Any]) -> None:
    """Make an activity of a content item. Raises RefusalError (400)."""
    if item.get("type") != "ltiResourceLink":
        raise RefusalError(400, "content_items: only links to the tool were asked for")
    if not str(item.get("url") or lms.settings.launch_url).startswith(f"{lms.settings.tool_url}/"):
        raise RefusalError(400, "url: not an address of the tool")
    title, custom = str(item.get("title") or "Entraide"), item.get("custom") or {}
    if not all(isinstance(value, str) for value in custom.values()):
        raise RefusalError(400, "custom: texts only")
    column = {"label": title} | item["lineItem"] if item.get("lineItem") else None
    lms.add_link(run, title, str(item.get("text") or ""), custom, column, language())
