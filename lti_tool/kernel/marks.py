"""The marks that a text may hold: Markdown, as small as people need it.

The rules are CommonMark's, but for these: no HTML, no image, no rule, no table, no entity; a line break is a
line break; indented lines are no code; links go to http and https only; an address is a link by itself. The
editor of long texts (static/js/editor/parser.js) has the same rules, from the same parser.
"""

import re
from collections.abc import Callable
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, blockquote, heading, list_block
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, link
from markdown_it.token import Token

ADDRESS = re.compile(r"https?://\w[^\s<>\"']{0,2000}")
AFTER_ADDRESS = ".,;:!?)»*_`\\"  # closes a sentence or a mark rather than an address
_RULES = [
    "code",
    "fence",
    "blockquote",
    "list",
    "heading",
    "newline",
    "escape",
    "backticks",
    "emphasis",
    "link",
]
_INTERRUPTS = ["paragraph", "blockquote", "list"]
_DEEPEST = 24  # levels of quotes, lists and their items; deeper, the marks are text
_TITLED = re.compile(r"#{1,6}[ \t]+[^\s#]")
_LABELLED = re.compile(r"\[(?:\\.|[^\[\]\\]){1,500}\]\(https?://", re.DOTALL)

BlockRule = Callable[[StateBlock, int, int, bool], bool]


def tokens(text: str) -> list[Token]:
    """A text cut by its marks."""
    return _markdown().parse(text)


def html(text: str) -> str:
    """A text as HTML, not yet sanitised."""
    return str(_markdown().render(text))


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("zero", {"maxNesting": 100})
    block, inline = markdown.block.ruler, markdown.inline.ruler
    # Without the rule, indented lines would begin lists, which they do not in the editor.
    block.at("code", lambda *_: False)
    block.at("blockquote", _shallow(blockquote), {"alt": _INTERRUPTS})
    block.at("list", _shallow(list_block), {"alt": _INTERRUPTS[:-1]})
    block.at("heading", _titled, {"alt": _INTERRUPTS[:-1]})
    inline.at("link", _labelled)
    inline.before("newline", "address", _address)
    markdown.core.ruler.push("house", _as_in_the_house)
    markdown.enable([*_RULES, "address"])
    for name in ("softbreak", "hardbreak"):
        markdown.add_render_rule(name, lambda *_: "<br>")
    return markdown


def _shallow(rule: BlockRule) -> BlockRule:
    """The parser drops what is nested too deep; here it stays, as text."""

    def when_shallow(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        return state.level < _DEEPEST and rule(state, start, end, silent)

    return when_shallow


def _titled(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A heading says something."""
    begins = state.bMarks[start] + state.tShift[start]
    return bool(_TITLED.match(state.src, begins)) and heading(state, start, end, silent)


def _labelled(state: StateInline, silent: bool) -> bool:
    """A link has a label without brackets, found at once however many there are."""
    return bool(_LABELLED.match(state.src, state.pos)) and link(state, silent)


def _address(state: StateInline, silent: bool) -> bool:
    """An address in the text is a link; what it holds is no mark. The parser comes by at the colon."""
    if silent or state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    scheme = next((each for each in ("https", "http") if state.pending.endswith(each)), "")
    found = ADDRESS.match(state.src, state.pos - len(scheme), state.posMax) if scheme else None
    address = found.group().rstrip(AFTER_ADDRESS) if found else ""
    if len(address) <= len(scheme) + 3:
        return False
    state.pending = state.pending[: -len(scheme)]
    state.push("link_open", "a", 1).attrs = {"href": address}
    state.push("text", "", 0).content = address
    state.push("link_close", "a", -1)
    state.pos += len(address) - len(scheme)
    return True


def _as_in_the_house(state: StateCore) -> None:
    """A page's own headings stand above those of a text; what is written beside a fence is not lost."""
    for token in state.tokens:
        if token.type == "fence" and token.info.strip():
            token.content, token.info = f"{token.info.strip()}\n{token.content}", ""
        if token.type.startswith("heading"):
            token.tag = "h3" if token.tag == "h1" else "h4"
