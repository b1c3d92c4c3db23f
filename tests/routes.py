"""All addresses of the rooms where people share, exchange and review, as the application lists them."""

from collections.abc import Iterator

from flask import Flask
from reviewed import COMPARED, REVIEWED
from villagers import GESTURE, Village
from werkzeug.routing import Rule

ROOMS = (
    "activities", "contributions", "files", "together", "coauthors", "uploads", "gallery", "exchanges",
    "versions", "live", "news", "home", "rubric", "reviews", "flags", "gradebook", "people", "privacy",
    "matrix", "releases", "overrides",
)  # fmt: skip


CHOICES = {"part", "column", "case", "what"}  # of a few words: no address can be made of another
REVIEWING = {"reviews", "flags", "gradebook", "matrix", "releases", "overrides"}


def place(rule: Rule) -> str:
    """The activity in which a page is at home."""
    if "compar" in rule.rule and rule.endpoint.startswith("reviews."):
        return COMPARED
    reviewing = rule.endpoint.partition(".")[0] in REVIEWING
    return REVIEWED if reviewing else GESTURE


def rules(app: Flask, method: str) -> list[Rule]:
    """The addresses of a launch's pages of these rooms; those that end an activity come last."""
    found = [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())]
    mine = [rule for rule in found if rule.endpoint.partition(".")[0] in ROOMS]
    return sorted(mine, key=lambda rule: (rule.endpoint.startswith("activities"), rule.rule))


def addresses(village: Village, rule: Rule, odd: str = "") -> Iterator[str]:
    """A rule's address with ids of what is there; and with something `odd` in the place of each.

    Raises KeyError: a rule has a part that the village knows nothing of. Let it be there too.
    """
    known = {name: village.ids[name] for name in rule.arguments - {"launch"}}
    for spoilt in [None, *(known.keys() - CHOICES)] if odd else [None]:
        values = known | ({spoilt: odd} if spoilt else {})
        _, path = rule.build({"launch": "l", **values}, append_unknown=False) or ("", "")
        if path:
            yield path.removeprefix("/l/l")
