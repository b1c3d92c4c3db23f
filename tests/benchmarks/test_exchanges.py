"""Talk costs the same in a course of 10,000 contributions and 100,000 comments as in one of 100 and 1,000."""

from datetime import timedelta
from pathlib import Path
from statistics import median
from uuid import UUID, uuid4

import pytest
from benchmarks.test_gallery import MOST_RATIO, opener, prepared
from classroom import Classroom
from sqlalchemy import insert, text, update

from lti_tool.contributions.models import Contribution
from lti_tool.exchanges.models import Comment, CommentRole, Mention, Report, Vote
from lti_tool.kernel import clock
from lti_tool.kernel.database import Database

ROUNDS = 30
MOST = 12  # SQL statements of a page
EACH = 10  # comments on each contribution
CROWDED = 500  # comments on one of them
START = clock.now() - timedelta(days=3)


def comment(work: UUID, author: UUID, n: int, role: CommentRole, thread: UUID | None = None) -> dict:
    return {
        "id": uuid4(), "contribution_id": work, "author_id": author, "thread_id": thread, "role": role,
        "text": f"Words {n} for @Somebody in a sentence of the usual length.", "hidden_because": "",
        "said_at": START + timedelta(seconds=n), "form": uuid4(), "open_in_id": None,
    }  # fmt: skip


def talked(room: Classroom) -> dict[str, str]:
    """The room with what is said in it; the pages to look at, by their names."""
    works = room.all(Contribution, Contribution.activity_id == room.activity.id)
    authors = [work.author_id for work in works]
    said = [
        comment(work.id, authors[(n * 7 + m) % len(authors)], n * EACH + m, CommentRole.REMARK)
        for n, work in enumerate(works)
        for m in range(EACH)
    ]
    for n, each in enumerate(said[::20]):
        each["role"], each["open_in_id"] = CommentRole.QUESTION, room.activity.id if n % 2 else None
    crowd = [comment(works[0].id, authors[n % 50], n, CommentRole.REMARK) for n in range(CROWDED)]
    question = comment(works[1].id, authors[1], 0, CommentRole.QUESTION)
    answers = [
        comment(works[1].id, authors[n % 50], n + 1, CommentRole.ANSWER, question["id"])
        for n in range(CROWDED)
    ]
    with room.database.write() as rows:
        rows.execute(insert(Comment), [*said, *crowd, question, *answers])
        rows.execute(insert(Mention), [{"comment_id": each["id"], "person_id": authors[2]} for each in crowd])
        rows.execute(
            insert(Vote),
            [
                {"comment_id": each["id"], "person_id": authors[m], "voted_at": START}
                for n, each in enumerate(answers)
                for m in range(n % 7)
            ],
        )
        report = {
            "reporter_id": authors[0],
            "because": "So.",
            "then": "Words.",
            "activity_id": room.activity.id,
        }
        about = [
            {
                "contribution_id": each["contribution_id"],
                "comment_id": each["id"],
                "reported_at": each["said_at"],
            }
            for each in said[::7]
        ]
        rows.execute(insert(Report), [report | each for each in about])
        rows.execute(
            update(Contribution).where(Contribution.id == works[3].id),
            {"pinned_at": START, "exemplary_at": START, "exemplary_because": "So."},
        )
        rows.execute(text("ANALYZE"))
    return {
        "feed": "/gallery",
        "search": "/gallery?q=zebras",
        "needs help": "/gallery?show=needs-help",
        "highlighted": "/gallery?show=highlighted",
        f"{CROWDED} comments": f"/c/{works[0].id}",
        f"{CROWDED} answers": f"/c/{works[1].id}?thread={question['id']}",
        "open questions": "/questions",
        "reports": "/reports",
        "names": f"/c/{works[0].id}/people?q=learner",
    }


@pytest.fixture
def two_rooms(database_server, template_url):
    with database_server.fresh(template_url) as small, database_server.fresh(template_url) as large:
        databases = Database(small), Database(large)
        rooms = [prepared(database, n) for database, n in zip(databases, (100, 10_000), strict=True)]
        yield [(room, talked(room)) for room in rooms]
        for database in databases:
            database.dispose()


def test_a_course_of_100_000_comments(two_rooms, tmp_path: Path) -> None:
    lookers = [(opener(room, tmp_path, ""), pages) for room, pages in two_rooms]
    slow = {}
    for name in lookers[0][1]:
        for looker, pages in lookers:
            for _ in range(5):
                looker(pages[name])
        looks = [[looker(pages[name]) for looker, pages in lookers] for _ in range(ROUNDS)]
        small, large = (median(look[n][0] for look in looks) for n in (0, 1))
        most = max(count for look in looks for _, count in look)
        print(
            f"\n{name}: {small * 1e3:.1f} ms of 1,000 comments, {large * 1e3:.1f} ms of 100,000, "
            f"ratio {large / small:.2f}, {most} statements"
        )
        assert most <= MOST
        if large > MOST_RATIO * small:
            slow[name] = large / small
    assert set(slow) <= {"names"}, slow  # they are read through, while somebody types one
