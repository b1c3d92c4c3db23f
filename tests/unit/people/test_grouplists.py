"""What an instructor's list of groups comes to."""

from uuid import uuid4

import pytest

from lti_tool.people import grouplists
from lti_tool.people.grouplists import Known, decode, understand

ANN, BOB, CY, CY2 = PEOPLE = [
    Known(uuid4(), "1", "Ann Ames"), Known(uuid4(), "2", "Bob Büro"),
    Known(uuid4(), "3", "Cy Cole"), Known(uuid4(), "4", "Cy Cole"),
]  # fmt: skip
LABS = {"Lab 1": {ANN.id, BOB.id}, "Lab 2": {CY.id}}


def groups(text: str) -> dict[str, set]:
    understood = understand(text, PEOPLE)
    assert understood.problems == []
    return dict(understood.groups)


def problems(text: str) -> list[tuple[int, str]]:
    understood = understand(text, PEOPLE)
    return [(each.line, each.sentence % {"value": each.value}) for each in understood.problems]


@pytest.mark.parametrize(
    "text",
    [
        "Ann Ames,Lab 1\nBob Büro,Lab 1\n3,Lab 2\n",
        "person,group\r\n1,Lab 1\r\n2,Lab 1\r\n3,Lab 2",
        "Nom;Groupe\nann  ames;Lab 1\nBOB BÜRO;Lab 1\n\n3;Lab 2",
        "id\tname\tgroup\n1\tAnn Ames\tLab 1\n2\t\tLab 1\n3\tCy Cole\tLab 2\n4\tCy Cole\t",
        '"Group","Name","ID"\n"Lab 1","Ann Ames",""\n" Lab  1 ","","2"\n"Lab 2","Cy Cole","3"',
        "\n\nAnn Ames , Lab 1 ,ignored\nBob Büro,Lab 1\n3,Lab 2\n3,Lab 2\n,,\n",
    ],
)
def test_lists_in_the_writings_of_spreadsheets(text):
    assert groups(text) == LABS


def test_somebody_may_be_in_several_groups():
    understood = understand("1,A\n1,B\n2,B", PEOPLE)
    assert dict(understood.groups) == {"A": {ANN.id}, "B": {ANN.id, BOB.id}}
    assert understood.people == 2


def test_each_line_that_is_not_understood_is_told():
    assert problems("Ann Ames,A\nZoe,A\nCy Cole,A\nBob Büro\n,A\n2," + "x" * 201) == [
        (2, "Nobody in this course is called Zoe."),
        (3, "Several people are called Cy Cole. Use the id."),
        (4, "The group is missing."),
        (5, "The person is missing."),
        (6, "This name of a group is too long."),
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "id,group\n", "1,\n2,"])
def test_a_list_without_a_group_is_none(text):
    assert problems(text) == [(1, "There is no group in this list.")]


def test_hostile_lists_end_in_sentences(monkeypatch):
    assert problems('1,"A\n2,B') == [(2, "This line cannot be read.")]  # a quote that never ends
    assert problems("1,A\x00\n") == []
    assert problems('"' + "x" * 200_000 + '",A') == [(1, "This line cannot be read.")]
    assert len(problems("x,y\n" * 5000)) == grouplists.MOST_PROBLEMS
    monkeypatch.setattr(grouplists, "LARGEST", 10)
    assert problems("1,A\n2,B\n3,C") == [(1, "This list is too long. Send it in parts.")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_files_in_the_encodings_of_spreadsheets(encoding):
    assert decode("Bob Büro;Lab 1".encode(encoding)) == "Bob Büro;Lab 1"


def test_a_file_of_no_encoding_is_no_failure():
    assert decode(b"\xff\xfe\x00")
    assert decode(bytes(range(256)))
