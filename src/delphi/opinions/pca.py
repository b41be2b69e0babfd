"""The map of opinions: two directions in which the votes of persons differ most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.opinions.one_thread import one_thread
from delphi.opinions.votes import Votes, as_votes

Floats = NDArray[np.float64]
COMPONENTS = 2
FEW = 20
"""With at most so many persons or statements the products of all pairs of them are the quickest way."""
RANK = 1e-6
"""Smaller shares of the largest singular value are rounding: votes are whole numbers."""


@dataclass(frozen=True, eq=False)
class OpinionPca:
    """Places of persons on the map of opinions.

    Parameters
    ----------
    coordinates : shape (M, 2); NaN for a person without a vote
    loadings : shape (2, N), the two directions, of length 1; 0 for a statement nobody saw
    means : shape (N,), mean vote on each statement, NaN where nobody saw it
    explained : shape (2,), share of the variance of the imputed table along each direction
    """

    coordinates: Floats
    loadings: Floats
    means: Floats
    explained: Floats


def opinion_pca(votes: ArrayLike | Votes) -> OpinionPca:
    """Principal components of votes with much unseen.

    Parameters
    ----------
    votes : array_like of float, shape (M, N), or Votes
        1 agree, -1 disagree, 0 pass, NaN unseen.

    Returns
    -------
    OpinionPca
        All NaN where there are fewer than two persons with a vote, or no two votes on a statement differ.

    Raises
    ------
    ValueError
        If a vote is none of 1, -1 and 0.

    Notes
    -----
    The unseen is imputed by the mean of the statement and the columns are centred; the imputed cells are then 0 and are never stored.
    Each person is moved outward by sqrt(statements / answered), since imputing pulls those who saw little to the middle. The largest
    loading of each direction is positive, the first of equally large ones. Where the votes differ in one direction only, the
    second coordinate is 0. Source: Small et al. (2021), Polis: scaling deliberation by mapping high dimensional opinion spaces.

    Examples
    --------
    >>> found = opinion_pca([[1, 1], [1, 1], [-1, -1]])
    >>> found.coordinates[:, 0].round(3).tolist(), found.explained.round(3).tolist()
    ([0.943, 0.943, -1.886], [1.0, 0.0])
    """
    given = as_votes(votes)
    persons, statements = given.n_persons, given.n_statements
    nothing = OpinionPca(
        np.full((persons, COMPONENTS), np.nan),
        np.full((COMPONENTS, statements), np.nan),
        given.means,
        np.full(COMPONENTS, np.nan),
    )
    if (given.answered > 0).sum() < 2:
        return nothing
    table = given.centred()
    whole = float((table.data**2).sum())
    if whole == 0:
        return nothing
    with one_thread("scipy.sparse.linalg"):
        sizes, loadings = _directions(table)
    loadings = loadings * np.where(_largest(loadings) < 0, -1, 1)[:, None]
    pulled = np.full(persons, np.nan)
    np.sqrt(np.divide(statements, given.answered, out=pulled, where=given.answered > 0), out=pulled)
    return OpinionPca((table @ loadings.T) * pulled[:, None], loadings, given.means, sizes**2 / whole)


def _directions(table: Any) -> tuple[Floats, Floats]:
    """The two largest singular values and their directions, larger first; zeros where there is no second one."""
    persons, statements = table.shape
    if min(persons, statements) <= FEW:
        sizes, directions = _of_products(table)
    else:
        from scipy.sparse.linalg import svds

        # A start of our own, so that the same votes give the same map to the last digit.
        start = np.random.default_rng(0).standard_normal(min(persons, statements))
        # The tolerance is of squares; the directions are then exact to ten digits even of votes at random.
        _, sizes, directions = svds(table, k=COMPONENTS, v0=start, tol=1e-6)
    found_sizes, found = np.zeros(COMPONENTS), np.zeros((COMPONENTS, statements))
    order = np.argsort(-sizes)[:COMPONENTS]
    for place, one in enumerate(order):
        if sizes[one] > RANK * sizes[order[0]]:
            found_sizes[place], found[place] = sizes[one], directions[one]
    return found_sizes, found


def _of_products(table: Any) -> tuple[Floats, Floats]:
    """Singular values and directions from the products of statements with statements, or, if these are fewer, of persons with persons."""
    persons, statements = table.shape
    if statements <= persons:
        squares, vectors = np.linalg.eigh((table.T @ table).toarray())
        return np.sqrt(np.maximum(squares, 0)), vectors.T
    squares, vectors = np.linalg.eigh((table @ table.T).toarray())
    sizes = np.sqrt(np.maximum(squares, 0))
    return sizes, (table.T @ vectors).T / np.where(sizes > 0, sizes, 1)[:, None]


def _largest(loadings: Floats) -> Floats:
    """Per direction its largest loading; those that differ by rounding alone count as equal and the first is taken."""
    rounded = np.abs(loadings).round(9)
    return np.take_along_axis(loadings, rounded.argmax(axis=1)[:, None], axis=1)[:, 0]
