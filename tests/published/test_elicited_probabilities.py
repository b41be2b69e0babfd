"""Pooled estimates of the repliCATS experts: printed by the R package aggreCAT, and a second implementation from the file."""

from __future__ import annotations

import csv
import math
import statistics as stdlib
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from delphi import statistics as ds

POINTS = ("three_point_lower", "three_point_best", "three_point_upper")
PRINTED = {
    "100": 70.6, "102": 30.8, "103": 62.5, "104": 47.1, "106": 36.5, "108": 71.8, "109": 72.5, "116": 62.6, "118": 54.8,
    "133": 59.9,
}  # fmt: skip
"""ArMean of the first ten claims in the README of aggreCAT: mean best estimate of 25 experts in round 2, in per cent."""

Estimates = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def estimates(shared_data: Path) -> dict[str, Estimates]:
    """Round → claim → experts × lowest, best and highest probability that it replicates."""
    found: dict[str, dict[str, dict[str, list[float]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(lambda: [math.nan] * 3))
    )
    with (shared_data / "replicats_idea_two_rounds" / "ratings_long.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        for row in csv.DictReader(file):
            if row["question"] == "direct_replication" and row["element"] in POINTS:
                person = found[row["round"]][row["paper_id"]][row["user_name"]]
                person[POINTS.index(row["element"])] = float(row["value"]) / 100
    return {
        name: {claim: np.array(list(persons.values())) for claim, persons in claims.items()}
        for name, claims in found.items()
    }


@pytest.fixture(scope="module")
def outcomes(shared_data: Path) -> dict[str, float]:
    """Claim → 1 it replicated, 0 it did not."""
    with (shared_data / "replicats_idea_two_rounds" / "outcomes.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        return {row["paper_id"]: float(row["outcome"]) for row in csv.DictReader(file)}


def test_mean_best_estimates_are_those_that_aggrecat_prints(estimates: dict[str, Estimates]) -> None:
    for claim, percent in PRINTED.items():
        found = ds.computed("probability_pool", estimates["round_2"][claim][:, 1])
        assert float(found.value) * 100 == pytest.approx(percent, abs=0.05)
        assert found.n == 25


def test_the_other_pools_equal_the_formulas_person_by_person(estimates: dict[str, Estimates]) -> None:
    normal = stdlib.NormalDist()
    for points in estimates["round_2"].values():
        best = [min(max(float(one), 0.001), 0.999) for one in points[:, 1]]
        logit = stdlib.fmean(math.log(one / (1 - one)) for one in best)
        expected = {
            "geometric": stdlib.geometric_mean(best),
            "log_odds": 1 / (1 + math.exp(-logit)),
            "probit": normal.cdf(stdlib.fmean(normal.inv_cdf(one) for one in best)),
        }
        for method, value in expected.items():
            assert ds.probability_pool(points[:, 1], method, epsilon=0.001) == pytest.approx(value, abs=1e-9)


def test_some_experts_were_certain_so_that_pools_of_log_odds_need_an_epsilon(
    estimates: dict[str, Estimates],
) -> None:
    for points in estimates["round_2"].values():
        found = ds.computed("probability_pool", points[:, 1], method="log_odds")
        is_certain = bool(((points[:, 1] == 0) | (points[:, 1] == 1)).any())
        assert found.reason.item() == ("non_positive_values" if is_certain else None)


def test_every_interval_is_in_order_and_stays_within_the_bounds(estimates: dict[str, Estimates]) -> None:
    for claims in estimates.values():
        assert len(claims) == 25
        for points in claims.values():
            found = ds.idea_standardised_interval(points, 90, confidence=80, low=0, high=1)
            assert (found.n, found.n_invalid) == (25, 0)
            lower = stdlib.fmean(max(0.0, best - (best - low) * 90 / 80) for low, best, _ in points)
            assert found.lower == pytest.approx(lower)
            assert found.best == pytest.approx(stdlib.fmean(points[:, 1]))
            assert 0 <= found.lower <= found.best <= found.upper <= 1


def test_the_discussion_brought_the_intervals_together(estimates: dict[str, Estimates]) -> None:
    """More intervals contain the group's median in the second round, over the 25 claims."""
    first, second = (
        stdlib.fmean(ds.interval_overlap(points).share_containing for points in estimates[name].values())
        for name in ("round_1", "round_2")
    )
    assert second > first


def test_the_brier_score_of_the_pool_is_that_of_its_mean_squared_error(
    estimates: dict[str, Estimates], outcomes: dict[str, float]
) -> None:
    claims = sorted(outcomes)
    pooled = ds.probability_pool([estimates["round_2"][claim][:, 1] for claim in claims])
    expected = stdlib.fmean(
        (stdlib.fmean(estimates["round_2"][claim][:, 1]) - outcomes[claim]) ** 2 for claim in claims
    )
    assert ds.brier(pooled, [outcomes[claim] for claim in claims]) == pytest.approx(expected)
    assert expected < 0.25  # better than saying one half


def test_distributions_of_the_experts_are_pooled_claim_by_claim(estimates: dict[str, Estimates]) -> None:
    """Lowest and highest read as the 10 and 90 per cent points of a distribution between 0 and 1."""
    for points in estimates["round_2"].values():
        found = ds.linear_pool_cdf(
            points,
            [0.0, 0.5, 1.0],
            probabilities=(0.1, 0.5, 0.9),
            at=(0.1, 0.5, 0.9),
            family="piecewise",
            low=0,
            high=1,
        )
        average = ds.quantile_average(points, (0.1, 0.5, 0.9))
        assert found.n == average.n == 25
        assert found.cdf[2] == 1
        assert found.quantiles[2] - found.quantiles[0] > average.quantiles[2] - average.quantiles[0]
        below = stdlib.fmean(
            np.interp(0.5, [0, *row, 1], [0, 0.1, 0.5, 0.9, 1])
            if np.all(np.diff([0, *row, 1]) > 0)
            else math.nan
            for row in points
        )
        assert math.isnan(below) or found.cdf[1] == pytest.approx(below)
