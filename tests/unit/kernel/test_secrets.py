"""Secrets at rest, and where files rest."""

from io import BytesIO
from pathlib import Path

import pytest
from cryptography.fernet import InvalidToken

from lti_tool.kernel.secrets import Sealer, digest, random_token
from lti_tool.kernel.storage import FolderStorage


def test_a_sealed_text_opens_with_its_own_key_only() -> None:
    sealed = Sealer("one").seal("pass word é")
    assert "pass" not in sealed
    assert Sealer("one").open(sealed) == "pass word é"
    with pytest.raises(InvalidToken):
        Sealer("two").open(sealed)


def test_tokens_differ_and_digests_hide_them() -> None:
    token = random_token()
    assert token != random_token()
    assert token not in digest(token)


def test_files_come_back_as_they_went(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    key = storage.put(BytesIO(b"abc" * 1_000_000))
    assert storage.path(key).read_bytes() == b"abc" * 1_000_000
    storage.delete(key)
    storage.delete(key)
    assert not storage.path(key).exists()


@pytest.mark.parametrize("key", ["../etc/passwd", "", "ab/../../x", "AB/" + "0" * 30, "/etc/passwd"])
def test_nothing_but_our_keys_is_a_key(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="not a storage key"):
        FolderStorage(tmp_path).path(key)
