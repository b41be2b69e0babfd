"""A study whose items are rankings, from its exports to verdicts and what was tried on them."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from delphi import statistics as ds
from delphi.stages import ranking_blocks
from delphi.stages.plan import run
from delphi.stages.querying import query_rows
from delphi.study import StudyFolder, locate

STUDY = """\
studyfile: "1.0"
study: {id: ranks, title: "Ranks", time_zone: Europe/Amsterdam}
scales:
  order: {type: rank, partial: true, choices: [a, b, c, d]}
items:
  - {id: best, text: "Rank the four", kind: rank, scale: order}
  - {id: left, text: "Rank the four again", kind: rank, scale: order}
groups:
  role: {categories: [company, city]}
rounds: [{id: r1}, {id: r2}]
sources:
  - {for: [r1, r2], platform: csv, file: "{wave}.csv", key: respondent_id, key_is_pseudonym: true}
rules:
  consensus:
    - {id: strong, verdict: consensus_in, require: {agreement: {measure: kendall_w, op: at_least, value: 0.6}}}
  stability:
    - {id: level, measure: delta_w, op: less_than, value: 0.05}
  robustness: {leave_one_out: both, bootstrap: 100}
"""
ROUNDS = {
    "r1": ["1234", "1234", "1243", "2134", "4321", "1324", "3214", "1234", "1234", "2143"],
    "r2": ["1234", "1234", "1243", "2134", "2341", "1324", "21--", "1234", "1243", ""],
}
ROLES = ["company"] * 5 + ["city"] * 5


def ranks(wave: str, people: list[int]) -> np.ndarray:
    return np.array([[int(one) for one in ROUNDS[wave][place]] for place in people], dtype=float)


def complete(wave: str) -> list[int]:
    return [place for place, one in enumerate(ROUNDS[wave]) if len(one) == 4 and "-" not in one]


def is_in(table: np.ndarray) -> str:
    if len(table) < 5:
        return "insufficient_n"
    return "consensus_in" if ds.kendall_w(table)[0] >= 0.6 else "no_consensus"


def finished(folder: Path, rounds: dict[str, list[str]]) -> StudyFolder:
    folder.mkdir()
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    header = ",".join(
        ["respondent_id", "role", *(f"{item}_{o}" for item in ("best", "left") for o in "abcd")]
    )
    for wave, given in rounds.items():
        lines = [header]
        for place, own in enumerate(given):
            if own:
                cells = ["" if one == "-" else one for one in own] + ["1", "", "", ""]
                lines.append(",".join([f"p{place}", ROLES[place % len(ROLES)], *cells]))
        (folder / f"{wave}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    place = locate(folder)
    for _ in run(place):
        pass
    return place


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> StudyFolder:
    return finished(tmp_path_factory.mktemp("ranks") / "ranks", ROUNDS)


def rows(study: StudyFolder, sql: str) -> list[tuple[object, ...]]:
    found, names = query_rows(study, sql)
    return [tuple(row[name] for name in names) for row in found]


def test_verdicts_are_those_of_the_complete_rankings(study: StudyFolder) -> None:
    found = rows(
        study,
        "select wave_id, verdict, n, stability from verdicts where item_id = 'best' and group_by = 'all' order by 1",
    )
    both = [place for place in complete("r1") if place in complete("r2")]
    change = float(ds.delta_w(ranks("r1", both), ranks("r2", both)).delta)
    assert found == [
        ("r1", is_in(ranks("r1", complete("r1"))), 10, "not_assessable"),
        ("r2", is_in(ranks("r2", complete("r2"))), 8, "stable" if change < 0.05 else "unstable"),
    ]
    assert {one[1] for one in found} == {"no_consensus", "consensus_in"}


def test_each_person_and_group_is_left_out_in_turn(study: StudyFolder) -> None:
    for wave in ROUNDS:
        people = complete(wave)
        declared = is_in(ranks(wave, people))
        without = [is_in(ranks(wave, [other for other in people if other != one])) for one in people]
        matter = sum(one != declared for one in without)
        told = "where item_id = 'best' and wave_id = '" + wave + "' and test = "
        assert rows(study, f"select value from robustness {told} 'leave_out_panelist'") == [(matter,)]
        by_group = {
            f"role={role}": is_in(ranks(wave, [one for one in people if ROLES[one] != role]))
            for role in ("company", "city")
        }
        assert (
            dict(rows(study, f"select variant, verdict from robustness {told} 'leave_out_group'")) == by_group
        )
        # Only people whose absence changes the verdict make it less than robust: nothing else varies here.
        label = "fragile" if matter else "robust"
        assert rows(study, f"select label from robustness {told} 'label'") == [(label,)]


def test_who_left_ranks_as_before(study: StudyFolder) -> None:
    table = np.vstack([ranks("r2", complete("r2")), ranks("r1", [9])])
    sql = "select verdict, n from robustness where item_id = 'best' and wave_id = 'r2' and test = 'leavers_last_answers'"
    assert rows(study, sql) == [(is_in(table), 1)]


def test_what_cannot_be_tried_on_rankings_has_no_row(study: StudyFolder) -> None:
    tests = {one for (one,) in rows(study, "select distinct test from robustness")}
    assert not tests & {"fragility", "chance", "leavers_agree", "leavers_oppose"}
    assert {"bootstrap", "leave_out_panelist", "leave_out_group", "multiverse", "label"} <= tests


def test_a_ranking_that_nobody_completed_has_too_few_answers_and_no_label(study: StudyFolder) -> None:
    sql = "select verdict, n, robustness from standing_verdicts where item_id = 'left'"
    assert rows(study, sql) == [("insufficient_n", 0, None)]
    page = (study.outputs / "report.html").read_text(encoding="utf-8")
    assert "Nothing was tried on left: nobody ranked every object" in page


def test_more_different_orders_than_can_be_tried_leave_the_verdict_without_a_label(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking_blocks, "MOST_ORDERS", 20)
    orders = ["".join(map(str, one)) for one in permutations((1, 2, 3, 4))]
    many = finished(tmp_path / "ranks", {"r1": orders[:20], "r2": orders})
    sql = "select wave_id, verdict, n from verdicts where item_id = 'best' and group_by = 'all' order by 1"
    assert [(one[0], one[2]) for one in rows(many, sql)] == [("r1", 20), ("r2", 24)]
    labels = "select wave_id from robustness where item_id = 'best' and test = 'label'"
    assert rows(many, labels) == [("r1",)]
