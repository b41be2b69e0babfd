"""What a computed statistic says it rests on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from delphi import statistics as ds
from delphi.statistics import computing
from delphi.statistics.registry import Case, Statistic
from delphi.statistics.undefined import always


@dataclass(frozen=True)
class Found:
    value: np.ndarray
    n: np.ndarray


def of_some(ranks):
    """One value per object, resting on the rankings that rank all."""
    complete = ~np.isnan(ranks).any(axis=1)
    return Found(np.array([1.0, 2.0, np.nan]), np.asarray(complete.sum()))


def of_pairs(forecasts, outcomes):
    """One value per case, without a word on how many it rests on."""
    return np.zeros(np.shape(forecasts)[:-1])


def made_up(name, takes, gives="number"):
    return Statistic(
        name, name, "5", takes, "ranks", "made up", ("nobody",), f"test_computing:{name}", (Case("no_data", always),), gives
    )  # fmt: skip


@pytest.fixture
def entries(monkeypatch):
    known = {
        "of_some": made_up("of_some", "ranks", "per object"),
        "of_pairs": made_up("of_pairs", "forecasts"),
    }
    for name, entry in known.items():
        entry.__dict__["function"] = globals()[name]
    monkeypatch.setattr(computing, "statistic", known.__getitem__)


@pytest.mark.usefixtures("entries")
def test_a_result_that_names_its_n_is_believed():
    found = ds.computed("of_some", np.array([[1, 2, 3]] * 6 + [[1, 2, np.nan]]))
    assert found.n.tolist() == [6, 6, 6]
    assert found.more == {}
    assert found.flags.tolist() == ["", "", ""]


@pytest.mark.usefixtures("entries")
def test_forecasts_rest_on_those_whose_outcome_is_known():
    forecasts = [[0.1, 0.2, np.nan], [0.3, 0.4, 0.5]]
    assert ds.computed("of_pairs", (forecasts, [[1, np.nan, 0], [1, 0, 0]])).n.tolist() == [1, 3]
