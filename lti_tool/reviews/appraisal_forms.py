"""What may come in when an author answers a review. The action decides what is taken."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField

from ..kernel.errors import RefusedError
from .appraisals import MOST, Part
from .received import ReceivedReview

REASONS = (_l("it is clear"), _l("it helps me improve"), _l("it is kind"))  # one click says thanks because
LABELS = {Part.THANKS: _l("Thank you because..."), Part.REPLY: _l("Your reply")}


class WordsForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Thanks, or a reply."""

    words = TextAreaField()

    def refuse(self, refusal: RefusedError) -> None:
        """Show what is wrong with the words."""
        self.words.errors = [*self.words.errors, gettext(refusal.sentence, **refusal.values)]


def words_form(review: ReceivedReview, part: Part, form: WordsForm | None = None) -> WordsForm:
    """The form of a part: as it is kept, or as it came in."""
    kept = getattr(review.appraisal, part, "") if review.appraisal else ""
    form = form or WordsForm(formdata=None, data={"words": kept})
    form.words.label.text, form.words.render_kw = LABELS[part], {"maxlength": MOST[part]}
    form.words.id = form.words.label.field_id = f"{part}-{review.id.hex}"
    return form
