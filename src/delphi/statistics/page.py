"""The page of the documents that lists every statistic, made from the catalogue."""

from __future__ import annotations

from delphi.statistics.registry import Statistic, catalogue

BEGINNING = """# Statistics

<!-- Made from the catalogue by `delphi.statistics.page`; do not edit. -->

Every statistic by its id: what it is, what it takes, when it is empty, and where it comes from. `delphi statistics ID` says the same,
and computes it from counts or a small file. In Python each is a function of `delphi.statistics`, with leading dimensions
([examples](python.md)); `delphi.statistics.computed(ID, data)` gives value, reason, flags and options. Which ones are computed
without being asked for is in [methods](methods.md).
"""
TITLES = {
    "2.1": "Shares and boxes", "2.2": "Location and spread", "2.3": "Ordinal consensus and dispersion", "2.4": "RAND/UCLA",
    "2.5": "Content validity", "3": "Agreement over items, comparison of groups", "4.1": "Stability of the persons",
    "4.2": "Stability of the group", "4.3": "Stopping", "4.4": "Attrition", "5": "Rankings and paired comparisons",
    "6": "Numbers, probabilities, allocations", "7": "Fuzzy Delphi", "8": "Uncertainty", "9": "Opinion groups", "10": "Open text",
}  # fmt: skip
DIRECTIONS = {"more": "higher is more", "less": "higher is less", "": ""}


def statistics_page() -> str:
    """Markdown with one section per part of the catalogue and one entry per statistic."""
    parts = [BEGINNING]
    by_section: dict[str, list[Statistic]] = {}
    for entry in catalogue().values():
        by_section.setdefault(entry.section, []).append(entry)
    for section in sorted(by_section, key=lambda name: [int(part) for part in name.split(".")]):
        parts.append(f"\n## {TITLES.get(section, f'Section {section}')}\n")
        parts += [_entry(one) for one in by_section[section]]
    return "".join(parts)


def _entry(entry: Statistic) -> str:
    reach = [_range(entry), DIRECTIONS[entry.direction]]
    lines = [
        f"\n### {entry.statistic_id}\n\n{_sentence(entry.name)} {_sentence(entry.formula)}\n",
        *([f"\n{_sentence(entry.reading)}\n"] if entry.reading else []),
        f"\n- Takes {entry.arrays}; level {entry.level}{'; ' if any(reach) else ''}{', '.join(part for part in reach if part)}.\n",
    ]
    for one in entry.parameters:
        allowed = f", one of {', '.join(f'`{value}`' for value in one.allowed)}" if one.allowed else ""
        default = "needed" if one.is_required else f"default `{one.default}`"
        lines.append(f"- `{one.name}`: {one.meaning} ({default}{allowed}).\n")
    if entry.reasons:
        lines.append(f"- Empty with {', '.join(f'`{code}`' for code in entry.reasons)}.\n")
    if entry.flags:
        lines.append(f"- Flags {', '.join(f'`{code}`' for code in entry.flags)}.\n")
    lines.append(f"- Source: {'; '.join(entry.sources)}.\n")
    return "".join(lines)


def _sentence(text: str) -> str:
    whole = text[0].upper() + text[1:]
    return whole if whole.endswith(".") else f"{whole}."


def _range(entry: Statistic) -> str:
    if entry.low is None and entry.high is None:
        return ""
    if entry.low is None:
        return f"at most {entry.high:g}"
    return f"from {entry.low:g}" if entry.high is None else f"{entry.low:g} to {entry.high:g}"
