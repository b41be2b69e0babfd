"""The benchmarks measure what they say: the data are reproducible, and the fast way gives the ordinary numbers."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest

from benchmarks import bootstrap, cells, peers, run, targets
from benchmarks.from_parquet import BANDS, results_of
from benchmarks.generate import GROUPS, POINTS, flawed, long_of_study, long_parquet, study_folder
from benchmarks.long_checks import by_pandera, by_sql
from benchmarks.measuring import Measured, MeasuringError, Result, apart, process, summed, table
from benchmarks.opinion_groups import made
from benchmarks.targets import Sizes
from delphi.opinions.opinion_groups import opinion_groups
from delphi.opinions.stability import adjusted_rand
from delphi.stages.parquet import statistics_of_parquet
from delphi.stages.plan import run as run_stages
from delphi.study import locate
from delphi.warehouse.counting_parquet import LongColumns

ITEMS, STATISTICS = 6, (
    "median", "q1", "q3", "iqr", "mean", "sd", "van_der_eijk_agreement", "percent_agreement", "bottom_box",
    "n_valid", "n_paired", "net_change", "share_unchanged", "share_changed_gt1", "weighted_kappa", "delta_median",
    "delta_iqr", "wilcoxon_signed_rank", "wilcoxon_signed_rank_p", "wilcoxon_signed_rank_p_holm",
    "krippendorff_alpha", "observed_agreement",
)  # fmt: skip
TINY = Sizes(
    small=4_000, large=40_000, studies=2, pairs=1, large_pairs=1, respondents=15, items=6, cells=12, draws=60, plain=2,
    vectorised=3, persons=900,
)  # fmt: skip
KEY = "wave_id, versus_wave_id, item_id, group_by, group_value, statistic"


def test_the_same_numbers_give_the_same_long_file(tmp_path: Path) -> None:
    first, second = (long_parquet(tmp_path / f"{name}.parquet", 5_000, items=10) for name in "ab")
    other = long_parquet(tmp_path / "c.parquet", 5_000, items=10, seed=2)
    rows = [
        duckdb.read_parquet(str(path)).order("wave, respondent, item").fetchall()
        for path in (first, second, other)
    ]
    assert rows[0] == rows[1] != rows[2]


def test_statistics_of_a_long_file_equal_those_of_the_ordinary_way(tmp_path: Path) -> None:
    study = study_folder(tmp_path / "study", respondents=60, items=ITEMS, waves=2)
    folder = locate(study)
    assert [one.stage for one in run_stages(folder, until="statistics")][-1] == "statistics"
    long = long_of_study(study, tmp_path / "long.parquet")
    columns = LongColumns(group="grp")
    statistics_of_parquet(
        long, tmp_path / "results.duckdb", columns, values=range(1, POINTS + 1), bands=BANDS
    )
    with duckdb.connect(str(folder.warehouse), read_only=True) as connection:
        ordinary = _rows(connection)
    with duckdb.connect(str(tmp_path / "results.duckdb"), read_only=True) as connection:
        fast = _rows(connection)
    translated = {_named(key): values for key, values in fast.items()}
    assert set(translated) == set(ordinary)
    for key, (value, n) in translated.items():
        expected, size = ordinary[key]
        assert n == size, key
        assert (value is None) == (expected is None), key
        assert value is None or value == pytest.approx(expected, rel=1e-12, abs=1e-12), key


def _rows(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str | None, ...], tuple[float | None, int]]:
    found = connection.execute(
        f"select {KEY}, value, n from statistics where list_contains($wanted, statistic)"
        " and params not like '%tolerance%'",
        {"wanted": list(STATISTICS)},
    ).fetchall()
    return {row[:6]: row[6:] for row in found}


def _named(key: tuple[str | None, ...]) -> tuple[str | None, ...]:
    """Ids of the study in the place of the long file's numbers."""
    wave, versus, item, by, group, statistic = key
    return (
        f"r{int(wave or 0) + 1}",
        None if versus is None else f"r{int(versus) + 1}",
        None if item is None else f"i{int(item) + 1:03d}",
        "role" if by == "grp" else by,
        GROUPS[int(group or 0)] if by == "grp" else group,
        statistic,
    )


def test_the_deliberation_to_be_measured_is_reproducible_and_its_groups_are_found() -> None:
    votes, group = made(900, is_planted=True)
    again, _ = made(900, is_planted=True)
    assert (votes.vote == again.vote).all()
    assert (votes.statement == again.statement).all()
    assert votes.answered.tolist() == [60] * 900
    inside = np.diff(votes.statement)[np.diff(np.repeat(np.arange(900), 60)) == 0]
    assert (inside > 0).all(), "nobody votes twice on a statement"
    assert votes.seen.min() > 0
    found = opinion_groups(votes, resamples=0, seeds=0)
    assert adjusted_rand(group, found.group) > 0.95


