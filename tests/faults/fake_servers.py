"""Servers that speak as REDCap, ODK Central and KoboToolbox do, honestly or with faults put in.

A fault changes one reply: what it says before it is written (`Turn`) or its bytes after (`Reply`).
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

TOKEN = "Qzx0Token1Wvy2Secret3"
SERVERS = ("redcap", "odk", "kobo")
PATHS = {
    "redcap": "/redcap/api/", "odk": "/v1/projects/1/forms/delphi.svc/Submissions", "kobo": "/api/v2/assets/aB3/data.json",
}  # fmt: skip
JOINTS = {"redcap": "", "odk": "-", "kobo": "/"}
ID_COLUMNS = {"redcap": "record_id", "odk": "__id", "kobo": "_id"}
Record = dict[str, str]
"""One response: `id`, and the answers by the name of their question."""


@dataclass
class Turn:
    """What a reply is going to say. `purpose` is `ids` (only ids are asked for), `page` or `form`; `number` counts the
    replies of this purpose from 0."""

    purpose: str
    number: int
    records: list[Record]
    counted: Any
    link: Any
    at: str


@dataclass
class Reply:
    """What goes over the line. `sent` cuts the body; `pause` is waited before, `drip` between each two bytes."""

    status: int
    headers: dict[str, str]
    body: bytes
    sent: int | None = None
    pause: float = 0.0
    drip: float = 0.0
    is_marked: bool = True
    hangs_up: bool = False


@dataclass(frozen=True)
class Fault:
    """Something a server does wrong. `times` is how often, counted over all that it is asked; None is always."""

    say: Callable[[Turn, FakeServer], None] | None = None
    send: Callable[[Reply, Turn], None] | None = None
    purpose: str = "page"
    number: int | None = None
    times: int | None = None

    def fits(self, turn: Turn) -> bool:
        """Whether this reply is one that goes wrong."""
        return turn.purpose == self.purpose and self.number in (None, turn.number)


@dataclass
class FakeServer:
    """A server on this machine with some records. `asked` counts requests by purpose, `others` lists what else came."""

    kind: str
    records: list[Record]
    per_page: int = 7
    faults: list[Fault] = field(default_factory=list)
    groups: bool = True
    asked: Counter[str] = field(default_factory=Counter)
    others: list[str] = field(default_factory=list)
    used: Counter[int] = field(default_factory=Counter)
    port: int = 0

    @property
    def url(self) -> str:
        """The address to write into a study file."""
        return f"http://127.0.0.1:{self.port}{PATHS[self.kind]}"

    def column(self, question: str) -> str:
        """Column of a question in the file that is fetched."""
        joint = JOINTS[self.kind]
        return f"rate{joint}{question}" if joint and self.groups else question

    def expected(self) -> list[dict[str, str]]:
        """The rows that a complete pull has, without what the platform adds."""
        own = ID_COLUMNS[self.kind]
        return [
            {own: record["id"], **{self.column(name): text for name, text in record.items() if name != "id"}}
            for record in self.records
        ]

    @contextlib.contextmanager
    def running(self) -> Iterator[FakeServer]:
        """Serve in a thread."""
        server = _Threads(("127.0.0.1", 0), _handler(self))
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def reply(
        self, path: str, query: Mapping[str, str], form: Mapping[str, str], headers: Mapping[str, str]
    ) -> Reply:
        """The reply to one request, with the faults that fit."""
        if path == PATHS["kobo"].removesuffix("data.json") and self.kind == "kobo":
            purpose = "form"
        elif path != PATHS[self.kind]:
            self.others.append(path)
            return _json(404, {"message": "not found"})
        elif not self._is_allowed(form, headers):
            return _json(403, {"error": "You do not have permissions to use the API"})
        else:
            purpose = "ids" if self._wants_ids(query, form) else "page"
        turn = self._turn(purpose, query, form)
        self.asked[purpose] += 1
        faults = [(n, one) for n, one in enumerate(self.faults) if one.fits(turn)]
        faults = [(n, one) for n, one in faults if one.times is None or self.used[n] < one.times]
        for number, fault in faults:
            self.used[number] += 1
            if fault.say:
                fault.say(turn, self)
        reply = self._written(turn, query, form)
        for _, fault in faults:
            if fault.send:
                fault.send(reply, turn)
        return reply

    def _is_allowed(self, form: Mapping[str, str], headers: Mapping[str, str]) -> bool:
        told = headers.get("authorization", "")
        return {
            "redcap": form.get("token") == TOKEN, "odk": told == f"Bearer {TOKEN}", "kobo": told == f"Token {TOKEN}",
        }[self.kind]  # fmt: skip

    def _wants_ids(self, query: Mapping[str, str], form: Mapping[str, str]) -> bool:
        if self.kind == "redcap":
            return (
                form.get("fields[0]") == "record_id" and "fields[1]" not in form and "records[0]" not in form
            )
        return query.get("$select") == "__id" or query.get("fields") == '["_id"]'

    def _turn(self, purpose: str, query: Mapping[str, str], form: Mapping[str, str]) -> Turn:
        records = list(self.records)
        number, at = self.asked[purpose], f"http://127.0.0.1:{self.port}{PATHS[self.kind]}"
        if self.kind == "redcap":
            wanted = {text for name, text in form.items() if name.startswith("records[")}
            kept = [one for one in records if not wanted or one["id"] in wanted]
            return Turn(purpose, number, kept, None, None, at)
        if self.kind == "odk":
            size = min(int(query.get("$top", "250")), self.per_page)
            start = int(query.get("$skiptoken", query.get("$skip", "0")))
            rest = {key: text for key, text in query.items() if key not in ("$skip", "$skiptoken")}
            more = rest | {"$skiptoken": str(start + size)}
        else:
            size = min(int(query.get("limit", "100")), self.per_page)
            start = int(query.get("start", "0"))
            more = {**query, "limit": str(size), "start": str(start + size)}
        link = f"{at}?{urlencode(more)}" if start + size < len(records) else None
        return Turn(purpose, number, records[start : start + size], len(records), link, at)

    def _written(self, turn: Turn, query: Mapping[str, str], form: Mapping[str, str]) -> Reply:
        if self.kind == "redcap":
            return Reply(200, {"Content-Type": "text/csv; charset=utf-8"}, self._csv(turn))
        if turn.purpose == "form":
            names = dict.fromkeys(name for one in self.records for name in one if name != "id")
            survey = [{"type": "begin_group", "$xpath": "rate"}, {"type": "note", "$xpath": "rate/hello"}]
            survey += [{"type": "select_one", "$xpath": self.column(name)} for name in names]
            return _json(200, {"url": turn.at, "content": {"survey": [*survey, {"type": "end_group"}]}})
        values = [self._nested(one, turn.purpose == "ids") for one in turn.records]
        if self.kind == "odk":
            body: dict[str, Any] = {"value": values, "@odata.context": f"{turn.at}#Submissions"}
            if turn.link is not None:
                body["@odata.nextLink"] = turn.link
            return _json(200, body | {"@odata.count": turn.counted})
        return _json(200, {"count": turn.counted, "next": turn.link, "previous": None, "results": values})

    def _csv(self, turn: Turn) -> bytes:
        names = [] if turn.purpose == "ids" else [name for name in self.records[0] if name != "id"]
        stream = io.StringIO(newline="")
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["record_id", *names])
        writer.writerows([[one["id"], *(one.get(name, "") for name in names)] for one in turn.records])
        return stream.getvalue().encode() if self.records else b"\n"

    def _nested(self, record: Record, only_id: bool) -> dict[str, Any]:
        answers = {name: text for name, text in record.items() if name != "id"}
        if self.kind == "odk":
            if only_id:
                return {"__id": record["id"]}
            inner = {name: text or None for name, text in answers.items()}
            system = {"submissionDate": "2026-03-01T10:00:00.000Z", "status": None, "edits": 0}
            return {"__id": record["id"], "__system": system, **({"rate": inner} if self.groups else inner)}
        own = {"_id": int(record["id"])}
        if only_id:
            return own
        given = {self.column(name): text for name, text in answers.items() if text}
        return own | given | {"_attachments": [], "_geolocation": [None, None], "_tags": [], "_notes": []}


class _Threads(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is nothing to speak of."""


