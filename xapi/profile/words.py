"""What people read, in English and French."""

Words = dict[str, str]
"""A language map (xAPI 1.0.3, Part Two, 4.2)."""


def words(en: str, fr: str) -> Words:
    """Return the same thing said in both languages."""
    return {"en": en, "fr": fr}
