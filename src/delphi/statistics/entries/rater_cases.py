"""When statistics of several raters are not defined, or need a caution: from units, from pairs, from answers, from ranks."""

from __future__ import annotations

from typing import Any

import numpy as np

from delphi.statistics.arrays import as_counts, as_transitions
from delphi.statistics.entries.entry import Parameter, When
from delphi.statistics.intraclass import complete_ratings
from delphi.statistics.raters import as_answers, units_of_answers
from delphi.statistics.undefined import (
    Options,
    Where,
    always,
    fewer_pairs_than,
    fewer_units_than,
    no_pair,
    no_rating,
    one_category_of_units,
    one_category_throughout,
    one_rater,
    one_wave_unanimous,
)


def by_given(of_histograms: When, of_answers: When) -> When:
    """One condition where the option `given` says answers, the other elsewhere."""

    def where(data: Any, options: Options) -> Where:
        return (of_answers if options.get("given") == "answers" else of_histograms)(data, options)

    return where


def never(_data: Any, _options: Options) -> Where:
    """Holds nowhere."""
    return np.array(False)


def nobody_answered(answers: Any, _: Options) -> Where:
    """No answer in the table."""
    return np.asarray(np.isnan(as_answers(answers)).all())


def fewer_raters_than(least: int) -> When:
    """Fewer raters gave an answer than these."""

    def where(answers: Any, _: Options) -> Where:
        return np.asarray((~np.isnan(as_answers(answers))).any(axis=1).sum() < least)

    return where


def fewer_columns_than(least: int) -> When:
    """There are fewer objects or rounds than these."""

    def where(answers: Any, _: Options) -> Where:
        return np.asarray(as_answers(answers).shape[1] < least)

    return where


def fewer_answered_items_than(least: int) -> When:
    """Fewer items got an answer than these."""

    def where(answers: Any, _: Options) -> Where:
        return np.asarray((~np.isnan(as_answers(answers))).any(axis=0).sum() < least)

    return where


def fewer_common_than(least: int) -> When:
    """No two raters rated so many of the same units."""

    def where(answers: Any, _: Options) -> Where:
        is_given = (~np.isnan(as_answers(answers))).astype(np.float64)
        common = is_given @ is_given.T
        np.fill_diagonal(common, 0)
        return np.asarray(common.max(initial=0) < least)

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


def constant_rater(answers: Any, _: Options) -> Where:
    """Somebody gave the same answer to all of two units or more."""
    given = as_answers(answers)
    many = given[(~np.isnan(given)).sum(axis=1) >= 2]
    return np.asarray((np.nanmax(many, axis=1) == np.nanmin(many, axis=1)).any() if len(many) else False)


def tie_within_a_rater(ranks: Any, _: Options) -> Where:
    """Somebody gave two objects the same rank."""
    return np.asarray(
        any(len(np.unique(row[~np.isnan(row)])) < (~np.isnan(row)).sum() for row in as_answers(ranks))
    )


def all_in_one_category(units: Any, _: Options) -> Where:
    """All ratings lie in one category, those of units with a single one included."""
    return (as_counts(units).sum(axis=-2) > 0).sum(axis=-1) == 1


def one_point_scale(units: Any, _: Options) -> Where:
    """The scale has one category."""
    given = as_counts(units)
    return np.full(given.shape[:-2], given.shape[-1] < 2)


def _nobody_in_either(transitions: Any, _: Options) -> Where:
    given = as_transitions(transitions)
    return given.sum(axis=(-1, -2)) == given[..., -1, -1]


def _one_of_the_two(transitions: Any, _: Options) -> Where:
    given = as_transitions(transitions)
    return (given[..., :-1, :].sum(axis=(-1, -2)) == 0) | (given[..., :, :-1].sum(axis=(-1, -2)) == 0)


def _most_ratings_below_two(units: Any, _: Options) -> Where:
    return as_counts(units).sum(axis=-1).max(axis=-1, initial=0) < 2


def _one_whole_unit(units: Any, _: Options) -> Where:
    ratings = as_counts(units).sum(axis=-1)
    return (ratings == ratings.max(axis=-1, initial=0)[..., None]).sum(axis=-1) < 2


def _no_two_complete_raters(answers: Any, options: Options) -> Where:
    return np.asarray(
        bool(fewer_raters_than(2)(answers, options))
        or (options["complete"] == "raters" and len(complete_ratings(answers, "raters")) < 2)
    )


def _no_two_complete_units(answers: Any, options: Options) -> Where:
    return np.asarray(complete_ratings(answers, options["complete"]).shape[1] < 2)


def _rankings(ranks: Any, options: Options) -> tuple[int, int]:
    """How many raters ranked anything, and how many of their rankings are used."""
    is_ranked = ~np.isnan(as_answers(ranks, "ranks"))
    most = is_ranked.shape[1] if options["incomplete"] == "leave_out" else min(2, is_ranked.shape[1])
    return int(is_ranked.any(axis=1).sum()), int((is_ranked.sum(axis=1) >= max(most, 1)).sum())


def one_ranking(ranks: Any, options: Options) -> Where:
    """Fewer than two rankings, and nobody gave another."""
    raters, used = _rankings(ranks, options)
    return np.asarray(used < 2 and used == raters)


def few_usable_rankings(ranks: Any, options: Options) -> Where:
    """Fewer than two rankings that are used."""
    return np.asarray(_rankings(ranks, options)[1] < 2)


RATED = by_given(no_rating, nobody_answered)
RATERS = by_given(one_rater, fewer_raters_than(2))
TWICE = by_given(fewer_units_than(1), fewer_rated_twice_than(1))
UNITS = by_given(fewer_units_than(2), fewer_rated_twice_than(2))
VARIED = by_given(one_category_of_units, of_their_units(one_category_of_units))
"""No rating, one rater, no unit with two ratings, one such unit, all in one category: from units, or from answers."""

PAIR_RATED = by_given(_nobody_in_either, nobody_answered)
PAIR_RATERS = by_given(_one_of_the_two, fewer_raters_than(2))
PAIR_TWICE = by_given(no_pair, fewer_common_than(1))
PAIR_UNITS = by_given(fewer_pairs_than(2), fewer_common_than(2))
PAIR_CONSTANT = by_given(one_wave_unanimous, constant_rater)
PAIR_VARIED = by_given(one_category_throughout, always)
"""The same of pairs of raters, from transitions, or from answers."""

ICC_RATERS = by_given(_most_ratings_below_two, _no_two_complete_raters)
ICC_UNITS = by_given(_one_whole_unit, _no_two_complete_units)

GIVEN_OF_PAIRS = Parameter(
    "given", "a table of two raters (or waves), or the answers of raters: then the mean over their pairs", "transitions",
    allowed=("transitions", "answers"),
)  # fmt: skip
