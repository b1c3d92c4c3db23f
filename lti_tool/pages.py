"""What all pages share: language, look, headers, and how a refusal is shown."""

import re
import secrets
from contextlib import suppress
from datetime import datetime, tzinfo
from pathlib import Path

import structlog
from flask import Flask, Response, g, jsonify, render_template, request, url_for
from flask_babel import Babel, get_locale, gettext
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from jinja2 import pass_context
from jinja2.runtime import Context
from werkzeug.exceptions import HTTPException, NotFound

from .activities.dates import zone_named
from .kernel import i18n, markup
from .kernel.assets import Assets
from .kernel.errors import RefusedError
from .kernel.i18n import N_
from .kernel.limits import limiter
from .kernel.permissions import Purpose
from .kernel.web import wants_json
from .lti.refusals import STEP_OF, STEPS
from .lti.returning import way_back

log = structlog.get_logger(__name__)
STATIC = "/static"

# What can go wrong before our own actions are asked: a stable code, and a sentence.
STATUSES = {
    404: ("no-page", N_("This page does not exist. Go back, or open the activity again from your course.")),
    405: ("method-not-allowed", N_("This page cannot do that. Go back and try again.")),
    413: ("too-large", N_("This is too large to send. Make it smaller and try again.")),
    429: ("too-many-requests", N_("Too many requests at once. Wait a minute and try again.")),
    500: (
        "internal",
        N_("Something went wrong on our side. What was saved before is kept. Try again in a minute."),
    ),
}
OTHER = ("request", N_("This request cannot be taken. Go back and try again."))


def init_app(app: Flask) -> None:
    """Prepare the application for pages."""
    zone = app.config["ENTRAIDE"].zone
    Babel(app, locale_selector=_language, default_translation_directories="translations")
    limiter.init_app(app)
    dist = f"{app.root_path}/static/dist"
    assets = Assets(Path(dist) / "manifest.json", STATIC)
    app.static_folder = dist
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 31536000  # an asset's name changes with its content

    @app.get(f"{STATIC}/<path:filename>", endpoint="static")
    def static(filename: str) -> Response:
        """An asset; packed, for those who take it so. Nothing on it is secret, so its size may tell."""
        packed = None
        if request.accept_encodings["gzip"]:
            with suppress(NotFound):
                packed = app.send_static_file(f"{filename}.gz")
        response = packed or app.send_static_file(filename)
        response.vary.add("Accept-Encoding")
        return response

    app.jinja_env.filters["paragraphs"] = markup.paragraphs
    app.jinja_env.filters["formatted"] = markup.formatted
    app.jinja_env.filters["unmarked"] = markup.unmarked
    app.jinja_env.filters["count_words"] = markup.count_words
    app.jinja_env.globals.update(asset=assets.url)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def shared() -> dict[str, object]:
        language = str(get_locale() or i18n.LANGUAGES[0])
        here = g.get("visit")

        @pass_context
        def moment(page: Context, when: datetime) -> str:
            return i18n.moment(when, language, _zone(page, zone))

        def distance(when: datetime) -> str:
            return i18n.distance(when, language)

        @pass_context
        def day(page: Context, when: datetime) -> str:
            return i18n.day(when, language, _zone(page, zone))

        def percent(share: float) -> str:
            return i18n.percent(share, language)

        return {
            "visit": here,
            "locale": language,
            "languages": list(i18n.LANGUAGE_NAMES.items()),
            "language_url": url_for("people.language") if here else None,
            "help_url": url_for("home.help_page") if here else None,
            "own_window_url": _own_window(),
            "course_url": way_back(here.return_url) if here and _is_whole_window() else None,
            "frame_origins": here.embedder if here else None,
            "moment": moment,
            "distance": distance,
            "day": day,
            "percent": percent,
        }

    app.register_error_handler(RefusedError, _refused)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(RateLimitExceeded, _http_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _failed)
    app.after_request(_headers)


