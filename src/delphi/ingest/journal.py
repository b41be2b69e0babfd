"""The append-only record of deliveries and decisions: a JSON line per event, each sealing the one before."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from delphi.errors import Problem, WarehouseError
from delphi.whole_files import sync_folder

try:
    import fcntl
except ImportError:  # Windows has no such lock: there, run one Delphi at a time on a study
    fcntl = None  # type: ignore[assignment]

NOTHING_BEFORE = "0" * 64
_OWN_KEYS = frozenset({"seq", "at", "kind", "previous", "hash"})


@dataclass(frozen=True)
class Event:
    """One line of the journal.

    `at` is UTC in ISO form with microseconds, `previous` the sha256 of the line before, `hash` that of this
    event without its `hash`. `facts` never hold an answer, a name or a respondent's key.
    """

    seq: int
    at: str
    kind: str
    facts: dict[str, Any]
    previous: str
    hash: str


@dataclass(frozen=True)
class _Content:
    """Journal as it lies on disk: events, sha256 of the last line, and where the good part ends."""

    events: tuple[Event, ...]
    last: str
    good_bytes: int
    lacks_line_end: bool


class Journal:
    """The journal of one study.

    Parameters
    ----------
    path : file of the journal; the first event makes it
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def events(self) -> tuple[Event, ...]:
        """All events, oldest first; the chain is checked. A last line that a kill left torn is no event.

        Raises
        ------
        WarehouseError
            If a line was altered, removed, inserted or moved.
        """
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise self._broken(0, f"it cannot be read: {error.strerror}") from None
        return self._parse(data).events

    def append(
        self,
        kind: str,
        facts: Mapping[str, Any],
        now: datetime,
        unless: Callable[[Event], bool] | None = None,
    ) -> Event:
        """Add an event and wait until it is on disk.

        Parameters
        ----------
        kind : what happened: `delivery`, `refusal`, ...
        facts : plain values that JSON can hold; no key may be one of the event's own
        now : the time, with its zone
        unless : where an event for which this holds is there already, nothing is added and that event is
            returned. This is decided under the lock, so that two processes do not add the same event.

        Raises
        ------
        WarehouseError
            If the chain is broken or the journal cannot be written.
        """
        if now.tzinfo is None:
            raise ValueError("an event's time needs its zone")
        if clash := _OWN_KEYS & set(facts):
            raise ValueError(f"facts may not be called {', '.join(sorted(clash))}")
        try:
            with self._locked() as descriptor:
                return self._append(descriptor, kind, dict(facts), now, unless)
        except OSError as error:
            raise WarehouseError(
                Problem(
                    self.path.name,
                    0,
                    0,
                    "",
                    f"the journal cannot be written: {error.strerror}",
                    "Make room or give write access to the study folder, then run again.",
                    "not_written",
                )
            ) from None

    def _append(
        self,
        descriptor: int,
        kind: str,
        facts: dict[str, Any],
        now: datetime,
        unless: Callable[[Event], bool] | None,
    ) -> Event:
        data = _read_all(descriptor)
        content = self._parse(data)
        if unless is not None:
            for event in content.events:
                if unless(event):
                    return event
        at = now.astimezone(UTC).isoformat(timespec="microseconds")
        body = {"seq": len(content.events) + 1, "at": at, "kind": kind, **facts, "previous": content.last}
        seal = _sha256(_line(body))
        line = _line({**body, "hash": seal}) + b"\n"
        if content.good_bytes < len(data):
            os.ftruncate(descriptor, content.good_bytes)
        try:
            _write_at(descriptor, content.good_bytes, b"\n" + line if content.lacks_line_end else line)
            os.fsync(descriptor)
        except OSError:
            os.ftruncate(descriptor, content.good_bytes)
            raise
        if not data:
            sync_folder(self.path.parent)
        return Event(len(content.events) + 1, at, kind, json.loads(_line(facts)), content.last, seal)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[int]:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(self.path, flags, 0o600)
        try:
            if fcntl is not None:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)

    def _parse(self, data: bytes) -> _Content:
        events: list[Event] = []
        previous, good = NOTHING_BEFORE, 0
        lines = data.split(b"\n")
        tail = lines.pop()
        for number, line in enumerate(lines, 1):
            events.append(self._event(line, number, previous))
            previous = _sha256(line)
            good += len(line) + 1
        if not tail:
            return _Content(tuple(events), previous, good, False)
        # No line end: the process was killed while it wrote. A line that is whole all the same is an event.
        try:
            event = self._event(tail, len(events) + 1, previous)
        except WarehouseError:
            if _is_whole(tail):
                raise
            return _Content(tuple(events), previous, good, False)
        return _Content((*events, event), _sha256(tail), good + len(tail), True)

    def _event(self, line: bytes, number: int, previous: str) -> Event:
        try:
            body = json.loads(line)
            seal = body.pop("hash")
            own = body["seq"], body["at"], body["kind"], body["previous"]
            sealed = _line(body)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise self._broken(number, "the line is no event") from None
        if _sha256(sealed) != seal or _line({**body, "hash": seal}) != line:
            raise self._broken(number, "the line was altered after it was written")
        if own[3] != previous or own[0] != number:
            raise self._broken(
                number, "the line does not follow the one before it: a line was altered, added or removed"
            )
        facts = {key: value for key, value in body.items() if key not in _OWN_KEYS}
        return Event(own[0], own[1], own[2], facts, own[3], seal)

    def _broken(self, number: int, message: str) -> WarehouseError:
        return WarehouseError(
            Problem(
                self.path.name,
                number,
                0,
                "",
                message,
                "Restore the journal from a backup; it is never edited by hand.",
                "journal_damaged",
            )
        )


def deliveries(events: Iterable[Event], entry_id: str) -> tuple[Event, ...]:
    """Accepted files of one entry of `sources`, oldest first."""
    return tuple(
        event for event in events if event.kind == "delivery" and event.facts.get("entry_id") == entry_id
    )


def next_version(events: Iterable[Event], entry_id: str, file_name: str) -> int:
    """Version that the next delivery of this file to this entry gets, from 1."""
    known = [event for event in deliveries(events, entry_id) if event.facts.get("file") == file_name]
    return 1 + len(known)


def _line(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, separators=(",", ":"), allow_nan=False).encode()


def _sha256(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _is_whole(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _read_all(descriptor: int) -> bytes:
    os.lseek(descriptor, 0, os.SEEK_SET)
    parts = []
    while part := os.read(descriptor, 1 << 20):
        parts.append(part)
    return b"".join(parts)


def _write_at(descriptor: int, offset: int, data: bytes) -> None:
    os.lseek(descriptor, offset, os.SEEK_SET)
    while data:
        data = data[os.write(descriptor, data) :]
