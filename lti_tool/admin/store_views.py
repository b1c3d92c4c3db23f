"""The administrator's addresses of record stores: which there are, how far each is, and what can be done."""

from typing import Any, cast
from uuid import UUID

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from ..kernel.secrets import Sealer
from ..kernel.web import LARGEST_ROW, database, row_number
from ..records import carrying, letters, reconciling, stores
from ..records.models import Carrying, DeliveryState
from . import actions, store_queries
from .guard import administrator
from .store_forms import CarryForm, StoreForm
from .words import CARRYINGS

blueprint = Blueprint("stores", __name__, url_prefix="/stores")


@blueprint.get("")
def index() -> str:
    """The learning record stores, and how far the delivery to each is."""
    with database().read() as reading:
        return render_template(
            "admin/stores.html", stores=store_queries.list_stores(reading), kinds=stores.KINDS
        )


@blueprint.route("/add", methods=["GET", "POST"])
def add() -> ResponseReturnValue:
    """Add a store."""
    form = StoreForm()
    if form.validate_on_submit():
        try:
            with database().write() as writing:
                store = stores.add(writing, _sealer(), form.details(), administrator().name)
        except stores.StoreError as error:
            _complain(form, error)
        else:
            return _back(store.id, "store-added")
    page = render_template("admin/store_form.html", form=form, store=None)
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/<uuid:store_id>")
def store(store_id: UUID) -> str:
    """One store: how far it is, what kind it is, what is on its way, whether all is there."""
    return _page(store_id, CarryForm(formdata=None))


@blueprint.route("/<uuid:store_id>/change", methods=["GET", "POST"])
def change(store_id: UUID) -> ResponseReturnValue:
    """Reach a store otherwise."""
    form = StoreForm()
    with database().read() as reading:
        found = stores.find(reading, store_id)
    if form.validate_on_submit():
        try:
            with database().write() as writing:
                mine, details = stores.find(writing, store_id), form.details(found)
                stores.change(writing, _sealer(), mine, details, administrator().name)
        except stores.StoreError as error:
            _complain(form, error)
        else:
            return _back(store_id, "store-changed")
    if not form.is_submitted():
        form.fill(found)
    page = render_template("admin/store_form.html", form=form, store=found)
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/<uuid:store_id>/remove", methods=["GET", "POST"])
def remove(store_id: UUID) -> ResponseReturnValue:
    """Remove a store, once that was confirmed."""
    if request.method == "GET":
        with database().read() as reading:
            found = stores.find(reading, store_id)
            return render_template("admin/store_remove.html", store=found)
    with database().write() as writing:
        stores.remove(writing, stores.find(writing, store_id), administrator().name)
    return redirect(url_for(".index", done="store-removed"), 303)


@blueprint.post("/<uuid:store_id>/test")
def test(store_id: UUID) -> Response:
    """Ask for a test; the worker does it."""
    return _act(store_id, stores.ask_test, anchor="test")


@blueprint.post("/<uuid:store_id>/pause")
def pause(store_id: UUID) -> Response:
    """Send nothing until it goes on."""
    return _act(store_id, stores.pause, done="store-paused")


@blueprint.post("/<uuid:store_id>/resume")
def resume(store_id: UUID) -> Response:
    """Go on sending."""
    return _act(store_id, stores.go_on, done="store-resumed")


@blueprint.post("/<uuid:store_id>/again")
def again(store_id: UUID) -> Response:
    """Queue again what was refused: all, what has one `reason`, or one `event`."""
    reason = request.form.get("reason")
    event = request.form.get("event", type=row_number)
    with database().write() as writing:
        found = stores.find(writing, store_id)
        actions.send_again(writing, administrator(), found, reason=reason, event_id=event)
    if reason is None and event is None:
        return _back(store_id, "retried")
    return redirect(url_for(".refused", store_id=store_id, done="retried"), 303)


