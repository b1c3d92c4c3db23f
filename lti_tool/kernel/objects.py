"""Files in a bucket of any store that speaks S3: the extra `s3` brings the client."""

import io
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

from .storage import checked, new_key

# Seconds, and how often: a page waits for it.
CALLS = Config(connect_timeout=3, read_timeout=20, retries={"mode": "standard", "max_attempts": 3})
# In the request's own thread, a part of 8 MB in memory at a time.
TRANSFER = TransferConfig(use_threads=False)
GONE = {"NoSuchKey", "404"}


class S3Storage:
    """Objects of a bucket. Credentials and region come from the variables that every AWS client reads."""

    def __init__(self, url: str, endpoint: str = "") -> None:
        """Take `s3://bucket/prefix`, and the store's address unless it is Amazon's."""
        parts = urlsplit(url)
        self._bucket, self._prefix = parts.netloc, parts.path.strip("/")
        self._client: Any = boto3.client("s3", endpoint_url=endpoint or None, config=CALLS)

    def put(self, content: BinaryIO) -> str:
        """Store what is left to read of a file, whole or not at all; return its key."""
        key = new_key()
        self._client.upload_fileobj(_Lent(content), self._bucket, self._name(key), Config=TRANSFER)
        return key

    def open(self, key: str) -> BinaryIO:
        """A file for reading, fetched from where it is read on. Raises FileNotFoundError when it is gone."""
        at = {"Bucket": self._bucket, "Key": self._name(key)}
        try:
            size = self._client.head_object(**at)["ContentLength"]
        except ClientError as error:
            if error.response["Error"]["Code"] in GONE:
                raise FileNotFoundError(key) from None
            raise
        return cast(BinaryIO, io.BufferedReader(_Remote(self._client, at, size), 1 << 16))

    def delete(self, key: str) -> None:
        """Remove a file; removing what is gone is no error."""
        self._client.delete_object(Bucket=self._bucket, Key=self._name(key))

    def _name(self, key: str) -> str:
        return "/".join(part for part in (self._prefix, checked(key)) if part)


class _Lent(io.RawIOBase):
    """A file that stays open: the client closes what it has sent."""

    def __init__(self, content: BinaryIO) -> None:
        self._content = content

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._content.read(size)


class _Remote(io.RawIOBase):
    """An object as a file: one call brings all that is read without a jump."""

    def __init__(self, client: Any, at: dict[str, str], size: int) -> None:
        self._client, self._at, self._size = client, at, size
        self._position = 0
        self._body: Any = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if base + offset != self._position:
            self._forget()
            self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: Any) -> int:
        if self._position >= self._size:
            return 0
        if self._body is None:
            wanted = f"bytes={self._position}-"
            self._body = self._client.get_object(**self._at, Range=wanted)["Body"]
        data = self._body.read(len(buffer))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    def close(self) -> None:
        self._forget()
        super().close()

    def _forget(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None
