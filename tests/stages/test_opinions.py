"""Groups of opinion, themes and near-duplicates from a study file to the report: proposals with their evidence, and nobody's text."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from delphi.errors import StudyError
from delphi.stages.plan import run
from delphi.study import StudyFolder, check_study, locate
from delphi.warehouse.warehouse import Warehouse
from tests.conftest import BARRIERS, write_rows

REAL = Path(__file__).resolve().parents[1] / "real"
ITEMS = 10


def study_of(root: Path, analysis: str, people: int = 24, texts: bool = False) -> StudyFolder:
    """Two camps of invented people on ten statements; the second camp answers the other way round on the first six."""
    root.mkdir(parents=True, exist_ok=True)
    items = "".join(
        f'  - {{id: s{n:02d}, text: "Statement number {n}.", scale: imp9}}\n' for n in range(1, ITEMS + 1)
    )
    if texts:
        items += '  - {id: why, kind: open, text: "Why?", scale: {type: text}}\n'
    text = (
        re.sub(r"items:\n(  - .*\n)+", f"items:\n{items}", BARRIERS)
        .replace("[r1, r2]", "[r1]")
        .replace("  - {id: r2}\n", "")
    )
    (root / "study.yaml").write_text(text + analysis, encoding="utf-8")
    header = [
        "respondent_id",
        "role",
        *(f"s{n:02d}" for n in range(1, ITEMS + 1)),
        *(["why"] if texts else []),
    ]
    rows = [header]
    for person in range(people):
        camp = person % 3 == 0
        answers = ["8" if (n <= 6) != camp else "2" for n in range(1, 9)] + ["9", "5"]
        words = (
            "the rent of a flat is too high here"
            if person % 2
            else "the permit office takes too long for a visa"
        )
        told = [f"{words} says Quixotename{person}"] if texts else []
        rows.append([f"p{person:02d}", ("company", "city")[person % 2], *answers, *told])
    write_rows(root / "r1.csv", rows)
    return locate(root)


def done(folder: StudyFolder) -> StudyFolder:
    for _ in run(folder):
        pass
    return folder


def rows(folder: StudyFolder, query: str) -> list[tuple[object, ...]]:
    with Warehouse.open_read_only(folder.warehouse) as warehouse:
        return warehouse.rows(query)


def test_two_camps_are_two_groups_with_what_stands_for_them(tmp_path: Path) -> None:
    folder = done(study_of(tmp_path / "camps", "analysis: {opinion_groups: {seed: 3}}\n"))
    (found,) = rows(
        folder,
        "select n_persons, n_grouped, groups, is_structured, rand_of_resamples, reason from opinion_maps",
    )
    assert found == (24, 24, 2, True, 1.0, None)
    members = rows(
        folder,
        "select group_number, count(*), count(distinct respondent_id) from opinion_members group by 1 order by 1",
    )
    assert members == [(1, 16, 16), (2, 8, 8)]
    standing = rows(
        folder,
        "select item_id, stands_for from opinion_statements where group_number = 2 and stands_for is not null order by 1",
    )
    assert {"s01", "s02", "s03", "s04", "s05", "s06"} <= {item for item, _ in standing}
    assert {side for item, side in standing if item in ("s01", "s06")} == {"disagree"}
    shared = rows(
        folder, "select item_id from opinion_statements where group_number = 0 and stands_for = 'agree'"
    )
    assert ("s09",) in shared
    counts = rows(
        folder, "select n_agree + n_disagree + n_pass as n from opinion_statements where group_number = 0"
    )
    assert {n for (n,) in counts} == {24}


def test_nothing_is_looked_for_unless_the_study_asks_and_old_rows_go(tmp_path: Path) -> None:
    folder = done(study_of(tmp_path / "camps", "analysis: {opinion_groups: {}, near_duplicates: {}}\n"))
    assert rows(folder, "select count(*) from opinion_members") == [(24,)]
    text = folder.study_file.read_text(encoding="utf-8")
    folder.study_file.write_text(text.partition("analysis:")[0], encoding="utf-8")
    stages = {result.stage for result in run(folder)}
    assert "opinions" not in stages
    for table in (
        "opinion_maps",
        "opinion_members",
        "opinion_statements",
        "themes",
        "theme_texts",
        "near_duplicates",
    ):
        assert rows(folder, f"select count(*) from {table}") == [(0,)]


def test_too_few_people_are_not_grouped_and_the_report_says_why(tmp_path: Path) -> None:
    folder = done(study_of(tmp_path / "few", "analysis: {opinion_groups: {}}\n", people=12))
    assert rows(folder, "select groups, reason from opinion_maps") == [(None, "too_few")]
    page = (folder.outputs / "report.html").read_text(encoding="utf-8")
    assert "too few people gave enough votes" in page


def test_the_report_shows_groups_rounded_and_no_person(tmp_path: Path) -> None:
    folder = done(study_of(tmp_path / "camps", "analysis: {opinion_groups: {}}\n"))
    page = (folder.outputs / "report.html").read_text(encoding="utf-8")
    assert "Groups of opinion and themes" in page
    assert "Group 1 (about 15 people)" in page
    assert "Group 2 (about 10 people)" in page
    assert page.count("<ellipse") == 2
    section = page.partition('id="opinions"')[2].partition("</section>")[0]
    assert not re.search(r"\b(24|16|8) people", section)
    assert "<circle" not in section
    names = [name for (name,) in rows(folder, "select respondent_id from opinion_members")]
    assert not [name for name in names if str(name) in page]


def test_a_group_below_the_minimum_is_not_shown(tmp_path: Path) -> None:
    folder = done(
        study_of(tmp_path / "camps", "analysis: {opinion_groups: {}}\nprivacy: {small_cells: {min_n: 9}}\n")
    )
    section = (
        (folder.outputs / "report.html")
        .read_text(encoding="utf-8")
        .partition('id="opinions"')[2]
        .partition("</section>")[0]
    )
    assert "Groups of fewer than 9 people are not shown." in section
    assert "Group 2" not in section
    assert section.count("<ellipse") == 1


def test_themes_name_only_words_that_enough_people_used(tmp_path: Path) -> None:
    folder = done(study_of(tmp_path / "texts", "analysis: {themes: {}}\n", people=60, texts=True))
    found = rows(folder, "select theme_number, terms, n_texts, reason from themes order by 1")
    assert [(number, n, reason) for number, _, n, reason in found] == [(1, 30, None), (2, 30, None)]
    assert sorted("permit" in str(terms) for _, terms, _, _ in found) == [False, True]
    assert sorted("rent" in str(terms) for _, terms, _, _ in found) == [False, True]
    examples = rows(
        folder, "select theme_number, count(*) from theme_texts where is_example group by 1 order by 1"
    )
    assert [n for _, n in examples] == [3, 3]
    for table in ("themes", "theme_texts"):
        assert "quixotename" not in str(rows(folder, f"select * from {table}")).casefold()
    page = (folder.outputs / "report.html").read_text(encoding="utf-8")
    assert "quixotename" not in page.casefold()
    assert "Themes of open answers" in page


def test_items_that_say_nearly_the_same_are_proposed_and_pairs_of_answers_stay_inside(tmp_path: Path) -> None:
    folder = study_of(tmp_path / "pairs", "analysis: {near_duplicates: {}}\n", texts=True)
    text = folder.study_file.read_text(encoding="utf-8")
    text = text.replace('"Statement number 1."', '"The city pays half of the rent."').replace(
        '"Statement number 2."', '"The city pays half of the rent"'
    )
    folder.study_file.write_text(text, encoding="utf-8")
    done(folder)
    pairs = rows(
        folder,
        "select item_id, other_item_id, likeness from near_duplicates where kind = 'items' and likeness = 'same'",
    )
    assert pairs == [("s01", "s02", "same")]
    answers = rows(
        folder, "select count(*), count(respondent_id) from near_duplicates where kind = 'answers'"
    )
    assert answers[0][0] == answers[0][1] != 0
    section = (
        (folder.outputs / "report.html")
        .read_text(encoding="utf-8")
        .partition('id="opinions"')[2]
        .partition("</section>")[0]
    )
    assert "the same words" in section


def test_a_repeated_run_gives_the_same_groups(tmp_path: Path) -> None:
    folder = done(study_of(tmp_path / "camps", "analysis: {opinion_groups: {}}\n"))
    first = rows(folder, "select * from opinion_members order by all")
    folder.warehouse.unlink()
    done(folder)
    assert rows(folder, "select * from opinion_members order by all") == first


@pytest.mark.parametrize(
    ("analysis", "path", "message"),
    [
        ("{opinion_groups: {waves: [r9]}}", "analysis.opinion_groups.waves.0", "no wave 'r9'"),
        ("{opinion_groups: {items: [x]}}", "analysis.opinion_groups.items.0", "no item 'x'"),
        ("{opinion_groups: {items: [s01]}}", "analysis.opinion_groups", "fewer than two items"),
        ("{opinion_groups: {numbers: [1]}}", "analysis.opinion_groups.numbers.0", "at least 2"),
        ("{themes: {numbers: []}}", "analysis.themes.numbers", "at least one element"),
        ("{near_duplicates: {token_set: 101}}", "analysis.near_duplicates.token_set", "at most 100"),
        ("{clusters: {}}", "analysis.clusters", "unknown key"),
    ],
)  # fmt: skip
def test_what_can_find_nothing_is_refused(analysis: str, path: str, message: str, tmp_path: Path) -> None:
    folder = study_of(tmp_path / "camps", f"analysis: {analysis}\n")
    problems = check_study(folder.study_file).problems
    assert (path, True) in [(one.path, message in one.message) for one in problems]
    with pytest.raises(StudyError):
        done(folder)


def test_the_groups_of_a_polis_conversation_are_those_of_its_votes(shared_data: Path, tmp_path: Path) -> None:
    """The run from the raw events finds what the function finds in the matrix that Polis exported (tests/opinions compares with Polis)."""
    from delphi.opinions.opinion_groups import opinion_groups

    root = tmp_path / "polis"
    shutil.copytree(shared_data / "polis_brexit_consensus", root)
    shutil.copy(REAL / "polis_brexit_consensus" / "study.yaml", root)
    with (root / "study.yaml").open("a", encoding="utf-8") as file:
        file.write("analysis: {opinion_groups: {}}\n")
    folder = done(locate(root))
    lines = [line.split(",") for line in (root / "participants-votes.csv").read_text("utf-8").splitlines()]
    columns = [place for place, name in enumerate(lines[0]) if name.isdigit()]
    items = [item for (item,) in rows(folder, "select item_id from items order by sequence")]
    order = [columns[[lines[0][place] for place in columns].index(str(item))] for item in items]
    matrix = np.array(
        [[float(line[place]) if line[place] else np.nan for place in order] for line in lines[1:]]
    )
    expected = opinion_groups(matrix, 1, minimum_cell=5)
    (found,) = rows(folder, "select n_persons, n_grouped, groups, silhouette from opinion_maps")
    assert found[:3] == (expected.n_persons, expected.n_grouped, expected.grouping.k)
    assert found[3] == pytest.approx(expected.grouping.silhouette, abs=1e-6)
