"""What n says beside a value, for each kind of array a statistic may rest on."""

import numpy as np
import pytest

from delphi.statistics.computing import _size
from delphi.statistics.entries.entry import Statistic

nan = np.nan
RANKS = [[1, 2, 3], [3, 1, 2], [2, nan, 1]]
CASES = (
    ("counts", [2, 0, 3], 5, "answers"),
    ("two_counts", ([2, 0], [1, 4]), 7, "answers of both"),
    ("transitions", [[2, 1, 9], [0, 3, 9], [9, 9, 9]], 6, "persons with an answer in both rounds"),
    (
        "rounds",
        [[1, 2, 3], [1, nan, 3], [nan, nan, nan], [4, 4, 4]],
        2,
        "persons with an answer in every round",
    ),
    ("two_ranks", (RANKS, RANKS[:1]), 1, "complete rankings of the smaller round"),
    ("comments", [4, 0, 1], 5, "comments"),
    ("share", (3, 8), 8, "the base"),
)


@pytest.mark.parametrize(("takes", "data", "n", "why"), CASES)
def test_n_counts_what_the_value_rests_on(takes, data, n, why):
    entry = Statistic("any", "any", section="", takes=takes, level="any", formula="", sources=(), place="")
    assert _size(entry, data) == n, why


def test_n_of_a_stack_of_items_is_counted_for_each():
    entry = Statistic("any", "any", section="", takes="rounds", level="any", formula="", sources=(), place="")
    stacked = [[[1, 2], [1, nan]], [[nan, 2], [1, nan]]]
    assert _size(entry, stacked).tolist() == [1, 0]
