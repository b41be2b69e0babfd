"""Intervals by resampling persons; every cell draws from a stream of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.arrays import Counts, Floats, as_values, paired
from delphi.statistics.packed_sums import packed, unpacked

DRAWS = 2000
FEWEST = 10
"""Below ten persons no interval is printed: it would promise what it cannot hold."""
FEW_ENOUGH_TO_DRAW_ONE_BY_ONE = 200


@dataclass(frozen=True)
class Resampled:
    """A percentile interval, and the share of draws for which the statistic was undefined."""

    low: float
    high: float
    unusable: float


def stream(seed: int, key: str) -> np.random.Generator:
    """Random numbers of one cell, from the seed and the cell's name: order and choice of cells change
    nothing."""
    digest = hashlib.sha256(key.encode()).digest()
    words = [int.from_bytes(digest[place : place + 4], "big") for place in range(0, 16, 4)]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *words])))


def weighted_kappa_interval(
    transitions: ArrayLike,
    values: ArrayLike,
    rng: np.random.Generator,
    draws: int = DRAWS,
    weights: str = "quadratic",
) -> Resampled:
    """95 % percentile interval of the weighted kappa of one pair of waves.

    Parameters
    ----------
    transitions : array_like of int, shape (V+1, V+1)
    values : array_like of float, shape (V,)
    rng : numpy Generator
    draws : resamples of as many persons as answered both waves
    weights : "quadratic" or "linear"

    Returns
    -------
    Resampled
        NaN below ten pairs, or where no draw is usable.

    Notes
    -----
    Persons are resampled, with their pair of answers together. Source: Efron and Tibshirani (1993); for kappa
    with fewer than 40 persons the nominal 95 % covers less (Klar et al. 2002).
    """
    both = paired(transitions)
    if both.ndim != 2:
        raise ValueError(f"transitions: needs one pair of waves, got shape {both.shape}")
    scale = as_values(values, both.shape[-1])
    n = int(both.sum())
    if n < FEWEST:
        return Resampled(float("nan"), float("nan"), 1.0)
    seen, expected = (
        _moments(both, scale, rng, draws) if weights == "quadratic" else _tables(both, scale, rng, draws)
    )
    usable = expected > 1e-12
    if not usable.any():
        return Resampled(float("nan"), float("nan"), 1.0)
    kappa = 1 - seen[usable] / expected[usable]
    low, high = np.quantile(kappa, [0.025, 0.975])
    return Resampled(float(low), float(high), float(1 - usable.mean()))


def _moments(both: Counts, scale: Floats, rng: np.random.Generator, draws: int) -> tuple[Floats, Floats]:
    """Seen and expected squared distance of each draw, from sums over the drawn persons alone."""
    n = int(both.sum())
    before, after = np.nonzero(both)
    many = both[before, after]
    if n <= FEW_ENOUGH_TO_DRAW_ONE_BY_ONE:
        first, second = np.repeat(scale[before], many), np.repeat(scale[after], many)
        drawn = rng.integers(0, n, size=(draws, n), dtype=np.int64)
        sums = _drawn_sums([first, second, first**2 + second**2, first * second], drawn)
    else:
        chosen = rng.multinomial(n, many / n, size=draws).astype(np.float64)
        first, second = scale[before], scale[after]
        sums = [chosen @ values for values in (first, second, first**2 + second**2, first * second)]
    squares = sums[2] / n
    return squares - 2 * sums[3] / n, squares - 2 * (sums[0] / n) * (sums[1] / n)


def _drawn_sums(columns: Sequence[Floats], drawn: Counts) -> list[Floats]:
    """Sum of each column over the persons of each draw.

    Whole numbers share one float as runs of its bits, so that persons are looked up once for all columns; their sums
    are exact either way.
    """
    once = np.ones(drawn.shape[1])
    found = packed(columns, len(once))
    if found is None:
        return [values.take(drawn) @ once for values in columns]
    together, widths = found
    return unpacked(together.take(drawn) @ once, widths)


def _tables(both: Counts, scale: Floats, rng: np.random.Generator, draws: int) -> tuple[Floats, Floats]:
    """Seen and expected absolute distance of each draw."""
    n = int(both.sum())
    before, after = np.nonzero(both)
    chosen = rng.multinomial(n, both[before, after] / n, size=draws).astype(np.float64)
    distance = np.abs(scale[:, None] - scale[None, :])
    places = np.arange(len(scale))
    earlier, later = chosen @ (before[:, None] == places), chosen @ (after[:, None] == places)
    return chosen @ distance[before, after] / n, ((earlier @ distance) * later).sum(axis=1) / n**2
