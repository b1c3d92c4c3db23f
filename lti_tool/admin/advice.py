"""What to do when something fails between us and a platform: by what was tried, and what went wrong. Pure."""

import re
from enum import StrEnum

from ..kernel.i18n import N_
from ..lti.checks import Part
from ..lti.models import ContactKind


class Cause(StrEnum):
    """What went wrong, as far as the words of the failure tell."""

    PRIVATE = "private"
    CERTIFICATE = "certificate"
    UNREACHABLE = "unreachable"
    BUSY = "busy"
    REFUSED = "refused"
    FORBIDDEN = "forbidden"
    GONE = "gone"
    OTHER = "other"


_NETWORK = re.compile(r"^(?:Connect|Read|Write|Pool|Close|Network|RemoteProtocol|LocalProtocol)\w*:", re.M)
_STATUS = re.compile(r"^(\d{3})\b|(?:Client error|Server error|Redirect response) '(\d{3})\b", re.M)
_BY_STATUS = {
    400: Cause.REFUSED, 401: Cause.REFUSED, 403: Cause.FORBIDDEN, 404: Cause.GONE, 410: Cause.GONE,
    408: Cause.BUSY, 425: Cause.BUSY, 429: Cause.BUSY,
}  # fmt: skip


def cause(words: str) -> Cause:
    """What went wrong, from the words of a failure: a status and a reason, or the name of an error."""
    if "ForbiddenAddressError" in words:
        return Cause.PRIVATE
    if "CERTIFICATE_VERIFY_FAILED" in words:
        return Cause.CERTIFICATE
    if _NETWORK.search(words):
        return Cause.UNREACHABLE
    if "invalid_scope" in words:
        return Cause.FORBIDDEN
    if found := _STATUS.search(words):
        status = int(found[1] or found[2])
        return _BY_STATUS.get(status, Cause.BUSY if status >= 500 else Cause.OTHER)
    return Cause.OTHER


_ANYWHERE = {
    Cause.PRIVATE: N_("The address is not https, or leads into a private network. Correct it."),
    Cause.CERTIFICATE: N_("The certificate of the LMS does not hold. Have it renewed, with its whole chain."),
    Cause.UNREACHABLE: N_("No answer came. Check the address, the firewall and the LMS itself."),
    Cause.BUSY: N_("The LMS has trouble, or is busy. We try again by ourselves."),
}
_GRADES = N_("In the LMS, allow this tool to make columns and to send grades.")
_GRADES_GONE = N_("The column or the course is gone. Open the activity again from its course.")
_GRADES_OTHER = N_("Open the activity as an instructor: it shows whose grade it is, and sends it again.")
_ROSTER = N_("In the LMS, allow this tool to read the names and roles of a course.")
_ROSTER_GONE = N_("This course is gone, or closed. Open an activity in another course, then check again.")
_SPECIFIC: dict[tuple[Part | ContactKind, Cause], str] = {
    (Part.KEYS, Cause.GONE): N_("Nothing is there. Compare the public keyset URL with the LMS."),
    (Part.TOKEN, Cause.REFUSED): N_(
        "The LMS does not know our signature. Give it our public keyset URL, and compare the client ID."
    ),
    (Part.TOKEN, Cause.FORBIDDEN): N_("In the LMS, allow this tool to use grades, and names and roles."),
    (Part.TOKEN, Cause.GONE): N_("Nothing is there. Compare the access token URL with the LMS."),
    (Part.GRADEBOOK, Cause.REFUSED): _GRADES,
    (Part.GRADEBOOK, Cause.FORBIDDEN): _GRADES,
    (Part.GRADEBOOK, Cause.GONE): _GRADES_GONE,
    (ContactKind.GRADE, Cause.REFUSED): _GRADES,
    (ContactKind.GRADE, Cause.FORBIDDEN): _GRADES,
    (ContactKind.GRADE, Cause.GONE): _GRADES_GONE,
    (Part.ROSTER, Cause.REFUSED): _ROSTER,
    (Part.ROSTER, Cause.FORBIDDEN): _ROSTER,
    (Part.ROSTER, Cause.GONE): _ROSTER_GONE,
}
_OTHERWISE: dict[Part | ContactKind, str] = {
    Part.KEYS: N_("What is there is no key set. Compare the public keyset URL with the LMS."),
    Part.TOKEN: N_("Compare the client ID, the access token URL and the audience with the LMS."),
    Part.GRADEBOOK: _GRADES,
    Part.ROSTER: N_("Open an activity again from its course, then check again."),
    ContactKind.GRADE: _GRADES_OTHER,
    ContactKind.LAUNCH: N_(
        "Compare the issuer, the client ID and the addresses with the LMS, then try again."
    ),
}
_NOT_ASKED = {
    Part.TOKEN: N_("No service could be asked. Open an activity from a course once, then check again."),
    Part.GRADEBOOK: N_("No course has offered its gradebook. Open an activity from a course once."),
    Part.ROSTER: N_("No course has offered its list of people. Open an activity from a course once."),
}


def what_to_do(about: Part | ContactKind, words: str) -> str:
    """The advice after a failure, an untranslated sentence.

    Args:
        about: what was tried.
        words: what the failure says of itself.

    """
    why = cause(words)
    return _ANYWHERE.get(why) or _SPECIFIC.get((about, why)) or _OTHERWISE[about]


def how_to_ask(part: Part) -> str:
    """The advice for a part that could not be asked, an untranslated sentence; empty if there is none."""
    return _NOT_ASKED.get(part, "")
