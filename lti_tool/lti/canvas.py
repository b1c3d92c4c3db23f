"""The configuration that a Canvas developer key is made from, by pasting its address. Pure.

Instructure's documentation, "Configuring LTI Advantage Tools", anatomy of a JSON configuration.
"""

from typing import Any
from urllib.parse import urlsplit

from . import names
from .platformconfiguration import LAUNCH
from .toolconfiguration import (
    DEEP_LINKING,
    DESCRIPTION,
    GROUPS,
    NAME,
    PRIVACY_LEVEL,
    SCOPES,
    VARIABLES,
)

PLATFORM = "canvas.instructure.com"
LABELS = {"en": f"{NAME} (peer review)", "fr": f"{NAME} (relecture entre pairs)"}
DIALOG = {"selection_width": 900, "selection_height": 700}  # px


def developer_key(base_url: str) -> dict[str, Any]:
    """The JSON of an LTI key: placements, scopes and custom variables that Canvas has."""
    launch = f"{base_url}/lti/launch"
    return {
        "title": NAME,
        "description": DESCRIPTION["en"],
        "target_link_uri": launch,
        "oidc_initiation_url": f"{base_url}/lti/login",
        "redirect_uris": [launch],
        "public_jwk_url": f"{base_url}/lti/jwks",
        "scopes": [scope for scope in SCOPES if scope != GROUPS],
        "custom_fields": {name: f"${VARIABLES[name]}" for name in (names.CONTEXT_HISTORY, names.GROUP_NAMES)},
        "extensions": [
            {
                "platform": PLATFORM,
                "domain": urlsplit(base_url).netloc,
                "tool_id": NAME.lower(),
                "privacy_level": PRIVACY_LEVEL,
                "settings": {
                    "platform": PLATFORM,
                    "text": NAME,
                    "placements": [
                        _placement("assignment_selection", DEEP_LINKING, launch, **DIALOG),
                        _placement("link_selection", DEEP_LINKING, launch, **DIALOG),
                        _placement(
                            "course_navigation", LAUNCH, launch, default="disabled", visibility="members"
                        ),
                    ],
                },
            }
        ],
    }


def _placement(name: str, message: str, launch: str, **more: Any) -> dict[str, Any]:
    return {
        "placement": name,
        "enabled": True,
        "message_type": message,
        "target_link_uri": launch,
        "text": LABELS["en"],
        "labels": LABELS,
        **more,
    }
