"""Who voted what on which statement, kept by what was voted and not by what could have been."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Votes:
    """Votes of persons on statements; the memory grows with the votes, not with persons times statements.

    Parameters
    ----------
    n_statements : how many statements there are, also those nobody saw
    starts : array of int, shape (M + 1,)
        The votes of person p are those from `starts[p]` up to `starts[p + 1]`.
    statement : array of int, shape (V,)
        On which statement, rising within a person.
    vote : array of int, shape (V,)
        1 agree, -1 disagree, 0 pass. What is not listed was not seen.
    """

    n_statements: int
    starts: Ints
    statement: NDArray[np.int32]
    vote: NDArray[np.int8]

    @classmethod
    def from_matrix(cls, matrix: ArrayLike) -> Votes:
        """Votes in a table of persons × statements, NaN for unseen.

        Raises
        ------
        ValueError
            If it has not two dimensions, or a cell is none of 1, -1, 0 and NaN.
        """
        given = np.asarray(matrix, dtype=np.float64)
        if given.ndim != 2:
            raise ValueError(f"votes: need persons and statements as dimensions, got shape {given.shape}")
        person, statement = np.nonzero(~np.isnan(given))
        vote = _checked(given[person, statement], 1)
        starts = np.concatenate(([0], np.cumsum(np.bincount(person, minlength=len(given)))))
        return cls(given.shape[1], starts.astype(np.int64), statement.astype(np.int32), vote)

    @classmethod
    def from_rows(
        cls, person: ArrayLike, statement: ArrayLike, vote: ArrayLike, n_persons: int, n_statements: int,
        agree: int = 1,
    ) -> Votes:  # fmt: skip
        """Votes in rows, in the order in which they were given; of two votes of a person on a statement the later counts.

        Parameters
        ----------
        person, statement : array_like of int, shape (V,)
            From 0 on.
        vote : array_like of int, shape (V,)
        n_persons, n_statements : how many there are, also those without a vote
        agree : 1 or -1
            What stands for agreement: -1 in the database of Polis and what its mathematics write, 1 in its exports for people.

        Raises
        ------
        ValueError
            If the rows differ in length, a number is out of range, or a vote is none of 1, -1 and 0.

        Examples
        --------
        >>> Votes.from_rows([0, 1, 0], [0, 0, 0], [1, 1, -1], n_persons=2, n_statements=1).matrix().tolist()
        [[-1.0], [1.0]]
        """
        who, what = _numbers(person, "person", n_persons), _numbers(statement, "statement", n_statements)
        if agree not in (1, -1):
            raise ValueError(f"agree: is 1 or -1, got {agree}")
        said = _checked(np.asarray(vote), agree)
        if not len(who) == len(what) == len(said):
            raise ValueError(
                f"vote: person, statement and vote need one entry per row, got {len(who)}, {len(what)}, {len(said)}"
            )
        key = who * n_statements + what
        if np.any(key[1:] <= key[:-1]):
            order = np.argsort(key, kind="stable")
            key = key[order]
            is_last = np.append(key[1:] != key[:-1], True) if len(key) else np.zeros(0, dtype=bool)
            key, said = key[is_last], said[order][is_last]
        person_of, statement_of = np.divmod(key, max(n_statements, 1))
        starts = np.concatenate(([0], np.cumsum(np.bincount(person_of, minlength=n_persons))))
        return cls(n_statements, starts.astype(np.int64), statement_of.astype(np.int32), said)

    @property
    def n_persons(self) -> int:
        """How many persons there are, also those without a vote."""
        return len(self.starts) - 1

    @cached_property
    def answered(self) -> Ints:
        """How many statements each person saw and voted on or passed, shape (M,)."""
        return np.diff(self.starts)

    @cached_property
    def seen(self) -> Ints:
        """How many persons saw each statement, shape (N,)."""
        return np.bincount(self.statement, minlength=self.n_statements)

    @cached_property
    def means(self) -> NDArray[np.float64]:
        """Mean vote on each statement over those who saw it, shape (N,); NaN where nobody did."""
        total = np.bincount(self.statement, self.vote, minlength=self.n_statements)
        found = np.full(self.n_statements, np.nan)
        np.divide(total, self.seen, out=found, where=self.seen > 0)
        return found

    def matrix(self) -> NDArray[np.float64]:
        """All cells, shape (M, N), NaN for unseen; for small tables."""
        found = np.full((self.n_persons, self.n_statements), np.nan)
        found[np.repeat(np.arange(self.n_persons), self.answered), self.statement] = self.vote
        return found

    def centred(self) -> Any:
        """Vote minus mean of the statement, 0 where unseen, as a sparse table (M, N).

        That is the table in which the unseen is imputed by the mean of the statement and every column is centred: imputing leaves
        the mean as it is, so all imputed cells become 0.
        """
        from scipy.sparse import csr_array

        return csr_array(
            (self.vote - self.means[self.statement], self.statement, self.starts),
            shape=(self.n_persons, self.n_statements),
        )

    def of(self, persons: ArrayLike) -> Votes:
        """The votes of these persons, in this order; a person may occur several times."""
        chosen = np.asarray(persons, dtype=np.int64)
        many = self.answered[chosen]
        starts = np.concatenate(([0], np.cumsum(many)))
        places = np.arange(starts[-1]) + np.repeat(self.starts[chosen] - starts[:-1], many)
        return Votes(self.n_statements, starts, self.statement[places], self.vote[places])

    def per_group(self, group: ArrayLike, n_groups: int) -> Ints:
        """How many of each group disagree, pass and agree, shape (N, G, 3).

        Parameters
        ----------
        group : array_like of int, shape (M,)
            From 0 on; a person with a negative number is in none.
        """
        own = np.asarray(group)
        if own.shape != (self.n_persons,):
            raise ValueError(f"group: needs one number per person, got shape {own.shape}")
        if own.max(initial=-1) >= n_groups:
            raise ValueError(f"group: numbers are below {n_groups}, got {own.max()}")
        cells = self.n_statements * n_groups * 3
        of_vote = np.repeat(own.astype(np.int32), self.answered)
        cell = (self.statement * np.int32(n_groups) + of_vote) * np.int32(3) + self.vote + np.int32(1)
        counts = np.bincount(cell[of_vote >= 0], minlength=cells)
        return counts.reshape(self.n_statements, n_groups, 3)


def as_votes(votes: ArrayLike | Votes) -> Votes:
    """Votes from a table of persons × statements, or as they are."""
    return votes if isinstance(votes, Votes) else Votes.from_matrix(votes)


def votes_of_ratings(
    ratings: ArrayLike, agreeing: ArrayLike, disagreeing: ArrayLike, passed: ArrayLike | None = None
) -> NDArray[np.float64]:
    """Ratings on an ordered scale as votes.

    Parameters
    ----------
    ratings : array_like of float, shape (M, N)
        Values of the scale, NaN for no answer.
    agreeing, disagreeing : array_like of float
        The values of the band that agrees, and of the opposite band.
    passed : array_like of bool, shape (M, N), optional
        Who saw the statement and took no side in another way, such as by "no opinion".

    Returns
    -------
    ndarray of float, shape (M, N)
        1 in the band that agrees, -1 in the opposite one, 0 elsewhere on the scale and where `passed`, NaN unseen.

    Raises
    ------
    ValueError
        If a value is in both bands, or the shapes differ.

    Notes
    -----
    The middle of the scale becomes passing: what was seen and neither agreed to nor rejected. Source: the votes of Polis, Small et al.
    (2021); the bands are those the study declares.

    Examples
    --------
    >>> votes_of_ratings([[9, 5, 2, float("nan")]], agreeing=[7, 8, 9], disagreeing=[1, 2, 3]).tolist()
    [[1.0, 0.0, -1.0, nan]]
    """
    given = np.asarray(ratings, dtype=np.float64)
    high, low = np.asarray(agreeing, dtype=np.float64), np.asarray(disagreeing, dtype=np.float64)
    if np.intersect1d(high, low).size:
        raise ValueError("disagreeing: shares a value with agreeing")
    votes = np.where(np.isnan(given), np.nan, np.isin(given, high) * 1.0 - np.isin(given, low))
    if passed is None:
        return votes
    without_side = np.asarray(passed, dtype=bool)
    if without_side.shape != given.shape:
        raise ValueError(f"passed: needs the shape of ratings {given.shape}, got {without_side.shape}")
    return np.where(without_side & np.isnan(given), 0.0, votes)


def _checked(votes: NDArray[Any], agree: int) -> NDArray[np.int8]:
    """Votes as 1, -1 and 0."""
    wrong = int((~np.isin(votes, (-1, 0, 1))).sum())
    if wrong:
        raise ValueError(f"votes: are 1, -1, 0 or unseen; {wrong} are something else")
    return (votes * agree).astype(np.int8)


def _numbers(numbers: ArrayLike, name: str, below: int) -> Ints:
    given = np.asarray(numbers)
    if given.ndim != 1 or given.dtype.kind not in "iu":
        raise ValueError(f"{name}: needs whole numbers in one dimension")
    if given.size and (given.min() < 0 or given.max() >= below):
        raise ValueError(f"{name}: numbers run from 0 to {below - 1}")
    return given.astype(np.int64, copy=False)
