"""One entry of the catalogue: what a statistic is called, takes, gives, and when it is not defined."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property
from importlib import import_module
from typing import Any, Literal, get_type_hints

import numpy as np
from numpy.typing import NDArray

Takes = Literal[
    "counts", "two_counts", "group_counts", "units", "transitions", "ranks", "two_ranks", "ranked_rounds", "answers",
    "rounds", "numbers", "estimates", "quantiles", "allocations", "intervals", "wins", "choices", "comparisons", "share",
    "two_shares", "comments", "forecasts", "votes", "points", "texts", "two_texts", "panel", "any",
]  # fmt: skip
ARRAYS: dict[str, str] = {
    "counts": "answers per category of one item, `counts (..., V)`",
    "two_counts": "answers per category of two groups or waves, `first (..., V)` and `second (..., V)`",
    "group_counts": "answers per category of several groups, `(..., G, V)`",
    "units": "answers per category of several items, `(..., U, V)`",
    "transitions": "category before × category after, last row and column no answer, `(..., V+1, V+1)`",
    "ranks": "respondent × object, 1 is best, NaN unranked, `(M, N)`",
    "two_ranks": "respondent × object in two rounds, 1 is best, NaN unranked, `earlier (M, N)` and `later (M, N)`",
    "ranked_rounds": "round × respondent × object, 1 is best, NaN unranked, `(R, M, N)`",
    "answers": "respondent × item, NaN for no answer, `(M, N)`",
    "rounds": "respondent × round of one item, NaN for no answer, `(M, R)`",
    "numbers": "numeric answers, NaN for no answer, `(..., M)`",
    "estimates": "respondent × lowest, best, highest (and confidence), NaN for no answer, `(M, 3)` or `(M, 4)`",
    "quantiles": "respondent × elicited quantile, probabilities rising, NaN for no answer, `(..., M, P)`",
    "allocations": "respondent × option of a constant sum, NaN for no answer, `(M, N)`",
    "intervals": "intervals foreseen and what came, `low (..., M)`, `high (..., M)` and `outcome (..., M)`",
    "wins": "how often the object of the row was preferred to that of the column, `(..., N, N)`",
    "choices": "object × chosen best, chosen worst, shown, `(..., N, 3)`",
    "comparisons": "how many times as important the row is as the column, 1/9 to 9, `(N, N)`",
    "share": "how many of how many, `successes (...)` and `n (...)`",
    "comments": "comments on one item in each round that asked it, in order, `(..., R)`",
    "two_shares": "how many of how many in a group and outside, `inside, outside, n_inside, n_outside (...)`",
    "forecasts": "what was foreseen and what came, `(..., M)` each",
    "votes": "respondent × statement: 1 agree, -1 disagree, 0 pass, NaN unseen, `(M, N)`",
    "points": "respondent × coordinate, and the group of each, negative for none, `points (M, D)` and `groups (M,)`",
    "texts": "texts, a list",
    "two_texts": "two texts, or two lists of texts compared one by one",
    "panel": "who returned which round; computed from a study only",
    "any": "what the statistic takes that is named as `statistic`",
}
"""What each kind of input is; the axis names are those of the docstrings."""
Gives = Literal["number", "label", "labels", "per object", "matrix", "fields", "map"]
Level = Literal["nominal", "ordinal", "interval", "ratio", "ranks", "binary", "any"]
When = Callable[[Any, dict[str, Any]], NDArray[np.bool_]]
"""Data (or result) and options → where a condition holds, in the shape of the value."""

REASONS = frozenset(
    {
        "no_data", "no_valid_answers", "too_few", "too_few_raters", "too_few_units", "too_few_items", "no_pairs",
        "incomplete_rankings", "no_variation", "one_category", "all_ties", "no_discordant_pairs", "scale_too_short",
        "scale_not_supported", "zero_mean", "zero_median", "non_positive_values", "singular", "not_identified",
        "not_converged", "one_cluster", "suppressed_small_cell", "wrong_level", "wording_changed",
    }
)  # fmt: skip
FLAGS = frozenset(
    {
        "n_below_minimum", "denominator_sensitive", "multimodal", "restricted_range", "no_variation", "sparse_expected",
        "panel_below_rule_range", "panel_above_rule_range", "quantile_sensitive", "ties_present", "panel_changed",
        "group_missing", "approximate_p", "boot_degenerate",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Parameter:
    """An option of a statistic: its default, and in words what is allowed; without a default it has to be given.

    `is_of_value` is false where it changes only what stands beside the value: an interval, how a test is read.
    """

    name: str
    meaning: str
    default: Any = None
    is_required: bool = False
    allowed: tuple[Any, ...] = ()
    is_of_value: bool = True


@dataclass(frozen=True)
class Case:
    """A reason code or flag, and where it holds: by the data, or by what the function has found."""

    code: str
    when: When
    looks_at: Literal["data", "result"] = "data"


@dataclass(frozen=True)
class Statistic:
    """A statistic of the catalogue.

    Parameters
    ----------
    statistic_id : its name in tables, study files and on the command line; mostly that of the function
    name : what the literature calls it, other names after commas
    section : of the catalogue of statistics
    takes : the arrays it rests on, a key of `ARRAYS`
    gives : a number, a label, several fields of which `main` is the value, one value per object, or a map: `main` is one number and
        the other fields are what they are, such as pairs or a sparse table
    level : the lowest level of measurement on which it means something
    low, high : least and greatest value; None: no bound
    direction : "more" where a higher value means more consensus, agreement or stability, "less" for the opposite
    formula, reading : the definition, and thresholds in use with their sources, in a sentence each
    sources : where it was defined
    undefined : reason codes in the order in which they are looked at
    marks : flags
    place : module and function, `delphi.statistics.dispersion:iqr`; imported when first needed
    main : of several fields the one that is the value
    """

    statistic_id: str
    name: str
    section: str
    takes: Takes
    level: Level
    formula: str
    sources: tuple[str, ...]
    place: str
    undefined: tuple[Case, ...] = ()
    gives: Gives = "number"
    low: float | None = None
    high: float | None = None
    direction: Literal["more", "less", ""] = ""
    parameters: tuple[Parameter, ...] = ()
    marks: tuple[Case, ...] = ()
    reading: str = ""
    main: str = ""

    @cached_property
    def function(self) -> Callable[..., Any]:
        """The function that computes it."""
        module, _, name = self.place.partition(":")
        function: Callable[..., Any] = getattr(import_module(module), name)
        return function

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields of its result; none where it gives an array."""
        kind = get_type_hints(self.function).get("return")
        if isinstance(kind, type) and is_dataclass(kind):
            return tuple(one.name for one in fields(kind))
        return tuple(getattr(kind, "_fields", ()))

    @property
    def reasons(self) -> tuple[str, ...]:
        """Reason codes that may stand in the place of a value."""
        return tuple(dict.fromkeys(case.code for case in self.undefined))

    @property
    def flags(self) -> tuple[str, ...]:
        """Flags that may stand beside a value."""
        return tuple(dict.fromkeys(case.code for case in self.marks))

    @property
    def arrays(self) -> str:
        """The arrays it needs, in words."""
        return ARRAYS[self.takes]

    @property
    def takes_values(self) -> bool:
        """Whether the function wants the values of the scale."""
        return "values" in inspect.signature(self.function).parameters
