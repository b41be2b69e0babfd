"""One pull: the server that the study file names, asked until everything fits together, or refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from delphi.ingest.fetching.credential import Secret
from delphi.ingest.fetching.kobo import open_kobo, pull_kobo
from delphi.ingest.fetching.odk import open_odk, pull_odk
from delphi.ingest.fetching.patience import Patience
from delphi.ingest.fetching.redcap import open_redcap, pull_redcap
from delphi.ingest.fetching.refusing import PullError, UnsettledError
from delphi.ingest.fetching.server import Server
from delphi.ingest.fetching.table import Pull, csv_of
from delphi.ingest.refusing import refusal
from delphi.study.model import Fetch

_OPEN: dict[str, Callable[[Fetch, Secret, Patience], Server]] = {
    "redcap": open_redcap, "odk": open_odk, "kobo": open_kobo,
}  # fmt: skip


@dataclass(frozen=True)
class Pulled:
    """A complete pull as the bytes of a csv file. `records` are its rows, the header left out."""

    data: bytes = field(repr=False)
    records: int
    sha256: str


def pull(fetch: Fetch, secret: Secret, file_name: str, patience: Patience) -> Pulled:
    """Everything that a server has, complete.

    Raises
    ------
    AnswersError
        If it cannot be had complete; what is wrong is said without anything that came.
    """
    try:
        found = _settled(fetch, secret, patience)
        data = csv_of(found, file_name)
        return Pulled(data, len(found.rows), hashlib.sha256(data).hexdigest())
    except PullError as error:
        told = error
    host = urlsplit(fetch.url).hostname
    raise refusal(file_name, told.code, f"{host} {told.message}", told.hint, path="fetch")


def _settled(fetch: Fetch, secret: Secret, patience: Patience) -> Pull:
    """Start over while things change, a bounded number of times."""
    for attempt in range(patience.rounds):
        try:
            with _OPEN[fetch.server](fetch, secret, patience) as server:
                return _once(server, fetch, secret)
        except UnsettledError:
            if attempt + 1 == patience.rounds:
                raise
        patience.wait(attempt)
    raise AssertionError("a pull has at least one round")


def _once(server: Server, fetch: Fetch, secret: Secret) -> Pull:
    if fetch.server == "redcap":
        return pull_redcap(server, fetch, secret)
    return pull_odk(server, fetch) if fetch.server == "odk" else pull_kobo(server, fetch)
