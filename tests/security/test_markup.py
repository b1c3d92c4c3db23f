"""What people write never becomes more than the few marks that texts may have."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.kernel.markup import formatted, paragraphs, plain

TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "h3", "h4", "code", "pre", "a"}
BAD = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><animate onbegin=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<iframe srcdoc='<script>x</script>'>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](vbscript:msgbox)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](//example.org)",
    "[x](https://example.org 'onmouseover=alert(1)')",
    '[x](https://example.org" onmouseover="alert(1))',
    "[x](<https://example.org/ onclick=alert(1)>)",
    "![x](https://example.org/pixel.png)",
    "<https://example.org>",
    "[a]: javascript:alert(1)\n\n[a] [a][a]",
    "```\"><script>alert(1)</script>\nx\n```",
    "**<b onclick=x>**",
    "`</code><script>alert(1)</script>`",
    "https://example.org/\"><script>alert(1)</script>",
    "https://example.org/'onmouseover='alert(1)",
    "[\u202egpj.exe](https://example.org)",
    "&lt;script&gt; &#60;script&#62; &#x3c;script&#x3e; *x*",
    "# <h1>x</h1>",
    "<style>*{display:none}</style> *x*",
    "<!-- x --> <![CDATA[ x ]]> <?php x ?> *x*",
]  # fmt: skip


class Outline(HTMLParser):
    """The tags of a piece of HTML, each checked."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        given = dict(attrs)
        if tag == "a":
            assert set(given) <= {"href", "target", "rel"}
            assert re.match(r"https?://", given.get("href", "https://") or "")
            assert (given["target"], given["rel"]) == ("_blank", "noopener nofollow")
        elif tag == "ol":
            assert set(given) <= {"start"}
            assert str(given.get("start", "1")).isdigit()
        else:
            assert not given

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {decl}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")


def harmless(text: str) -> None:
    for shown in (formatted(plain(text)), paragraphs(plain(text))):
        outline = Outline()
        outline.feed(shown)
        outline.close()


@pytest.mark.parametrize("text", [*BAD, "\n\n".join(BAD), *(f"> - *{text}*" for text in BAD)])
def test_nothing_runs_and_nothing_loads(text: str) -> None:
    harmless(text)
    assert "\u202e" not in formatted(plain(text))


PIECES = st.sampled_from([*BAD, *"*_`#>-[]()<>&\"'\\\n", "```", "1. ", "https://", "javascript:", "\n\n"])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=12).map("".join))
def test_no_mixture_of_them_does(text: str) -> None:
    harmless(text)
