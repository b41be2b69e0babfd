"""Any statistic of the catalogue by its name: value, reason, flags and options, as the tables and the command line want them."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from delphi.statistics.arrays import as_counts, paired
from delphi.statistics.entries.entry import Case
from delphi.statistics.registry import Statistic, catalogue, statistic

MINIMUM = 5
"""Below so many answers a value is marked `n_below_minimum`."""
HISTOGRAMS = ("counts", "two_counts", "group_counts", "units", "transitions")
"""Arrays whose last dimension is the categories of the scale; of others the values are in the answers themselves."""


@dataclass(frozen=True)
class Computed:
    """What came out, in arrays of one shape.

    `value` is NaN where it is not defined, and then `reason` has a code; `label` is set where the statistic gives words; `more`
    holds further fields of the result, such as a p-value: arrays, and of a map whatever they are. `flags` are sorted and
    separated by spaces. `n` is what the statistic rests on: answers, pairs, raters; a result that has a field `n` says it itself, since it may leave out some.
    """

    statistic_id: str
    value: NDArray[np.float64]
    n: NDArray[np.int64]
    reason: NDArray[np.object_]
    flags: NDArray[np.object_]
    options: dict[str, Any]
    label: NDArray[np.object_] | None = None
    more: dict[str, Any] | None = None


def computed(statistic_id: str, data: Any, **options: Any) -> Computed:
    """Compute a statistic of the catalogue.

    Parameters
    ----------
    statistic_id : an id of the catalogue
    data : the array it takes, or a tuple of them in the order of its function; where the option `given` names another kind
        of array, that
    options : its parameters; those that are left out have their default. `values` are those of the scale, without them the
        categories of a histogram are 1, 2, 3, ... A statistic of another one (an interval, a p-value) takes the data and the options of
        that other, whose id is its option `statistic`.

    Raises
    ------
    ValueError
        If there is no such statistic or parameter, one is lacking, or an argument makes no sense; names argument, value and
        what is allowed.

    Examples
    --------
    >>> found = computed("van_der_eijk_agreement", [[5, 0, 0, 0, 5], [1, 0, 0, 0, 0]])
    >>> found.value.tolist(), found.reason.tolist()
    ([-1.0, nan], [None, 'too_few'])
    """
    entry = statistic(statistic_id)
    chosen = options_of(entry, options)
    if "given" in chosen:
        entry = replace(entry, takes=chosen["given"])
    arrays = data if isinstance(data, tuple) and entry.takes != "any" else (data,)
    if entry.takes in HISTOGRAMS and entry.takes_values and chosen.get("values") is None:
        categories = np.shape(arrays[0])[-1] - (entry.takes == "transitions")
        chosen["values"] = np.arange(1, categories + 1)
    found = entry.function(*arrays, **chosen)
    value, label, more = _parted(entry, found)
    shape = value.shape
    if more is not None and "n" in more:
        n = _spread(more.pop("n"), shape).astype(np.int64)
    elif entry.gives == "per object":
        n = _per_object(entry, data, shape)
    else:
        n = np.broadcast_to(_size(entry, data), shape)
    if entry.takes == "any" and more is not None:
        more.pop("reason", None)

    def holds(case: Case) -> NDArray[np.bool_]:
        return _held(case.when(found if case.looks_at == "result" else data, chosen), shape)

    is_defined = np.isfinite(value) if label is None else ~_is_nothing(label)
    reason = np.full(shape, None, dtype=object)
    for case in reversed(entry.undefined):
        reason[~is_defined & holds(case)] = case.code
    if bool((~is_defined & _is_nothing(reason)).any()):
        raise AssertionError(f"{statistic_id} is not defined and the catalogue does not say why")
    marks = {case.code: is_defined & holds(case) for case in entry.marks}
    if entry.takes != "two_texts":  # two texts are all there is to compare
        marks["n_below_minimum"] = marks.get("n_below_minimum", False) | (is_defined & (n < MINIMUM))
    return Computed(statistic_id, value, n, reason, _flags(shape, marks), chosen, label, more)


def options_of(entry: Statistic, given: Mapping[str, Any]) -> dict[str, Any]:
    """All options in effect.

    Raises
    ------
    ValueError
        If one is unknown, lacking or not among the allowed.
    """
    known = {one.name: one for one in entry.parameters}
    takes = inspect.signature(entry.function).parameters
    own = {name: given[name] for name in given if name in known or (name == "values" and "values" in takes)}
    others = {name: given[name] for name in given if name not in own}
    if entry.takes == "any":
        # A statistic that is not in the catalogue is refused by the function, which knows what it can be applied to.
        resting_on = catalogue().get(given.get("statistic", ""))
        others = options_of(resting_on, others) if resting_on else others
    elif others:
        listed = ", ".join(known) or "none"
        raise ValueError(f"{entry.statistic_id} has no parameter {', '.join(others)}; allowed: {listed}")
    lacking = [one.name for one in entry.parameters if one.is_required and given.get(one.name) is None]
    if lacking:
        raise ValueError(f"{entry.statistic_id} needs {', '.join(lacking)}")
    chosen = {one.name: one.default for one in entry.parameters if not one.is_required} | own
    for name, value in chosen.items():
        allowed = known[name].allowed if name in known else ()
        if allowed and value not in allowed:
            raise ValueError(f"{name}: is {' or '.join(map(str, allowed))}, got {value!r}")
    return others | chosen


def value_of(entry: Statistic, found: Any) -> NDArray[np.float64]:
    """The numbers of a result: of several fields the main one.

    Raises
    ------
    ValueError
        If the statistic gives words.
    """
    value, label, _ = _parted(entry, found)
    if label is not None:
        raise ValueError(f"statistic: has to give a number, {entry.statistic_id} gives words")
    return value


def _parted(
    entry: Statistic, found: Any
) -> tuple[NDArray[np.float64], NDArray[np.object_] | None, dict[str, Any] | None]:
    """Value, label and further fields of a result."""
    more: dict[str, Any] | None = None
    if is_dataclass(found) and not isinstance(found, type):
        more = {one.name: getattr(found, one.name) for one in fields(found)}
    elif hasattr(found, "_asdict"):
        more = dict(found._asdict())
    if more is not None and entry.gives != "map":
        more = {name: np.asarray(part) for name, part in more.items()}
    if more is not None:
        found = more.pop(entry.main or next(iter(more)))
    if entry.gives in ("label", "labels") or np.asarray(found).dtype == object:
        label = np.asarray(found, dtype=object)
        return np.full(label.shape, np.nan), label, more
    return np.asarray(found, dtype=np.float64), None, more


def _size(entry: Statistic, data: Any) -> NDArray[np.int64]:
    """What the statistic rests on; `n` of statistics.md 1.2."""
    if entry.takes in ("counts", "comments"):
        return as_counts(data).sum(axis=-1)
    if entry.takes == "two_counts":
        return as_counts(data[0]).sum(axis=-1) + as_counts(data[1]).sum(axis=-1)
    if entry.takes == "group_counts":
        return as_counts(data).sum(axis=(-1, -2))
    if entry.takes == "units":
        return as_counts(data).sum(axis=-1).max(axis=-1, initial=0)
    if entry.takes == "transitions":
        return paired(data).sum(axis=(-1, -2))
    if entry.takes == "share":
        return np.asarray(data[1], dtype=np.int64)
    if entry.takes == "rounds":
        return np.isfinite(np.asarray(data, dtype=np.float64)).all(axis=-1).sum(axis=-1)
    if entry.takes == "two_ranks":
        complete = [np.isfinite(np.asarray(one, dtype=np.float64)).all(axis=-1) for one in data]
        return np.asarray(min(int(one.sum()) for one in complete))
    if entry.takes == "numbers":
        return np.isfinite(np.asarray(data, dtype=np.float64)).sum(axis=-1)
    if entry.takes in ("wins", "choices"):
        return np.asarray(data).sum(axis=(-1, -2)).astype(np.int64)
    if entry.takes == "forecasts":
        return np.isfinite(sum(np.asarray(part, dtype=np.float64) for part in data)).sum(axis=-1)
    if entry.takes == "two_shares":
        return np.asarray(data[2], dtype=np.int64) + np.asarray(data[3], dtype=np.int64)
    if entry.takes == "points":
        return np.asarray((np.asarray(data[1]) >= 0).sum())
    if entry.takes == "texts":
        return np.asarray(sum(bool(text and text.strip()) for text in data))
    if entry.takes == "two_texts":
        return np.asarray(2)
    if entry.takes == "comparisons":
        return np.asarray(len(np.asarray(data)))
    table = np.asarray(data, dtype=np.float64)
    return np.asarray(np.isfinite(table).any(axis=-1).sum())


def _per_object(entry: Statistic, data: Any, shape: tuple[int, ...]) -> NDArray[np.int64]:
    """How many placed each object, or are in each group."""
    if entry.takes == "group_counts" and as_counts(data).shape[:-1] == shape:
        return as_counts(data).sum(axis=-1)
    if entry.takes in ("ranks", "answers", "votes"):
        return np.isfinite(np.asarray(data, dtype=np.float64)).sum(axis=-2)
    return np.broadcast_to(np.asarray(_size(entry, data))[..., None], shape)


def _is_nothing(texts: NDArray[np.object_]) -> NDArray[np.bool_]:
    return np.array([text is None for text in texts.ravel()], dtype=bool).reshape(texts.shape)


def _held(condition: Any, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """A condition in the shape of the value."""
    return _spread(np.asarray(condition, dtype=bool), shape)


def _spread(part: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """An array in the shape of the value; one per case holds for all its objects."""
    while part.ndim < len(shape) and part.shape != shape and part.shape == shape[: part.ndim] and part.ndim:
        part = part[..., None]
    return np.broadcast_to(part, shape)


def _flags(shape: tuple[int, ...], marks: Mapping[str, NDArray[np.bool_]]) -> NDArray[np.object_]:
    flags = np.full(shape, "", dtype=object)
    for name in sorted(marks):
        held = np.broadcast_to(marks[name], shape)
        flags[held] = [f"{before} {name}" if before else name for before in flags[held]]
    return flags
