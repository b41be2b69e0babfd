"""The sections of a study file, each checked for itself, so that one wrong section does not hide the others' errors."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from delphi.errors import Problem
from delphi.study import grammar
from delphi.study.tree import Path, Tree

Model = TypeVar("Model", bound=BaseModel)
_WRITTEN_IN = {
    "wave": ("rounds", "surveys"), "item": ("items",), "theme": ("themes",), "scale": ("scales",),
    "group": ("groups",), "instrument": ("instruments",),
}  # fmt: skip
_RULE_LISTS = ("consensus", "stability", "transitions")
_ID_HINT = (
    "An id is letters, digits, _ and -, begins with a letter or digit, and is text: put 007 or 20 in quotes."
)


_LIMITS = {
    "greater_than": "more than", "greater_than_equal": "at least", "less_than": "less than", "less_than_equal": "at most",
}  # fmt: skip
_LIMIT_KEYS = {"greater_than": "gt", "greater_than_equal": "ge", "less_than": "lt", "less_than_equal": "le"}


@dataclass
class Collected:
    """Problems and warnings found so far, and the tree that knows their places."""

    tree: Tree
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def add(self, path: Path, message: str, hint: str = "", code: str = "") -> None:
        """A problem at a path."""
        self.problems.append(self.tree.problem(path, message, hint, code))

    def warn(self, path: Path, message: str, hint: str = "", code: str = "") -> None:
        """A warning at a path; it refuses nothing."""
        self.warnings.append(self.tree.problem(path, message, hint, code))

    def unknown(self, path: Path, what: str, name: str, known: Iterable[str], where: str = "") -> None:
        """A name that nothing in the study has, with the nearest one that it has.

        Nothing is said of a name that the file writes where its kind stands, though wrongly: that has been said.
        """
        names = set(known)
        for section in _WRITTEN_IN.get(what, ()):
            written = self.written_ids(section)
            if written is None or name in written:
                return
            names |= written
        if not names and what in ("wave", "item"):
            return
        self.add(
            path,
            f"there is no {what} {name!r}{where}",
            suggestion(name, sorted(names)) or f"Known: {', '.join(sorted(names)) or 'none'}.",
            f"unknown_{what.replace(' ', '_')}",
        )

    def is_wrong(self, *sections: str) -> bool:
        """Whether something was found wrong in one of these sections, so that not all of it could be read."""
        return any(problem.path.partition(".")[0] in sections for problem in self.problems)

    def written_ids(self, section: str) -> set[str] | None:
        """Ids that a section writes, whether or not they could be read; None where they cannot all be known."""
        raw = self.tree.data.get(section)
        if raw is None:
            return None if section == "scales" else set()
        if section == "items" and isinstance(raw, dict):  # an item bank, whose ids only its reader knows
            is_broken = any(problem.path.partition(".")[0] == "items" for problem in self.problems)
            return None if is_broken else set()
        if section in ("rounds", "surveys", "items"):
            if isinstance(raw, list) and all(
                isinstance(one, dict) and one.get("id") is not None for one in raw
            ):
                return {str(one["id"]) for one in raw}
            return None
        return {str(key) for key in raw} if isinstance(raw, dict) else None


@dataclass(frozen=True)
class Sections:
    """What could be read of each section; what could not is missing here and stands among the problems."""

    study: grammar.WrittenStudy | None
    missing: grammar.Missing
    scales: dict[str, grammar.WrittenScale]
    themes: dict[str, Any]
    items: dict[int, grammar.WrittenItem]
    bank: grammar.WrittenItemBank | None
    defaults: grammar.ItemKeys
    groups: dict[str, grammar.WrittenGroup]
    panel: grammar.WrittenPanel
    instruments: dict[str, grammar.WrittenInstrument]
    rounds: dict[int, grammar.WrittenRound]
    surveys: dict[int, grammar.WrittenSurvey]
    sources: dict[int, grammar.WrittenSource]
    validation: grammar.WrittenValidation
    rules: grammar.WrittenRules | None
    consensus: dict[int, grammar.WrittenConsensus]
    stability: dict[int, grammar.WrittenStability]
    transitions: dict[int, grammar.WrittenTransition]
    analysis: grammar.WrittenAnalysis
    privacy: grammar.WrittenPrivacy


def read_sections(data: dict[str, Any], found: Collected) -> Sections:
    """Read every section as far as it goes."""
    known = list(grammar.StudyFile.model_fields)
    for key in data:
        if key not in known:
            found.add((key,), "unknown key", suggestion(str(key), known), "unknown_key")
    for key in ("studyfile", "study", "scales", "items", "sources"):
        if data.get(key) is None:
            found.add(
                (),
                f"the key `{key}` is missing",
                "`delphi new DIR` writes an example with every required key.",
                "missing_key",
            )
    if data.get("studyfile", "1.0") not in ("1.0", None):
        found.add(("studyfile",), 'expected "1.0", in quotes', 'Write studyfile: "1.0".', "studyfile_version")
    if not data.get("rounds") and not data.get("surveys"):
        found.add(
            (),
            "there is neither `rounds` nor `surveys`",
            "Name at least one wave: rounds: [{id: r1}].",
            "missing_key",
        )
    reader = _Reader(data, found)
    rules = data.get("rules")
    plain_rules = rules
    if isinstance(rules, dict):
        plain_rules = {key: value for key, value in rules.items() if key not in _RULE_LISTS}
    else:
        rules = {}
    items = data.get("items")
    bank = reader.one(grammar.WrittenItemBank, ("items",), items) if isinstance(items, dict) else None
    return Sections(
        study=reader.one(grammar.WrittenStudy, ("study",), data.get("study")),
        missing=reader.adapt(grammar.Missing, ("missing",), {}),
        scales=reader.by_key(grammar.WrittenScale, "scales"),
        themes=reader.adapt(dict[grammar.Id, grammar.Texts], ("themes",), {}),
        items=reader.listed(grammar.WrittenItem, ("items",), [] if isinstance(items, dict) else items),
        bank=bank,
        defaults=reader.one(grammar.ItemKeys, ("item_defaults",), data.get("item_defaults"))
        or grammar.ItemKeys(),
        groups=reader.by_key(grammar.WrittenGroup, "groups"),
        panel=reader.one(grammar.WrittenPanel, ("panel",), data.get("panel")) or grammar.WrittenPanel(),
        instruments=reader.by_key(grammar.WrittenInstrument, "instruments"),
        rounds=reader.listed(grammar.WrittenRound, ("rounds",), data.get("rounds")),
        surveys=reader.listed(grammar.WrittenSurvey, ("surveys",), data.get("surveys")),
        sources=reader.listed(grammar.WrittenSource, ("sources",), data.get("sources")),
        validation=reader.one(grammar.WrittenValidation, ("validation",), data.get("validation"))
        or grammar.WrittenValidation(),
        rules=reader.one(grammar.WrittenRules, ("rules",), plain_rules),
        consensus=reader.listed(grammar.WrittenConsensus, ("rules", "consensus"), rules.get("consensus")),
        stability=reader.listed(grammar.WrittenStability, ("rules", "stability"), rules.get("stability")),
        transitions=reader.listed(
            grammar.WrittenTransition, ("rules", "transitions"), rules.get("transitions")
        ),
        analysis=reader.one(grammar.WrittenAnalysis, ("analysis",), data.get("analysis"))
        or grammar.WrittenAnalysis(),
        privacy=reader.one(grammar.WrittenPrivacy, ("privacy",), data.get("privacy"))
        or grammar.WrittenPrivacy(),
    )


def key_of_item(parts: Sections, place: int, found: Collected, *key: str | int) -> Path:
    """Where a key of an item is written: at the item, in `item_defaults`, or in a row of the item bank."""
    if parts.bank is not None:
        return ("items", "file", f"row {place}", *key)
    own, default = ("items", place, *key), ("item_defaults", *key)
    is_default = default[:2] in found.tree.places and own[:3] not in found.tree.places
    return default if is_default else own


class _Reader:
    def __init__(self, data: dict[str, Any], found: Collected) -> None:
        self.data, self.found = data, found

    def one(self, model: type[Model], path: Path, value: Any) -> Model | None:
        if value is None:
            return None
        try:
            return model.model_validate(value)
        except ValidationError as error:
            self.found.problems.extend(translated(error, model, path, value, self.found.tree))
            return None

    def adapt(self, kind: Any, path: Path, default: Any) -> Any:
        value = self.data.get(str(path[0]))
        if value is None:
            return default
        try:
            return TypeAdapter(kind).validate_python(value, strict=True)
        except ValidationError as error:
            self.found.problems.extend(translated(error, None, path, value, self.found.tree))
            return default

    def by_key(self, model: type[Model], section: str) -> dict[str, Model]:
        value = self.data.get(section)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.found.add((section,), "expected names with their keys beneath", "", "wrong_type")
            return {}
        read = {}
        for key, inner in value.items():
            if not is_id(key):
                self.found.add((section, key), "this is no id", _ID_HINT, "bad_id")
            elif (one := self.one(model, (section, key), {} if inner is None else inner)) is not None:
                read[key] = one
        return read

    def listed(self, model: type[Model], path: Path, value: Any) -> dict[int, Model]:
        if value is None:
            return {}
        if not isinstance(value, list):
            self.found.add(path, "expected a list: each element begins with -", "", "wrong_type")
            return {}
        read = {}
        for place, inner in enumerate(value):
            if inner is None:
                if _at(self.found.tree.data, (*path, place)) is None:
                    self.found.add(
                        (*path, place), "the element is empty", "Fill it in or take it out.", "wrong_type"
                    )
                continue
            if (one := self.one(model, (*path, place), inner)) is not None:
                read[place] = one
        return read


def is_id(value: object) -> bool:
    """Whether a key may be an id."""
    import re

    return isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", value) is not None


def suggestion(name: str, known: Iterable[str]) -> str:
    """The nearest known name, as a question."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"Did you mean `{near[0]}`?" if near else ""


