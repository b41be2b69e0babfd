"""One mistake is told once: nothing is said of what is only missing because of it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from study_texts import check_text

from delphi.study.tree import read_tree

REDUCED = Path(__file__).parent.parent / "reduced"
FREE = {"method", "scope", "team", "funding", "ethics", "registration"}
"""Keys of `study` that the report prints as they stand: their own keys are free."""


def _flow(node: Any) -> str:
    """A tree as one line of YAML; names that are numbers stay numbers."""
    if isinstance(node, dict):
        names = (name if isinstance(name, int) else json.dumps(name) for name in node)
        return (
            "{"
            + ", ".join(f"{name}: {_flow(value)}" for name, value in zip(names, node.values(), strict=True))
            + "}"
        )
    if isinstance(node, list):
        return "[" + ", ".join(map(_flow, node)) + "]"
    return json.dumps(node)


def _mappings(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(node, dict):
        return [path, *(found for key, value in node.items() for found in _mappings(value, (*path, key)))]
    if isinstance(node, list):
        return [found for place, value in enumerate(node) for found in _mappings(value, (*path, place))]
    return []


def _at(node: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        node = node[key]
    return node


@pytest.mark.parametrize("name", ["mapping-study", "city-inclusion-indicators"])
@pytest.mark.parametrize("start", range(4))
def test_p14_a_strange_key_in_any_mapping_is_one_problem_at_its_place(
    name: str, start: int, tmp_path: Path
) -> None:
    data = read_tree((REDUCED / name / "study.yaml").read_bytes(), "study.yaml").data
    paths = [path for path in _mappings(data) if not FREE & {str(key) for key in path[1:2]}]
    for path in paths[start::12]:
        changed = copy.deepcopy(data)
        _at(changed, path)["zzzz"] = ["q"]
        text = _flow(changed)
        told = check_text(tmp_path, text).problems
        wanted = ".".join(map(str, (*path, "zzzz")))
        assert [one.path.removesuffix(".0") for one in told] == [wanted]
        if told[0].path == wanted:
            assert (told[0].line, told[0].column) == (1, text.index('"zzzz"') + 1)


@pytest.mark.parametrize(
    "section", ["themes", "scales", "groups", "instruments", "rounds", "surveys", "items", "panel", "rules"]
)
@pytest.mark.parametrize("value", ["text", [], {}, 7])
def test_a_section_of_the_wrong_shape_brings_no_follow_ups(
    section: str, value: object, tmp_path: Path
) -> None:
    data = read_tree((REDUCED / "mapping-study" / "study.yaml").read_bytes(), "study.yaml").data
    empty = {"themes": {}, "scales": {}, "groups": {}, "instruments": {}, "panel": {}, "rules": {}}
    if value in ([], {}) and (section not in empty or isinstance(value, dict)):
        return  # an empty section is another mistake: what others name is missing indeed
    data[section] = value
    told = check_text(tmp_path, _flow(data)).problems
    assert {one.path.partition(".")[0] for one in told} == {section}


def test_a_name_that_is_wrong_beside_a_broken_section_is_still_told(tmp_path: Path) -> None:
    data = read_tree((REDUCED / "mapping-study" / "study.yaml").read_bytes(), "study.yaml").data
    data["rounds"][0]["zzzz"] = 1
    data["sources"][0]["for"] = ["r1", "r9"]
    told = [(one.path, one.message, one.hint) for one in check_text(tmp_path, _flow(data)).problems]
    assert told[0][:2] == ("rounds.0.zzzz", "unknown key")
    assert told[1][:2] == ("sources.0.for.1", "there is no wave 'r9'")
    assert len(told) == 2


def test_ten_mistakes_are_ten_problems_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = """\
studyfile: "2.0"
study: {id: "a b", titel: "x", title: "y"}
scales:
  imp9: {type: ordinal, min: 1, max: 9, bands: {low: [1, 3], high: [3, 9]}}
  lead: {type: nominal}
items:
  - {id: s01, scale: imp8}
  - {id: s02, scale: imp9, theme: t1}
  - {id: s02, scale: imp9, relevant: "s01 > 3"}
rounds:
  - {id: r1, open: "tomorrow"}
sources:
  - {for: [r1, r2], platform: csv, file: "{wave}.csv", key: k}
"""
    told = check_text(tmp_path, text).problems
    assert [(one.line, one.column, one.code) for one in told] == [
        (1, 1, "studyfile_version"),
        (2, 9, "bad_id"),
        (2, 20, "unknown_key"),
        (4, 62, "overlapping_bands"),
        (5, 3, "missing_key"),
        (7, 15, "unknown_scale"),
        (8, 28, "unknown_theme"),
        (9, 6, "duplicate_id"),
        (9, 28, "not_supported_yet"),
        (11, 14, "wrong_time"),
        (13, 16, "unknown_wave"),
    ]
