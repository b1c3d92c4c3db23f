"""The matrix over HTTP: its window, one pair, and lists that come and go."""

import csv
import io

import pytest
from classroom import Classroom, statements
from factories import browser_of, tool
from lxml import html

from lti_tool.activities.models import Activity, Allocation, Feedback
from lti_tool.kernel.permissions import Role
from lti_tool.people.models import Person
from lti_tool.reviews import actions
from lti_tool.reviews.models import Review, ReviewState
from lti_tool.reviews.steering_models import PairRule


@pytest.fixture
def room(database):
    return Classroom(database, wanted=2, given=3)


@pytest.fixture
def app(database, tmp_path):
    app = tool(database, tmp_path)
    yield app
    app.extensions["entraide.database"].dispose()


@pytest.fixture
def staff(room, app):
    return browser_of(app, room.database, room.visit(room.instructor, role=Role.INSTRUCTOR))


def named(room, *names):
    """One who shared for each name."""
    people = room.people(len(names))
    for person, name in zip(people, names, strict=True):
        room.set(Person, Person.id == person, name=name, email=f"{person.hex}@example.org")
    return people


def main(answer, status=200) -> str:
    assert answer.status_code == status, answer.text[:2000]
    return " ".join(html.fromstring(answer.text).find(".//main").text_content().split())


def post(staff, address, **data):
    return staff.post(address, data=data, content_type="multipart/form-data")


def cells(staff, address="/matrix"):
    """The addresses of the pairs."""
    page = html.fromstring(staff.get(address).text)
    return [each.get("href") for each in page.findall(".//table//td/a")]


def test_the_window_is_bounded_and_goes_on(room, staff):
    assert "Pairs appear as soon as two people have shared." in main(staff.get("/matrix"))
    named(room, "<b>Zoë</b>")
    assert "No pairs yet" in main(staff.get("/matrix"))
    room.people(44)
    with statements(room.database.engine) as few:
        answer = staff.get("/matrix")
    assert len(few) <= 12, "\n".join(few)
    assert len(cells(staff)) == 40 * 20 - 20
    assert "0 of 45 works have 2 reviews. 45 have none." in main(answer)
    more = html.fromstring(answer.text).xpath("//nav[contains(@class, 'matrix-pages')]/a/@href")
    assert len(more) == 2
    assert len(cells(staff, more[0])) == 5 * 20
    found = cells(staff, "/matrix?reviewer=%3Cb%3Ezo%C3%AB")
    assert len(found) == 19, "their own work is no pair"
    assert "&lt;b&gt;Zoë" in staff.get("/matrix?reviewer=zo").text
    assert "Nobody of that name" in main(staff.get("/matrix?author=%25"))


def test_one_pair(room, staff, app):
    a, b = named(room, "Ann", "Bo")
    (first, second) = cells(staff)
    assert "There is none yet. Give out this review" in main(staff.get(first))
    for _ in range(2):
        assert staff.post(first, data={"do": "choose"}).status_code == 303
    assert "to give" in main(staff.get("/matrix"))
    assert staff.post(first, data={"do": "nothing"}).status_code == 404
    with room.database.write() as session:
        review = actions.pull(session, room.visit(a), room.activity)
    assert review.author_id == b
    assert "is writing" in main(staff.post(first, data={"do": "take-back"}), 409)
    staff.post(first, data={"do": "take-from-hand"})
    assert sum(room.served().values()) == 0
    staff.post(first, data={"do": "must-not"})
    assert "A rule forbids" in main(staff.post(first, data={"do": "choose"}), 409)
    staff.post(second, data={"do": "must"})
    assert "lapsed must not" in main(staff.get("/matrix"))
    staff.post(second, data={"do": "none"})
    assert [rule.must for rule in room.all(PairRule)] == [False]
    own = first.replace(str(a), str(b))
    assert staff.get(own).status_code == 409
    assert staff.get("/matrix/cell?reviewer=x&work=y").status_code == 404
    strangers = Classroom(room.database)
    visit = strangers.visit(strangers.instructor, role=Role.INSTRUCTOR)
    pair = "/matrix/cell?" + first.partition("?")[2]
    assert browser_of(app, room.database, visit).get(pair).status_code == 404
    learner = browser_of(app, room.database, room.visit(a))
    addresses = ("/matrix", "/matrix.csv", "/matrix/list", pair)
    assert {learner.get(each).status_code for each in addresses} == {403}
    assert {learner.post(each).status_code for each in ("/matrix/draw", "/matrix/list")} == {403}


