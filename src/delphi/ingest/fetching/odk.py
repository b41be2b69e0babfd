"""ODK Central: pages of OData JSON at `/v1/projects/N/forms/ID.svc/Submissions`."""

from __future__ import annotations

import base64

import httpx

from delphi.ingest.fetching.credential import Secret
from delphi.ingest.fetching.flat import flat
from delphi.ingest.fetching.pages import Naming, expect_same, ids_of, linked_pages
from delphi.ingest.fetching.patience import Patience
from delphi.ingest.fetching.refusing import PullError
from delphi.ingest.fetching.server import Server
from delphi.ingest.fetching.table import Pull, pull_of
from delphi.study.model import Fetch

PER_PAGE = 500
_NAMING = Naming("value", "@odata.count", "@odata.nextLink")


def open_odk(fetch: Fetch, secret: Secret, patience: Patience) -> Server:
    """A connection with a session's token, or with an account and its password (a colon between them)."""
    if ":" in secret.text:
        way = f"Basic {base64.b64encode(secret.text.encode()).decode('ascii')}"
    else:
        way = f"Bearer {secret.text}"
    return Server(fetch.url, {"accept": "application/json", "authorization": way}, patience)


def pull_odk(server: Server, fetch: Fetch) -> Pull:
    """Every submission; fields that were not answered come as null, so every column is there."""
    asked = {"$top": str(PER_PAGE), "$count": "true"}
    rows = [
        flat(record, "-")
        for record in linked_pages(server, server.at(asked | {"$wkt": "true"}), _NAMING, _goes_on)
    ]
    ids = ids_of(iter(rows), "__id")
    if any(row.get("__system-status") for row in rows):
        raise PullError(
            "encrypted",
            "keeps submissions encrypted: their answers do not come this way",
            "Export by hand with the passphrase, and put the file into the study folder.",
        )
    only_ids = linked_pages(server, server.at(asked | {"$select": "__id"}), _NAMING, _goes_on)
    expect_same(ids, ids_of(only_ids, "__id"))
    return pull_of(rows, ["__id"], [])


def _goes_on(url: httpx.URL, came: int) -> bool:
    """Newer servers link by an opaque mark, older ones by the number of records before."""
    skipped = url.params.get("$skip")
    return "$skiptoken" in url.params if skipped is None else skipped == str(came)
