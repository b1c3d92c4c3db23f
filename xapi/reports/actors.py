"""Who somebody is, in one text that is the same in every statement of theirs."""

from hashlib import sha1
from typing import Any

from xapi.reports.values import mapping, text


def key(agent: Any) -> str | None:
    """Return the key of an agent or an identified group, or None when nothing identifies it.

    `homePage|name` for an account, `mbox_sha1sum|…`, `openid|…`. A mailbox is kept as its SHA-1 sum only: it
    names a person, and the sum is how others may write the same one (xAPI 1.0.3, Part Two, 2.4.2.3).
    """
    agent = mapping(agent)
    account = mapping(agent.get("account"))
    page, name = text(account.get("homePage")), text(account.get("name"))
    if page and name:
        return f"{page}|{name}"
    if mailbox := text(agent.get("mbox")):
        return f"mbox_sha1sum|{sha1(mailbox.encode(), usedforsecurity=False).hexdigest()}"
    if digest := text(agent.get("mbox_sha1sum")):
        return f"mbox_sha1sum|{digest.lower()}"
    if openid := text(agent.get("openid")):
        return f"openid|{openid}"
    return None


def name(agent: Any) -> str | None:
    """Return what an agent is called, or its mailbox, or None."""
    agent = mapping(agent)
    mailbox = text(agent.get("mbox"))
    return text(agent.get("name")) or (mailbox.removeprefix("mailto:") if mailbox else None)


def is_group(agent: Any) -> bool:
    """Whether several people did it."""
    agent = mapping(agent)
    return agent.get("objectType") == "Group" or isinstance(agent.get("member"), list)
