"""What a server can do wrong during a pull, and what has to become of it: everything exactly, or a refusal by this code."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.faults.fake_servers import TOKEN, FakeServer, Fault, Reply, Turn

EXACT = "exact"
JSON_SERVERS = ("odk", "kobo")
SECRET_IN_BODY = f"Qzx-body-Wvy {TOKEN}"
"""Stands in the bodies of errors: servers like to repeat what they were asked."""


@dataclass(frozen=True)
class PullCase:
    """Faults of one pull by kind of server, with the code of the refusal (several where it depends on the moment), or
    `EXACT`. `patience` changes bounds of the pull."""

    name: str
    faults: tuple[Fault, ...]
    outcomes: Mapping[str, str | tuple[str, ...]]
    patience: Mapping[str, Any] = field(default_factory=dict)


def pull_cases() -> list[tuple[str, PullCase]]:
    """Every case with every server that it concerns."""
    cases = [*_records(), *_links(), *_bodies(), *_lines(), *_states()]
    names = [case.name for case in cases]
    assert len(set(names)) == len(names)
    return [(kind, case) for case in cases for kind in case.outcomes]


def _is_second(turn: Turn, fake: FakeServer) -> bool:
    return bool(turn.records) and turn.records[0]["id"] == fake.records[fake.per_page]["id"]


def _is_last(turn: Turn, fake: FakeServer) -> bool:
    return bool(turn.records) and turn.records[-1]["id"] == fake.records[-1]["id"]


def _say(
    do: Callable[[Turn, FakeServer], None],
    where: Callable[[Turn, FakeServer], bool] = lambda turn, fake: True,
) -> Fault:
    def say(turn: Turn, fake: FakeServer) -> None:
        if where(turn, fake):
            do(turn, fake)

    return Fault(say=say)


def _set(where: Callable[[Turn, FakeServer], bool] = lambda turn, fake: True, **values: Any) -> Fault:
    def do(turn: Turn, fake: FakeServer) -> None:
        for name, value in values.items():
            setattr(turn, name, value(turn, fake) if callable(value) else value)

    return _say(do, where)


def _every(code: str | tuple[str, ...]) -> dict[str, str | tuple[str, ...]]:
    return {"redcap": code, "odk": code, "kobo": code}


def _json_only(code: str) -> dict[str, str]:
    return {"odk": code, "kobo": code}


def _records() -> list[PullCase]:
    """Records that are missing, double or strange, and counts that do not fit."""

    def counted(number: int) -> Callable[[Turn, FakeServer], Any]:
        return lambda turn, fake: None if turn.counted is None else turn.counted + number

    def one_twice(turn: Turn, fake: FakeServer) -> list[dict[str, str]]:
        return [turn.records[0], turn.records[0], *turn.records[2:]]

    def first_page(turn: Turn, fake: FakeServer) -> list[dict[str, str]]:
        return fake.records[: len(turn.records)]

    def stranger(turn: Turn, fake: FakeServer) -> list[dict[str, str]]:
        return [turn.records[0] | {"id": "9999"}, *turn.records[1:]]

    rest, more = lambda turn, fake: turn.records[1:], lambda turn, fake: [*turn.records, turn.records[0]]
    missing_in_first = Fault(
        say=lambda turn, fake: turn.records.pop(3) and None if turn.number % 2 == 0 else None, purpose="ids"
    )
    return [
        PullCase("a page is dropped", (_set(_is_second, records=[]),),
                 {"redcap": "too_few", "odk": "not_closed", "kobo": "not_closed"}),
        PullCase("the last page is dropped", (_set(_is_last, records=[]),), _every("too_few")),
        PullCase("a page is repeated", (_set(_is_second, records=first_page),),
                 {"redcap": "other_records", "odk": "twice", "kobo": "twice"}),
        PullCase("a record comes twice", (_set(_is_second, records=more),),
                 {"redcap": "twice", "odk": "too_many", "kobo": "not_closed"}),
        PullCase("a record comes twice on the last page", (_set(_is_last, records=more),),
                 {"redcap": "twice", "odk": "too_many", "kobo": "too_many"}),
        PullCase("a record comes in another's place", (_set(_is_second, records=one_twice),), _every("twice")),
        PullCase("a record is left out", (_set(_is_last, records=rest),), _every("too_few")),
        PullCase("a record is left out and not counted", (_set(counted=counted(-1)), _set(_is_last, records=rest)),
                 _json_only("changed")),
        PullCase("a record is not listed at first", (missing_in_first,), {"redcap": "changed"}),
        PullCase("a record that does not exist", (_set(_is_second, records=stranger),),
                 {"redcap": "other_records", "odk": "changed", "kobo": "changed"}),
        PullCase("the count differs on a later page", (_set(_is_second, counted=counted(1)),), _json_only("count_changed")),
        PullCase("the count is higher than what there is", (_set(counted=counted(1)),), _json_only("too_few")),
        PullCase("the count is lower than what there is", (_set(counted=counted(-1)),), _json_only("too_many")),
        *(PullCase(f"the count is {count!r}", (_set(counted=count),), _json_only("no_page"))
          for count in ("many", None, -1, 20.0, True, [], 10**12)),
        PullCase("a record without an id", (Fault(send=_replacing(r'"_?_id": ?"?1003"?', '"no_id": 1')),), _json_only("no_id")),
    ]  # fmt: skip


def _links() -> list[PullCase]:
    """Links between pages that lead elsewhere."""

    def linked(change: Callable[[str, Turn], object]) -> tuple[Fault, ...]:
        return (_set(_is_second, link=lambda turn, fake: change(turn.link, turn)),)

    def elsewhere(change: Callable[[str], object]) -> tuple[Fault, ...]:
        return linked(lambda link, turn: change(link))

    def beyond(turn: Turn, fake: FakeServer) -> str:
        return f"{turn.at}?%24count=true&%24skiptoken=21&start=21&limit=7"

    outside: dict[str, Callable[[str], object]] = {
        "another host": lambda link: link.replace("127.0.0.1", "localhost"),
        "another port": lambda link: re.sub(r":\d+/", ":9/", link),
        "https": lambda link: link.replace("http:", "https:"),
        "a file": lambda link: "file:///etc/passwd",
        "another path": lambda link: link.replace("?", "/other?"),
        "a path above": lambda link: link.replace("?", "/../../x?"),
        "an account": lambda link: link.replace("http://", "http://a:b@"),
        "a host without a scheme": lambda link: "//localhost/x",
        "a fragment": lambda link: f"{link}#x",
        "no address": lambda link: "http://[",
        "a sign that splits": lambda link: link.replace("http://", "http://localhost\\@"),
    }
    return [
        PullCase("the pages are linked no further", elsewhere(lambda link: None), _json_only("too_few")),
        PullCase("a link leads past a page", (_set(_is_second, link=lambda turn, fake: turn.link.replace("=14", "=15")),),
                 {"odk": "too_few", "kobo": "not_closed"}),
        PullCase("the pages are linked in a circle", elsewhere(lambda link: link.replace("=14", "=7")), _json_only("circle")),
        PullCase("the last page links on", (_set(_is_last, link=beyond),), _json_only("not_closed")),
        PullCase("the pages are linked by numbers, as older servers do",
                 (_set(link=lambda turn, fake: turn.link and turn.link.replace("skiptoken", "skip")),), {"odk": EXACT}),
        PullCase("a link leads past a page by its number",
                 (_set(_is_second, link=lambda turn, fake: turn.link.replace("skiptoken=14", "skip=15")),),
                 {"odk": "not_closed"}),
        PullCase("a link says nothing of where it leads",
                 (_set(_is_second, link=lambda turn, fake: turn.link.split("?")[0] + "?more=1"),), _json_only("not_closed")),
        PullCase("a link is relative", elsewhere(lambda link: link[link.index("?"):]), _json_only(EXACT)),
        *(PullCase(f"a link leads to {name}", elsewhere(change), _json_only("link_elsewhere"))
          for name, change in outside.items()),
        *(PullCase(f"a link is {link!r}", elsewhere(lambda _, link=link: link), _json_only("no_page"))
          for link in ("", 7, ["x"], {"href": "x"})),
    ]  # fmt: skip


def _replacing(pattern: str, text: str) -> Callable[[Reply, Turn], None]:
    def send(reply: Reply, turn: Turn) -> None:
        reply.body = re.sub(pattern.encode(), text.encode().replace(b"\\", b"\\\\"), reply.body, count=1)

    return send


def _sending(
    status: int = 200, body: str | bytes | None = None, kind: str | None = None, **headers: str
) -> tuple[Fault, ...]:
    """A reply with another status, body, content type or header, always."""

    def send(reply: Reply, turn: Turn) -> None:
        reply.status = status
        if body is not None:
            reply.body = body if isinstance(body, bytes) else body.encode()
        if kind is not None:
            reply.headers["Content-Type"] = kind
        reply.headers |= {name.replace("_", "-"): text for name, text in headers.items()}

    return (Fault(send=send),)


def _described(body: str, status: int = 200) -> Callable[[Reply, Turn], None]:
    def send(reply: Reply, turn: Turn) -> None:
        reply.status, reply.body = status, body.encode()

    return send


def _changing(change: Callable[[bytes], bytes]) -> tuple[Fault, ...]:
    def send(reply: Reply, turn: Turn) -> None:
        reply.body = change(reply.body)

    return (Fault(send=send),)


def _page(words: str) -> str:
    return f"<!DOCTYPE html>\n<html><head><title>{words}</title></head><body>{SECRET_IN_BODY}</body></html>"


def _bodies() -> list[PullCase]:
    """Bodies that are something else than responses."""
    error = json.dumps({"error": SECRET_IN_BODY})
    rights = json.dumps({"error": f"You do not have permissions to use the API {SECRET_IN_BODY}"})
    parameter = json.dumps({"error": f'The value of the parameter "forms" is not valid {SECRET_IN_BODY}'})
    listed = json.dumps(
        {"error": f'The following values in the parameter "fields" are not valid: {SECRET_IN_BODY}'}
    )
    xml = f'<?xml version="1.0" encoding="UTF-8" ?><hash><error>{SECRET_IN_BODY}</error></hash>'
    html, plain = "text/html; charset=utf-8", "application/json"

    def doubled(body: bytes) -> bytes:
        return body.replace(b"{", b'{"Qzx-body-Wvy": 1, "Qzx-body-Wvy": 2, ', 1)

    def with_value(value: str) -> Callable[[bytes], bytes]:
        return lambda body: body.replace(b"{", b'{"odd": ' + value.encode() + b", ", 1)

    in_json: dict[str, Callable[[bytes], bytes]] = {
        "a key twice": doubled,
        "NaN": with_value("NaN"),
        "Infinity": with_value("-Infinity"),
        "deep nesting": with_value("[" * 60_000 + "]" * 60_000),
        "a list at the top": lambda body: b"[" + body + b"]",
        "an end cut off": lambda body: body[:-20],
        "something after its end": lambda body: body + b"{}",
        "a number with a leading zero": with_value("007"),
        "nothing": lambda body: b"",
        "null": lambda body: b"null",
    }
    in_csv: dict[str, tuple[Callable[[bytes], bytes], str]] = {
        "nothing": (lambda body: b"", "empty"),
        "blanks only": (lambda body: b"\n", "too_few"),
        "no id of the record": (lambda body: body.replace(b"record_id", b"study_id", 1), "no_record_id"),
        "two equal columns": (lambda body: body.replace(b"s02", b"s01", 1), "two_columns"),
        "a row that is too short": (lambda body: re.sub(rb",p00\d\n", b"\n", body, count=1), "cut_off"),
        "a row without its id": (lambda body: re.sub(rb"\n10\d\d,", b"\n,", body, count=1), "cut_off"),
        "an open quote": (lambda body: body + b'1004,"', "cut_off"),
        "its end cut off within a cell": (lambda body: body[:-2], "cut_off"),
        "its end cut off after a row": (lambda body: body[: body[:-1].rindex(b"\n10") + 1], "too_few"),
    }
    return [
        PullCase("an error message as JSON", _sending(200, error, plain), _every("error_body")),
        PullCase("an error message as JSON with its own status", _sending(400, error, plain), _every("server_error")),
        PullCase("an error message as XML", _sending(200, xml, "text/xml"), _every("error_body")),
        PullCase("an error message as text", _sending(200, f"ERROR: {SECRET_IN_BODY}", "text/csv"), _every("error_body")),
        PullCase("no right to export", _sending(200, rights, plain), _every("not_allowed")),
        PullCase("no right to export, by status", _sending(403, error, plain), _every("not_allowed")),
        PullCase("an expired session", _sending(401, error, plain), _every("not_allowed")),
        PullCase("a form that does not exist", _sending(400, parameter, plain), {"redcap": "bad_parameter"}),
        PullCase("a field that does not exist", _sending(200, listed, plain), {"redcap": "bad_parameter"}),
        PullCase("no such project", _sending(404, error, plain), _every("not_found")),
        PullCase("an error of the server", _sending(500, error, plain), _every("server_error")),
        PullCase("a success without responses", _sending(202, error, plain), _every("server_error")),
        PullCase("a log-in page", _sending(200, _page("Log in"), html), _every("log_in_page")),
        PullCase("a log-in page as JSON", _sending(200, _page('<input type="password">'), plain), _every("log_in_page")),
        PullCase("a maintenance page", _sending(200, _page("Down for maintenance"), html), _every("maintenance_page")),
        PullCase("a web page", _sending(200, _page("Welcome"), html), _every("web_page")),
        PullCase("a web page with an error", _sending(500, _page("Oops"), html), _every("web_page")),
        PullCase("a redirect to another host",
                 _sending(302, b"", Location="http://localhost:9/steal"), _every("redirected")),
        PullCase("a redirect to the same host", _sending(307, b"", Location="/redcap/api/"), _every("redirected")),
        PullCase("another kind of content", _sending(kind="application/pdf"), _every("wrong_kind")),
        PullCase("no kind of content", _sending(kind=""), _every("wrong_kind")),
        PullCase("another encoding by name", _sending(kind="application/json; charset=iso-8859-1"), _json_only("wrong_encoding")),
        PullCase("another encoding of csv by name", _sending(kind="text/csv; charset=iso-8859-1"), {"redcap": "wrong_encoding"}),
        PullCase("bytes that are no UTF-8", _changing(lambda body: body.replace(b"p00", b"p\xff0", 1)), _every("not_utf8")),
        PullCase("a byte order mark", _changing(lambda body: b"\xef\xbb\xbf" + body), _every(EXACT)),
        *(PullCase(f"JSON with {name}", _changing(change), _json_only("not_json")) for name, change in in_json.items()),
        *(PullCase(f"csv with {name}", _changing(change), {"redcap": code}) for name, (change, code) in in_csv.items()),
        PullCase("other columns in a later block",
                 (Fault(send=lambda reply, turn: _replacing("token", "other")(reply, turn) if turn.records and
                        turn.records[0]["id"] == "1008" else None),), {"redcap": "columns_changed"}),
        PullCase("half a character", _changing(lambda body: body.replace(b'"p003"', b'"\\ud800"')), _json_only("not_as_csv")),
        PullCase("a question that repeats", _changing(lambda body: body.replace(b'"p003"', b'[{"a": "p003"}]')),
                 _json_only("repeats")),
        PullCase("a group that repeats", _changing(lambda body: body.replace(
            b'"__id": ', b'"topics@odata.navigationLink": "Submissions(\'x\')/topics", "__id": ', 1)), {"odk": "repeats"}),
        PullCase("two questions with one name", _changing(lambda body: body.replace(
            b'"__id": ', b'"rate-s01": "5", "__id": ', 1)), {"odk": "two_columns"}),
        PullCase("questions without end", _changing(lambda body: body.replace(
            b'"p003"', b'{"a": ' * 30 + b"1" + b"}" * 30)), _json_only("too_deep")),
        PullCase("a form that is described otherwise", (Fault(send=_described('{"content": {"survey": [7, {"$xpath": 7}]}}'),
                 purpose="form"),), {"kobo": EXACT}),
        PullCase("a form that is not described", (Fault(send=_described('{"content": null}'), purpose="form"),), {"kobo": EXACT}),
        PullCase("a form that may not be seen", (Fault(send=_described("{}", 403), purpose="form"),), {"kobo": "not_allowed"}),
        PullCase("an encrypted form", _changing(lambda body: body.replace(b'"status": null', b'"status": "notDecrypted"', 1)),
                 {"odk": "encrypted"}),
    ]  # fmt: skip


def _packed(pack: Callable[[bytes], bytes], encoding: str = "gzip") -> Callable[[Reply, Turn], None]:
    def send(reply: Reply, turn: Turn) -> None:
        reply.body = pack(reply.body)
        reply.headers["Content-Encoding"] = encoding

    return send


def _sent(**values: Any) -> Callable[[Reply, Turn], None]:
    def send(reply: Reply, turn: Turn) -> None:
        for name, value in values.items():
            setattr(reply, name, value(reply) if callable(value) else value)

    return send


def _lines() -> list[PullCase]:
    """What happens on the line: cut, packed, slow, busy."""
    half = _sent(sent=lambda reply: len(reply.body) // 2)

    def busy(status: int, **headers: str) -> Callable[[Reply, Turn], None]:
        def send(reply: Reply, turn: Turn) -> None:
            reply.status, reply.body = status, SECRET_IN_BODY.encode()
            reply.headers |= {name.replace("_", "-"): text for name, text in headers.items()}

        return send

    def chunked(end: bytes) -> Callable[[Reply, Turn], None]:
        def send(reply: Reply, turn: Turn) -> None:
            reply.is_marked = False
            reply.headers["Transfer-Encoding"] = "chunked"
            reply.body = f"{len(reply.body):x}\r\n".encode() + reply.body + b"\r\n" + end

        return send

    def short(reply: Reply, turn: Turn) -> None:
        reply.headers["Content-Length"] = str(len(reply.body) // 2)
        reply.sent = len(reply.body)

    small = {"most_bytes": 100_000}
    return [
        PullCase("the line is closed without an answer", (Fault(send=_sent(hangs_up=True)),), _every("broken_off")),
        PullCase("the line is closed once", (Fault(send=_sent(hangs_up=True), times=1),), _every(EXACT)),
        PullCase("the answer is cut off", (Fault(send=half),), _every("broken_off")),
        PullCase("the answer is cut off twice", (Fault(send=half, times=2),), _every(EXACT)),
        PullCase("the list of ids is cut off", (Fault(send=half, purpose="ids"),), _every("broken_off")),
        PullCase("the form is cut off", (Fault(send=half, purpose="form"),), {"kobo": "broken_off"}),
        PullCase("the answer is longer than announced", (Fault(send=short),),
                 {"redcap": ("cut_off", "too_few"), "odk": "not_json", "kobo": "not_json"}),
        PullCase("the end is not marked", (Fault(send=_sent(is_marked=False)),), _every("end_not_marked")),
        PullCase("sent in chunks", (Fault(send=chunked(b"0\r\n\r\n")),), _every(EXACT)),
        PullCase("sent in chunks, the last is missing", (Fault(send=chunked(b"")),), _every("broken_off")),
        PullCase("packed", (Fault(send=_packed(gzip.compress)),), _every(EXACT)),
        PullCase("packed and cut off", (Fault(send=_packed(lambda body: gzip.compress(body)[:-9])),), _every("broken_off")),
        PullCase("packed and cut off once", (Fault(send=_packed(lambda body: gzip.compress(body)[:-9]), times=1),), _every(EXACT)),
        PullCase("packed with a wrong sum", (Fault(send=_packed(lambda body: gzip.compress(body)[:-8] + bytes(8))),),
                 _every("broken_off")),
        PullCase("packed with more behind", (Fault(send=_packed(lambda body: gzip.compress(body) + b"more")),),
                 _every("broken_off")),
        PullCase("packed a thousandfold", (Fault(send=_packed(lambda body: gzip.compress(b" " * 50_000_000))),),
                 _every("too_large"), small),
        PullCase("not packed as announced", (Fault(send=_packed(lambda body: body)),), _every("broken_off")),
        PullCase("packed otherwise", (Fault(send=_packed(lambda body: body, "br")),), _every("packed_otherwise")),
        PullCase("a huge answer", _changing(lambda body: body + b" " * 1_000_000), _every("too_large"), small),
        PullCase("too many pages", (), _every("too_many_pages"), {"most_requests": 2}),
        PullCase("busy, then well", (Fault(send=busy(429, Retry_After="2"), times=2),), _every(EXACT)),
        PullCase("a bad gateway, then well", (Fault(send=busy(502), times=1), Fault(send=busy(503), times=1, purpose="ids")),
                 _every(EXACT)),
        PullCase("busy for ever", (Fault(send=busy(429)),), _every("busy")),
        PullCase("down for ever", (Fault(send=busy(503, Retry_After="1")),), _every("busy")),
        PullCase("busy until next week", (Fault(send=busy(429, Retry_After="604800")),), _every("busy")),
        PullCase("slow", (Fault(send=_sent(pause=0.05)),), _every(EXACT)),
        PullCase("silent", (Fault(send=_sent(pause=2.0)),), _every("no_answer"), {"silence_seconds": 0.5, "tries": 2}),
        PullCase("slow without end", (Fault(send=_sent(drip=0.01)),), _every("no_answer"), {"answer_seconds": 0.5, "tries": 2}),
    ]  # fmt: skip


def _states() -> list[PullCase]:
    """A server whose records change while it is asked."""
    new = {"id": "2001", "s01": "9", "s02": "5", "token": "p900"}

    def answers(turn: Turn, fake: FakeServer) -> None:
        fake.records.append(new | {"id": str(2001 + len(fake.records))})

    def exchange(turn: Turn, fake: FakeServer) -> None:
        fake.records.pop(2)
        fake.records.append(new)

    return [
        PullCase("somebody answers meanwhile", (Fault(say=answers, number=1, times=1),), _every(EXACT)),
        PullCase("somebody answers before the ids are asked for again", (Fault(say=answers, purpose="ids", times=1),),
                 _every(EXACT)),
        PullCase("somebody answers all the time", (Fault(say=answers),),
                 {"redcap": "changed", "odk": ("count_changed", "too_many"), "kobo": ("count_changed", "too_many")}),
        PullCase("one is deleted and another comes", (Fault(say=exchange, number=1, times=1),), _every(EXACT)),
    ]  # fmt: skip
