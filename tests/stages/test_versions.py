"""By what a result was made: the digest of the code and the versions of the libraries."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import pytest

import delphi
from delphi.stages.running import code_version
from delphi.stages.seal import LIBRARIES, installed_version


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (
        "__init__.py",
        "cli/main.py",
        "study/model.py",
        "study/cli/odd.py",
        "warehouse/sql/counts.sql",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(delphi, "__file__", str(tmp_path / "__init__.py"))
    return tmp_path


@pytest.mark.parametrize(
    "name", ["__init__.py", "study/model.py", "study/cli/odd.py", "warehouse/sql/counts.sql"]
)
def test_changed_code_has_another_version(package: Path, name: str) -> None:
    before = code_version.__wrapped__()
    assert code_version.__wrapped__() == before
    (package / name).write_text("changed")
    assert code_version.__wrapped__() != before


@pytest.mark.parametrize("name", ["cli/main.py", "study/__pycache__/model.pyc", "study/notes.txt"])
def test_the_command_line_and_what_is_no_source_do_not_count(package: Path, name: str) -> None:
    before = code_version.__wrapped__()
    (package / name).parent.mkdir(exist_ok=True)
    (package / name).write_text("changed")
    assert code_version.__wrapped__() == before


@pytest.mark.parametrize("library", LIBRARIES)
def test_versions_of_libraries_are_those_that_are_installed(library: str) -> None:
    assert installed_version(library) == version(library)
