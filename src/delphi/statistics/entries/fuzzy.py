"""Entries of section 7: fuzzy Delphi."""

from __future__ import annotations

from typing import Any

import numpy as np

from delphi.statistics.arrays import as_counts
from delphi.statistics.entries.entry import Case, Parameter, Statistic
from delphi.statistics.entries.location import ALONE, FLAT, NOBODY
from delphi.statistics.fuzzy import has_middle_of_zero
from delphi.statistics.fuzzy_maps import MAPS, triangles_of
from delphi.statistics.undefined import Options, Where, always


def middle_of_zero(counts: Any, options: Options) -> Where:
    """Somebody's triangle has its middle at 0 or below, of which there is no geometric mean."""
    given = as_counts(counts)
    return has_middle_of_zero(given, triangles_of(options["fuzzy_map"], given.shape[-1]))


def fewer_experts_than(least: int) -> Any:
    """Fewer experts gave both their pessimistic and their optimistic value than these."""

    def where(estimates: Any, _: Options) -> Where:
        table = np.asarray(estimates, dtype=np.float64)
        ends = table[:, [0, 1 if table.shape[1] == 2 else 2]]
        return np.asarray(np.isfinite(ends).all(axis=1).sum() < least)

    return where


def not_positive(estimates: Any, _: Options) -> Where:
    """A value is not above 0."""
    table = np.asarray(estimates, dtype=np.float64)
    ends = table[:, [0, 1 if table.shape[1] == 2 else 2]]
    return np.asarray((ends[np.isfinite(ends).all(axis=1)] <= 0).any())


MAP = Parameter(
    "fuzzy_map",
    f"the map from the scale to triangles, one of {', '.join(MAPS)}, or a triangle (lower, middle, upper) per category",
    is_required=True,
)
DEFUZZIFY = Parameter(
    "defuzzify", "(l + m + u) / 3, (l + 2m + u) / 4 or (l + 4m + u) / 6", "centroid",
    allowed=("centroid", "signed_distance", "graded_mean"),
)  # fmt: skip

ENTRIES: tuple[Statistic, ...] = (
    Statistic(
        "fuzzy_delphi",
        "fuzzy Delphi, threshold d",
        section="7", takes="counts", level="ordinal", low=0, direction="less", gives="fields", main="distance",
        formula="mean over experts of the distance between their triangle and the mean triangle, the root of the mean squared difference of lower, middle and upper",
        reading="Accepted when d is at most 0.2 (Cheng and Lin 2002), at least 75 % of the experts lie within 0.2 (Chu and Hwang 2008; Murray and Hammons 1995) and the defuzzified rating is at least 0.5 (Tang and Wu 2010). "
        "It depends on the map: with common maps of five points a panel split between two neighbouring categories passes. Print the percent agreement beside it.",
        sources=("Chen (2000), Fuzzy Sets and Systems 114, 1-9", "Cheng and Lin (2002)", "Chu and Hwang (2008)"),
        place="delphi.statistics.fuzzy:fuzzy_delphi",
        parameters=(
            MAP,
            Parameter("distance_limit", "largest distance of the item, and of an expert who counts as near", 0.2),
            Parameter("share_limit", "least share of experts who are near", 0.75),
            Parameter("alpha_cut", "least defuzzified rating", 0.5),
            DEFUZZIFY,
        ),
        undefined=(NOBODY, ALONE),
        marks=(FLAT,),
    ),
    Statistic(
        "fuzzy_delphi_geometric",
        "fuzzy Delphi with geometric mean",
        section="7", takes="counts", level="ordinal", gives="fields", main="defuzzified",
        formula="the triangle (least lower, geometric mean of the middles, greatest upper) of the experts, made one number",
        reading="One expert sets each end. Another method than fuzzy_delphi: never mix the two.",
        sources=("Hsu and Chen (1996), Fuzzy Sets and Systems 79, 279-285",),
        place="delphi.statistics.fuzzy:fuzzy_delphi_geometric",
        parameters=(MAP, DEFUZZIFY),
        undefined=(NOBODY, Case("non_positive_values", middle_of_zero)),
    ),
    Statistic(
        "fuzzy_delphi_maxmin",
        "max-min fuzzy Delphi, two triangles with grey zone",
        section="7", takes="estimates", level="ratio", gives="fields", main="consensus",
        formula="where the falling side of the pessimistic triangle crosses the rising side of the optimistic one; the mean of their middles when they do not overlap",
        reading="Not converged when the overlap is as long as the way from middle to middle. Variants abound: name this one.",
        sources=("Ishikawa et al. (1993), Fuzzy Sets and Systems 55, 241-253",),
        place="delphi.statistics.fuzzy:fuzzy_delphi_maxmin",
        parameters=(Parameter("deviations", "standard deviations from the mean beyond which a value is left out", 2.0),),
        undefined=(
            Case("no_valid_answers", fewer_experts_than(1)),
            Case("too_few", fewer_experts_than(2)),
            Case("non_positive_values", not_positive),
            Case("not_converged", always),
        ),
    ),
)  # fmt: skip
