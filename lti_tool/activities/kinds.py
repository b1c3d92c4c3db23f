"""The kinds of activity: what each asks for, and the criteria its reviews start from. Pure data and rules.

Texts are marked for the catalogue and translated where they are shown or, for what an instructor may change
(title, instructions, criteria), when the activity is made.
"""

from dataclasses import dataclass

from ..kernel.i18n import N_
from .models import Feedback, Grading, Kind, Writing


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question of a kind: a text field. `listed`: each line of the answer is an item of a list."""

    key: str
    label: str
    hint: str
    required: bool = True
    listed: bool = False


@dataclass(frozen=True, slots=True)
class CriterionTemplate:
    """A criterion with one sentence for each level, from 1 point up."""

    name: str
    description: str
    sentences: tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class KindTemplate:
    """Everything that makes a kind, and what suits it. `steps`: a gesture's, written beside the prompts.

    `former` are prompts of the past: what was answered to them is still shown.
    """

    kind: Kind
    name: str
    title: str
    instructions: str
    prompts: tuple[Prompt, ...]
    criteria: tuple[CriterionTemplate, ...]
    steps: bool = False
    former: tuple[Prompt, ...] = ()
    feedback: Feedback = Feedback.REVIEWS
    writing: Writing = Writing.ALONE
    named: bool = False
    grading: Grading = Grading.TWO_COLUMNS


LEVEL_LABELS = (N_("Not yet"), N_("Partly"), N_("Yes"), N_("Very much"))

_USEFUL = CriterionTemplate(
    N_("Useful"),
    N_("A colleague could use it at work."),
    (
        N_("I do not see what a colleague would do with it."),
        N_("There is an idea, but I could not apply it as it stands."),
        N_("I could apply it in my own work."),
        N_("I want to apply it, and I know when and how."),
    ),
)
_CLEAR = CriterionTemplate(
    N_("Clear"),
    N_("Somebody who was not there understands it."),
    (
        N_("I did not follow what happens."),
        N_("I followed the main idea, but steps or reasons are missing."),
        N_("I followed it from start to end."),
        N_("I could explain it to somebody else."),
    ),
)
_SAFE = CriterionTemplate(
    N_("Safe"),
    N_("It says what to watch for, and where it does not work."),
    (
        N_("Following it could cause harm or a mistake."),
        N_("The risks are named, but not how to avoid them."),
        N_("The risks and the limits are said."),
        N_("The risks and the limits are said, with what to do about them."),
    ),
)
_HONEST = CriterionTemplate(
    N_("Honest"),
    N_("It tells what went well and what did not."),
    (
        N_("I only read a success or a complaint."),
        N_("Difficulties are mentioned without saying why."),
        N_("It says what worked, what did not, and why."),
        N_("It says what worked, what did not, and what it taught."),
    ),
)

KINDS: dict[Kind, KindTemplate] = {
    Kind.PRACTICE: KindTemplate(
        Kind.PRACTICE,
        N_("A practice"),
        N_("A practice that works for me"),
        N_(
            "Share one thing you do at work that works. Say when you use it and why it helps. "
            "Then read what your peers do, and tell them what you would keep."
        ),
        (
            Prompt("situation", N_("The context"), N_("When does it happen? Who is there?")),
            Prompt("what_i_do", N_("What I do"), N_("Say it as you would to a new colleague.")),
            Prompt("why_it_works", N_("Why it works"), N_("What changes when you do it?")),
            Prompt(
                "where_it_does_not",
                N_("When not to do it"),
                N_("Where does it not work, or do harm?"),
                required=False,
            ),
        ),
        (_USEFUL, _CLEAR, _SAFE),
    ),
    Kind.GESTURE: KindTemplate(
        Kind.GESTURE,
        N_("A work gesture"),
        N_("How I do this gesture"),
        N_(
            "Show one gesture of your job, step by step. Add a photo or a short video if you can. "
            "Then follow the gestures of your peers, and tell them what helped and what was missing."
        ),
        (
            Prompt("what_it_is_for", N_("What it is for"), N_("What does this gesture do?")),
            Prompt(
                "materials",
                N_("What you need"),
                N_("Tools, products, protection: one on each line."),
                required=False,
                listed=True,
            ),
        ),
        (_USEFUL, _CLEAR, _SAFE),
        steps=True,
        former=(Prompt("watch_out", N_("Watch out"), "", required=False),),
    ),
    Kind.EXPERIENCE: KindTemplate(
        Kind.EXPERIENCE,
        N_("An experience"),
        N_("An experience that taught me something"),
        N_(
            "Tell one thing that happened to you at work and what you learnt. Leave out names of people. "
            "Then read what happened to your peers, and tell them what you take from it."
        ),
        (
            Prompt(
                "situation",
                N_("The situation"),
                N_("Where were you, and what was at stake?"),
                required=False,
            ),
            Prompt("what_happened", N_("What happened"), N_("Tell it in order, with what you saw.")),
            Prompt(
                "what_i_did", N_("What I did"), N_("And what you left undone, if it counts."), required=False
            ),
            Prompt(
                "what_i_learnt",
                N_("The result, and what I learnt"),
                N_("How did it end? What do you know now?"),
            ),
            Prompt(
                "what_i_would_do_again",
                N_("What I would do again"),
                N_("And what you would do in another way."),
            ),
        ),
        (_USEFUL, _CLEAR, _HONEST),
    ),
    Kind.QUESTION: KindTemplate(
        Kind.QUESTION,
        N_("A question and its answers"),
        N_("Ask, and answer a peer"),
        N_(
            "Ask what you would like to know for your work. Say what you tried. "
            "Then answer the questions of your peers, and vote for the answers that help."
        ),
        (
            Prompt("what_i_want_to_know", N_("What I want to know"), N_("Say what you need it for.")),
            Prompt(
                "what_i_tried",
                N_("What I tried"),
                N_("What did you do or read? What happened?"),
                required=False,
            ),
        ),
        (_USEFUL, _CLEAR, _SAFE),
        feedback=Feedback.COMMENTS,
        named=True,
        grading=Grading.NONE,
    ),
    Kind.SYNTHESIS: KindTemplate(
        Kind.SYNTHESIS,
        N_("A page written together"),
        N_("What we know together"),
        N_(
            "Write one page together on what you know. Add what is missing, and make it clearer. "
            "Every version is kept, with who wrote what."
        ),
        (Prompt("text", N_("Our page"), N_("Begin with what a new colleague needs first.")),),
        (_USEFUL, _CLEAR, _SAFE),
        feedback=Feedback.COMMENTS,
        writing=Writing.COURSE,
        named=True,
        grading=Grading.NONE,
    ),
}
