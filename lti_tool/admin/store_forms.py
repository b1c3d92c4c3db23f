"""What an administrator may write of a record store."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from ..activities.fields import Moment, WholeNumber
from ..records.models import Lrs
from ..records.stores import LARGEST_BATCH, LEAST_BYTES, MOST_BYTES, Details
from .forms import LONGEST, one_line, strip


def _line(label: Any, hint: Any = "", *, required: bool = True, longest: int = LONGEST) -> StringField:
    checks = [Length(max=longest, message=_l("Shorten this to %(max)d characters.")), one_line]
    if required:
        checks.insert(0, InputRequired(_l("Write this: the store cannot be reached without it.")))
    return StringField(label, description=hint, filters=[strip], validators=checks)


def _secret(label: Any, hint: Any = "") -> PasswordField:
    longest = Length(max=LONGEST, message=_l("Shorten this to %(max)d characters."))
    return PasswordField(label, description=hint, validators=[longest])


class StoreForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """How a store is reached. A password is never shown again; left empty, it stays as it is."""

    name = _line(_l("Name"), _l("What you call this store."), longest=100)
    url = _line(_l("Address"), _l("The xAPI endpoint, to which /statements is added."))
    username = _line(_l("User name or key"))
    password = _secret(_l("Password or secret"))
    username2 = _line(
        _l("Second user name or key"),
        _l("Tried where the first is refused: for the days when credentials change."),
        required=False,
    )
    password2 = _secret(_l("Second password or secret"))
    version = SelectField(
        _l("xAPI version"),
        choices=[
            SelectChoice("auto", _l("Ask the store")),
            SelectChoice("2.0.0", "2.0.0"),
            SelectChoice("1.0.3", "1.0.3"),
        ],
    )
    batch = WholeNumber(_l("Statements in one request"), 1, LARGEST_BATCH, default=50)
    max_bytes = WholeNumber(_l("Bytes of one request"), LEAST_BYTES, MOST_BYTES, default=1_000_000)
    files = BooleanField(_l("Send the contents of attachments too"))

    def fill(self, store: Lrs) -> None:
        """Show what is kept, without its passwords."""
        for name in ("name", "url", "username", "username2", "version", "batch", "max_bytes", "files"):
            self[name].data = getattr(store, name)

    def details(self, store: Lrs | None = None) -> Details:
        """What was written; of a `store` that is there already, the passwords may stay."""
        return Details(
            name=self.name.data,
            url=self.url.data,
            username=self.username.data,
            password=self.password.data or (None if store else ""),
            version=self.version.data,
            batch=self.batch.data,
            max_bytes=self.max_bytes.data,
            files=self.files.data,
            username2=self.username2.data,
            password2=self.password2.data or (None if store and store.username2 else ""),
        )


class CarryForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """From when on something is sent; empty: from the beginning. `keep`: and what comes later."""

    since = Moment(_l("From"))
    keep = BooleanField(_l("With “Send what others wrote”: go on with what comes later"))

    def moment(self, zone: ZoneInfo) -> datetime | None:
        """The moment, in the installation's time zone."""
        return self.since.data.replace(tzinfo=zone) if self.since.data else None
