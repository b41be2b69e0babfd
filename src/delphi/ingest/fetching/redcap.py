"""REDCap: a form sent to `/api/`, answered in csv; no pages, so blocks of records are asked for and compared."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from delphi.ingest.fetching.credential import Secret
from delphi.ingest.fetching.judging import expect_kind, refuse_errors, text_of
from delphi.ingest.fetching.patience import Patience
from delphi.ingest.fetching.refusing import PullError, UnsettledError
from delphi.ingest.fetching.server import Server
from delphi.ingest.fetching.table import Pull
from delphi.study.model import Fetch

RECORDS_PER_BLOCK = 200
"""Few enough that a server's limit on the number of form fields (often 1,000) drops none."""
EVENT = "redcap_event_name"
OWN_COLUMNS = (EVENT, "redcap_repeat_instrument", "redcap_repeat_instance")
_KINDS = ("text/csv", "text/plain", "text/html", "application/csv", "application/octet-stream")
_AGAIN = "Try again when fewer people answer, for instance at night; if it stays, export by hand."


@dataclass(frozen=True)
class _Export:
    """One csv answer. `is_closed`: it ends with a line end."""

    headers: list[str]
    rows: list[list[str]] = field(repr=False)
    is_closed: bool

    def places(self, names: Iterable[str]) -> list[int]:
        return [self.headers.index(name) for name in names if name in self.headers]

    def keys(self, *names: str) -> list[tuple[str, ...]]:
        places = self.places(names)
        return [tuple(row[place] for place in places) for row in self.rows]


@dataclass(frozen=True)
class _Asking:
    """A server with what every request to it says."""

    server: Server
    fetch: Fetch
    token: str = field(repr=False)

    def export(
        self, fields: Sequence[str], forms: Sequence[str] = (), records: Sequence[str] = ()
    ) -> _Export:
        """The csv of these fields, forms and records; none named is all."""
        form = {
            "token": self.token, "content": "record", "action": "export", "format": "csv", "type": "flat",
            "rawOrLabel": "raw", "rawOrLabelHeaders": "raw", "returnFormat": "json",
        }  # fmt: skip
        lists = {"fields": fields, "forms": forms, "events": self.fetch.events, "records": records}
        for name, values in lists.items():
            form |= {f"{name}[{number}]": value for number, value in enumerate(values)}
        answer = self.server.post(form)
        refuse_errors(answer)
        expect_kind(answer, *_KINDS)
        return _read(text_of(answer), self.fetch.record_id)

    def ids(self) -> _Export:
        """Which records there are, in which events."""
        found = self.export([self.fetch.record_id])
        _expect_once(found, self.fetch.record_id)
        return found


def open_redcap(fetch: Fetch, secret: Secret, patience: Patience) -> Server:
    """A connection; the token goes into each form, not into a header."""
    return Server(fetch.url, {"accept": "text/csv, application/json"}, patience)


def pull_redcap(server: Server, fetch: Fetch, secret: Secret) -> Pull:
    """Every record, a row for each event and repeated instance of it."""
    asking = _Asking(server, fetch, secret.text)
    before = asking.ids()
    wanted = list(dict.fromkeys(key[0] for key in before.keys(fetch.record_id)))
    narrowed = [fetch.record_id, *(name for name in fetch.fields if name != fetch.record_id)]
    fields = narrowed if fetch.fields or fetch.forms else []
    found = Pull([], [])
    for block in _blocks(wanted):
        part = asking.export(fields, fetch.forms, block)
        if part.is_closed != before.is_closed:
            raise UnsettledError("cut_off", "sends csv that is cut off at its end", _AGAIN)
        _expect_block(part, before, set(block), fetch.record_id)
        if found.headers and part.headers != found.headers:
            raise UnsettledError("columns_changed", "sends other columns from block to block", _AGAIN)
        found = Pull(part.headers, [*found.rows, *part.rows])
    if set(asking.ids().keys(fetch.record_id, EVENT)) != set(before.keys(fetch.record_id, EVENT)):
        raise UnsettledError(
            "changed", "has other records after the pull than before: somebody answers at the moment", _AGAIN
        )
    return found if found.headers else Pull([fetch.record_id], [])


def _blocks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + RECORDS_PER_BLOCK] for start in range(0, len(ids), RECORDS_PER_BLOCK))


def _expect_block(part: _Export, before: _Export, block: set[str], record_id: str) -> None:
    """Every record of the block in every event that it has, none twice, none other."""
    _expect_once(part, record_id)
    if {key[0] for key in part.keys(record_id)} - block:
        raise UnsettledError("other_records", "sends records that were not asked for", _AGAIN)
    listed = [record_id, EVENT] if EVENT in before.headers else [record_id]
    if {key for key in before.keys(*listed) if key[0] in block} - set(part.keys(*listed)):
        raise UnsettledError("too_few", "leaves out records that it has just listed", _AGAIN)


def _expect_once(export: _Export, record_id: str) -> None:
    keys = export.keys(record_id, *OWN_COLUMNS)
    if len(set(keys)) != len(keys):
        raise UnsettledError("twice", "sends a record twice", _AGAIN)


def _read(text: str, record_id: str) -> _Export:
    """The table of an answer: whole rows under names that all differ, the record's id first."""
    if not text:
        raise UnsettledError(
            "empty", "sends nothing at all, as servers do that have run out of memory", _AGAIN
        )
    if not text.strip():  # what REDCap sends when there is no record
        return _Export([record_id], [], True)
    rows: list[list[str]] = []
    try:
        csv.field_size_limit(2**31 - 1)
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except csv.Error:
        rows = []
    if not rows:
        raise UnsettledError("cut_off", "sends csv that is cut off or damaged", _AGAIN)
    headers, *rest = rows
    if headers[0] != record_id:
        raise PullError(
            "no_record_id",
            "sends a table whose first column is not the record's id",
            "Name the project's first field under fetch: {record_id: ...}, and check the address.",
        )
    if len(set(headers)) != len(headers):
        raise PullError("two_columns", "sends a table with two equal columns", "Export by hand.")
    if any(len(row) != len(headers) or not row[0] for row in rest):
        raise UnsettledError(
            "cut_off", "sends csv with rows that are cut off or lack the record's id", _AGAIN
        )
    return _Export(headers, rest, text.endswith("\n"))
