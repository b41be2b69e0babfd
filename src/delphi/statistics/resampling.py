"""Intervals by resampling persons; every cell draws from a stream of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.arrays import Counts, Floats, as_values, paired
from delphi.statistics.packed_sums import packed, unpacked

DRAWS = 2000
FEWEST = 10
"""Below ten persons no interval is printed: it would promise what it cannot hold."""
FEW_ENOUGH_TO_DRAW_ONE_BY_ONE = 200
PERSONS_AT_ONCE = 12_000
"""Drawn persons held at a time: an array of them is small enough to be put where the last one was, while memory that is
new to the process would take longer than the sums."""
WORD = 1 << 32


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
        sums = _drawn_sums([first, second, first**2 + second**2, first * second], _persons(rng, n, draws))
    else:
        chosen = rng.multinomial(n, many / n, size=draws).astype(np.float64)
        first, second = scale[before], scale[after]
        sums = [chosen @ values for values in (first, second, first**2 + second**2, first * second)]
    squares = sums[2] / n
    return squares - 2 * sums[3] / n, squares - 2 * (sums[0] / n) * (sums[1] / n)


def _persons(rng: np.random.Generator, n: int, draws: int) -> Iterator[Counts]:
    """Persons of each draw, numbered from 0: blocks of draws × n.

    They are what ``rng.integers(0, n, (draws, n))`` gives with 32 random bits for each, in half the time.
    """
    rows = max(1, PERSONS_AT_ONCE // n)
    held = np.empty(0, np.int64)
    for first in range(0, draws, rows):
        size = min(rows, draws - first) * n
        while len(held) < size:
            more = _below(rng, n, size - len(held))
            held = np.concatenate([held, more]) if len(held) else more
        yield held[:size].reshape(-1, n)
        held = held[size:]


def _below(rng: np.random.Generator, n: int, wanted: int) -> Counts:
    """Numbers from 0 up to before n, as many as wanted give or take a few.

    Each is the high half of n times 32 random bits. A low half below 2^32 modulo n would come up too often and is
    passed over. Source: Lemire (2019), Fast random integer generation in an interval.
    """
    bits = rng.bit_generator.random_raw((wanted + 1) // 2)
    products = bits.astype("<u8", copy=False).view("<u4").astype(np.int64)
    products *= n
    is_fair = products.astype(np.uint32) >= WORD % n
    if not is_fair.all():
        products = products[is_fair]
    products >>= 32
    return products


def _drawn_sums(columns: Sequence[Floats], blocks: Iterable[Counts]) -> list[Floats]:
    """Sum of each column over the persons of each draw; every block holds some of the draws.

    Whole numbers share one float as runs of its bits, so that persons are looked up once for all columns; their sums
    are exact either way.
    """
    once = np.ones(len(columns[0]))
    found = packed(columns, len(once))
    if found is None:
        drawn = np.concatenate(list(blocks))
        return [values.take(drawn) @ once for values in columns]
    together, widths = found
    return unpacked(np.concatenate([together.take(drawn) @ once for drawn in blocks]), widths)


def _tables(both: Counts, scale: Floats, rng: np.random.Generator, draws: int) -> tuple[Floats, Floats]:
    """Seen and expected absolute distance of each draw."""
    n = int(both.sum())
    before, after = np.nonzero(both)
    chosen = rng.multinomial(n, both[before, after] / n, size=draws).astype(np.float64)
    distance = np.abs(scale[:, None] - scale[None, :])
    places = np.arange(len(scale))
    earlier, later = chosen @ (before[:, None] == places), chosen @ (after[:, None] == places)
    return chosen @ distance[before, after] / n, ((earlier @ distance) * later).sum(axis=1) / n**2
