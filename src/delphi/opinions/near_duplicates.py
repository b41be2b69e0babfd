"""Statements that say nearly the same: pairs to look at, never merged here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from delphi.opinions.terms import as_texts, words_of
from delphi.opinions.token_set import token_set_ratio

Floats = NDArray[np.float64]
ROWS, BUCKETS = 256, 61


@dataclass(frozen=True)
class Pair:
    """Two texts that may be one, and why.

    Parameters
    ----------
    first, second : their numbers, the lower first
    kind : "same" words in the same order; "contained", all words of one are in the other; or "alike"
    token_set : token-set ratio, 0 to 100
    cosine : of their weighted letter triples, 0 to 1
    """

    first: int
    second: int
    kind: Literal["same", "contained", "alike"]
    token_set: float
    cosine: float


@dataclass(frozen=True)
class NearDuplicates:
    """Proposals for merging.

    Parameters
    ----------
    n_pairs : how many pairs are proposed
    pairs : the same words first, then by the mean of the two likenesses, the strongest first
    """

    n_pairs: int
    pairs: tuple[Pair, ...]


def near_duplicates(
    texts: Sequence[str | None], token_set: float = 90.0, cosine: float = 0.85, contained_from: int = 3,
    languages: Sequence[str] | None = None,
) -> NearDuplicates:  # fmt: skip
    """Pairs of texts that say nearly the same.

    Parameters
    ----------
    texts : sequence of str, length T
        None and texts without a word are in no pair.
    token_set, cosine : a pair is proposed where it reaches one of the two
    contained_from : a text of fewer words is not proposed for being contained in a longer one: "yes" is contained in half of all texts
    languages : sequence of str, length T, optional
        Only texts of one language are paired.

    Returns
    -------
    NearDuplicates
        Of several texts of the same words, each is paired with the first, and only the first with others.

    Raises
    ------
    ValueError
        If something is no text, or an option makes no sense.

    Notes
    -----
    `token_set_ratio` on words without case and punctuation, and the cosine of the tf-idf of letter triples within words (smooth idf, length
    1). Every pair is looked at in blocks, so the time grows with the square of the texts: a few seconds for 5,000, ten for 10,000. Whether two
    statements are to be one is for people to decide, with the map from raw to merged kept. Source: the definition of
    `token_set_ratio` in RapidFuzz; Manning, Raghavan and Schütze (2008), Introduction to Information Retrieval, for the
    cosine.

    Examples
    --------
    >>> found = near_duplicates(["Housing is scarce.", "housing is scarce", "Housing is very scarce here", "Visas take long"])
    >>> [(pair.first, pair.second, pair.kind) for pair in found.pairs]
    [(0, 1, 'same'), (0, 2, 'contained')]
    """
    if not 0 < token_set <= 100:
        raise ValueError(f"token_set: is above 0 and at most 100, got {token_set}")
    if not 0 < cosine <= 1:
        raise ValueError(f"cosine: is above 0 and at most 1, got {cosine}")
    given = as_texts(texts)
    spoken = [""] * len(given) if languages is None else list(languages)
    if len(spoken) != len(given):
        raise ValueError(f"languages: needs one per text, got {len(spoken)} for {len(given)} texts")
    found: list[Pair] = []
    for language in dict.fromkeys(spoken):
        words = {
            number: words_of(text, language)
            for number, text in enumerate(given)
            if spoken[number] == language
        }
        firsts: dict[tuple[str, ...], int] = {}
        for number, own in words.items():
            first = firsts.setdefault(tuple(own), number)
            if own and first != number:
                found.append(Pair(first, number, "same", 100.0, 1.0))
        different = [number for own, number in firsts.items() if own]
        found += _of_different(
            [words[one] for one in different], different, token_set, cosine, contained_from
        )
    found.sort(
        key=lambda pair: (pair.kind != "same", -pair.token_set / 100 - pair.cosine, pair.first, pair.second)
    )
    return NearDuplicates(len(found), tuple(found))


def _of_different(
    words: list[list[str]], numbers: list[int], token_set: float, cosine: float, contained_from: int
) -> Iterator[Pair]:
    """Pairs of texts that are not the same, in blocks of rows."""
    if len(words) < 2:
        return
    sets = [set(own) for own in words]
    letters = np.array([len(" ".join(own)) for own in sets])
    bags = _bags(sets)
    shared, lengths = _word_table(sets)
    triples = _triples(words)
    for start in range(0, len(words), ROWS):
        rows = slice(start, start + ROWS)
        likeness = (triples[rows] @ triples[start:].T).toarray()
        # Letters of common words, each with a space; then of the words of only one of the two.
        common = (shared[rows] @ lengths[start:].T).toarray()
        fewer = np.minimum(letters[rows, None], letters[None, start:]) + 1 - common
        may_share = fewer <= (1 - token_set / 100) * (2 * (common - 1) + fewer) + 1e-9
        apart = np.zeros(likeness.shape, dtype=np.int32)
        for bucket in range(BUCKETS):
            apart += np.abs(bags[rows, bucket, None] - bags[None, start:, bucket])
        may_match = apart <= (1 - token_set / 100) * (letters[rows, None] + letters[None, start:]) + 1e-9
        is_later = np.arange(likeness.shape[1])[None, :] > np.arange(likeness.shape[0])[:, None]
        candidates = is_later & ((likeness >= cosine) | ((common > 0) & may_share) | may_match)
        for row, column in np.argwhere(candidates):
            one, other = start + int(row), start + int(column)
            ratio = token_set_ratio(sets[one], sets[other])
            nearness = min(float(likeness[row, column]), 1.0)
            is_contained = sets[one] <= sets[other] or sets[other] <= sets[one]
            if is_contained and min(len(sets[one]), len(sets[other])) < contained_from:
                is_proposed = nearness >= cosine
            else:
                is_proposed = ratio >= token_set or nearness >= cosine
            if is_proposed:
                first, second = sorted((numbers[one], numbers[other]))
                yield Pair(first, second, "contained" if is_contained else "alike", ratio, nearness)


def _bags(sets: list[set[str]]) -> NDArray[np.int32]:
    """How often each letter occurs in the joined words; letters share buckets, which can only make two texts look nearer."""
    bags = np.zeros((len(sets), BUCKETS), dtype=np.int32)
    for row, own in enumerate(sets):
        codes = np.array([ord(letter) % BUCKETS for letter in " ".join(own)])
        bags[row] = np.bincount(codes, minlength=BUCKETS)
    return bags


def _word_table(sets: list[set[str]]) -> tuple[Any, Any]:
    """Which words are in which text, as 1 and as the number of letters and a space."""
    from scipy.sparse import csr_array

    known: dict[str, int] = defaultdict(lambda: len(known))
    columns = [known[word] for own in sets for word in sorted(own)]
    rows = np.repeat(np.arange(len(sets)), [len(own) for own in sets])
    sizes = np.array([len(word) + 1.0 for word in known])
    shape = (len(sets), len(known))
    return (
        csr_array((np.ones(len(columns)), (rows, columns)), shape=shape),
        csr_array((sizes[columns], (rows, columns)), shape=shape),
    )


def _triples(words: list[list[str]]) -> Any:
    """Weighted letter triples, rows of length 1."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    model = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(3, 3), lowercase=False, norm="l2", smooth_idf=True
    )
    return model.fit_transform([" ".join(own) for own in words])
