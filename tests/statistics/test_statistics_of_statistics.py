"""Statistics of another statistic: they take its data and options, and tell reason, flags and n themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from delphi import statistics as ds
from delphi.statistics import computing
from delphi.statistics.entries.entry import Case, Parameter, Statistic


@dataclass(frozen=True)
class Halved:
    """A made-up statistic of another one: half of it, where that is at least 1."""

    value: Any
    n: Any
    reason: Any
    whole: Any


def halved(data: Any, statistic: str, factor: float = 0.5, **options: Any) -> Halved:
    seen = ds.computed(statistic, data, **options)
    reason = np.where((seen.value < 1) & (seen.reason == np.array(None)), "too_few_units", seen.reason)
    value = np.where(reason == np.array(None), seen.value * factor, np.nan)
    return Halved(value, seen.n, reason, seen.value)


def _told(code: str) -> Case:
    return Case(code, lambda found, _: found.reason == code, "result")


ENTRY = Statistic(
    "halved", "half", section="8", takes="any", level="any", formula="half", sources=("made up",), place="nowhere:halved",
    gives="fields", main="value",
    parameters=(Parameter("statistic", "id", is_required=True), Parameter("factor", "of it", 0.5, allowed=(0.5, 0.25))),
    undefined=(_told("no_valid_answers"), _told("too_few"), _told("too_few_units")),
    marks=(Case("no_variation", lambda found, _: found.whole > 2, "result"),),
)  # fmt: skip


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ENTRY.__dict__, "function", halved)
    known = computing.statistic
    monkeypatch.setattr(computing, "statistic", lambda name: ENTRY if name == "halved" else known(name))


COUNTS = [[1, 0, 1, 0], [1, 0, 0, 1], [0, 0, 0, 0], [1, 0, 0, 0], [3, 1, 0, 0], [5, 0, 0, 5]]


@pytest.mark.usefixtures("made_up")
def test_reason_flags_and_n_are_those_that_come_with_the_result() -> None:
    found = ds.computed("halved", COUNTS, statistic="iqr", values=[1, 2, 3, 4], quantile_type=6)
    np.testing.assert_allclose(found.value, [1, 1.5, np.nan, np.nan, np.nan, 1.5])
    assert found.reason.tolist() == [None, None, "no_valid_answers", "too_few", "too_few_units", None]
    assert found.n.tolist() == [2, 2, 0, 1, 4, 10]
    flags = ["n_below_minimum", "n_below_minimum no_variation", "", "", "", "no_variation"]
    assert found.flags.tolist() == flags
    assert found.more is not None
    assert set(found.more) == {"whole"}


@pytest.mark.usefixtures("made_up")
def test_the_options_in_effect_are_those_of_both() -> None:
    found = ds.computed("halved", COUNTS, statistic="iqr", quantile_type=6)
    assert found.options == {"statistic": "iqr", "factor": 0.5, "quantile_type": 6}
    assert ds.computed("halved", COUNTS, statistic="iqr").options["quantile_type"] == 7


@pytest.mark.usefixtures("made_up")
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "halved needs statistic"),
        ({"statistic": "iqr", "bogus": 1}, "iqr has no parameter bogus; allowed: quantile_type"),
        ({"statistic": "iqr", "quantile_type": 12}, "quantile_type: is 1 or 2"),
        ({"statistic": "iqr", "factor": 3}, "factor: is 0.5 or 0.25, got 3"),
        ({"statistic": "iqrr"}, "there is no 'iqrr' in the catalogue; did you mean iqr"),
    ],
)
def test_a_wrong_option_of_either_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ds.computed("halved", COUNTS, **options)


def test_the_numbers_of_a_result_are_those_of_its_main_field() -> None:
    entry = ds.statistic("iqr")
    assert computing.value_of(entry, np.array([1.0, 2.0])).tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match=r"^statistic: has to give a number, iqr gives words"):
        computing.value_of(entry, np.array(["high", None], dtype=object))
