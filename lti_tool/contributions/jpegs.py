"""JPEG streams as they stand in PDF documents: their pixels untouched, their metadata taken out."""

_KEPT = {0xE0, 0xE2, 0xEE}  # JFIF, colour profile, Adobe's colour transform: the picture needs them
_START, _SCAN = b"\xff\xd8", 0xDA


def without_metadata(data: bytes) -> bytes:
    """A JPEG stream without its application segments (Exif, XMP, IPTC) and comments.

    ITU-T T.81, annex B: segments stand between the start of the image and its first scan. What does not
    follow that is given back as it is.
    """
    if not data.startswith(_START):
        return data
    kept, at = [_START], 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != _SCAN:
        marker, end = data[at + 1], at + 2 + int.from_bytes(data[at + 2 : at + 4])
        if not (0xE0 <= marker <= 0xEF or marker == 0xFE) or marker in _KEPT:
            kept.append(data[at:end])
        at = end
    return b"".join([*kept, data[at:]])
