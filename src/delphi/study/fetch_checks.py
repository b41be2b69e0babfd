"""What `sources[].fetch` says has to be possible: a safe address, no secret in the file, one file for each answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import SplitResult, unquote, urlsplit

from delphi.study import grammar as g
from delphi.study import model as m
from delphi.study.resolving_sources import fetch_of
from delphi.study.sections import Collected, Sections
from delphi.study.tree import Path

LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
_ENDINGS = {
    "odk": (".svc/Submissions", "https://HOST/v1/projects/1/forms/FORM.svc/Submissions"),
    "kobo": ("/data.json", "https://HOST/api/v2/assets/UID/data.json"),
}
_ONLY_REDCAP = ("record_id", "fields", "forms", "events")
_PLAIN = re.compile(r"[!#-;=?-\[\]_a-z{}~]+\Z")  # printable ASCII without " < > \ ^ ` |
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\Z|[0-9A-Fa-f:.]+\Z")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_SECRET = re.compile(r"[0-9A-Fa-f]{24,}\Z")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def check_fetches(parts: Sections, found: Collected) -> None:
    """Every `fetch` on its own, and that no two of them write one file."""
    for place, written in parts.sources.items():
        if written.fetch is None:
            continue
        path: Path = ("sources", place, "fetch")
        _check_address(written.fetch, _waves(written), path, found)
        _check_token(written.fetch, _waves(written), path, found)
        _check_keys(written.fetch, path, found)
        _check_placeholders(written, path, found)
        _check_file(written, parts, ("sources", place), found)
    _check_shared(parts, found)


def _waves(written: g.WrittenSource) -> list[str]:
    return written.for_ if isinstance(written.for_, list) else [written.for_]


def _check_address(fetch: g.WrittenFetch, waves: list[str], path: Path, found: Collected) -> None:
    """The address; what is wrong is told without repeating it, for it may hold a secret."""
    here = (*path, "url")

    def wrong(message: str, hint: str, code: str) -> None:
        found.add(here, message, hint, code)

    split = _split(fetch.url.replace("{wave}", waves[0]))
    if split is None:
        wrong("this is no address", "Write it like https://HOST/api/.", "wrong_address")
        return
    if split.username is not None or split.password is not None or split.query or split.fragment:
        wrong(
            "an address without user, password, ? or # is expected: a secret in it could be seen",
            "Name the place of the token under `token`; Delphi writes what follows a ? itself.",
            "secret_in_address",
        )
    if split.scheme != "https" and split.hostname not in LOCAL_HOSTS:
        wrong(
            "https is required: over http anybody on the way could read the token and the answers",
            f"Write https://...; http is for {', '.join(LOCAL_HOSTS)} only.",
            "not_encrypted",
        )
    ending, example = _ENDINGS.get(fetch.server, ("", ""))
    if not split.path.endswith(ending):
        wrong(
            f"for {fetch.server} the address ends with {ending}", f"Write it like {example}.", "wrong_address"
        )


def _split(url: str) -> SplitResult | None:
    """The parts of an address; None where it is none, or one that two programs could read differently."""
    try:
        split = urlsplit(url)
        port, host = split.port, split.hostname
    except ValueError:
        return None
    if split.scheme not in ("http", "https") or not host or not _HOST.match(host) or port == 0:
        return None
    if any(unquote(piece) in (".", "..") for piece in split.path.split("/")):
        return None
    return split if _PLAIN.match(url) else None


def _check_token(fetch: g.WrittenFetch, waves: list[str], path: Path, found: Collected) -> None:
    """The name of the place of a secret; again nothing is repeated, for somebody may have put the secret there."""
    if fetch.token.env is not None:
        names = [fetch.token.env.replace("{wave}", wave_id) for wave_id in waves]
        if not all(map(_VARIABLE.match, names)):
            found.add(
                (*path, "token", "env"),
                "this is no name of an environment variable",
                "A name is letters, digits and _, as in KOBO_TOKEN. The token itself never stands here.",
                "wrong_value",
            )
        elif any(map(_SECRET.match, names)):
            found.add(
                (*path, "token", "env"),
                "this looks like a token, not like the name of an environment variable that holds it",
                "Withdraw this token on the server if the file was shared; write a name such as REDCAP_TOKEN.",
                "secret_in_file",
            )
    file = fetch.token.file
    if file is not None and not (file.startswith(("/", "~/")) or PureWindowsPath(file).is_absolute()):
        found.add(
            (*path, "token", "file"),
            "a file outside of the study folder is expected, from / or ~/ on",
            "Write it like ~/.config/delphi/kobo.token; it has to be for its owner alone (chmod 600).",
            "wrong_value",
        )


def _check_keys(fetch: g.WrittenFetch, path: Path, found: Collected) -> None:
    if fetch.server == "redcap":
        return
    for key in _ONLY_REDCAP:
        if key in fetch.model_fields_set:
            found.add((*path, key), f"belongs to redcap, not to {fetch.server}", "Take it out.", "fetch_keys")


def _check_placeholders(written: g.WrittenSource, path: Path, found: Collected) -> None:
    """`{wave}` stands in the file's name if and only if the server is asked otherwise for each wave."""
    fetch = written.fetch
    assert fetch is not None
    texts = list(_texts(fetch))
    for key, text in texts:
        for name in _PLACEHOLDER.findall(text):
            if name != "wave":
                found.add(
                    (*path, *key),
                    "something in braces stands for nothing here",
                    "{wave} stands for the wave id.",
                    "unknown_placeholder",
                )
    is_asked_by_wave = any("{wave}" in text for _, text in texts)
    is_filed_by_wave = "{wave}" in written.file
    if is_asked_by_wave and not is_filed_by_wave:
        found.add(
            path,
            "asks for each wave by itself, and the file is the same for all",
            "Put {wave} into `file` too.",
            "wave_not_told",
        )
    if is_filed_by_wave and not is_asked_by_wave and len(_waves(written)) > 1:
        found.add(
            path,
            "every wave would get the same responses: nothing tells the server which wave is meant",
            "Put {wave} into url, token, forms or events, or write a source for each wave.",
            "wave_not_told",
        )


