"""The file for analysts: nothing of persons in it, nothing small to be worked out, and locked down as the page says."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from delphi.cli.main import exit_code_of
from delphi.demo import PLANTED_STRINGS, write_demo
from delphi.errors import UsageError, WarehouseError
from delphi.stages.plan import run
from delphi.stages.release import Release, release
from delphi.study import StudyFolder, locate
from delphi.warehouse import released as released_file
from delphi.warehouse.warehouse import Warehouse
from tests.conftest import BARRIERS, write_rows
from tests.faults.scanning import Scanner

ROOT = Path(__file__).resolve().parents[2]
K = 5
OF_PERSONS = {
    "respondents", "memberships", "invitations", "submissions", "answers", "findings", "sources", "transitions",
    "nonanswers", "runs", "digests",
}  # fmt: skip
COLUMNS_OF_PERSONS = re.compile(
    "respondent|source|file|sha256|comment|raw|piece|language_of|submitted|started|loaded"
)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[StudyFolder, Release]:
    """The demonstration study after a whole run, and its release."""
    root = tmp_path_factory.mktemp("demo") / "gfmd-mapping"
    write_demo(root)
    folder = locate(root)
    for _ in run(folder):
        pass
    return folder, release(folder)


@pytest.fixture
def grouped(tmp_path: Path) -> StudyFolder:
    """Fifty invented people in three groups: forty in two large ones, six and four in small ones."""
    root = tmp_path / "barriers"
    root.mkdir()
    text = BARRIERS.replace("[company, city]", "[company, city, union, other]")
    text = re.sub(r"  - \{id: r2\}\n", "", text).replace("for: [r1, r2]", "for: [r1]")
    (root / "study.yaml").write_text(text, encoding="utf-8")
    sizes = {"company": 20, "city": 20, "union": 6, "other": 4}
    inside = {"company": 11, "city": 7, "union": 3, "other": 2}
    rows = [["respondent_id", "role", "s01", "s02", "s03"]]
    for role, size in sizes.items():
        for person in range(size):
            first = "8" if person < inside[role] else "2"
            rows.append([f"{role}{person}", role, first, "8", "1" if person else "9"])
    write_rows(root / "r1.csv", rows)
    folder = locate(root)
    for _ in run(folder):
        pass
    return folder


def _frame(path: Path, query: str) -> pd.DataFrame:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(query).df()


def test_p34_a_release_has_no_table_or_column_of_persons(demo: tuple[StudyFolder, Release]) -> None:
    columns = _frame(
        demo[1].path, "select table_name, column_name, comment from duckdb_columns() where not internal"
    )
    tables = _frame(demo[1].path, "select table_name, comment from duckdb_tables()")
    assert not OF_PERSONS & set(tables["table_name"])
    assert not [name for name in columns["column_name"] if COLUMNS_OF_PERSONS.search(name)]
    assert set(columns["table_name"]) == set(tables["table_name"])
    assert columns["comment"].notna().all()
    assert tables["comment"].notna().all()
    assert not len(_frame(demo[1].path, "select * from duckdb_views() where not internal"))
    assert demo[1].path.stat().st_mode & 0o777 == 0o600


def test_p34_no_byte_of_a_release_tells_of_a_person(demo: tuple[StudyFolder, Release]) -> None:
    folder, made = demo
    with Warehouse.open_read_only(folder.warehouse) as warehouse:
        people = [row[0] for row in warehouse.rows("select respondent_id from respondents")]
        words = [
            row[0]
            for row in warehouse.rows(
                """
                select comment from answers where length(comment) > 12
                union select text from answers where length(text) > 12
                """
            )
        ]
        files = [row[0] for row in warehouse.rows("select distinct file_name from sources")]
        sums = [row[0] for row in warehouse.rows("select distinct sha256 from sources")]
    keys = [line.split(",")[0] for line in (folder.root / "register.csv").read_text("utf-8").splitlines()[1:]]
    secret = folder.pseudonym_key.read_bytes().strip().decode("latin-1")
    wanted = [
        text
        for text in (*people, *keys, *words, *files, *sums, secret, *PLANTED_STRINGS)
        if text and len(text) > 3
    ]
    assert len(people) > 90
    assert len(words) > 50
    assert Scanner(wanted).scan([made.path]) == []
    assert Scanner(wanted).scan([folder.warehouse])


def _everybody(folder: StudyFolder) -> pd.DataFrame:
    """Who answered what, whether in the agreement band, and every group of theirs: what only the team has."""
    query = """
        select answers.wave_id, answers.item_id, answers.dimension, answers.respondent_id, categories.band
        from answers join items using (item_id, dimension)
        join categories on categories.scale_id = items.scale_id and categories.value = answers.value
        where categories.band is not null and answers.part = ''
    """
    with Warehouse.open_read_only(folder.warehouse) as warehouse:
        answers = warehouse.frame(query)
        members = warehouse.table("memberships")
    of = members.groupby("respondent_id").apply(lambda rows: frozenset(zip(rows["group_by"], rows["group_value"])))  # fmt: skip  # noqa: B905
    return answers.assign(
        groups=[of.get(who, frozenset()) for who in answers["respondent_id"]],
        is_high=answers["band"].isin(["high", "agree"]),
    )


def _cells(folder: StudyFolder, path: Path) -> Iterator[tuple[pd.DataFrame, set[tuple[str, str]]]]:
    """The answers to each item in each wave, and the groups of which the release tells a share."""
    shares = _frame(
        path,
        "select * from statistics where statistic = 'percent_agreement' and group_by <> 'all' and value is not null",
    )
    shown: dict[tuple[str, str, str], set[tuple[str, str]]] = {}
    for row in shares.itertuples():
        shown.setdefault((row.wave_id, row.item_id, row.dimension), set()).add(
            (row.group_by, row.group_value)
        )
    everybody = _everybody(folder)
    for cell, answers in everybody.groupby(["wave_id", "item_id", "dimension"]):
        if cell in shown:
            yield answers, shown[cell]


def _parts(answers: pd.DataFrame) -> tuple[int, int, int]:
    inside = int(answers["is_high"].sum())
    return len(answers), inside, len(answers) - inside


def test_p34_small_cells_of_a_release_cannot_be_had_back(demo: tuple[StudyFolder, Release]) -> None:
    """By whoever knew even the exact counts behind the rounded shares: everyone minus groups, group minus group."""
    seen = 0
    for answers, shown in _cells(demo[0], demo[1].path):
        seen += 1
        inside_of = {
            group: np.array([group in own for own in answers["groups"]])
            for group in set().union(*answers["groups"])
        }
        for group in shown:
            assert min(_parts(answers[inside_of[group]])) >= K
        for dimension in {by for by, _ in shown}:
            rest = answers[~np.any([inside_of[group] for group in shown if group[0] == dimension], axis=0)]
            assert not len(rest) or min(_parts(rest)) >= K
        for one, other in itertools.permutations(shown, 2):
            if (inside_of[one] <= inside_of[other]).all():
                apart = answers[inside_of[other] & ~inside_of[one]]
                assert all(n == 0 or n >= K for n in _parts(apart))
        basis = np.array([np.ones(len(answers)), *(inside_of[group] for group in shown)], dtype=float)
        for group, own in inside_of.items():
            if group not in shown:
                weights = np.linalg.lstsq(basis.T, own.astype(float), rcond=None)[0]
                assert np.abs(basis.T @ weights - own).max() > 1e-6, "a withheld group is a sum of others"
    assert seen >= 5


def test_p34_a_release_withholds_the_same_groups_in_every_round(demo: tuple[StudyFolder, Release]) -> None:
    waves = _frame(
        demo[1].path,
        """
        select item_id, dimension, group_by, group_value, count(distinct (value is null)) as ways from statistics
        where statistic = 'percent_agreement' and group_by <> 'all' group by all having ways > 1
        """,
    )
    assert not len(waves)


def test_p34_counts_of_a_release_are_of_everyone_and_agree_with_the_warehouse(
    demo: tuple[StudyFolder, Release],
) -> None:
    counts = _frame(demo[1].path, "select * from counts")
    assert set(counts["group_by"]) == {"all"}
    assert (
        counts.groupby(["wave_id", "item_id", "dimension", "part"])["n"].sum(min_count=1).dropna().ge(K).all()
    )
    sums = _frame(
        demo[1].path,
        "select wave_id, item_id, dimension, sum(n)::bigint as n from counts where band is not null group by all",
    )
    whole = _everybody(demo[0]).groupby(["wave_id", "item_id", "dimension"]).size().rename("n").reset_index()
    pd.testing.assert_frame_equal(
        sums.sort_values(list(sums.columns)).reset_index(drop=True),
        whole.sort_values(list(whole.columns)).reset_index(drop=True),
        check_dtype=False,
    )


def test_groups_large_enough_are_told_rounded_and_the_small_ones_are_not(grouped: StudyFolder) -> None:
    made = release(grouped)
    found = _frame(
        made.path,
        """
        select item_id, group_value, value, n, reason, flags from statistics
        where group_by = 'role' and statistic = 'percent_agreement' order by all
        """,
    )
    first = found[found["item_id"] == "s01"].set_index("group_value")
    assert first.loc[["company", "city"], "value"].tolist() == [0.55, 0.35]
    assert first.loc["company", ["n", "flags"]].tolist() == [20, "rounded"]
    assert first.loc[["union", "other"], "reason"].tolist() == ["suppressed", "suppressed"]
    # Everybody agrees on s02, one of each group stands alone on s03: no group is told.
    assert found[found["item_id"] != "s01"]["value"].isna().all()
    assert made.withheld["shares and medians of groups"] == 2 * (2 + 4 + 4)


def test_a_question_that_few_answered_is_withheld_whole(grouped: StudyFolder) -> None:
    rows = [line.split(",") for line in (grouped.root / "r1.csv").read_text("utf-8").splitlines()]
    for row in rows[5:]:
        row[4] = ""
    write_rows(grouped.root / "r1.csv", rows)
    for hidden in ("journal.jsonl", "pseudonym.key"):
        (grouped.root / hidden).unlink()
    grouped.warehouse.unlink()
    for _ in run(grouped):
        pass
    path = release(grouped).path
    counts = _frame(path, "select band, n, reason from counts where item_id = 's03'")
    assert counts["n"].isna().all()
    assert set(counts["reason"]) == {"suppressed"}
    own = _frame(path, "select * from statistics where item_id = 's03'")
    assert own[["value", "label", "low", "high", "n"]].isna().all(axis=None)
    assert not own["params"].str.contains("numerator|denominator").any()
    verdict = _frame(path, "select n, reason from verdicts where item_id = 's03'")
    assert verdict["n"].isna().all()
    assert set(verdict["reason"]) <= {"Fewer than 5 valid answers."}


def test_the_way_of_opening_that_the_page_shows_refuses_all_but_questions(
    demo: tuple[StudyFolder, Release], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (ROOT / "docs" / "releasing.md").read_text(encoding="utf-8")
    example = page.split("```python\n")[1].split("```")[0]
    monkeypatch.chdir(demo[1].path.parent)
    names: dict[str, object] = {}
    exec(example, names)
    assert len(names["rows"]) > 50  # type: ignore[arg-type]
    connection = names["con"]
    assert isinstance(connection, duckdb.DuckDBPyConnection)
    (tmp_path / "other.csv").write_text("a\n1\n", encoding="utf-8")
    own_frame = pd.DataFrame({"a": [1]})
    assert len(own_frame) == 1
    try:
        for refused in (
            f"select * from read_csv('{tmp_path}/other.csv')", f"select * from '{tmp_path}/other.csv'",
            f"select * from read_text('{tmp_path}/other.csv')", f"select * from glob('{tmp_path}/*')",
            f"copy counts to '{tmp_path}/out.csv'", f"export database '{tmp_path}/out'", f"attach '{tmp_path}/new.duckdb'",
            "install httpfs", "load httpfs", "set threads = 1", "set enable_external_access = true", "reset threads",
            "set lock_configuration = false", "select * from own_frame", "delete from counts", "create table more (a int)",
        ):  # fmt: skip
            with pytest.raises(duckdb.Error):
                connection.execute(refused)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["other.csv"]
    finally:
        connection.close()


def test_a_release_can_be_read_by_duckdb_1_5(demo: tuple[StudyFolder, Release]) -> None:
    tags = _frame(demo[1].path, "select tags from duckdb_databases() where database_name = 'data'")["tags"][0]
    assert dict(tags)["storage_version"].startswith("v1.5.0")


def test_a_new_release_takes_the_place_of_the_old_one_whole_or_not_at_all(
    grouped: StudyFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = release(grouped).path
    before = path.read_bytes()
    left = path.with_name(".data.duckdb.999999999-0123456789abcdef.new.wal")
    left.write_bytes(b"left by somebody who was killed")
    with duckdb.connect(str(path), read_only=True) as reader:
        release(grouped)
        assert reader.execute("select count(*) from counts").fetchall()[0][0] > 0
    assert [one.name for one in path.parent.iterdir()] == ["data.duckdb"]

    def broken(*_: object) -> None:
        raise duckdb.IOException("No space left on device")

    before = path.read_bytes()
    monkeypatch.setattr(released_file, "_fill", broken)
    with pytest.raises(WarehouseError, match="the release file cannot be written"):
        release(grouped)
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == ["data.duckdb"]


def test_a_release_neither_goes_among_the_received_files_nor_over_the_warehouse(
    grouped: StudyFolder, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for to in (grouped.root, grouped.received, tmp_path / "file"):
        with pytest.raises(UsageError):
            release(grouped, to)


def test_only_a_whole_run_that_is_as_recorded_is_released(grouped: StudyFolder, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    fresh = locate(grouped.root, tmp_path / "elsewhere" / "new.duckdb")
    with pytest.raises(WarehouseError, match="there is no warehouse yet"):
        release(fresh)
    for _ in run(fresh, (), "count"):
        pass
    with pytest.raises(WarehouseError, match="the last run was not taken to its end"):
        release(fresh)
    for _ in run(grouped):
        pass
    with duckdb.connect(str(grouped.warehouse)) as connection:
        connection.execute("update counts set n = n + 1 where group_by = 'all'")
    with pytest.raises(WarehouseError, match="counts"):
        release(grouped)
    grouped.warehouse.unlink()
    for _ in run(grouped):
        pass
    assert release(grouped).path.exists()
    text = grouped.study_file.read_text(encoding="utf-8")
    grouped.study_file.write_text(text.replace("across borders", "abroad"), encoding="utf-8")
    with pytest.raises(WarehouseError, match="the study file has changed since the last run"):
        release(grouped)


def test_the_command_says_where_the_file_is_and_what_is_withheld(
    grouped: StudyFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code_of(["release", str(grouped.root), "--to", str(tmp_path / "handover")]) == 0
    told = capsys.readouterr().out
    assert "handover/data.duckdb" in told
    assert "shares and medians of groups" in told
    assert exit_code_of(["release", str(grouped.root), "--json"]) == 0
    assert '"withheld"' in capsys.readouterr().out
