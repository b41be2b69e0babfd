"""Persons drawn again with replacement, as histograms or as rows: what the bootstrap evaluates a statistic on."""

from __future__ import annotations

import numpy as np

from delphi.statistics.arrays import Counts, Floats
from delphi.statistics.packed_sums import packed, unpacked
from delphi.statistics.resampling import stream

PERSON_BY_PERSON_UP_TO = 2048
"""Up to so many persons they are drawn one by one, which serves all histograms of that size; above, per histogram."""


class Draws:
    """Persons drawn again, from one seed.

    Which persons are drawn depends on the seed and their number alone: person k of n is drawn as often for every histogram
    of n persons, whose categories are filled with persons in order. So neither the order nor the choice of histograms
    changes what any of them gets, and equal histograms get equal draws.
    """

    def __init__(self, seed: int, draws: int) -> None:
        self.seed = seed
        self.draws = draws
        self._kept: dict[int, tuple[int, Counts]] = {}

    def histograms(self, seen: Counts) -> Counts:
        """Draws (D, C, S, V) of histograms (C, S, V); the samples S are drawn independently of each other.

        Category by category they lie together in memory, the draws of a cell side by side: sums over categories and sorting
        of draws are quickest so.
        """
        cells, samples, points = seen.shape
        found = np.empty((samples, points, cells, self.draws), dtype=np.int64)
        for sample in range(samples):
            n = seen[:, sample].sum(axis=-1)
            for size in np.unique(n).tolist():
                places = np.flatnonzero(n == size)
                if size > PERSON_BY_PERSON_UP_TO:
                    for place in places:
                        found[sample, :, place] = self._multinomial(seen[place, sample], sample).T
                    continue
                ends: Counts = np.cumsum(seen[places, sample], axis=-1)
                upto = self._drawn_up_to(size, sample)
                before = upto[np.zeros_like(places)]
                for point in range(points):
                    after = upto[ends[:, point]]
                    if len(places) == cells:
                        np.subtract(after, before, out=found[sample, point])
                    else:
                        found[sample, point, places] = after - before
                    before = after
        return np.moveaxis(found, (3, 2, 0, 1), (0, 1, 2, 3))

    def sums(self, seen: Counts, columns: Floats) -> Floats:
        """Sums over the drawn persons of numbers that go with their categories: (K, D, C) of histograms (C, V) and numbers (K, V).

        The persons are those that `histograms` draws of a single sample, so their tables need not be made.
        """
        sums = np.empty((len(columns), len(seen), self.draws))
        n = seen.sum(axis=-1)
        for size in np.unique(n).tolist():
            places = np.flatnonzero(n == size)
            if size > PERSON_BY_PERSON_UP_TO:
                for place in places:
                    sums[:, place] = columns @ self._multinomial(seen[place], 0).T
                continue
            category = np.repeat(np.tile(np.arange(seen.shape[-1]), len(places)), seen[places].ravel())
            often = self._often(size)
            # Not `@`: for products this small the threads that it starts cost more than they do.
            found = packed(list(columns), size)
            if found is None:
                of_persons = columns[:, category].reshape(len(columns), len(places), size)
                sums[:, places] = np.einsum("kcn,nd->kcd", of_persons, often)
            else:
                together, widths = found
                drawn = np.einsum("cn,nd->cd", together[category].reshape(len(places), size), often)
                for column, one in enumerate(unpacked(drawn, widths)):
                    sums[column, places] = one
        return np.moveaxis(sums, 1, 2)

    def rows(self, n: int) -> Counts:
        """Numbers of the rows drawn of n, (D, n)."""
        return stream(self.seed, f"rows of {n}").integers(0, n, size=(self.draws, n), dtype=np.int64)

    def _often(self, n: int) -> Floats:
        """How often each of n persons of the first sample is drawn; (n, D)."""
        upto = self._drawn_up_to(n, 0)
        return (upto[1:] - upto[:-1]).astype(np.float64)

    def _drawn_up_to(self, n: int, sample: int) -> Counts:
        """How many of n drawn persons are among the first 0, 1, ... n; (n + 1, D)."""
        if self._kept.get(sample, (None, None))[0] != n:
            drawn = stream(self.seed, f"{n} persons of sample {sample}").integers(
                0, n, size=(self.draws, n), dtype=np.int64
            )
            drawn += np.arange(self.draws)[:, None] * n
            often = np.bincount(drawn.ravel(), minlength=self.draws * n).reshape(self.draws, n)
            upto = np.zeros((n + 1, self.draws), dtype=np.int64)
            np.cumsum(often.T, axis=0, out=upto[1:])
            self._kept[sample] = n, upto
        return self._kept[sample][1]

    def _multinomial(self, histogram: Counts, sample: int) -> Counts:
        """Draws (D, V) of one large histogram, from a stream that its counts name."""
        key = ",".join(map(str, histogram.tolist()))
        n = int(histogram.sum())
        return stream(self.seed, f"{key} of sample {sample}").multinomial(n, histogram / n, size=self.draws)
