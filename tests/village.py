"""A course where everybody has said something everywhere: a gesture, a question and a page written together.

Made over HTTP, in words of the test's own, so that each place where words end up can be looked at.
"""

import io
import wave
from pathlib import Path
from uuid import UUID, uuid4

from classroom import Classroom
from factories import tool
from PIL import Image
from reviewed import review_each_other
from sqlalchemy import select
from villagers import GESTURE, HOUR, PAGE, PEOPLE, QUESTION, Village, Words, post

from lti_tool.activities.models import Activity, Feedback, Grading, Kind, Rubric, Writing
from lti_tool.contributions.models import Attachment, Contribution, Upload
from lti_tool.exchanges import news
from lti_tool.exchanges.models import Comment, CommentRole, News, Report
from lti_tool.kernel import clock
from lti_tool.kernel.database import Database
from lti_tool.kernel.markup import plain
from lti_tool.people.models import Course, Person

OPEN = {"grading": Grading.NONE, "feedback": Feedback.COMMENTS, "presence": True}


def sound() -> io.BytesIO:
    """A tenth of a second of silence."""
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(1600))
    content.seek(0)
    return content


def picture() -> io.BytesIO:
    """A small photo."""
    content = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(content, "PNG")
    content.seek(0)
    return content


def build(database: Database, folder: Path, words: Words, names: dict[str, str], *, named: bool) -> Village:
    """Let everybody say something everywhere.

    Args:
        database: with the tool's tables.
        folder: for files.
        words: what is written in each place.
        names: of the people, by their parts.
        named: peers see each other's names.

    """
    room = Classroom(database, kind=Kind.GESTURE, named=named, **OPEN)
    app = tool(database, folder, smtp_url="smtp://127.0.0.1:1", mail_from="e@tool.example")
    village = Village(room, app, links={GESTURE: room.link}, named=named)
    village.people = dict(zip(PEOPLE, room.people(len(PEOPLE), shared=False), strict=True))
    for part, person in village.people.items():
        texts = {"name": names[part], "email": f"{part}.known@mail.example", "sub": f"{part}-in-the-lms"}
        room.set(Person, Person.id == person, **texts)
    room.set(Course, Course.id == room.course, title=plain(words("course")))
    village.activity(QUESTION, kind=Kind.QUESTION, named=named, **OPEN)
    village.activity(PAGE, kind=Kind.SYNTHESIS, writing=Writing.COURSE, named=named, **OPEN)
    _word_the_activity(village, words)
    _share(village, words, names)
    _talk(village, words, names)
    _ask(village, words)
    _write_together(village, words)
    review_each_other(village, words, names)
    while news.spread(database, clock.now().tzinfo, mail=True):
        pass
    _note_ids(village)
    return village


def _word_the_activity(village: Village, words: Words) -> None:
    staff, room = village.browser("staff"), village.room
    texts = {"title": plain(words("activity")), "instructions": plain(words("instructions"))}
    room.set(Activity, Activity.id == room.activity.id, **texts)
    page = staff.get("/activity/questions").text
    keys = [part.partition('"')[0] for part in page.split('name="prompt-order" value="')[1:]]
    form = {"prompt-order": keys, "label-new": words("label")[:100], "hint-new": words("hint")}
    form |= {f"{part}-{key}": f"{part} {key}" for key in keys for part in ("label", "hint")}
    post(staff, "/activity/questions", **form)
    room.activity = room.reload()
    village.ids["prompt"] = room.activity.prompts[-1]["key"]


def _share(village: Village, words: Words, names: dict[str, str]) -> None:
    """A gesture with a picture and a sound, in two versions, written with somebody."""
    author, step = village.browser("author"), uuid4().hex
    for name, file, end in (("file", sound(), "wav"), (f"file-{step}", picture(), "png")):
        form = {"file": (file, f"{names['author'][:60]}.{end}"), "step": name.removeprefix("file-")}
        assert author.post("/share/files", data=form).status_code == 303
    with village.room.database.read() as rows:
        files = {each.media_type.partition("/")[0]: each.id for each in rows.scalars(select(Attachment))}
    captions = f"WEBVTT\n\nNOTE {words('note')}\n\n00:00.000 --> 00:01.000\n{words('caption')}".encode()
    said = {"captions": (io.BytesIO(captions), "c.vtt"), "transcript": words("transcript")}
    post(author, f"/share/files/{files['audio']}/captions", **said)
    village.ids |= {"attachment": str(files["audio"]), "attachment_id": str(files["image"])}
    form = {
        "title": words("title")[:200], "step-order": step, f"step-{step}-text": words("step"),
        f"step-{step}-watch_out": words("watch-out"), f"shows-{files['image']}": words("shows"),
    }  # fmt: skip
    asked = village.room.activity.prompts
    form |= {f"answer-{each['key']}": words(f"answer-{n}") for n, each in enumerate(asked)}
    post(author, "/share/with", person=str(village.people["peer"]))
    post(author, "/share/with/remove", person=str(village.people["peer"]))
    version = village.read(select(Contribution.version))
    post(author, "/share", **form, version=str(version), do="submit")
    village.room.set(Contribution, Contribution.id.is_not(None), revised_at=clock.now() - HOUR)
    version = village.read(select(Contribution.version))
    form[f"step-{step}-watch_out"] = words("watch-out-2")
    post(author, "/share", **form, version=str(version), why=words("why")[:200], do="submit")
    village.room.set(Contribution, Contribution.id.is_not(None), revised_at=clock.now() - HOUR)
    village.ids["contribution"] = str(village.read(select(Contribution.id)))


