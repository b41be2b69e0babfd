"""Which statistics of the catalogue a rule may bound, and with which options: names come from the catalogue alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from math import isfinite
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from delphi.study.categories import band_places, codes_of, places_of
from delphi.study.model import Categories, Option, OptionValue, Scale
from delphi.study.sections import Collected
from delphi.study.tree import Path

if TYPE_CHECKING:
    from delphi.statistics.registry import Statistic

# The catalogue is imported where it is used: a study without a measure must not wait for it.

ALIASES = {"van_der_eijk": "van_der_eijk_agreement"}
CATEGORY_OPTIONS = MappingProxyType(
    {"within": "last", "top": "last", "bottom": "first", "middle": "between", "strong": None}
)  # fmt: skip
"""Options that name categories, and by the place of which band they are chosen where nothing is written; None: by none."""
SCALARS = (type(None), bool, int, float, str)
"""Kinds of defaults that an option of a study file may have; what takes a list of anything else keeps its default."""
TEXT_OPTIONS = ("fuzzy_map",)
"""Options that are a name which only the function knows."""
SAID_ELSEWHERE = MappingProxyType(
    {
        "quantile_type": "The type of quantiles is that of all rules: write rules.quantile.",
        "tolerance": "Write tolerance as a key of the rule.",
        "weights": "Write weights as a key of the rule.",
    }
)  # fmt: skip
"""Options that have their own place in the study file."""
CATEGORIES = "bands, values of the scale or choices"
OF_RANKINGS = MappingProxyType({"kendall_w": "Kendall's W"})
"""Measures of the complete rankings of one item of kind rank, which lie between 0 and 1, with their names."""
ORDERLESS_LEVELS = ("nominal", "any", "binary")
OF_N_ALONE = ("cvr_critical",)
"""Statistics that look at the number of answers only, which no rule can bound in earnest."""
P = "_p"
DEFAULT_SET = frozenset(
    {
        "bottom_box", "delta_iqr", "delta_median", "dropout_bias", "iqr", "kendall_w", "krippendorff_alpha", "mean", "median",
        "mode", "net_change", "observed_agreement", "panel_retention", "percent_agreement", "q1", "q3", "sd",
        "share_changed_gt1", "share_unchanged", "van_der_eijk_agreement", "weighted_kappa", "wilcoxon_signed_rank",
    }
)  # fmt: skip
"""What is computed of every study without being asked for."""
STOPPING = (
    "hierarchical_stopping",
    "consensus_and_stability",
    "stability_only",
    "consensus_only",
    "max_rounds",
)
"""Decisions on another round, which `rules` make."""
OF_PROBABILITIES = ("probability_pool",)
"""Statistics of probabilities, which no scale of a study is declared to hold."""
REQUESTABLE = MappingProxyType(
    {
        "counts": ("ordinal", "nominal"), "transitions": ("ordinal", "nominal"), "two_counts": ("ordinal", "nominal"),
        "units": ("ordinal", "nominal"), "group_counts": ("ordinal", "nominal"), "ranks": ("rank",), "two_ranks": ("rank",),
        "numbers": ("integer", "number", "interval", "year"),
    }
)  # fmt: skip
"""What a statistic that a study asks for may take, and of items on which kinds of scale it is then computed."""


@cache
def requestable() -> dict[str, Statistic]:
    """Statistics that a study may ask for in `analysis.statistics`: what items, pairs of waves, blocks of items and rankings give."""
    from delphi.statistics.registry import catalogue

    return {
        name: entry
        for name, entry in catalogue().items()
        if entry.takes in REQUESTABLE
        and name not in DEFAULT_SET
        and name not in (*OF_N_ALONE, *STOPPING, *OF_PROBABILITIES)
        and entry.gives != "matrix"
        and (entry.gives not in ("per object", "labels") or entry.takes == "ranks")
        and (entry.takes != "group_counts" or entry.section.startswith("3"))
        and (entry.takes != "two_counts" or entry.section == "4.2")
    }


@cache
def of_answers() -> dict[str, Statistic]:
    """Measures of one item's answers: sections 2.1 to 2.5 of the catalogue, as far as they give one number."""
    from delphi.statistics.registry import catalogue

    return {
        name: entry
        for name, entry in catalogue().items()
        if entry.section.startswith("2.")
        and entry.takes == "counts"
        and entry.gives in ("number", "fields")
        and name not in OF_N_ALONE
    }


@cache
def of_change() -> dict[str, Statistic]:
    """Measures of change between two waves: section 4, as far as they give one number; `<id>_p` are the p-values.

    What takes two histograms gets those of the paired answers; what takes two tables of rankings is for items of kind rank.
    """
    from delphi.statistics.registry import catalogue

    found: dict[str, Statistic] = {}
    for name, entry in catalogue().items():
        is_paired = entry.takes in ("transitions", "two_ranks") or (
            entry.takes == "two_counts" and entry.section == "4.2"
        )
        if entry.section.startswith("4.") and is_paired and entry.gives in ("number", "fields"):
            found[name] = entry
            if "p" in entry.fields:
                found[f"{name}{P}"] = entry
    return found


