"""SPSS and Stata files give the codes that are stored, as text."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

from delphi.errors import AnswersError
from delphi.ingest import labelled
from delphi.ingest.reading import read_table
from delphi.ingest.table import TextTable
from delphi.study.model import Dialect

pyreadstat = pytest.importorskip("pyreadstat")
IDS = ["00042", "1E5", "NA", "1234567890123456789"]


def read(path: Path) -> TextTable:
    return read_table(path.read_bytes(), Dialect(platform=path.suffix[1:]), path.name, "0" * 64)


@pytest.fixture
def sav(tmp_path: Path) -> Path:
    frame = pd.DataFrame(
        {
            "id": IDS,
            "s1": [7.0, 4.5, None, 99.0],
            "day": [date(2026, 3, 1), None, None, None],
            "moment": [datetime(2026, 3, 1, 9, 30), None, None, None],
        }
    )
    path = tmp_path / "r1.sav"
    pyreadstat.write_sav(
        frame,
        path,
        variable_value_labels={"s1": {7.0: "high", 99.0: "cannot judge"}},
        missing_ranges={"s1": [99]},
    )
    return path


def test_codes_of_spss_stay_codes_also_those_declared_missing(sav: Path):
    table = read(sav)
    assert table.headers == ("id", "s1", "day", "moment")
    assert list(table.column("id")) == IDS
    assert list(table.column("s1")) == ["7", "4.5", "", "99"]
    assert table.column("day")[0] == "2026-03-01"
    assert table.column("moment")[0] == "2026-03-01T09:30:00"
    assert table.notes == ("1 columns have value labels; their codes were taken",)
    assert (table.records, list(table.source_rows)) == (4, [2, 3, 4, 5])


@pytest.mark.parametrize("version", [10, 12, 13, 14, 15])
def test_codes_of_stata_stay_codes_also_its_missing_letters(tmp_path: Path, version: int):
    path = tmp_path / "r1.dta"
    frame = pd.DataFrame({"id": IDS, "s1": [7.0, "a", None, 4.5]})
    pyreadstat.write_dta(frame, path, missing_user_values={"s1": ["a"]}, version=version)
    table = read(path)
    assert list(table.column("id")) == IDS
    assert list(table.column("s1")) == ["7", "a", "", "4.5"]
    assert table.records == 4


def test_a_file_without_cases_is_a_table_without_records(tmp_path: Path):
    path = tmp_path / "r1.sav"
    pyreadstat.write_sav(pd.DataFrame({"id": pd.Series(dtype=str), "s1": pd.Series(dtype=float)}), path)
    assert (read(path).headers, read(path).records) == (("id", "s1"), 0)


def test_a_file_with_fewer_cases_than_its_header_says_is_refused(sav: Path):
    data = bytearray(sav.read_bytes())
    data[80:84] = (5).to_bytes(4, "little")
    sav.write_bytes(bytes(data))
    with pytest.raises(AnswersError) as caught:
        read(sav)
    assert caught.value.problems[0].code in ("count_mismatch", "reader_failed")


def test_other_and_cut_files_are_refused(tmp_path: Path, sav: Path):
    for name, data, code in (
        ("a.sav", b"id,s1\np,7\n", "wrong_format"),
        ("a.dta", sav.read_bytes(), "wrong_format"),
        ("b.sav", sav.read_bytes()[:300], "reader_failed"),
        ("b.dta", b"<stata_dta><header>", "wrong_format"),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(AnswersError) as caught:
            read(path)
        assert caught.value.problems[0].code == code


def test_without_pyreadstat_it_says_what_to_install(sav: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    with pytest.raises(AnswersError) as caught:
        labelled.read(sav.read_bytes(), "r1.sav", {"platform": "sav"})
    (problem,) = caught.value.problems
    assert (problem.code, problem.hint) == ("reader_failed", "pip install 'delphi-study[spss]'")
