"""Values of section 4 from outside."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import cohen_kappa_score

from delphi import statistics as ds
from tests.published.reference import Reference

BEFORE = np.array([1, 2, 2, 3, 3, 3, 4, 5, 5, 5, 4, 1])
AFTER = np.array([1, 2, 3, 3, 3, 4, 4, 5, 4, 5, 2, 1])
"""Twelve panelists on five points in two rounds."""
MOVES = np.zeros((6, 6), dtype=int)
np.add.at(MOVES, (BEFORE - 1, AFTER - 1), 1)

REFERENCES = (
    Reference("share_unchanged", float((BEFORE == AFTER).mean()), "counted person by person", lambda: ds.share_unchanged(MOVES)),
    Reference(
        "net_change",
        sum(abs(int((v == AFTER).sum()) - int((v == BEFORE).sum())) for v in range(1, 6)) / 24,
        "counted person by person", lambda: ds.net_change(MOVES),
    ),
    Reference(
        "weighted_kappa", float(cohen_kappa_score(BEFORE, AFTER, weights="quadratic", labels=[1, 2, 3, 4, 5])),
        "scikit-learn cohen_kappa_score", lambda: ds.weighted_kappa(MOVES, [1, 2, 3, 4, 5]),
    ),
)  # fmt: skip
