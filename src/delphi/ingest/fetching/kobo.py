"""KoboToolbox: pages of JSON at `/api/v2/assets/UID/data.json`, and the form's questions beside it."""

from __future__ import annotations

from typing import Any

import httpx

from delphi.ingest.fetching.credential import Secret
from delphi.ingest.fetching.flat import flat
from delphi.ingest.fetching.pages import Naming, expect_same, ids_of, linked_pages
from delphi.ingest.fetching.patience import Patience
from delphi.ingest.fetching.server import Server
from delphi.ingest.fetching.strict_json import read_json
from delphi.ingest.fetching.table import Pull, pull_of
from delphi.study.model import Fetch

PER_PAGE = 1000
"""The most that KoboToolbox gives on one page since 2026."""
NO_ANSWERS = ("_attachments", "_geolocation", "_notes", "_tags", "_supplementalDetails")
"""Lists that stand in every record: places, file links and remarks of the team."""
_NAMING = Naming("results", "count", "next")
_WITHOUT_ANSWER = ("group", "repeat", "note", "score__row", "rank__level")


def open_kobo(fetch: Fetch, secret: Secret, patience: Patience) -> Server:
    """A connection with the token in its header."""
    return Server(
        fetch.url, {"accept": "application/json", "authorization": f"Token {secret.text}"}, patience
    )


def pull_kobo(server: Server, fetch: Fetch) -> Pull:
    """Every response, with a column for each question of the form: an answer that nobody gave is in no record."""
    asked = {"limit": str(PER_PAGE), "start": "0", "sort": '{"_id":1}'}
    questions = _questions(server)
    rows = [
        flat(record, "/", NO_ANSWERS) for record in linked_pages(server, server.at(asked), _NAMING, _goes_on)
    ]
    ids = ids_of(iter(rows), "_id")
    only_ids = linked_pages(server, server.at(asked | {"fields": '["_id"]'}), _NAMING, _goes_on)
    expect_same(ids, ids_of(only_ids, "_id"))
    return pull_of(rows, ["_id"], questions)


def _goes_on(url: httpx.URL, came: int) -> bool:
    return url.params.get("start") == str(came)


def _questions(server: Server) -> list[str]:
    """Columns of the questions that the form asks; a form that is described otherwise than we know names none."""
    path = server.url.path.removesuffix("data.json")
    content = read_json(server.get(server.at({"format": "json"}, path))).get("content")
    survey = content.get("survey") if isinstance(content, dict) else None
    return [row["$xpath"] for row in survey if _is_question(row)] if isinstance(survey, list) else []


def _is_question(row: Any) -> bool:
    if not isinstance(row, dict) or not isinstance(row.get("$xpath"), str) or not row["$xpath"]:
        return False
    kind = row.get("type")
    return isinstance(kind, str) and not any(word in kind for word in _WITHOUT_ANSWER)
