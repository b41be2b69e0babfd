"""The demonstration study as the package reads it: a right study file, and the planted findings."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from demo_truth import cleaned, values
from numpy.typing import NDArray

from delphi.decisions import EVERYONE, EarlierRating, Evidence, GroupKey, Tally, judge
from delphi.demo import demo_files
from delphi.ingest.reading import read_table
from delphi.study import Study, check_study
from delphi.validation.delivery import Delivery
from delphi.validation.wave import Earlier, WaveRecords, validate_wave

ROUNDS = ("r1", "r2", "r3")


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return demo_files()


@pytest.fixture(scope="module")
def checked(files, tmp_path_factory):
    file = tmp_path_factory.mktemp("study") / "study.yaml"
    file.write_bytes(files["study.yaml"])
    return check_study(file)


@pytest.fixture(scope="module")
def waves(files, checked) -> dict[str, WaveRecords]:
    return validated(files, checked.study)


def validated(files: dict[str, bytes], study: Study) -> dict[str, WaveRecords]:
    """Every round as the package validates it, one after the other."""
    register = study.panel.register_
    people = read_table(
        files["register.csv"], register.dialect, "register.csv", digest(files["register.csv"])
    )
    earlier, found = Earlier(), {}
    for wave_id in ROUNDS:
        (source,) = study.sources_of(wave_id)
        table = read_table(files[source.file], source.dialect, source.file, digest(files[source.file]))
        delivery = Delivery(source, table, 1, datetime(2014, 3, 1, tzinfo=UTC))
        records = validate_wave(
            study, study.wave(wave_id), [delivery], earlier, people, lambda key: key.lower()
        )
        current = records.submissions[records.submissions["is_current"]]
        groups = records.memberships[["respondent_id", "group_by", "group_value"]]
        earlier = Earlier(
            pd.concat([earlier.submissions, current[["wave_id", "respondent_id", "state"]].astype("str")]),
            pd.concat([earlier.memberships, groups.astype("str")]).drop_duplicates(),
        )
        found[wave_id] = records
    return found


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_the_study_file_has_no_errors_and_no_warnings(checked):
    assert not checked.problems
    assert not checked.warnings


def test_the_items_of_the_study_file_are_those_of_the_tables(checked):
    tables = Path(__file__).parents[2] / "src" / "delphi" / "demo" / "tables"
    with (tables / "items.csv").open(encoding="utf-8") as rows:
        wanted = {row["id"]: (row["text_en"], row["text_fr"]) for row in csv.DictReader(rows)}
    with (tables / "open_questions.csv").open(encoding="utf-8") as rows:
        wanted |= {row["id"]: (row["text_en"], row["text_fr"]) for row in csv.DictReader(rows)}
    assert {one.item_id: (one.texts["en"], one.texts["fr"]) for one in checked.study.items} == wanted
    assert len(checked.study.items) == 49 + 12


def test_the_rounds_ask_53_45_and_33_items(checked):
    asked = {wave.wave_id: len(wave.item_ids) for wave in checked.study.waves}
    assert asked == {"r1": 41 + 12, "r2": 45, "r3": 33, "geneva": 0}


def test_a_run_reports_exactly_the_expected_findings(files, waves):
    expected = csv.DictReader(io.StringIO(files["expected_findings.csv"].decode()))
    names = {"r1": "r1.csv", "r2": "r2.csv", "r3": "r3.xlsx"}
    found: Counter[tuple[str, ...]] = Counter()
    for wave_id, records in waves.items():
        rows = records.findings.astype("str").fillna("")
        for one in rows.replace("<NA>", "").itertuples():
            found[names[wave_id], one.source_row, one.level, one.rule, one.item_id, one.column_name] += 1
    columns = ("file", "source_row", "level", "rule", "item_id", "column_name")
    assert found == Counter(tuple(row[name] for name in columns) for row in expected)


def test_78_70_and_60_returns_count_and_every_record_is_accounted_for(waves):
    assert [int(one.submissions["is_current"].sum()) for one in waves.values()] == [78, 70, 60]
    sums = [
        one.sources[["records", "accepted", "quarantined", "ignored"]].iloc[0].tolist()
        for one in waves.values()
    ]
    assert sums == [[90, 81, 9, 0], [72, 71, 1, 0], [62, 60, 2, 0]]


def test_each_round_invites_those_who_returned_the_one_before_and_have_not_left(waves):
    assert [len(one.invitations) for one in waves.values()] == [90, 76, 70]


def test_the_answers_are_those_that_an_independent_reading_finds(files, waves):
    study = cleaned(files)
    for wave_id, records in waves.items():
        answers = records.answers[records.answers["value"].notna()].astype(
            {"item_id": "str", "dimension": "str"}
        )
        rated = answers[answers["dimension"].isin(["importance", "feasibility", "agreement"])]
        for (item, dimension), rows in rated.groupby(["item_id", "dimension"]):
            own = dict(zip(rows["respondent_id"].astype("str"), rows["value"].astype(int), strict=True))
            found = values(study, wave_id, f"{item}_{dimension}")
            assert {who.lower(): value for who, value in found.items()} == own


def test_codes_and_empty_cells_become_the_declared_non_answers(waves):
    kinds = {
        wave_id: Counter(one.answers["missing"].dropna().astype("str")) for wave_id, one in waves.items()
    }
    assert kinds["r1"]["recused"] == 2
    assert kinds["r1"]["not_shown"] == 78 * 6
    assert (kinds["r1"]["not_applicable"], kinds["r2"]["not_applicable"]) == (1, 1)
    assert all(kinds[wave]["skipped"] for wave in ("r1", "r2"))
    assert set(kinds["r3"]) == {"no_opinion", "unknown_empty", "invalid"}
    lost = waves["r3"].answers
    page = lost[
        lost["item_id"].astype("str").isin(["P1", "P3", "P6", "P7"]) & (lost["missing"] == "unknown_empty")
    ]
    assert page.groupby("respondent_id", observed=True).size().ge(5).sum() == 8


def rating(waves: dict[str, WaveRecords], wave_id: str, item: str, dimension: str) -> pd.Series:
    """Valid answers by respondent."""
    answers = waves[wave_id].answers
    rows = answers[
        (answers["item_id"] == item) & (answers["dimension"] == dimension) & answers["value"].notna()
    ]
    return rows.set_index(rows["respondent_id"].astype("str"))["value"].astype(int)


def evidence(
    study: Study, waves: dict[str, WaveRecords], wave_id: str, item: str, dimension: str
) -> Evidence:
    """Counts and transitions of one item in one round, counted here and not by the package."""
    scale = study.scale_of(study.item(item), dimension)
    size = len(scale.categories)
    answers = rating(waves, wave_id, item, dimension)
    groups = waves[wave_id].memberships
    roles = groups[groups["group_by"] == "role"].set_index("respondent_id")["group_value"]

    def tally(own: pd.Series) -> Tally:
        return Tally(tuple(int((own == value).sum()) for value in range(1, size + 1)))

    tallies: dict[GroupKey, Tally] = {EVERYONE: tally(answers)}
    for role in study.groups["role"].categories:
        tallies["role", role] = tally(answers[answers.index.map(roles) == role])
    before = ROUNDS[: ROUNDS.index(wave_id)]
    earlier = [one for one in before if item in study.wave(one).item_ids]
    changes = {one: moves(rating(waves, one, item, dimension), answers, size) for one in earlier}
    ratings = [
        EarlierRating(one, (item, one) != ("C1", "r1"), {EVERYONE: change}) for one, change in changes.items()
    ]
    return Evidence(wave_id, item, dimension, "rating", scale, tallies, tuple(ratings))


def moves(before: pd.Series, after: pd.Series, size: int) -> NDArray[np.int64]:
    """Category before × category after; last row and column: no answer."""
    matrix = np.zeros((size + 1, size + 1), dtype=np.int64)
    for who in before.index.union(after.index):
        matrix[before.get(who, size + 1) - 1, after.get(who, size + 1) - 1] += 1
    return matrix


def test_the_rules_of_the_study_give_the_expected_verdicts(files, checked, waves):
    study = checked.study
    for row in csv.DictReader(io.StringIO(files["expected_verdicts.csv"].decode())):
        item, dimension, wave_id = row["item_id"], row["dimension"], row["wave_id"]
        if not wave_id:
            assert dimension == "rating"
            continue
        found = judge(evidence(study, waves, wave_id, item, dimension), study.rules, study.groups)
        assert (item, found.verdict) == (item, row["verdict"])
        if row["stability"]:
            assert (item, found.stability) == (item, row["stability"])
