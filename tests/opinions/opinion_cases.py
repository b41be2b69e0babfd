"""Votes that tests of opinion groups share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def planted(
    sizes: tuple[int, ...] = (20, 14, 9), statements: int = 30, unseen: float = 0.3, noise: float = 0.1, seed: int = 3
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:  # fmt: skip
    """Votes of camps that each have an opinion on every statement, and the camp of each person."""
    rng = np.random.default_rng(seed)
    camp = np.repeat(np.arange(len(sizes)), sizes)
    opinion = rng.choice([-1.0, 1.0], (len(sizes), statements))
    votes = opinion[camp]
    votes = np.where(rng.random(votes.shape) < noise, rng.integers(-1, 2, votes.shape), votes)
    votes[rng.random(votes.shape) < unseen] = np.nan
    order = rng.permutation(len(camp))
    return votes[order], camp[order]