def _language() -> str:
    if here := g.get("visit"):
        return str(here.locale)
    return request.accept_languages.best_match(i18n.LANGUAGES) or i18n.LANGUAGES[0]


def _zone(page: Context, default: tzinfo) -> tzinfo:
    """The time zone of the activity that a page is about; that of the installation on all others."""
    activity = page.get("activity") or getattr(page.get("here"), "activity", None)
    return zone_named(getattr(activity, "zone", ""), default)


def _is_whole_window() -> bool:
    return request.headers.get("Sec-Fetch-Dest") == "document"


def _own_window() -> str | None:
    """Where a visit in a frame finds a link to its own window. A dialog of the LMS stays in its frame."""
    here = g.get("visit")
    if here is None or here.purpose is Purpose.PICK or _is_whole_window():
        return None
    at = re.sub(r"^/l/[^/]*", "", request.full_path.rstrip("?")) if request.method == "GET" else "/"
    return url_for("windows.offer", at=at)


def _answer(
    sentence: str, code: str, status: int, support: str = "", return_url: str = ""
) -> tuple[Response | str, int]:
    if wants_json():
        return jsonify(message=sentence, code=code), status
    here = g.get("visit")
    shown = f"{code} {support}".strip()
    page = render_template(
        "errors/error.html",
        title=gettext(N_("This did not work")),
        message=sentence,
        step=gettext(STEPS[STEP_OF[code]]) if code in STEP_OF else None,
        code=shown,
        action={"url": url_for("home.index"), "text": gettext(N_("Back to the activity"))} if here else None,
        course_url=way_back(
            here.return_url if here else return_url, errormsg=sentence, errorlog=f"Entraide: {shown}"
        ),
    )
    return page, status


def _refused(error: RefusedError) -> tuple[Response | str, int]:
    support = secrets.token_hex(4)
    log.info(
        "refused",
        code=error.code,
        step=STEP_OF.get(error.code, ""),
        status=error.status,
        support=support,
        path=_path(),
        detail=getattr(error, "detail", ""),
    )
    sentence = gettext(error.sentence, **error.values) if error.values else gettext(error.sentence)
    return _answer(sentence, error.code, error.status, support, getattr(error, "return_url", ""))


def _path() -> str:
    """The address for the log: without the secret that some launches have in theirs."""
    return re.sub(r"^(/l/[^/-]*)-[^/]*", r"\1-...", request.path)


def _stale_form(error: CSRFError) -> tuple[Response | str, int]:
    support = secrets.token_hex(4)
    detail = error.description
    log.info("refused", code="form-stale", step="browser", status=400, support=support, detail=detail)
    return _answer(
        gettext(
            N_("This form belongs to another visit. Go back, open the activity again, and send it once more.")
        ),
        "form-stale",
        400,
        support,
    )


def _http_error(error: HTTPException) -> tuple[Response | str, int] | HTTPException:
    status = error.code or 500
    if status < 400:
        return error
    code, sentence = STATUSES.get(status, OTHER)
    return _answer(gettext(sentence), code, status)


def _failed(error: Exception) -> tuple[Response | str, int]:
    support = secrets.token_hex(4)
    log.exception("failed", support=support, path=_path())
    code, sentence = STATUSES[500]
    return _answer(gettext(sentence), code, 500, support)


def _headers(response: Response) -> Response:
    here = g.get("visit")
    # A page of the door is shown inside a frame whose owner is not known yet; no click there does any harm.
    in_frame = request.path.startswith(("/lti/", "/l/"))
    unknown = g.get("frame_ancestors") or ("*" if in_frame else "'self'")
    embedder = f"'self' {here.embedder}" if here else unknown
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "media-src 'self' blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        f"frame-ancestors {embedder}",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    # Whoever has such an address has the visit: it is told to nobody, only that it was one of ours.
    has_secret = request.path.startswith("/l/") and request.path.split("/")[2].count("-")
    response.headers.setdefault("Referrer-Policy", "strict-origin" if has_secret else "same-origin")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
