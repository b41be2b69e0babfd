"""A connection to one server: the token goes nowhere else, what it sends is bounded, and what broke off is asked again."""

from __future__ import annotations

import logging
import ssl
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

import httpx

from delphi import __version__
from delphi.ingest.fetching.patience import Patience, seconds_asked
from delphi.ingest.fetching.refusing import PullError

BUSY = (429, 502, 503, 504)
_GZIP = 16 + zlib.MAX_WBITS
_PIECE = 1 << 20
_TALKATIVE = ("httpx", "httpcore")
"""Libraries that log addresses with all that follows the `?`, at levels below warnings."""
_NOT_NOW = "Try again later; nothing was changed."


@dataclass(frozen=True)
class Answer:
    """What a server sent: status, kind of content, and the whole body, unpacked."""

    status: int
    content_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class _Failure:
    """An attempt that may go better the next time, and what to say if it does not."""

    code: str
    message: str
    asked: float | None = None


class _BrokenOffError(Exception):
    """A body that ended before its end, or that cannot be unpacked."""


class Server:
    """The server at one address. Only its scheme, host and port are ever asked, and redirects are not followed.

    Parameters
    ----------
    url : address, with https but for this machine itself
    headers : what is sent with every request, among it the token
    patience : bounds
    """

    def __init__(self, url: str, headers: Mapping[str, str], patience: Patience) -> None:
        for name in _TALKATIVE:
            logging.getLogger(name).setLevel(logging.WARNING)
        self.url = httpx.URL(url)
        self.host = self.url.host
        self._patience = patience
        self._requests = self._bytes = 0
        self._client = httpx.Client(
            headers={"user-agent": f"delphi-study/{__version__}", "accept-encoding": "gzip", **headers},
            timeout=httpx.Timeout(patience.silence_seconds, connect=patience.connect_seconds),
            follow_redirects=False,
            # Over http, which is for this machine itself, a proxy would see the token, so none is used.
            trust_env=self.url.scheme == "https",
            verify=_trusted() if self.url.scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        )

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *given: object) -> None:
        self._client.close()

    def at(self, parameters: Mapping[str, str], path: str | None = None) -> httpx.URL:
        """The server's address with these parameters."""
        url = self.url if path is None else self.url.copy_with(path=path)
        return url.copy_merge_params(dict(parameters))

    def linked(self, link: str) -> httpx.URL:
        """An address that the server named.

        Raises
        ------
        PullError
            If it leads anywhere else than to this scheme, host, port and path.
        """
        try:
            url = self.url.join(link)
        except (httpx.InvalidURL, ValueError, TypeError):
            url = None
        if (
            url is None
            or not self._is_here(url)
            or url.raw_path.split(b"?")[0] != self.url.raw_path
            or url.fragment
        ):
            raise PullError(
                "link_elsewhere",
                "links to a page at another address, to which the token must not go",
                "Check the address in the study file; the server may stand behind a proxy that it does not know of.",
            )
        return url

    def get(self, url: httpx.URL) -> Answer:
        """Ask for an address of this server."""
        return self._ask("GET", url, None)

    def post(self, form: Mapping[str, str]) -> Answer:
        """Send a form, which only asks for something."""
        return self._ask("POST", self.url, dict(form))

    def _is_here(self, url: httpx.URL) -> bool:
        return _origin(url) == _origin(self.url)

    def _ask(self, method: str, url: httpx.URL, form: dict[str, str] | None) -> Answer:
        if not self._is_here(url):
            raise ValueError("only the server itself is asked")
        failure = None
        for attempt in range(self._patience.tries):
            if failure is not None:
                self._patience.wait(attempt - 1, failure.asked)
            self._requests += 1
            if self._requests > self._patience.most_requests:
                raise PullError(
                    "too_many_pages",
                    f"needs more than {self._patience.most_requests} requests",
                    "Export by hand.",
                )
            found = self._once(self._client.build_request(method, url, data=form))
            if isinstance(found, Answer):
                return found
            failure = found
            if failure.asked is not None and failure.asked > self._patience.longest_wait:
                raise PullError(failure.code, f"asks to wait {failure.asked:.0f} seconds", _NOT_NOW)
        assert failure is not None
        raise PullError(failure.code, f"{failure.message}, {self._patience.tries} times", _NOT_NOW)

    def _once(self, request: httpx.Request) -> Answer | _Failure:
        """One attempt. Errors of the library hold addresses and headers: none is passed on or chained."""
        untrusted = False
        try:
            response = self._client.send(request, stream=True)
            try:
                if response.status_code in BUSY:
                    asked = seconds_asked(response.headers.get("retry-after"), datetime.now(UTC))
                    return _Failure(
                        "busy", f"is too busy or not there (status {response.status_code})", asked
                    )
                return self._answer(response)
            finally:
                response.close()
                self._client.cookies.clear()
        except httpx.TimeoutException:
            return _Failure("no_answer", "did not answer in time")
        except httpx.ConnectError as error:
            untrusted = _is_untrusted(error)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError, _BrokenOffError):
            return _Failure("broken_off", "broke off before the end of its answer")
        except httpx.HTTPError:
            return _Failure("no_answer", "could not be asked")
        if untrusted:
            raise PullError(
                "untrusted",
                "cannot prove that it is this server: its certificate is not accepted",
                "Check the address. For a certificate of your institution set SSL_CERT_FILE.",
            )
        return _Failure("no_answer", "cannot be reached")

    def _answer(self, response: httpx.Response) -> Answer:
        """The whole answer, or a refusal of it."""
        headers = response.headers
        is_marked = "content-length" in headers or "chunked" in headers.get("transfer-encoding", "").lower()
        if response.status_code == 200 and not is_marked:
            raise PullError(
                "end_not_marked",
                "does not say where its answer ends, so that one cut off would not be noticed",
                "A proxy on the way may be at fault; try from another network, or export by hand.",
            )
        data = b"".join(self._pieces(response))
        return Answer(response.status_code, headers.get("content-type", ""), data)

    def _pieces(self, response: httpx.Response) -> Iterator[bytes]:
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("identity", "", "gzip", "x-gzip"):
            raise PullError("packed_otherwise", "packs its answer in a way that was not asked for", _NOT_NOW)
        unpacking = zlib.decompressobj(_GZIP) if "gzip" in encoding else None
        deadline = time.monotonic() + self._patience.answer_seconds
        size = 0
        for piece in response.iter_raw():
            for part in [piece] if unpacking is None else _unpacked(unpacking, piece):
                size += len(part)
                self._bytes += len(part)
                if size > self._patience.most_bytes or self._bytes > self._patience.most_bytes_in_all:
                    raise PullError(
                        "too_large",
                        "sends more than any study of responses holds",
                        "Export by hand, in parts.",
                    )
                yield part
            if time.monotonic() > deadline:
                raise httpx.ReadTimeout("the whole answer takes too long")
        if unpacking is not None and not unpacking.eof:
            raise _BrokenOffError


def _origin(url: httpx.URL) -> tuple[object, ...]:
    return url.scheme, url.raw_host, url.port, url.userinfo


@cache
def _trusted() -> ssl.SSLContext:
    """Whose certificates are accepted; reading them takes longer than a whole small pull."""
    return httpx.create_ssl_context()


def _unpacked(unpacking: zlib._Decompress, piece: bytes) -> Iterator[bytes]:
    """What is packed in a piece, a bounded part at a time: a small answer may hold a huge one."""
    try:
        while piece:
            if unpacking.eof:
                raise _BrokenOffError
            yield unpacking.decompress(piece, _PIECE)
            piece = unpacking.unconsumed_tail or unpacking.unused_data
        while part := unpacking.decompress(b"", _PIECE):
            yield part
    except zlib.error:
        raise _BrokenOffError from None


def _is_untrusted(error: BaseException) -> bool:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLError):
            return True
        seen = seen.__cause__ or seen.__context__
    return False
