"""How far apart two texts are, letter by letter."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from itertools import takewhile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from delphi.statistics.arrays import Floats

Texts = Any
"""A text, or a (nested) sequence of texts; None where there is none."""


def levenshtein(first: Texts, second: Texts) -> Floats:
    """Least number of insertions, deletions and substitutions of a letter that turn one text into the other.

    Parameters
    ----------
    first, second : str or array_like of str, shape (...)
        Compared one by one; a single text with each of the others.

    Returns
    -------
    ndarray of float, shape (...)
        Whole numbers from 0 (equal) to the length of the longer text; NaN where a text is None.

    Raises
    ------
    ValueError
        If something is neither a text nor None.

    Notes
    -----
    Letters are Unicode code points after composition (NFC): an accent typed as a mark of its own makes no difference, capitals do.
    Source: Levenshtein (1966), Soviet Physics Doklady 10, 707-710.

    Examples
    --------
    >>> float(levenshtein("kitten", "sitting"))
    3.0
    """
    return _each(first, second, _levenshtein)


def jaro_winkler(first: Texts, second: Texts, prefix_weight: float = 0.1, bonus_above: float = 0.7) -> Floats:
    """Similarity of two short texts by common letters in about the same place, with a bonus for a common beginning.

    Parameters
    ----------
    first, second : str or array_like of str, shape (...)
    prefix_weight : float
        Bonus per letter of the common beginning, of which at most four count; from 0 (Jaro's similarity) to 0.25.
    bonus_above : float
        The bonus is given above this Jaro similarity only, as in Winkler's own program; 0: always.

    Returns
    -------
    ndarray of float, shape (...)
        From 0 to 1 (equal); NaN where a text is None, or both are empty.

    Raises
    ------
    ValueError
        If something is neither a text nor None, or an option is out of its range.

    Notes
    -----
    Made for names, not for sentences. Letters as in `levenshtein`. Source: Jaro (1989), JASA 84, 414-420; Winkler (1990), String
    comparator metrics and enhanced decision rules in the Fellegi-Sunter model of record linkage.

    Examples
    --------
    >>> round(float(jaro_winkler("MARTHA", "MARHTA")), 3)
    0.961
    """
    if not 0 <= prefix_weight <= 0.25:
        raise ValueError(f"prefix_weight: lies between 0 and 0.25, got {prefix_weight}")
    if not 0 <= bonus_above <= 1:
        raise ValueError(f"bonus_above: lies between 0 and 1, got {bonus_above}")

    def similarity(one: str, other: str) -> float:
        if not one and not other:
            return float("nan")
        jaro = _jaro(one, other)
        if jaro <= bonus_above:
            return jaro
        same = sum(
            1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one[:4], other[:4], strict=False))
        )
        return jaro + same * prefix_weight * (1 - jaro)

    return _each(first, second, similarity)


def _each(first: Texts, second: Texts, compare: Callable[[str, str], float]) -> Floats:
    """One number per pair of texts."""
    pairs = np.broadcast(_as_texts(first, "first"), _as_texts(second, "second"))
    found = [float("nan") if one is None or other is None else compare(one, other) for one, other in pairs]
    return np.array(found, dtype=np.float64).reshape(pairs.shape)


def _as_texts(texts: Texts, name: str) -> NDArray[np.object_]:
    given = np.asarray(texts, dtype=object)
    found = np.empty(given.shape, dtype=object)
    for place in np.ndindex(given.shape):
        one = given[place]
        if one is not None and not isinstance(one, str):
            raise ValueError(f"{name}: needs texts, got {type(one).__name__}")
        found[place] = None if one is None else unicodedata.normalize("NFC", one)
    return found


def _levenshtein(one: str, other: str) -> float:
    """The table of Wagner and Fischer row by row; along a row, insertions are a running minimum."""
    letters = np.array([ord(letter) for letter in other], dtype=np.int64)
    places = np.arange(len(other) + 1)
    row = places.copy()
    for deleted, letter in enumerate(one, start=1):
        without_insertion = np.empty_like(row)
        without_insertion[0] = deleted
        without_insertion[1:] = np.minimum(row[1:] + 1, row[:-1] + (letters != ord(letter)))
        row = np.minimum.accumulate(without_insertion - places) + places
    return float(row[-1])


def _jaro(one: str, other: str) -> float:
    """Mean of the two shares of common letters and of the share of these that stand in the same order."""
    reach = max(max(len(one), len(other)) // 2 - 1, 0)
    is_taken = [False] * len(other)
    mine: list[str] = []
    for place, letter in enumerate(one):
        for at in range(max(0, place - reach), min(len(other), place + reach + 1)):
            if not is_taken[at] and other[at] == letter:
                is_taken[at] = True
                mine.append(letter)
                break
    if not mine:
        return 0.0
    theirs = [letter for letter, taken in zip(other, is_taken, strict=True) if taken]
    common, moved = len(mine), sum(a != b for a, b in zip(mine, theirs, strict=True)) // 2
    return (common / len(one) + common / len(other) + (common - moved) / common) / 3
