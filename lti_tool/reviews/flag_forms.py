"""What may come in when somebody flags something, and when an instructor settles it."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField

from ..kernel.errors import RefusedError
from ..kernel.i18n import N_
from .flags import ANSWER_MOST, BECAUSE_MOST
from .models import FlagOutcome, FlagReason

OF_WORK_SAID: Mapping[FlagReason, str] = {
    FlagReason.RECOGNISED: N_("I know who wrote it"),
    FlagReason.CONFLICT: N_("I cannot judge it fairly (conflict of interest)"),
    FlagReason.PLAGIARISED: N_("It is copied from somebody else"),
    FlagReason.ABUSIVE: N_("It offends or hurts somebody"),
    FlagReason.EMPTY: N_("There is nothing to review"),
    FlagReason.OTHER: N_("Something else"),
}
OF_REVIEW_SAID: Mapping[FlagReason, str] = {
    FlagReason.UNFAIR: N_("It is not fair"),
    FlagReason.EMPTY: N_("It says nothing"),
    FlagReason.ABUSIVE: N_("It offends or hurts somebody"),
    FlagReason.OTHER: N_("Something else"),
}
OUTCOMES: Mapping[FlagOutcome, str] = {
    FlagOutcome.LEFT: N_("Left as it is"),
    FlagOutcome.DISCOUNTED: N_("The review does not count"),
    FlagOutcome.HIDDEN: N_("The review is hidden, and does not count"),
    FlagOutcome.CORRECTED: N_("The score was corrected"),
}


class _Refusing(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    def refuse(self, refusal: RefusedError) -> None:
        """Show the sentence at the field it concerns, or above the form where there is no such field."""
        sentence = gettext(refusal.sentence, **refusal.values)
        field = getattr(refusal, "field", "")
        if field in self:
            self[field].errors = [*self[field].errors, sentence]
        else:
            self.form_errors.append(sentence)


class FlagForm(_Refusing):
    """What is wrong, in a choice and in one's own words."""

    reason = RadioField(_l("What is wrong?"), validate_choice=False)
    because = TextAreaField(_l("Say more"), render_kw={"maxlength": BECAUSE_MOST})

    def chosen(self) -> FlagReason | None:
        """The reason, if it is one."""
        return next((each for each in FlagReason if each.value == self.reason.data), None)


class AnswerForm(_Refusing):
    """What an instructor answers to who flagged."""

    answer = TextAreaField(_l("Your answer to who asked"), render_kw={"maxlength": ANSWER_MOST})


def flag_form(reasons: Sequence[FlagReason], *, of_review: bool, form: FlagForm | None = None) -> FlagForm:
    """The form with its reasons; a new one, or the one that came in."""
    form = form or FlagForm(formdata=None)
    said = OF_REVIEW_SAID if of_review else OF_WORK_SAID
    form.reason.choices = [(each.value, gettext(said[each])) for each in reasons]
    form.reason.flags.required = True
    return form
