"""The journal only grows, every line seals the one before, and a kill at any moment harms nothing."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from delphi.errors import WarehouseError
from delphi.ingest.journal import NOTHING_BEFORE, Journal, deliveries, next_version

NOW = datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    journal = Journal(tmp_path / "journal.jsonl")
    for number in range(3):
        facts = {"entry_id": "r1", "file": f"r{number % 2}.csv", "waves": ["r1"], "version": 1}
        journal.append("delivery", facts, NOW + timedelta(hours=number))
    return journal


def test_a_journal_without_a_file_has_no_events(tmp_path: Path):
    assert Journal(tmp_path / "journal.jsonl").events() == ()


def test_events_are_chained_and_keep_their_facts(journal: Journal):
    first, second, third = journal.events()
    assert [event.seq for event in (first, second, third)] == [1, 2, 3]
    assert first.previous == NOTHING_BEFORE
    assert len({first.hash, second.hash, third.hash}) == 3
    assert first.at == "2026-03-01T12:00:00.000005+00:00"
    assert third.facts == {"entry_id": "r1", "file": "r0.csv", "waves": ["r1"], "version": 1}
    assert journal.path.stat().st_mode & 0o777 == 0o600


def test_times_are_written_in_utc(journal: Journal):
    event = journal.append("note", {}, NOW.astimezone(timezone(timedelta(hours=2))))
    assert event.at == "2026-03-01T12:00:00.000005+00:00"
    with pytest.raises(ValueError, match="zone"):
        journal.append("note", {}, datetime(2026, 3, 1))


def test_what_append_returns_is_what_is_read(journal: Journal):
    event = journal.append("refusal", {"codes": ("encoding",), "file": "Zoë.csv"}, NOW)
    assert journal.events()[-1] == event
    assert event.facts["codes"] == ["encoding"]


def test_facts_cannot_take_the_place_of_the_events_own(journal: Journal):
    with pytest.raises(ValueError, match="seq"):
        journal.append("note", {"seq": 9}, NOW)


def test_deliveries_are_found_by_entry_and_versions_count_per_file(journal: Journal):
    journal.append("refusal", {"entry_id": "r1"}, NOW)
    events = journal.events()
    assert len(deliveries(events, "r1")) == 3
    assert deliveries(events, "r2") == ()
    assert [next_version(events, "r1", name) for name in ("r0.csv", "r1.csv", "new.csv")] == [3, 2, 1]


@pytest.mark.parametrize("length", range(1, 60, 7))
def test_a_torn_last_line_is_ignored_and_cut_off_by_the_next_event(journal: Journal, length: int):
    whole = journal.path.read_bytes()
    torn = whole[whole.rindex(b"\n", 0, -1) + 1 :][:length]
    journal.path.write_bytes(whole + torn)
    assert len(journal.events()) == 3
    journal.append("note", {"n": 1}, NOW)
    assert [event.kind for event in journal.events()] == ["delivery"] * 3 + ["note"]
    assert journal.path.read_bytes().startswith(whole)


def test_a_last_line_that_lacks_only_its_line_end_is_an_event(journal: Journal):
    journal.path.write_bytes(journal.path.read_bytes().rstrip(b"\n"))
    assert len(journal.events()) == 3
    journal.append("note", {}, NOW)
    assert len(journal.events()) == 4


def broken(journal: Journal) -> tuple[int, str]:
    with pytest.raises(WarehouseError) as caught:
        journal.events()
    assert caught.value.problems[0].code == "journal_damaged"
    with pytest.raises(WarehouseError):
        journal.append("note", {}, NOW)
    return caught.value.problems[0].line, caught.value.problems[0].message


def test_an_altered_line_is_named(journal: Journal):
    journal.path.write_bytes(journal.path.read_bytes().replace(b"r1.csv", b"r9.csv", 1))
    assert broken(journal) == (2, "the line was altered after it was written")


def test_a_line_that_was_altered_with_its_hash_breaks_the_chain_after_it(journal: Journal, tmp_path: Path):
    lines = journal.path.read_bytes().splitlines(keepends=True)
    other = Journal(tmp_path / "other.jsonl")
    other.append("delivery", {"entry_id": "r1", "file": "r9.csv", "waves": ["r1"], "version": 1}, NOW)
    journal.path.write_bytes(other.path.read_bytes() + b"".join(lines[1:]))
    assert broken(journal)[0] == 2


def test_removed_moved_doubled_and_foreign_lines_are_named(journal: Journal):
    one, two, three = journal.path.read_bytes().splitlines(keepends=True)
    for lines, line in (
        ([two, three], 1),
        ([one, three], 2),
        ([one, three, two], 2),
        ([one, one, two], 2),
        ([one, b"\n", two], 2),
        ([one, b"[]\n", two], 2),
        ([one, b"\xff\n"], 2),
    ):
        journal.path.write_bytes(b"".join(lines))
        assert broken(journal)[0] == line


def test_every_single_changed_byte_is_noticed(journal: Journal):
    whole = journal.path.read_bytes()
    for place in range(len(whole) - 1):
        changed = bytearray(whole)
        changed[place] ^= 1
        journal.path.write_bytes(bytes(changed))
        with pytest.raises(WarehouseError):
            journal.events()


def test_an_event_that_is_there_already_is_not_added_again(journal: Journal):
    event = journal.append("note", {"n": 1}, NOW, unless=lambda old: old.kind == "delivery")
    assert event.seq == 1
    assert len(journal.events()) == 3


def test_a_full_disk_leaves_the_journal_as_it_was(journal: Journal, monkeypatch: pytest.MonkeyPatch):
    before = journal.path.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WarehouseError, match="No space left"):
        journal.append("note", {}, NOW)
    assert journal.path.read_bytes() == before


def _add(path: Path, name: str) -> None:
    for number in range(10):
        Journal(path).append("note", {"from": name, "n": number}, NOW)


def test_processes_that_write_at_once_lose_nothing(tmp_path: Path):
    path = tmp_path / "journal.jsonl"
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_add, args=(path, name)) for name in "abc"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    events = Journal(path).events()
    assert [event.seq for event in events] == list(range(1, 31))
    for name in "abc":
        assert [event.facts["n"] for event in events if event.facts["from"] == name] == list(range(10))


def test_lines_are_plain_json(journal: Journal):
    keys = [list(json.loads(line)) for line in journal.path.read_text().splitlines()]
    assert keys == [["seq", "at", "kind", "entry_id", "file", "waves", "version", "previous", "hash"]] * 3


def test_a_number_that_json_cannot_hold_is_damage_in_words(journal: Journal):
    journal.path.write_bytes(journal.path.read_bytes().replace(b'"seq":2', b'"seq":1e999'))
    with pytest.raises(WarehouseError, match="the line is no event"):
        journal.events()