def of_rule(measure: str, known: Mapping[str, Statistic]) -> Statistic:
    """The entry of a measure that a rule names, by its id or a shorter name.

    Raises
    ------
    ValueError
        If it is none of these.
    """
    entry = known.get(full_name(measure))
    if entry is None:
        raise ValueError(f"no rule can name {measure}: the catalogue has no such measure")
    return entry


def full_name(measure: str) -> str:
    """The id of the catalogue for a measure that may be written shorter."""
    return ALIASES.get(measure, measure)


def is_p(measure: str) -> bool:
    """Whether a measure of change is the p-value of a test."""
    return measure.endswith(P) and measure.removesuffix(P) in of_change()


def takes_rankings(measure: str) -> bool:
    """Whether a measure, of one wave or of change, is for items whose objects are ranked."""
    change = of_change().get(measure)
    return measure in OF_RANKINGS or (change is not None and change.takes == "two_ranks")


def needs_order(entry: Statistic) -> bool:
    """Whether a statistic means nothing on a scale without an order."""
    return entry.level not in ORDERLESS_LEVELS


def has_quantiles(measure: str) -> bool:
    """Whether a measure of answers depends on the type of quantiles."""
    entry = of_answers().get(full_name(measure))
    return entry is not None and any(one.name == "quantile_type" for one in entry.parameters)


def short_name(entry: Statistic) -> str:
    """The first of the names that the literature has for a statistic."""
    return entry.name.partition(",")[0]


def reach(measure: str, entry: Statistic) -> tuple[float | None, float | None]:
    """Least and greatest value; None: no bound."""
    return (0, 1) if is_p(measure) else (entry.low, entry.high)


def why_not(measure: str) -> str:
    """Why a statistic of the catalogue cannot be bounded by such a rule; empty where there is no such statistic."""
    from delphi.statistics.registry import catalogue

    entry = catalogue().get(measure)
    if entry is None:
        return ""
    if entry.gives in ("label", "labels"):
        return f"{measure} gives words, not a number that a rule could bound"
    if measure in OF_N_ALONE:
        return f"{measure} depends on the number of answers alone"
    if entry.gives not in ("number", "fields"):
        return f"{measure} is not one number"
    return f"{measure} takes {entry.arrays}"


def arguments(
    entry: Statistic, options: Mapping[str, OptionValue], bands: Mapping[str, tuple[int, ...]],
    codes: Sequence[frozenset[str]], values: Sequence[float], quantile_type: int,
) -> dict[str, Any] | None:  # fmt: skip
    """What the function of a statistic is called with, beside its data; None where the scale lacks named categories.

    Parameters
    ----------
    options : those of a rule, defaults included
    bands, codes, values : of the scale: places of each band, codes and value of each category
    quantile_type : the one that all rules have
    """
    given: dict[str, Any] = {}
    for name, option in options.items():
        if isinstance(option, Categories):
            places = places_of(option, bands, codes)
            if places is None:
                return None
            given[name] = [place in places for place in range(len(values))]
        else:
            given[name] = option
    if any(one.name == "quantile_type" for one in entry.parameters):
        given["quantile_type"] = quantile_type
    if entry.takes_values:
        given["values"] = values
    return given


def resolved_options(
    measure: str, entry: Statistic, written: Mapping[str, Any], scales: Sequence[Scale], path: Path, found: Collected,
    elsewhere: Mapping[str, str] = SAID_ELSEWHERE,
) -> tuple[Option, ...]:  # fmt: skip
    """The options of a measure, defaults included; a problem for each that is unknown, lacking or not allowed.

    What is allowed is what the function of the statistic takes on the scales that the rule meets: it is tried on one
    answer per category.
    """
    before = len(found.problems)
    offered = {
        one.name: one
        for one in entry.parameters
        if one.is_of_value and one.name not in elsewhere and isinstance(one.default, SCALARS)
    }
    options: dict[str, OptionValue] = {}
    for name, value in written.items():
        here = (*path, "options", name)
        if name in elsewhere and any(one.name == name for one in entry.parameters):
            found.add(here, f"{name} is no option here", elsewhere[name], "wrong_option")
        elif name not in offered:
            found.unknown(here, "option", str(name), offered, f" of {measure}")
        elif name in CATEGORY_OPTIONS:
            options[name] = categories(value, here, scales, found)
        elif offered[name].allowed:
            # Python holds 1 for true.
            if not any(value == one and type(value) is type(one) for one in offered[name].allowed):
                told = " or ".join(_yaml(one) for one in offered[name].allowed)
                found.add(here, f"expected {told}", "", "not_one_of")
            options[name] = value
        elif name in TEXT_OPTIONS and isinstance(value, str):
            options[name] = value
        elif isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            found.add(here, f"expected a number: {offered[name].meaning}", "", "wrong_type")
        else:
            options[name] = value
    for name, parameter in offered.items():
        if name in written:
            continue
        has_place = (
            all(_has_place(scale, CATEGORY_OPTIONS[name]) for scale in scales)
            if name in CATEGORY_OPTIONS
            else False
        )
        if has_place:
            options[name] = Categories(place=CATEGORY_OPTIONS[name])  # type: ignore[arg-type]
        elif parameter.is_required:
            meaning = CATEGORIES if name in CATEGORY_OPTIONS else parameter.meaning
            found.add(
                path,
                f"{measure} needs the option {name}: {meaning}",
                f"Write options: {{{name}: ...}}.",
                "missing_key",
            )
        elif parameter.default is not None:
            options[name] = parameter.default
    if len(found.problems) == before:
        _try(entry, options, scales, (*path, "options"), found)
    return tuple(Option(name=name, value=value) for name, value in options.items())