def _talk(village: Village, words: Words, names: dict[str, str]) -> None:
    at = f"/c/{village.ids['contribution']}"
    author, peer, staff = (village.browser(who) for who in ("author", "peer", "staff"))
    mentioned = {"mentions": str(village.people["author"])}
    post(peer, f"{at}/comments", text=f"{words('comment')} @{words('stranger')}", **mentioned)
    remark = village.read(select(Comment.id))
    post(author, f"{at}/comments", text=words("reply"), thread=str(remark))
    post(peer, f"{at}/comments", text=words("asked"), role="question")
    question = village.read(select(Comment.id).where(Comment.role == CommentRole.QUESTION))
    post(author, f"{at}/comments", text=words("answer"), thread=str(question))
    answer = village.read(select(Comment.id).where(Comment.role == CommentRole.ANSWER))
    post(village.browser("reader"), f"{at}/comments/{answer}/vote", helps="1")
    post(peer, f"{at}/comments/{answer}/accept", good="1")
    post(staff, f"{at}/comments/{answer}/endorse", good="1")
    for kind in ("thanks", "applied", "disagree"):
        on = {"applied_on": clock.now().date().isoformat()} if kind == "applied" else {}
        post(peer, f"{at}/reactions/{kind}", because=words(kind)[:500], **on)
    post(peer, f"{at}/bookmark", keep="1")
    post(staff, f"{at}/highlight", because=words("highlight")[:200])
    post(staff, f"{at}/pin")
    post(peer, f"{at}/report", because=words("report")[:200])
    post(author, f"{at}/comments/{remark}/report", because=words("report-comment")[:200])
    post(peer, f"{at}/comments", text="Gone")
    gone = village.read(select(Comment.id).where(Comment.text == "Gone"))
    post(staff, f"{at}/comments/{gone}/hide", because=words("hidden")[:200])
    village.ids |= {"comment": str(answer), "remark": str(remark), "question": str(question)}


def _ask(village: Village, words: Words) -> None:
    """A question with an answer that is accepted, and one that waits."""
    author, peer = (village.browser(who, QUESTION) for who in ("author", "peer"))
    for number in (0, 1):
        form = {"title": words("question")[:200], "answer-context": words("context"), "version": "0"}
        page = author.get(f"/share?n={number}").text
        form |= {
            f"answer-{part.partition(chr(34))[0]}": words("context")
            for part in page.split('name="answer-')[1:]
        }
        post(author, f"/share?n={number}", **form, do="submit")
    activity = select(Activity.id).where(Activity.kind == Kind.QUESTION).scalar_subquery()
    asked = village.read(
        select(Contribution.id).where(Contribution.activity_id == activity, Contribution.number == 0)
    )
    post(peer, f"/c/{asked}/comments", text=words("question-answer"))
    answer = village.read(select(Comment.id).where(Comment.contribution_id == asked))
    post(author, f"/c/{asked}/comments/{answer}/accept", good="1")
    village.ids["asked"] = str(asked)


def _write_together(village: Village, words: Words) -> None:
    """A page in three versions, the last written over the first."""
    for version, who in enumerate(("author", "peer", "author")):
        browser = village.browser(who, PAGE)
        form = {"text": f"## {words('heading')}\n\n{words(f'page-{version}')}", "form": uuid4().hex}
        post(browser, "/page/course/edit", **form, version=str(min(version, 1)), why=words("page-why")[:200])


def _note_ids(village: Village) -> None:
    room = village.room
    with room.database.write() as rows:
        upload = Upload(
            contribution_id=UUID(village.ids["contribution"]), person_id=village.people["author"], size=9,
            received=0, parts=[], started_at=clock.now(), expires_at=clock.now() + HOUR,
        )  # fmt: skip
        rows.add(upload)
        rows.flush()
        village.ids["upload_id"] = str(upload.id)
        rubric = Rubric(
            tenant_id=room.tenant, owner_id=room.instructor, name="Kept", language="en", criteria=[],
            saved_at=clock.now(),
        )  # fmt: skip
        rows.add(rubric)
        rows.flush()
        village.ids["rubric_id"] = str(rubric.id)
    report = village.read(select(Report.id).where(Report.comment_id.is_(None)))
    group = room.group(str(room.course), [village.people["author"], village.people["peer"]])
    told = village.read(select(News.id).where(News.person_id == village.people["author"]).limit(1))
    village.ids |= {
        "report": str(report), "group_id": str(group), "number": str(told), "key": "course", "kind": "thanks",
        "person_id": str(village.people["author"]), "source_id": str(room.activity.id),
    }  # fmt: skip
