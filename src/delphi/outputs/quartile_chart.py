"""Medians and quartiles of two rounds as an inline SVG, drawn by matplotlib."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape

from delphi.outputs.facts import Cell, Facts
from delphi.outputs.wording import number, plain
from delphi.study.model import Item, Scale

BEFORE, AFTER, GRID, INK = "#767676", "#1f5a99", "#e4e1da", "#33312d"
WIDTH = 4.1
"""Inches; narrow enough to be read on a phone without being scaled down much."""


@dataclass(frozen=True)
class Spread:
    """Median and quartiles of one item in one wave."""

    wave: str
    q1: float
    median: float
    q3: float

    @property
    def text(self) -> str:
        """As a table cell."""
        return f"{number(self.median)} [{number(self.q1, 2)}–{number(self.q3, 2)}]"


@dataclass(frozen=True)
class Row:
    """An item with its last wave and the one before, where there is one."""

    item_id: str
    before: Spread | None
    after: Spread


@dataclass(frozen=True)
class Panel:
    """Rows that share a scale."""

    title: str
    low: float
    high: float
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class QuartileChart:
    """A figure of one theme: its SVG and the same numbers as rows."""

    title: str
    key: str
    svg: str
    """The drawing; every text in it has been escaped."""
    panels: tuple[Panel, ...]


def quartile_charts(facts: Facts) -> list[QuartileChart]:
    """One figure per theme with rated items, in the order of the study file."""
    by_theme: dict[str | None, list[Item]] = {}
    for item in facts.study.items:
        by_theme.setdefault(item.theme, []).append(item)
    found = []
    for place, (theme, items) in enumerate(by_theme.items(), start=1):
        panels = _panels(facts, items)
        if panels:
            title = facts.study.themes.get(theme or "", theme or "Items")
            found.append((title, f"q{place}", panels))
    return [
        QuartileChart(title, key, svg, panels)
        for (title, key, panels), svg in zip(found, _drawn(found), strict=True)
    ]


def _panels(facts: Facts, items: Sequence[Item]) -> tuple[Panel, ...]:
    groups: dict[tuple[str, str], list[Row]] = {}
    scales: dict[tuple[str, str], Scale] = {}
    for item in items:
        for dimension in item.dims:
            scale = facts.study.scale_of(item, dimension)
            if scale.kind == "ordinal" and (row := _row(facts, (item.item_id, dimension))) is not None:
                key = (dimension, scale.scale_id)
                groups.setdefault(key, []).append(row)
                scales[key] = scale
    panels = []
    for (dimension, scale_id), rows in groups.items():
        values = [category.value for category in scales[(dimension, scale_id)].categories]
        title = f"{plain(dimension) if dimension != 'rating' else 'Rating'}, {min(values)} to {max(values)}"
        panels.append(Panel(title, min(values), max(values), tuple(rows)))
    return tuple(panels)


def _row(facts: Facts, cell: Cell) -> Row | None:
    spreads = [
        spread for wave in facts.waves_of(cell) if (spread := _spread(facts, wave.wave_id, cell)) is not None
    ]
    if not spreads:
        return None
    return Row(cell[0], spreads[-2] if len(spreads) > 1 else None, spreads[-1])


def _spread(facts: Facts, wave: str, cell: Cell) -> Spread | None:
    found = [facts.statistic(name, wave, cell) for name in ("q1", "median", "q3")]
    values = [
        one.value
        for one in found
        if one is not None and one.value is not None and (one.n or 0) >= facts.min_n
    ]
    return Spread(wave, values[0], values[1], values[2]) if len(values) == 3 else None


def _drawn(charts: Sequence[tuple[str, str, tuple[Panel, ...]]]) -> Iterator[str]:
    """SVG of every chart. Matplotlib is only loaded when there is something to draw."""
    for title, key, panels in charts:
        yield _svg(title, key, panels)


@contextmanager
def _style() -> Iterator[None]:
    import matplotlib

    settings = {
        "svg.hashsalt": "delphi", "svg.fonttype": "none", "font.family": "DejaVu Sans", "font.size": 9.5,
        "axes.unicode_minus": True, "text.parse_math": False,
    }  # fmt: skip
    with matplotlib.rc_context(settings):
        yield


def _svg(title: str, key: str, panels: tuple[Panel, ...]) -> str:
    with _style():
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure

        heights = [0.62 + 0.3 * len(panel.rows) for panel in panels]
        figure = Figure(figsize=(WIDTH, sum(heights)), facecolor="none")
        FigureCanvasSVG(figure)
        top = sum(heights)
        for panel, height in zip(panels, heights, strict=True):
            bottom = (top - height + 0.3) / sum(heights)
            axes = figure.add_axes((0.16, bottom, 0.8, (height - 0.62) / sum(heights)))
            _draw(axes, panel)
            top -= height
        buffer = io.StringIO()
        figure.savefig(
            buffer, format="svg", transparent=True,
            metadata={"Date": None, "Creator": None, "Format": None, "Type": None},
        )  # fmt: skip
    return _inlined(buffer.getvalue(), key, title, panels)


def _draw(axes: object, panel: Panel) -> None:
    from typing import Any, cast

    ax = cast(Any, axes)
    rows = list(reversed(panel.rows))
    for y, row in enumerate(rows):
        shift = 0.0 if row.before is None else 0.17
        if row.before is not None:
            _dumbbell(ax, row.before, y + shift, BEFORE, is_last=False)
        _dumbbell(ax, row.after, y - shift, AFTER, is_last=True)
    ax.set_ylim(-0.6, len(rows) - 0.4)
    pad = (panel.high - panel.low) * 0.03
    ax.set_xlim(panel.low - pad, panel.high + pad)
    step = max(1, round((panel.high - panel.low) / 8))
    ax.set_xticks([panel.low + step * k for k in range(int((panel.high - panel.low) // step) + 1)])
    ax.set_yticks(range(len(rows)), [row.item_id for row in rows])
    ax.set_title(panel.title, loc="left", fontsize=9.5, color=INK, pad=5)
    ax.tick_params(length=0, colors=INK, labelsize=9)
    ax.grid(axis="x", color=GRID, linewidth=0.8)
    ax.set_axisbelow(True)
    ax.patch.set_visible(False)
    for spine in ax.spines.values():
        spine.set_visible(False)


def _dumbbell(ax: object, spread: Spread, y: float, colour: str, is_last: bool) -> None:
    from typing import Any, cast

    axes = cast(Any, ax)
    axes.plot(
        [spread.q1, spread.q3],
        [y, y],
        color=colour,
        linewidth=3.2 if is_last else 1.8,
        solid_capstyle="round",
        zorder=2,
    )
    axes.plot(
        [spread.median], [y], marker="o" if is_last else "D", markersize=7 if is_last else 5.5, linestyle="none",
        markerfacecolor=colour if is_last else "#ffffff", markeredgecolor=colour, markeredgewidth=1.4, zorder=3,
    )  # fmt: skip


def _inlined(svg: str, key: str, title: str, panels: tuple[Panel, ...]) -> str:
    """The drawing without prologue, metadata and name spaces; with ids of its own, a title and a description."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", body)
    body = body.replace("xlink:href=", "href=")
    body = re.sub(r'\bid="([^"]+)"', rf'id="{key}-\1"', body)
    body = re.sub(r"url\(#([^)]+)\)", rf"url(#{key}-\1)", body)
    body = re.sub(r'href="#([^"]+)"', rf'href="#{key}-\1"', body)
    body = body.replace("font: 9.5px 'DejaVu Sans'", "font: 9.5px sans-serif")
    rows = sum(len(panel.rows) for panel in panels)
    name = f'<title id="{key}-title">Medians and middle halves: {escape(title)}</title>'
    told = f"{rows} items, the last round of each beside the round before; the table below holds the same numbers."
    description = f'<desc id="{key}-desc">{told}</desc>'
    opening = re.match(r"<svg[^>]*>", body)
    if opening is None:
        raise AssertionError("matplotlib wrote no svg element")
    view = re.search(r'viewBox="([^"]+)"', opening.group())
    head = (
        f'<svg viewBox="{view.group(1) if view else ""}" role="img" '
        f'aria-labelledby="{key}-title {key}-desc" preserveAspectRatio="xMinYMin meet">'
    )
    return f"{head}{name}{description}{body[opening.end() :]}".replace("\n", "")
