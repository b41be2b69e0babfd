"""Statistics of real studies against a second implementation that works from their files alone."""

from __future__ import annotations

import csv
import statistics as stdlib
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import wilcoxon
from sklearn.metrics import cohen_kappa_score

from delphi import statistics as ds

Estimates = dict[str, dict[tuple[str, str], float]]


@pytest.fixture(scope="module")
def best(shared_data: Path) -> Estimates:
    """Round → (expert, claim) → best estimate that the claim replicates, in per cent."""
    found: Estimates = {"round_1": {}, "round_2": {}}
    with (shared_data / "replicats_idea_two_rounds" / "ratings_long.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        for row in csv.DictReader(file):
            if row["question"] == "direct_replication" and row["element"] == "three_point_best":
                found[row["round"]][(row["user_name"], row["paper_id"])] = float(row["value"])
    return found


def transitions_of(before: list[float], after: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """Values that occur in either round, and the matrix of moves with "no answer" last."""
    values = np.unique([*before, *after])
    moves = np.zeros((len(values) + 1, len(values) + 1), dtype=np.int64)
    np.add.at(moves, (np.searchsorted(values, before), np.searchsorted(values, after)), 1)
    return values, moves


def test_of_625_paired_best_estimates_375_changed(best: Estimates) -> None:
    keys = sorted(best["round_1"])
    assert keys == sorted(best["round_2"])
    values, moves = transitions_of(
        [best["round_1"][key] for key in keys], [best["round_2"][key] for key in keys]
    )
    assert ds.n_paired(moves) == 625
    assert round(float(1 - ds.share_unchanged(moves)) * 625, 6) == 375
    assert len(values) > 50


def test_claims_of_the_two_rounds_equal_a_second_implementation(best: Estimates) -> None:
    claims = sorted({claim for _, claim in best["round_1"]})
    assert len(claims) == 25
    for claim in claims:
        experts = sorted(expert for expert, one in best["round_1"] if one == claim)
        before, after = (
            [best[name][(expert, claim)] for expert in experts] for name in ("round_1", "round_2")
        )
        values, moves = transitions_of(before, after)
        earlier, later = ds.margins(moves)
        for counts, given in ((earlier, before), (later, after)):
            q1, q2, q3 = stdlib.quantiles(given, method="inclusive")
            assert ds.median(counts, values) == pytest.approx(q2, abs=1e-9)
            assert ds.iqr(counts, values) == pytest.approx(q3 - q1, abs=1e-9)
            assert ds.mean(counts, values) == pytest.approx(stdlib.fmean(given), abs=1e-9)
            assert ds.sd(counts, values) == pytest.approx(stdlib.stdev(given), abs=1e-9)
        assert ds.delta_median(moves, values) == pytest.approx(
            stdlib.median(after) - stdlib.median(before), abs=1e-9
        )
        same = sum(a == b for a, b in zip(before, after, strict=True))
        assert ds.share_unchanged(moves) == pytest.approx(same / len(experts), abs=1e-9)


def test_moves_of_each_claim_are_tested_as_scipy_does(best: Estimates) -> None:
    for claim in sorted({claim for _, claim in best["round_1"]}):
        keys = [key for key in best["round_1"] if key[1] == claim]
        moved = np.array([best["round_2"][key] - best["round_1"][key] for key in keys])
        used = moved[moved != 0]
        differences, counts = np.unique(moved, return_counts=True)
        found = ds.wilcoxon_signed_rank(differences, counts)
        expected = wilcoxon(used, method="asymptotic", correction=False)
        assert found.n_nonzero == len(used)
        assert found.statistic == pytest.approx(expected.statistic, abs=1e-9)
        # Exact and normal p of ten to twenty moved estimates lie close together, though not at each other's digits.
        assert found.p == pytest.approx(expected.pvalue, abs=0.06)


def test_kappa_of_estimates_in_tenths_equals_scikit_learn(best: Estimates) -> None:
    keys = sorted(best["round_1"])
    before, after = ([int(best[name][key] // 10) for key in keys] for name in ("round_1", "round_2"))
    moves = np.zeros((12, 12), dtype=np.int64)
    np.add.at(moves, (before, after), 1)
    for weights in ("quadratic", "linear"):
        expected = cohen_kappa_score(before, after, labels=range(11), weights=weights)
        assert ds.weighted_kappa(moves, np.arange(11), weights) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("name", "votes", "people"), [("brexit_consensus", 5303, 204), ("vtaiwan_uberx", 49443, 1921)]
)
def test_votes_of_an_opinion_conversation(shared_data: Path, name: str, votes: int, people: int) -> None:
    comments: dict[str, list[int]] = defaultdict(list)
    members: dict[str, dict[str, list[int]]] = {"0": defaultdict(list), "1": defaultdict(list)}
    with (shared_data / f"polis_{name}" / "participants-votes.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        for comment, cell in row.items():
            if comment.isdigit() and cell:
                comments[comment].append(int(cell))
                if row["group-id"] in members:
                    members[row["group-id"]][comment].append(int(cell))
    assert (len(rows), sum(map(len, comments.values()))) == (people, votes)
    ids = [comment for comment, given in comments.items() if given]
    counts = np.array([[comments[one].count(v) for v in (-1, 0, 1)] for one in ids])
    agree = ds.share(counts, [False, False, True])
    assert agree == pytest.approx(
        [sum(v == 1 for v in comments[one]) / len(comments[one]) for one in ids], abs=1e-9
    )
    pairs = [
        sum(a == b for place, a in enumerate(given) for b in given[:place])
        / (len(given) * (len(given) - 1) / 2)
        for given in (comments[one][:60] for one in ids)
        if len(given) >= 2
    ]
    first_60 = np.array([[comments[one][:60].count(v) for v in (-1, 0, 1)] for one in ids])
    assert ds.observed_agreement(first_60) == pytest.approx(np.mean(pairs), abs=1e-9)
    for one, share in zip(ids, ds.van_der_eijk_agreement(counts), strict=True):
        low, middle, high = (comments[one].count(v) for v in (-1, 0, 1))
        assert len(comments[one]) < 2 or share == pytest.approx(
            three_point_agreement(low, middle, high), abs=1e-9
        )
    for one in ids[:40]:
        groups = [members[group][one] for group in ("0", "1")]
        if all(groups):
            given = [[group.count(v) for v in (-1, 0, 1)] for group in groups]
            wins = sum(np.sign(a - b) for a in groups[0] for b in groups[1])
            assert ds.cliffs_delta(*given) == pytest.approx(
                wins / (len(groups[0]) * len(groups[1])), abs=1e-9
            )


def three_point_agreement(low: int, middle: int, high: int) -> float:
    """Van der Eijk's A on three points in closed form: only the layers of two categories are neither 1 nor 0."""
    least, middling, most = sorted((low, middle, high))
    n = low + middle + high
    two_wide = {high: (low, middle), low: (middle, high), middle: (low, high)}[least]
    touching = middle in two_wide and not (least == middle and low > least and high > least)
    layer = 0.5 if touching else -1.0
    return ((most - middling) * 1.0 + 2 * (middling - least) * layer) / n
