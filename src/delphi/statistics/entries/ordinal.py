"""Entries of section 2.3: consensus, dispersion and polarization of one item on an ordered scale."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from delphi.statistics.entries.entry import Case, Parameter, Statistic
from delphi.statistics.entries.location import ALONE, FLAT, NOBODY
from delphi.statistics.undefined import always, fewer_categories_than, fewer_than

SHORT = Case("scale_too_short", fewer_categories_than(3))
ONE_CATEGORY = Case("scale_too_short", fewer_categories_than(2))
VAN_DER_EIJK = (
    "van der Eijk (2001), Measuring agreement in ordered rating scales, Quality and Quantity 35, 325-341"
)
TASTLE_WIERMAN = (
    "Tastle and Wierman (2007), Consensus and dissention: a measure of ordinal dispersion, International Journal of "
    "Approximate Reasoning 45, 531-545"
)
BLAIR_LACY = (
    "Blair and Lacy (2000), Statistics of ordinal variation, Sociological Methods and Research 28, 251-280"
)
BERRY_MIELKE = (
    "Berry and Mielke (1992), Assessment of variation in ordinal data, Perceptual and Motor Skills 74, 63-66"
)


def one_category_to_fill(counts: Any, options: dict[str, Any]) -> NDArray[np.bool_]:
    """An even spread is asked for on a scale of one category."""
    return fewer_categories_than(2)(counts, options) & bool(options["normalised"])


ENTRIES: tuple[Statistic, ...] = (
    Statistic(
        "van_der_eijk_agreement",
        "agreement A",
        section="2.3", takes="counts", level="ordinal", low=-1, high=1, direction="more",
        formula="the histogram peeled into layers of equal height, A the mean of the layers' agreement by their share of the answers",
        reading="-1 half at each end, 0 uniform, 1 unanimous. There is no accepted cut-off.",
        sources=(VAN_DER_EIJK,),
        place="delphi.statistics.agreement:van_der_eijk_agreement",
        undefined=(NOBODY, SHORT, ALONE),
        marks=(FLAT,),
    ),
    Statistic(
        "van_der_eijk_polarization",
        "polarization",
        section="2.3", takes="counts", level="ordinal", low=0, high=1, direction="less",
        formula="(1 - A) / 2",
        reading="0 unanimous, 1/2 uniform, 1 half at each end.",
        sources=(VAN_DER_EIJK,),
        place="delphi.statistics.agreement:van_der_eijk_polarization",
        undefined=(NOBODY, SHORT, ALONE),
        marks=(FLAT,),
    ),
    Statistic(
        "leik_dispersion",
        "Leik's ordinal dispersion D",
        section="2.3", takes="counts", level="ordinal", low=0, high=1, direction="less",
        formula="2 × sum of min(F, 1 - F) over the categories but the last / (K - 1), F the cumulated share",
        reading="0 unanimous, 1 half at each end; Leik's consensus is 1 - D. Uniform tends to 1/2 as the scale grows. No accepted cut-off.",
        sources=("Leik (1966), A measure of ordinal consensus, Pacific Sociological Review 9, 85-90",),
        place="delphi.statistics.cumulative_dispersion:leik_dispersion",
        undefined=(NOBODY, ONE_CATEGORY, ALONE),
        marks=(FLAT,),
    ),
    Statistic(
        "tastle_wierman_consensus",
        "consensus Cns",
        section="2.3", takes="counts", level="interval", low=0, high=1, direction="more",
        formula="1 + sum of p × log2(1 - |value - mean| / length of the scale)",
        reading="0 half at each end, 1 unanimous. Uniform lies well above 0, unlike A. No accepted cut-off.",
        sources=(TASTLE_WIERMAN,),
        place="delphi.statistics.tastle_wierman:tastle_wierman_consensus",
        undefined=(NOBODY, ONE_CATEGORY, ALONE),
        marks=(FLAT,),
    ),
    Statistic(
        "tastle_wierman_dissention",
        "dissention Dnt",
        section="2.3", takes="counts", level="interval", low=0, high=1, direction="less",
        formula="1 - Cns",
        reading="0 unanimous, 1 half at each end.",
        sources=(TASTLE_WIERMAN,),
        place="delphi.statistics.tastle_wierman:tastle_wierman_dissention",
        undefined=(NOBODY, ONE_CATEGORY, ALONE),
        marks=(FLAT,),
    ),
    Statistic(
        "tastle_wierman_agreement",
        "target agreement Agr, strength of consensus sCns",
        section="2.3", takes="counts", level="interval", low=0, high=1, direction="more",
        formula="1 + sum of p × log2(1 - |value - target| / (2 × length of the scale))",
        reading="Always told with its target. All equal is 1 at the target only.",
        sources=(TASTLE_WIERMAN,),
        place="delphi.statistics.tastle_wierman:tastle_wierman_agreement",
        parameters=(Parameter("target", "scale value from which the answers are measured", is_required=True),),
        undefined=(NOBODY, ONE_CATEGORY, ALONE),
        marks=(FLAT,),
    ),
    Statistic(
        "blair_lacy_l2",
        "l squared, l²",
        section="2.3", takes="counts", level="ordinal", low=0, high=1, direction="more",
        formula="4 d² / (K - 1)",
        reading="0 half at each end, 1 unanimous. No accepted cut-off.",
        sources=(BLAIR_LACY,),
        place="delphi.statistics.cumulative_dispersion:blair_lacy_l2",
        undefined=(NOBODY, ONE_CATEGORY, ALONE),
        marks=(FLAT,),
    ),
    Statistic(
        "blair_lacy_l",
        "Blair and Lacy's l",
        section="2.3", takes="counts", level="ordinal", low=0, high=1, direction="more",
        formula="root of l²",
        reading="0 half at each end, 1 unanimous. No accepted cut-off.",
        sources=(BLAIR_LACY,),
        place="delphi.statistics.cumulative_dispersion:blair_lacy_l",
        undefined=(NOBODY, ONE_CATEGORY, ALONE),
        marks=(FLAT,),
    ),
    Statistic(
        "blair_lacy_d2",
        "d squared, d²",
        section="2.3", takes="counts", level="ordinal", low=0, direction="more",
        formula="sum of (F - 1/2)² over the categories but the last, F the cumulated share",
        reading="0 half at each end, (K - 1) / 4 unanimous: not to be compared between scales, see l².",
        sources=(BLAIR_LACY,),
        place="delphi.statistics.cumulative_dispersion:blair_lacy_d2",
        undefined=(NOBODY, ONE_CATEGORY, ALONE),
        marks=(FLAT,),
    ),
    Statistic(
        "berry_mielke_iov",
        "index of ordinal variation IOV",
        section="2.3", takes="counts", level="ordinal", low=0, high=1, direction="less",
        formula="distances in categories of all pairs of persons / the greatest sum that so many persons can reach",
        reading="0 unanimous, 1 half at each end. For an even number of answers 1 - l².",
        sources=(BERRY_MIELKE,),
        place="delphi.statistics.cumulative_dispersion:berry_mielke_iov",
        undefined=(NOBODY, ONE_CATEGORY, ALONE),
        marks=(FLAT,),
    ),
    Statistic(
        "kvalseth_cov",
        "coefficient of ordinal variation COV",
        section="2.3", takes="counts", level="ordinal", low=0, high=1, direction="less",
        formula="1 - root of (1 - IOV)",
        reading="0 unanimous, 1 half at each end.",
        sources=("Kvalseth (1995), Coefficients of variation for nominal and ordinal categorical data, Perceptual and Motor Skills 80, 843-847",),
        place="delphi.statistics.cumulative_dispersion:kvalseth_cov",
        undefined=(NOBODY, ONE_CATEGORY, ALONE),
        marks=(FLAT,),
    ),
    Statistic(
        "shannon_entropy",
        "Shannon entropy H",
        section="2.3", takes="counts", level="nominal", low=0, direction="less",
        formula="- sum of p × log p; normalised: / log K of the declared scale",
        reading="0 unanimous, log K or 1 uniform; consensus is 1 - the normalised form. Blind to order: halves at 1 and 5 are as "
        "halves at 1 and 2. Told with its base.",
        sources=("Shannon (1948), A mathematical theory of communication, Bell System Technical Journal 27, 379-423",),
        place="delphi.statistics.entropy:shannon_entropy",
        parameters=(
            Parameter("normalised", "whether it is divided by its greatest value", False, allowed=(False, True)),
            Parameter("base", "base of the logarithm, more than 1", 2),
        ),
        undefined=(NOBODY, Case("scale_too_short", one_category_to_fill), ALONE),
        marks=(FLAT,),
    ),
    Statistic(
        "normalised_variance",
        "polarity, variance-based polarization",
        section="2.3", takes="counts", level="interval", low=0, high=1, direction="less",
        formula="4 × variance (with n) / (length of the scale)²",
        reading="1 only where half of the panel is at each end. No accepted cut-off.",
        sources=("Popoviciu (1935), Mathematica 9, 129-145, for the greatest variance",),
        place="delphi.statistics.polarization:normalised_variance",
        undefined=(NOBODY, ONE_CATEGORY, ALONE),
        marks=(FLAT,),
    ),
    Statistic(
        "reynal_querol_polarization",
        "Reynal-Querol polarization RQ, MRQ",
        section="2.3", takes="counts", level="nominal", low=0, high=1, direction="less",
        formula="4 × sum of p² (1 - p)",
        reading="1 at two equal groups, wherever they are: blind to distance.",
        sources=(
            "Reynal-Querol (2002), Journal of Conflict Resolution 46, 29-54",
            "Montalvo and Reynal-Querol (2005), American Economic Review 95, 796-816",
        ),
        place="delphi.statistics.polarization:reynal_querol_polarization",
        undefined=(NOBODY, ALONE),
        marks=(FLAT,),
    ),
    Statistic(
        "esteban_ray_polarization",
        "Esteban-Ray polarization ER",
        section="2.3", takes="counts", level="interval", low=0, direction="less",
        formula="k × sum over pairs of categories of p_i^(1 + alpha) × p_j × |v_i - v_j|; normalised: / the value of half at each end",
        reading="Always told with alpha and k; normalised for comparing items.",
        sources=("Esteban and Ray (1994), On the measurement of polarization, Econometrica 62, 819-851",),
        place="delphi.statistics.polarization:esteban_ray_polarization",
        parameters=(
            Parameter("alpha", "weight of the size of the own group, more than 0 and at most 1.6", 1.6),
            Parameter("k", "factor of the whole, more than 0", 1),
            Parameter("normalised", "whether it is divided by the value of half at each end", False, allowed=(False, True)),
        ),
        undefined=(NOBODY, ONE_CATEGORY, ALONE),
        marks=(FLAT,),
    ),
    Statistic(
        "sarle_bimodality",
        "bimodality coefficient BC",
        section="2.3", takes="counts", level="interval", low=0, high=1,
        formula="(G1² + 1) / (G2 + 3 (n - 1)² / ((n - 2)(n - 3))), G1 and G2 bias-corrected skewness and excess kurtosis",
        reading="More than 5/9 suggests two peaks, or a skewed single one (Pfister et al. 2013): only together with the histogram.",
        sources=("Pfister et al. (2013), Good things peak in pairs: a note on the bimodality coefficient, Frontiers in Psychology 4, 700",),
        place="delphi.statistics.shape:sarle_bimodality",
        undefined=(NOBODY, Case("too_few", fewer_than(4)), Case("no_variation", always)),
    ),
    Statistic(
        "consensus_shape",
        "AJUS type",
        section="2.3", takes="counts", gives="label", level="ordinal",
        formula="A a single peak between, J at either end, U a peak at each end, S several peaks, F none; neighbours that differ "
        "by at most the tolerance are level",
        reading="Helps the wording. The tolerance decides much and is told with it.",
        sources=("Galtung (1969), Theory and Methods of Social Research", "R package agrmt, ajus, for F and L"),
        place="delphi.statistics.shape:consensus_shape",
        parameters=(
            Parameter("tolerance", "share of the answers by which level neighbours may differ", 0.1),
            Parameter("with_l", "whether a single peak at the first category is L", False, allowed=(False, True)),
        ),
        undefined=(NOBODY, SHORT, ALONE),
        marks=(FLAT,),
    ),
)  # fmt: skip
