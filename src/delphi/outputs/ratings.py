"""Rated items: their numbers, bars, standing verdicts and the reasons for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from delphi.decisions.numbers import band_text
from delphi.outputs.disclosure import GroupKey, Relation, group_share, hidden_groups
from delphi.outputs.facts import EVERYONE, Cell, Facts, VerdictRow
from delphi.outputs.reasons import tells_exactly
from delphi.outputs.rules_in_words import bounds_of, dimensions_of_groups
from delphi.outputs.wording import (
    ACTIONS,
    NONE,
    STABILITIES,
    VERDICTS,
    Word,
    is_right_to_left,
    number,
    percent,
    plain,
    typeset,
    whole_percent,
)
from delphi.study.model import Item, Scale, Wave


@dataclass(frozen=True)
class Name:
    """How an item is named on the page."""

    item_id: str
    dimension: str
    text: str
    language: str
    is_right_to_left: bool

    @property
    def anchor(self) -> str:
        """Id of the item's place on the page."""
        return f"item-{self.item_id}-{self.dimension}"


@dataclass(frozen=True)
class Segment:
    """One part of a bar, in per cent of the chart's width."""

    style: str
    label: str
    left: float
    width: float
    text: str
    n: int
    share: str


@dataclass(frozen=True)
class Bar:
    """The bands of one item in one wave."""

    name: Name
    n: int
    segments: tuple[Segment, ...]
    note: str


@dataclass(frozen=True)
class BarChart:
    """Diverging bars of all items of one wave, dimension and scale, the most agreed first."""

    title: str
    low: str
    middle: str
    high: str
    zero: float
    bars: tuple[Bar, ...]
    key: str


@dataclass(frozen=True)
class ItemLine:
    """One item and dimension as its last round left it."""

    name: Name
    theme: str | None
    wave: str
    n: str
    high: str
    high_interval: str
    low: str
    median: str
    quartiles: str
    iqr: str
    agreement: str
    verdict: Word
    side: str
    stability: Word
    action: str
    reason: str
    stability_reason: str
    answers: str
    is_hidden: bool


def name_of(facts: Facts, item: Item, dimension: str, wave: str | None = None) -> Name:
    """The item's wording in force in a wave (default: the last that asked it)."""
    text, language = facts.text_of(item, wave)
    return Name(
        item.item_id, dimension if dimension != "rating" else "", text, language, is_right_to_left(text)
    )


def bands(
    facts: Facts, wave: str, cell: Cell, scale: Scale, group: GroupKey = EVERYONE
) -> tuple[int, int, int]:
    """Answers in the opposite band, between the two, and in the agreement band."""
    counts = facts.counts(wave, cell, group=group)
    low, high = scale.opposite_band, scale.agreement_band
    if low is None or high is None:
        return 0, sum(counts.values()), 0
    in_low = sum(n for value, n in counts.items() if low.low <= value <= low.high)
    in_high = sum(n for value, n in counts.items() if high.low <= value <= high.high)
    return in_low, sum(counts.values()) - in_low - in_high, in_high


def has_bands(scale: Scale) -> bool:
    """Whether a scale is ordered and has two ends to tell apart."""
    return scale.kind == "ordinal" and len(scale.bands) > 1


def bar_charts(facts: Facts, wave: Wave) -> list[BarChart]:
    """The bars of one wave; what is rated on another dimension or scale has a chart of its own."""
    found: dict[tuple[str, str], list[tuple[Item, Scale]]] = {}
    for item, dimension, scale in facts.asked(wave):
        if has_bands(scale):
            found.setdefault((dimension, scale.scale_id), []).append((item, scale))
    return [
        _chart(facts, wave, dimension, [item for item, _ in rows], rows[0][1], f"{wave.wave_id}-{place}")
        for place, ((dimension, _), rows) in enumerate(found.items(), start=1)
    ]


