"""The words of the interface: all translated, in French typography, easy to read, none that we avoid."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
FRENCH = ROOT / "lti_tool/translations/fr/LC_MESSAGES/messages.po"
KEYWORDS = DEFAULT_KEYWORDS | parse_keywords(["N_", "_l", "gettext", "ngettext:1,2", "lazy_gettext"])
HOLE = re.compile(r"%\(\w+\)[sd]|\{\w+\}|%%")
NARROW = "\u202f"

LONGEST_SENTENCE = 20  # words
HARDEST_GRADE, HARDEST_ALONE = 8, 10  # Flesch-Kincaid: the English as a whole, and any message of it
LEAST_EASE, LEAST_ALONE = 60, 45  # Kandel-Moles: the French as a whole, and any message of it
SHORT = 8  # words: the formulas mean nothing for less

NEVER_IN_ENGLISH = re.compile(
    r"\b(submi|please|invalid|illegal|forbidden|assessor|allocat|peer.evaluat|oops|ok\b)", re.IGNORECASE
)
NEVER_IN_FRENCH = re.compile(
    r"\b(soum|veuillez|invalide|erroné|interdit|assesseur|allocation|pairs?.évalu|valider|ok\b|oups)"
    r"|[·•]|\w\((e|s|ne|trice)\)",
    re.IGNORECASE,
)
FOR_SPECIALISTS = ("templates/admin/", "templates/profile/", "lti_tool/admin/", "lti_tool/records/")
NOT_FRENCH_TYPOGRAPHY = re.compile(
    rf"[^{NARROW}][;:!?»]"  # a narrow no-break space before
    rf"|«[^{NARROW}]"  # and after the opening mark
    r"|['\"“”]|\.\.\."  # ’ « » …
)


@pytest.fixture(scope="module")
def french() -> Catalog:
    with FRENCH.open("rb") as stream:
        return read_po(stream, locale="fr")


@pytest.fixture(scope="module")
def messages(french: Catalog) -> list[Message]:
    return [message for message in french if message.id]


def forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """A message's forms: one, or one for each plural."""
    return (text,) if isinstance(text, str) else tuple(text)


