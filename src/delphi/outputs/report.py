"""The report of a study: one HTML page that stands alone, made from the tables of the warehouse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from delphi import __version__
from delphi.outputs.about import about_lines
from delphi.outputs.comparisons import dissents, four_cells, group_matrices, pair_lines
from delphi.outputs.described import described_items
from delphi.outputs.facts import EVERYONE, REPORT_TABLES, Facts
from delphi.outputs.firmness import FirmLine, firm_lines
from delphi.outputs.opinions import opinion_parts, pair_lines_of_items, theme_lines
from delphi.outputs.participation import funnel, group_tables, leavers, wave_lines
from delphi.outputs.quality import finding_lines, source_lines
from delphi.outputs.quartile_chart import quartile_charts
from delphi.outputs.ratings import BarChart, ItemLine, bar_charts, item_lines
from delphi.outputs.rules_in_words import rules_in_words
from delphi.outputs.wording import (
    FIRMNESS,
    NONE,
    STABILITIES,
    VERDICTS,
    Word,
    clean,
    condition_name,
    counted,
    thousands,
    typeset,
)
from delphi.study.model import Study
from delphi.whole_files import put_whole

if TYPE_CHECKING:
    import pandas as pd
    from jinja2 import Environment

__all__ = ["REPORT_TABLES", "render_report", "rules_in_words", "write_report"]

REPORT_NAME = "report.html"


@dataclass(frozen=True)
class Headline:
    """One large number."""

    number: str
    text: str


@dataclass(frozen=True)
class RoundPart:
    """The section of one wave."""

    wave_id: str
    label: str
    sentence: str
    aim: str | None
    tally: tuple[tuple[str, str, int], ...]
    charts: tuple[BarChart, ...]
    is_last: bool
    memo: tuple[tuple[str, str, str], ...]


def render_report(study: Study, tables: Mapping[str, pd.DataFrame]) -> str:
    """The whole report as HTML.

    Parameters
    ----------
    study : the resolved study
    tables : frames of the warehouse with at least the columns of `REPORT_TABLES`. One that is absent counts as
        empty. `memberships` and `respondents` are only counted: memberships tell which groups hold the same people,
        so that no small group can be worked out from two dimensions; without them one dimension is shown only

    Returns
    -------
    str
        One page without script, without anything to fetch, and with equal bytes for equal arguments.

    Raises
    ------
    ValueError
        If a table lacks a column.

    Notes
    -----
    No comment, no open answer, nothing of a single respondent and no time of day is on the page. Groups under
    `study.privacy.small_cells_min_n` are withheld, and as many more as it takes that they cannot be worked out.
    """
    facts = Facts(study, tables)
    lines = item_lines(facts)
    firm = firm_lines(facts, lines)
    template = _environment().get_template("report.html.j2")
    page = template.render(
        study=study,
        version=__version__,
        is_delphi=any(wave.kind == "round" for wave in study.waves),
        min_n=facts.min_n,
        headlines=_headlines(facts, lines),
        tally=_tally(facts),
        waves=wave_lines(facts),
        awaited=[wave.wave_id for wave in facts.waves if wave not in facts.answered_waves],
        funnel=funnel(facts),
        group_tables=group_tables(facts),
        leavers=leavers(facts),
        themes=_by_theme(facts, lines),
        lines=lines,
        firm=firm,
        firm_tally=_firm_tally(firm),
        untried=_untried(facts, lines, firm),
        rounds=_rounds(facts),
        cells=four_cells(lines, facts),
        moving=[
            line for line, row in zip(lines, facts.standing.values(), strict=True)
            if row.verdict in ("consensus_in", "consensus_out") and row.stability == "unstable"
        ],
        pairs=pair_lines(facts),
        charts=quartile_charts(facts),
        dissents=dissents(facts),
        matrices=group_matrices(facts),
        opinions=opinion_parts(facts),
        themes_found=theme_lines(facts),
        alike=pair_lines_of_items(facts),
        described=described_items(facts),
        theme_names=study.themes,
        sources=source_lines(facts),
        findings=finding_lines(facts),
        rules=[typeset(sentence) for sentence in rules_in_words(study.rules, study)],
        about=about_lines(study.about),
        none=NONE,
    )  # fmt: skip
    # Once for the whole page, so that no text can be forgotten.
    return clean(page)


def write_report(study: Study, tables: Mapping[str, pd.DataFrame], folder: Path) -> Path:
    """Write the report into a folder, so that a reader sees the old page or the new one, whole.

    Like every file it is for its owner alone until somebody hands it on.
    """
    page = render_report(study, tables).encode("utf-8")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    put_whole(folder / REPORT_NAME, page)
    return folder / REPORT_NAME


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {"thousands": thousands, "counted": _counted_filter}
    return environment


def _counted_filter(values: Sequence[Any] | int, one: str, many: str | None = None) -> str:
    return counted(values if isinstance(values, int) else len(values), one, many)


def _headlines(facts: Facts, lines: list[ItemLine]) -> list[Headline]:
    found = []
    rounds = [wave for wave in facts.answered_waves if wave.kind == "round"]
    parts = [wave for wave in facts.answered_waves if wave.kind == "survey"]
    if rounds:
        found.append(Headline(str(len(rounds)), "round" if len(rounds) == 1 else "rounds"))
        last = facts.count("n_returned", rounds[-1].wave_id)
        if last is not None:
            found.append(
                Headline(thousands(last), f"answered {'the last round' if len(rounds) > 1 else 'it'}")
            )
    if parts:
        found.append(Headline(str(len(parts)), "survey part" if len(parts) == 1 else "survey parts"))
    if lines:
        found.append(Headline(str(len({line.name.item_id for line in lines})), "items judged"))
        agreed = [row for row in facts.standing.values() if row.verdict in ("consensus_in", "consensus_out")]
        found.append(Headline(str(len(agreed)), "with consensus"))
        settled = sum(row.stability == "stable" for row in agreed)
        if any(row.stability != "not_assessable" for row in facts.standing.values()):
            found.append(Headline(str(settled), "of these stable"))
    else:
        asked = {item_id for wave in facts.answered_waves for item_id in wave.item_ids}
        found.append(Headline(str(len(asked)), "item asked" if len(asked) == 1 else "items asked"))
    return found


def _tally(facts: Facts) -> list[tuple[str, str, str, int, float]]:
    """Standing verdicts: style, sign, name, how many, and their share of all in per cent."""
    rows = list(facts.standing.values())
    found = []
    for verdict, word in VERDICTS.items():
        count = sum(row.verdict == verdict for row in rows)
        if count:
            found.append((word.style, word.sign, word.name, count, round(100 * count / len(rows), 3)))
    return found


def _firm_tally(firm: list[FirmLine]) -> list[tuple[Word, int]]:
    """How many verdicts have each label."""
    return [(word, sum(one.label == word for one in firm)) for word in FIRMNESS.values()]


def _untried(facts: Facts, lines: list[ItemLine], firm: list[FirmLine]) -> list[ItemLine]:
    """Rankings with a verdict on which nothing was tried; what is withheld is not told."""
    tried = {id(one.line) for one in firm}
    return [
        line
        for line, (item_id, dimension) in zip(lines, facts.standing, strict=True)
        if facts.study.scale_of(facts.items[item_id], dimension).kind == "rank"
        and not line.is_hidden
        and id(line) not in tried
    ]


def _by_theme(facts: Facts, lines: list[ItemLine]) -> list[tuple[str, str, list[ItemLine]]]:
    grouped: dict[str | None, list[ItemLine]] = {}
    for theme in [*facts.study.themes, None]:
        grouped[theme] = []
    for line in lines:
        grouped.setdefault(line.theme, []).append(line)
    named = [
        (
            facts.study.themes.get(theme or "", theme or ("Other items" if facts.study.themes else "Items")),
            found,
        )
        for theme, found in grouped.items()
        if found
    ]
    return [(f"theme-{place}", title, found) for place, (title, found) in enumerate(named, start=1)]


def _rounds(facts: Facts) -> list[RoundPart]:
    told = {line.wave.wave_id: line for line in wave_lines(facts)}
    memos: dict[str, list[tuple[str, str, str]]] = {}
    for wave, condition, is_met, _, _, reason in facts.rows("stopping"):
        met = "" if condition in ("retention", "stop") else "met" if is_met else "not met"
        memos.setdefault(wave, []).append((met, condition_name(str(condition)), typeset(reason)))
    parts = []
    for wave in facts.answered_waves:
        verdicts = [
            row
            for (of, _, _, group), row in facts.verdicts.items()
            if of == wave.wave_id and group == EVERYONE
        ]
        tally = [
            (word.sign, word.name, sum(row.verdict == verdict for row in verdicts))
            for verdict, word in VERDICTS.items()
        ]
        states = [
            (word.sign, word.name, sum(row.stability == state for row in verdicts))
            for state, word in STABILITIES.items()
        ]
        line = told[wave.wave_id]
        parts.append(
            RoundPart(
                wave.wave_id, line.label, line.sentence, wave.aim,
                tuple(one for one in (*tally, *states) if one[2]), tuple(bar_charts(facts, wave)),
                wave == facts.answered_waves[-1], tuple(memos.get(wave.wave_id, ())),
            )
        )  # fmt: skip
    return parts