def lines(found: Measured, target: str) -> list[Result]:
    """Lines with this target."""
    return [one for one in found.results if one.target == target]


def test_a_bound_is_the_most_or_the_least_that_is_allowed() -> None:
    at_most, at_least = (
        summed("T", "what", "x", [2.0, 5.0, 3.0], 3.0, at_least=one) for one in (False, True)
    )
    assert (at_most.value, at_most.low, at_most.high, at_most.met, at_least.met) == (
        3.0,
        2.0,
        5.0,
        "yes",
        "yes",
    )
    assert summed("T", "what", "x", [3.1], 3.0).met == "NO"
    assert summed("T", "what", "x", [2.9], 3.0, at_least=True).met == "NO"
    assert summed("T", "what", "x", [2.9], None).met == ""
    assert ">= 3 x" in table([at_least])


def holding(megabytes: int) -> int:
    """Memory held and let go."""
    return len(b"1" * (megabytes << 20))


def test_memory_of_what_is_made_apart_is_not_counted_into_later_processes() -> None:
    before = process(["-c", "pass"]).peak_gib
    assert apart(holding, 900) == 900 << 20
    assert process(["-c", "pass"]).peak_gib < before + 0.5
    with pytest.raises(MeasuringError, match="0 of 0 numbers of x are not"):
        apart(fails_apart)


def fails_apart() -> None:
    raise MeasuringError("0 of 0 numbers of x are not those that GROUP BY counts")


def test_several_studies_are_measured_file_by_file_and_leave_nothing(tmp_path: Path) -> None:
    found = targets.many_studies(tmp_path, TINY)
    assert [one.bound for one in lines(found, "T2")] == [2.5]
    assert found.results[0].value > 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("way", ["loop", "groupby"])