def test_a_list_is_understood_done_once_and_read_back(room, staff):
    a, b, c, d, e = named(room, "Ann", "Bo", "Cy", "=cmd|' /C calc'!A0", "Cy")
    (absent,) = room.people(1, shared=False)
    lines = (
        "\ufeffReviewer;Author;Rule\n"
        f"Ann;{b.hex};\n"
        f'"{a.hex}@example.org"; bo ;must-not\n'
        f"{b.hex};{a};\nBO;ann;\n"
        "Ann;Cy;\nAnn;Ann;\nAnn;Nobody;\nAnn;;\nAnn;Bo;perhaps\n"
        f"Ann;{absent.hex};\n"
        f"{c.hex};{d.hex};must\n{e.hex};{a.hex};\n"
    )  # fmt: skip
    answer = main(post(staff, "/matrix/list", file=(io.BytesIO(lines.encode()), "pairs.csv")))
    assert "4 pairs are new. 1 is left out" in answer
    assert "6 lines are not understood. Nothing is changed yet." in answer
    for told in (
        "Line 6: Several people are called Cy.", "Line 7: Nobody reviews their own work.",
        "Line 8: Nobody in this course is called Nobody.", "Line 9: The reviewer or the author is missing.",
        "Line 10: “perhaps” is no rule.", "Line 11:",
    ):  # fmt: skip
        assert told in answer
    assert room.all(Review) == room.all(PairRule) == []
    assert post(staff, "/matrix/list", text=lines, keep="1").status_code == 303
    assert {(r.reviewer_id, r.author_id) for r in room.all(Review)} == {(b, a), (e, a)}
    assert {(r.reviewer_id, r.author_id, r.must) for r in room.all(PairRule)} == {(a, b, False), (c, d, True)}
    assert sum(room.served().values()) == 2
    assert post(staff, "/matrix/list", text=lines, keep="1").status_code == 303
    assert len(room.all(Review)) == 2
    assert sum(room.served().values()) == 2
    file = staff.get("/matrix.csv").data.decode()
    rows = list(csv.reader(io.StringIO(file.removeprefix("\ufeff"))))
    assert rows[0][:4] == ["reviewer id", "reviewer", "author id", "author"]
    assert len(rows) == 5
    assert any(cell.startswith("'=cmd") for row in rows for cell in row)
    assert not any(cell[:1] in "=+-@" for row in rows for cell in row if cell)
    answer = main(post(staff, "/matrix/list", text=file))
    assert "0 pairs are new. 4 are so already. Nothing is changed yet." in answer
    room.set(Review, Review.reviewer_id == b, state=ReviewState.LAPSED)
    again = post(staff, "/matrix/list", text="Bo,Ann", keep="1")
    assert again.status_code == 303
    (review,) = room.all(Review, Review.reviewer_id == b)
    assert (review.state, review.leases) == (ReviewState.ALLOCATED, 2)
    for wrong in ('"Ann,Bo', "a,b\n" * 20_001, "é" * (1 << 20)):
        assert post(staff, "/matrix/list", text=wrong).status_code in {413, 422}


def test_a_draw_is_asked_for_once_and_not_where_there_is_none(room, staff):
    named(room, "Ann", "Bo", "Cy")
    assert staff.post("/matrix/draw").status_code == 409
    room.set(Activity, Activity.id == room.activity.id, allocation=Allocation.PUSH)
    assert "Draw the reviews now" in main(staff.get("/matrix"))
    staff.post("/matrix/draw")
    assert "being drawn" in main(staff.get("/matrix"))
    obstacle = {"why": "cannot-get", "wanted": 2, "possible": 1, "group": None, "reviewers": []}
    works = [str(room.all(Person, Person.name == "Bo")[0].id)]
    values = {"push_asked_at": None, "push_obstacle": obstacle | {"works": works}}
    room.set(Activity, Activity.id == room.activity.id, **values)
    answer = main(staff.get("/matrix"))
    assert "Too few reviewers for Bo. The groups and rules leave 1 of 2." in answer
    assert "Draw as many as possible" in answer
    room.set(Activity, Activity.id == room.activity.id, feedback=Feedback.COMMENTS)
    assert staff.get("/matrix").status_code == 409
