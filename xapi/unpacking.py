"""Compressed answers, unpacked piece by piece: a few bytes never become many before somebody counts them."""

import re
import zlib
from collections.abc import Iterable, Iterator

import httpx

_PIECE = 64 * 1024  # bytes
_UNASKED = frozenset({"br", "bzip2", "compress", "deflate", "gzip", "x-compress", "x-gzip", "zstd"})


def unpacked(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Yield what the chunks of an answer's body hold, in pieces of bounded size.

    Each chunk gives at least one piece, if an empty one, so that who counts bytes and seconds can stop.
    `encoding` is the answer's Content-Encoding (RFC 9110, 8.4): gzip or zlib, once. A word that means no
    compression ("utf-8", as some say) changes nothing. Raises httpx.DecodingError for all other ones, and
    for what is broken.
    """
    encodings = [one for one in re.split(r"[\s,]+", encoding.lower()) if one not in {"", "identity"}]
    if not _UNASKED.intersection(encodings):
        yield from chunks
        return
    if encodings not in (["gzip"], ["x-gzip"], ["deflate"]):
        raise httpx.DecodingError(f"an answer compressed in a way that was not asked for: {encoding[:100]}")
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)  # either, by its first bytes
    begun = False
    for chunk in chunks:
        begun = begun or bool(chunk)
        left, piece = chunk, b"."
        while left or len(piece) == _PIECE:
            try:
                piece = unpacker.decompress(left, _PIECE)
            except zlib.error as error:
                raise httpx.DecodingError(f"not {encoding}: {error}") from error
            yield piece
            left = unpacker.unconsumed_tail
    if begun and not unpacker.eof:
        raise httpx.DecodingError(f"{encoding} that ends in the middle")
