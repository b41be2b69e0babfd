"""Two public conversations of Polis: their files against each other, and our groups against theirs."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from delphi.opinions.opinion_groups import OpinionGroups, opinion_groups
from delphi.opinions.representative import representative_statements
from delphi.opinions.stability import adjusted_rand
from delphi.opinions.votes import Votes

SIZES = {"brexit_consensus": (204, 50, 5303, (106, 91)), "vtaiwan_uberx": (1921, 197, 49443, (330, 889))}


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@dataclass(frozen=True)
class Conversation:
    name: str
    folder: Path
    ids: list[str]
    votes: Votes
    theirs: np.ndarray
    table: np.ndarray
    found: OpinionGroups


@pytest.fixture(scope="module", params=SIZES)
def conversation(request: pytest.FixtureRequest, shared_data: Path) -> Conversation:
    folder = shared_data / f"polis_{request.param}"
    persons = list(rows_of(folder / "participants-votes.csv"))
    ids = [name for name in persons[0] if name.isdigit()]
    table = np.array([[float(row[one]) if row[one] else np.nan for one in ids] for row in persons])
    theirs = np.array([int(row["group-id"]) if row["group-id"] else -1 for row in persons])
    place = {row["participant"]: number for number, row in enumerate(persons)}
    # The log in the order of time; several votes of one moment stand in the order of the file.
    events = sorted(rows_of(folder / "votes.csv"), key=lambda row: int(row["timestamp"]))
    votes = Votes.from_rows(
        [place[row["voter-id"]] for row in events], [ids.index(row["comment-id"]) for row in events],
        [int(row["vote"]) for row in events], len(persons), len(ids),
    )  # fmt: skip
    return Conversation(request.param, folder, ids, votes, theirs, table, opinion_groups(votes))


def test_the_last_vote_counts_and_gives_the_matrix_of_polis(conversation: Conversation) -> None:
    persons, statements, votes, sizes = SIZES[conversation.name]
    assert (conversation.votes.n_persons, conversation.votes.n_statements) == (persons, statements)
    assert len(conversation.votes.vote) == votes
    assert tuple(np.bincount(conversation.theirs[conversation.theirs >= 0])) == sizes
    np.testing.assert_array_equal(conversation.votes.matrix(), conversation.table)


def test_the_sign_is_that_of_the_comments(conversation: Conversation) -> None:
    """Trap 4. The comments count every vote ever given, so theirs are at least ours, and nearer to ours than to ours reversed."""
    counted = conversation.found.everybody
    number = {name: place for place, name in enumerate(conversation.ids)}
    apart = Counter[str]()
    for row in rows_of(conversation.folder / "comments.csv"):
        disagree, _, agree = counted[number[row["comment-id"]]]
        assert int(row["agrees"]) >= agree
        assert int(row["disagrees"]) >= disagree
        apart["as it is"] += abs(int(row["agrees"]) - int(agree))
        apart["reversed"] += abs(int(row["agrees"]) - int(disagree))
    assert apart["as it is"] * 20 < apart["reversed"]


def test_groups_are_like_those_of_polis(
    conversation: Conversation, capsys: pytest.CaptureFixture[str]
) -> None:
    """Polis groups a hundred base clusters at the time of its last update; so its groups are alike, not equal."""
    found = conversation.found
    both = (found.group >= 0) & (conversation.theirs >= 0)
    ours = adjusted_rand(conversation.theirs[both], found.group[both])
    two = opinion_groups(conversation.votes, numbers=[2], resamples=0, seeds=0)
    of_two = adjusted_rand(conversation.theirs[both], two.group[both])
    with capsys.disabled():
        print(
            f"\n{conversation.name}: {found.grouping.k} groups of {found.sizes.tolist()} (Polis: 2 of"
            f" {SIZES[conversation.name][3]}), silhouettes {found.grouping.silhouettes.round(3).tolist()}, adjusted Rand index"
            f" with Polis {ours:.3f}, of two groups {of_two:.3f}; over resamples {found.stability.rand.mean():.2f},"
            f" Jaccard {found.stability.jaccard.round(2).tolist()}"
        )
    assert found.n_grouped == int((conversation.votes.answered >= 7).sum())
    assert ours > 0.5
    assert of_two > 0.6
    assert found.is_structured


def test_representative_statements_set_the_groups_of_polis_apart(conversation: Conversation) -> None:
    """With the groups of Polis: what stands for one group is held by a larger share of it than of the other, counted by hand."""
    counts = conversation.votes.per_group(conversation.theirs, 2)
    found = representative_statements(counts)
    for group, ones in enumerate(found):
        assert len(ones) >= 5
        inside, outside = conversation.theirs == group, conversation.theirs == 1 - group
        for one in ones:
            column = conversation.table[:, one.statement]
            wanted = 1 if one.position == "agree" else -1
            shares = [np.mean(column[part & np.isfinite(column)] == wanted) for part in (inside, outside)]
            assert shares[0] > max(shares[1], 0.5)
            assert one.taking == int((column[inside] == wanted).sum())


def test_common_ground_is_held_in_every_group(conversation: Conversation) -> None:
    found = conversation.found
    assert found.common_ground
    for one in found.common_ground:
        column = conversation.table[:, one.statement]
        wanted = 1 if one.position == "agree" else -1
        for group in range(found.grouping.k):
            own = column[(found.group == group) & np.isfinite(column)]
            assert 10 * int((own == wanted).sum()) >= 6 * len(own)
