"""An invented study of three rounds with its tables, written out without the pipeline."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from fractions import Fraction

import numpy as np
import pandas as pd

from delphi.study.model import (
    AllClause,
    Band,
    Category,
    ConsensusRule,
    EachGroupClause,
    Group,
    Item,
    Rules,
    Scale,
    ShareClause,
    StabilityRule,
    Stopping,
    Study,
    TransitionRule,
    Wave,
)

THEMES = {"S": "Skills and qualifications", "P": "Permits & procedures", "C": "Cities"}
ROLES = {"company": "Company", "government": "Government", "city": "City", "ngo": "Migrant-led organisation"}
BLOCS = {"business": "Business", "public": "Public bodies", "civil": "Civil society"}
BLOC_OF = {"company": "business", "government": "public", "city": "public", "ngo": "civil"}
SIZES = {"r1": (30, 15, 9, 6), "r2": (27, 13, 8, 5), "r3": (23, 11, 8, 4)}


def ordinal(scale_id: str, points: int, low: int, high: int) -> Scale:
    """A scale from 1 with three bands."""
    bands = (Band(name="low", low=1, high=low), Band(name="middle", low=low + 1, high=high - 1), Band(name="high", low=high, high=points))  # fmt: skip
    return Scale(
        scale_id=scale_id, kind="ordinal", minimum=1, maximum=points, bands=bands,
        categories=tuple(Category(value=v, code=str(v), label=str(v)) for v in range(1, points + 1)),
    )  # fmt: skip


def choice(scale_id: str, kind: str, names: dict[str, str]) -> Scale:
    """A scale of named choices."""
    categories = tuple(Category(value=k, code=c, label=t) for k, (c, t) in enumerate(names.items(), start=1))
    return Scale(scale_id=scale_id, kind=kind, categories=categories)  # type: ignore[arg-type]


SCALES = {
    "imp9": ordinal("imp9", 9, 3, 7),
    "agree5": ordinal("agree5", 5, 2, 4),
    "leader": choice("leader", "nominal", {"city": "City", "firm": "A firm", "agency": "An agency"}),
    "services": choice("services", "multi", {"home": "Housing", "school": "School", "bank": "Bank"}),
    "barriers": choice("barriers", "rank", {"risk": "Too risky", "slow": "Too slow"}),
    "days": Scale(scale_id="days", kind="number", minimum=0, maximum=100, units="working days"),
    "text": Scale(scale_id="text", kind="text"),
}
WORDS = (
    "A fast track that decides on a foreign qualification within {} days",
    "A published service standard for permits, checked by auditors every {} months",
    "One named contact person for employers in city hall, for at least {} languages",
)


def rules() -> Rules:
    """Consensus in and out with a clause on groups, and two rules of stability."""
    return Rules(
        preset="default_75_15_stable",
        consensus=(
            ConsensusRule(
                rule_id="agreed", min_n=12, min_valid_share=Fraction(1, 2), verdict="consensus_in",
                require=AllClause(of=(
                    ShareClause(band="high", op="at_least", value=Fraction(7, 10)),
                    ShareClause(band="low", op="less_than", value=Fraction(3, 20)),
                    EachGroupClause(of="role", only=("company", "government"), min_n=8,
                                    require=ShareClause(band="high", op="at_least", value=Fraction(3, 5))),
                )),
            ),
            ConsensusRule(
                rule_id="refused", verdict="consensus_out",
                require=ShareClause(band="low", op="at_least", value=Fraction(7, 10)),
            ),
        ),
        stability=(
            StabilityRule(rule_id="net", measure="net_change", op="less_than", value=Fraction(3, 20)),
            StabilityRule(rule_id="near", measure="share_unchanged", tolerance=2, op="at_least", value=Fraction(17, 20)),
        ),
        transitions=(TransitionRule(after="r3", verdict="consensus_in", action="close"), TransitionRule(after="r3", action="report_dissent")),
        stopping=Stopping(max_rounds=3),
    )  # fmt: skip


def study(items: tuple[Item, ...] | None = None, waves: int = 3, **changes: object) -> Study:
    """The study; by default 45 rated items and one of each other kind."""
    if items is None:
        rated = [
            Item(item_id=f"{theme}{k}", theme=theme, texts={"": WORDS[k % 3].format(20 + k)},
                 dims={"importance": "imp9"} if k % 4 else {"agreement": "agree5"})
            for theme in THEMES for k in range(1, 16)
        ]  # fmt: skip
        others = [
            Item(item_id="O1", kind="open", texts={"": "What did we not ask?"}, dims={"rating": "text"}),
            Item(item_id="L1", texts={"": "Who should lead?"}, dims={"rating": "leader"}),
            Item(item_id="M1", texts={"": "Which services matter?"}, dims={"rating": "services"}),
            Item(item_id="K1", kind="rank", texts={"": "Rank the barriers"}, dims={"rating": "barriers"}),
            Item(item_id="N1", texts={"": "How many days?"}, dims={"rating": "days"}),
        ]
        items = (*rated, *others)
    rounds = tuple(
        Wave(
            wave_id=f"r{k}", kind="round", round_kind="rating", sequence=k, aim="Rate what is open",
            opens_at=datetime(2024, k, 3, 23, 0, tzinfo=UTC), closes_at=datetime(2024, k, 20, 21, 59, tzinfo=UTC),
            item_ids=tuple(item.item_id for item in items),
        )
        for k in range(1, waves + 1)
    )  # fmt: skip
    values: dict[str, object] = {
        "study_id": "invented", "title": "Permits, skills and cities: an invented study", "scales": SCALES,
        "themes": THEMES, "items": items, "waves": rounds, "sources": (), "rules": rules(),
        "time_zone": "Europe/Amsterdam", "study_file_sha256": "ab" * 32,
        "groups": {
            "role": Group(group_by="role", label="Role", categories=ROLES),
            "bloc": Group(group_by="bloc", label="Bloc", categories=BLOCS),
        },
        "about": {"aim": "Map where they agree", "team": [{"name": "A. Invented", "role": "methods"}]},
    }  # fmt: skip
    return Study(**(values | changes))  # type: ignore[arg-type]


class Writer:
    """Collects rows of statistics."""

    def __init__(self) -> None:
        self.rows: list[dict[str, object]] = []

    def add(self, wave: str, name: str, value: float | None, n: int, **more: object) -> None:
        row: dict[str, object] = {
            "wave_id": wave, "versus_wave_id": None, "item_id": None, "dimension": None, "part": None,
            "group_by": "all", "group_value": "all", "statistic": name, "value": value, "label": None,
            "low": None, "high": None, "n": n, "reason": None, "flags": None, "params": "{}",
        }  # fmt: skip
        self.rows.append(row | more)


def members(wave: str) -> list[tuple[str, str, str]]:
    """Respondent, role and bloc of those who returned a wave; later rounds are subsets of earlier ones."""
    return [
        (f"secret-{role}-{k}", role, BLOC_OF[role])
        for role, size in zip(ROLES, SIZES[wave], strict=True)
        for k in range(size)
    ]


def tables(of: Study, seed: int = 5) -> dict[str, pd.DataFrame]:
    """Frames with the columns of the warehouse."""
    rng = np.random.default_rng(seed)
    writer, counts, verdicts, actions = Writer(), [], [], []
    for wave in of.waves:
        here = members(wave.wave_id)
        _add_participation(of, wave, writer)
        for place, item in enumerate(of.items):
            for dimension, scale_id in item.dims.items():
                scale = of.scales[scale_id]
                where = {"item_id": item.item_id, "dimension": dimension, "part": ""}
                if scale.kind == "ordinal":
                    given = _ratings(rng, scale, place, wave.sequence, len(here))
                    _add_rating(writer, counts, wave.wave_id, where, scale, given, here, wave.sequence)
                    high = int(sum(given >= scale.bands[-1].low))
                    verdict = "consensus_in" if high / len(here) >= 0.7 else "no_consensus"
                    verdict = (
                        "consensus_out" if sum(given <= scale.bands[0].high) / len(here) >= 0.7 else verdict
                    )
                    state = "not_assessable" if wave.sequence == 1 else "stable" if place % 3 else "unstable"
                    verdicts.append({
                        "wave_id": wave.wave_id, "item_id": item.item_id, "dimension": dimension, "group_by": "all",
                        "group_value": "all", "rule_id": "agreed", "verdict": verdict, "stability": state,
                        "n": len(here), "reason": f"{high} of {len(here)} valid answers lie in high (7-9).",
                        "stability_reason": "38 of 41 paired answers are the same.", "flags": None,
                    })  # fmt: skip
                    actions.append({
                        "wave_id": wave.wave_id, "item_id": item.item_id, "action": "carry", "target": None,
                        "verdict": verdict, "stability": state, "reason": "So the rules say.",
                    })  # fmt: skip
                elif scale.kind in ("nominal", "multi", "rank"):
                    for part in scale.parts:
                        for value in scale.counted_values:
                            counts.append({**where, "part": part, "wave_id": wave.wave_id, "group_by": "all", "group_value": "all", "value": value, "n": 10 + value})  # fmt: skip
                        writer.add(wave.wave_id, "mean", 1.5, 30, **{**where, "part": part})
                    writer.add(wave.wave_id, "kendall_w", 0.21, 30, **where)
                else:
                    for name, value in (("n_valid", 30.0), ("median", 12.5), ("q1", 8.0), ("q3", 20.25)):
                        writer.add(wave.wave_id, name, value, 30, **where)
    people = [(who, "role", role) for who, role, _ in members("r1")] + [
        (who, "bloc", bloc) for who, _, bloc in members("r1")
    ]
    return {
        "counts": pd.DataFrame(counts),
        "statistics": pd.DataFrame(writer.rows),
        "verdicts": pd.DataFrame(verdicts, columns=["wave_id", "item_id", "dimension", "group_by", "group_value", "rule_id", "verdict", "stability", "n", "reason", "stability_reason", "flags"]),
        "actions": pd.DataFrame(actions, columns=["wave_id", "item_id", "action", "target", "verdict", "stability", "reason"]),
        "stopping": pd.DataFrame([{"wave_id": "r1", "condition": "max_rounds", "is_met": False, "numerator": 1, "denominator": 3, "reason": "1 of 3 rounds is done."}]),
        "sources": pd.DataFrame([{"entry_id": "source_1", "wave_id": "r1", "file_name": "r1.csv", "platform": "csv", "version": 1, "records": 63, "accepted": 60, "quarantined": 2, "ignored": 1}]),
        "findings": pd.DataFrame([{"wave_id": "r1", "level": "cell", "rule": "off_scale", "raw_value": "secret raw", "reason": "row 12"}] * 3),
        "memberships": pd.DataFrame(people, columns=["respondent_id", "group_by", "group_value"]),
        "respondents": pd.DataFrame({"respondent_id": [who for who, _, _ in members("r1")], "status": "answered"}),
    }  # fmt: skip


def _ratings(rng: np.random.Generator, scale: Scale, place: int, sequence: int, n: int) -> np.ndarray:
    centre = (0.82, 0.5, 0.75, 0.2)[place % 4] * (scale.maximum or 9)
    given = np.round(rng.normal(centre, 1.6 - 0.4 * sequence, n))
    return np.clip(given, 1, scale.maximum)


def _add_participation(of: Study, wave: Wave, writer: Writer) -> None:
    before = f"r{wave.sequence - 1}"
    for group in [
        ("all", "all"),
        *((by, value) for by, one in of.groups.items() for value in one.categories),
    ]:

        def size(wave_id: str, group: tuple[str, str] = group) -> int:
            return sum(group[0] == "all" or group[1] in row for row in members(wave_id))

        where = {"group_by": group[0], "group_value": group[1]}
        here, earlier = size(wave.wave_id), size(before) if wave.sequence > 1 else size(wave.wave_id) + 10
        writer.add(wave.wave_id, "n_returned", here, here, **where)
        writer.add(wave.wave_id, "n_invited", earlier, here, **where)
        if wave.sequence > 1:
            for versus in dict.fromkeys(("r1", before)):
                writer.add(
                    wave.wave_id,
                    "panel_retention",
                    here / size(versus),
                    size(versus),
                    versus_wave_id=versus,
                    **where,
                )


def _add_rating(
    writer: Writer, counts: list[dict[str, object]], wave: str, where: dict[str, str], scale: Scale,
    given: np.ndarray, here: list[tuple[str, str, str]], sequence: int,
) -> None:  # fmt: skip
    groups = {("all", "all"): np.ones(len(here), bool)}
    groups |= {("role", value): np.array([role == value for _, role, _ in here]) for value in ROLES}
    groups |= {("bloc", value): np.array([bloc == value for _, _, bloc in here]) for value in BLOCS}
    for (by, value), mask in groups.items():
        own, keys = given[mask], {**where, "group_by": by, "group_value": value}
        for category in scale.categories:
            counts.append(
                {**keys, "wave_id": wave, "value": category.value, "n": int((own == category.value).sum())}
            )
        typed = {"params": json.dumps({"quantile_type": 7})}
        for name, p in (("q1", 25), ("median", 50), ("q3", 75)):
            writer.add(
                wave, name, float(np.percentile(own, p)) if len(own) else None, len(own), **keys, **typed
            )
        writer.add(wave, "n_shown", len(own), len(own), **keys)
        writer.add(wave, "n_valid", len(own), len(own), **keys)
    n = len(given)
    writer.add(wave, "iqr", 2.0, n, **where)
    writer.add(wave, "van_der_eijk_agreement", 0.5, n, **where)
    writer.add(wave, "percent_agreement", 0.7, n, low=0.6, high=0.8, **where)
    if sequence > 1:
        versus = {"versus_wave_id": f"r{sequence - 1}"}
        for name, value in (("n_paired", 40.0), ("share_unchanged", 0.5), ("share_changed_gt1", 0.1), ("net_change", 0.12), ("delta_median", 0.5)):  # fmt: skip
            writer.add(wave, name, value, 40, **where, **versus)
        writer.add(
            wave,
            "weighted_kappa",
            0.6,
            40,
            low=0.4,
            high=0.8,
            params='{"weights":"quadratic"}',
            **where,
            **versus,
        )
