"""Where files rest, addressed by keys of our own making, never by a person's file name."""

import os
import re
import tempfile
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import uuid4

BLOCK = 1 << 20
_KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{30}")


class Storage(Protocol):
    """A place for files, each written once."""

    def put(self, content: BinaryIO) -> str:
        """Store what is left to read of a file, whole or not at all; return its key."""

    def open(self, key: str) -> BinaryIO:
        """A file for reading, from anywhere in it. Raises FileNotFoundError when it is gone."""

    def delete(self, key: str) -> None:
        """Remove a file; removing what is gone is no error."""


class FolderStorage:
    """Files in a local folder, spread over 256 sub-folders."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, content: BinaryIO) -> str:
        """Store what is left to read of a file, whole or not at all; return its key."""
        key = new_key()
        target = self.path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file:
            try:
                while block := content.read(BLOCK):
                    file.write(block)
                file.flush()
                os.fsync(file.fileno())
                os.replace(file.name, target)
            except BaseException:
                os.unlink(file.name)
                raise
        return key

    def open(self, key: str) -> BinaryIO:
        """A file for reading. Raises FileNotFoundError when it is gone."""
        return self.path(key).open("rb")

    def path(self, key: str) -> Path:
        """The file of a key. Raises ValueError for what is not a key of ours."""
        return self.root / checked(key)

    def delete(self, key: str) -> None:
        """Remove a file; removing what is gone is no error."""
        self.path(key).unlink(missing_ok=True)


def new_key() -> str:
    """A key that tells nothing and that nobody guesses."""
    name = uuid4().hex
    return f"{name[:2]}/{name[2:]}"


def checked(key: str) -> str:
    """The key itself. Raises ValueError for what is not a key of ours."""
    if not _KEY.fullmatch(key):
        raise ValueError(f"not a storage key: {key!r}")
    return key


def storage_at(url: str, endpoint: str, folder: Path) -> Storage:
    """The storage that the settings ask for: an S3-compatible one, or `folder` when `url` is empty.

    Raises:
        ModuleNotFoundError: the extra `s3` is not installed.

    """
    if not url:
        return FolderStorage(folder)
    from .objects import S3Storage  # boto3 is an extra, and slow to load

    return S3Storage(url, endpoint)
