"""What a learner's first screen says of the exchange about their work."""

from datetime import date
from uuid import uuid4

import pytest
from classroom import Classroom
from sqlalchemy import update

from lti_tool.contributions.models import Contribution
from lti_tool.exchanges.models import Comment, Reaction, ReactionKind
from lti_tool.home.queries import learner_home
from lti_tool.kernel import clock
from lti_tool.kernel.database import Database

pytestmark = pytest.mark.every_database


def test_what_others_said_is_counted_on_the_first_screen(database: Database) -> None:
    room = Classroom(database)
    me, other = room.people(2)
    [work] = room.all(Contribution, Contribution.author_id == me)

    def said() -> int:
        with database.read() as rows:
            return learner_home(rows, room.activity, me).said

    assert said() == 0
    now = clock.now()
    with database.write() as rows:
        for author in (me, other, other):
            rows.add(Comment(contribution_id=work.id, author_id=author, text="x", said_at=now, form=uuid4()))
        rows.add(
            Reaction(
                contribution_id=work.id, person_id=other, kind=ReactionKind.APPLIED, said_at=now,
                applied_on=date(2026, 11, 1),
            )
        )  # fmt: skip
    assert said() == 3
    with database.write() as rows:
        rows.execute(update(Comment).values(hidden_at=now))
    assert said() == 1