@blueprint.post("/<uuid:store_id>/carry/<kind>")
def carry(store_id: UUID, kind: str) -> ResponseReturnValue:
    """Ask the worker to send what happened before, what was lost, or what others wrote."""
    form = CarryForm()
    if not form.validate_on_submit():
        return _page(store_id, form), 422
    since, keep, actor = form.moment(_settings().zone), form.keep.data, administrator().name
    with database().write() as writing:
        carrying.ask(writing, stores.find(writing, store_id), _kind(kind), since, keep=keep, actor=actor)
    return redirect(url_for(".store", store_id=store_id, _anchor="carrying"), 303)


@blueprint.post("/<uuid:store_id>/cancel/<kind>")
def cancel(store_id: UUID, kind: str) -> Response:
    """End what is on its way."""
    with database().write() as writing:
        carrying.cancel(writing, stores.find(writing, store_id), _kind(kind), actor=administrator().name)
    return redirect(url_for(".store", store_id=store_id, _anchor="carrying"), 303)


@blueprint.post("/<uuid:store_id>/reconcile")
def reconcile(store_id: UUID) -> Response:
    """Ask the worker to count what the store has."""
    return _act(store_id, reconciling.ask, anchor="reconciliation")


@blueprint.post("/<uuid:store_id>/missing")
def missing(store_id: UUID) -> Response:
    """Send again what the store has lost."""
    return _act(store_id, reconciling.send_missing, anchor="carrying")


@blueprint.get("/<uuid:store_id>/refused")
def refused(store_id: UUID) -> str:
    """What the store refused for good, with its own words."""
    reason, after = request.args.get("reason"), request.args.get("after", 0, type=row_number)
    with database().read() as reading:
        found = stores.find(reading, store_id)
        page, following = letters.refused(reading, found, reason, after)
        return render_template(
            "admin/store_refused.html",
            store=found,
            tellings=[store_queries.tell(each, _language()) for each in page],
            reasons=letters.reasons(reading, found),
            reason=reason,
            following=following,
        )


@blueprint.get("/<uuid:store_id>/statements/<int:event_id>")
def statement(store_id: UUID, event_id: int) -> str:
    """One statement as it is sent."""
    with database().read() as reading:
        found = stores.find(reading, store_id)
        letter = letters.letter(reading, found, event_id) if event_id <= LARGEST_ROW else None
        if letter is None:
            abort(404)
        return render_template(
            "admin/store_statement.html",
            store=found,
            letter=letter,
            it=store_queries.tell(letter, _language()),
            written=store_queries.written(letter),
            DeliveryState=DeliveryState,
        )


def _page(store_id: UUID, form: CarryForm) -> str:
    with database().read() as reading:
        page = store_queries.show_store(reading, stores.find(reading, store_id), _language())
        return render_template(
            "admin/store.html",
            page=page,
            it=page.store,
            form=form,
            kinds=stores.KINDS,
            Carrying=Carrying,
            DeliveryState=DeliveryState,
            carrying_words=CARRYINGS,
        )


def _act(store_id: UUID, act: Any, *, done: str | None = None, anchor: str | None = None) -> Response:
    """Let an administrator act on a store, and show its page again."""
    with database().write() as writing:
        act(writing, stores.find(writing, store_id), administrator().name)
    return redirect(url_for(".store", store_id=store_id, done=done, _anchor=anchor), 303)


def _kind(kind: str) -> Carrying:
    if kind not in CARRYINGS:
        abort(404)
    return Carrying(kind)


def _complain(form: StoreForm, error: stores.StoreError) -> None:
    field = form[error.field]
    field.errors = [*field.errors, gettext(error.sentence, **error.values)]


def _back(store_id: UUID, done: str) -> Response:
    return redirect(url_for(".store", store_id=store_id, done=done), 303)


def _language() -> str:
    return str(get_locale())


def _sealer() -> Sealer:
    return cast(Sealer, current_app.extensions["entraide.sealer"])


def _settings() -> Any:
    return current_app.config["ENTRAIDE"]
