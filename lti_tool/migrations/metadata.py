"""All tables there are: importing this imports every room's models."""

from sqlalchemy import MetaData

from xapi.store.schema import metadata as store_metadata

from ..activities import models as _activities
from ..admin import models as _admin
from ..contributions import index as _index
from ..contributions import models as _contributions
from ..exchanges import models as _exchanges
from ..gradebook import models as _gradebook
from ..home import models as _home
from ..kernel import audit as _audit
from ..kernel import heartbeat as _heartbeat
from ..kernel import journal as _journal
from ..kernel.database import Base
from ..lti import models as _lti
from ..people import models as _people
from ..records import models as _records
from ..reviews import models as _reviews
from ..reviews import steering_models as _steering

MODELS = (
    _activities, _admin, _audit, _contributions, _exchanges, _gradebook, _heartbeat, _home, _index, _journal,
    _lti, _people, _records, _reviews, _steering,
)  # fmt: skip

ALL: list[MetaData] = [Base.metadata, store_metadata]


def in_models(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a name found in a database is the models' to tell; migration 0004 makes the search's own."""
    of_search = ("search_words", "ix_search_entry_terms")
    return kind not in {"table", "index"} or not (name or "").startswith(of_search)
