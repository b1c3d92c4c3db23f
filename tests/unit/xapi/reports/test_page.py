"""The report's page: what it says, in both languages, in every state, and what it never does."""

import base64
import csv
import hashlib
import re
from pathlib import Path

import pytest
from acts_told import act, tell
from lxml import html
from reported import MARCH, report_on

from xapi.reports.columns import COLUMNS
from xapi.reports.measures.compute import PEOPLE
from xapi.reports.problems import Problem

EVIL = '<script>alert("1")</script>'
ARABIC = "مرحبا بالعالم"
LONG = "Sécurité " * 60
CODE = ("script", "link", "img", "iframe", "object", "form", "base")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    with report_on(folder, acts=6000, names=True) as report:
        for number, title in enumerate((EVIL, ARABIC, f"=1+1 {LONG}")):
            report.connection.execute(
                "UPDATE acts SET course_title = ?, activity_title = ? WHERE course = ?",
                [title, title, f"course/{number}"],
            )
        people = [f"https://lms.test|p{number}" for number in range(30)]
        report.connection.executemany(
            "INSERT INTO people VALUES (?, ?)", [[p, f"{EVIL} {p}"] for p in people]
        )
        report.write(folder, "fr", **MARCH)
    return folder


def text(folder: Path) -> str:
    return " ".join(html.parse(folder / "report.html").getroot().text_content().split())


def written(folder: Path, language="en", **more) -> str:
    with report_on(folder, **more) as report:
        report.write(folder, language, **MARCH)
    return text(folder)


def test_the_page_asks_for_nothing_and_runs_nothing(folder):
    source = (folder / "report.html").read_text("utf-8")
    page = html.fromstring(source)
    assert not page.xpath("|".join(f"//{name}" for name in CODE))
    assert not page.xpath("//@src | //@style | //@*[starts-with(name(), 'on')]")
    assert "url(" not in source.replace("url(#", "")
    [policy] = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    [style] = page.xpath("//style/text()")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'")


def test_every_link_leads_somewhere(folder):
    page = html.parse(folder / "report.html").getroot()
    links = [link for link in page.xpath("//a/@href") if not link.startswith("https://")]
    assert len(links) > 40
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for link in links:
        assert link.removeprefix("#") in ids if link.startswith("#") else (folder / link).exists(), link


def test_no_word_is_left_without_its_number(folder):
    assert not re.search(r"\{\w+\}", text(folder))


def test_what_people_wrote_is_text(folder):
    page = html.parse(folder / "report.html").getroot()
    told = page.xpath("//bdi/text()")
    assert {EVIL, ARABIC} <= set(told)
    assert any(name.startswith(EVIL) and "|p" in name for name in told)  # a person's name
    assert EVIL not in (folder / "network.svg").read_text("utf-8")
    with (folder / "by_course.csv").open(encoding="utf-8-sig", newline="") as file:
        assert any(row["title"].startswith("'=1+1") for row in csv.DictReader(file))


def test_the_password_is_nowhere_on_the_page(folder):
    source = (folder / "report.html").read_text("utf-8")
    assert "https://lrs.test/xapi" in source
    assert "secret" not in source
    assert "token" not in source


def test_five_sentences_with_their_numbers_and_charts(folder):
    page = html.parse(folder / "report.html").getroot()
    findings = page.xpath("//section[@class='finding']")
    assert len(findings) == 5
    for finding in findings:
        assert finding.xpath(".//p[@class='sentence']/strong")
        [chart] = finding.xpath(".//*[local-name()='svg'][@role='img']")
        assert chart.get("aria-label")
        assert finding.xpath(".//table//td")
        assert finding.xpath(".//dl/dd")


def test_french_is_french(folder):
    said = text(folder)
    assert "L’entraide circule-t-elle\u202f?".replace("\u202f", " ") in said
    assert "Du 1er mars 2026 au 30 mars 2026" in said
    page = html.parse(folder / "report.html").getroot()
    assert page.get("lang") == "fr"
    shown = " ".join(page.xpath("//body//text()"))
    assert re.search(r"\d\u202f%", shown)
    assert not re.search(r"\d\.\d+\s?(jour|heure|%)", shown)


def test_each_column_of_each_file_is_explained(folder):
    with (folder / "dictionary.csv").open(encoding="utf-8-sig", newline="") as file:
        told = {(row["file"], row["column"]): row["meaning"] for row in csv.DictReader(file)}
    tables = [file for file in folder.glob("*.csv") if file.name != "dictionary.csv"]
    assert {query.name for query in PEOPLE} <= {file.stem for file in tables}
    for file in tables:
        with file.open(encoding="utf-8-sig", newline="") as table:
            assert all(told[file.name, column] for column in next(csv.reader(table)))
    assert all(set(words) == {"en", "fr"} for words in COLUMNS.values())


def test_lists_what_is_worth_keeping_by_its_use(tmp_path):
    with report_on(tmp_path, acts=0, names=True) as report:
        tell(
            report.connection,
            *[act("submitted", who, f"work/{who}") for who in "abc"],
            *[act("viewed", who, "work/a") for who in "abcde"],
            *[act("viewed", who, "work/b") for who in "cd"],
            act("applied", "e", "work/b"),
            act("reviewed", "d", "work/b", scaled=0.5),
            act("reviewed", "e", "work/b", scaled=1.0),
        )
        kept = report.results(**MARCH).tables["worth_keeping"]
    assert [(row["work"], row["applied"], row["readers"], row["mean"]) for row in kept] == [
        ("work/b", 1, 2, 0.75),
        ("work/a", 0, 4, None),  # its author does not count, and work/c is used by nobody
    ]


def test_nobody_is_named_unless_asked(tmp_path):
    with report_on(tmp_path, acts=600, people=12) as report:
        report.connection.execute("INSERT INTO people SELECT DISTINCT actor, 'Ada' FROM acts")
        report.write(tmp_path, **MARCH)
    source = (tmp_path / "report.html").read_text("utf-8")
    assert "Ada" not in source
    assert "lms.test|" not in source
    assert not (tmp_path / "missing_people.csv").exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"acts": 0}, "No statement has come yet."),
        ({"acts": 20, "people": 1}, "Fewer than 5 people: too few to show."),
        (
            {"acts": 20, "people": 2, "problem": Problem("failing", "503 <busy>")},
            "could not be read to the end: it fails (“503 <busy>”). This",
        ),
    ],
)
def test_says_what_is_the_matter(tmp_path, more, said):
    assert said in written(tmp_path, **more)
    assert not list(tmp_path.glob("chart-*"))  # nothing to draw, of nobody or of too few


def test_says_that_nothing_of_what_came_could_be_used(tmp_path):
    with report_on(tmp_path, acts=0) as report:
        report.connection.execute("INSERT INTO left_out VALUES ('s1', 'future', 1)")
        report.write(tmp_path, "fr")
    said = text(tmp_path)
    assert "aucun n’a pu servir" in said
    assert "daté dans le futur" in said
    assert "Aucun énoncé n’est encore arrivé" not in said


def test_an_empty_period_says_when_the_newest_statement_came(tmp_path):
    with report_on(tmp_path, acts=200) as report:
        report.write(
            tmp_path, since=MARCH["since"].replace(year=2027), until=MARCH["until"].replace(year=2027)
        )
    assert "No statement in this period; the newest is from 29 Jun 2026." in text(tmp_path)
