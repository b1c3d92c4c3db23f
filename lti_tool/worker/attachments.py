"""The contents of the files that statements tell of, for record stores that take them too."""

from collections.abc import Callable

from sqlalchemy import select

from ..contributions.models import Attachment
from ..kernel.database import Database
from ..kernel.storage import Storage


def contents(database: Database, storage: Storage) -> Callable[[str], bytes | None]:
    """What gives a file by the SHA-256 of its content, lower-case hex; None once nobody has it any more."""

    def content(sha2: str) -> bytes | None:
        with database.read() as session:
            keys = session.scalars(select(Attachment.storage_key).where(Attachment.digest == sha2)).all()
        for key in keys:  # several people may have the same file
            try:
                with storage.open(key) as file:
                    return file.read()
            except FileNotFoundError:
                continue
        return None

    return content
