"""Answers of several parts that only make sense together: options chosen, ranks, three-point estimates."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from delphi.study.model import Choose, Scale
from delphi.validation.cells import INVALID


def needs_check(scale: Scale) -> bool:
    """Whether the parts of an answer on this scale are judged together."""
    return scale.kind in ("rank", "interval") or (scale.kind == "multi" and scale.choose is not None)


def broken_wholes(
    scale: Scale, values: NDArray[np.float64], missing: NDArray[np.int8]
) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Rules that whole answers break, with the respondents concerned.

    Parameters
    ----------
    values : shape (respondents, parts), NaN where there is no value
    missing : shape (respondents, parts), places in `NON_ANSWERS`
    """
    given = np.isfinite(values)
    some = given.any(axis=1)
    spoiled = (missing == INVALID).any(axis=1)
    if scale.kind == "multi" and scale.choose is not None:
        chosen = np.nansum(values, axis=1)
        yield "wrong_choice_count", some & ~_as_asked(chosen, spoiled, scale.choose)
    elif scale.kind == "rank":
        yield "bad_ranking", some & (spoiled | ~_is_ranking(values, given, scale))
    elif scale.kind == "interval":
        yield "bad_interval", some & ~_in_order(values)


def _as_asked(chosen: NDArray[np.float64], spoiled: NDArray[np.bool_], choose: Choose) -> NDArray[np.bool_]:
    """Whether so many options may be chosen; one that cannot be read might still be among them."""
    least = choose.exactly if choose.exactly is not None else choose.at_least
    most = choose.exactly if choose.exactly is not None else choose.at_most
    enough = np.ones(len(chosen), dtype=bool) if least is None else (chosen >= least) | spoiled
    return enough if most is None else enough & (chosen <= most)


def _is_ranking(values: NDArray[np.float64], given: NDArray[np.bool_], scale: Scale) -> NDArray[np.bool_]:
    n_given = given.sum(axis=1)
    complete = n_given == values.shape[1]
    fits = complete | scale.partial
    if scale.ties:
        return fits
    in_order = np.sort(np.where(given, values, np.inf), axis=1)
    wanted = np.arange(1, values.shape[1] + 1)
    as_wanted = (in_order == wanted) | (wanted > n_given[:, None])
    return fits & as_wanted.all(axis=1)


def _in_order(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether low ≤ best ≤ high, as far as they are given."""
    low, best, high = values.T
    with np.errstate(invalid="ignore"):
        return ~((low > best) | (best > high) | (low > high))