def test_peers_agree_with_the_statistics_on_every_number(
    tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = study_folder(tmp_path / "study", respondents=70, items=5, waves=3)
    long = long_of_study(study, tmp_path / "long.parquet")
    statistics_of_parquet(
        long, tmp_path / "ours.duckdb", LongColumns(group="grp"), values=range(1, POINTS + 1), bands=BANDS
    )
    monkeypatch.setattr("sys.argv", ["peers", way, str(long), str(tmp_path / "theirs.duckdb")])
    peers.main()
    agreed = peers.compared(tmp_path / "ours.duckdb", tmp_path / "theirs.duckdb")
    with duckdb.connect(str(tmp_path / "ours.duckdb"), read_only=True) as connection:
        numbers = connection.execute(
            "select count(value) + count(low) + count(high) from statistics"
        ).fetchall()[0][0]
    assert agreed.compared == numbers
    assert agreed.apart == 0
    assert agreed.largest < 1e-12
    with duckdb.connect(str(tmp_path / "theirs.duckdb")) as connection:
        connection.execute(
            "update statistics set value = value + 0.5 where statistic = 'sd' and item_id = '0'"
        )
        connection.execute(
            "update statistics set low = null where statistic = 'percent_agreement' and item_id = '1'"
        )
    wrong = peers.compared(tmp_path / "ours.duckdb", tmp_path / "theirs.duckdb")
    assert (wrong.worst, wrong.apart) == ("sd", 3 * (1 + len(GROUPS)))
    assert wrong.largest > 0.1


def test_peers_are_measured_both_ways(tmp_path: Path) -> None:
    found = targets.peers_typical(tmp_path, TINY)
    assert [(one.bound, one.at_least) for one in lines(found, "T4")] == [(10.0, True)] * 2 + [
        (None, True)
    ] * 2
    assert len(found.remarks) == 2 and "none on one side only" in found.remarks[0]


def test_intervals_of_scipy_are_those_of_the_package_up_to_the_draws(tmp_path: Path) -> None:
    found = targets.bootstrap(tmp_path, TINY)
    assert [one.bound for one in lines(found, "T6")] == [20.0, 20.0]
    before, after = (bootstrap.answers(60, 4, 2, 0, 0, 0.15, 3)[wave].T.astype(int) for wave in (0, 1))
    for name, ours_of in bootstrap.OURS.items():
        ours = ours_of(before, after, 3000)
        for vectorised in (False, True) if name == "share" else (True,):
            low, high = bootstrap.by_scipy(name, before, after, 3000, vectorised)
            width = (high - low).mean()
            assert ours.low == pytest.approx(low, abs=0.15 * width)
            assert ours.high == pytest.approx(high, abs=0.15 * width)


def test_intervals_that_differ_by_more_than_draws_are_no_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(targets, "APART", 0.0)
    with pytest.raises(MeasuringError, match="of their width from ours in the mean"):
        targets.bootstrap(tmp_path, TINY)


def test_pandera_and_plain_sql_find_the_same_rows(tmp_path: Path) -> None:
    whole = long_parquet(tmp_path / "whole.parquet", 20_000)
    path = flawed(whole, tmp_path / "flawed.parquet", one_in=500)
    sizes = {"items": 80, "waves": 3, "groups": len(GROUPS)}
    assert by_pandera(whole, sizes, True) == {}
    found = by_pandera(path, sizes, True)
    assert set(found) == {"off_scale", "duplicate_contradiction"}
    assert found == {rule: n for rule, n in by_sql(path, sizes, True).items() if n}
    assert by_pandera(path, sizes, False) == {"off_scale": found["off_scale"]}


def test_validation_is_measured_with_and_without_rows_that_stand_twice(tmp_path: Path) -> None:
    found = targets.validated(tmp_path, TINY)
    assert [one.bound for one in lines(found, "T9")] == [2.5, 0.5, 2.5, 0.5]
    assert "off_scale" in found.remarks[0] and "duplicate_contradiction" in found.remarks[1]


def test_groups_of_opinion_are_measured_where_the_planted_ones_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = targets.opinion_groups(tmp_path, TINY)
    assert [one.bound for one in lines(found, "T15")] == [10.0, None, 1.0] * 2
    assert [remark[:11] for remark in found.remarks] == ["T15 planted", "T15 random:"]
    monkeypatch.setattr("benchmarks.opinion_groups.AGREEING", 1.1)
    with pytest.raises(MeasuringError, match="the planted groups were not found"):
        targets.opinion_groups(tmp_path, TINY)


def test_one_large_study_is_measured_where_the_disk_has_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = targets.one_large_study(tmp_path, TINY, 30_000)
    assert [one.bound for one in lines(found, "T7")] == [1.5]
    assert "0.03 M" in found.results[0].what
    monkeypatch.setattr(targets, "BYTES_PER_ANSWER", 1e12)
    with pytest.raises(MeasuringError, match="GiB of disk needed"):
        targets.one_large_study(tmp_path, TINY, 30_000)


def test_growth_and_memory_are_measured_on_large_files(tmp_path: Path) -> None:
    found = targets.from_parquet_large(tmp_path, TINY)
    assert [one.target for one in found.results] == ["T1", "T1", "", "T7", "T7", "T8", "T8", ""]
    assert "17,280 numbers of both files" in found.remarks[0]
    assert {path.name for path in tmp_path.glob("*.pa*")} == {"4000.parquet", "40000.parquet"}


def test_a_file_that_stands_there_is_taken_again(tmp_path: Path) -> None:
    path = targets.made(tmp_path, 4_000)
    written = path.stat().st_mtime_ns
    assert targets.made(tmp_path, 4_000) == path
    assert path.stat().st_mtime_ns == written
    assert targets.made(tmp_path, 5_000) != path


@pytest.mark.parametrize(
    "change",
    [
        "update statistics set value = value + 1 where statistic = 'n_valid' and item_id = '3' and group_value = '2' and wave_id = '1'",
        "update statistics set value = null where statistic = 'sd' and item_id = '3' and group_value = 'all' and wave_id = '1'",
        "delete from statistics where statistic = 'mean' and item_id = '3' and group_value = '2' and wave_id = '1'",
    ],
)
def test_statistics_that_are_not_those_of_the_cells_are_no_result(tmp_path: Path, change: str) -> None:
    path = targets.made(tmp_path, 4_000)
    targets.statistics([path])
    assert cells.compared(path, results_of(path)) == 80 * 3 * (1 + len(GROUPS)) * len(cells.STATISTICS)
    with duckdb.connect(str(results_of(path))) as connection:
        connection.execute(change)
    with pytest.raises(MeasuringError, match=r"1 of 8640 numbers of 4000\.parquet are not"):
        cells.compared(path, results_of(path))


def test_what_fails_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    def fails(_folder: Path, _sizes: Sizes) -> Measured:
        raise MeasuringError("no server")

    def works(_folder: Path, _sizes: Sizes) -> Measured:
        return Measured([summed("T2", "what", "x", [1.0], 2.0)], ["a remark"])

    possible: list[run.Part] = [({"T1"}, fails), ({"T2"}, works), ({"T9"}, fails)]
    found, failures = run.measure(tmp_path, {"T1", "T2"}, possible, TINY)
    assert ([one.target for one in found.results], found.remarks, failures) == (
        ["T2"],
        ["a remark"],
        ["T1: no server"],
    )


def test_every_target_is_measured_where_it_is_asked_for() -> None:
    everything = set().union(*(names for names, _ in run.parts(large=True, size=1000)))
    assert everything == {"HELP", "T1", "T2", "T4", "T6", "T7", "T8", "T9", "T10", "T12", "T14", "T15"}
