"""What a platform offers in a launch: line items, roster, groups, notices, a place for our answer. Pure."""

from dataclasses import dataclass

from .addresses import web_address
from .names import DEEP_LINKING
from .refusals import LaunchRefusedError
from .shapes import Claims, address, faulty, flag, line, optional, required, texts

AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
GROUPS = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice"
NOTICES = "https://purl.imsglobal.org/spec/lti/claim/platformnotificationservice"
LARGEST_DATA = 16 * 1024  # characters of what a platform wants back as it is


@dataclass(frozen=True, slots=True)
class Offer:
    """The services a platform offers for a link and its course."""

    lineitem_url: str = ""
    lineitems_url: str = ""
    ags_scopes: tuple[str, ...] = ()
    memberships_url: str = ""
    groups_url: str = ""
    group_sets_url: str = ""
    notices_url: str = ""
    notice_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeepLinking:
    """What a platform asks for in its dialog (Deep Linking 2.0, section 4.4.1)."""

    return_url: str
    data: str | None
    accept_multiple: bool
    accept_lineitem: bool | None
    targets: tuple[str, ...]
    title: str
    text: str


def read_offer(claims: Claims) -> Offer:
    """The services of a launch; what is of another shape is not offered."""
    grades, groups, notices = optional(claims, AGS), optional(claims, GROUPS), optional(claims, NOTICES)
    return Offer(
        lineitem_url=address(grades, "lineitem"),
        lineitems_url=address(grades, "lineitems"),
        ags_scopes=tuple(scope for scope in texts(grades, "scope") if web_address(scope)),
        memberships_url=address(optional(claims, NRPS), "context_memberships_url"),
        groups_url=address(groups, "context_groups_url"),
        group_sets_url=address(groups, "context_group_sets_url"),
        notices_url=address(notices, "platform_notification_service_url"),
        notice_types=texts(notices, "notice_types_supported"),
    )


def read_deep_linking(claims: Claims) -> DeepLinking:
    """What the platform's dialog takes.

    Raises:
        LaunchRefusedError: token-claims, or message-unsupported when it takes no resource links.

    """
    settings = required(claims, DEEP_LINKING + "deep_linking_settings")
    return_url, data = address(settings, "deep_link_return_url"), settings.get("data")
    if not return_url:
        raise faulty("deep_link_return_url")
    if data is not None and not (isinstance(data, str) and len(data) <= LARGEST_DATA and "\x00" not in data):
        raise faulty("data")
    if "ltiResourceLink" not in texts(settings, "accept_types"):
        raise LaunchRefusedError("message-unsupported", "accept_types", message="accept_types")
    return DeepLinking(
        return_url=return_url,
        data=data,
        accept_multiple=flag(settings, "accept_multiple") is True,
        accept_lineitem=flag(settings, "accept_lineitem"),
        targets=texts(settings, "accept_presentation_document_targets"),
        title=line(settings, "title"),
        text=line(settings, "text"),
    )
