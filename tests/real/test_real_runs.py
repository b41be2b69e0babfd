"""The five real studies from export to verdicts, with the figures that were counted independently of the project."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from pathlib import Path

import pytest

from delphi.stages.plan import run
from delphi.stages.querying import query_rows
from delphi.study import StudyFolder, locate

HERE = Path(__file__).parent
STUDIES = (
    "ias_technologies_subset", "ladenburg_statements", "pew_dec13_weighted", "polis_brexit_consensus",
    "replicats_idea_two_rounds",
)  # fmt: skip


@pytest.fixture(scope="module")
def finished(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, StudyFolder]:
    """Every study after a run up to the verdicts."""
    folders = {}
    for name in STUDIES:
        folder = tmp_path_factory.mktemp("real") / name
        folder.mkdir()
        shutil.copy(HERE / name / "study.yaml", folder)
        for file in (shared_data / name).glob("*.csv"):
            shutil.copy(file, folder)
        folders[name] = locate(folder)
        for _ in run(folders[name], (), "verdicts"):
            pass
    return folders


def _rows(folder: StudyFolder, sql: str) -> list[tuple[object, ...]]:
    rows, names = query_rows(folder, sql)
    return [tuple(row[name] for name in names) for row in rows]


@pytest.mark.parametrize("name", STUDIES)
def test_p02_every_record_is_accepted_quarantined_or_ignored(
    name: str, finished: dict[str, StudyFolder]
) -> None:
    rows = _rows(finished[name], "select entry_id, records, accepted, quarantined, ignored from sources")
    assert rows
    for _, records, accepted, quarantined, ignored in rows:
        assert records == accepted + quarantined + ignored  # type: ignore[operator]
    assert _rows(finished[name], "select count(*) from answers where missing = 'invalid'") == [(0,)]
    assert _rows(finished[name], "select count(*) from findings where rule = 'unknown_column'") == [(0,)]


def test_rounds_hidden_in_time_stamps_are_told_apart(finished: dict[str, StudyFolder]) -> None:
    folder = finished["ias_technologies_subset"]
    accepted = "select wave_id, accepted from sources order by 1"
    assert _rows(folder, accepted) == [("r1", 124), ("r2", 20)]
    people = "select wave_id, count(distinct respondent_id) from submissions where is_current group by 1 order by 1"
    assert _rows(folder, people) == [("r1", 32), ("r2", 9)]
    assert _rows(folder, "select count(*) from submissions where not is_current") == [(1,)]
    states = "select wave_id, coalesce(missing, 'valid'), count(*) from answers where missing is distinct from 'not_shown' and part = '' group by all order by all"
    assert {(w, s): n for w, s, n in _rows(folder, states)} == {
        ("r1", "valid"): 1070, ("r1", "no_opinion"): 12, ("r1", "not_applicable"): 25,
        ("r2", "valid"): 171, ("r2", "no_opinion"): 5, ("r2", "not_applicable"): 4,
    }  # fmt: skip
    assert _rows(folder, "select count(*) from answers where comment is not null") == [(27,)]
    pairs = "select max(value) from statistics where statistic = 'n_paired'"
    assert _rows(folder, pairs) == [(0.0,)]
    reasons = "select distinct reason from statistics where statistic = 'net_change'"
    assert _rows(folder, reasons) == [("no_pairs",)]


def test_the_75_per_cent_rule_passes_26_of_28_statements(finished: dict[str, StudyFolder]) -> None:
    folder = finished["ladenburg_statements"]
    failed = "select item_id, n from verdicts where verdict <> 'consensus_in' and group_by = 'all' order by 1"
    assert _rows(folder, failed) == [("s04", 19), ("s22", 19)]
    agreed = "select item_id, n from counts where item_id in ('s04', 's22') and value = 1 and group_by = 'all' order by 1"
    assert _rows(folder, agreed) == [("s04", 13), ("s22", 14)]
    assert _rows(folder, "select count(*) from verdicts where group_by = 'all'") == [(28,)]
    values = "select count(*) from answers where value is not null or text is not null"
    assert _rows(folder, values) == [(530,)]
    assert _rows(folder, "select count(*) from answers where comment is not null") == [(73,)]


def test_a_one_wave_survey_has_its_published_counts(finished: dict[str, StudyFolder]) -> None:
    folder = finished["pew_dec13_weighted"]
    counted = "select item_id, value, n from counts where group_by = 'all' and item_id in ('q1', 'q45') order by 1, 2"
    assert _rows(folder, counted) == [("q1", 1, 839), ("q1", 2, 1042), ("q45", 1, 785), ("q45", 2, 1118)]
    states = "select item_id, missing, n from nonanswers where group_by = 'all' and item_id in ('q1', 'q2', 'q45') order by all"
    assert _rows(folder, states) == [
        ("q1", "no_opinion", 120), ("q2", "no_opinion", 70), ("q2", "not_shown", 120), ("q45", "no_opinion", 98),
    ]  # fmt: skip
    assert _rows(folder, "select count(*) from verdicts") == [(0,)]


def test_the_last_vote_counts(finished: dict[str, StudyFolder], shared_data: Path) -> None:
    folder = finished["polis_brexit_consensus"]
    with (shared_data / "polis_brexit_consensus" / "participants-votes.csv").open(
        newline="", encoding="utf-8"
    ) as file:
        matrix = {
            (row["participant"], item): float(vote)
            for row in csv.DictReader(file)
            for item, vote in row.items()
            if item.isdigit() and vote != ""
        }
    ours = "select respondent_id, item_id, value from answers where value is not null"
    assert {(p, item): value for p, item, value in _rows(folder, ours)} == matrix
    assert len(matrix) == 5303
    assert _rows(folder, "select count(*) from findings where rule = 'superseded'") == [(9,)]
    verdicts = "select verdict, count(*) from verdicts where group_by = 'all' group by 1"
    assert dict(_rows(folder, verdicts)) == {"consensus_in": 16, "consensus_out": 6, "no_consensus": 28}


def test_three_point_estimates_of_two_rounds_are_paired(
    finished: dict[str, StudyFolder], shared_data: Path
) -> None:
    folder = finished["replicats_idea_two_rounds"]
    totals = "select entry_id, sum(accepted), sum(quarantined) from sources group by 1 order by 1"
    assert _rows(folder, totals) == [("comments", 4380, 0), ("ratings", 6880, 0), ("thoughts", 1250, 0)]
    pairs = """
        select sum(n_paired.value), round(sum(n_paired.value * (1 - same.value)))
        from statistics as n_paired
        join statistics as same using (item_id, dimension, part, group_by, group_value, wave_id, versus_wave_id)
        where n_paired.statistic = 'n_paired' and same.statistic = 'share_unchanged' and same.params = '{}'
          and dimension = 'replication' and part = 'best' and group_by = 'all'
    """
    assert _rows(folder, pairs) == [(625.0, 375.0)]
    with (shared_data / "replicats_idea_two_rounds" / "ratings_long.csv").open(
        newline="", encoding="utf-8"
    ) as file:
        best = {
            (row["round"], row["user_name"], row["paper_id"]): float(row["value"])
            for row in csv.DictReader(file)
            if row["element"] == "three_point_best"
        }
    moved = Counter(best[("round_1", who, paper)] != best[("round_2", who, paper)] for _, who, paper in best)
    assert moved[True] == 2 * 375
    order = """
        select count(*) from answers as low join answers as best using (wave_id, respondent_id, item_id, dimension)
        join answers as high using (wave_id, respondent_id, item_id, dimension)
        where low.part = 'low' and best.part = 'best' and high.part = 'high'
          and not (low.value <= best.value and best.value <= high.value)
    """
    assert _rows(folder, order) == [(0,)]
    assert _rows(folder, "select count(*) from answers where comment is not null") == [(1443,)]
    assert _rows(folder, "select count(*) from answers where text is not null") == [(448,)]
