"""Texts and names that must never be more than text."""

from village import PEOPLE

# 1337 is what a template would make of a part of it.
EVIL = (
    "<script>zq()</script>\"><svg onload=zq()>{{7*191}}${7*191}'onfocus='zq() [x](javascript:zq())"
    " \u202egpj\u2066 👩🏽‍🔧 \x00\x0b\r\nBcc: zq@evil.example"
)
SURNAMES = dict(zip(PEOPLE, ("Quennehen", "Zwingelstein", "Pfaffenrath"), strict=True))
NAMES = {part: f'{surname} <img src=x onerror="zq()">{"é" * 160}' for part, surname in SURNAMES.items()}


def evil(place: str) -> str:
    """Hostile words of a place, by which they are recognised."""
    return f"zq-{place}- {EVIL}"
