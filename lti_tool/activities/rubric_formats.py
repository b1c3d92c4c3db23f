"""A rubric as a file or a pasted text: which format it is in, and reading and writing it. Pure.

Canvas and Moodle say less of a criterion than we do: they keep no weight, no count of errors and no question.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..kernel.i18n import N_
from . import rubric_canvas, rubric_csv, rubric_moodle
from .criteria import CriterionPlan
from .rubric_reading import LARGEST, UnreadableRubricError


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file that a rubric may leave as. `write`: from the rubric's name and its criteria."""

    name: str
    suffix: str
    media_type: str
    write: Callable[[str, Sequence[CriterionPlan]], str]


FORMATS = {
    "csv": Format(N_("CSV, for a spreadsheet"), "csv", "text/csv", rubric_csv.written),
    "canvas": Format(N_("Canvas, CSV"), "csv", "text/csv", rubric_canvas.written_as_csv),
    "canvas-json": Format(N_("Canvas, JSON"), "json", "application/json", rubric_canvas.written),
    "moodle": Format(N_("Moodle, XML"), "xml", "application/xml", rubric_moodle.written),
}


def understood(text: str) -> list[CriterionPlan]:
    """The criteria in a text of any of the formats, or in a table copied from a spreadsheet.

    Raises:
        UnreadableRubricError: it is too long, or cannot be read; its line says where.

    """
    if len(text) > LARGEST:
        raise UnreadableRubricError(N_("This is too long. Send the rubric alone."))
    begins = text.lstrip("\ufeff \t\r\n")[:1]
    if begins in {"{", "["}:
        plans = rubric_canvas.read(text.strip("\ufeff \t\r\n"))
    elif begins == "<":
        plans = rubric_moodle.read(text.strip("\ufeff \t\r\n"))
    else:
        plans = rubric_csv.read(text)
    if not plans:
        raise UnreadableRubricError(N_("There is no criterion in this."))
    return plans
