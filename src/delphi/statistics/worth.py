"""The worth of objects by maximum likelihood: Bradley-Terry from pairs, Plackett-Luce from rankings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Floats, divided
from delphi.statistics.options import one_of
from delphi.statistics.paired_comparisons import UNRANKED, as_wins
from delphi.statistics.rankings import as_rankings

PENALTIES = (None, "ridge", "pseudo_wins")
"""None: the maximum of the likelihood itself, where there is one. Ridge: less `strength` × the sum of the squared
log-worths, with mean 0. Pseudo-wins: as if each object had beaten each other `strength` times more."""
STEPS = 200
"""Most steps of Newton's method; it needs about ten."""

Derivatives = Callable[[Floats, NDArray[np.int64]], tuple[Floats, Floats, Floats]]
"""Log-worths (B, N) and which cases they are of → log-likelihood (B,), gradient (B, N) and negative second derivatives
(B, N, N)."""


@dataclass(frozen=True)
class Worth:
    """Worth of objects.

    Parameters
    ----------
    log_worth : shape (..., N), 0 for the reference; with `reference` None their mean is 0
    se : shape (..., N), standard error of `log_worth`; NaN with a penalty
    worth : shape (..., N), adding up to 1
    n : shape (...), comparisons or rankings
    """

    log_worth: Floats
    se: Floats
    worth: Floats
    n: NDArray[np.int64]


