"""A page's sections, and who wrote its paragraphs."""

import pytest

from lti_tool.contributions import sections
from lti_tool.contributions.together_attribution import attribute
from lti_tool.kernel.errors import NotFoundError

PAGE = "Before.\n\n# One\n\nA.\n## Two\nB.\n#hashtag\n\n===1===\n## Not\n===2===\nC.\n===0===\n\n## Three"


def test_sections_begin_with_their_headings():
    found = sections.sections(PAGE)
    assert [each.title for each in found] == ["", "One", "Two", "Three"]
    assert "".join(each.text for each in found) == PAGE
    assert sections.sections("") == []


def test_one_section_is_written_anew():
    assert sections.replaced("# One\n\nA.\n\n# Two\n\nB.", 0, "# One\n\nC.\n") == "# One\n\nC.\n\n# Two\n\nB."
    assert sections.replaced("# One\n\nA.\n\n# Two\n\nB.", 1, "") == "# One\n\nA."
    with pytest.raises(NotFoundError):
        sections.replaced("# One", 1, "B.")


def test_a_paragraph_is_of_who_changed_it_last():
    versions = [
        (1, "A.\n\nB.\n\nC."),
        (2, "A.\n\nB!\n\nC."),
        (3, "New.\n\nA.\n\nB!\n\nC."),
        (4, "New.\n\nB!\n\nC?"),
    ]
    assert attribute(versions) == [("New.", 3), ("B!", 2), ("C?", 4)]
    assert attribute(versions[1:]) == [("New.", 3), ("B!", 0), ("C?", 4)]
    assert attribute([]) == []
