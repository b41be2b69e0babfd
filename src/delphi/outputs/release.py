"""What analysts outside the team may have: numbers of the whole panel as the report shows them, and safe shares of groups."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from delphi.outputs.disclosure import GroupKey, Relation, hidden_groups
from delphi.outputs.facts import EVERYONE, Cell, Facts
from delphi.outputs.participation import hidden_in_participation
from delphi.outputs.ratings import bands, has_bands
from delphi.outputs.reasons import tells_more
from delphi.outputs.rules_in_words import dimensions_of_groups
from delphi.study.model import Scale, Study, Wave

SUPPRESSED = "suppressed"
"""Reason of a number that is withheld so that no small group can be worked out."""

STEP = 5
"""Sizes of groups are given to the nearest 5 people, shares within groups to the nearest 5 %."""

PLAIN_TABLES = ("study", "waves", "items", "wordings", "asked", "scales", "categories", "groups")
"""Tables that say what was asked; they come from the study file and hold nothing of anybody."""

OF_ANSWERS = (
    "n_shown", "n_valid", "n_no_opinion", "n_declined", "n_not_applicable", "n_skipped", "n_invalid", "median", "q1",
    "q3", "iqr", "percent_agreement", "bottom_box", "van_der_eijk_agreement", "category_share", "kendall_w",
)  # fmt: skip
"""Of one wave. Mean and spread are left out, from which sums of answers follow; but for the mean rank of an object."""
OF_PAIRS = (
    "n_paired",
    "share_unchanged",
    "share_changed_gt1",
    "net_change",
    "weighted_kappa",
    "delta_median",
)
OF_PANEL = ("n_invited", "n_returned", "panel_retention", "n_items")
WITH_INTERVAL = ("percent_agreement", "weighted_kappa", "panel_retention")
OF_GROUPS = ("percent_agreement", "median")

Row = dict[str, Any]


@dataclass(frozen=True)
class Released:
    """The tables of a release, and how many numbers of which kind are withheld."""

    tables: dict[str, pd.DataFrame]
    withheld: dict[str, int]


def released(study: Study, tables: Mapping[str, pd.DataFrame]) -> Released:
    """Choose and coarsen what leaves the team.

    Parameters
    ----------
    study : the resolved study
    tables : tables of the warehouse, in full; those about persons only tell which groups hold the same people
    """
    return _Release(study, tables).build()


class _Release:
    def __init__(self, study: Study, tables: Mapping[str, pd.DataFrame]) -> None:
        self.facts = Facts(study, tables)
        self.tables = tables
        self.min_n = self.facts.min_n
        self.withheld: dict[str, int] = {}

    def build(self) -> Released:
        made = {name: self.tables[name] for name in PLAIN_TABLES}
        # Free text about the study may name people and places to write to.
        made["study"] = made["study"][
            ["study_id", "title", "time_zone", "small_cells_min_n", "quantile_type"]
        ]
        made["counts"] = pd.DataFrame(list(self._counts()))
        made["statistics"] = pd.DataFrame([*self._whole_panel(), *self._group_rows()])
        made["verdicts"] = pd.DataFrame(list(self._verdicts()))
        made["actions"] = self.tables["actions"]
        made["stopping"] = self.tables["stopping"]
        made["release"] = pd.DataFrame(self._about(), columns=["name", "value", "meaning"])
        return Released(made, dict(self.withheld))

    def _note(self, kind: str, n: int = 1) -> None:
        self.withheld[kind] = self.withheld.get(kind, 0) + n

    def _is_small(self, n: float | None) -> bool:
        return n is not None and 0 < n < self.min_n

    def _n_valid(self, wave: str, cell: Cell, part: str) -> float | None:
        """Valid answers of a cell, or of one of its parts; statistics of all parts together have the most answered."""
        scale = self.facts.study.scale_of(self.facts.items[cell[0]], cell[1])
        parts = [part] if part in scale.parts else scale.parts
        known = [self.facts.value("n_valid", wave, cell, part=one) for one in parts]
        return max((n for n in known if n is not None), default=None)

    def _cells(self) -> Iterator[tuple[Wave, Cell, Scale]]:
        for wave in self.facts.answered_waves:
            for item, dimension, scale in self.facts.asked(wave):
                yield wave, (item.item_id, dimension), scale

    def _counts(self) -> Iterator[Row]:
        """Counts of the whole panel: by band of a rated item, by category of a choice."""
        for wave, cell, scale in self._cells():
            for part in scale.parts:
                own = self.facts.counts(wave.wave_id, cell, part=part)
                if has_bands(scale):
                    told: list[tuple[int | None, str | None, int]] = [
                        (
                            None,
                            band.name,
                            sum(n for value, n in own.items() if band.low <= value <= band.high),
                        )
                        for band in scale.bands
                    ]
                elif scale.kind in ("nominal", "multi"):
                    told = [(value, None, n) for value, n in own.items()]
                else:
                    self._note("counts of ratings without bands, and of ranks", len(own))
                    continue
                is_hidden = self._is_small(sum(own.values()))
                if is_hidden:
                    self._note("counts of the whole panel", len(told))
                for value, band, n in told:
                    yield {
                        "wave_id": wave.wave_id, "item_id": cell[0], "dimension": cell[1], "part": part,
                        "group_by": EVERYONE[0], "group_value": EVERYONE[1], "value": value, "band": band,
                        "n": None if is_hidden else n, "reason": SUPPRESSED if is_hidden else None,
                    }  # fmt: skip
        of_groups = self.tables["counts"]["group_by"] != EVERYONE[0]
        self._note("counts of groups", int(of_groups.sum()))

    def _whole_panel(self) -> Iterator[Row]:
        """Statistics of everyone that the report shows; a cell with few answers is withheld whole."""
        frame = self.tables["statistics"]
        frame = frame[frame["group_by"] == EVERYONE[0]]
        for row in frame.astype(object).where(frame.notna(), None).to_dict("records"):
            params = json.loads(row["params"] or "{}")
            if not self._is_shown(row, params):
                self._note("statistics that the report does not show")
                continue
            if row["item_id"] is None:
                is_hidden = False
            elif row["versus_wave_id"] is not None:
                cell = (row["item_id"], row["dimension"])
                pairs = self.facts.value(
                    "n_paired", row["wave_id"], cell, versus=row["versus_wave_id"], part=row["part"] or ""
                )
                is_hidden = self._is_small(pairs) or pairs is None
            else:
                cell = (row["item_id"], row["dimension"])
                is_hidden = self._is_small(self._n_valid(row["wave_id"], cell, row["part"] or ""))
                is_hidden |= row["statistic"] not in _COUNTED and self._is_small(row["n"])
            if row["statistic"] not in WITH_INTERVAL:
                row |= {"low": None, "high": None}
            if is_hidden:
                self._note("statistics of the whole panel")
                kept = {"value": params["value"]} if "value" in params else {}
                row |= {
                    "value": None, "label": None, "low": None, "high": None, "n": None, "reason": SUPPRESSED,
                    "flags": None, "params": _json(kept),
                }  # fmt: skip
            yield {str(name): value for name, value in row.items()}

    def _is_shown(self, row: Mapping[Any, Any], params: Mapping[str, Any]) -> bool:
        name = row["statistic"]
        if not self.facts.is_standard(params):
            return False
        if row["item_id"] is None:
            return name in OF_PANEL
        if row["versus_wave_id"] is not None:
            return name in OF_PAIRS
        if name == "mean":
            scale = self.facts.study.scale_of(self.facts.items[row["item_id"]], row["dimension"])
            return scale.kind == "rank"
        return name in OF_ANSWERS

    def _group_rows(self) -> Iterator[Row]:
        """Share in the agreement band and median of every group, where nothing small follows from them."""
        yield from self._returned_of_groups()
        for item in self.facts.study.items:
            for dimension in item.dims:
                cell, scale = (item.item_id, dimension), self.facts.study.scale_of(item, dimension)
                band = scale.agreement_band
                if not has_bands(scale) or band is None:
                    continue
                waves = [wave.wave_id for wave in self.facts.waves_of(cell)]
                hidden = self._hidden(cell, scale, waves)
                for wave in waves:
                    for group in self.facts.groups:
                        parts = bands(self.facts, wave, cell, scale, group)
                        size, is_hidden = sum(parts), group in hidden or sum(parts) < self.min_n
                        share = {"band": band.name, "base": "valid"}
                        values = {
                            "percent_agreement": None if is_hidden else _to_step(100 * parts[2] / size) / 100,
                            "median": None
                            if is_hidden
                            else self.facts.value("median", wave, cell, group=group),
                        }
                        for name in OF_GROUPS:
                            if is_hidden:
                                self._note("shares and medians of groups")
                            yield self._group_row(
                                wave, cell, group, name, values[name], size, is_hidden,
                                share if name == "percent_agreement" else {"quantile_type": self.facts.study.rules.quantile_type},
                            )  # fmt: skip

    def _returned_of_groups(self) -> Iterator[Row]:
        for wave in self.facts.answered_waves:
            for group in self.facts.groups:
                n = self.facts.count("n_returned", wave.wave_id, group=group) or 0
                is_hidden = group in self._few or n < self.min_n
                if is_hidden:
                    self._note("returns of groups")
                yield self._group_row(
                    wave.wave_id, (None, None), group, "n_returned", _to_step(n), None, is_hidden, {}
                )

    def _group_row(
        self,
        wave: str,
        cell: tuple[str | None, str | None],
        group: GroupKey,
        statistic: str,
        value: float | None,
        size: int | None,
        is_hidden: bool,
        params: Mapping[str, Any],
    ) -> Row:
        return {
            "wave_id": wave, "versus_wave_id": None, "item_id": cell[0], "dimension": cell[1],
            "part": None if cell[0] is None else "", "group_by": group[0], "group_value": group[1],
            "statistic": statistic, "value": None if is_hidden else value, "label": None, "low": None, "high": None,
            "n": None if is_hidden or size is None else _to_step(size),
            "reason": SUPPRESSED if is_hidden else None,
            "flags": None if is_hidden else "rounded", "params": _json(params),
        }  # fmt: skip

    @cached_property
    def _few(self) -> frozenset[GroupKey]:
        """Groups of which few were invited or returned, with those that would give them away."""
        return hidden_in_participation(self.facts)

    def _hidden(self, cell: Cell, scale: Scale, waves: list[str]) -> frozenset[GroupKey]:
        """Groups without numbers on an item, in all waves alike.

        Shown are groups of which at least `min_n` people are inside of the agreement band and at least `min_n`
        outside; what is not shown, taken together, is in every dimension nobody, or as many inside and outside.
        """
        everyone = {wave: bands(self.facts, wave, cell, scale) for wave in waves}
        own = {
            wave: {group: bands(self.facts, wave, cell, scale, group) for group in self.facts.groups}
            for wave in waves
        }
        relations, hidden = [], set(self._few)
        for wave in waves:
            sizes = {group: sum(parts) for group, parts in own[wave].items()}
            inside = {group: parts[2] for group, parts in own[wave].items()}
            outside = {group: sizes[group] - inside[group] for group in sizes}
            total, within = sum(everyone[wave]), everyone[wave][2]
            relations += [Relation(sizes, total), Relation(inside, within), Relation(outside, total - within)]
            hidden |= {group for group, n in sizes.items() if n and 0 in (inside[group], outside[group])}
        while True:
            hidden = set(hidden_groups(relations, self.min_n, self.facts.overlap, hidden))
            more = self._next_to_hide(relations, hidden)
            if more is None:
                return frozenset(hidden)
            hidden.add(more)

    def _next_to_hide(self, relations: list[Relation], hidden: set[GroupKey]) -> GroupKey | None:
        """The smallest shown group of a dimension whose rest, all that is not shown, is too small somewhere."""
        for dimension in self.facts.study.groups:
            shown = [group for group in self.facts.groups if group[0] == dimension and group not in hidden]
            if not shown:
                continue
            # Sizes, inside and outside of one wave stand side by side.
            for place in range(0, len(relations), 3):
                rests = [
                    one.total - sum(one.sizes.get(group, 0) for group in shown)
                    for one in relations[place : place + 3]
                ]
                if rests[0] and min(rests) < self.min_n:
                    return min(shown, key=lambda group: (relations[place].sizes.get(group, 0), group))
        return None

    def _verdicts(self) -> Iterator[Row]:
        """Verdicts of everyone; a reason that tells counts of groups, or a number that is not released, is withheld."""
        told_groups = [f"within {one}".casefold() for one in dimensions_of_groups(self.facts.study.rules)]
        for (wave, item, dimension, group), row in self.facts.verdicts.items():
            if group != EVERYONE:
                self._note("verdicts of groups")
                continue
            cell, n = (item, dimension), row.n
            reason, stability_reason = row.reason, row.stability_reason
            if self._is_small(n):
                self._note("sizes and reasons of verdicts")
                n_told, reason, stability_reason = None, f"Fewer than {self.min_n} valid answers.", None
            else:
                n_told = n
            pairs = [
                self.facts.value("n_paired", wave, cell, versus=versus)
                for versus in self.facts.versus(wave, cell)
            ]
            if stability_reason is not None and any(self._is_small(one) for one in pairs):
                stability_reason = f"Fewer than {self.min_n} people answered both rounds."
            sentences: list[str | None] = []
            facts = self.facts
            scale = facts.study.scale_of(facts.items[item], dimension)
            finer = tells_more(
                facts.study.rules,
                facts.items[item],
                dimension,
                scale,
                OF_ANSWERS,
                (*OF_PAIRS, "share_changed"),
            )
            for sentence, is_finer in zip((reason, stability_reason), finer, strict=True):
                is_told = sentence is not None and (
                    is_finer or any(one in sentence.casefold() for one in told_groups)
                )
                if is_told:
                    self._note("sizes and reasons of verdicts")
                sentences.append(None if is_told else sentence)
            yield {
                "wave_id": wave, "item_id": item, "dimension": dimension, "group_by": EVERYONE[0],
                "group_value": EVERYONE[1], "rule_id": row.rule_id, "verdict": row.verdict,
                "stability": row.stability, "n": n_told, "reason": sentences[0],
                "stability_reason": sentences[1], "flags": " ".join(row.flags) or None,
            }  # fmt: skip

    def _about(self) -> list[tuple[str, str, str]]:
        rules = [
            ("min_n", str(self.min_n), "Groups, and rests of groups, of fewer people than this are withheld."),
            ("whole_panel", "as in the report", "Bands of ratings, categories of choices, quartiles; withheld below min_n answers."),
            ("group_shares", f"to {STEP} %", "Only where min_n people of the group, and of all groups not shown, are in the agreement band, and as many are not."),
            ("group_sizes", f"to {STEP} people", "The n of a group, and the returned of a group."),
            ("group_counts", "none", "Counts of groups are never released."),
            ("persons", "none", "No person, pseudonym, single answer, comment, or file, and not who was invited or answered."),
        ]  # fmt: skip
        return rules + [
            (f"withheld: {kind}", str(n), "Numbers that are not in this file, or stand there as null with the reason suppressed.")
            for kind, n in sorted(self.withheld.items()) if n
        ]  # fmt: skip


_COUNTED = frozenset(name for name in OF_ANSWERS if name.startswith("n_"))


def _json(params: Mapping[str, Any]) -> str:
    return json.dumps(params, sort_keys=True, separators=(",", ":"))


def _to_step(value: float) -> int:
    """To the nearest multiple of `STEP`, halves up."""
    return STEP * int(value / STEP + 0.5)
