"""The store's tables. A host makes them by its migrations; without one, `metadata.create_all(engine)` does.

A statement's place in the store is the microsecond at which it was stored: no two have the same, and a later
one is never committed before an earlier one. So `stored` is primary key, order, and cursor of every page.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    Uuid,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Microseconds since 1970 in UTC. SQLite orders its table by a key only where that is exactly INTEGER.
Moment = BigInteger().with_variant(Integer, "sqlite")

clock = Table(
    "xapi_clock",
    metadata,
    Column(
        "id", SmallInteger, CheckConstraint("id = 1", name="single"), primary_key=True, autoincrement=False
    ),
    Column("stored", Moment, nullable=False, comment="of the last statement; writers take turns at this row"),
)

statements = Table(
    "xapi_statements",
    metadata,
    Column("stored", Moment, primary_key=True, autoincrement=False),
    Column("id", Uuid, nullable=False, unique=True),
    Column("target", Uuid, index=True, comment="the statement that its object, a StatementRef, names"),
    Column("voiding", Boolean(create_constraint=False), nullable=False),
    Column("voided", Boolean(create_constraint=False), nullable=False),
    Column("body", Text, nullable=False, comment="the statement as it is given back, JSON"),
)

facets = Table(
    "xapi_facets",
    metadata,
    Column("key", LargeBinary(16), primary_key=True, comment="hash of what a filter can ask for"),
    Column("stored", Moment, primary_key=True, autoincrement=False, comment="the statement that is found"),
    Column(
        "source", Moment, primary_key=True, autoincrement=False, comment="itself, or one that it refers to"
    ),
    sqlite_with_rowid=False,
)

files = Table(
    "xapi_files",
    metadata,
    Column("sha2", String(128), primary_key=True, comment="in small letters, as attachments name it"),
    Column("content", LargeBinary, nullable=False),
)

activities = Table(
    "xapi_activities",
    metadata,
    Column("key", LargeBinary(16), primary_key=True, comment="hash of the activity's id"),
    Column("definition", Text, nullable=False, comment="all that statements said of it, JSON"),
)

documents = Table(
    "xapi_documents",
    metadata,
    Column("key", LargeBinary(16), primary_key=True, comment="hash of what identifies it"),
    Column("context", LargeBinary(16), nullable=False, comment="hash of whose documents are listed together"),
    Column("agent", LargeBinary(16), index=True, comment="hash of whom it is about, if of somebody"),
    Column("registration", Uuid),
    Column("id", Text, nullable=False, comment="stateId or profileId"),
    Column("stored", Moment, nullable=False),
    Column("type", Text, nullable=False, comment="the media type that it was sent with"),
    Column("sha1", String(40), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Index("ix_xapi_documents_context_stored", "context", "stored"),
)

credentials = Table(
    "xapi_credentials",
    metadata,
    Column("username", Text, primary_key=True),
    Column("digest", Text, nullable=False, comment="salt:scrypt of the password"),
    Column("scopes", Text, nullable=False, comment="separated by spaces"),
    Column("name", Text, nullable=False, comment="whom its statements are asserted by"),
    Column("made_at", Moment, nullable=False),
    Column("ended_at", Moment),
)
