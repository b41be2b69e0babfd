"""A number can be followed to the rows of the files it was made of."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter

import pytest

from delphi.cli.trace import trace as command
from delphi.errors import UsageError, WarehouseError
from delphi.stages.plan import run
from delphi.stages.tracing import Cell, trace
from delphi.study import StudyFolder, locate
from tests.conftest import BARRIERS, barriers_rows, write_rows


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> StudyFolder:
    """The small study up to its verdicts."""
    root = tmp_path_factory.mktemp("traced") / "barriers"
    root.mkdir()
    (root / "study.yaml").write_text(
        BARRIERS
        + 'rules:\n  consensus:\n    - {id: agreed, verdict: consensus_in, require: {share: {band: high, op: at_least, value: "70%"}}}\n',
        encoding="utf-8",
    )
    for wave in (1, 2):
        write_rows(root / f"r{wave}.csv", barriers_rows(wave))
    for _ in run(locate(root)):
        pass
    return locate(root)


@pytest.mark.parametrize(
    ("statistic", "group", "n"),
    [
        ("median", ("all", "all"), 12), ("n_valid", ("all", "all"), 12), ("verdict", ("all", "all"), 12),
        ("median", ("role", "city"), 5), ("n_valid", ("role", "city"), 5),
    ],
)  # fmt: skip
def test_p24_a_number_traces_to_the_cells_of_the_file(
    statistic: str, group: tuple[str, str], n: int, traced: StudyFolder
) -> None:
    found = trace(traced, Cell("r2", "s02", group_by=group[0], group_value=group[1]), statistic)
    with (traced.root / "r2.csv").open(encoding="utf-8", newline="") as file:
        lines = [*csv.reader(file)]
    cells = [lines[row["row"] - 1][lines[0].index("s02")] for row in found.rows]
    assert len(cells) == n
    assert Counter(float(cell) for cell in cells) == {
        row["value"]: row["n"] for row in found.counts if row["n"]
    }
    assert [row["sha256"] for row in found.files] == [
        hashlib.sha256((traced.root / "r2.csv").read_bytes()).hexdigest()
    ]
    assert found.study_file_sha256 == hashlib.sha256(traced.study_file.read_bytes()).hexdigest()
    assert found.publication is not None
    assert "+" in found.code_version


def test_p24_a_number_between_waves_traces_to_the_files_of_both(traced: StudyFolder) -> None:
    found = trace(traced, Cell("r2", "s02"), "weighted_kappa", versus="r1")
    assert {row["file"] for row in found.rows} == {"r1.csv", "r2.csv"}
    assert '"seed":' in found.numbers[0]["params"]


def test_p24_an_altered_received_file_stops_the_trace(traced: StudyFolder) -> None:
    path = traced.received / hashlib.sha256((traced.root / "r1.csv").read_bytes()).hexdigest()
    whole = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(whole[:-2] + b"3\n")
    try:
        with pytest.raises(WarehouseError, match="no longer what was received"):
            trace(traced, Cell("r1", "s01"), "median")
    finally:
        path.write_bytes(whole)


def test_what_is_not_there_is_named_with_what_is(
    traced: StudyFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UsageError) as caught:
        command(traced.root, wave="r7", item="s02", statistic="medan", group="role=villages")
    assert [one.path for one in caught.value.problems] == [
        "--wave r7",
        "--statistic medan",
        "--group role=villages",
    ]
    with pytest.raises(UsageError, match="DIMENSION=CATEGORY"):
        command(traced.root, wave="r1", item="s01", group="city")
    command(traced.root, wave="r2", item="s02", statistic="median")
    shown = capsys.readouterr().out
    assert "from 12 rows of these files" in shown
    assert "p03@example.org" not in shown
