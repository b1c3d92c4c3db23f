"""A folder and a store that speaks S3: what one promises, the other keeps; the pages see no difference."""

import io
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import pytest
from classroom import Classroom
from factories import browser_of, tool
from moto.server import ThreadedMotoServer
from PIL import Image

from lti_tool.contributions.models import Attachment
from lti_tool.kernel.database import Database
from lti_tool.kernel.objects import S3Storage
from lti_tool.kernel.storage import FolderStorage
from lti_tool.migrations import upgrade


@contextmanager
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A store on loopback with an empty bucket `media`; its address."""
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
        monkeypatch.setenv(f"AWS_{name}", "for-tests-only")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-3")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        address = f"http://{host}:{port}"
        client = boto3.client("s3", endpoint_url=address)
        client.create_bucket(Bucket="media", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
        client.close()
        yield address
    finally:
        server.stop()


def promises(storage):
    content = bytes(range(256)) * 40_000  # 10 MB: more than one part
    source = io.BytesIO(b"read already" + content)
    source.seek(12)
    key = storage.put(source)
    assert not source.closed
    with storage.open(key) as file:
        assert file.seek(0, io.SEEK_END) == len(content)
        file.seek(1_000_000)
        assert file.read(300_000) == content[1_000_000:1_300_000]
        file.seek(0)
        assert file.read() == content
    storage.delete(key)
    storage.delete(key)
    with pytest.raises(FileNotFoundError):
        storage.open(key)
    with pytest.raises(ValueError, match="not a storage key"):
        storage.open("../../etc/passwd")


def test_a_folder_keeps_its_promises(tmp_path):
    promises(FolderStorage(tmp_path))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_breaks_on_its_way_leaves_nothing_in_a_folder(tmp_path):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            raise OSError

    with pytest.raises(OSError):  # noqa: PT011  # any
        FolderStorage(tmp_path).put(Broken())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_store_that_speaks_s3_keeps_them_and_serves_the_pages(monkeypatch, sqlite_files, tmp_path):
    with s3(monkeypatch) as address, sqlite_files.fresh() as url:
        database = Database(url)
        upgrade(database)
        promises(S3Storage("s3://media/a/folder", address))
        app = tool(database, tmp_path, media_url="s3://media", media_endpoint=address)
        room = Classroom(database)
        me = browser_of(app, database, room.visit(room.people(1, shared=False)[0]))
        photo = io.BytesIO()
        Image.new("RGB", (64, 48), "red").save(photo, "JPEG")
        sent = me.post(
            "/share/files",
            data={"file": (io.BytesIO(photo.getvalue()), "a.jpg")},
            headers={"X-Requested-With": "fetch"},
        )
        assert sent.status_code == 200
        (row,) = room.all(Attachment)
        whole = me.get(f"/media/{row.id}")
        assert (whole.status_code, len(whole.data), whole.mimetype) == (200, row.size, "image/jpeg")
        part = me.get(f"/media/{row.id}", headers={"Range": "bytes=10-19"})
        assert (part.status_code, part.data) == (206, whole.data[10:20])
        assert part.headers["Content-Range"] == f"bytes 10-19/{row.size}"
        assert me.get(f"/media/{row.id}", headers={"Range": f"bytes={row.size}-"}).status_code == 416
        assert me.head(f"/media/{row.id}").headers["Content-Length"] == str(row.size)
        assert me.get(f"/media/{row.id}", headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304
        app.extensions["entraide.storage"].delete(row.storage_key)
        assert me.get(f"/media/{row.id}").status_code == 404
        assert not (tmp_path / "media").exists()
        app.extensions["entraide.database"].dispose()
        database.dispose()
