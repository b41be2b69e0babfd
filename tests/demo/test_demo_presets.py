"""The demonstration study under other presets: the verdicts are those of the catalogue, and what does not suit is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from delphi import statistics as ds
from delphi.demo import write_demo
from delphi.stages.plan import run
from delphi.stages.querying import query_rows
from delphi.study import StudyFolder, check_study, locate

AGREEMENT = """  consensus:
    - {id: one_side, applies_to: {kind: rating, dims: [agreement]}, verdict: consensus_in,
       require: {share: {band: agree, op: at_least, value: "75%"}}}
"""
POINTS = {"importance": 9, "feasibility": 9, "agreement": 5}
FUZZY_MAPS = {9: "herrera_9", 5: "habibi_5"}
LABELS = {"robust", "sensitive", "fragile"}


def demo_with(folder: Path, rules: str) -> StudyFolder:
    """The study with these rules in the place of its own, its multiverse kept."""
    write_demo(folder)
    file = folder / "study.yaml"
    text = file.read_text(encoding="utf-8")
    text, replaced = re.subn(r"(?m)^rules:\n(?:.*\n)*?(?=  multiverse:)", lambda _: f"rules:\n{rules}", text)
    text, quicker = re.subn(r"(?m)^  robustness: {", "  robustness: {bootstrap: 100, ", text)
    assert (replaced, quicker) == (1, 1)
    file.write_text(text, encoding="utf-8")
    return locate(folder)


def finished(folder: Path, rules: str) -> StudyFolder:
    place = demo_with(folder, rules)
    for _ in run(place):
        pass
    return place


def rows(folder: StudyFolder, sql: str) -> list[tuple[object, ...]]:
    found, names = query_rows(folder, sql)
    return [tuple(row[name] for name in names) for row in found]


def histograms(folder: StudyFolder) -> dict[tuple[str, str, str], np.ndarray]:
    """(wave, item, dimension) → answers per category, of everybody."""
    counted: dict[tuple[str, str, str], np.ndarray] = {}
    sql = "select wave_id, item_id, dimension, value, n from counts where group_by = 'all' and part = ''"
    for wave, item, dimension, value, n in rows(folder, sql):
        if dimension in POINTS:
            own = counted.setdefault((wave, item, dimension), np.zeros(POINTS[dimension], dtype=np.int64))
            own[value - 1] = n
    return counted


def verdicts(folder: StudyFolder) -> dict[tuple[str, str, str], str]:
    sql = "select wave_id, item_id, dimension, verdict from verdicts where group_by = 'all'"
    return {(wave, item, dimension): verdict for wave, item, dimension, verdict in rows(folder, sql)}


def appropriate(counts: np.ndarray) -> str:
    found = ds.rand_ucla_classification(counts, rule="ipras", quantile_type=7).classification.item()
    return {"appropriate": "consensus_in", "inappropriate": "consensus_out", "uncertain": "no_consensus"}[
        found
    ]


def high_level(counts: np.ndarray) -> str:
    """High by de Loë, and on which side: the level stays high when only that side's categories are kept apart."""
    third = 3 if len(counts) == 9 else 2
    for verdict, side in (("consensus_in", slice(-third, None)), ("consensus_out", slice(0, third))):
        own = counts[side]
        # Everybody else goes where no category and no pair with one of this side can gather them.
        rest = np.zeros(2 * int(counts.sum()) + 2, dtype=np.int64)
        rest[2 : 2 + 2 * int(counts.sum() - own.sum()) : 2] = 1
        if ds.deloe_consensus_level(np.concatenate([own, rest])).label.item() == "high":
            return verdict
    return "no_consensus"


def accepted(counts: np.ndarray) -> str:
    found = ds.fuzzy_delphi(counts, FUZZY_MAPS[len(counts)])
    return "consensus_in" if bool(found.accepted) else "no_consensus"


@pytest.mark.parametrize(
    ("preset", "rules", "dimensions", "expected", "at_least_once"),
    [
        ("rand_ucla", AGREEMENT, ("importance", "feasibility"), appropriate, {"consensus_in", "consensus_out", "no_consensus"}),
        ("policy_delphi", "", tuple(POINTS), high_level, {"consensus_in", "consensus_out", "no_consensus"}),
        ("fuzzy_delphi", "", tuple(POINTS), accepted, {"consensus_in", "no_consensus"}),
    ],
)  # fmt: skip
def test_ratings_get_the_verdicts_of_the_method(
    preset: str,
    rules: str,
    dimensions: tuple[str, ...],
    expected: Callable[[np.ndarray], str],
    at_least_once: set[str],
    tmp_path: Path,
) -> None:
    study = finished(tmp_path / "demo", f"  preset: {preset}\n{rules}")
    found = verdicts(study)
    wanted = {
        cell: expected(counts) if counts.sum() >= 5 else "insufficient_n"
        for cell, counts in histograms(study).items()
        if cell[2] in dimensions
    }
    assert {cell: verdict for cell, verdict in found.items() if cell[2] in dimensions} == wanted
    assert at_least_once <= set(wanted.values())
    labels = dict(
        rows(study, "select item_id || '.' || dimension, robustness from standing_verdicts where n > 0")
    )
    assert set(labels.values()) <= LABELS
    page = (study.outputs / "report.html").read_text(encoding="utf-8")
    assert f"preset {preset}" in page


def test_the_ranking_gets_its_verdicts_by_concordance(tmp_path: Path) -> None:
    study = finished(tmp_path / "demo", "  preset: ranking_delphi\n")
    told = rows(
        study,
        "select wave_id, item_id, verdict, stability from verdicts where group_by = 'all' order by wave_id",
    )
    w = dict(
        rows(
            study,
            "select wave_id, value from statistics where statistic = 'kendall_w' and item_id = 'G8' and group_by = 'all'",
        )
    )
    assert [one[:3] for one in told] == [
        (wave, "G8", "consensus_in" if value >= 0.7 else "no_consensus") for wave, value in sorted(w.items())
    ]
    # W rises from 0.07 by 0.02 and 0.03 among those who ranked twice: it has levelled off at once.
    assert [one[3] for one in told] == ["not_assessable", "stable", "stable"]
    actions = rows(study, "select wave_id, action from actions where item_id = 'G8' order by wave_id")
    assert actions == [("r1", "carry"), ("r2", "report_dissent"), ("r3", "report_dissent")]


@pytest.mark.parametrize(
    ("preset", "message"),
    [
        ("rand_ucla", "rand_ucla judges scales of nine points from 1 to 9; agree5 goes from 1 to 5"),
        (
            "omeract_70",
            "omeract_70 judges items of kind rating on a nominal scale with the choices yes and no, and none of the items is one",
        ),
    ],
)
def test_what_does_not_suit_is_refused(preset: str, message: str, tmp_path: Path) -> None:
    place = demo_with(tmp_path / "demo", f"  preset: {preset}\n")
    assert [one.message for one in check_study(place.study_file).problems] == [message]
