"""Every event of the tool has its statement, or a reason why it has none."""

import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from lti_tool.activities.models import Kind
from lti_tool.kernel.journal import UNTOLD, EventType
from lti_tool.people.accounts import Tenant
from lti_tool.people.models import ActorMode
from lti_tool.worker.around import Around, Place, Work
from lti_tool.worker.lines import Line, NotToldError
from lti_tool.worker.translate import _tell
from xapi.statements import Actor, to_bytes
from xapi.validation import problems

BASE = "https://tool.example"
ONE, PEER, WORK, OTHER, SAID, GROUP = (uuid4() for _ in range(6))
TENANT = Tenant(uuid4(), "https://lms.example", "", ActorMode.LTI_SUB, "")
PLACE = Place(uuid4(), "How", Kind.PRACTICE, "en", False, "7", "C", "LMS", "moodle", False, False, TENANT)
NAMES = {ONE: Actor(TENANT.issuer, "1"), PEER: Actor(TENANT.issuer, "2")}
AROUND = Around(
    {PLACE.activity_id: PLACE},
    {str(WORK): Work(PEER, GROUP.hex), str(OTHER): Work(PEER, "")},
    {str(SAID): PEER},
    names=NAMES,
)
SCORE = {"raw": 3.0, "min": 0.0, "max": 4.0}
FACTS = {
    "words": 3, "statement": str(uuid4()), "revision": 2, "contribution": str(WORK), "score": SCORE,
    "marks": [], "useful": 4, "thanked": False, "reviewer": str(PEER), "winner": str(WORK),
    "loser": str(OTHER), "seconds": 9, "person": str(PEER), "comment": str(SAID), "answer": str(SAID),
    "thread": str(SAID), "on": "2026-03-01", "example": str(uuid4()), "distance": 0.25,
}  # fmt: skip
ON_ITSELF = {EventType.SUBMITTED, EventType.REVISED}


def line(kind: EventType, **facts) -> Line:
    entity = WORK if kind in ON_ITSELF else SAID
    now = datetime(2026, 3, 4, tzinfo=UTC)
    return Line(1, uuid4(), PLACE.activity_id, ONE, kind, entity, 0, now, FACTS | facts)


@pytest.mark.parametrize("kind", EventType)
@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_an_event_has_a_valid_statement_or_a_reason(kind, version):
    told = _tell(line(kind), AROUND, BASE)
    if kind in UNTOLD:
        assert isinstance(told, ValueError)
        assert UNTOLD[kind]
    else:
        assert problems(json.loads(to_bytes(told, version)), version) == []


def test_whom_an_act_is_done_to_is_named_once():
    named = {
        kind: str(NAMES[PEER].name)
        in json.dumps(json.loads(to_bytes(_tell(line(kind), AROUND, BASE)))["context"].get("extensions", {}))
        for kind in EventType
        if kind not in UNTOLD
    }
    nobody = {kind.value for kind, there in named.items() if not there}
    assert nobody == {
        "launched", "viewed", "submitted", "revised", "scored", "completed", "withdrawn", "voided",
        "compared", "calibrated",
    }  # fmt: skip


def test_a_group_s_contribution_names_the_group():
    team = {"objectType": "Group", "account": {"homePage": TENANT.issuer, "name": str(GROUP)}}
    told = json.loads(to_bytes(_tell(line(EventType.SUBMITTED), AROUND, BASE)))
    assert told["context"]["team"] == team
    assert "team" not in json.loads(to_bytes(_tell(line(EventType.COMMENTED), AROUND, BASE)))["context"]


def test_what_would_name_somebody_erased_is_not_told():
    gone = Around(AROUND.places, AROUND.works, AROUND.speakers, names=NAMES | {PEER: NotToldError("erased")})
    assert isinstance(_tell(line(EventType.COMMENTED), gone, BASE), NotToldError)
    assert not isinstance(_tell(line(EventType.VIEWED), gone, BASE), ValueError)


def test_what_voids_is_said_by_the_tool_and_names_nobody():
    for kind in (EventType.WITHDRAWN, EventType.VOIDED):
        told = json.loads(to_bytes(_tell(line(kind), AROUND, BASE)))
        assert told["actor"]["account"] == {"homePage": BASE, "name": "entraide"}
        assert NAMES[ONE].name not in json.dumps(
            [told["context"].get("extensions"), told["context"].get("team")]
        )
