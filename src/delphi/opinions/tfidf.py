"""What a text is about, in numbers: its terms, weighted by how rare they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from delphi.opinions.terms import as_texts, terms_of


@dataclass(frozen=True, eq=False)
class Tfidf:
    """Weights of terms in texts.

    Parameters
    ----------
    n_terms : how many terms there are
    terms : the terms, in alphabetical order of their code points
    weights : sparse table, shape (T, n_terms); a row has length 1, or is empty for a text without a term
    """

    n_terms: int
    terms: tuple[str, ...]
    weights: Any


def tfidf(
    texts: Sequence[str | None], language: str = "", least_texts: int = 1, largest_share: float = 1.0,
    more_stop_words: Collection[str] = (),
) -> Tfidf:  # fmt: skip
    """Term frequency times inverse document frequency.

    Parameters
    ----------
    texts : sequence of str, length T
        None and blank texts stay as empty rows and are in no frequency.
    language : str
        Code such as "en" or "fr"; decides on stop words, see `terms_of`.
    least_texts, largest_share : terms in fewer texts than these, or in a larger share of the texts, are left out
    more_stop_words : further words that do not count

    Returns
    -------
    Tfidf
        Without a term, a table without columns.

    Raises
    ------
    ValueError
        If something is no text, or an option makes no sense.

    Notes
    -----
    idf = ln((1 + n) / (1 + df)) + 1 over the n texts that are not blank (smooth idf of scikit-learn), times the raw frequency, rows of
    Euclidean length 1. Source: Sparck Jones (1972), Journal of Documentation 28, 11-21; the smoothing is that of scikit-learn.

    Examples
    --------
    >>> found = tfidf(["housing costs", "housing permits", None])
    >>> found.terms, found.weights.toarray().round(4).tolist()
    (('costs', 'housing', 'permits'), [[0.8148, 0.5797, 0.0], [0.0, 0.5797, 0.8148], [0.0, 0.0, 0.0]])
    """
    table, terms = term_counts(texts, language, least_texts, largest_share, more_stop_words)
    return Tfidf(len(terms), terms, weighted(table, texts))


def term_counts(
    texts: Sequence[str | None], language: str = "", least_texts: int = 1, largest_share: float = 1.0,
    more_stop_words: Collection[str] = (),
) -> tuple[Any, tuple[str, ...]]:  # fmt: skip
    """How often each term is in each text, as a sparse table, and the terms; parameters as in `tfidf`."""
    if least_texts < 1:
        raise ValueError(f"least_texts: at least 1, got {least_texts}")
    if not 0 < largest_share <= 1:
        raise ValueError(f"largest_share: a share above 0 and at most 1, got {largest_share}")
    from scipy.sparse import csr_array

    given = as_texts(texts)
    of_text = [terms_of(text, language, more_stop_words) for text in given]
    known = {term: place for place, term in enumerate(sorted({term for terms in of_text for term in terms}))}
    rows = np.repeat(np.arange(len(given)), [len(terms) for terms in of_text])
    columns = np.array([known[term] for terms in of_text for term in terms], dtype=np.int64)
    table = csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(given), len(known)))
    table.sum_duplicates()
    frequency = np.bincount(table.indices, minlength=len(known))
    many = sum(not _is_blank(text) for text in given)
    kept = np.flatnonzero((frequency >= least_texts) & (frequency <= largest_share * many))
    names = list(known)
    return table[:, kept], tuple(names[place] for place in kept)


def weighted(table: Any, texts: Sequence[str | None]) -> Any:
    """Counts of terms as weights, rows of length 1."""
    if 0 in table.shape:
        return table
    from sklearn.feature_extraction.text import TfidfTransformer

    is_text = [place for place, text in enumerate(as_texts(texts)) if not _is_blank(text)]
    model = TfidfTransformer(norm="l2", use_idf=True, smooth_idf=True, sublinear_tf=False).fit(table[is_text])
    return model.transform(table)


def _is_blank(text: str) -> bool:
    return not text.strip()
