"""Bootstrap intervals of many cells, by the package and by `scipy.stats.bootstrap`; what T6 measures.

Four statistics of panels of 60: a share, the interquartile range, van der Eijk's agreement, weighted kappa between two waves. SciPy
takes one cell at a time, so a sample of cells is timed and scaled. `plain` is a function of one sample, as people write it;
`vectorised` takes all draws of a cell at once, where NumPy can, and for van der Eijk's agreement with the function of this package.
CPU seconds of the intervals alone, without imports.

python -m benchmarks.bootstrap CELLS DRAWS PLAIN VECTORISED    so many cells by the package, plain, vectorised
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from scipy import stats
from statsmodels.stats.inter_rater import cohens_kappa, to_table

from benchmarks.generate import POINTS, answers
from benchmarks.peers import agreement
from delphi import statistics as ds

PERSONS = 60
SCALE = np.arange(1, POINTS + 1)
WITHIN = SCALE >= 7
Intervals = tuple[np.ndarray, np.ndarray]


def histograms(given: np.ndarray) -> np.ndarray:
    """Answers per category, shape (..., V), of answers of persons (..., persons)."""
    return np.stack([(given == value).sum(axis=-1) for value in SCALE], axis=-1)


def moves(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Transitions of cells, shape (cells, V+1, V+1)."""
    found = np.zeros((len(before), POINTS + 1, POINTS + 1), dtype=np.int64)
    np.add.at(found, (np.arange(len(before))[:, None], before - 1, after - 1), 1)
    return found


OURS: dict[str, Callable[..., Any]] = {
    "share": lambda x, y, n: ds.bootstrap_ci(histograms(x), "percent_agreement", within=WITHIN, draws=n),
    "iqr": lambda x, y, n: ds.bootstrap_ci(histograms(x), "iqr", values=SCALE, draws=n),
    "van_der_eijk_agreement": lambda x, y, n: ds.bootstrap_ci(
        histograms(x), "van_der_eijk_agreement", draws=n
    ),
    "weighted_kappa": lambda x, y, n: ds.bootstrap_ci(moves(x, y), "weighted_kappa", values=SCALE, draws=n),
}


def plain_kappa(x: np.ndarray, y: np.ndarray) -> float:
    """Weighted kappa by statsmodels."""
    table, _ = to_table(np.column_stack([x, y]) - 1, bins=POINTS)
    return cohens_kappa(table, wt="quadratic", return_results=False)


def vectorised_kappa(x: np.ndarray, y: np.ndarray, axis: int) -> np.ndarray:
    """The same by hand, over an axis."""
    expected = (x * x).mean(axis) + (y * y).mean(axis) - 2 * x.mean(axis) * y.mean(axis)
    return 1 - ((x - y) ** 2).mean(axis) / expected


PLAIN: dict[str, Callable[..., Any]] = {
    "share": lambda x: np.mean(x >= 7),
    "iqr": lambda x: np.subtract(*np.percentile(x, [75, 25])),
    "van_der_eijk_agreement": lambda x: agreement(np.bincount(x, minlength=POINTS + 1)[1:]),
    "weighted_kappa": plain_kappa,
}
VECTORISED: dict[str, Callable[..., Any]] = {
    "share": lambda x, axis: (x >= 7).mean(axis),
    "iqr": lambda x, axis: stats.iqr(x, axis=axis),
    "van_der_eijk_agreement": lambda x, axis: ds.van_der_eijk_agreement(
        np.stack([(x == value).sum(axis) for value in SCALE], axis=-1)
    ),
    "weighted_kappa": vectorised_kappa,
}


def by_scipy(name: str, before: np.ndarray, after: np.ndarray, draws: int, vectorised: bool) -> Intervals:
    """Intervals of SciPy, cell after cell."""
    function, found = (VECTORISED if vectorised else PLAIN)[name], []
    for cell, (x, y) in enumerate(zip(before, after, strict=True)):
        is_pair = name == "weighted_kappa"
        interval = stats.bootstrap(
            (x, y) if is_pair else (x,), function, n_resamples=draws, method="percentile", vectorized=vectorised,
            paired=is_pair, rng=np.random.default_rng(cell),
        ).confidence_interval  # fmt: skip
        found.append((interval.low, interval.high))
    low, high = np.array(found, dtype=np.float64).T
    return low, high


def timed(compute: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds, and what came out."""
    start = time.process_time()
    found = compute()
    return time.process_time() - start, found


def main() -> None:
    """Time each statistic all ways; print seconds for all cells, and how far the ends of intervals lie apart."""
    cells, draws, plain, vectorised = (int(argument) for argument in sys.argv[1:5])
    before, after = (
        wave.T.astype(np.int64).copy()
        for wave in answers(PERSONS, cells, 2, missing=0, attrition=0, drift=0.15, seed=1)
    )
    told = {}
    for name, intervals in OURS.items():
        intervals(before[:2], after[:2], draws)  # what is imported and kept once is no part of the time
        seconds, ours = timed(partial(intervals, before, after, draws))
        row = {"ours": seconds}
        for way, many in (("plain", plain), ("vectorised", vectorised)):
            is_vectorised = way == "vectorised"
            by_scipy(name, before[:1], after[:1], 10, is_vectorised)
            seconds, (low, high) = timed(
                partial(by_scipy, name, before[:many], after[:many], draws, is_vectorised)
            )
            apart = np.abs(np.concatenate([ours.low[:many] - low, ours.high[:many] - high]))
            row |= {
                way: seconds * cells / many,
                f"{way} apart": float(np.nanmean(apart) / np.nanmean(high - low)),
            }
        told[name] = row
    print(json.dumps(told))


if __name__ == "__main__":
    main()
