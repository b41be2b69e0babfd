"""Rankings out of the table of answers: who ranked what, complete or not, and the verdict that follows."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from delphi import statistics as ds
from delphi.decisions import EVERYONE
from delphi.stages.ranking_blocks import RankingReader
from delphi.stages.rankings import orders_of, places_in, ranked, ranking_evidence
from delphi.study.model import Category, ConsensusRule, Group, Item, MeasureClause, Scale, Study, Wave

OBJECTS = Scale(
    scale_id="order", kind="rank", partial=True,
    categories=tuple(Category(value=place, code=code, label=code) for place, code in enumerate("abc", 1)),
)  # fmt: skip
ITEM = Item(item_id="o", kind="rank", dims={"rating": "order"})
WAVES = {
    name: Wave(wave_id=name, kind="round", round_kind="ranking", sequence=place)
    for place, name in enumerate(("r1", "r2"), 1)
}
GIVEN = {
    "r1": {"p1": "123", "p2": "321", "p3": "213", "p9": "123"},
    "r2": {"p1": "123", "p2": "132", "p3": "12-", "p4": "213", "p5": "---", "p6": "123", "p7": "123"},
}
ROLES = {"company": ["p1", "p2", "p3", "p9"], "ngo": ["p4", "p5", "p6"]}
GROUPS = [EVERYONE, ("role", "company"), ("role", "ngo"), ("role", "city")]


def answers() -> pd.DataFrame:
    rows = [
        (
            wave,
            person,
            "o",
            "rating",
            part,
            float(rank) if rank != "-" else None,
            "skipped" if rank == "-" else None,
        )
        for wave, people in GIVEN.items()
        for person, ranks in people.items()
        for part, rank in zip("abc", ranks, strict=True)
    ]
    rows += [("r2", "p8", "o", "rating", part, None, "not_shown") for part in "abc"]
    rows.append(("r2", "p1", "s1", "rating", "", 5.0, None))
    columns = ["wave_id", "respondent_id", "item_id", "dimension", "part", "value", "missing"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"value": "Float64"})


def memberships() -> pd.DataFrame:
    rows = [(person, "role", role, "r1") for role, people in ROLES.items() for person in people]
    return pd.DataFrame(rows, columns=["respondent_id", "group_by", "group_value", "wave_id"])


def evidence(wave_id: str = "r2", earlier: dict[str, bool] | None = None):
    before = {"r1": True} if earlier is None else earlier
    return ranking_evidence(WAVES[wave_id], ITEM, "rating", OBJECTS, answers(), memberships(), GROUPS, before)


def test_who_ranked_part_of_the_objects_was_shown_them_and_does_not_count() -> None:
    table = ranked(answers(), "r2", "o", "rating", OBJECTS)
    assert table.people.tolist() == ["p1", "p2", "p3", "p4", "p5", "p6", "p7"]
    assert table.is_complete.tolist() == [True, True, False, True, False, True, True]
    found = evidence()
    assert {group: (one.n_valid, one.n_shown) for group, one in found.tallies.items()} == {
        EVERYONE: (5, 7), ("role", "company"): (2, 3), ("role", "ngo"): (2, 3), ("role", "city"): (0, 0),
    }  # fmt: skip


def test_the_concordance_of_the_evidence_is_that_of_the_statistics() -> None:
    from delphi.decisions import exact

    found = evidence()
    table = ranked(answers(), "r2", "o", "rating", OBJECTS)
    value, _, n = ds.kendall_w(table.ranks)
    assert n == found.tally(EVERYONE).n_valid
    assert float(exact.concordance(found.orders, found.tally(EVERYONE).counts)) == pytest.approx(value)
    # Rank sums of five: 6, 10, 14 about a mean of 10, so that S is 32 and W = 12 · 32 / (25 · 24).
    assert exact.concordance(found.orders, found.tally(EVERYONE).counts) == Fraction(12 * 32, 25 * 24)


def test_rankings_of_two_rounds_stand_in_the_same_rows() -> None:
    before, after = evidence().earlier[0].rankings[EVERYONE]
    both = ~np.isnan(before).any(axis=1) & ~np.isnan(after).any(axis=1)
    assert before[both].tolist() == [[1, 2, 3], [3, 2, 1]]
    assert after[both].tolist() == [[1, 2, 3], [1, 3, 2]]
    company = evidence().earlier[0].rankings["role", "company"]
    assert len(company[0]) == 4
    assert evidence(earlier={"r1": False}).earlier[0].has_same_wording is False


def test_orders_are_sorted_and_each_person_has_a_place() -> None:
    tables = [ranked(answers(), name, "o", "rating", OBJECTS) for name in ("r1", "r2")]
    orders = orders_of(tables)
    assert orders == ((2, 4, 6), (2, 6, 4), (4, 2, 6), (6, 4, 2))
    assert places_in(orders, tables[1]).tolist() == [0, 1, -1, 2, -1, 0, 0]


def test_a_wave_that_nobody_ranked_has_no_orders() -> None:
    none = ranking_evidence(
        WAVES["r1"], ITEM, "rating", OBJECTS, answers().iloc[:0], memberships(), GROUPS, {}
    )
    assert none.orders == ()
    assert none.tally(EVERYONE).n_valid == 0


class Tables:
    """What the reader of blocks asks of a warehouse: companies gave their group in the second round first."""

    def table(self, name: str) -> pd.DataFrame:
        assert name == "memberships"
        told = memberships()
        return told.assign(wave_id=["r2" if role == "company" else "r1" for role in told["group_value"]])

    def rows_of_waves(self, name: str, waves: list[str]) -> pd.DataFrame:
        if name == "answers":
            found = answers()
        elif name == "asked":
            found = pd.DataFrame(
                {"wave_id": ["r1", "r2"], "item_id": "o", "dimension": "rating", "wording": 1}
            )
        else:
            pairs = [(wave, person, True) for wave, people in GIVEN.items() for person in people]
            found = pd.DataFrame(pairs, columns=["wave_id", "respondent_id", "is_current"])
        return found[found["wave_id"].isin(waves)]


@pytest.mark.parametrize(
    ("wave", "earlier", "by_role"),
    [("r1", [], {}), ("r2", ["r1"], {"company": 2, "ngo": 2})],
)
def test_what_is_tried_knows_the_groups_that_were_told_by_then(
    wave: str, earlier: list[str], by_role: dict[str, int]
) -> None:
    study = Study(
        study_id="s", title="S", scales={"order": OBJECTS}, items=(ITEM,), waves=tuple(WAVES.values()),
        groups={"role": Group(group_by="role", label="Role", categories=dict.fromkeys(ROLES, ""))},
        sources=(), study_file_sha256="",
    )  # fmt: skip
    strong = MeasureClause(clause="agreement", measure="kendall_w", op="at_least", value=Fraction(7, 10))
    rule = ConsensusRule(rule_id="strong", verdict="consensus_in", require=strong)
    reader = RankingReader(study, WAVES[wave], Tables(), earlier)  # type: ignore[arg-type]
    block = reader.block(("o", "rating"), OBJECTS, (rule,))
    assert block is not None
    states = block.by_dimension["role"]
    found = {
        role: int(states.counts[0, states.members(("role", role))].sum())
        for by, role in states.groups
        if by == "role"
    }
    assert found == by_role
    assert int(block.leavers.sum()) == (1 if wave == "r2" else 0)
