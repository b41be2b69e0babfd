"""A statistic that takes several kinds of arrays: which it is given, and what it says that it rests on."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

from delphi.statistics import computing
from delphi.statistics.entries.entry import Case, Parameter, Statistic
from delphi.statistics.undefined import always


class Sum(NamedTuple):
    value: float
    n: int


def summed(data: Any, values: Any = None, given: str = "counts") -> Sum:
    """The sum of what was given, of the positive ones, and the values that came with it."""
    table = np.asarray(data, dtype=np.float64)
    own = 0.0 if values is None else float(np.sum(values))
    return Sum(float(table.sum()) + own, int((table > 0).sum()))


ENTRY = Statistic(
    "summed", "sum", section="0", takes="counts", level="any", gives="fields", main="value", formula="sum", sources=("here",),
    place=f"{__name__}:summed", undefined=(Case("too_few", always),),
    parameters=(Parameter("given", "histogram or answers", "counts", allowed=("counts", "answers")),),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(computing, "statistic", lambda _: ENTRY)


def test_a_result_says_itself_on_how_many_it_rests() -> None:
    found = computing.computed("summed", [0, 4, 3])
    assert (found.n, found.more, found.flags) == (2, {}, "n_below_minimum")


def test_values_of_the_scale_belong_to_histograms_only() -> None:
    assert computing.computed("summed", [0, 4, 3]).value == 7 + 6
    answers = computing.computed("summed", [[0, 4, 3]], given="answers")
    assert (answers.value, answers.options["given"]) == (7, "answers")
    assert computing.computed("summed", [[0, 4, 3]], given="answers", values=[1, 2]).value == 7 + 3


def test_arrays_that_the_statistic_does_not_take_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^given: is counts or answers, got 'ranks'"):
        computing.computed("summed", [1], given="ranks")