def bradley_terry(
    wins: ArrayLike, penalty: str | None = None, strength: float = 0.0, reference: int | None = 0
) -> Worth:
    """Worth of objects from paired comparisons (Bradley-Terry model).

    The log-odds that one object is preferred to another are the difference of their log-worths.

    Parameters
    ----------
    wins : array_like of float, shape (..., N, N)
        How often the object of the row was preferred to that of the column.
    penalty : None, "ridge" or "pseudo_wins"
        See `PENALTIES`.
    strength : above 0 with a penalty, 0 without
    reference : object (from 0) whose log-worth is 0; None: their mean is 0

    Returns
    -------
    Worth
        NaN without a comparison and below two objects; without a penalty also where the objects fall into two groups such
        that none of the one was ever preferred to one of the other: then no finite worth is the most likely.

    Notes
    -----
    Newton's method; `se` from the second derivatives. The check is that each object reaches each other along wins.
    Source: Bradley and Terry (1952), Biometrika 39, 324-345; Ford (1957) for the condition; Hunter (2004), Annals of
    Statistics 32, 384-406.

    Examples
    --------
    >>> found = bradley_terry([[0, 2], [6, 0]])  # the log of 6 to 2
    >>> found.log_worth.round(4).tolist(), found.worth.round(4).tolist()
    ([0.0, 1.0986], [0.25, 0.75])
    """
    given = as_wins(wins)
    objects = given.shape[-1]
    _check(penalty, strength, reference, objects)
    flat = given.reshape(-1, objects, objects)
    n = flat.sum(axis=(-1, -2))
    is_usable = (n > 0) & (objects > 1)
    if penalty is None:
        is_usable &= is_strongly_connected(flat)
    used = flat[is_usable]

    def derivatives(worths: Floats, cases: NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
        return _pairs(worths, used[cases])

    found = _penalised(derivatives, len(used), objects, penalty, strength)
    shape = given.shape[:-1]
    log_worth, se = (np.full((len(flat), objects), np.nan) for _ in range(2))
    log_worth[is_usable], se[is_usable] = _referred(*found, reference)
    if penalty is not None:
        se[:] = np.nan
    return Worth(
        log_worth.reshape(shape), se.reshape(shape), _shares(log_worth).reshape(shape),
        n.astype(np.int64).reshape(shape[:-1]),
    )  # fmt: skip


def plackett_luce(
    ranks: ArrayLike,
    unranked: str = "missing",
    penalty: str | None = None,
    strength: float = 0.0,
    reference: int | None = 0,
    ties: str = "refused",
    invalid: str = "left_out",
) -> Worth:
    """Worth of objects from rankings (Plackett-Luce model).

    A ranking is a chain of choices, each of one object among those that remain, with the chance of its share of the worth
    that remains.

    Parameters
    ----------
    ranks : array_like of float, shape (M, N)
        Respondent × object, 1 is best, NaN unranked.
    unranked : "missing" or "below"
        Missing: a ranking is one of the objects it ranks. Below: objects that are not ranked remained until the end, as in
        a list of the first few of objects that everybody saw.
    penalty, strength, reference : as in `bradley_terry`
    ties : "refused" or "left_out"
        The model knows no ties: a ranking with a tie is an error, or is left out.
    invalid : as in `as_rankings`

    Returns
    -------
    Worth
        n is the number of rankings. NaN without a ranking that chooses and below two objects; without a penalty also where
        the objects fall into two groups such that none of the one was ever placed above one of the other, as where one
        object always comes last.

    Raises
    ------
    ValueError
        If a ranking has a tie and `ties` is refused; as in `as_rankings` and `bradley_terry`.

    Notes
    -----
    Rankings are summed up as choices from sets; then Newton's method. Source: Luce (1959); Plackett (1975), Applied
    Statistics 24, 193-202; Hunter (2004), Annals of Statistics 32, 384-406.

    Examples
    --------
    >>> found = plackett_luce([[1, 2, 3], [1, 3, 2], [2, 1, 3], [3, 1, 2]])
    >>> found.worth.round(4).tolist()
    [0.4069, 0.4069, 0.1861]
    """
    one_of("unranked", unranked, UNRANKED)
    one_of("ties", ties, ("refused", "left_out"))
    found = as_rankings(ranks, "invalid", invalid)
    objects = found.ranks.shape[1]
    _check(penalty, strength, reference, objects)
    tied = as_rankings(ranks, "shared").have_ties if ties == "refused" else False
    if tied:
        raise ValueError(
            "ranks: have ties, and Plackett-Luce has no model of them; leave these rankings out by ties='left_out', or use "
            "bradley_terry on the pairs"
        )
    sets, chosen = _choices(found.ranks, unranked == "below")
    nothing = np.full(objects, np.nan)
    n = np.asarray(found.n)
    if objects < 2 or not len(sets) or (penalty is None and not is_strongly_connected(_beaten(sets, chosen))):
        return Worth(nothing, nothing.copy(), nothing.copy(), n)
    log_worth, se = _referred(
        *_penalised(lambda worths, _: _chains(worths, sets, chosen), 1, objects, penalty, strength), reference
    )
    return Worth(log_worth[0], se[0] if penalty is None else nothing, _shares(log_worth)[0], n)


def is_strongly_connected(wins: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether each object reaches each other along wins, (..., N, N) → (...); the maximum of the likelihood exists then.

    Examples
    --------
    >>> bool(is_strongly_connected(np.array([[0, 1], [0, 0]])))
    False
    """
    objects = wins.shape[-1]
    reach = (wins > 0) | np.eye(objects, dtype=bool)
    for middle in range(objects):
        reach |= reach[..., :, [middle]] & reach[..., [middle], :]
    return np.asarray(reach.all(axis=(-1, -2)))


def choices_between(ranks: Floats, unranked_below: bool) -> NDArray[np.bool_]:
    """Whether an object was placed above another in any ranking, (m, N) → (N, N)."""
    return _beaten(*_choices(ranks, unranked_below))


def _check(penalty: str | None, strength: float, reference: int | None, objects: int) -> None:
    one_of("penalty", penalty, PENALTIES)
    if penalty is None and strength != 0:
        raise ValueError(f"strength: is 0 without a penalty, got {strength}")
    if penalty is not None and not 0 < strength < float("inf"):
        raise ValueError(f"strength: is a number above 0 with a penalty, got {strength}")
    if reference is not None and reference not in range(objects):
        raise ValueError(f"reference: is one of the objects 0 to {objects - 1} or None, got {reference}")


def _choices(ranks: Floats, unranked_below: bool) -> tuple[NDArray[np.bool_], Floats]:
    """Sets of objects that were chosen from (S, N), and how often each object was the choice (S, N)."""
    objects = ranks.shape[1]
    placed = np.where(np.isnan(ranks), np.inf, ranks) if unranked_below else ranks
    sets, picks = [], []
    for place in range(1, objects):
        remaining = placed >= place
        chooses = (ranks == place).any(axis=1) & (remaining.sum(axis=1) > 1)
        sets.append(remaining[chooses])
        picks.append((ranks == place)[chooses])
    if not sets or not sum(map(len, sets)):
        return np.zeros((0, objects), dtype=bool), np.zeros((0, objects))
    remaining, pick = np.concatenate(sets), np.concatenate(picks).argmax(axis=1)
    first, which = _distinct(remaining)
    counted = np.bincount(which * objects + pick, minlength=len(first) * objects)
    return remaining[first], counted.reshape(-1, objects).astype(np.float64)


def _distinct(sets: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First row of each distinct set, and which distinct set each row is; sets are compared as whole numbers of 64 bits."""
    bits = np.packbits(sets, axis=1)
    room = np.zeros((len(bits), -(-bits.shape[1] // 8) * 8), dtype=np.uint8)
    room[:, : bits.shape[1]] = bits
    words = room.view(np.uint64)
    keys = words[:, 0] if words.shape[1] == 1 else words
    _, first, which = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    return first, which.reshape(-1)


def _beaten(sets: NDArray[np.bool_], chosen: Floats) -> NDArray[np.bool_]:
    above: NDArray[np.bool_] = (chosen > 0).astype(np.float64).T @ sets.astype(np.float64) > 0
    return above & ~np.eye(sets.shape[1], dtype=bool)


def _chains(worths: Floats, sets: NDArray[np.bool_], chosen: Floats) -> tuple[Floats, Floats, Floats]:
    """Derivatives of the log-likelihood of choices from sets; one case."""
    own = worths[0]
    total = chosen.sum(axis=1)
    inside = np.where(sets, own, -np.inf)
    top = inside.max(axis=1)
    sizes = top + np.log(np.exp(inside - top[:, None]).sum(axis=1))
    share = np.exp(inside - sizes[:, None])
    likelihood = (chosen @ own).sum() - total @ sizes
    gradient = chosen.sum(axis=0) - total @ share
    second = np.diag(total @ share) - share.T @ (share * total[:, None])
    return np.array([likelihood]), gradient[None, :], second[None, :, :]


def _pairs(worths: Floats, wins: Floats) -> tuple[Floats, Floats, Floats]:
    """Derivatives of the log-likelihood of paired comparisons; many cases."""
    apart = worths[:, :, None] - worths[:, None, :]
    log_chance = -np.logaddexp(0.0, -apart)
    chance = np.exp(log_chance)
    both = wins + np.swapaxes(wins, -1, -2)
    spread = both * chance * np.swapaxes(chance, -1, -2)
    second = -spread
    np.einsum("...ii->...i", second)[...] += spread.sum(axis=-1)
    return (wins * log_chance).sum(axis=(-1, -2)), (wins - both * chance).sum(axis=-1), second


def _penalised(
    derivatives: Derivatives, cases: int, objects: int, penalty: str | None, strength: float
) -> tuple[Floats, Floats]:
    """Where the likelihood, less the penalty, is greatest."""
    extra = np.full((1, objects, objects), strength)
    np.einsum("...ii->...i", extra)[...] = 0.0

    def with_penalty(worths: Floats, which: NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
        likelihood, gradient, second = derivatives(worths, which)
        if penalty == "ridge":
            likelihood = likelihood - strength * (worths**2).sum(axis=-1)
            return likelihood, gradient - 2 * strength * worths, second + 2 * strength * np.eye(objects)
        more = _pairs(worths, extra)
        return likelihood + more[0], gradient + more[1], second + more[2]

    return _maximum(derivatives if penalty is None else with_penalty, cases, objects)


def _maximum(derivatives: Derivatives, cases: int, objects: int) -> tuple[Floats, Floats]:
    """Log-worths of mean 0 with the greatest likelihood, and the inverse of the second derivatives there; NaN where the
    steps do not settle."""
    worths, inverse = np.zeros((cases, objects)), np.full((cases, objects, objects), np.nan)
    before = np.full(cases, np.inf)
    open_cases = np.arange(cases)
    for _ in range(STEPS):
        if not len(open_cases):
            break
        here = worths[open_cases]
        likelihood, gradient, second = derivatives(here, open_cases)
        # Adding a constant to all log-worths changes nothing: that direction is closed, on the scale of the others.
        level = np.einsum("...ii->...", second)[:, None, None] / objects**2
        own_inverse = np.linalg.inv(second + level)
        step = np.einsum("bij,bj->bi", own_inverse, gradient)
        step -= step.mean(axis=-1, keepdims=True)
        length = np.abs(step).max(axis=-1)
        # A short step that is no shorter than the last is rounding: counts that differ by many powers of ten.
        is_done = (length < 1e-10) | ((length < 1e-6) & (length > before[open_cases] / 2))
        before[open_cases] = length
        inverse[open_cases] = own_inverse
        worths[open_cases] = here + _shortened(derivatives, open_cases, here, step, likelihood) * step
        open_cases = open_cases[~is_done]
    worths[open_cases] = np.nan
    return worths, inverse


def _shortened(
    derivatives: Derivatives, cases: NDArray[np.int64], here: Floats, step: Floats, likelihood: Floats
) -> Floats:
    """Largest part of the step, halved as often as needed, that does not lower the likelihood."""
    part = np.ones((len(cases), 1))
    slack = 1e-9 * (1 + np.abs(likelihood))
    for _ in range(60):
        falls = derivatives(here + part * step, cases)[0] < likelihood - slack
        if not falls.any():
            break
        part[falls] /= 2
    return part


def _referred(worths: Floats, inverse: Floats, reference: int | None) -> tuple[Floats, Floats]:
    """Log-worths and their standard errors against the reference, or against the mean."""
    variance = np.einsum("...ii->...i", inverse)
    if reference is None:
        # The closed direction has a variance of its own, which is no uncertainty of the contrasts with the mean.
        objects = worths.shape[-1]
        contrast = np.eye(objects) - 1 / objects
        own = np.einsum("ij,bjk,ik->bi", contrast, inverse, contrast)
        return worths, np.sqrt(np.maximum(own, 0.0))
    against = variance + variance[:, [reference]] - 2 * inverse[:, :, reference]
    return worths - worths[:, [reference]], np.sqrt(np.maximum(against, 0.0))


def _shares(log_worth: Floats) -> Floats:
    """Worths that add up to 1."""
    lifted = np.exp(log_worth - log_worth.max(axis=-1, keepdims=True, initial=-np.inf))
    return divided(lifted, lifted.sum(axis=-1, keepdims=True))
