"""Keys that the grammar knows and this release does not act on: refused by name, never ignored.

Each is named once, at its own line and column, and what holds it is then read without it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from delphi.errors import Problem
from delphi.study.sections import suggestion
from delphi.study.tree import Path, Tree

LATER_KEYS: tuple[tuple[str, ...], ...] = (
    ("governance",), ("evidence",), ("feedback",), ("messages",), ("outputs",),
    *(("analysis", key) for key in ("subgroups", "survey", "bridge", "coding")),
    ("study", "report_parts"), ("study", "rationale"), ("study", "updates"), ("study", "endorsements"),
    *(("items", "*", key) for key in ("help", "relevant", "origin", "of", "design")),
    *(("item_defaults", key) for key in ("help", "relevant", "origin", "of", "design")),
    *(
        ("panel", key)
        for key in (
            "eligibility", "size_rationale", "selected_by", "targets", "recruitment", "replacement", "incentives",
            "expertise", "coi",
        )
    ),
    ("panel", "rejoin", "exceptions"),
    *(("instruments", "*", key) for key in ("order", "subset", "comments", "proposals")),
    ("rounds", "*", "feedback_from"), ("rounds", "*", "collection"),
    ("surveys", "*", "eligible"), ("surveys", "*", "bridge"),
    *(("sources", "*", key) for key in ("map", "event", "anonymised_mode")),
    ("validation", "establishment"), ("validation", "partials"),
    ("validation", "duplicates", "key"), ("validation", "duplicates", "log"),
    *(("rules", "transitions", "*", key) for key in ("with", "shown_next", "reopen")),
    *(("privacy", key) for key in ("identities", "level", "free_text", "consent", "withdrawal", "release")),
)  # fmt: skip
LATER_PLATFORMS = (
    "limesurvey", "qualtrics", "redcap", "odk", "xlsform", "kobo", "surveymonkey", "google_forms", "microsoft_forms",
    "delphimanager", "edelphi", "polis", "formr", "typeform", "formbricks", "heyform",
)  # fmt: skip
LATER_KINDS = ("best_worst",)
SERVERS = ("redcap", "odk", "kobo")


def take_out(tree: Tree) -> tuple[Any, list[Problem]]:
    """The data without what is not supported yet, and a problem for each key that was taken out.

    A list element that cannot be read without the key (an item of a later kind, a source of a later platform) becomes None, so that the places of the others stay.
    """
    problems: list[Problem] = []

    def later(path: Path, what: str, hint: str = "Take it out; a later release acts on it.") -> None:
        problems.append(tree.problem(path, f"{what} is not supported yet", hint, "not_supported_yet"))

    def copy(node: Any, path: Path) -> Any:
        if isinstance(node, dict):
            kept = {}
            for key, value in node.items():
                inner = (*path, key)
                if _matches(inner):
                    later(inner, f"`{key}`")
                else:
                    kept[key] = copy(value, inner)
            return _whole(kept, path, later)
        if isinstance(node, list):
            return [copy(value, (*path, place)) for place, value in enumerate(node)]
        return node

    return copy(tree.data, ()), problems


def _whole(kept: dict[Any, Any], path: Path, later: Any) -> dict[Any, Any] | None:
    if len(path) == 2 and path[0] == "items" and kept.get("kind") in LATER_KINDS:
        later((*path, "kind"), f"kind `{kept['kind']}`")
        return None
    if len(path) == 2 and path[0] == "sources" and kept.get("platform") in LATER_PLATFORMS:
        later((*path, "platform"), f"platform `{kept['platform']}`")
        return None
    if len(path) == 3 and path[0] == "sources" and path[2] == "fetch" and _is_later_server(kept):
        known = f"Supported are {', '.join(SERVERS)}; from others, export by hand into the study folder."
        near = suggestion(kept["server"], SERVERS)
        later((*path, "server"), f"server `{kept['server']}`", f"{near} {known}".strip())
        return None
    if path == ("panel", "register") and kept.get("platform") in LATER_PLATFORMS:
        later((*path, "platform"), f"platform `{kept['platform']}`")
        return None
    return kept


def _is_later_server(fetch: dict[Any, Any]) -> bool:
    server = fetch.get("server")
    return isinstance(server, str) and server not in SERVERS


def _matches(path: Path) -> bool:
    return any(
        len(pattern) == len(path)
        and all(want in ("*", have) for want, have in zip(pattern, path, strict=True))
        for pattern in _by_last_key().get(path[-1], ())
    )


@cache
def _by_last_key() -> dict[str | int, list[tuple[str, ...]]]:
    """Every key of a study file is looked at, and hardly one ends like a later one."""
    found: dict[str | int, list[tuple[str, ...]]] = {}
    for pattern in LATER_KEYS:
        found.setdefault(pattern[-1], []).append(pattern)
    return found
