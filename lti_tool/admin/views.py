"""The administrator's addresses: the way in, platforms, keys, record stores, the log."""

from typing import Any, cast
from uuid import UUID

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from ..kernel.audit import COMMAND_LINE
from ..kernel.errors import ConflictError
from ..kernel.i18n import N_
from ..kernel.limits import limiter
from ..kernel.secrets import Sealer
from ..kernel.web import LARGEST_ROW, database, row_number
from ..lti import byhand, keys
from ..lti.approvals import approve_deployment, confirm, set_policy
from ..lti.checks import Outcome
from ..lti.invitations import invite
from . import actions, queries, signing, store_views, telling_views
from .forms import InviteForm, NameForm, RegisterForm
from .guard import ROOM, administrator, forget, remember
from .telling_forms import CONSEQUENCES, TellingForm
from .telling_queries import has_pseudonyms
from .words import ACTS, CONTACTS, DONE

blueprint = Blueprint(ROOM, __name__, url_prefix="/admin")
blueprint.register_blueprint(store_views.blueprint)
blueprint.register_blueprint(telling_views.blueprint)

# These pages need less than those of a launch, and no page of anybody may show them in a frame.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@blueprint.after_request
def _never_framed(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _POLICY)  # what people sent has a stricter one
    response.headers["X-Frame-Options"] = "DENY"
    return response


@blueprint.errorhandler(signing.SignInError)
def _sign_in(error: signing.SignInError) -> ResponseReturnValue:
    return render_template("admin/sign_in.html", reason=gettext(error.sentence)), error.status


@blueprint.errorhandler(CSRFError)
def _stale_form(_error: CSRFError) -> ResponseReturnValue:
    sentence = N_("This form is out of date. Load the page again, and send it once more.")
    title = gettext(N_("This did not work"))
    return render_template(
        "errors/error.html", title=title, message=gettext(sentence), code="form-stale"
    ), 400


@blueprint.context_processor
def _shared() -> dict[str, object]:
    return {"done": DONE.get(request.args.get("done", ""))}


@blueprint.get("/enter")
@limiter.limit("300 per minute")
def enter() -> str:
    """The page of a one-time link. It has a button, so that a link preview does not use the link up."""
    with database().read() as reading:
        signing.check_link(reading, request.args.get("code", ""))
    return render_template("admin/enter.html", code=request.args["code"])


@blueprint.post("/enter")
@limiter.limit("300 per minute")
def use_link() -> Response:
    """Use a one-time link up, and begin a session."""
    with database().write() as writing:
        secret = signing.enter(writing, request.form.get("code", ""))
    response = redirect(url_for(".index"), 303)
    remember(response, secret)
    return response


@blueprint.post("/leave")
def leave() -> Response:
    """End the session."""
    with database().write() as writing:
        signing.leave(writing, administrator())
    response = redirect(url_for(".index"), 303)
    forget(response)
    return response


@blueprint.get("/")
def index() -> str:
    """The platforms, and what last passed between us and each."""
    with database().read() as reading:
        rows, following = queries.list_platforms(reading, _after())
    return render_template("admin/platforms.html", rows=rows, following=following, contacts=CONTACTS)


@blueprint.route("/platforms/invite", methods=["GET", "POST"])
def invitation() -> ResponseReturnValue:
    """Make a one-time address with which a platform registers itself."""
    form = InviteForm()
    if not form.validate_on_submit():
        return render_template("admin/invite.html", form=form), 422 if form.is_submitted() else 200
    with database().write() as writing:
        address = invite(
            writing,
            form.name.data,
            base_url=_settings().base_url,
            days=int(form.days.data),
            actor=administrator().name,
        )
    # No redirect: the address is shown this once, and only its digest is kept.
    return render_template("admin/invited.html", address=address, days=int(form.days.data))


@blueprint.route("/platforms/register", methods=["GET", "POST"])
def register() -> ResponseReturnValue:
    """Register a platform by hand."""
    form = RegisterForm()
    if form.validate_on_submit():
        try:
            with database().write() as writing:
                platform = byhand.register(
                    writing,
                    form.details(),
                    [form.deployment_id.data],
                    administrator().name,
                    private=_settings().allow_private_networks,
                )
        except ConflictError as error:
            form.name.errors = [*form.name.errors, gettext(error.sentence, **error.values)]
        else:
            return redirect(url_for(".platform", platform_id=platform.id, done="registered"), 303)
    page = render_template("admin/register.html", form=form, ours=byhand.OURS, base_url=_settings().base_url)
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/platforms/<uuid:platform_id>")
def platform(platform_id: UUID) -> str:
    """One platform: what the LMS needs, who may launch, and whether it still works."""
    return _platform_page(platform_id)


