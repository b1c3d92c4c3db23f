"""Why the door stays shut: one stable code for each reason, and a sentence for the person in front of it."""

from pylti1p3.exception import LtiException

from ..kernel.errors import RefusedError
from ..kernel.i18n import N_


class LaunchRefusedError(RefusedError, LtiException):  # type: ignore[misc]  # PyLTI1p3 has no types
    """A login or launch that is not let in. `detail` is for the log, never for the page.

    `return_url`: where the LMS wants people back, once its token has been checked.
    """

    return_url = ""

    def __init__(self, code: str, detail: str = "", *, status: int = 400, **values: object) -> None:
        RefusedError.__init__(self, SENTENCES[code], code=code, **values)
        self.detail = detail[:300]
        self.status = status


class RegistrationRefusedError(LaunchRefusedError):
    """A registration that is not taken. What a platform said of it is the `detail`."""


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
    "proof-unexpected": N_("No launch waits for this answer. Open the activity again from your course."),
    "proof-wrong": N_(
        "Your browser and your learning platform do not agree on this launch. "
        "Open the activity again from your course."
    ),
    "window-over": N_(
        "This link was used already, or its five minutes are over. "
        "Go back to the activity and open a window once more."
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
    "notice-malformed": N_("These notices cannot be read."),
    "no-course": N_("This launch comes from outside a course. Open the activity from a course."),
    "registration-incomplete": N_(
        "Your learning platform opens this address by itself. "
        "Copy it, and paste it where your platform asks for a tool's registration address."
    ),
    "invitation-unknown": N_(
        "This invitation does not exist. Ask the administrator of Entraide for a new one."
    ),
    "invitation-used": N_(
        "This invitation was used already. Ask the administrator of Entraide for a new one."
    ),
    "invitation-expired": N_("This invitation is too old. Ask the administrator of Entraide for a new one."),
    "configuration-address": N_(
        "The address of your learning platform cannot be used. It must be public, and begin with https."
    ),
    "configuration-unavailable": N_(
        "Your learning platform did not say how to register with it. "
        "Nothing was registered. Try again in a minute."
    ),
    "configuration-faulty": N_(
        "Your learning platform sent settings with a fault (%(member)s). "
        "Nothing was registered. You can still register by hand."
    ),
    "configuration-foreign": N_(
        "The settings of your learning platform lead to another address (%(member)s). "
        "Nothing was registered. You can still register by hand."
    ),
    "registration-stale": N_(
        "This page was open for too long. Nothing was registered. Begin again in your learning platform."
    ),
    "registration-declined": N_(
        "Your learning platform did not take the registration (%(answer)s). "
        "Nothing was registered. Begin again there, or register by hand."
    ),
    "registration-unclear": N_(
        "Your learning platform did not say whether it took the registration. "
        "Look for Entraide among its tools, remove it there, and begin again."
    ),
    "registration-known": N_(
        "This registration is here already. If your learning platform now shows Entraide twice, "
        "remove the newer one there."
    ),
    "registration-lost": N_(
        "Your learning platform took the registration, but it could not be kept here. "
        "Remove Entraide there, and begin again with a new invitation."
    ),
}

# At which step of a launch each code stops: the step's name for the log, and for the page.
STEPS = {
    "login": N_("the beginning of the sign-in"),
    "platform": N_("the sign-in at your learning platform"),
    "browser": N_("keeping you signed in (cookies)"),
    "token": N_("the check of what your learning platform sent"),
    "deployment": N_("the approval of this installation"),
}
_CODES = {
    "login": (
        "login-incomplete", "target-foreign", "platform-unknown", "platform-pending", "platform-ambiguous",
    ),
    "platform": ("platform-error", "launch-incomplete"),
    "browser": (
        "cookie-missing", "proof-unexpected", "proof-wrong", "window-over", "state-unknown", "state-expired",
        "state-used", "no-session", "session-ended", "form-stale",
    ),
    "token": (
        "token-malformed", "token-signature", "token-expired", "token-claims", "token-nonce",
        "keys-unavailable", "message-unsupported", "no-course",
    ),
    "deployment": ("deployment-unknown",),
}  # fmt: skip
STEP_OF = {code: step for step, codes in _CODES.items() for code in codes}
