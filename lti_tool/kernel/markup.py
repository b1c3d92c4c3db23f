"""What people write, made safe on the way in and readable on the way out."""

import re
import unicodedata

import nh3
from markupsafe import Markup

# Control characters that no text needs, the bidirectional overrides that can make one text look like another.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff]")
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_LINK = re.compile(r"https?://[^\s<>\"']{1,2000}")


def plain(text: str) -> str:
    """A plain text as it is stored: normalised, `\\n` line ends, without control characters, trimmed."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    text = text.encode("utf-8", "replace").decode()  # lone surrogates
    return _UNWANTED.sub("", text).strip()


def rich(html: str) -> str:
    """Rich text as it is stored: what nh3 lets through, and nothing that runs or loads."""
    allowed = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "h3", "h4", "code", "pre", "a"}
    return nh3.clean(html, tags=allowed, attributes={"a": {"href"}}, url_schemes={"http", "https"})


def count_words(text: str) -> int:
    """Words in a text; "l'équipe" and "mid-day" count as one."""
    return len(_WORD.findall(text))


def paragraphs(text: str) -> Markup:
    """Stored plain text as HTML: paragraphs, line breaks and links; everything else escaped."""
    blocks = (block for block in re.split(r"\n\s*\n", text) if block.strip())
    return Markup("\n").join(
        Markup("<p>%s</p>") % Markup("<br>").join(_linked(line) for line in block.split("\n"))
        for block in blocks
    )


def _linked(line: str) -> Markup:
    parts: list[str | Markup] = []
    end = 0
    for match in _LINK.finditer(line):
        address = match.group().rstrip(".,;:!?)»")
        parts += [
            line[end : match.start()],
            Markup('<a href="{0}" target="_blank" rel="noopener nofollow">{0}</a>').format(address),
        ]
        end = match.start() + len(address)
    return Markup("").join([*parts, line[end:]])
