"""Finding the columns of a file by name, whatever a platform did to the headers."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import lru_cache

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_STRAIGHT = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "‚": "'",
        "‛": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "‟": '"',
        "\u00a0": " ",
        "\u202f": " ",
    }
)


@lru_cache(maxsize=16384)
def plain(header: str) -> str:
    """A header as it is compared: without HTML, with straight quotes and ordinary blanks, in composed form.

    Examples
    --------
    >>> plain("<b>Recipient&#8217;s&nbsp;age</b> ")
    "Recipient's age"
    """
    text = html.unescape(_TAG.sub("", header))
    return unicodedata.normalize("NFC", text).translate(_STRAIGHT).strip()


class Headers:
    """The headers of one file, found as they stand or else by how they are compared."""

    def __init__(self, headers: Sequence[str]) -> None:
        self.names = tuple(headers)
        self._exact: dict[str, int] = {}
        self._plain: dict[str, int] = {}
        for place, header in enumerate(headers):
            if header:
                self._exact.setdefault(header, place)
                self._plain.setdefault(plain(header), place)

    def find(self, name: str) -> int | None:
        """Place of the column of this name; None when there is none."""
        if name in self._exact:
            return self._exact[name]
        return self._plain.get(plain(name)) if name else None


def nearest(name: str, candidates: Iterable[str]) -> str:
    """The candidate most like a name; the empty text when none is like it."""
    by_plain = {plain(one).casefold(): one for one in candidates if one}
    close = get_close_matches(plain(name).casefold(), list(by_plain), n=1, cutoff=0.6)
    return by_plain[close[0]] if close else ""
