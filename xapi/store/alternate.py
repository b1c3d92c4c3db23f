"""The alternate request syntax of 1.0 (Part Three, 1.3): a POST whose form holds another request.

Version 2.0 has none: there `method` is a parameter like any that nobody knows.
"""

from io import BytesIO
from urllib.parse import parse_qsl, urlencode

from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Request

from xapi.store.calls import whole_body

_FORM = "application/x-www-form-urlencoded"
_METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE")
_HEADERS = {
    "Authorization": "HTTP_AUTHORIZATION",
    "X-Experience-API-Version": "HTTP_X_EXPERIENCE_API_VERSION",
    "Content-Type": "CONTENT_TYPE",
    "Content-Length": "CONTENT_LENGTH",
    "If-Match": "HTTP_IF_MATCH",
    "If-None-Match": "HTTP_IF_NONE_MATCH",
}
_FIELDS = 50


def unfolded(request: Request) -> Request:
    """Return the request that a POST with a `method` stands for; any other request as it is.

    Raises BadRequest where the form is none, or holds no content for a request that needs some.
    """
    if request.method != "POST" or "method" not in request.args:
        return request
    if request.headers.get("X-Experience-API-Version", "").startswith("2"):
        return request
    method = request.args["method"]
    if request.args.to_dict(flat=False) != {"method": [method]} or method not in _METHODS:
        raise BadRequest(f'"method" must be one of {", ".join(_METHODS)}, and the only parameter.')
    fields = _fields(request)
    headers = {key: value for key, value in fields if key in _HEADERS}
    content = [value for key, value in fields if key == "content"]
    if headers.get("X-Experience-API-Version", "").startswith("2"):
        return request
    if len(content) != (method in ("PUT", "POST")):
        raise BadRequest('The form must hold "content" once if the request sends any, else not.')
    sent = "".join(content).encode()
    return Request(
        request.environ
        | {"CONTENT_TYPE": "application/json"}
        | {_HEADERS[key]: value for key, value in headers.items()}
        | {
            "REQUEST_METHOD": method,
            "QUERY_STRING": urlencode([each for each in fields if each[0] not in (*_HEADERS, "content")]),
            "CONTENT_LENGTH": str(len(sent)),
            "wsgi.input": BytesIO(sent),
        }
    )


def _fields(request: Request) -> list[tuple[str, str]]:
    if request.mimetype != _FORM:
        raise BadRequest(f"The content type must be {_FORM}.")
    try:
        text = whole_body(request).decode()
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_FIELDS)
    except ValueError as error:
        raise BadRequest(f"The form is refused: {error}.") from error
