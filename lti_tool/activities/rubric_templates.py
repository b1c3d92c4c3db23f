"""Rubrics to begin with. Pure data, in the words of the catalogue."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..kernel.i18n import N_
from .criteria import CriterionPlan, Level
from .kinds import KINDS, LEVEL_LABELS, CriterionTemplate
from .models import CriterionType, Kind

Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class RubricTemplate:
    """A rubric of ours: what it is called, what it is good for, its criteria."""

    key: str
    name: str
    purpose: str
    criteria: tuple[CriterionPlan, ...]

    def plans(self, translate: Translate) -> list[CriterionPlan]:
        """Its criteria, in the language of `translate`."""
        return [
            CriterionPlan(
                translate(each.name),
                each.description and translate(each.description),
                each.type,
                tuple(
                    Level(
                        level.points,
                        level.label and translate(level.label),
                        level.sentence and translate(level.sentence),
                    )
                    for level in each.levels
                ),
                each.weight,
                each.comment_required,
            )
            for each in self.criteria
        ]


def _levels(name: str, description: str, *sentences: str) -> CriterionPlan:
    """A criterion of four levels, one sentence each."""
    pairs = zip(LEVEL_LABELS, sentences, strict=True)
    levels = tuple(Level(float(points), *pair) for points, pair in enumerate(pairs, 1))
    return CriterionPlan(name, description, levels=levels)


def _of_kind(criteria: Iterable[CriterionTemplate]) -> tuple[CriterionPlan, ...]:
    return tuple(_levels(each.name, each.description, *each.sentences) for each in criteria)


_ERRORS = CriterionPlan(
    N_("Errors"),
    N_("Anything that is wrong or missing."),
    CriterionType.ERRORS,
    (Level(0.0), Level(10.0)),
    comment_required=True,
)
_KEEP = CriterionPlan(
    N_("What would you keep, and what would you try?"),
    N_("One thing that works, and one to try next."),
    CriterionType.QUESTION,
    comment_required=True,
)

TEMPLATES = {
    each.key: each
    for each in (
        RubricTemplate(
            "useful-clear-safe",
            N_("Useful, clear, safe"),
            N_("For a practice or a gesture that others will use."),
            _of_kind(KINDS[Kind.PRACTICE].criteria),
        ),
        RubricTemplate(
            "useful-clear-honest",
            N_("Useful, clear, honest"),
            N_("For an experience that somebody tells."),
            _of_kind(KINDS[Kind.EXPERIENCE].criteria),
        ),
        RubricTemplate(
            "problem-solving",
            N_("Solving a problem"),
            N_("For an exercise, a case or a fault to find."),
            (
                _levels(
                    N_("The problem"),
                    N_("It says what is asked and what is known."),
                    N_("I do not see which problem is solved."),
                    N_("The problem is named, but facts are missing."),
                    N_("The problem and the facts are there."),
                    N_("The problem, the facts and what is left open are there."),
                ),
                _levels(
                    N_("The way"),
                    N_("Each step follows from the one before."),
                    N_("I see a result, but not how it came about."),
                    N_("Some steps are there, and others are left out."),
                    N_("I can follow each step."),
                    N_("I can follow each step, and I know why it was chosen."),
                ),
                _levels(
                    N_("The result"),
                    N_("It answers what was asked, and was checked."),
                    N_("It does not answer what was asked."),
                    N_("It answers a part of it."),
                    N_("It answers what was asked."),
                    N_("It answers what was asked, and says how it was checked."),
                ),
            ),
        ),
        RubricTemplate(
            "safe-gesture",
            N_("Safety of a gesture"),
            N_("For what is done with the hands, with tools or with people."),
            (
                _levels(
                    N_("Before"),
                    N_("The place, the tools and the protection are ready."),
                    N_("Nothing is made ready."),
                    N_("Something that protects is missing."),
                    N_("Place, tools and protection are ready."),
                    N_("All is ready, and it is checked before the start."),
                ),
                _levels(
                    N_("During"),
                    N_("Nobody is put at risk."),
                    N_("Somebody could be hurt."),
                    N_("It is safe most of the time."),
                    N_("It is safe from start to end."),
                    N_("It is safe, and it says what to do if something goes wrong."),
                ),
                CriterionPlan(
                    N_("Steps left out or out of order"),
                    N_("Count them, and say which."),
                    CriterionType.ERRORS,
                    (Level(0.0), Level(5.0)),
                    comment_required=True,
                ),
            ),
        ),
        RubricTemplate(
            "presentation",
            N_("A presentation"),
            N_("For a talk, a film or slides."),
            (
                _levels(
                    N_("The message"),
                    N_("One knows what to take home."),
                    N_("I do not know what it wants to say."),
                    N_("There are too many messages for one talk."),
                    N_("One message stays with me."),
                    N_("One message stays with me, and examples carry it."),
                ),
                _levels(
                    N_("The voice"),
                    N_("It is easy to listen to."),
                    N_("I could not hear or follow it."),
                    N_("It is too fast, too slow or read aloud."),
                    N_("It is easy to listen to."),
                    N_("It is lively, with pauses where they help."),
                ),
                _levels(
                    N_("What is shown"),
                    N_("Pictures and words help to understand."),
                    N_("What is shown gets in the way."),
                    N_("There is too much to read."),
                    N_("It helps to understand."),
                    N_("I would not have understood without it."),
                ),
            ),
        ),
        RubricTemplate(
            "one-number",
            N_("One number and why"),
            N_("For a quick view of the whole."),
            (
                CriterionPlan(
                    N_("The work as a whole"),
                    N_("Say what made you choose this number."),
                    CriterionType.SCALE,
                    (Level(0.0, N_("Not started")), Level(10.0, N_("Nothing to add"))),
                    comment_required=True,
                ),
            ),
        ),
        RubricTemplate(
            "errors",
            N_("A count of errors"),
            N_("For a text, a calculation or a translation."),
            (_ERRORS, _KEEP),
        ),
    )
}
