"""Rows of two real studies against figures taken straight from their files."""

from __future__ import annotations

import csv
import json
import statistics as stdlib
from pathlib import Path

import pandas as pd
import pytest
from statistic_cases import a_study, tables_of

from delphi.stages.statistic_rows import statistic_rows
from delphi.study.model import Band, Category, Group, Item, Scale, Study, Wave

PARTS = {"three_point_lower": "low", "three_point_best": "best", "three_point_upper": "high"}


@pytest.fixture(scope="module")
def estimates(shared_data: Path) -> list[tuple[str, str, str, str, float]]:
    """Round, expert, claim, part and estimate."""
    with (shared_data / "replicats_idea_two_rounds" / "ratings_long.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        return [
            (
                "r" + row["round"][-1],
                row["user_name"],
                row["paper_id"],
                PARTS[row["element"]],
                float(row["value"]),
            )
            for row in csv.DictReader(file)
            if row["question"] == "direct_replication" and row["element"] in PARTS
        ]


@pytest.fixture(scope="module")
def replicats(estimates) -> pd.DataFrame:
    """Rows of the second round."""
    study = a_study(dims={claim: {"replication": "guess"} for claim in sorted({one[2] for one in estimates})})
    answers = [(wave, who, claim, "replication", part, value) for wave, who, claim, part, value in estimates]
    tables = tables_of(study, answers, dict.fromkeys({one[1] for one in estimates}, ""), "r2")
    rows = statistic_rows(study, "r2", tables)
    return rows[rows["group_by"] == "all"]


def test_of_625_pairs_of_best_estimates_250_stayed_the_same(replicats: pd.DataFrame) -> None:
    best = replicats[replicats["part"] == "best"].pivot(index="item_id", columns="statistic", values="value")
    assert len(best) == 25
    assert best["n_paired"].sum() == 625
    assert round((best["share_unchanged"] * best["n_paired"]).sum(), 6) == 625 - 375


def test_each_claim_equals_the_standard_library(estimates, replicats: pd.DataFrame) -> None:
    for (claim, part), own in replicats[replicats["part"].isin(PARTS.values())].groupby(["item_id", "part"]):
        alone, pair = (
            own[own["versus_wave_id"].isna() == is_null].set_index("statistic") for is_null in (True, False)
        )
        given = {
            wave: [e[4] for e in estimates if e[0] == wave and e[2:4] == (claim, part)]
            for wave in ("r1", "r2")
        }
        q1, q2, q3 = stdlib.quantiles(given["r2"], method="inclusive")
        expected = {"median": q2, "q1": q1, "q3": q3, "iqr": q3 - q1, "mean": stdlib.fmean(given["r2"]), "sd": stdlib.stdev(given["r2"])}  # fmt: skip
        for name, value in expected.items():
            assert alone.loc[name, "value"] == pytest.approx(value, abs=1e-9), (claim, part, name)
        assert alone.loc["n_valid", "value"] == len(given["r2"])
        assert pair.loc["delta_median", "value"] == pytest.approx(q2 - stdlib.median(given["r1"]), abs=1e-9)


def test_estimates_have_no_boxes_and_no_categories(replicats: pd.DataFrame) -> None:
    assert not {"percent_agreement", "van_der_eijk_agreement", "weighted_kappa", "mode"} & set(
        replicats["statistic"]
    )


def test_votes_of_a_conversation_are_counted_by_opinion_group(shared_data: Path) -> None:
    with (shared_data / "polis_brexit_consensus" / "participants-votes.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        people = list(csv.DictReader(file))
    comments = [name for name in people[0] if name.isdigit()]
    answers = [
        ("part_a", one["participant"], comment, "vote", "", int(one[comment]))
        for one in people
        for comment in comments
        if one[comment]
    ]
    study = a_conversation(comments)
    groups = {one["participant"]: {"0": "company", "1": "city"}.get(one["group-id"], "") for one in people}
    rows = statistic_rows(study, "part_a", tables_of(study, answers, groups, "part_a"))
    found = rows.set_index(["statistic", "item_id", "group_value"]).sort_index()
    assert found.loc["n_valid"].xs("all", level="group_value")["value"].sum() == 5303
    for comment in comments:
        for group, wanted in (("all", {"0", "1", ""}), ("company", {"0"}), ("city", {"1"})):
            votes = [int(one[comment]) for one in people if one[comment] and one["group-id"] in wanted]
            row = found.loc[("percent_agreement", comment, group)]
            assert row["n"] == len(votes)
            options = json.loads(row["params"])
            assert (options["numerator"], options["denominator"]) == (votes.count(1), len(votes))
            if votes:
                assert row["value"] == pytest.approx(votes.count(1) / len(votes), abs=1e-12)
                against = found.loc[("bottom_box", comment, group), "value"]
                assert against == pytest.approx(votes.count(-1) / len(votes), abs=1e-12)


def a_conversation(comments: list[str]) -> Study:
    """Comments to vote on: against, pass or for."""
    scale = Scale(
        scale_id="vote", kind="ordinal", minimum=-1, maximum=1,
        bands=(Band(name="against", low=-1, high=-1), Band(name="for", low=1, high=1)),
        categories=tuple(Category(value=v, code=str(v), label=str(v)) for v in (-1, 0, 1)),
    )  # fmt: skip
    return Study(
        study_id="s", title="S", scales={"vote": scale}, items=tuple(Item(item_id=c, dims={"vote": "vote"}) for c in comments),
        groups={"role": Group(group_by="role", label="Opinion group", categories={"company": "0", "city": "1"})},
        waves=(Wave(wave_id="part_a", kind="survey", round_kind=None, sequence=1),), sources=(), study_file_sha256="0",
    )  # fmt: skip
