"""A person's data as one file: readable JSON, and their own files beside it."""

import json
import shutil
import zipfile
from contextlib import suppress
from typing import IO, Any

from ..kernel.storage import BLOCK, Storage


def write_zip(data: dict[str, Any], storage: Storage, out: IO[bytes]) -> None:
    """Write `data.json` and the files it names into a ZIP.

    Args:
        data: what `queries.everything` gives.
        storage: where the files rest; one that is gone is left out.
        out: a seekable file, for writing.

    """
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for contribution in data["contributions"]:
            for each in contribution["files"]:
                with (
                    suppress(FileNotFoundError),
                    storage.open(each.pop("key")) as file,
                    archive.open(each["file"], "w", force_zip64=True) as entry,
                ):
                    shutil.copyfileobj(file, entry, BLOCK)
        text = json.dumps(data, indent=2, ensure_ascii=False, default=_written)
        archive.writestr("data.json", text, zipfile.ZIP_DEFLATED)


def _written(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
