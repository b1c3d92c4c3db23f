"""What people write, made safe on the way in and readable on the way out."""

import re
import unicodedata

import nh3
from markupsafe import Markup

from . import marks

# Control characters that no text needs, the bidirectional overrides that can make one text look like another.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff]")
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_NO_WORD = re.compile(r"^[ \t]*\d{1,9}[.)](?=[ \t])|(?<=\])\(https?://[^\s()]*\)", re.MULTILINE)
_MARK = re.compile(r"[*_`\[\\]|^[ \t]*(?:[#>+~\-]|\d{1,9}[.)])", re.MULTILINE)
_LONGEST, _MOST_MARKS = (
    100_000,
    3_000,
)  # in a text whose marks are shown; nobody writes more, and it stays quick
_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "h3", "h4", "code", "pre", "a"}


def plain(text: str) -> str:
    """A plain text as it is stored: normalised, `\\n` line ends, without control characters, trimmed."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    text = text.encode("utf-8", "replace").decode()  # lone surrogates
    return _UNWANTED.sub("", text).strip()


def count_words(text: str) -> int:
    """Words in a text, not its marks; "l'équipe" and "mid-day" count as one."""
    return len(_WORD.findall(_NO_WORD.sub("", text)))


def paragraphs(text: str) -> Markup:
    """Stored plain text as HTML: paragraphs, line breaks and links; everything else escaped."""
    blocks = (block for block in re.split(r"\n\s*\n", text) if block.strip())
    return Markup("\n").join(
        Markup("<p>%s</p>") % Markup("<br>").join(_linked(line) for line in block.split("\n"))
        for block in blocks
    )


def formatted(text: str) -> Markup:
    """Stored plain text as HTML, with what its marks mean (`marks`); everything else escaped.

    What has no marks, or more than anybody writes, is shown as `paragraphs` shows it.
    """
    if not _shows_marks(text):
        return paragraphs(text)
    html = nh3.clean(
        marks.html(text),
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}, "*": set()},
        set_tag_attribute_values={"a": {"target": "_blank"}},
        link_rel="noopener nofollow",
        url_schemes={"http", "https"},
    )
    return Markup(html)  # noqa: S704  # cleaned just above


def unmarked(text: str) -> str:
    """Stored plain text without its marks and the addresses behind words, as for an excerpt."""
    if not _shows_marks(text):
        return text
    lines = []
    for token in marks.tokens(text):
        if token.type == "fence":
            lines.append(token.content)
        for child in token.children or ():
            lines.append("\n" if child.tag == "br" else child.content)
        if token.type == "inline":
            lines.append("\n")
    return "".join(lines).strip()


def _shows_marks(text: str) -> bool:
    return len(text) <= _LONGEST and 0 < sum(1 for _ in _MARK.finditer(text)) <= _MOST_MARKS


def _linked(line: str) -> Markup:
    parts: list[str | Markup] = []
    end = 0
    for match in marks.ADDRESS.finditer(line):
        address = match.group().rstrip(marks.AFTER_ADDRESS)
        parts += [
            line[end : match.start()],
            Markup('<a href="{0}" target="_blank" rel="noopener nofollow">{0}</a>').format(address),
        ]
        end = match.start() + len(address)
    return Markup("").join([*parts, line[end:]])