def _has_place(scale: Scale, place: str | None) -> bool:
    if place is None:
        return False
    chosen = Categories(place=place)  # type: ignore[arg-type]
    return bool(places_of(chosen, band_places(scale), codes_of(scale)))


def _yaml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def categories(value: Any, path: Path, scales: Sequence[Scale], found: Collected) -> Categories:
    """Categories that are named by band, by scale value or by the id of a choice; a problem for each that is unknown."""
    names = value if isinstance(value, list) else [value]
    bands: list[str] = []
    codes: list[str] = []
    for number, name in enumerate(names):
        here = (*path, number) if isinstance(value, list) else path
        if isinstance(name, bool) or not isinstance(name, str | int):
            found.add(here, f"expected {CATEGORIES}", "", "wrong_type")
            continue
        is_band = isinstance(name, str) and any(name in band_places(scale) for scale in scales)
        (bands if is_band else codes).append(str(name))
        for scale in scales:
            there = {**band_places(scale)} if is_band else {code for one in codes_of(scale) for code in one}
            if str(name) not in there:
                what = "band" if is_band else "category"
                every = [*band_places(scale), *(code for one in codes_of(scale) for code in sorted(one))]
                found.unknown(here, what, str(name), every, f" on the scale {scale.scale_id}")
    if not names:
        found.add(path, "expected at least one element", "", "wrong_value")
    return Categories(bands=tuple(dict.fromkeys(bands)), codes=tuple(dict.fromkeys(codes)))


def codes(
    names: Sequence[str | int], path: Path, scales: Sequence[Scale], found: Collected
) -> tuple[str, ...]:
    """Scale values or choices as their codes; a problem for each that a scale does not have."""
    for number, name in enumerate(names):
        for scale in scales:
            every = [category.code for category in scale.categories]
            if str(name) not in every:
                found.unknown(
                    (*path, number), "category", str(name), every, f" on the scale {scale.scale_id}"
                )
    return tuple(dict.fromkeys(str(name) for name in names))


def _try(
    entry: Statistic,
    options: Mapping[str, OptionValue],
    scales: Sequence[Scale],
    path: Path,
    found: Collected,
) -> None:
    """Call the statistic once per scale; what it refuses is a problem of the option that its message names."""
    import numpy as np

    for scale in scales:
        size = len(scale.categories)
        values = [category.value for category in scale.categories]
        given = arguments(entry, options, band_places(scale), codes_of(scale), values, 7)
        if given is None:
            continue
        one_each = np.ones(size, dtype=np.int64)
        data: tuple[Any, ...] = (one_each,)
        if entry.takes == "transitions":
            data = (np.ones((size + 1, size + 1), dtype=np.int64),)
        elif entry.takes == "two_counts":
            data = (one_each, one_each)
        elif entry.takes in ("units", "group_counts"):
            data = (np.ones((2, size), dtype=np.int64),)
        elif entry.takes == "numbers":
            data = (np.array([1.0, 2.0, 4.0]),)
        elif entry.takes == "ranks":
            data = (np.tile(np.arange(1.0, len(scale.parts) + 1), (2, 1)),)
        elif entry.takes == "two_ranks":
            data = (np.tile(np.arange(1.0, size + 1), (2, 1)),) * 2
        try:
            entry.function(*data, **given)
        except ValueError as error:
            name, _, told = str(error).partition(": ")
            is_named = name in options
            found.add(
                (*path, name) if is_named else path,
                f"{told if is_named else error} (on the scale {scale.scale_id})",
                "",
                "wrong_option",
            )
            return
