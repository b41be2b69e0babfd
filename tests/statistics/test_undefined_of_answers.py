"""Small tables of answers with gaps: every value is in its range, and whatever has none has a reason of its entry."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delphi import statistics as ds

FORMS = ("ICC(1,1)", "ICC(1,k)", "ICC(A,1)", "ICC(A,k)", "ICC(C,1)", "ICC(C,k)")
WAYS: list[tuple[str, dict[str, Any]]] = [
    ("conger_kappa", {}), ("mean_spearman", {}), ("friedman", {}), ("cohen_kappa", {"given": "answers"}),
    *(("weighted_kappa", {"given": "answers", "weights": one}) for one in ("linear", "quadratic")),
    *(("krippendorff_alpha", {"given": "answers", "level": one}) for one in ("nominal", "ordinal", "interval", "ratio")),
    *(("icc", {"form": one, "complete": kept}) for one in FORMS for kept in ("units", "raters")),
    *(("cronbach_alpha", {"missing": one}) for one in ("listwise", "pairwise")),
    *(("kendall_w", {"incomplete": one, "p_from": p}) for one in ("leave_out", "friedman") for p in ("chi_square", "orders")),
]  # fmt: skip


def table(rng: np.random.Generator) -> np.ndarray:
    raters, units = rng.integers(1, 6, size=2)
    answers = rng.integers(1, rng.integers(2, 6), size=(raters, units)).astype(float)
    if rng.random() < 0.3:
        answers = answers * 0.1 + 0.3  # no whole numbers: rounding must not pass for variation
    answers[rng.random(answers.shape) < rng.choice([0, 0.2, 0.5, 0.9])] = np.nan
    return answers


@pytest.mark.parametrize(
    ("name", "options"), WAYS, ids=lambda one: one if isinstance(one, str) else "-".join(one.values())
)
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_what_is_undefined_has_a_reason_and_the_rest_is_in_range(
    name: str, options: dict[str, Any], seed: int
) -> None:
    entry = ds.statistic(name)
    found = ds.computed(name, table(np.random.default_rng(seed)), **options)
    value, reason = float(found.value), found.reason.item()
    assert np.isnan(value) == (reason in entry.reasons)
    if np.isnan(value):
        return
    assert reason is None
    assert entry.low is None or value >= entry.low - 1e-9
    assert entry.high is None or value <= entry.high + 1e-9
    for field, more in (found.more or {}).items():
        assert not np.isinf(more), field
        assert field != "p" or np.isnan(more) or 0 <= more <= 1
