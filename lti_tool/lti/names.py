"""Names that stand in messages both ways: claims, and the custom parameters that we ask platforms for."""

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/"
# Asked for at registration and in deep links.
CONTEXT_HISTORY, LINK_HISTORY, ACTIVITY = "context_history", "resource_link_history", "activity"
GROUP_IDS, GROUP_NAMES = "group_ids", "section_names"
