"""Whether the top terms of a theme occur together, and whether two sets of themes are the same."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

Terms = Sequence[int]


def npmi_coherence(tops: Sequence[Terms], table: Any) -> NDArray[np.float64]:
    """Normalised pointwise mutual information of the top terms of each theme.

    Parameters
    ----------
    tops : per theme the columns of its top terms
    table : sparse table (T, terms), above 0 where a term is in a text

    Returns
    -------
    ndarray of float, shape (themes,)
        Mean over the pairs of top terms, from -1 (never in one text) over 0 (independent) to 1 (always together); NaN for a theme with
        fewer than two terms.

    Notes
    -----
    ln(p_ab / (p_a p_b)) / -ln p_ab over the texts as documents; two terms that are in every text are 0. Source: Bouma (2009); Lau, Newman
    and Baldwin (2014), Machine reading tea leaves.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> table = csr_array([[1, 1, 0], [1, 1, 0], [0, 0, 1], [0, 1, 1]])
    >>> npmi_coherence([[0, 1], [1, 2]], table).round(4).tolist()
    [0.415, -0.2925]
    """
    columns = np.unique([term for top in tops for term in top]).astype(np.int64)
    occurs = (table[:, columns] > 0).astype(np.float64)
    texts = table.shape[0]
    together = (occurs.T @ occurs).toarray() / max(texts, 1)
    place = {term: number for number, term in enumerate(columns.tolist())}
    found = []
    for top in tops:
        pairs = [_npmi(together, place[int(a)], place[int(b)]) for a, b in combinations(top, 2)]
        found.append(float(np.mean(pairs)) if pairs else float("nan"))
    return np.array(found)


def _npmi(together: NDArray[np.float64], a: int, b: int) -> float:
    both = together[a, b]
    if both == 0:
        return -1.0
    if both == 1:
        return 0.0
    return float(np.log(both / (together[a, a] * together[b, b])) / -np.log(both))


def likeness(first: Sequence[Terms], second: Sequence[Terms]) -> float:
    """Mean Jaccard index of the top terms of two sets of as many themes, each theme with its partner in the best pairing.

    Notes
    -----
    Source: Greene, O'Callaghan and Cunningham (2014), How many topics? Stability analysis for topic models, with sets in the place of
    rankings.

    Examples
    --------
    >>> round(likeness([[1, 2, 3], [4, 5, 6]], [[4, 5, 7], [1, 2, 3]]), 4)
    0.75
    """
    from scipy.optimize import linear_sum_assignment

    ones, others = [set(map(int, top)) for top in first], [set(map(int, top)) for top in second]
    index = np.array([[len(a & b) / len(a | b) if a | b else 1.0 for b in others] for a in ones])
    rows, columns = linear_sum_assignment(-index)
    return float(index[rows, columns].mean())
