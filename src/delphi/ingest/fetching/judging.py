"""What a server sent instead of responses: error messages, log-in and maintenance pages, told in our own words."""

from __future__ import annotations

import re

from delphi.ingest.fetching.refusing import PullError
from delphi.ingest.fetching.server import Answer

_START = 4096
_LOG_IN = ('type="password"', "type='password'", "log in", "login", "sign in", "single sign-on", "shibboleth")
_CLOSED = ("maintenance", "offline", "upgrad", "unavailable", "be back")
_TOKEN = ("permissions to use the api", "invalid token", "authentication", "not authenticated", "credentials")
_PARAMETER = re.compile(r'values? (?:of|in) the parameter \\?["\'](\w{1,20})\\?["\']')
_ADDRESS = (
    "Check the address in the study file, and open it once in a browser to see whether the server works."
)


def refuse_errors(answer: Answer) -> None:
    """Refuse what is no answer with responses, whatever its status says.

    Raises
    ------
    PullError
        In words for the kind of error. The body is looked at and never repeated.
    """
    start = answer.data[:_START].decode("utf-8", "replace").lstrip("\ufeff \t\r\n").lower()
    status = answer.status
    if 300 <= status < 400:
        raise PullError(
            "redirected",
            f"sends us to another address (status {status}), which is not followed: the token must not go there",
            "Write the address at which it answers itself; mostly a / at the end, or https, is missing.",
        )
    if start.startswith("<") and any(
        tag in start[:1000] for tag in ("<!doctype html", "<html", "<head", "<body")
    ):
        raise _of_a_page(start, status)
    if status in (401, 403) or (_is_error(start) and any(word in start for word in _TOKEN)):
        raise PullError(
            "not_allowed",
            f"does not accept the token, or does not let it export (status {status})",
            "Make a new token on the server, or ask for the right to export through its interface (API).",
        )
    if _is_error(start) and (found := _PARAMETER.search(start)):
        raise PullError(
            "bad_parameter",
            f"has something else than the study file says under `{_known(found[1])}` (status {status})",
            "Compare record_id, fields, forms and events with the names in the project.",
        )
    if status == 404:
        raise PullError("not_found", "has nothing at this address (status 404)", _ADDRESS)
    if status != 200:
        raise PullError("server_error", f"answers with an error (status {status})", _ADDRESS)
    if _is_error(start):
        raise PullError("error_body", "sends an error message in place of responses", _ADDRESS)


def expect_kind(answer: Answer, *kinds: str) -> None:
    """Refuse an answer of another content type, or in another encoding than UTF-8."""
    kind, _, rest = answer.content_type.lower().partition(";")
    if kind.strip() not in kinds:
        raise PullError("wrong_kind", f"sends something else than {kinds[0]}", _ADDRESS)
    charset = re.search(r'charset="?([\w-]+)', rest)
    if charset and charset[1] not in ("utf-8", "utf8", "us-ascii"):
        raise PullError("wrong_encoding", "sends text in another encoding than UTF-8", "Export by hand.")


def text_of(answer: Answer) -> str:
    """The text of an answer; a byte order mark at its start is taken off."""
    try:
        return answer.data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    raise PullError(
        "not_utf8", "sends bytes that are no UTF-8 text", "Export by hand, and report it to the server."
    )


def _of_a_page(start: str, status: int) -> PullError:
    if any(word in start for word in _LOG_IN):
        return PullError(
            "log_in_page",
            f"sends a log-in page in place of responses (status {status})",
            "Check the address, and make a new token: the old one may have expired.",
        )
    if any(word in start for word in _CLOSED):
        return PullError(
            "maintenance_page",
            f"sends a page that says it is out of service (status {status})",
            "Try again later; nothing was changed.",
        )
    return PullError("web_page", f"sends a web page in place of responses (status {status})", _ADDRESS)


def _is_error(start: str) -> bool:
    """Whether a text begins like the error messages of the servers we know, in JSON, XML or plain."""
    if start.startswith(("<?xml", "<hash>", "<error", "error:", "error ")):
        return True
    return start.startswith("{") and re.match(r'\{\s*"(error|message|detail|code)"\s*:', start) is not None


def _known(parameter: str) -> str:
    """A parameter of ours by its name; another word of a server is not repeated."""
    return parameter if parameter in ("fields", "forms", "events", "records", "format", "type") else "fetch"