@blueprint.post("/platforms/<uuid:platform_id>/name")
def rename(platform_id: UUID) -> ResponseReturnValue:
    """Call a platform otherwise."""
    form = NameForm()
    if form.validate_on_submit():
        try:
            with database().write() as writing:
                found = queries.find_platform(writing, platform_id)
                actions.rename(writing, administrator(), found, form.name.data)
        except ConflictError as error:
            form.name.errors = [*form.name.errors, gettext(error.sentence, **error.values)]
        else:
            return _back(platform_id, "renamed")
    return _platform_page(platform_id, form), 422


@blueprint.post("/platforms/<uuid:platform_id>/confirm")
def confirm_platform(platform_id: UUID) -> Response:
    """Let a platform that registered itself launch."""
    with database().write() as writing:
        confirm(writing, queries.find_platform(writing, platform_id), actor=administrator().name)
    return _back(platform_id, "confirmed")


@blueprint.post("/platforms/<uuid:platform_id>/policy")
def choose_policy(platform_id: UUID) -> Response:
    """Choose whether new deployments wait."""
    trusts = request.form.get("new_deployments") == "approve"
    with database().write() as writing:
        found = queries.find_platform(writing, platform_id)
        set_policy(writing, found, trusts_deployments=trusts, actor=administrator().name)
    return _back(platform_id, "policy")


@blueprint.post("/platforms/<uuid:platform_id>/deployments/<uuid:deployment_id>/approve")
def approve(platform_id: UUID, deployment_id: UUID) -> Response:
    """Let a deployment that waits launch."""
    with database().write() as writing:
        deployment = queries.find_deployment(writing, platform_id, deployment_id)
        approve_deployment(writing, deployment, actor=administrator().name)
    return _back(platform_id, "approved")


@blueprint.post("/platforms/<uuid:platform_id>/check")
def check(platform_id: UUID) -> Response:
    """Ask for a live check; the worker does it."""
    with database().write() as writing:
        actions.check(writing, administrator(), queries.find_platform(writing, platform_id))
    return redirect(url_for(".platform", platform_id=platform_id, _anchor="check"), 303)


@blueprint.get("/keys")
def list_keys() -> str:
    """The tool's own keys."""
    with database().read() as reading:
        return render_template("admin/keys.html", keys=keys.list_keys(reading), KeyState=keys.KeyState)


@blueprint.post("/keys/rotate")
def rotate_keys() -> Response:
    """Make a new key that takes over a day from now; at once, when the present one leaked."""
    sealer = cast(Sealer, current_app.extensions["entraide.sealer"])
    leaked = request.form.get("leaked") == "y"
    with database().write() as writing:
        keys.rotate(writing, sealer, administrator().name, leaked=leaked)
    return redirect(url_for(".list_keys", done="leaked" if leaked else "rotated"), 303)


@blueprint.get("/log")
def log() -> str:
    """What administrators did."""
    before = request.args.get("before", LARGEST_ROW, type=row_number)
    with database().read() as reading:
        entries, following = queries.read_log(reading, before)
    return render_template(
        "admin/log.html", entries=entries, following=following, acts=ACTS, command_line=COMMAND_LINE
    )


def _platform_page(platform_id: UUID, form: NameForm | None = None) -> str:
    with database().read() as reading:
        row, check = queries.show_platform(reading, platform_id)
        deployments, following = queries.approved_deployments(reading, platform_id, _after())
        pseudonyms = has_pseudonyms(reading, platform_id)
    it = row.platform
    return render_template(
        "admin/platform.html",
        row=row,
        it=it,
        contacts=CONTACTS,
        check=check,
        answers=queries.answers(check) if check else [],
        Outcome=Outcome,
        deployments=deployments,
        following=following,
        form=form or NameForm(formdata=None, name=it.name),
        telling=TellingForm(formdata=None, people=it.actor_mode.value, texts=it.texts_told),
        consequences=CONSEQUENCES,
        has_pseudonyms=pseudonyms,
        ours=byhand.OURS,
        base_url=_settings().base_url,
    )


def _after() -> str:
    """The key of a list's next page, from the address; a spoilt one starts again."""
    after = request.args.get("after", "")
    return after if after.isprintable() else ""


def _back(platform_id: UUID, done: str) -> Response:
    return redirect(url_for(".platform", platform_id=platform_id, done=done), 303)


def _settings() -> Any:
    return current_app.config["ENTRAIDE"]
