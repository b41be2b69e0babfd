"""Statistics that a study asks for: every id the study file takes, held to the catalogue on counts taken another way."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from delphi.demo import write_demo
from delphi.stages.plan import run
from delphi.statistics import computed
from delphi.statistics.registry import catalogue
from delphi.study import StudyFolder, check_study, locate
from delphi.study.measures import DEFAULT_SET, requestable
from delphi.warehouse.warehouse import Warehouse

WRITTEN = {"tastle_wierman_agreement": "target: 3", "grade_grid": "strong: [9]", "top_k_share": "k: 3", "omeract_70": "within: high",
           "fuzzy_delphi": "fuzzy_map: herrera_9", "fuzzy_delphi_geometric": "fuzzy_map: herrera_9"}  # fmt: skip
SUBSCALE = ("S1", "S2", "S3")
WITHOUT_DIMS = ("ranks", "two_ranks", "numbers")
SCALE = np.arange(1, 10)
HIGH, LOW = SCALE >= 7, SCALE <= 3


def asked(study: str, elements: list[str]) -> str:
    """The study file with these elements in place of what it looks for."""
    listed = "".join(f"    - {{{one}}}\n" for one in elements)
    weights = re.search(r"  weights: \{.*\n", study)
    assert weights is not None
    return re.sub(
        r"^analysis:.*\n(  .*\n)+", f"analysis:\n{weights[0]}  statistics:\n{listed}", study, flags=re.M
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> StudyFolder:
    """The demonstration study, which asks for everything that it can ask for."""
    root = tmp_path_factory.mktemp("asked") / "gfmd-mapping"
    write_demo(root)
    elements = [f"id: fleiss_kappa, dims: [importance], items: [{', '.join(SUBSCALE)}]"]
    for name, entry in requestable().items():
        options = f", options: {{{WRITTEN[name]}}}" if name in WRITTEN else ""
        dims = "" if entry.takes in WITHOUT_DIMS else ", dims: [importance]"
        elements.append(f"id: {name}{options}{dims}")
    file = root / "study.yaml"
    file.write_text(asked(file.read_text(encoding="utf-8"), elements), encoding="utf-8")
    folder = locate(root)
    for _ in run(folder, until="statistics"):
        pass
    return folder


def copied(demo: StudyFolder, place: Path) -> Path:
    """The study file of a copy that has not run."""
    shutil.copytree(demo.root, place / "copy", ignore=shutil.ignore_patterns("*.duckdb", ".received"))
    return place / "copy" / "study.yaml"


@pytest.fixture(scope="module")
def rows(demo: StudyFolder) -> pd.DataFrame:
    with Warehouse.open_read_only(demo.warehouse) as warehouse:
        return warehouse.table("statistics")


@pytest.fixture(scope="module")
def answers(demo: StudyFolder) -> pd.DataFrame:
    with Warehouse.open_read_only(demo.warehouse) as warehouse:
        return warehouse.table("answers")


def test_every_id_that_can_be_asked_for_gives_rows_with_a_value_or_a_reason(rows: pd.DataFrame) -> None:
    assert set(requestable()) <= set(rows["statistic"])
    is_empty = rows["value"].isna() & rows["label"].isna()
    assert (is_empty == rows["reason"].notna()).all()
    for name in requestable():
        own = rows[rows["statistic"] == name]
        assert not (own["value"].isna() & own["label"].isna()).all(), name


def test_what_a_study_has_without_asking_is_the_default_set(rows: pd.DataFrame) -> None:
    """The rest is no statistic of the catalogue: counts of people, shares of categories, numbers beside a statistic."""
    assert (set(rows["statistic"]) & set(catalogue())) - set(requestable()) == DEFAULT_SET


def histograms(answers: pd.DataFrame, wave: str) -> Iterator[tuple[str, np.ndarray]]:
    own = answers[
        (answers["wave_id"] == wave) & (answers["dimension"] == "importance") & answers["value"].notna()
    ]
    for item, part in own.groupby("item_id"):
        yield str(item), np.bincount(part["value"].astype(int), minlength=10)[1:]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("tastle_wierman_consensus", {"values": SCALE}), ("leik_dispersion", {}), ("cvr", {"within": HIGH}),
        ("net_agreement", {"top": HIGH, "bottom": LOW}), ("rand_ucla", {"values": SCALE}), ("mad", {"values": SCALE}),
    ],
)  # fmt: skip
def test_statistics_of_an_item_are_those_of_its_answers(
    rows: pd.DataFrame, answers: pd.DataFrame, name: str, options: dict[str, object]
) -> None:
    tried = 0
    for wave in ("r1", "r3"):
        own = rows[(rows["statistic"] == name) & (rows["wave_id"] == wave) & (rows["group_by"] == "all")]
        found = own.set_index("item_id")
        for item, counts in histograms(answers, wave):
            expected = computed(name, counts, **options)
            assert found.loc[item, "value"] == pytest.approx(float(expected.value), abs=1e-12)
            assert found.loc[item, "n"] == counts.sum()
            tried += 1
    assert tried > 40


def test_statistics_of_change_are_those_of_the_people_who_answered_both_waves(
    rows: pd.DataFrame, answers: pd.DataFrame
) -> None:
    wide = answers[answers["value"].notna() & (answers["dimension"] == "importance")].pivot_table(
        index=["item_id", "respondent_id"], columns="wave_id", values="value"
    )
    own = rows[
        (rows["statistic"] == "stuart_maxwell") & (rows["group_by"] == "all") & (rows["wave_id"] == "r2")
    ]
    tried = 0
    for row in own[own["value"].notna()].itertuples():
        pairs = wide.loc[row.item_id, [row.versus_wave_id, "r2"]].dropna().astype(int)
        moved = np.zeros((10, 10), dtype=np.int64)
        np.add.at(moved, (pairs.iloc[:, 0] - 1, pairs.iloc[:, 1] - 1), 1)
        assert row.value == pytest.approx(float(computed("stuart_maxwell", moved).value), abs=1e-9)
        assert row.n == len(pairs)
        tried += 1
    assert tried > 10
    reworded = rows[(rows["reason"] == "wording_changed") & (rows["statistic"] == "stuart_maxwell")]
    assert len(reworded) and reworded["value"].isna().all()


def test_agreement_over_items_is_that_of_their_answers(rows: pd.DataFrame, answers: pd.DataFrame) -> None:
    """Of all items on a scale, and of those that a request names, which its row tells."""
    own = rows[
        (rows["statistic"] == "fleiss_kappa") & (rows["wave_id"] == "r1") & (rows["group_by"] == "all")
    ]
    told = {
        ("items" in params): (params, value)
        for params, value in zip(own["params"].map(json.loads), own["value"], strict=True)
    }
    assert len(own) == len(told) == 2
    for is_part, (params, value) in told.items():
        units = np.array(
            [counts for item, counts in histograms(answers, "r1") if not is_part or item in SUBSCALE]
        )
        assert params == {"n_items": len(units), "scale_id": "imp9"} | (
            {"items": list(SUBSCALE)} if is_part else {}
        )
        assert value == pytest.approx(float(computed("fleiss_kappa", units).value), abs=1e-12)


def test_groups_are_compared_once_per_dimension_of_groups(rows: pd.DataFrame, demo: StudyFolder) -> None:
    study = check_study(demo.root).study
    assert study is not None
    own = rows[(rows["statistic"] == "kruskal_wallis_p") & (rows["wave_id"] == "r1")]
    assert set(own["group_by"]) == {"all"}
    assert {json.loads(one)["group_by"] for one in own["params"]} == set(study.groups)
    assert own.groupby("item_id").size().eq(len(study.groups)).all()


def test_objects_of_a_ranking_have_a_row_each_of_the_rankings_without_ties(
    rows: pd.DataFrame, answers: pd.DataFrame
) -> None:
    own = rows[(rows["statistic"] == "mean_rank") & (rows["group_by"] == "all") & (rows["wave_id"] == "r1")]
    given = answers[(answers["item_id"] == own["item_id"].iloc[0]) & (answers["wave_id"] == "r1")]
    places = given.pivot_table(index="respondent_id", columns="part", values="value")
    orders = places[[sorted(one) == list(range(1, 8)) for one in places.to_numpy().tolist()]]
    assert len(own) == 7 and 0 < len(orders) < len(places)
    for row in own.itertuples():
        assert row.value == pytest.approx(orders[row.part].mean(), abs=1e-12)
        assert row.n == len(orders)


@pytest.mark.parametrize(
    ("element", "said"),
    [
        ("id: iqr", "iqr is computed without being asked for"),
        ("id: leik_dispersio", "there is no statistic 'leik_dispersio'"),
        ("id: best_worst", "best_worst is not computed of a study by its id"),
        ("id: max_rounds", "max_rounds is not computed of a study by its id"),
        ("id: cvr, dims: [importanc]", "there is no dimension 'importanc'"),
        ("id: cvr, waves: [r9]", "there is no wave 'r9'"),
        ("id: cvr, dims: [importance], options: {within: hgh}", "there is no category 'hgh' on the scale imp9"),
        ("id: mad, options: {scald: true}", "there is no option 'scald' of mad"),
        ("id: mad, options: {scaled: 2}", "expected"),
        ("id: relative_iqr, options: {quantile_type: 6}", "write rules.quantile"),
        ("id: leik_dispersion, items: [G8]", "no item that it names is on a scale of type ordinal"),
        ("id: tastle_wierman_agreement", "tastle_wierman_agreement needs the option target"),
        ("options: {k: 3}", "id"),
    ],
)  # fmt: skip
def test_a_request_that_cannot_be_met_is_refused_in_words(
    demo: StudyFolder, tmp_path: Path, element: str, said: str
) -> None:
    file = copied(demo, tmp_path)
    file.write_text(asked(file.read_text(encoding="utf-8"), [element]), encoding="utf-8")
    checked = check_study(file.parent)
    told = "\n".join(f"{one.path}: {one.message} {one.hint}" for one in checked.problems)
    assert checked.study is None
    assert said in told, told
    assert all(one.line for one in checked.problems)


@pytest.mark.parametrize(
    ("first", "second", "is_twice"),
    [
        ("id: leik_dispersion", "id: leik_dispersion", True),
        ("id: leik_dispersion, waves: [r1, r2]", "id: leik_dispersion, waves: [r2, r3], items: [S1]", True),
        ("id: leik_dispersion, waves: [r1]", "id: leik_dispersion, waves: [r2]", False),
        ("id: leik_dispersion, dims: [importance]", "id: leik_dispersion, dims: [feasibility]", False),
        ("id: leik_dispersion, items: [S1, S2]", "id: leik_dispersion, items: [S3]", False),
        ("id: mad", "id: mad, options: {scaled: true}", False),
        ("id: fleiss_kappa, items: [S1, S2]", "id: fleiss_kappa, items: [S1, S3]", False),
        ("id: fleiss_kappa, items: [S1, S2]", "id: fleiss_kappa, items: [S1, S2]", True),
    ],
)
def test_no_row_is_asked_for_twice(
    demo: StudyFolder, tmp_path: Path, first: str, second: str, is_twice: bool
) -> None:
    file = copied(demo, tmp_path)
    file.write_text(asked(file.read_text(encoding="utf-8"), [first, second]), encoding="utf-8")
    checked = check_study(file.parent)
    assert (checked.study is None) == is_twice, [f"{one.path}: {one.message}" for one in checked.problems]
    if is_twice:
        told = checked.problems[0]
        assert (told.path, told.code) == ("analysis.statistics.1", "asked_twice")
        assert "by number 1 of the list" in told.message and told.line


def test_what_is_no_longer_asked_for_leaves_the_table(demo: StudyFolder, tmp_path: Path) -> None:
    shutil.copytree(demo.root, tmp_path / "copy")
    folder = locate(tmp_path / "copy")
    file = folder.study_file
    file.write_text(
        asked(file.read_text(encoding="utf-8"), ["id: leik_dispersion, waves: [r1], items: [S1]"]),
        encoding="utf-8",
    )
    for _ in run(folder, until="statistics"):
        pass
    with Warehouse.open_read_only(folder.warehouse) as warehouse:
        table = warehouse.table("statistics")
    assert not {"cvr", "fleiss_kappa", "borda"} & set(table["statistic"])
    left = table[table["statistic"] == "leik_dispersion"]
    assert set(left["item_id"]) == {"S1"} and set(left["wave_id"]) == {"r1"}
