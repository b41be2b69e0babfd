"""Wrong input end to end: what is refused leaves the warehouse as it was, what is odd is found and never
repaired."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from delphi.errors import AnswersError, DelphiError, StudyError, WarehouseError
from delphi.ingest.journal import Journal
from delphi.stages.findings import findings_of
from delphi.stages.plan import run
from delphi.stages.querying import query_rows
from delphi.study import check_study, locate
from delphi.study.unsupported import LATER_PLATFORMS
from delphi.warehouse.digests import recorded_digests
from tests.conftest import barriers_rows, write_rows

Change = Callable[[Path], None]


def _run(folder: Path, until: str = "verdicts") -> None:
    for _ in run(locate(folder), (), until):
        pass


def _digests(folder: Path) -> list[dict[str, object]]:
    return recorded_digests(locate(folder).warehouse)


def _text(change: Callable[[str], str]) -> Change:
    """A change of the text of r2.csv."""

    def apply(folder: Path) -> None:
        file = folder / "r2.csv"
        file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")

    return apply


def _bytes(data: bytes) -> Change:
    return lambda folder: (folder / "r2.csv").write_bytes(data) and None  # type: ignore[return-value]


REFUSED: dict[str, tuple[str, Change]] = {
    "an empty file": ("empty_file", _bytes(b"")),
    "a wrong delimiter": ("one_column", _text(lambda text: text.replace(",", ";"))),
    "a wrong encoding": ("encoding", _bytes("respondent_id,role,s01,s02,s03\nZo\xeb,city,1,2,3\n".encode("cp1252"))),
    "an unclosed quote": ("unclosed_quote", _text(lambda text: text.replace("p03@", '"p03@', 1))),
    "a duplicate header": ("duplicate_header", _text(lambda text: text.replace("s02", "s01", 1))),
    "HTML where CSV was promised": ("html", _bytes(b"<!DOCTYPE html><html><body>Please log in</body></html>")),
    "an item that no column holds": ("missing_item_column", _text(lambda text: text.replace("s03", "s33", 1))),
    "no key column": ("missing_key_column", _text(lambda text: text.replace("respondent_id", "who", 1))),
    "labels instead of codes": (
        "nothing_fits",
        lambda folder: write_rows(
            folder / "r2.csv", [row if n == 0 else [*row[:2], "agree", *row[3:]] for n, row in enumerate(barriers_rows(2))]
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", list(REFUSED))
def test_p03_a_refused_file_leaves_the_warehouse_as_it_was(case: str, barriers: Path) -> None:
    code, change = REFUSED[case]
    _run(barriers)
    before = _digests(barriers)
    change(barriers)
    with pytest.raises(AnswersError) as caught:
        _run(barriers)
    assert caught.value.exit_code == 11
    assert {problem.code for problem in caught.value.problems} == {code}
    assert all("r2.csv" in (one.file or one.path) and one.hint for one in caught.value.problems)
    assert _digests(barriers) == before
    refused = findings_of(locate(barriers)).refused
    assert [row["code"] for row in refused] == [code] * len(refused)
    assert refused


def test_a_refused_file_that_is_mended_is_no_finding_any_more(barriers: Path) -> None:
    good = (barriers / "r2.csv").read_bytes()
    (barriers / "r2.csv").write_bytes(b"")
    with pytest.raises(AnswersError):
        _run(barriers)
    (barriers / "r2.csv").write_bytes(good)
    _run(barriers)
    assert findings_of(locate(barriers)).refused == []


def test_one_refused_file_keeps_the_others_out_and_all_problems_are_told_at_once(barriers: Path) -> None:
    (barriers / "r1.csv").write_bytes(b"")
    (barriers / "r2.csv").write_bytes(b"<html></html>")
    with pytest.raises(AnswersError) as caught:
        _run(barriers)
    assert {problem.code for problem in caught.value.problems} == {"empty_file", "html"}
    assert [event.kind for event in Journal(locate(barriers).journal).events()] == ["refusal", "refusal"]
    assert not locate(barriers).warehouse.exists()


def test_nothing_arrived_is_an_error_and_one_missing_wave_is_none(barriers: Path) -> None:
    (barriers / "r2.csv").unlink()
    _run(barriers)
    with pytest.raises(
        AnswersError, match=r"wave r2: no answers have arrived; the study file expects r2\.csv"
    ):
        list(run(locate(barriers), ("r2",), "count"))
    (barriers / "r1.csv").unlink()
    again = barriers.parent / "empty"
    again.mkdir()
    (again / "study.yaml").write_bytes((barriers / "study.yaml").read_bytes())
    with pytest.raises(AnswersError) as caught:
        _run(again)
    assert [problem.code for problem in caught.value.problems] == ["missing_file", "missing_file"]


def _rows(folder: Path, sql: str) -> list[tuple[object, ...]]:
    rows, names = query_rows(locate(folder), sql)
    return [tuple(row[name] for name in names) for row in rows]


def test_p02_a_header_without_records_is_accepted_with_a_finding(barriers: Path) -> None:
    write_rows(barriers / "r2.csv", barriers_rows(2)[:1])
    _run(barriers)
    assert _rows(barriers, "select records, accepted from sources where wave_id = 'r2'") == [(0, 0)]
    assert _rows(barriers, "select level, rule from findings") == [("file", "no_records")]


def test_p08_ragged_records_are_quarantined_and_the_rest_is_loaded(barriers: Path) -> None:
    rows = barriers_rows(2)
    rows[3] = rows[3][:-1]
    rows[5] = [*rows[5], "9"]
    write_rows(barriers / "r2.csv", rows)
    _run(barriers)
    counted = "select records, accepted, quarantined, ignored from sources where wave_id = 'r2'"
    assert _rows(barriers, counted) == [(12, 10, 2, 0)]
    assert _rows(barriers, "select rule, source_row from findings order by 2") == [
        ("ragged", 4),
        ("ragged", 6),
    ]


def test_a_column_nobody_declared_is_a_finding_and_the_file_is_loaded(barriers: Path) -> None:
    rows = [[*row, "x"] for row in barriers_rows(2)]
    rows[0][-1] = "browser"
    write_rows(barriers / "r2.csv", rows)
    _run(barriers)
    assert _rows(barriers, "select level, rule, column_name from findings") == [
        ("file", "unknown_column", "browser")
    ]


@pytest.mark.parametrize(
    ("raw", "rule"),
    [("4.5", "fraction"), ("0", "off_scale"), ("10", "off_scale"), ("99", "off_scale"), ("seven",
    "not_a_number"),
     ("7 - important", "not_a_number"), ("٧", "not_an_ascii_digit"), ("1_0", "not_a_number"), ("1e0",
     "not_a_number"), ("4,5", "not_a_number"), ("N/A", "not_a_number")],
)  # fmt: skip
def test_p04_a_bad_cell_is_a_finding_and_never_repaired(raw: str, rule: str, barriers: Path) -> None:
    rows = barriers_rows(2)
    rows[2][2] = f'"{raw}"' if "," in raw else raw
    write_rows(barriers / "r2.csv", rows)
    _run(barriers)
    found = _rows(barriers, "select level, rule, source_row, column_name, item_id, raw_value from findings")
    assert found == [("cell", rule, 3, "s01", "s01", raw)]
    bad = _rows(
        barriers,
        "select value, missing from answers where wave_id = 'r2' and source_row = 3 and item_id = 's01'",
    )
    assert bad == [(None, "invalid")]
    assert _rows(barriers, "select accepted from sources where wave_id = 'r2'") == [(12,)]


def test_na_can_be_a_real_code(barriers: Path) -> None:
    study = (barriers / "study.yaml").read_text(encoding="utf-8")
    nominal = study.replace(
        "  - {id: s03,", '  - {id: lead, kind: survey, scale: {type: nominal, choices: {"NA": "North America", "EU": "Europe"}}}\n  - {id: s03,'
    )  # fmt: skip
    (barriers / "study.yaml").write_text(nominal, encoding="utf-8")
    for wave in (1, 2):
        rows = [[*row, "NA" if n % 2 else "EU"] for n, row in enumerate(barriers_rows(wave))]
        rows[0][-1] = "lead"
        write_rows(barriers / f"r{wave}.csv", rows)
    _run(barriers)
    counted = "select value, n from counts where item_id = 'lead' and wave_id = 'r1' and group_by = 'all' order by 1"
    assert _rows(barriers, counted) == [(1, 6), (2, 6)]
    assert _rows(barriers, "select count(*) from findings") == [(0,)]


def test_p09_contradictory_returns_without_times_are_quarantined_whatever_their_order(barriers: Path) -> None:
    rows = barriers_rows(2)
    twice = [*rows, [*rows[4][:2], "1", "1", "1"]]
    results = []
    for order in (twice, [twice[0], *reversed(twice[1:])]):
        folder = barriers.parent / f"order{len(results)}" / "barriers"
        folder.mkdir(parents=True)
        (folder / "study.yaml").write_bytes((barriers / "study.yaml").read_bytes())
        write_rows(folder / "r1.csv", barriers_rows(1))
        write_rows(folder / "r2.csv", order)
        _run(folder)
        counted = _rows(
            folder, "select records, accepted, quarantined, ignored from sources where wave_id = 'r2'"
        )
        found = _rows(folder, "select rule, count(*) from findings group by rule")
        answers = _rows(folder, "select item_id, value, n from counts where wave_id = 'r2' order by all")
        results.append((counted, found, answers))
    assert results[0] == results[1]
    assert results[0][0] == [(13, 11, 2, 0)]
    assert results[0][1] == [("duplicate_contradiction", 2)]


def test_an_exact_repeat_is_ignored(barriers: Path) -> None:
    rows = barriers_rows(2)
    write_rows(barriers / "r2.csv", [*rows, rows[4]])
    _run(barriers)
    counted = "select records, accepted, quarantined, ignored from sources where wave_id = 'r2'"
    assert _rows(barriers, counted) == [(13, 12, 0, 1)]


def test_a_respondent_in_two_groups_within_one_wave_is_quarantined(barriers: Path) -> None:
    study = (barriers / "study.yaml").read_text(encoding="utf-8")
    study = study.replace('file: "{wave}.csv", key', 'file: "{wave}.csv", pieces: topic, key')
    study = study.replace("scale: imp9}", 'scale: imp9, missing: {not_shown: ""}}')
    (barriers / "study.yaml").write_text(study, encoding="utf-8")
    for wave in (1, 2):
        rows = [[*row[:4], "", "a"] for row in barriers_rows(wave)]
        rows += [[row[0], row[1], "", "", row[4], "b"] for row in barriers_rows(wave)[1:]]
        rows[0] = [*barriers_rows(wave)[0], "topic"]
        if wave == 1:
            rows[-1][1] = "company"
        write_rows(barriers / f"r{wave}.csv", rows)
    _run(barriers)
    assert _rows(barriers, "select rule, count(*) from findings group by 1") == [("two_groups", 2)]
    assert _rows(barriers, "select records, accepted, quarantined from sources where wave_id = 'r1'") == [
        (24, 22, 2)
    ]


def test_p06_ids_that_look_like_numbers_stay_text(barriers: Path) -> None:
    study = (barriers / "study.yaml").read_text(encoding="utf-8")
    study = study.replace("key: respondent_id", "key: respondent_id, key_is_pseudonym: true")
    (barriers / "study.yaml").write_text(study, encoding="utf-8")
    ids = [
        "00042",
        "42",
        "1E5",
        "100000",
        "NA",
        "12.10",
        "12.1",
        "1234567890123456789",
        "1234567890123456788",
        "-1",
        "true",
        "Zoë",
    ]
    for wave in (1, 2):
        rows = barriers_rows(wave)
        for row, name in zip(rows[1:], ids, strict=True):
            row[0] = name
        write_rows(barriers / f"r{wave}.csv", rows)
    _run(barriers)
    found = [row[0] for row in _rows(barriers, "select respondent_id from respondents")]
    assert sorted(map(str, found)) == sorted(ids)


def test_p01_the_same_delivery_again_changes_nothing(barriers: Path) -> None:
    _run(barriers)
    before = _digests(barriers)
    rows = barriers_rows(2)
    turned = [[row[n] for n in (3, 0, 4, 1, 2)] for row in [rows[0], *reversed(rows[1:])]]
    text = "\ufeff" + "".join(",".join(row) + "\r\n" for row in turned)
    (barriers / "r2.csv").write_bytes(text.encode("utf-8"))
    _run(barriers)
    assert _digests(barriers) == before


def test_p10_a_shorter_or_emptied_delivery_removes_nobody(barriers: Path) -> None:
    _run(barriers)
    answers = "select respondent_id, item_id, value from answers where wave_id = 'r2' order by all"
    before = _rows(barriers, answers)
    write_rows(barriers / "r2.csv", barriers_rows(2)[:5])
    _run(barriers)
    assert _rows(barriers, answers) == before
    write_rows(
        barriers / "r2.csv",
        [row if n == 0 else [*row[:2], "", "", ""] for n, row in enumerate(barriers_rows(2))],
    )
    _run(barriers)
    assert _rows(barriers, answers) == before


def test_a_later_correction_is_a_new_version_and_the_older_stays(barriers: Path) -> None:
    _run(barriers)
    rows = barriers_rows(2)
    rows[1][2] = "1"
    write_rows(barriers / "r2.csv", rows)
    _run(barriers)
    versions = "select version, records, accepted, ignored from sources where wave_id = 'r2' order by 1"
    assert _rows(barriers, versions) == [(1, 12, 12, 0), (2, 12, 1, 11)]
    returned = "select is_current, count(*) from submissions where wave_id = 'r2' group by 1 order by 1"
    assert _rows(barriers, returned) == [(False, 1), (True, 12)]


def test_p22_a_rebuilt_warehouse_is_equal(barriers: Path) -> None:
    from delphi.stages.rebuilding import rebuild_warehouse

    _run(barriers, "report")
    before = _digests(barriers)
    locate(barriers).warehouse.unlink()
    assert rebuild_warehouse(locate(barriers)) == before


@pytest.mark.parametrize("content", [b"", b"not a database at all", b"\0" * 9000])
def test_a_damaged_warehouse_is_named_and_not_touched(content: bytes, barriers: Path) -> None:
    _run(barriers)
    file = locate(barriers).warehouse
    file.write_bytes(content)
    with pytest.raises(WarehouseError) as caught:
        _run(barriers)
    assert caught.value.exit_code == 12
    assert "rebuild" in caught.value.problems[0].hint
    assert file.read_bytes() == content


def test_a_second_process_at_work_is_told_who_holds_the_lock(barriers: Path) -> None:
    _run(barriers)
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom delphi.warehouse.warehouse import Warehouse\n"
        "with Warehouse.open_for_writing(Path(sys.argv[1])):\n    print('open', flush=True)\n    time.sleep(60)\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(locate(barriers).warehouse)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == "open"
        write_rows(barriers / "r2.csv", barriers_rows(3))
        with pytest.raises(WarehouseError, match=str(holder.pid)):
            _run(barriers)
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()


def test_p26_messages_and_findings_name_no_answer_and_no_person(barriers: Path) -> None:
    rows = barriers_rows(2)
    rows[2][2] = "planted-answer-5b1e"
    write_rows(barriers / "r2.csv", rows)
    done = [
        subprocess.run(
            [sys.executable, "-m", "delphi", *arguments, str(barriers)],
            capture_output=True,
            text=True,
            check=False,
        )
        for arguments in (["run", "--direct", "--until", "verdicts"], ["findings"], ["status"], ["verify"])
    ]
    said = "".join(one.stdout + one.stderr for one in done)
    assert [one.returncode for one in done] == [0, 0, 0, 0], said
    assert "planted-answer-5b1e" not in said
    assert "example.org" not in said


@pytest.mark.parametrize("platform", LATER_PLATFORMS)
def test_p13_no_platform_is_pulled_from_so_no_pull_is_incomplete(barriers: Path, platform: str) -> None:
    """Until pulls can be proved complete, whatever would need one is refused by name."""
    study = barriers / "study.yaml"
    study.write_text(study.read_text().replace("platform: csv", f"platform: {platform}"))
    problems = check_study(barriers).problems
    assert [(one.code, one.message) for one in problems] == [
        ("not_supported_yet", f"platform `{platform}` is not supported yet")
    ]


@pytest.mark.parametrize(
    "address", ["https://example.org/{wave}.csv", "s3://bucket/{wave}.csv", "ftp:/host/{wave}.csv"]
)
def test_p13_an_address_is_refused_and_not_fetched(barriers: Path, address: str) -> None:
    study = barriers / "study.yaml"
    study.write_text(study.read_text().replace('"{wave}.csv"', f'"{address}"'))
    problems = check_study(barriers).problems
    assert [(one.path, one.code, one.message) for one in problems] == [
        (
            "sources.0.file",
            "file_outside",
            "an address, and not a file of the study folder: a run fetches nothing",
        )
    ]


def test_p40_a_run_opens_no_connection(barriers: Path) -> None:
    code = (
        "import socket, sys\nfrom pathlib import Path\n"
        "def refuse(*args, **kwargs):\n    raise AssertionError('a connection was opened')\n"
        "socket.socket.connect = refuse\nsocket.create_connection = refuse\nsocket.getaddrinfo = refuse\n"
        "from delphi.stages.plan import run\nfrom delphi.study import locate\n"
        "for _ in run(locate(Path(sys.argv[1])), (), 'report'):\n    pass\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(barriers)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_p40_a_run_works_where_there_is_no_network_at_all(barriers: Path) -> None:
    apart = ["unshare", "--user", "--map-root-user", "--net"]
    if (
        shutil.which("unshare") is None
        or subprocess.run([*apart, "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("this machine does not let a test take the network away (unshare --net)")
    done = subprocess.run(
        [*apart, sys.executable, "-m", "delphi", "run", str(barriers), "--direct"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("kind", [AnswersError, StudyError, WarehouseError])
def test_errors_survive_being_handed_between_processes(kind: type[DelphiError]) -> None:
    import pickle

    again = pickle.loads(pickle.dumps(kind("what is wrong", "how to mend it")))
    assert type(again) is kind
    assert str(again) == "what is wrong\n  how to mend it"
