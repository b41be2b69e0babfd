"""Some categories of a scale, named by band, by place or one by one, as places among all of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from delphi.study.model import Categories, Scale

Places = tuple[int, ...]


def band_places(scale: Scale) -> dict[str, Places]:
    """Band → places of its categories: of an ordinal scale a range, of a nominal one a set of choices."""
    return {
        band.name: tuple(
            place
            for place, category in enumerate(scale.categories)
            if (
                band.low <= category.value <= band.high
                if scale.kind == "ordinal"
                else category.band == band.name
            )
        )
        for band in scale.bands
    }


def codes_of(scale: Scale) -> tuple[frozenset[str], ...]:
    """The code of each category, as a set: categories that are counted as one have several."""
    return tuple(frozenset([category.code]) for category in scale.categories)


def places_of(
    chosen: Categories, bands: Mapping[str, Places], codes: Sequence[Collection[str]]
) -> Places | None:
    """Places of the chosen categories, in the order of the scale; None where the scale lacks one of them.

    Parameters
    ----------
    chosen : what was named
    bands : band → places, in the order of the scale
    codes : per place the codes of the study file that are counted there

    Examples
    --------
    >>> bands = {"low": (0, 1), "middle": (2,), "high": (3, 4)}
    >>> codes = [{"1"}, {"2"}, {"3"}, {"4"}, {"5"}]
    >>> places_of(Categories(bands=("high",), codes=("1",)), bands, codes)
    (0, 3, 4)
    >>> places_of(Categories(place="between"), bands, codes)
    (2,)
    """
    wanted = list(chosen.bands)
    if chosen.place is not None:
        names = list(bands)
        by_place = {"first": names[:1], "last": names[-1:], "between": names[1:-1]}[chosen.place]
        if not by_place:
            return None
        wanted += by_place
    if any(name not in bands for name in wanted):
        return None
    found = {place for name in wanted for place in bands[name]}
    for code in chosen.codes:
        at = [place for place, own in enumerate(codes) if code in own]
        if not at:
            return None
        found.update(at)
    return tuple(sorted(found))
