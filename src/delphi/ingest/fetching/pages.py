"""Pages that link to each other, followed to a last one that really is the last, with as many records as counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from delphi.ingest.fetching.refusing import PullError, UnsettledError
from delphi.ingest.fetching.server import Server
from delphi.ingest.fetching.strict_json import Number, read_json, whole_number

_AGAIN = "Try again when fewer people answer, for instance at night; if it stays, export by hand."


@dataclass(frozen=True)
class Naming:
    """How a server calls what every page has: its records, how many there are in all, and the next page."""

    records: str
    count: str
    next_page: str


@dataclass(frozen=True)
class Page:
    """One page as it came. `counted` is the number of records in all, as the server says."""

    records: list[dict[str, Any]] = field(repr=False)
    counted: int
    link: str | None = field(repr=False)


def linked_pages(
    server: Server, first: httpx.URL, naming: Naming, goes_on: Callable[[httpx.URL, int], bool]
) -> Iterator[dict[str, Any]]:
    """Every record of a list in pages.

    Parameters
    ----------
    goes_on : whether a link leads on after so many records, as far as the link says

    Raises
    ------
    UnsettledError
        If the pages hold more or fewer records than the server counts, or it counts otherwise meanwhile.
    PullError
        If a page is no page, links in a circle or elsewhere.
    """
    url, seen, came, counted = first, {first}, 0, None
    while True:
        page = _page(read_json(server.get(url)), naming)
        came += len(page.records)
        if counted is not None and page.counted != counted:
            raise UnsettledError("count_changed", "counts its responses otherwise from page to page", _AGAIN)
        counted = page.counted
        if came > counted:
            raise UnsettledError("too_many", "sends more responses than it counts", _AGAIN)
        yield from page.records
        if page.link is None:
            break
        url = server.linked(page.link)
        if url in seen:
            raise PullError(
                "circle", "links its pages in a circle", "Export by hand, and report it to the server."
            )
        seen.add(url)
        if not page.records or came == counted or not goes_on(url, came):
            raise UnsettledError(
                "not_closed", "links to a page that does not go on where the last one ended", _AGAIN
            )
    if came != counted:
        raise UnsettledError("too_few", "sends fewer responses than it counts", _AGAIN)


def ids_of(records: Iterator[dict[str, Any]], name: str) -> list[str]:
    """The id of every record.

    Raises
    ------
    UnsettledError
        If one comes twice.
    PullError
        If a record has none.
    """
    ids = [record.get(name) for record in records]
    if not all(isinstance(one, str) and one for one in ids):
        raise PullError(
            "no_id", "sends a response without its id", "Export by hand, and report it to the server."
        )
    if len(set(ids)) != len(ids):
        raise UnsettledError("twice", "sends a response twice", _AGAIN)
    return [str(one) for one in ids]


def expect_same(ids: list[str], later: list[str]) -> None:
    """Refuse a pull whose ids are others than those that the server has after it."""
    if set(ids) != set(later):
        raise UnsettledError(
            "changed", "has other responses after the pull than came: somebody answers at the moment", _AGAIN
        )


def _page(body: dict[str, Any], naming: Naming) -> Page:
    records, counted, link = (body.get(name) for name in (naming.records, naming.count, naming.next_page))
    number = whole_number(counted)
    if not isinstance(records, list) or not all(isinstance(one, dict) for one in records) or number is None:
        raise PullError(
            "no_page",
            "sends JSON that is no page of responses with their number",
            "Check the address in the study file.",
        )
    if link is not None and (not isinstance(link, str) or isinstance(link, Number) or not link):
        raise PullError("no_page", "sends a link to the next page that is none", "Export by hand.")
    return Page(records, number, link)
