"""Worked examples that others have printed."""

import csv

import numpy as np
import pytest

from delphi import statistics as ds


def test_krippendorffs_ordinal_example_with_missing_answers():
    """Krippendorff (2011), Computing Krippendorff's alpha-reliability: four observers, twelve units."""
    nothing = np.nan
    observers = np.array(
        [
            [1, 2, 3, 3, 2, 1, 4, 1, 2, nothing, nothing, nothing],
            [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, nothing, 3],
            [nothing, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, nothing],
            [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, nothing],
        ]
    )
    counts = [[(unit == value).sum() for value in range(1, 6)] for unit in observers.T]
    assert round(float(ds.krippendorff_alpha(counts, "ordinal")), 3) == 0.815
    assert round(float(ds.krippendorff_alpha(counts, "nominal")), 3) == 0.743


def test_ordered_agreement_of_published_histograms(shared_data):
    """Van der Eijk's A and polarization as printed in the vignette of agrmt and in van der Eijk (2001); and of the
    same histograms the consensus of Tastle and Wierman and Leik's dispersion."""
    names = {
        "agreement": ds.van_der_eijk_agreement,
        "polarization": ds.van_der_eijk_polarization,
        "leik_dispersion": ds.leik_dispersion,
        "tastle_wierman_consensus": lambda counts: ds.tastle_wierman_consensus(counts, range(len(counts))),
    }
    with (shared_data / "ordinal_agreement_examples" / "examples.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        rows = [row for row in csv.DictReader(file) if row["statistic"] in names]
    assert len(rows) >= 20
    for row in rows:
        given = np.array([float(number) for number in row["frequencies"].split()])
        # Percentages with decimals are counts of a larger panel: A does not depend on its size.
        counts = np.rint(given * 1000).astype(int)
        ours = float(names[row["statistic"]](counts))
        assert ours == pytest.approx(float(row["recomputed"]), abs=1e-9), row["distribution"]
        if row["published"]:
            digits = len(row["published"].partition(".")[2])
            assert ours == pytest.approx(float(row["published"]), abs=0.51 * 10**-digits), row["distribution"]


def test_wilsons_interval_as_printed_by_newcombe():
    """Newcombe (1998), Statistics in Medicine 17, table I, score method without continuity correction."""
    for successes, n, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)):  # fmt: skip
        ours = ds.wilson_interval(successes, n)
        assert (round(float(ours[0]), 4), round(float(ours[1]), 4)) == (low, high)


def test_quartiles_of_the_same_answers_under_the_definitions_of_several_programs():
    """1, 1, 2, 4, 5: SAS (type 2), SPSS (type 6) and R (type 7) print different third quartiles."""
    counts, values = [2, 1, 0, 1, 1], [1, 2, 3, 4, 5]
    printed = {2: 4.0, 6: 4.5, 7: 4.0}
    assert {t: float(ds.quantile(counts, values, 0.75, t)) for t in printed} == printed


def test_signed_ranks_of_darwins_plants():
    """Cross- and self-fertilised maize, 15 pairs (Darwin 1876): the smaller rank sum is 24, exact two-sided p 0.0413."""
    differences = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]
    found = ds.wilcoxon_signed_rank(differences, np.ones(15, dtype=int))
    assert (float(found.statistic), round(float(found.p), 4)) == (24.0, 0.0413)
