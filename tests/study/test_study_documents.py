"""The YAML of the documents is valid as it stands."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest
from study_texts import SMALL, check_text

DOCS = Path(__file__).resolve().parents[2] / "docs"
BLOCKS = [
    (page, kind, text)
    for page in ("study-file.md", "choosing-a-rule.md")
    for kind, text in re.findall(
        r"^```(yaml[-\w]*)\n(.*?)^```$", (DOCS / page).read_text(encoding="utf-8"), re.M | re.S
    )
]


def _whole(kind: str, text: str) -> str:
    """A block within the small study."""
    if kind == "yaml":
        return text
    inside = textwrap.indent(text, "  ")
    if kind == "yaml-items":
        return SMALL.replace("groups:", f"{inside}groups:", 1)
    if kind == "yaml-ranking":
        ranked = SMALL.replace(
            '"Two", scale: imp9', '"Two", kind: rank, scale: {type: rank, choices: [a, b, c]}'
        )
        return f"{ranked}rules:\n{inside}"
    if kind == "yaml-source":
        return SMALL[: SMALL.index("sources:")] + "sources:\n  - " + textwrap.indent(text, "    ").lstrip()
    return SMALL + f"{kind.removeprefix('yaml-')}:\n{inside}"


@pytest.mark.parametrize(("page", "kind", "text"), BLOCKS, ids=[f"{page}-{kind}" for page, kind, _ in BLOCKS])
def test_every_block_of_the_documents_is_accepted(page: str, kind: str, text: str, tmp_path: Path) -> None:
    checked = check_text(tmp_path, _whole(kind, text))
    assert [str(problem) for problem in checked.problems] == []


def test_the_documents_hold_blocks_of_every_kind() -> None:
    assert {kind for _, kind, _ in BLOCKS} == {
        "yaml",
        "yaml-items",
        "yaml-source",
        "yaml-panel",
        "yaml-ranking",
        "yaml-rules",
        "yaml-analysis",
    }
