"""How alike two texts are as sets of words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection


def token_set_ratio(first: Collection[str], second: Collection[str]) -> float:
    """Likeness of two texts by their common words and the letters of the others.

    Parameters
    ----------
    first, second : collections of str
        The words of each text; order and repetition do not matter.

    Returns
    -------
    float
        From 0 to 100; 100 where all words of one are words of the other; 0 where a text has no word.

    Notes
    -----
    With the common words c, and a and b the other words of each text, all sorted and joined by spaces: the largest of the ratios of c with
    c + a, of c with c + b, and of c + a with c + b, where the ratio of two strings is 100 (1 - d / (their letters)), d the letters to be
    inserted and deleted. Source: the definition of `token_set_ratio` in RapidFuzz 3 (MIT), after FuzzyWuzzy.

    Examples
    --------
    >>> round(token_set_ratio("fuzzy was a bear".split(), "fuzzy fuzzy was a hare".split()), 2)
    87.5
    >>> token_set_ratio(["new", "housing"], ["housing", "is", "new"])
    100.0
    """
    ones, others = set(first), set(second)
    if not ones or not others:
        return 0.0
    common, only_one, only_other = ones & others, ones - others, others - ones
    if common and not (only_one and only_other):
        return 100.0
    a, b = " ".join(sorted(only_one)), " ".join(sorted(only_other))
    shared = len(" ".join(common))
    gap = 1 if shared else 0
    with_a, with_b = shared + gap + len(a), shared + gap + len(b)
    ratios = [_ratio(len(a) + len(b) - 2 * common_letters(a, b), with_a + with_b)]
    if shared:
        ratios += [_ratio(gap + len(a), shared + with_a), _ratio(gap + len(b), shared + with_b)]
    return max(ratios)


def common_letters(first: str, second: str) -> int:
    """Length of the longest common subsequence.

    Notes
    -----
    Row by row with the bits of whole numbers in the place of cells. Source: Hyyrö (2004), Bit-parallel LCS-length computation
    revisited.

    Examples
    --------
    >>> common_letters("kitten", "sitting")
    4
    """
    places: dict[str, int] = defaultdict(int)
    for place, letter in enumerate(first):
        places[letter] |= 1 << place
    row = everything = (1 << len(first)) - 1
    for letter in second:
        met = row & places.get(letter, 0)
        row = (row + met) | (row - met)
    return len(first) - (row & everything).bit_count()


def _ratio(apart: int, letters: int) -> float:
    return 100.0 * (1 - apart / letters)
