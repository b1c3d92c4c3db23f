"""Addresses of the built style sheet, modules and icons, by their names in the sources."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path


class MissingAssetError(RuntimeError):
    """The front end was not built, or does not know a name that a page asks for."""


class Assets:
    """The manifest that the build writes: ``app.css`` stands for ``app-<hash>.css``.

    A file's name changes with its content, so its address may be cached for ever.
    """

    def __init__(self, manifest_path: Path, url_prefix: str) -> None:
        self._manifest_path = manifest_path
        self._url_prefix = url_prefix.rstrip("/")

    @cached_property
    def _names(self) -> dict[str, str]:
        try:
            names: dict[str, str] = json.loads(self._manifest_path.read_text("utf-8"))
        except FileNotFoundError:
            raise MissingAssetError(
                f"The front end is not built: {self._manifest_path} is missing. Run `python hatch_build.py`."
            ) from None
        return names

    def url(self, name: str) -> str:
        """The address of the asset ``name``; raises MissingAssetError when the build does not have it."""
        try:
            return f"{self._url_prefix}/{self._names[name]}"
        except KeyError:
            known = ", ".join(sorted(self._names))
            raise MissingAssetError(f"No asset is called {name!r}. The build has: {known}.") from None