def _json(status: int, body: object) -> Reply:
    return Reply(
        status,
        {"Content-Type": "application/json; charset=utf-8"},
        json.dumps(body, ensure_ascii=False).encode(),
    )


def _handler(fake: FakeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers.get("content-length", "0")))
            self._answer(_one_each(data.decode()))

        def _answer(self, form: Mapping[str, str]) -> None:
            split = urlsplit(self.path)
            headers = {name.lower(): text for name, text in self.headers.items()}
            reply = fake.reply(split.path, _one_each(split.query), form, headers)
            time.sleep(reply.pause)
            with contextlib.suppress(OSError):
                self._send(reply)

        def _send(self, reply: Reply) -> None:
            if reply.hangs_up:
                self.close_connection = True
                return
            self.send_response(reply.status)
            if reply.is_marked:
                reply.headers.setdefault("Content-Length", str(len(reply.body)))
            for name, text in reply.headers.items():
                self.send_header(name, text)
            if reply.sent is not None or not reply.is_marked:
                self.send_header("Connection", "close")
                self.close_connection = True
            self.end_headers()
            body = reply.body if reply.sent is None else reply.body[: reply.sent]
            for piece in [body] if not reply.drip else [body[n : n + 1] for n in range(len(body))]:
                self.wfile.write(piece)
                self.wfile.flush()
                time.sleep(reply.drip)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler


def _one_each(query: str) -> dict[str, str]:
    return {name: texts[-1] for name, texts in parse_qs(query, keep_blank_values=True).items()}


def some_records(number: int) -> list[Record]:
    """Invented responses with texts that have to come through as they are."""
    odd = [
        "7",
        "00042",
        "1E5",
        "NA",
        "4.50",
        'a "b", c',
        "Zo\u00eb \u2013 \u6f22\u5b57",
        "two\nlines",
        " blank ",
        "=1+1",
        "",
        "0",
    ]
    return [
        {"id": str(1001 + n), "s01": str(1 + n % 9), "s02": odd[n % len(odd)], "token": f"p{n:03d}"}
        for n in range(number)
    ]