def _texts(fetch: g.WrittenFetch) -> Iterator[tuple[Path, str]]:
    yield ("url",), fetch.url
    yield from ((("token", key), text) for key, text in fetch.token if text is not None)
    yield from ((("record_id",), text) for text in [fetch.record_id] if text is not None)
    for key in ("fields", "forms", "events"):
        yield from (((key, number), text) for number, text in enumerate(getattr(fetch, key)))


def _check_file(written: g.WrittenSource, parts: Sections, path: Path, found: Collected) -> None:
    """What is fetched becomes one plain csv file, which nothing else is kept in."""
    if written.platform != "csv":
        found.add(
            (*path, "platform"), f"fetch writes csv, not {written.platform}", "Write platform: csv.", "fetch_dialect"
        )  # fmt: skip
    plain = {"delimiter": (None, ","), "encoding": ("utf-8", "UTF-8", "utf8"), "header_rows": (1,)}
    for key, values in plain.items():
        if getattr(written, key) not in values:
            found.add(
                (*path, key), "fetch writes commas, UTF-8 and one header row", "Take it out.", "fetch_dialect"
            )
    file = PurePosixPath(written.file.replace("\\", "/"))
    if "*" in written.file or "?" in written.file:
        found.add(
            (*path, "file"), "fetch writes one file, this is a pattern", "Write the file's name out.", "fetch_file"
        )  # fmt: skip
    elif file.suffix != ".csv" or any(_is_hidden(piece) for piece in file.parts):
        found.add(
            (*path, "file"), "fetch writes a file whose name ends with .csv", 'Write "{wave}.csv".', "fetch_file"
        )  # fmt: skip
    others = {"items": parts.bank, "panel.register": parts.panel.register_}
    for where, other in others.items():
        names = {name.casefold() for name in _file_names(written)}
        if other is not None and other.file.replace("\\", "/").casefold() in names:
            found.add(
                (*path, "file"), f"fetch would overwrite the file of {where}", "Choose another.", "fetch_file"
            )


def _is_hidden(piece: str) -> bool:
    return piece.startswith((".", "~$")) and piece != ".."  # a way up is told as such


def _file_names(written: g.WrittenSource) -> dict[str, str]:
    """File → a wave that it is written for."""
    name = written.file.replace("\\", "/")
    return {name.replace("{wave}", wave_id): wave_id for wave_id in reversed(_waves(written))}


def _check_shared(parts: Sections, found: Collected) -> None:
    seen: dict[str, m.Fetch] = {}
    for place, written in parts.sources.items():
        fetch = fetch_of(written)
        if fetch is None:
            continue
        for name, wave_id in _file_names(written).items():
            own = fetch.of_wave(wave_id)
            if seen.setdefault(name.casefold(), own) != own:
                found.add(
                    ("sources", place, "fetch"),
                    f"another source fetches {name} otherwise",
                    "Give the two sources different files.",
                    "fetch_file",
                )
                break
