"""What arrived and what was odd about it, as counts only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath

from delphi.outputs.facts import Facts
from delphi.outputs.wording import RULES_OF_FINDINGS, plain, thousands

LEVELS = ("file", "record", "cell")


@dataclass(frozen=True)
class SourceLine:
    """Records of one file version in one wave."""

    wave: str
    file_name: str
    platform: str
    version: str
    records: str
    accepted: str
    quarantined: str
    ignored: str


@dataclass(frozen=True)
class FindingLine:
    """How many findings one rule made."""

    level: str
    text: str
    rule: str
    count: str


def source_lines(facts: Facts) -> list[SourceLine]:
    """Sources in the order of waves and names; of a file only its name, never its folder."""
    lines = []
    for entry, wave, file_name, platform, version, *counts in facts.rows("sources"):
        name = PurePosixPath(PureWindowsPath(str(file_name)).as_posix()).name
        key = (facts.place.get(wave, 0), name, int(version), str(entry))
        lines.append(
            (key, SourceLine(wave, name, platform, str(version), *(thousands(int(n)) for n in counts)))
        )
    return [line for _, line in sorted(lines, key=lambda one: one[0])]


def finding_lines(facts: Facts) -> list[FindingLine]:
    """Findings by level and rule, the most frequent first."""
    order = sorted(
        facts.findings.items(),
        key=lambda one: (LEVELS.index(one[0][0]) if one[0][0] in LEVELS else 9, -one[1], one[0][1]),
    )
    return [
        FindingLine(plain(level), RULES_OF_FINDINGS.get(rule, plain(rule)), rule, thousands(count))
        for (level, rule), count in order
    ]