def in_the_code() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every message that the code asks for, after the file that does."""
    with (ROOT / "babel.cfg").open() as stream:
        methods, options = parse_mapping_cfg(stream)

    def holds_messages(folder: str) -> bool:
        return Path(folder).relative_to(ROOT).parts[0] in ("lti_tool", "templates")

    found = extract_from_dir(ROOT, methods, options, KEYWORDS, directory_filter=holds_messages)
    return ((file, forms(message)) for file, _line, message, _comments, _context in found)


def test_every_message_of_the_code_is_in_the_catalogue_and_no_other(french: Catalog, messages: list[Message]):
    assert {forms(message.id) for message in messages} == {message for _file, message in in_the_code()}
    assert not french.obsolete


def test_every_message_is_translated(messages: list[Message]):
    assert [m.id for m in messages if m.fuzzy or not all(forms(m.string))] == []
    assert [m.id for m in messages if len(forms(m.string)) != len(forms(m.id))] == []


def test_the_holes_are_the_same_on_both_sides(messages: list[Message]):
    def holes(text: str) -> list[str]:
        return sorted(HOLE.findall(text))

    different = [
        (english, translated)
        for message in messages
        for english, translated in zip(forms(message.id), forms(message.string), strict=True)
        if holes(english) != holes(translated)
    ]
    assert different == []


def test_french_typography(messages: list[Message]):
    texts = [text for message in messages for text in forms(message.string)]
    assert [text for text in texts if NOT_FRENCH_TYPOGRAPHY.search(text)] == []


def test_messages_hold_no_markup(messages: list[Message]):
    """A template shows a message as it is: a mark of it would be HTML."""
    texts = [text for message in messages for text in (*forms(message.id), *forms(message.string))]
    assert [text for text in texts if re.search(r"[<>]|&\w+;|&#", text)] == []


def test_words_that_are_never_used(messages: list[Message]):
    english = [text for message in messages for text in forms(message.id)]
    translated = [text for message in messages for text in forms(message.string)]
    assert [text for text in english if NEVER_IN_ENGLISH.search(text)] == []
    assert [text for text in translated if NEVER_IN_FRENCH.search(text)] == []


def test_people_who_learn_and_teach_never_read_the_name_of_a_standard():
    told = {file for file, message in in_the_code() if re.search("xapi", " ".join(message), re.IGNORECASE)}
    assert told, "the pages that may say it are known by these folders"
    assert {file for file in told if not file.startswith(FOR_SPECIALISTS)} == set()


def test_no_sentence_is_long(messages: list[Message]):
    texts = [text for message in messages for text in (*forms(message.id), *forms(message.string))]
    long = [each for text in texts for each in sentences(text) if len(each) > LONGEST_SENTENCE]
    assert [" ".join(words) for words in long] == []


def test_the_english_is_easy_to_read(messages: list[Message]):
    texts = [text for message in messages for text in forms(message.id)]
    print(f"Flesch-Kincaid grade {flesch_kincaid(texts):.1f}")
    assert flesch_kincaid(texts) <= HARDEST_GRADE
    assert [text for text in texts if is_long(text) and flesch_kincaid([text]) > HARDEST_ALONE] == []


def test_the_french_is_easy_to_read(messages: list[Message]):
    texts = [text for message in messages for text in forms(message.string)]
    print(f"Kandel-Moles ease {kandel_moles(texts):.1f}")
    assert kandel_moles(texts) >= LEAST_EASE
    assert [text for text in texts if is_long(text) and kandel_moles([text]) < LEAST_ALONE] == []


def test_the_formulas_tell_easy_from_hard():
    assert flesch_kincaid(["The cat sat on the mat."]) < 1
    assert flesch_kincaid(["Organisational considerations necessitate additional documentation."]) > 20
    assert kandel_moles(["Le chat dort sur le lit."]) > 100
    assert (
        kandel_moles(["La réglementation conditionne considérablement l’organisation opérationnelle."]) < 20
    )


def sentences(text: str) -> list[list[str]]:
    """The sentences of a text, each as its words; a hole counts as a word of one syllable."""
    spoken = HOLE.sub("un", text).replace(NARROW, " ")
    parts = re.split(r"[.!?…]+(?:\s|$)", spoken)
    return [words for part in parts if (words := re.findall(r"[^\s;:,()«»“”]*\w[^\s;:,()«»“”]*", part))]


def is_sentence(text: str) -> bool:
    return text.endswith((".", "!", "?"))


def is_long(text: str) -> bool:
    return is_sentence(text) and sum(map(len, sentences(text))) >= SHORT


def flesch_kincaid(texts: list[str]) -> float:
    """The grade of the texts' full sentences (Kincaid et al., 1975)."""
    per_sentence, per_word = _rates(texts, _english_syllables)
    return 0.39 * per_sentence + 11.8 * per_word - 15.59


def kandel_moles(texts: list[str]) -> float:
    """The ease of the texts' full sentences: Flesch's for French (Kandel and Moles, 1958)."""
    per_sentence, per_word = _rates(texts, _french_syllables)
    return 207 - 1.015 * per_sentence - 73.6 * per_word


def _rates(texts: list[str], syllables: Callable[[str], int]) -> tuple[float, float]:
    """Words for each sentence, syllables for each word; labels, which have no full stop, are left out."""
    full = [words for text in texts if is_sentence(text) for words in sentences(text)]
    words = [word for sentence in full for word in sentence]
    return len(words) / len(full), sum(max(1, syllables(word.lower())) for word in words) / len(words)


def _english_syllables(word: str) -> int:
    """Groups of vowels, without those that are not heard: "saved", "makes", "whole"."""
    heard = re.sub(
        r"(?<=[^aeiouyl])(?<![aeiouy][td])ed$|(?<=[^aeiouylscxz])es$|(?<=[^aeiouyl])e$|(?<=[aeiou]l)e$",
        "",
        word,
    )
    return len(re.findall(r"[aeiouy]+", heard))


def _french_syllables(word: str) -> int:
    """Groups of vowels, without a last "e" or "es"; the "ent" of verbs is counted, to be on the hard side."""
    heard = re.sub(r"(?<=[^aeiouyàâéèêëîïôûùü])es?$", "", word)
    return len(re.findall(r"[aeiouyàâéèêëîïôûùüœ]+", heard))
