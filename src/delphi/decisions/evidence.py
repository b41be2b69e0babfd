"""What a verdict rests on: exact counts of one item, dimension and wave, for everyone and each group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import InitVar, dataclass, field

import numpy as np
from numpy.typing import NDArray

from delphi.study.categories import band_places, codes_of, places_of
from delphi.study.model import Band, Categories, ItemKind, Scale, ShareClause

GroupKey = tuple[str, str]
"""`group_by` and `group_value`."""

EVERYONE: GroupKey = ("all", "all")


@dataclass(frozen=True, slots=True)
class Tally:
    """Answers of one group.

    Parameters
    ----------
    counts : answers per category, in the order of the scale
    n_shown : who returned the wave and saw the item; None: not known
    n_invited : who was invited and was to see the item; None: there is no register
    n_valid : answers that have a value (not an argument)
    """

    counts: tuple[int, ...]
    n_shown: int | None = None
    n_invited: int | None = None
    n_valid: int = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "n_valid", sum(self.counts))


@dataclass(frozen=True, slots=True)
class Ruler:
    """A scale as counts need it: its values in order, which of them lie in each band, and the codes of each."""

    values: tuple[int, ...]
    bands: Mapping[str, tuple[Band, tuple[int, ...]]]
    codes: tuple[frozenset[str], ...]
    orders: tuple[tuple[int, ...], ...] = ()

    @classmethod
    def of_rankings(cls, orders: tuple[tuple[int, ...], ...]) -> Ruler:
        """The ruler of an item whose objects are ranked: its categories are the distinct complete rankings.

        `orders` are twice the mid-ranks of the objects, so that ties stay whole numbers.
        """
        return cls(tuple(range(1, len(orders) + 1)), {}, (frozenset(),) * len(orders), orders)

    @classmethod
    def of(cls, scale: Scale) -> Ruler:
        """The ruler of a scale."""
        places = band_places(scale)
        bands = {band.name: (band, places[band.name]) for band in scale.bands}
        return cls(tuple(category.value for category in scale.categories), bands, codes_of(scale))

    def counted_by(self, clause: ShareClause) -> tuple[Band | None, tuple[int, ...]]:
        """The band of a share, None where its categories are named one by one, and their places."""
        if not clause.within:
            return self.bands[clause.band]
        places = places_of(Categories(codes=clause.within), {}, self.codes)
        if places is None:
            raise ValueError(f"the scale lacks one of {', '.join(clause.within)}")
        return None, places

    @property
    def band_places(self) -> dict[str, tuple[int, ...]]:
        """Band → places of its categories."""
        return {name: places for name, (_, places) in self.bands.items()}


@dataclass(frozen=True, slots=True)
class EarlierRating:
    """An earlier wave that rated the item.

    Parameters
    ----------
    wave_id : the earlier wave
    has_same_wording : the wording is that of the later wave, or one declared equivalent
    transitions : group → matrix (V+1, V+1), category before × category after; last row and column: no answer.
        A group without a matrix has no pairs.
    rankings : of an item whose objects are ranked, group → rankings of the earlier and of this wave, each (M, N), row by row
        of the same person, NaN where an object has no rank
    """

    wave_id: str
    has_same_wording: bool
    transitions: Mapping[GroupKey, NDArray[np.int64]]
    rankings: Mapping[GroupKey, tuple[NDArray[np.float64], NDArray[np.float64]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One item in one dimension and wave. `earlier` is in time order; empty: this is the first rating.

    Of an item whose objects are ranked the counts are those of the distinct complete rankings in `orders`, each twice the
    mid-ranks of the objects. Items on one scale may share its `known_ruler`.
    """

    wave_id: str
    item_id: str
    dimension: str
    kind: ItemKind
    scale: Scale
    tallies: Mapping[GroupKey, Tally]
    earlier: tuple[EarlierRating, ...] = ()
    orders: tuple[tuple[int, ...], ...] = ()
    known_ruler: InitVar[Ruler | None] = None
    ruler: Ruler = field(init=False, compare=False, repr=False)

    def __post_init__(self, known_ruler: Ruler | None) -> None:
        if self.scale.kind == "rank":
            ruler = Ruler.of_rankings(self.orders)
        else:
            ruler = known_ruler or Ruler.of(self.scale)
        object.__setattr__(self, "ruler", ruler)

    @property
    def is_first_rating(self) -> bool:
        """No earlier wave rated the item."""
        return not self.earlier

    def tally(self, group: GroupKey) -> Tally:
        """Answers of a group; a group that nobody belongs to has none."""
        return self.tallies.get(group) or Tally((0,) * len(self.ruler.values), 0, None)
