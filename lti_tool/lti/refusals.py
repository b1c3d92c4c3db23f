"""Why the door stays shut: one stable code for each reason, and a sentence for the person in front of it."""

from pylti1p3.exception import LtiException

from ..kernel.errors import RefusedError
from ..kernel.i18n import N_


class LaunchRefusedError(RefusedError, LtiException):  # type: ignore[misc]  # PyLTI1p3 has no types
    """A login or launch that is not let in. `detail` is for the log, never for the page."""

    def __init__(self, code: str, detail: str = "", *, status: int = 400, **values: object) -> None:
        RefusedError.__init__(self, SENTENCES[code], code=code, **values)
        self.detail = detail[:300]
        self.status = status


SENTENCES = {
    "login-incomplete": N_(
        "Your learning platform did not send all that we need. Open the activity again from your course."
    ),
    "platform-unknown": N_(
        "This learning platform is not registered here. Ask your administrator to register it."
    ),
    "platform-pending": N_(
        "This registration is not confirmed yet. Ask the administrator of Entraide to confirm it."
    ),
    "platform-ambiguous": N_(
        "Your learning platform did not say which registration it uses. Ask your administrator to check it."
    ),
    "target-foreign": N_(
        "The link in your course points to another address. Ask your instructor to check it."
    ),
    "platform-error": N_(
        "Your learning platform could not sign you in. Open the activity again from your course."
    ),
    "launch-incomplete": N_("The launch did not arrive whole. Open the activity again from your course."),
    "cookie-missing": N_(
        "Your browser did not keep the cookie of this launch. "
        "Allow cookies for this page, or open the activity in a window of its own."
    ),
    "state-unknown": N_(
        "This launch was not started here, or too long ago. Open the activity again from your course."
    ),
    "state-expired": N_("This launch took too long. Open the activity again from your course."),
    "state-used": N_("This launch was used already. Open the activity again from your course."),
    "token-malformed": N_(
        "Your learning platform sent a launch that cannot be read. Open the activity again from your course."
    ),
    "token-signature": N_(
        "The signature of this launch could not be checked. Open the activity again from your course."
    ),
    "token-expired": N_(
        "This launch is out of date. Open the activity again. "
        "If it happens every time, ask your administrator to check the clock."
    ),
    "token-claims": N_(
        "Your learning platform sent a launch with a fault (%(claim)s). Ask your administrator to check it."
    ),
    "token-nonce": N_("This launch answers another one. Open the activity again from your course."),
    "keys-unavailable": N_("The keys of your learning platform cannot be reached. Try again in a minute."),
    "deployment-unknown": N_(
        "This installation in your learning platform is not approved yet. "
        "Ask your administrator to approve deployment %(deployment)s."
    ),
    "message-unsupported": N_(
        "This kind of launch cannot be used here (%(message)s). Ask your administrator to check the link."
    ),
    "no-course": N_("This launch comes from outside a course. Open the activity from a course."),
}
