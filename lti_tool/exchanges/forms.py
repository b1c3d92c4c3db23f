"""What may come in when somebody says something about a contribution. The actions decide what is taken."""

from datetime import date
from uuid import UUID, uuid4

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, StringField, TextAreaField

from ..activities.queries import id_in
from ..kernel.errors import RefusedError
from .comments import REASON_MOST, TEXT_MOST
from .mentions import MOST
from .models import Comment, CommentRole, Reaction, ReactionKind
from .reactions import BECAUSE_MOST

# What a person says with each reaction, as it is said, and as the field asks for it.
WORDS = {
    ReactionKind.THANKS: _l("Thank you because..."),
    ReactionKind.APPLIED: _l("I applied it at work"),
    ReactionKind.DISAGREE: _l("I disagree because..."),
}
ASKS = {**WORDS, ReactionKind.APPLIED: _l("How did it go? (one line, if you like)")}


class RefusingForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A form that shows an action's refusal."""

    def refuse(self, refusal: RefusedError) -> None:
        """Show the sentence at the field it concerns, or above the form where there is no such field."""
        sentence = gettext(refusal.sentence, **refusal.values)
        field = getattr(refusal, "field", "")
        if field in self:
            self[field].errors = [*self[field].errors, sentence]
        else:
            self.form_errors.append(sentence)


class CommentForm(RefusingForm):
    """A comment or a reply; `form` makes sure that one sent twice is said once."""

    text = TextAreaField(_l("Your comment"), render_kw={"maxlength": TEXT_MOST})
    form = HiddenField()

    def number(self) -> UUID:
        """The form's own number; a new one where what came in is none."""
        try:
            return UUID(hex=self.form.data or "")
        except ValueError:
            return uuid4()

    def mentioned(self) -> list[UUID]:
        """Those chosen from the list of names; the actions decide who of them counts."""
        found = (id_in(each) for each in request.form.getlist("mentions")[:MOST])
        return [each for each in found if each]


class ReactionForm(RefusingForm):
    """What a contribution did for somebody."""

    because = TextAreaField(render_kw={"maxlength": BECAUSE_MOST})
    applied_on = DateField(_l("When?"))


class ReasonForm(RefusingForm):
    """Why something is hidden, reported or put forward, in one line."""

    because = StringField(_l("Why?"), render_kw={"maxlength": REASON_MOST})


def comment_form(form: CommentForm | None = None, *, on_question: bool = False) -> CommentForm:
    """A form for a new comment, or an answer: a new one, or the one that came in."""
    form = form or CommentForm(formdata=None, data={"form": uuid4().hex})
    if on_question:
        form.text.label.text = _l("Your answer")
    return form


def reply_form(root: Comment, form: CommentForm | None = None) -> CommentForm:
    """A form for a reply in a thread, or an answer to its question."""
    answers = root.role is CommentRole.QUESTION
    form = comment_form(form, on_question=answers)
    if not answers:
        form.text.label.text = _l("Your reply")
    form.text.id = form.text.label.field_id = f"reply-{root.id.hex}"
    return form


def edit_form(comment: Comment) -> CommentForm:
    """A form with a comment as it is."""
    return CommentForm(formdata=None, data={"text": comment.text})


def reaction_form(
    kind: ReactionKind, today: date, stored: Reaction | None = None, form: ReactionForm | None = None
) -> ReactionForm:
    """The form of a reaction: as it is stored, or as it came in."""
    if form is None:
        data = {"because": stored.because if stored else "", "applied_on": stored and stored.applied_on}
        form = ReactionForm(formdata=None, data=data)
    form.because.label.text = ASKS[kind]
    for field in (form.because, form.applied_on):
        field.id = field.label.field_id = f"{kind.value}-{field.name}"
    form.because.flags.required = kind is not ReactionKind.APPLIED
    if kind is ReactionKind.APPLIED:
        form.applied_on.flags.required = True
        form.applied_on.render_kw = {"max": today.isoformat()}
    else:
        del form.applied_on
    return form
