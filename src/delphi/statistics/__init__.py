"""The statistics core: numpy on three arrays. Knows no study, no table, no file.

`counts (..., V)` are answers per category, `transitions (..., V+1, V+1)` category before × category after
with "no answer" last, `answers (M, N)` respondent × item with NaN for no answer. Undefined is NaN, never 0 or
1.
"""

from importlib import import_module
from typing import Any

from delphi.statistics import resampling
from delphi.statistics.agreement import (
    kendall_w,
    krippendorff_alpha,
    mid_ranks,
    observed_agreement,
    van_der_eijk_agreement,
    van_der_eijk_polarization,
)
from delphi.statistics.concordance import kendall_w_exact_p
from delphi.statistics.dispersion import iqr, sd
from delphi.statistics.location import mean, median, median_interval, quantile
from delphi.statistics.movers import wilcoxon_signed_rank
from delphi.statistics.multiplicity import holm
from delphi.statistics.ranks import (
    EXACT_UP_TO,
    SignedRank,
    cliffs_delta,
    mann_whitney_p,
)
from delphi.statistics.resampling import Resampled, stream, weighted_kappa_interval
from delphi.statistics.shares import share, wilson_interval
from delphi.statistics.stability import (
    delta_iqr,
    delta_median,
    differences,
    margins,
    n_paired,
    net_change,
    share_changed_gt1,
    share_unchanged,
    weighted_kappa,
    wilcoxon_signed_rank_p,
)

__all__ = [
    "EXACT_UP_TO", "Resampled", "SignedRank", "cliffs_delta", "delta_iqr", "delta_median", "differences", "holm", "iqr",
    "kendall_w", "kendall_w_exact_p", "krippendorff_alpha", "mann_whitney_p", "margins", "mean", "median", "median_interval",
    "mid_ranks", "n_paired", "net_change", "observed_agreement", "quantile", "resampling", "sd", "share",
    "share_changed_gt1", "share_unchanged", "stream", "van_der_eijk_agreement",
    "van_der_eijk_polarization", "weighted_kappa", "weighted_kappa_interval", "wilcoxon_signed_rank",
    "wilcoxon_signed_rank_p", "wilson_interval",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Everything else of the catalogue by its id, and the catalogue itself: imported when it is first asked for."""
    if name.startswith("_"):
        raise AttributeError(name)
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    registry = import_module("delphi.statistics.registry")
    entry = registry.catalogue().get(name)
    if entry is None:
        raise AttributeError(f"delphi.statistics has no {name!r}; `catalogue()` lists what there is")
    return entry.function


_LATER = {
    "Computed": "delphi.statistics.computing",
    "computed": "delphi.statistics.computing",
    "catalogue": "delphi.statistics.registry",
    "statistic": "delphi.statistics.registry",
    "benjamini_hochberg": "delphi.statistics.multiplicity",
    "group_pairs": "delphi.statistics.comparison",
}


def __dir__() -> list[str]:
    """Also what is imported later."""
    registry = import_module("delphi.statistics.registry")
    return sorted({*globals(), *_LATER, *registry.catalogue()})
