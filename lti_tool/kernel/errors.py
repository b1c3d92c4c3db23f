"""What can be refused, each with a stable code, an HTTP status and a sentence for the person."""

from collections.abc import Mapping


class RefusedError(Exception):
    """Something a person asked for cannot be done.

    `sentence` is an untranslated message (marked with `N_`), filled with `values` after translation.
    """

    status = 400
    code = "refused"

    def __init__(self, sentence: str, *, code: str | None = None, **values: object) -> None:
        super().__init__(sentence % values if values else sentence)
        self.sentence = sentence
        self.values: Mapping[str, object] = values
        if code:
            self.code = code


class NotSignedInError(RefusedError):
    """The browser showed no valid cookie for this launch."""

    status = 401
    code = "no-session"


class NotAllowedError(RefusedError):
    """The person's role does not include this."""

    status = 403
    code = "not-allowed"


class NotFoundError(RefusedError):
    """It does not exist, or not for this person."""

    status = 404
    code = "not-found"


class ConflictError(RefusedError):
    """The state of things has moved on: a lost lease, a closed activity, a second tab."""

    status = 409
    code = "conflict"


class TooLargeError(RefusedError):
    """More bytes than the setting allows."""

    status = 413
    code = "too-large"


class InvalidError(RefusedError):
    """What came in does not hold; `field` says where."""

    status = 422
    code = "invalid"

    def __init__(self, sentence: str, *, field: str = "", code: str | None = None, **values: object) -> None:
        super().__init__(sentence, code=code, **values)
        self.field = field
