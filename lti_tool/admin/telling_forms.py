"""What statements say of a platform's people: what an administrator chooses."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField
from wtforms.fields import SelectChoice

from ..people.models import ActorMode

CONSEQUENCES = {
    ActorMode.LTI_SUB: _l("They join with what the LMS itself sends to a record store, as Moodle does."),
    ActorMode.LIS_SOURCEDID: _l(
        "What people without it do lands among the refused. Send it again once the LMS tells their number."
    ),
    ActorMode.PSEUDONYM: _l("Nobody can tell who it is without a key that this tool makes and keeps."),
}


class TellingForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """By what statements name people, and whether they hold what people write."""

    people = RadioField(
        _l("Statements name people by"),
        choices=[
            SelectChoice(ActorMode.LTI_SUB.value, _l("the user number of the LMS")),
            SelectChoice(ActorMode.LIS_SOURCEDID.value, _l("the number of your institution")),
            SelectChoice(ActorMode.PSEUDONYM.value, _l("a pseudonym")),
        ],
    )
    texts = BooleanField(
        _l("Statements hold what people write, and tell of their files"),
        description=_l("Everyone who reads the record store can then read it. Else they hold word counts."),
    )
