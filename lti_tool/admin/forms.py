"""What an administrator may write: a registration by hand, an invitation, a name."""

from typing import Any

from flask import current_app
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from ..kernel.errors import InvalidError
from ..lti.byhand import Details, check_address

LONGEST = 1000  # characters


def one_line(_form: Any, field: Any) -> None:
    """Refuse line breaks and control characters."""
    if field.data and not field.data.isprintable():
        raise ValidationError(_l("Write this on one line, without special characters."))


def strip(text: str | None) -> str:
    """Without the white space around it, which a copied text brings along."""
    return (text or "").strip()


def _line(label: Any, hint: Any = "", *, required: bool = True, longest: int = LONGEST) -> StringField:
    checks = [Length(max=longest, message=_l("Shorten this to %(max)d characters.")), one_line]
    if required:
        checks.insert(0, InputRequired(_l("Write this: the LMS shows it.")))
    return StringField(label, description=hint, filters=[strip], validators=checks)


class RegisterForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A registration by hand, as the LMS shows it."""

    name = _line(_l("Name"), _l("What you call this platform."), longest=100)
    issuer = _line(_l("Issuer (platform ID)"), _l("Exactly as the LMS gives it."))
    client_id = _line(_l("Client ID"))
    auth_url = _line(_l("Authentication request URL"))
    token_url = _line(_l("Access token URL"))
    jwks_url = _line(_l("Public keyset URL of the LMS"))
    deployment_id = _line(_l("Deployment ID"))
    audience = _line(
        _l("Audience of access tokens"),
        _l("Only if it is not the access token URL, as in D2L."),
        required=False,
    )

    def validate_auth_url(self, field: Any) -> None:
        """A web address, https unless private networks are allowed."""
        _check(field)

    validate_token_url = validate_jwks_url = validate_auth_url

    def details(self) -> Details:
        """The registration."""
        return Details(
            name=self.name.data,
            issuer=self.issuer.data,
            client_id=self.client_id.data,
            auth_url=self.auth_url.data,
            token_url=self.token_url.data,
            jwks_url=self.jwks_url.data,
            audience=self.audience.data or None,
        )


class InviteForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A one-time link for a platform that registers itself."""

    name = _line(
        _l("Name"), _l("What you will call the platform. Empty: its own name."), required=False, longest=100
    )
    days = SelectField(
        _l("Valid for"),
        choices=[
            SelectChoice("1", _l("1 day")),
            SelectChoice("7", _l("7 days")),
            SelectChoice("30", _l("30 days")),
        ],
        default="7",
    )


class NameForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Another name for a platform."""

    name = _line(_l("Name"), longest=100)


def _check(field: Any) -> None:
    try:
        check_address(field.data, private=current_app.config["ENTRAIDE"].allow_private_networks)
    except InvalidError as error:
        raise ValidationError(gettext(error.sentence)) from None