def translated(
    error: ValidationError, model: type[BaseModel] | None, path: Path, value: Any, tree: Tree
) -> Iterator[Problem]:
    """Pydantic's errors in the study's words; the branches of a choice of types are told as one."""
    by_place: dict[Path, list[Any]] = {}
    for one in error.errors(include_url=False, include_context=True):
        by_place.setdefault(_real(one["loc"], value, one["type"]), []).append(one)
    for inner, errors in by_place.items():
        raw = _at(value, inner)
        deeper = [key for key in by_place if len(key) > len(inner) and key[: len(inner)] == inner]
        if deeper and isinstance(raw, dict | list):
            continue
        yield tree.problem((*path, *inner), *_worded(errors, inner, raw, model))


def _real(location: tuple[Any, ...], value: Any, kind: str) -> Path:
    """The part of pydantic's location that is in the file: names of types and branches are left out."""
    path: list[Any] = []
    node = value
    for key in location:
        if (isinstance(node, dict) and key in node) or (
            isinstance(node, list | tuple) and isinstance(key, int) and key < len(node)
        ):
            node = node[key]
            path.append(key)
    if kind == "missing" and isinstance(location[-1], str):
        path.append(location[-1])
    return tuple(path)


def _at(value: Any, path: Path) -> Any:
    for key in path:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return None
    return value