def _chart(
    facts: Facts, wave: Wave, dimension: str, items: Sequence[Item], scale: Scale, key: str
) -> BarChart:
    low_band, high_band = scale.opposite_band, scale.agreement_band
    if low_band is None or high_band is None:
        raise AssertionError("charts are drawn of scales with bands")
    split = [(item, bands(facts, wave.wave_id, (item.item_id, dimension), scale)) for item in items]
    drawn = [(item, parts) for item, parts in split if sum(parts) >= facts.min_n]
    left = max(
        (Fraction(2 * low + middle, 2 * (low + middle + high)) for _, (low, middle, high) in drawn),
        default=Fraction(1, 2),
    )
    right = max(
        (Fraction(middle + 2 * high, 2 * (low + middle + high)) for _, (low, middle, high) in drawn),
        default=Fraction(1, 2),
    )
    span = left + right
    order = sorted(split, key=lambda one: (sum(one[1]) < facts.min_n, -Fraction(one[1][2] + 0, max(1, sum(one[1]))), Fraction(one[1][0], max(1, sum(one[1])))))  # fmt: skip
    middle_name = ", ".join(band.name for band in scale.bands[1:-1]) or "between"
    styles = (("low", low_band.name), ("middle", middle_name), ("high", high_band.name))
    bounds = bounds_of(facts.study.rules)
    bars = []
    for item, parts in order:
        n = sum(parts)
        name = name_of(facts, item, dimension, wave.wave_id)
        if n < facts.min_n:
            note = f"fewer than {facts.min_n} answers" if n else "no answers"
            bars.append(Bar(name, n, (), note))
            continue
        start = left - Fraction(2 * parts[0] + parts[1], 2 * n)
        segments = []
        for (style, label), count in zip(styles, parts, strict=True):
            width = Fraction(count, n)
            # No rule has a bound on what lies between the two bands.
            near = () if style == "middle" else bounds
            text = whole_percent(count, n, near) if width / span >= Fraction(7, 100) else ""
            segments.append(
                Segment(
                    style, label, round(float(100 * start / span), 3), round(float(100 * width / span), 3), text, count,
                    percent(count, n, bounds),
                )
            )  # fmt: skip
            start += width
        bars.append(Bar(name, n, tuple(segments), ""))
    return BarChart(
        title=plain(dimension) if dimension != "rating" else "Ratings",
        low=band_text(low_band).replace("-", "–"),
        middle=middle_name if len(scale.bands) > 2 else "",
        high=band_text(high_band).replace("-", "–"),
        zero=round(float(100 * left / span), 3),
        bars=tuple(bars),
        key=key,
    )


def hidden_in(facts: Facts, wave: str, cell: Cell) -> frozenset[GroupKey]:
    """Groups whose answers to one item must not be shown."""
    relations = [
        Relation(
            {group: sum(facts.counts(wave, cell, group=group, part=part).values()) for group in facts.groups},
            sum(facts.counts(wave, cell, part=part).values()),
        )
        for part in facts.study.scale_of(facts.items[cell[0]], cell[1]).parts
    ]
    return hidden_groups(relations, facts.min_n, facts.overlap)


def item_lines(facts: Facts) -> list[ItemLine]:
    """Standing verdicts, in the order of the study file."""
    return [_item_line(facts, cell, row) for cell, row in facts.standing.items()]


def _item_line(facts: Facts, cell: Cell, row: VerdictRow) -> ItemLine:
    item, wave = facts.items[cell[0]], row.wave_id
    scale = facts.study.scale_of(item, cell[1])
    low, middle, high = bands(facts, wave, cell, scale)
    # A ranking is counted by object; its verdict rests on those who ranked them all.
    n = row.n if scale.kind == "rank" else low + middle + high
    is_hidden = 0 < n < facts.min_n
    bounds = bounds_of(facts.study.rules)
    top = facts.statistic("percent_agreement", wave, cell)
    interval = ""
    if top is not None and top.low is not None and top.high is not None and not is_hidden:
        interval = f"{100 * top.low:.0f}–{100 * top.high:.0f}"
    seen = {
        name: None if is_hidden else facts.value(name, wave, cell)
        for name in ("median", "q1", "q3", "iqr", "van_der_eijk_agreement")
    }
    action, target, _ = facts.actions.get((wave, item.item_id), ("", None, ""))
    is_banded = has_bands(scale) and n > 0 and not is_hidden
    side = ""
    if row.verdict == "consensus_in" and is_banded and low > high and scale.opposite_band is not None:
        side = scale.opposite_band.name
    reason, stability_reason = row.reason, row.stability_reason or ""
    pairs = [facts.value("n_paired", wave, cell, versus=versus) for versus in facts.versus(wave, cell)]
    if any(n_pairs is not None and 0 < n_pairs < facts.min_n for n_pairs in pairs[-1:]):
        stability_reason = f"Fewer than {facts.min_n} people answered both rounds."
    if is_hidden:
        reason, stability_reason = f"Fewer than {facts.min_n} valid answers.", ""
    return ItemLine(
        name=name_of(facts, item, cell[1], wave),
        theme=item.theme,
        wave=wave,
        n=f"fewer than {facts.min_n}" if is_hidden else str(n),
        high=percent(high, n, bounds) if is_banded else NONE,
        high_interval=interval,
        low=percent(low, n, bounds) if is_banded else NONE,
        median=number(seen["median"]),
        quartiles=f"{number(seen['q1'], 2)}–{number(seen['q3'], 2)}" if seen["q1"] is not None else "",
        iqr=number(seen["iqr"], 2),
        agreement=number(seen["van_der_eijk_agreement"], 2),
        verdict=VERDICTS[row.verdict],
        side=side,
        stability=STABILITIES[row.stability],
        action=_action(action, target),
        reason=typeset(_safe_reason(facts, wave, cell, reason)),
        stability_reason=typeset(stability_reason),
        answers="" if is_hidden else _answers(facts, wave, cell),
        is_hidden=is_hidden,
    )


