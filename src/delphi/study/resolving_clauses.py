"""From a written clause to a resolved one: bands, measures and maps that exist, bounds as fractions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from delphi.study import grammar as g
from delphi.study import model as m
from delphi.study.measures import (
    ALIASES,
    OF_RANKINGS,
    codes,
    full_name,
    needs_order,
    of_answers,
    resolved_options,
    why_not,
)
from delphi.study.resolving import exact
from delphi.study.sections import Collected
from delphi.study.tree import Path

RAM_PERCENTILES = (30, 70)


def say_no_measure(measure: str, path: Path, known: Sequence[str], found: Collected) -> None:
    """Say that there is no such measure, or why a statistic of the catalogue is none."""
    if reason := why_not(measure):
        found.add(path, reason, "docs/methods.md lists what each statistic takes and gives.", "wrong_measure")
    else:
        found.unknown(path, "measure", measure, known)


class ClauseResolver:
    """Resolves the clauses of a study; every problem goes to `found`."""

    def __init__(self, groups: Mapping[str, m.Group], found: Collected) -> None:
        self.groups, self.found = groups, found

    def clause(
        self, written: g.WrittenClause, path: Path, scales: Sequence[m.Scale], nominal: Sequence[m.Scale]
    ) -> m.Clause:
        """A clause; `scales` are the ordinal ones that its rule meets, `nominal` the nominal ones."""
        if written.share is not None:
            here = (*path, "share")
            value = exact(written.share.value, (*here, "value"), self.found, at_most_one=True)
            op, band = written.share.op, written.share.band
            if band is not None:
                self._band(band, (*here, "band"), scales)
                return m.ShareClause(band=band, op=op, value=value)
            within = codes(written.share.within or (), (*here, "within"), scales or nominal, self.found)
            return m.ShareClause(within=within, op=op, value=value)
        if written.median is not None:
            self._band(written.median.in_band, (*path, "median", "in_band"), scales)
            return m.MedianClause(in_band=written.median.in_band)
        if written.iqr is not None:
            return m.IqrClause(at_most=exact(written.iqr.at_most, (*path, "iqr", "at_most"), self.found))
        if written.ram is not None:
            return self._ram(written.ram, (*path, "ram"), scales)
        if written.cvr is not None:
            return self._cvr(written.cvr, (*path, "cvr"), scales)
        if written.fuzzy is not None:
            return self._fuzzy(written.fuzzy, (*path, "fuzzy"), scales)
        if written.all is not None or written.any is not None:
            key, several = ("all", written.all) if written.all is not None else ("any", written.any)
            parts = tuple(
                self.clause(one, (*path, key, n), scales, nominal) for n, one in enumerate(several or ())
            )
            return m.AllClause(of=parts) if key == "all" else m.AnyClause(of=parts)
        if written.each_group is not None:
            return self._each_group(written.each_group, (*path, "each_group"), scales, nominal)
        key, clause = (
            ("agreement", written.agreement)
            if written.agreement is not None
            else ("polarised", written.polarised)
        )
        assert clause is not None
        return self._measure(key, clause, (*path, key), scales, nominal)

    def _ram(self, written: g.WrittenRamClause, path: Path, scales: Sequence[m.Scale]) -> m.RamClause:
        if written.median_band is not None:
            self._band(written.median_band, (*path, "median_band"), scales)
        for scale in scales:
            values = [category.value for category in scale.categories]
            if values != list(range(1, 10)):
                self.found.add(
                    path,
                    f"the RAND/UCLA method takes nine points from 1 to 9; the scale {scale.scale_id} goes from "
                    f"{values[0]} to {values[-1]}",
                    "Narrow applies_to to dims or items on such a scale.",
                    "ram_scale",
                )
        if written.ipr is not None and written.rule == "classic":
            self.found.add((*path, "ipr"), "belongs to rule: ipras", "Take one of the two out.", "rule_keys")
        elif written.ipr is not None and written.ipr != list(RAM_PERCENTILES):
            self.found.add(
                (*path, "ipr"),
                "the 2.35 and 1.5 of the method belong to the 30th and 70th percentile (Fitch et al. 2001)",
                f"Write ipr: {list(RAM_PERCENTILES)}.",
                "wrong_value",
            )
        return m.RamClause(
            median_band=written.median_band,
            disagreement=written.disagreement,
            rule=written.rule,
            ipr=RAM_PERCENTILES if written.rule == "ipras" else None,
        )

    def _cvr(self, written: g.WrittenCvrClause, path: Path, scales: Sequence[m.Scale]) -> m.CvrClause:
        self._band(written.band, (*path, "band"), scales)
        if written.at_least == "critical":
            return m.CvrClause(band=written.band, at_least="critical")
        here = (*path, "at_least")
        value = exact(written.at_least, here, self.found)
        if not -1 <= value <= 1:
            self.found.add(
                here,
                f"a content validity ratio lies between -1 and 1, this is {written.at_least}",
                "Write at_least: critical for the exact one-tailed test.",
                "threshold_out_of_reach",
            )
        return m.CvrClause(band=written.band, at_least=value)

    def _fuzzy(self, written: g.WrittenFuzzyClause, path: Path, scales: Sequence[m.Scale]) -> m.FuzzyClause:
        limits = {
            "d": exact(written.d, (*path, "d"), self.found),
            "share": exact(written.share, (*path, "share"), self.found, at_most_one=True),
            "alpha_cut": exact(written.alpha_cut, (*path, "alpha_cut"), self.found),
        }
        if limits["d"] < 0:
            self.found.add((*path, "d"), "a distance is never below 0", "", "threshold_out_of_reach")
        return m.FuzzyClause(
            map=self._fuzzy_map(written.map, path, scales), defuzzified=written.defuzzified, **limits
        )

    def _fuzzy_map(
        self, written: str | list[list[int | float]] | None, path: Path, scales: Sequence[m.Scale]
    ) -> str | tuple[tuple[float, float, float], ...]:
        """The map by its name or triangles, without a word the evenly spaced one of the scale's length."""
        from delphi.statistics.fuzzy_maps import EVENLY_SPACED, MAPS, triangles_of

        here = (*path, "map")
        lengths = {len(scale.categories) for scale in scales}
        if written is None:
            chosen = EVENLY_SPACED.get(next(iter(lengths), 5)) if len(lengths) <= 1 else None
            if chosen is None:
                told = " and ".join(map(str, sorted(lengths)))
                self.found.add(
                    path,
                    f"there is no map of its own for scales of {told} points",
                    "Name a map, or narrow applies_to to scales of 5, 7 or 9 points.",
                    "fuzzy_map",
                )
            return chosen or ""
        if isinstance(written, str) and written not in MAPS:
            self.found.unknown(here, "map", written, MAPS)
            return written
        given = written if isinstance(written, str) else tuple(tuple(map(float, one)) for one in written)
        own = [] if isinstance(given, str) else [len(given)]
        for length in sorted(lengths) or own:
            try:
                triangles_of(given, length)
            except ValueError as error:
                told = str(error).partition(": ")[2]
                self.found.add(here, f"{told} (on a scale of {length} points)", "", "fuzzy_map")
                return ""
        return given  # type: ignore[return-value]

    def _measure(
        self, key: str, written: g.WrittenMeasureClause, path: Path, scales: Sequence[m.Scale], nominal: Sequence[m.Scale]
    ) -> m.MeasureClause:  # fmt: skip
        name = full_name(written.measure)
        entry = of_answers().get(name)
        options: tuple[m.Option, ...] = ()
        if name in OF_RANKINGS:
            for option in written.options:
                self.found.unknown((*path, "options", option), "option", option, (), f" of {name}")
        elif entry is None:
            say_no_measure(
                written.measure, (*path, "measure"), [*of_answers(), *ALIASES, *OF_RANKINGS], self.found
            )
        else:
            met = scales or (() if needs_order(entry) else nominal)
            options = resolved_options(name, entry, written.options, met, path, self.found)
        return m.MeasureClause(
            clause="agreement" if key == "agreement" else "polarised",
            measure=name,
            op=written.op,
            value=exact(written.value, (*path, "value"), self.found),
            options=options,
        )

    def _band(self, band: str, path: Path, scales: Sequence[m.Scale]) -> None:
        for scale in scales:
            names = [one.name for one in scale.bands]
            if band not in names:
                self.found.unknown(path, "band", band, names, f" on the scale {scale.scale_id}")

    def _each_group(
        self, written: g.WrittenEachGroup, path: Path, scales: Sequence[m.Scale], nominal: Sequence[m.Scale]
    ) -> m.EachGroupClause:
        group = self.groups.get(written.of)
        if group is None:
            self.found.unknown((*path, "of"), "group", written.of, self.groups)
        for number, value in enumerate(written.only or ()):
            if group is not None and value not in group.categories:
                self.found.unknown((*path, "only", number), "category", value, group.categories)
        return m.EachGroupClause(
            of=written.of,
            only=tuple(written.only) if written.only is not None else None,
            min_n=written.min_n,
            require=self.clause(written.require, (*path, "require"), scales, nominal),
        )
