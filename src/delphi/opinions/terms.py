"""Texts as terms: which letters belong together, and which words do not count."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence

from delphi.opinions.stop_words import stop_words

_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
)
"""Thai, Lao, Burmese, Khmer, Japanese and Chinese, which are written without spaces between words."""


class _Separating(dict[int, int]):
    """Code point → itself where it belongs to a word: letters, digits, their marks, apostrophes, joiners; else → space."""

    def __missing__(self, code: int) -> int:
        letter = chr(code)
        in_word = unicodedata.category(letter)[0] in "LNM" or letter in "'\u200c\u200d"
        self[code] = code if in_word else ord("'") if letter == "\u2019" else ord(" ")
        return self[code]


_SEPARATING = _Separating()


def plain(text: str) -> str:
    """A text in one spelling: letters composed, compatible forms alike (NFKC), without case (casefold).

    Examples
    --------
    >>> plain("E\\u0301TUDE, Straße, ﬁn")
    'étude, strasse, fin'
    """
    # Case folding can decompose letters, so compose once more.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def terms_of(text: str, language: str = "", more_stop_words: Collection[str] = ()) -> list[str]:
    """The terms of a text, in their order.

    Parameters
    ----------
    text : str
    language : str
        Code such as "en" or "fr-CA": decides on the stop words and on apostrophes. Empty: no stop words.
    more_stop_words : further words that do not count

    Returns
    -------
    list of str
        Words of two letters and more without case, accents kept. In scripts without spaces, overlapping pairs of letters.

    Notes
    -----
    French elision is undone ("l'étude" is "étude"); elsewhere a word keeps its apostrophe ("don't"), but for the English possessive. Pairs
    of letters are how search engines index Chinese and Japanese; they need no dictionary.

    Examples
    --------
    >>> terms_of("The panel's answers don't matter", "en"), terms_of("L'étude qu'il propose", "fr")
    (['panel', 'answers', 'matter'], ['étude', 'propose'])
    >>> terms_of("光は重要")
    ['光は', 'は重', '重要']
    """
    without = stop_words(language) | {plain(word) for word in more_stop_words}
    return [term for term in words_of(text, language) if len(term) > 1 and term not in without]


def words_of(text: str, language: str = "") -> list[str]:
    """All words of a text, without case and punctuation, also stop words and single letters.

    Examples
    --------
    >>> words_of("A panel’s answers, 2 rounds")
    ['a', 'panel', 'answers', '2', 'rounds']
    """
    is_french = language.lower().startswith("fr")
    found: list[str] = []
    for word in plain(text).translate(_SEPARATING).split():
        for part in word.split("'") if is_french else [word.strip("'").removesuffix("'s")]:
            found += _pieces(part)
    return [word for word in found if word]


def _pieces(word: str) -> list[str]:
    """The word; where it is written without spaces, its pairs of letters."""
    if not _UNSPACED.search(word):
        return [word]
    pieces: list[str] = []
    place = 0
    for run in _UNSPACED.finditer(word):
        pieces += [word[place : run.start()]] if run.start() > place else []
        letters = run.group()
        pieces += [letters[at : at + 2] for at in range(max(len(letters) - 1, 1))]
        place = run.end()
    return pieces + ([word[place:]] if place < len(word) else [])


def as_texts(texts: Sequence[str | None]) -> list[str]:
    """Texts, an empty one for None.

    Raises
    ------
    ValueError
        If a single text is given, or something else than texts.
    """
    if isinstance(texts, str):
        raise ValueError("texts: needs a list of texts, got a single text")
    given = list(texts)
    strange = sum(one is not None and not isinstance(one, str) for one in given)
    if strange:
        raise ValueError(f"texts: {strange} of {len(given)} are not texts")
    return [one or "" for one in given]
