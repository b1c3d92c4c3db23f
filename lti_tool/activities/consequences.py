"""What a change of settings does to people, in plain words, before it is saved (screen I7).

Each rule looks at one setting, or a few that belong together, and says nothing where they stay. Numbers come
in as a `Standing`, and words go out; nothing is read or written here.
"""

from collections.abc import Iterator
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from .changes import Change
from .date_consequences import dates, doors
from .models import Allocation, Calibration, ReviewType
from .standing import Standing
from .suiting import Settings

ASKED = {Calibration.REQUIRED, Calibration.WITHIN}


def consequences(before: Settings, after: Settings, at: Standing, now: datetime) -> list[str]:
    """All that follows from a change, one sentence or two each; texts alone change nothing else."""
    change = Change(before, after, at, now)
    return [sentence for rule in RULES for sentence in rule(change)]


def _numbers(change: Change) -> Iterator[str]:
    """How many reviews, for each work and from each person."""
    before, after, at = change.before, change.after, change.at
    if not change.reviewed:
        return
    if after.wanted > before.wanted:
        more = after.wanted - before.wanted
        wanted = ngettext("+%(num)d review wanted.", "+%(num)d reviews wanted.", more)
        works = ngettext(
            "%(num)d contribution gets more; none loses one.",
            "%(num)d contributions get more; none loses one.",
            at.shared,
        )
        yield f"{wanted} {works}"
    if after.wanted < before.wanted:
        yield _("Fewer reviews are wanted. Those that were given stay.")
    if after.given > before.given:
        yield _("Each person is asked for %(num)d more.", num=after.given - before.given)
        if unfinished := at.done - at.done_after:
            yield ngettext(
                "%(num)d person was done and has more to give.",
                "%(num)d people were done and have more to give.",
                unfinished,
            )
    if after.given < before.given:
        yield _("Each person is asked for %(num)d fewer.", num=before.given - after.given)
        if finished := at.done_after - at.done:
            yield ngettext(
                "%(num)d more person is done now; nothing given is lost.",
                "%(num)d more people are done now; nothing given is lost.",
                finished,
            )
    if change.of("minimum_words"):
        yield _("The new length counts for reviews sent from now on.")


def _reviews(change: Change) -> Iterator[str]:
    """What kind of reviews, and of whose work."""
    if change.of("feedback"):
        yield _("What peers give back changes for everybody. What was said stays.")
    if change.to("review_type", ReviewType.COMPARISON):
        yield _("Peers say which of two works is better. They answer no criteria.")
    if change.to("review_type", ReviewType.CRITERIA):
        yield _("Peers answer the criteria, one work at a time.")
    if change.to("allocation", Allocation.PUSH):
        yield _(
            "Reviews are drawn for all at once. Those in hand stay, and people still take what is missing."
        )
    if change.to("allocation", Allocation.PULL):
        yield _("Each person takes the next one. Reviews that were drawn stay theirs.")
    if change.of("matching"):
        yield _("Whose work one reviews changes for what begins from now on.")
    if change.to("as_group"):
        yield _("Each group gives one review together. Those given alone stay.")
    if change.to("as_group", False):
        yield _("Each person reviews alone. Those given together stay.")
    if change.to("self_review"):
        yield _("Each person also reviews their own work. That counts in no score.")
    if change.to("self_review", False):
        yield _("Nobody reviews their own work any more. What was written stays.")


def _calibration(change: Change) -> Iterator[str]:
    asked = change.after.calibration in ASKED
    if change.of("calibration") and asked:
        yield ngettext(
            "%(num)d person who reviews already scores your examples before the next one.",
            "%(num)d people who review already score your examples before the next one.",
            change.at.reviewers,
        )
    elif change.of("calibration"):
        yield _("Nobody has to score your examples before reviewing.")
    elif change.of("tolerance") and not asked:
        yield _("The new distance counts once your examples are required.")
    elif change.after.tolerance < change.before.tolerance:
        yield _("People have to come closer to your scores before they review.")
    elif change.after.tolerance > change.before.tolerance:
        yield _("People may stay further from your scores before they review.")


def _names(change: Change) -> Iterator[str]:
    """Who sees whose name from now on, and on earlier work."""
    if change.to("named"):
        yield ngettext(
            "Peers see who shared, also on the %(num)d contribution that is there.",
            "Peers see who shared, also on the %(num)d contributions that are there.",
            change.at.shared,
        )
    if change.to("named", False):
        yield _("Peers see no more who shared. What they have read already, they know.")
    if change.to("reviews_named"):
        yield ngettext(
            "Authors see who reviewed them, also in reviews of the %(num)d work read so far.",
            "Authors see who reviewed them, also in reviews of the %(num)d works read so far.",
            change.at.reviewed,
        )
    if change.to("reviews_named", False):
        yield _("Authors see no more who reviewed them.")
    if change.to("names_at_end"):
        yield _("Once it closes, all people see all names, also on earlier work.")
    if change.to("names_at_end", False):
        yield _("Closing the activity shows no names.")
    if change.to("presence"):
        yield _("People see who is here now, as names allow.")
    if change.to("presence", False):
        yield _("People see no more who is here now.")


def _advice(change: Change) -> Iterator[str]:
    if change.of("target_words"):
        yield _("A good length is advice only. What is shared stays as it is.")
    if change.of("quota_mb"):
        yield _("The new limit counts for files to come. Those that are there stay.")


def _scores(change: Change) -> Iterator[str]:
    """How scores are made."""
    if change.of("scoring"):
        yield ngettext(
            "The score of %(num)d work is worked out anew. It may change.",
            "The scores of %(num)d works are worked out anew. They may change.",
            change.at.reviewed,
        )
    if change.of("late_penalty", "late_penalty_most"):
        yield ngettext(
            "The score of %(num)d late work may change.",
            "The scores of %(num)d late works may change.",
            change.at.late,
        )
    if change.of("work_share"):
        yield _("Where one column holds both, its scores change.")


def _release(change: Change) -> Iterator[str]:
    """Who can read what, from when."""
    works = change.at.reviewed
    waited, waits = change.waits("feedback_held", "feedback_from")
    if waits and not waited:
        yield ngettext(
            "Reviews of %(num)d work can no longer be read.",
            "Reviews of %(num)d works can no longer be read.",
            works,
        )
    if waited and not waits:
        yield ngettext(
            "Reviews of %(num)d work can be read now.", "Reviews of %(num)d works can be read now.", works
        )
    waited_too, wait_too = change.waits("scores_held", "scores_from")
    if wait_too and not waited_too:
        yield _("Scores can no longer be read here. The LMS keeps what it has.")
    if waited_too and not wait_too:
        yield _("Scores can be read now, and go to the LMS.")
    if (waited and waits and change.of("feedback_held")) or (
        waited_too and wait_too and change.of("scores_held")
    ):
        yield _("What cannot be read yet still waits: for its date, or for you.")


def _reminders(change: Change) -> Iterator[str]:
    if change.to("reminders"):
        yield _("People are reminded before each date.")
    if change.to("reminders", False):
        yield _("Nobody is reminded any more, unless you do it.")


RULES = (
    dates, doors, _numbers, _reviews, _calibration, _names, _advice, _scores, _release, _reminders,
)  # fmt: skip
