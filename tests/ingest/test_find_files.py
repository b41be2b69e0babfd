"""A source's `file` names files of the study folder and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from delphi.errors import StudyError
from delphi.ingest.reading import find_files


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "study"
    (root / "exports").mkdir(parents=True)
    for name in (
        "r1.csv",
        "r1_late.csv",
        "r10.csv",
        "r[1].csv",
        "r1*.csv",
        ".r1.csv",
        "~$r1.csv",
        "exports/r1.csv",
    ):
        (root / name).write_text("id\n")
    (root / "r1_folder.csv").mkdir()
    (tmp_path / "outside.csv").write_text("id\n")
    return root


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("{wave}.csv", ["r1.csv"]),
        ("{wave}_*.csv", ["r1_late.csv"]),
        ("r1?.csv", ["r1*.csv", "r10.csv"]),
        ("r1*.csv", ["r1*.csv"]),
        ("r[1].csv", ["r[1].csv"]),
        ("r[0-9].csv", []),
        ("exports/{wave}.csv", ["exports/r1.csv"]),
        ("*/r1.csv", ["exports/r1.csv"]),
        ("./r1.csv", ["r1.csv"]),
        ("r2.csv", []),
        ("r1_folder.csv", []),
        ("*late*", ["r1_late.csv"]),
        ("~*", []),
    ],
)
def test_names_and_patterns(root: Path, pattern: str, names: list[str]):
    assert [str(path.relative_to(root)) for path in find_files(root, pattern, "r1")] == names


@pytest.mark.parametrize(
    "pattern", ["../outside.csv", "/etc/hostname", "a/../../outside.csv", "..\\outside.csv", "C:\\x", ""]
)
def test_a_pattern_that_leads_out_of_the_folder_is_refused(root: Path, pattern: str):
    with pytest.raises(StudyError) as caught:
        find_files(root, pattern, "r1")
    assert caught.value.problems[0].code == "outside_folder"


def test_a_linked_folder_does_not_lead_out(root: Path):
    (root / "linked").symlink_to(root.parent)
    assert find_files(root, "linked/outside.csv", "r1") == ()
    assert find_files(root, "linked/*.csv", "r1") == ()


def test_a_link_is_found_so_that_it_can_be_refused_by_name(root: Path):
    (root / "r7.csv").symlink_to(root.parent / "outside.csv")
    assert [path.name for path in find_files(root, "r7.csv", "r1")] == ["r7.csv"]


def test_names_are_found_in_composed_and_decomposed_form(root: Path):
    (root / "Zoe\u0308_1.csv").write_text("id\n")
    assert [path.name for path in find_files(root, "Zo\u00eb_*.csv", "r1")] == ["Zoe\u0308_1.csv"]
