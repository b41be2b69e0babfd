"""When statistics of several raters are not defined, or need a caution: from units, from pairs, from answers, from ranks."""

from __future__ import annotations

from typing import Any

import numpy as np

from delphi.statistics.entries.entry import When
from delphi.statistics.raters import as_answers, units_of_answers
from delphi.statistics.undefined import (
    Options,
    Where,
    fewer_units_than,
    no_rating,
    one_category_of_units,
    one_rater,
)


def by_given(of_histograms: When, of_answers: When) -> When:
    """One condition where the option `given` says answers, the other elsewhere."""

    def where(data: Any, options: Options) -> Where:
        return (of_answers if options.get("given") == "answers" else of_histograms)(data, options)

    return where


def nobody_answered(answers: Any, _: Options) -> Where:
    """No answer in the table."""
    return np.asarray(np.isnan(as_answers(answers)).all())


def fewer_raters_than(least: int) -> When:
    """Fewer raters gave an answer than these."""

    def where(answers: Any, _: Options) -> Where:
        return np.asarray((~np.isnan(as_answers(answers))).any(axis=1).sum() < least)

    return where


def fewer_rated_twice_than(least: int) -> When:
    """Fewer units got two answers or more than these."""

    def where(answers: Any, _: Options) -> Where:
        return np.asarray(((~np.isnan(as_answers(answers))).sum(axis=0) >= 2).sum() < least)

    return where


def of_their_units(condition: When) -> When:
    """A condition of units on the histograms of the answers."""

    def where(answers: Any, options: Options) -> Where:
        return condition(units_of_answers(answers), options)

    return where


RATED = by_given(no_rating, nobody_answered)
RATERS = by_given(one_rater, fewer_raters_than(2))
TWICE = by_given(fewer_units_than(1), fewer_rated_twice_than(1))
UNITS = by_given(fewer_units_than(2), fewer_rated_twice_than(2))
VARIED = by_given(one_category_of_units, of_their_units(one_category_of_units))
"""No rating, one rater, no unit with two ratings, one such unit, all in one category: from units, or from answers."""