@cache
def _vocabulary() -> tuple[str, ...]:
    names: set[str] = set()
    for model in vars(grammar).values():
        if isinstance(model, type) and issubclass(model, BaseModel):
            names |= {field.alias or name for name, field in model.model_fields.items()}
    return tuple(sorted(names))


def _worded(errors: list[Any], path: Path, raw: Any, model: type[BaseModel] | None) -> tuple[str, str, str]:
    """Message, hint and code for the errors of one place."""
    kinds = [one["type"] for one in errors]
    if "extra_forbidden" in kinds:
        known = _vocabulary()
        if model is not None and len(path) == 1:
            known = tuple(field.alias or name for name, field in model.model_fields.items())
        return "unknown key", suggestion(str(path[-1]), known), "unknown_key"
    if kinds in (["too_long"], ["missing"]) and isinstance(raw, list):
        kinds = ["tuple_type"]
    if "missing" in kinds:
        return f"the key `{path[-1]}` is missing", "", "missing_key"
    if "string_pattern_mismatch" in kinds or any("pattern" in kind for kind in kinds):
        return "this is no id", _ID_HINT, "bad_id"
    if "string_too_short" in kinds:
        return "expected a name, this is empty", "", "wrong_value"
    for word, limit in _LIMITS.items():
        for one in errors:
            if one["type"] == word:
                return f"expected {limit} {one['ctx'][_LIMIT_KEYS[word]]:g}", "", "wrong_value"
    if "too_short" in kinds:
        return "expected at least one element", "", "wrong_value"
    as_key = [
        one for one in errors if one["loc"][-1:] == ("[key]",) and one["type"] in ("int_type", "string_type")
    ]
    if as_key:
        wanted = "a whole number, without quotes" if as_key[0]["type"] == "int_type" else "text"
        return f"expected as name {wanted}", "", "wrong_type"
    for one in errors:
        if one["type"] == "literal_error":
            expected = one["ctx"]["expected"].replace("'", "")
            return (
                f"expected {expected}",
                suggestion(str(raw), expected.replace(" or ", ", ").split(", ")),
                "not_one_of",
            )
        if one["type"] == "value_error":
            return str(one["ctx"]["error"]), "", "wrong_value"
    texts = {
        "string_type": "text", "int_type": "a whole number", "float_type": "a number", "bool_type": "true or false",
        "list_type": "a list", "dict_type": "names with values", "model_type": "keys with values",
        "tuple_type": "two numbers in brackets", "dict_attributes_type": "keys with values", "int_from_float": "a whole number",
    }  # fmt: skip
    expected_types = list(dict.fromkeys(texts[kind] for kind in kinds if kind in texts))
    if "a number" in expected_types and "a whole number" in expected_types:
        expected_types.remove("a whole number")
    if expected_types:
        hint = (
            "Put it in quotes: ids and texts are text."
            if "text" in expected_types and isinstance(raw, int | float)
            else ""
        )
        return f"expected {' or '.join(expected_types)}", hint, "wrong_type"
    return errors[0]["msg"], "", "wrong_value"
