"""What the report reads from the tables of the warehouse, as plain lookups; nothing of a single person leaves here."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from delphi.outputs.disclosure import GroupKey, Overlap
from delphi.study.model import Item, Scale, Study, Wave

EVERYONE: GroupKey = ("all", "all")

REPORT_TABLES: dict[str, tuple[str, ...]] = {
    "counts": ("wave_id", "item_id", "dimension", "part", "group_by", "group_value", "value", "n"),
    "statistics": (
        "wave_id", "versus_wave_id", "item_id", "dimension", "part", "group_by", "group_value", "statistic",
        "value", "label", "low", "high", "n", "reason", "params",
    ),
    "verdicts": (
        "wave_id", "item_id", "dimension", "group_by", "group_value", "rule_id", "verdict", "stability", "n",
        "reason", "stability_reason", "flags",
    ),
    "actions": ("wave_id", "item_id", "action", "target", "verdict", "stability", "reason"),
    "stopping": ("wave_id", "condition", "is_met", "numerator", "denominator", "reason"),
    "robustness": ("wave_id", "item_id", "dimension", "test", "variant", "verdict", "is_same", "value", "n", "label"),
    "opinion_maps": (
        "wave_id", "groups", "silhouette", "is_structured", "rand_of_resamples", "same_groups_share", "reason", "params",
    ),
    "opinion_members": ("wave_id", "group_number", "x", "y"),
    "opinion_statements": (
        "wave_id", "item_id", "dimension", "group_number", "n_agree", "n_disagree", "n_pass", "stands_for", "stands_rank",
        "x", "y",
    ),
    "themes": ("wave_id", "item_id", "language", "theme_number", "terms", "n_texts", "is_stable", "reason"),
    "near_duplicates": ("kind", "item_id", "other_item_id", "likeness"),
    "sources": ("entry_id", "wave_id", "file_name", "platform", "version", "records", "accepted", "quarantined", "ignored"),
    "findings": ("wave_id", "level", "rule"),
    "memberships": ("respondent_id", "group_by", "group_value"),
    "respondents": ("status",),
}  # fmt: skip
"""Tables and columns that the report reads; a table that is not given counts as empty."""

OF_GROUPS = frozenset({"n_invited", "n_returned", "panel_retention", "median"})
OF_EVERYONE = frozenset(
    [
        "n_invited",
        "n_shown",
        "n_valid",
        "n_no_opinion",
        "n_declined",
        "n_not_applicable",
        "n_skipped",
        "n_invalid",
        "n_not_shown",
        "n_returned",
        "median",
        "q1",
        "q3",
        "iqr",
        "mean",
        "percent_agreement",
        "bottom_box",
        "van_der_eijk_agreement",
        "mode",
        "kendall_w",
        "panel_retention",
        "n_paired",
        "share_unchanged",
        "share_changed_gt1",
        "net_change",
        "weighted_kappa",
        "delta_median",
        "dropout_bias",
        "dropout_bias_p_holm",
        "krippendorff_alpha",
    ]
)


@dataclass(frozen=True, slots=True)
class Statistic:
    """One row of `statistics`."""

    value: float | None
    low: float | None
    high: float | None
    n: int | None
    label: str | None
    reason: str | None
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """One row of `verdicts`."""

    wave_id: str
    item_id: str
    dimension: str
    rule_id: str | None
    verdict: str
    stability: str
    n: int
    reason: str
    stability_reason: str | None
    flags: tuple[str, ...]


Cell = tuple[str, str]
"""`item_id` and `dimension`."""


class Facts:
    """Lookups over a study and its tables.

    Parameters
    ----------
    study : the resolved study
    tables : frames with at least the columns of `REPORT_TABLES`; unknown frames are not looked at
    """

    def __init__(self, study: Study, tables: Mapping[str, pd.DataFrame]) -> None:
        self.study = study
        self._tables = tables
        self.place = {wave.wave_id: wave.sequence for wave in study.waves}
        self.items = {item.item_id: item for item in study.items}
        self.min_n = study.privacy.small_cells_min_n
        self.groups: tuple[GroupKey, ...] = tuple(
            (group_by, value) for group_by, group in study.groups.items() for value in group.categories
        )
        self._read_statistics()
        self._read_counts()

    def rows(self, table: str, where: pd.Series | None = None) -> Iterator[tuple[Any, ...]]:
        """Rows of a table as tuples in the order of `REPORT_TABLES`; what is missing is None."""
        frame = self._frame(table)
        if where is not None:
            frame = frame[where]
        columns = []
        for name in REPORT_TABLES[table]:
            column = frame[name].astype(object)
            columns.append(column.where(column.notna(), None).tolist())
        return zip(*columns, strict=True)

    def dictionaries(self, table: str) -> Iterator[dict[str, Any]]:
        """Rows of a table by the names of `REPORT_TABLES`; what is missing is None."""
        names = REPORT_TABLES[table]
        return (dict(zip(names, row, strict=True)) for row in self.rows(table))

    def _frame(self, table: str) -> pd.DataFrame:
        frame = self._tables.get(table)
        if frame is None:
            return pd.DataFrame({name: pd.Series(dtype=object) for name in REPORT_TABLES[table]})
        lacking = [name for name in REPORT_TABLES[table] if name not in frame.columns]
        if lacking:
            raise ValueError(f"table {table} has no column {', '.join(lacking)}")
        return frame

    def _read_statistics(self) -> None:
        frame = self._frame("statistics")
        self._statistics: dict[
            tuple[str, str | None, str | None, str | None, str, GroupKey, str], Statistic
        ] = {}
        self._shares: dict[tuple[str, str, str, str], dict[int, Statistic]] = defaultdict(dict)
        self._versus: dict[tuple[str, str | None, str | None], set[str]] = defaultdict(set)
        is_all = frame["group_by"] == EVERYONE[0]
        wanted = (is_all & frame["statistic"].isin(OF_EVERYONE | {"category_share"})) | (
            ~is_all & frame["statistic"].isin(OF_GROUPS)
        )
        options: dict[str, dict[str, Any]] = {}
        for row in self.rows("statistics", wanted):
            (
                wave,
                versus,
                item,
                dimension,
                part,
                group_by,
                group_value,
                name,
                value,
                label,
                low,
                high,
                n,
                reason,
                text,
            ) = row
            params = options.get(text)
            if params is None:
                params = options[text] = json.loads(text or "{}")
            if not self.is_standard(params):
                continue
            found = Statistic(value, low, high, None if n is None else int(n), label, reason, params)
            if name == "category_share":
                self._shares[(wave, item, dimension, part or "")][int(params.get("value", 1))] = found
                continue
            key = (wave, versus, item, dimension, part or "", (group_by, group_value), name)
            self._statistics.setdefault(key, found)
            if versus is not None:
                self._versus[(wave, item, dimension)].add(versus)

    def is_standard(self, params: Mapping[str, Any]) -> bool:
        """Valid answers as base, the study's type of quantile, quadratic weights, no tolerance: what is printed."""
        return (
            params.get("base") not in ("shown", "invited")
            and params.get("quantile_type", self.study.rules.quantile_type) == self.study.rules.quantile_type
            and params.get("weights", "quadratic") == "quadratic"
            and not params.get("tolerance")
        )

    def _read_counts(self) -> None:
        self._counts: dict[tuple[str, str, str, str, GroupKey], dict[int, int]] = defaultdict(dict)
        for wave, item, dimension, part, group_by, group_value, value, n in self.rows("counts"):
            self._counts[(wave, item, dimension, part or "", (group_by, group_value))][int(value)] = int(n)

    def statistic(
        self,
        name: str,
        wave: str,
        cell: Cell | None = None,
        *,
        group: GroupKey = EVERYONE,
        versus: str | None = None,
        part: str = "",
    ) -> Statistic | None:
        """A row of `statistics`, or None where there is none."""
        item, dimension = cell or (None, None)
        return self._statistics.get((wave, versus, item, dimension, part, group, name))

    def value(
        self,
        name: str,
        wave: str,
        cell: Cell | None = None,
        *,
        group: GroupKey = EVERYONE,
        versus: str | None = None,
        part: str = "",
    ) -> float | None:
        """Value of a statistic; None where there is none."""
        found = self.statistic(name, wave, cell, group=group, versus=versus, part=part)
        return None if found is None else found.value

    def count(
        self, name: str, wave: str, cell: Cell | None = None, *, group: GroupKey = EVERYONE
    ) -> int | None:
        """Value of a statistic that is a count."""
        found = self.value(name, wave, cell, group=group)
        return None if found is None else round(found)

    def shares(self, wave: str, cell: Cell, part: str = "") -> dict[int, Statistic]:
        """`category_share` by the category's value."""
        return self._shares.get((wave, *cell, part), {})

    def counts(self, wave: str, cell: Cell, *, group: GroupKey = EVERYONE, part: str = "") -> dict[int, int]:
        """Answers per category; empty where the scale has none or the wave did not ask."""
        return self._counts.get((wave, *cell, part, group), {})

    def versus(self, wave: str, cell: Cell | None = None) -> list[str]:
        """Earlier waves that a wave is compared with, in order."""
        item, dimension = cell or (None, None)
        return sorted(self._versus.get((wave, item, dimension), ()), key=lambda one: self.place[one])

    @cached_property
    def waves(self) -> tuple[Wave, ...]:
        """Waves in their order."""
        return tuple(sorted(self.study.waves, key=lambda wave: wave.sequence))

    @cached_property
    def answered_waves(self) -> tuple[Wave, ...]:
        """Waves of which anything has been counted."""
        seen = {key[0] for key in self._statistics} | {key[0] for key in self._counts}
        return tuple(wave for wave in self.waves if wave.wave_id in seen)

    def asked(self, wave: Wave) -> Iterator[tuple[Item, str, Scale]]:
        """Item × dimension that a wave asked, with its scale."""
        for item_id in wave.item_ids:
            item = self.items[item_id]
            for dimension in item.dims:
                yield item, dimension, self.study.scale_of(item, dimension)

    def waves_of(self, cell: Cell) -> list[Wave]:
        """Waves with answers that asked an item in a dimension, in order."""
        return [wave for wave in self.answered_waves if cell[0] in wave.item_ids]

    @cached_property
    def verdicts(self) -> dict[tuple[str, str, str, GroupKey], VerdictRow]:
        """Verdict by wave, item, dimension and group."""
        found = {}
        for (
            wave,
            item,
            dimension,
            by,
            group,
            rule,
            verdict,
            stability,
            n,
            reason,
            settled,
            flags,
        ) in self.rows("verdicts"):
            row = VerdictRow(
                wave,
                item,
                dimension,
                rule,
                verdict,
                stability,
                int(n),
                reason,
                settled,
                tuple((flags or "").split()),
            )
            found[(wave, item, dimension, (by, group))] = row
        return found

    @cached_property
    def standing(self) -> dict[Cell, VerdictRow]:
        """The verdict of the last wave that rated an item, in the order of the study file."""
        last: dict[Cell, VerdictRow] = {}
        for (_, item, dimension, group), row in self.verdicts.items():
            if group != EVERYONE:
                continue
            known = last.get((item, dimension))
            if known is None or self.place[row.wave_id] > self.place[known.wave_id]:
                last[(item, dimension)] = row
        order = [(item.item_id, dimension) for item in self.study.items for dimension in item.dims]
        return {cell: last[cell] for cell in order if cell in last}

    @cached_property
    def actions(self) -> dict[tuple[str, str], tuple[str, str | None, str]]:
        """(wave, item) → action, target and reason."""
        return {
            (wave, item): (action, target, reason)
            for wave, item, action, target, _, _, reason in self.rows("actions")
        }

    @cached_property
    def findings(self) -> Counter[tuple[str, str]]:
        """How many findings there are, by level and rule."""
        return Counter((level, rule) for _, level, rule in self.rows("findings"))

    @cached_property
    def statuses(self) -> Counter[str]:
        """How many people have each status on the panel."""
        return Counter(str(status) for (status,) in self.rows("respondents"))

    @cached_property
    def overlap(self) -> Overlap:
        """Which groups hold the same people."""
        if len(self._frame("memberships")) == 0:
            return Overlap(None, self.groups)
        own: dict[str, set[GroupKey]] = defaultdict(set)
        for respondent, group_by, value in self.rows("memberships"):
            own[respondent].add((group_by, value))
        return Overlap({who: frozenset(groups) for who, groups in own.items()}, self.groups)

    def group_label(self, group: GroupKey) -> str:
        """Name of a group."""
        return self.study.groups[group[0]].categories[group[1]]

    def text_of(self, item: Item, wave: str | None = None) -> tuple[str, str]:
        """Wording of an item in force in a wave (default: the last), with its language; its id where it has none."""
        texts: Mapping[str, str] = item.texts
        for version in item.versions:
            if wave is None or self.place[version.from_wave] <= self.place[wave]:
                texts = {**texts, **version.texts}
        language = _preferred(texts, self.study.languages)
        return (item.item_id, "") if language is None else (texts[language], language)


def _preferred(texts: Mapping[str, str], languages: Sequence[str]) -> str | None:
    """The page is in English: an English wording where there is one, else the study's first language."""
    return next((one for one in ("en", "", *languages, *texts) if one in texts), None)
