"""Which groups a table must not show, so that no small group can be read off or worked out by subtraction."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GroupKey = tuple[str, str]
"""`group_by` and `group_value`."""

WITHHELD = "withheld"


@dataclass(frozen=True)
class Relation:
    """Sizes that are published together: of each group, and of everyone."""

    sizes: Mapping[GroupKey, int]
    total: int


class Overlap:
    """Which groups are made of the same people: the kinds of people there are, by the groups they belong to.

    A group of one dimension can be a union of groups of another (a bloc of roles): then the published ones give
    the hidden one, which only the people's memberships can tell.
    """

    def __init__(
        self, memberships: Mapping[str, frozenset[GroupKey]] | None, groups: Sequence[GroupKey]
    ) -> None:
        self.groups = tuple(groups)
        self.is_known = memberships is not None
        # People of no group at all are left out, as if there were none: a reader may know that there are none.
        kinds = sorted({tuple(sorted(own)) for own in (memberships or {}).values() if own}) or [()]
        self._column = {group: np.array([group in kind for kind in kinds], dtype=float) for group in groups}
        self._everyone = np.ones(len(kinds))
        self._answers: dict[tuple[GroupKey, frozenset[GroupKey]], bool] = {}

    def gives_away(self, hidden: GroupKey, published: frozenset[GroupKey]) -> bool:
        """Whether sums and differences of published groups and the total make up the hidden one exactly."""
        key = (hidden, published)
        if key not in self._answers:
            wanted = self._column[hidden]
            shown = [self._everyone, *(self._column[group] for group in self.groups if group in published)]
            basis = np.stack(shown)
            self._answers[key] = bool(wanted.any()) and _is_in_span(wanted, basis)
        return self._answers[key]

    def difference(self, inner: GroupKey, outer: GroupKey) -> bool:
        """Whether the first group lies wholly within the second, and is not the same."""
        a, b = self._column[inner], self._column[outer]
        return bool(a.any() and (a <= b).all() and (a < b).any())

    def shares_people(self, one: GroupKey, other: GroupKey) -> bool:
        """Whether somebody belongs to both."""
        return bool((self._column[one] * self._column[other]).any())


def hidden_groups(
    relations: Sequence[Relation], min_n: int, overlap: Overlap, also: Collection[GroupKey] = ()
) -> frozenset[GroupKey]:
    """Groups that must not be shown in a table of these sizes; a group is hidden in all its relations or in none.

    Parameters
    ----------
    relations : sizes that the table publishes, such as the returned of every wave
    min_n : groups of 1 to one less are small
    overlap : the groups' memberships
    also : groups that are hidden for another reason

    Notes
    -----
    Small groups are hidden. In each dimension the hidden ones together (with the people of no group, where these
    are few) are then at least two and at least `min_n` people, else the next smallest is hidden too. At last no
    hidden group may be a sum or difference of published ones, of whatever dimension.
    """
    hidden = {group for relation in relations for group, size in relation.sizes.items() if 0 < size < min_n}
    hidden |= set(also)
    if not overlap.is_known:
        dimensions = list(dict.fromkeys(group_by for group_by, _ in overlap.groups))
        hidden |= {group for group in overlap.groups if dimensions and group[0] != dimensions[0]}
    while True:
        more = _within_dimensions(relations, hidden, min_n, overlap) or _across_dimensions(
            relations, hidden, min_n, overlap
        )
        if more is None:
            return frozenset(hidden)
        hidden.add(more)


def _within_dimensions(
    relations: Sequence[Relation], hidden: set[GroupKey], min_n: int, overlap: Overlap
) -> GroupKey | None:
    for relation in relations:
        for dimension in dict.fromkeys(group_by for group_by, _ in overlap.groups):
            own = {g: n for g in overlap.groups if g[0] == dimension and (n := relation.sizes.get(g, 0)) > 0}
            unseen = [size for group, size in own.items() if group in hidden]
            without_group = relation.total - sum(own.values())
            if 0 < without_group < min_n:
                unseen.append(without_group)
            if not unseen or (len(unseen) > 1 and sum(unseen) >= min_n):
                continue
            visible = [group for group in own if group not in hidden]
            if visible:
                return min(visible, key=lambda group: own[group])
    return None


def _across_dimensions(
    relations: Sequence[Relation], hidden: set[GroupKey], min_n: int, overlap: Overlap
) -> GroupKey | None:
    if not overlap.is_known or not relations:
        return None
    largest = {group: max(relation.sizes.get(group, 0) for relation in relations) for group in overlap.groups}
    published = frozenset(group for group in overlap.groups if group not in hidden)
    for group in overlap.groups:
        if group in hidden and overlap.gives_away(group, published):
            near = [one for one in published if one[0] != group[0] and overlap.shares_people(one, group)]
            others = near or [one for one in published if largest[one]]
            if others:
                return min(others, key=lambda one: (largest[one], overlap.groups.index(one)))
    for relation in relations:
        for inner in overlap.groups:
            for outer in overlap.groups:
                if inner[0] == outer[0] or inner in hidden or outer in hidden:
                    continue
                apart = relation.sizes.get(outer, 0) - relation.sizes.get(inner, 0)
                if 0 < apart < min_n and overlap.difference(inner, outer):
                    return inner
    return None


def _is_in_span(wanted: NDArray[np.float64], basis: NDArray[np.float64]) -> bool:
    weights = np.linalg.lstsq(basis.T, wanted, rcond=None)[0]
    return bool(np.abs(basis.T @ weights - wanted).max() < 1e-6)


def group_share(numerator: int, n: int) -> str:
    r"""A share within a group: to 5 %, and never so that everybody's answer, or all but one's, could be told.

    Examples
    --------
    >>> group_share(17, 23), group_share(5, 5), group_share(0, 30)
    ('75\xa0%', '80\xa0% or more', '5\xa0% or less')
    """
    if numerator <= 1:
        return f"{5 * math.ceil(20 / n)}\u00a0% or less"
    if numerator >= n - 1:
        return f"{5 * math.floor(20 * (n - 1) / n)}\u00a0% or more"
    return f"{5 * math.floor(20 * numerator / n + 0.5)}\u00a0%"
