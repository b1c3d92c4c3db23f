"""The store's tables. A host makes them by its migrations; without one, `metadata.create_all(engine)` does.

A statement's place in the store is the microsecond at which it was stored: no two have the same, and a later
one is never committed before an earlier one. So `stored` is primary key, order, and cursor of every page.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
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
