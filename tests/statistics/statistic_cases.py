"""A study with every kind of scale, invented answers, and the tables they become, counted one answer at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
import pandas as pd

from delphi.stages.statistic_rows import Tables
from delphi.study.model import Band, Category, Group, Item, Rules, Scale, StabilityRule, Study, Wave

ROLE = {"company": "Company", "city": "City"}


def ordinal(scale_id: str, points: int, **options: object) -> Scale:
    """Scale 1 to `points` with a band of two points at either end."""
    return Scale(
        scale_id=scale_id, kind="ordinal", minimum=1, maximum=points,
        bands=(Band(name="low", low=1, high=2), Band(name="high", low=points - 1, high=points)) if points > 3 else (),
        categories=tuple(Category(value=v, code=str(v), label=str(v)) for v in range(1, points + 1)), **options,
    )  # fmt: skip


def named(scale_id: str, kind: str, codes: str) -> Scale:
    """Nominal, multiple-choice or ranking scale with the categories named."""
    categories = tuple(
        Category(value=place, code=code, label=code) for place, code in enumerate(codes.split(), 1)
    )
    return Scale(scale_id=scale_id, kind=kind, categories=categories)  # type: ignore[arg-type]


SCALES = {
    scale.scale_id: scale
    for scale in (
        ordinal("imp5", 5), ordinal("yesno", 2), named("where", "nominal", "north south east"),
        named("tools", "multi", "phone mail visit"), named("order", "rank", "a b c"),
        Scale(scale_id="days", kind="number"), Scale(scale_id="guess", kind="interval"), Scale(scale_id="words", kind="text"),
    )
}  # fmt: skip
DIMS = {
    "s1": {"importance": "imp5", "feasibility": "imp5"}, "s2": {"importance": "imp5", "feasibility": "imp5"},
    "s3": {"importance": "imp5"}, "s4": {"importance": "yesno"}, "w": {"rating": "where"}, "t": {"rating": "tools"},
    "o": {"rating": "order"}, "d": {"rating": "days"}, "g": {"rating": "guess"}, "x": {"rating": "words"},
}  # fmt: skip


def a_study(rules: Rules | None = None, dims: dict[str, dict[str, str]] | None = None) -> Study:
    """Three rounds and a survey part of the items given."""
    given = dims or DIMS
    waves = [
        Wave(wave_id=f"r{k}", kind="round", round_kind="rating", sequence=k, item_ids=tuple(given))
        for k in (1, 2, 3)
    ]
    survey = Wave(wave_id="part_a", kind="survey", round_kind=None, sequence=4, item_ids=tuple(given))
    return Study(
        study_id="s", title="S", scales=SCALES, items=tuple(Item(item_id=k, dims=v) for k, v in given.items()),
        groups={"role": Group(group_by="role", label="Role", categories=ROLE)}, waves=(*waves, survey), sources=(),
        rules=rules or Rules(), study_file_sha256="0",
    )  # fmt: skip


WITH_TOLERANCE = Rules(
    stability=(StabilityRule(rule_id="moved", between=("r1", "r3"), measure="share_unchanged", tolerance=1),)
)

Answer = tuple[str, str, str, str, str, object]
"""Wave, respondent, item, dimension, part, and a number, a text of an answer, or `-state` of a non-answer."""


def tables_of(
    study: Study, answers: Iterable[Answer], roles: dict[str, str], wave_id: str, *,
    wordings: dict[tuple[str, str], int] | None = None, invited: Iterable[str] = (),
) -> Tables:  # fmt: skip
    """The tables of a wave from single answers."""
    order = [wave.wave_id for wave in study.waves]
    upto = order[: order.index(wave_id) + 1]
    given = [answer for answer in answers if answer[0] in upto]
    groups = {person: [("all", "all"), *([("role", role)] if role else [])] for person, role in roles.items()}
    returned = {wave: {a[1] for a in given if a[0] == wave} for wave in upto}
    kind = {(i.item_id, d): study.scales[s] for i in study.items for d, s in i.dims.items()}
    asked = [
        (wave, item, dimension, (wordings or {}).get((wave, item), 0))
        for wave in upto if returned[wave] for item, dimension in kind
    ]  # fmt: skip
    value = {a[:5]: float(a[5]) for a in given if not isinstance(a[5], str)}
    state = {a[:5]: a[5][1:] for a in given if isinstance(a[5], str) and a[5].startswith("-")}
    text = {a[:5]: a[5] for a in given if isinstance(a[5], str) and not a[5].startswith("-")}
    counts: Counter[tuple] = Counter()
    for (wave, person, *cell), number in value.items():
        if kind[(cell[0], cell[1])].counted_values:
            counts.update((wave, *cell, *group, int(number)) for group in groups[person])
    states: Counter[tuple] = Counter()
    for (item, dimension), scale in kind.items():
        for part in scale.parts:
            for person in returned[wave_id]:
                key = (wave_id, person, item, dimension, part)
                if key not in value and key not in text:
                    states.update(
                        (wave_id, item, dimension, part, *g, state.get(key, "not_shown"))
                        for g in groups[person]
                    )
    moves: Counter[tuple] = Counter()
    for versus in upto[:-1]:
        for (item, dimension), scale in kind.items():
            for part in scale.parts if scale.counted_values else ():
                for person in returned[wave_id] | returned[versus]:
                    pair = [value.get((w, person, item, dimension, part)) for w in (versus, wave_id)]
                    moves.update((wave_id, versus, item, dimension, part, *g, *pair) for g in groups[person])
    cells = ["item_id", "dimension", "part"]
    transitions = _counted(
        moves, ["wave_id", "versus_wave_id", *cells, "group_by", "group_value", "value_before", "value_after"]
    )
    return Tables(
        counts=_counted(counts, ["wave_id", *cells, "group_by", "group_value", "value"]),
        nonanswers=_counted(states, ["wave_id", *cells, "group_by", "group_value", "missing"]),
        transitions=transitions.astype({"value_before": "Int32", "value_after": "Int32"}),
        answers=pd.DataFrame(
            [(*k, value.get(k, np.nan), text.get(k), state.get(k)) for k in [*value, *text, *state]],
            columns=["wave_id", "respondent_id", *cells, "value", "text", "missing"],
        ),
        submissions=pd.DataFrame(
            [(wave, person, "complete", True) for wave in upto for person in sorted(returned[wave])],
            columns=["wave_id", "respondent_id", "state", "is_current"],
        ),
        invitations=pd.DataFrame([(wave_id, one) for one in invited], columns=["wave_id", "respondent_id"]),
        memberships=pd.DataFrame(
            [(one, "role", role, "r1") for one, role in roles.items() if role],
            columns=["respondent_id", "group_by", "group_value", "wave_id"],
        ),
        asked=pd.DataFrame(asked, columns=["wave_id", "item_id", "dimension", "wording"]),
    )  # fmt: skip


def _counted(tally: Counter[tuple], columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame([(*key, n) for key, n in tally.items()], columns=[*columns, "n"])


def ratings(wave: str, item: str, given: str, dimension: str = "importance") -> list[Answer]:
    """One digit per person p01, p02, ...; `d` no opinion, `s` skipped, a blank: not returned."""
    states = {"d": "-no_opinion", "s": "-skipped", "n": "-not_reached"}
    return [
        (wave, f"p{place:02d}", item, dimension, "", states.get(one) or int(one))
        for place, one in enumerate(given, 1)
        if one != " "
    ]


def a_panel(people: int, seed: int = 3) -> tuple[list[Answer], dict[str, str]]:
    """Invented answers of people in three rounds on every item, some of them missing."""
    rng = np.random.default_rng(seed)
    roles = {f"p{k:02d}": ("company", "city", "")[min(k % 3, 2)] for k in range(1, people + 1)}
    found: list[Answer] = []
    for wave in ("r1", "r2", "r3"):
        for person in roles:
            if rng.random() < 0.15:
                continue
            for item, dims in DIMS.items():
                for dimension, scale_id in dims.items():
                    scale, key = SCALES[scale_id], (wave, person, item, dimension)
                    if rng.random() < 0.1:
                        found += [(*key, part, "-no_opinion") for part in scale.parts]
                    elif scale.kind == "rank":
                        places = rng.permutation(3) + 1
                        found += [(*key, part, int(p)) for part, p in zip(scale.parts, places, strict=True)]
                    elif scale.kind == "interval":
                        low, best, high = np.sort(rng.integers(0, 100, 3))
                        found += [
                            (*key, "low", float(low)),
                            (*key, "best", float(best)),
                            (*key, "high", float(high)),
                        ]
                    elif scale.kind == "text":
                        found.append((*key, "", "because"))
                    elif scale.kind == "number":
                        found.append((*key, "", float(rng.integers(0, 40)) / 2))
                    else:
                        found += [(*key, part, int(rng.choice(scale.counted_values))) for part in scale.parts]
    return found, roles
