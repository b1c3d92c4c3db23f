"""Where files rest: a folder on disk, addressed by keys of our own making, never by a person's file name."""

import os
import re
import tempfile
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

_KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{30}")


class FolderStorage:
    """Files in a local folder, spread over 256 sub-folders."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, content: BinaryIO) -> str:
        """Store a file whole or not at all; return its key."""
        name = uuid4().hex
        key = f"{name[:2]}/{name[2:]}"
        target = self.path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file:
            while block := content.read(1 << 20):
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
        os.replace(file.name, target)
        return key

    def path(self, key: str) -> Path:
        """The file of a key. Raises ValueError for what is not a key of ours."""
        if not _KEY.fullmatch(key):
            raise ValueError(f"not a storage key: {key!r}")
        return self.root / key

    def delete(self, key: str) -> None:
        """Remove a file; removing what is gone is no error."""
        self.path(key).unlink(missing_ok=True)
