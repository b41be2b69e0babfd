"""Files are taken once, whole, and their bytes are kept unchanged."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from delphi.errors import AnswersError, WarehouseError
from delphi.ingest import received
from delphi.ingest.received import Taken, digest_of, discard, keep, load, take
from delphi.whole_files import clear_left


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "r1.csv"
    path.write_bytes(b"id,s1\np,7\n")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where files are kept; it does not exist yet."""
    return tmp_path / ".received"


def code(caught: pytest.ExceptionInfo[AnswersError]) -> str:
    assert "p,7" not in str(caught.value)
    return caught.value.problems[0].code


def test_a_file_is_taken_with_its_digest(export: Path, folder: Path):
    taken = take(export, folder)
    assert taken.file_name == "r1.csv"
    assert (taken.size, taken.path.read_bytes()) == (10, b"id,s1\np,7\n")
    assert taken.sha256 == hashlib.sha256(b"id,s1\np,7\n").hexdigest() == digest_of(export)


def test_what_was_taken_is_private_and_leaves_nothing_when_it_is_not_kept(export: Path, folder: Path):
    taken = take(export, folder)
    assert taken.path.parent == folder
    assert (taken.path.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
    export.write_bytes(b"id,s1\np,8\n")
    assert taken.path.read_bytes() == b"id,s1\np,7\n"
    discard(taken)
    assert not folder.exists()


def test_a_large_file_is_taken_whole_without_being_held(tmp_path: Path, folder: Path):
    path = tmp_path / "r1.csv"
    path.write_bytes(bytes(range(256)) * 10_000)
    tracemalloc.start()
    taken = take(path, folder)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert taken.path.read_bytes() == path.read_bytes()
    assert taken.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert most < 2_200_000 < taken.size


def test_what_a_killed_process_had_taken_is_cleared_away(export: Path, folder: Path):
    left = take(export, folder).path
    dead = left.with_name(left.name.replace(f".{os.getpid()}-", ".4194399-"))
    left.rename(dead)
    ours = take(export, folder)
    clear_left(folder)
    assert list(folder.iterdir()) == [ours.path]


def test_a_missing_file_is_refused(tmp_path: Path, folder: Path):
    with pytest.raises(AnswersError) as caught:
        take(tmp_path / "r2.csv", folder)
    assert code(caught) == "missing_file"


def test_a_link_is_refused(export: Path, folder: Path):
    link = export.with_name("r2.csv")
    link.symlink_to(export)
    with pytest.raises(AnswersError, match="link") as caught:
        take(link, folder)
    assert code(caught) == "not_a_file"


def test_a_folder_and_a_named_pipe_are_refused_at_once(tmp_path: Path, folder: Path):
    os.mkfifo(tmp_path / "pipe.csv")
    for path in (tmp_path, tmp_path / "pipe.csv"):
        with pytest.raises(AnswersError) as caught:
            take(path, folder)
        assert code(caught) == "not_a_file"
    assert not folder.exists()


@pytest.mark.parametrize("how", [digest_of, take])
@pytest.mark.parametrize("change", ["grows", "shrinks", "same size"])
def test_a_file_that_changes_while_it_is_read_is_refused(
    export: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, change: str, how: Callable[..., object]
):
    chunks = received._chunks
    new = {"grows": b"id,s1\np,7\nq,8\n", "shrinks": b"id\n", "same size": b"id,s1\np,8\n"}[change]

    def slowly(descriptor: int) -> Iterator[bytes]:
        yield from chunks(descriptor)
        export.write_bytes(new)
        os.utime(export, ns=(1, 1))

    monkeypatch.setattr(received, "_chunks", slowly)
    with pytest.raises(AnswersError) as caught:
        how(*([export, folder] if how is take else [export]))
    assert code(caught) == "changed_while_read"
    assert not folder.exists()


def test_a_file_that_is_replaced_while_it_is_read_is_taken_whole(
    export: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    chunks = received._chunks

    def slowly(descriptor: int) -> Iterator[bytes]:
        other = export.with_name("new")
        other.write_bytes(b"other")
        other.replace(export)
        yield from chunks(descriptor)

    monkeypatch.setattr(received, "_chunks", slowly)
    assert take(export, folder).path.read_bytes() == b"id,s1\np,7\n"


def test_kept_bytes_lie_under_their_digest_for_their_owner_only(export: Path, folder: Path):
    taken = take(export, folder)
    path = keep(taken, folder)
    assert path == folder / taken.sha256
    assert path.stat().st_mode & 0o777 == 0o400
    assert folder.stat().st_mode & 0o777 == 0o700
    assert load(taken.sha256, folder) == export.read_bytes()
    before = path.stat().st_mtime_ns
    assert keep(take(export, folder), folder) == path
    assert path.stat().st_mtime_ns == before
    assert [entry.name for entry in folder.iterdir()] == [taken.sha256]


def test_altered_or_missing_bytes_are_noticed_and_the_same_file_mends_them(export: Path, folder: Path):
    taken = take(export, folder)
    path = keep(taken, folder)
    path.chmod(0o600)
    path.write_bytes(b"id,s1\np,8\n")
    with pytest.raises(WarehouseError, match="no longer what was received") as caught:
        load(taken.sha256, folder)
    assert caught.value.problems[0].code == "received_damaged"
    keep(take(export, folder), folder)
    assert load(taken.sha256, folder) == export.read_bytes()
    path.unlink()
    with pytest.raises(WarehouseError, match="is missing"):
        load(taken.sha256, folder)


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("when", ["fsync", "chmod", "replace"])
def test_a_full_disk_leaves_nothing_behind(
    export: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, when: str
):
    taken: Taken = take(export, folder)
    monkeypatch.setattr(*((os, "fsync") if when == "fsync" else (Path, when)), full)
    with pytest.raises(WarehouseError, match="No space left") as caught:
        keep(taken, folder)
    assert caught.value.problems[0].code == "not_written"
    assert not folder.exists()


@pytest.mark.parametrize("when", ["write", "open"])
def test_a_disk_that_is_full_for_the_copy_leaves_nothing_behind(
    export: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, when: str
):
    class Full(io.FileIO):
        write = full

    if when == "write":
        monkeypatch.setattr(received.io, "FileIO", Full)
    else:
        monkeypatch.setattr(received, "create_private", full)
    with pytest.raises(WarehouseError, match=r"could not be kept in \.received: No space left") as caught:
        take(export, folder)
    assert caught.value.problems[0].code == "not_written"
    assert not folder.exists()
