"""A rubric as Moodle's backup has it: `grading.xml`, of the grading methods rubric and guide. Pure.

Sources: Moodle, grade/grading/form/rubric and guide, backup/moodle2/backup_gradingform_*_plugin.class.php.
"""

import re
from collections.abc import Sequence
from html import unescape
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import nh3

from ..kernel.i18n import N_
from .criteria import SCORED, CriterionPlan, Level
from .models import CriterionType
from .rubric_reading import UnreadableRubricError, as_levels, labelled, number, rising

_BREAK = re.compile(r"<(?:br|/p|/div|/li)\b[^>]*>", re.IGNORECASE)
_OPTIONS = (
    '{"sortlevelsasc":"1","lockzeropoints":"0","alwaysshowdefinition":"1","showdescriptionteacher":"1",'
    '"showdescriptionstudent":"1","showscoreteacher":"1","showscorestudent":"1","enableremarks":"1",'
    '"showremarksstudent":"1"}'
)


def written(name: str, plans: Sequence[CriterionPlan]) -> str:
    """A rubric as `grading.xml`; open questions stay out, for each criterion needs levels."""
    scored = [plan for plan in plans if plan.type in SCORED]
    criteria = "".join(_criterion(number, plan) for number, plan in enumerate(scored, 1))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<areas><area id="1"><areaname>submissions</areaname><activemethod>rubric</activemethod><definitions>'
        f'<definition id="1"><method>rubric</method><name>{escape(name)}</name><description></description>'
        "<descriptionformat>1</descriptionformat><status>20</status>"
        f"<options>{_OPTIONS}</options><plugin_gradingform_rubric_definition><criteria>\n{criteria}"
        "</criteria></plugin_gradingform_rubric_definition><instances></instances></definition>"
        "</definitions></area></areas>\n"
    )


def read(text: str) -> list[CriterionPlan]:
    """The criteria of a rubric, or of a marking guide: those become scales from 0.

    Raises:
        UnreadableRubricError: it is no XML, it declares a document type, or it has no criterion.

    """
    if "<!doctype" in text.casefold() or "<!entity" in text.casefold():
        raise UnreadableRubricError(N_("This file declares a document type. Take that out first."))
    try:
        # Without a document type there are no entities but XML's own: nothing grows, nothing is fetched.
        root = ET.fromstring(re.sub(r"^<\?xml[^>]*\?>", "", text))  # noqa: S314
    except ET.ParseError as error:
        raise UnreadableRubricError(N_("This is not XML."), line=error.position[0]) from None
    guide = [_of_guide(each) for each in _ordered(root, "guidecriterion", "guide_criterion")]
    return guide or [_of_rubric(each) for each in _ordered(root, "criterion", "rubric_criterion")]


def _criterion(place: int, plan: CriterionPlan) -> str:
    levels = "".join(
        f'<level id="{place}{at}"><score>{level.points:.5f}</score>'
        f"<definition>{_joined(level.label, level.sentence)}</definition>"
        "<definitionformat>0</definitionformat></level>"
        for at, level in enumerate(as_levels(plan))
    )
    return (
        f'<criterion id="{place}"><sortorder>{place}</sortorder>'
        f"<description>{_joined(plan.name, plan.description)}</description>"
        f"<descriptionformat>0</descriptionformat><levels>{levels}</levels></criterion>\n"
    )


def _joined(name: str, more: str) -> str:
    return escape(f"{name}\n{more}" if more else name)


def _ordered(root: ET.Element, *tags: str) -> list[ET.Element]:
    found = [each for tag in tags for each in root.iter(tag)]
    return sorted(found, key=lambda each: number(each.findtext("sortorder") or "0"))


def _of_rubric(found: ET.Element) -> CriterionPlan:
    name, _, description = _plain(found, "description").partition("\n")
    levels = [
        labelled(number(level.findtext("score") or "0"), _plain(level, "definition"))
        for tag in ("level", "rubric_level")
        for level in found.iter(tag)
    ]
    return CriterionPlan(name, description.strip(), levels=rising(levels))


def _of_guide(found: ET.Element) -> CriterionPlan:
    ends = Level(0.0), Level(number(found.findtext("maxscore") or "0"))
    return CriterionPlan(_plain(found, "shortname"), _plain(found, "description"), CriterionType.SCALE, ends)


def _plain(found: ET.Element, part: str) -> str:
    """A text of a criterion or a level: plain where its format says so (0 or 2), else perhaps HTML."""
    text = (found.findtext(part) or "").strip()
    if found.findtext(f"{part}format") in {"0", "2"}:
        return text
    return unescape(nh3.clean(_BREAK.sub("\n", text), tags=set())).strip()
