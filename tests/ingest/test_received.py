"""Files are taken once, whole, and their bytes are kept unchanged."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from delphi.errors import AnswersError, WarehouseError
from delphi.ingest import received
from delphi.ingest.received import keep, load, take


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "r1.csv"
    path.write_bytes(b"id,s1\np,7\n")
    return path


def code(caught: pytest.ExceptionInfo[AnswersError]) -> str:
    assert "p,7" not in str(caught.value)
    return caught.value.problems[0].code


def test_a_file_is_taken_with_its_digest(export: Path):
    taken = take(export)
    assert taken.file_name == "r1.csv"
    assert (taken.size, taken.data) == (10, b"id,s1\np,7\n")
    assert taken.sha256 == hashlib.sha256(taken.data).hexdigest()


def test_a_missing_file_is_refused(tmp_path: Path):
    with pytest.raises(AnswersError) as caught:
        take(tmp_path / "r2.csv")
    assert code(caught) == "missing_file"


def test_a_link_is_refused(export: Path):
    link = export.with_name("r2.csv")
    link.symlink_to(export)
    with pytest.raises(AnswersError, match="link") as caught:
        take(link)
    assert code(caught) == "not_a_file"


def test_a_folder_and_a_named_pipe_are_refused_at_once(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.csv")
    for path in (tmp_path, tmp_path / "pipe.csv"):
        with pytest.raises(AnswersError) as caught:
            take(path)
        assert code(caught) == "not_a_file"


@pytest.mark.parametrize("change", ["grows", "shrinks", "same size"])
def test_a_file_that_changes_while_it_is_read_is_refused(
    export: Path, monkeypatch: pytest.MonkeyPatch, change: str
):
    read_all = received._read_all
    new = {"grows": b"id,s1\np,7\nq,8\n", "shrinks": b"id\n", "same size": b"id,s1\np,8\n"}[change]

    def slowly(descriptor: int) -> bytes:
        data = read_all(descriptor)
        export.write_bytes(new)
        os.utime(export, ns=(1, 1))
        return data

    monkeypatch.setattr(received, "_read_all", slowly)
    with pytest.raises(AnswersError) as caught:
        take(export)
    assert code(caught) == "changed_while_read"


def test_a_file_that_is_replaced_while_it_is_read_is_taken_whole(
    export: Path, monkeypatch: pytest.MonkeyPatch
):
    read_all = received._read_all

    def slowly(descriptor: int) -> bytes:
        other = export.with_name("new")
        other.write_bytes(b"other")
        other.replace(export)
        return read_all(descriptor)

    monkeypatch.setattr(received, "_read_all", slowly)
    assert take(export).data == b"id,s1\np,7\n"


def test_kept_bytes_lie_under_their_digest_for_their_owner_only(export: Path, tmp_path: Path):
    folder = tmp_path / ".received"
    taken = take(export)
    path = keep(taken, folder)
    assert path == folder / taken.sha256
    assert path.stat().st_mode & 0o777 == 0o400
    assert folder.stat().st_mode & 0o777 == 0o700
    assert load(taken.sha256, folder) == taken.data
    before = path.stat().st_mtime_ns
    assert keep(taken, folder) == path
    assert path.stat().st_mtime_ns == before
    assert [entry.name for entry in folder.iterdir()] == [taken.sha256]


def test_altered_or_missing_bytes_are_noticed_and_the_same_file_mends_them(export: Path, tmp_path: Path):
    folder = tmp_path / ".received"
    taken = take(export)
    path = keep(taken, folder)
    path.chmod(0o600)
    path.write_bytes(b"id,s1\np,8\n")
    with pytest.raises(WarehouseError, match="no longer what was received") as caught:
        load(taken.sha256, folder)
    assert caught.value.problems[0].code == "received_damaged"
    keep(taken, folder)
    assert load(taken.sha256, folder) == taken.data
    path.unlink()
    with pytest.raises(WarehouseError, match="is missing"):
        load(taken.sha256, folder)


def test_a_full_disk_leaves_nothing_behind(export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    folder = tmp_path / ".received"
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WarehouseError, match="No space left") as caught:
        keep(take(export), folder)
    assert caught.value.problems[0].code == "not_written"
    assert list(folder.iterdir()) == []
