"""Texts and names that must never be more than text."""

from villagers import PEOPLE

# A template would make zqzqzq of a part of it.
EVIL = (
    "<script>zq()</script>\"><svg onload=zq()>{{'zq'*3}}${7*7}'onfocus='zq() [x](javascript:zq())"
    " \u202egpj\u2066 👩🏽‍🔧 \x00\x0b\r\nBcc: zq@evil.example"
)
KNOWN_BY = ("Quennehen", "Zwingelstein", "Pfaffenrath", "Ouspenskaia", "Krzyzanowski")
SURNAMES = dict(zip(PEOPLE, KNOWN_BY, strict=True))
NAMES = {part: f'{surname} <img src=x onerror="zq()">Z' for part, surname in SURNAMES.items()}
NAMES["author"] += "é" * 160


WRITTEN: set[str] = set()  # the places for which there were words


def evil(place: str) -> str:
    """Hostile words of a place, by which they are recognised."""
    WRITTEN.add(place)
    return f"zq-{place}- {EVIL}"
