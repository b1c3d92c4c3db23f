"""The way back to the LMS (LTI Core 1.3, section 5.4.4, launch presentation's return_url). Pure."""

from urllib.parse import urlencode, urlsplit, urlunsplit


def way_back(return_url: str, **said: str) -> str:
    """The LMS's return address, with what is to be said there; empty when the LMS gave none.

    Args:
        return_url: as the launch had it, a query of its own included.
        said: msg or errormsg (for the person), log or errorlog (for the LMS's log).

    """
    if not return_url:
        return ""
    parts = urlsplit(return_url)
    added = urlencode({f"lti_{name}": text for name, text in said.items() if text})
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, added)))))