def _action(action: str, target: str | None) -> str:
    if not action:
        return NONE
    return f"{ACTIONS.get(action, plain(action))}{f' to {target}' if target else ''}"


def _answers(facts: Facts, wave: str, cell: Cell) -> str:
    """How many rated it, had no opinion, left it blank: the sentence that statistics.md asks for."""
    shown, valid = facts.count("n_shown", wave, cell), facts.count("n_valid", wave, cell)
    if shown is None or valid is None:
        return ""
    others = [
        (facts.count(name, wave, cell) or 0, text)
        for name, text in (
            ("n_no_opinion", "had no opinion"), ("n_skipped", "left it blank"), ("n_declined", "declined"),
            ("n_not_applicable", "said it did not apply"), ("n_invalid", "gave no valid answer"),
        )
    ]  # fmt: skip
    told = "; ".join(f"{count} {text}" for count, text in others if count)
    return f"Rated by {valid} of {shown} who were shown it{f'; {told}' if told else ''}."


def _safe_reason(facts: Facts, wave: str, cell: Cell, reason: str) -> str:
    """The reason without the exact counts of groups.

    A rule that looks into groups tells their counts. They are printed as everywhere on the page (`group_share`);
    where one of them could give a withheld group away, its sentence is replaced.
    """
    looked_into = [
        one
        for one in sorted(dimensions_of_groups(facts.study.rules))
        if f"within {one}".casefold() in reason.casefold()
    ]
    if not looked_into:
        return reason
    hidden = hidden_in(facts, wave, cell)
    kept = []
    for sentence in re.split(r"(?<=[.:]) (?=[Ww]ithin )|(?<=\.) (?=[A-Z])", reason):
        dimension = next(
            (one for one in looked_into if f"within {one}".casefold() in sentence.casefold()), None
        )
        named = [
            value
            for by, value in hidden
            if by == dimension and re.search(rf"\b{re.escape(value)}\b", sentence)
        ]
        if dimension is None:
            kept.append(sentence)
            continue
        bounded = _in_bounds(sentence)
        # A sentence that is worded in some new way, and still holds a count, is not let through.
        if not named and not re.search(r"\d+ of \d|needed|too many", bounded) and not tells_exactly(bounded):
            kept.append(bounded)
            continue
        label = facts.study.groups[dimension].label
        kept.append(
            f"Within {label}: counts are withheld, so that no small group can be worked out from them."
        )
    return " ".join(kept)


_COUNTED = re.compile(r"(\d+) of (\d+)( [^()]*?)? \(\d+(?:\.\d+)? %\)")
_LACK = re.compile(r", i\.e\. [^;.]*?: \d+ (?:more (?:was|were) needed|too many)")


def _in_bounds(sentence: str) -> str:
    """A sentence on groups with their shares as `group_share` gives them, and without the counts that were needed."""
    text = _LACK.sub(", which is not met", sentence)
    text = re.sub(r", i\.e\. (?:at least |at most )?\d+", "", text)
    return _COUNTED.sub(lambda m: f"{group_share(int(m[1]), int(m[2]))} of {m[2]}{m[3] or ''}", text)
