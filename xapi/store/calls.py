"""One request to the store, with all that a resource needs to answer it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.routing import MapAdapter
from werkzeug.wrappers import Request, Response

from xapi.store.credentials import Pass
from xapi.store.moments import microseconds, moment, rfc3339
from xapi.store.parts import Json
from xapi.validation import Version

IN_FLIGHT = timedelta(seconds=5)  # no statement takes longer from its moment to its commit


@dataclass(frozen=True)
class Call:
    """A request whose version and credentials hold; `reading` is the engine for what only reads."""

    request: Request
    version: Version
    holder: Pass
    engine: Engine
    reading: Engine
    urls: MapAdapter

    @property
    def args(self) -> MultiDict[str, str]:
        """The parameters of the resource."""
        return self.request.args

    @property
    def reads(self) -> bool:
        """Whether nothing is changed."""
        return self.request.method in ("GET", "HEAD")

    @property
    def authority(self) -> Json:
        """The agent that asserts the statements of this request."""
        account = {"homePage": self.request.root_url, "name": self.holder.name}
        return {"objectType": "Agent", "account": account}


def whole_body(request: Request) -> bytes:
    """Return the body of a request. Raises RequestEntityTooLarge where it is more than the request allows.

    A body of no announced length has to be checked here: werkzeug would give its beginning.
    """
    content = request.get_data()
    if request.content_length is None and len(content) >= (request.max_content_length or len(content) + 1):
        raise RequestEntityTooLarge()
    return content


def json_answer(text: str) -> Response:
    """Return a JSON text as an answer."""
    return Response(text, content_type="application/json")


def consistent(response: Response, stored: int = 0) -> Response:
    """Say up to which moment all statements can be read: at least `stored`, as the store counts them."""
    through = max(stored, microseconds(datetime.now(UTC) - IN_FLIGHT))
    response.headers["X-Experience-API-Consistent-Through"] = rfc3339(moment(through))
    return response
