"""The text of a cell → a value, a typed non-answer, or `invalid` with the rule it breaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from delphi.ingest.table import TextColumn
from delphi.study.model import Item, MissingCodes, NonAnswer, Scale, Source, Study
from delphi.validation.numbers import has_foreign_digit, integer_text, plain_number, stored_number, whole
from delphi.validation.schemas import off_scale

NON_ANSWERS: tuple[str, ...] = get_args(NonAnswer)
INVALID = NON_ANSWERS.index("invalid")
UNKNOWN_EMPTY = NON_ANSWERS.index("unknown_empty")
NOT_SHOWN = NON_ANSWERS.index("not_shown")
NONE = -1
"""Stands for "no non-answer" and for "no rule broken"."""

REASONS = {
    "off_scale": "the value is not on the scale {scale}",
    "not_a_number": "a number is expected, as the scale {scale} says",
    "fraction": "a whole number is expected, as the scale {scale} says",
    "not_a_choice": "neither an id nor a label of the scale {scale}",
    "not_an_ascii_digit": "only the digits 0 to 9 are read as digits",
    "wrong_choice_count": "the number of options chosen is not the one that the scale {scale} asks for",
    "bad_ranking": "the ranks are not those of a ranking on the scale {scale}",
    "bad_interval": "the three estimates are not in the order low, best, high",
    "duplicate_contradiction": "two current returns of one respondent hold different answers here",
}
RULES = tuple(REASONS)


@dataclass(frozen=True)
class Readings:
    """What distinct texts stand for, in the same order.

    `missing` and `rules` are places in `NON_ANSWERS` and `RULES`, `NONE` where there is none; `values` is
    NaN without a number; `texts` is set for open questions only.
    """

    values: NDArray[np.float64]
    missing: NDArray[np.int8]
    rules: NDArray[np.int8]
    texts: NDArray[np.object_] | None = None


@dataclass(frozen=True)
class Codebook:
    """How the texts of one item, dimension and part of a source are read.

    `near` are the source's own non-answers, which come before its `codes`; `far` those of item, scale and
    study. In an `is_typed` file numbers are numbers, and only texts are written with the `decimal` sign.
    """

    scale: Scale
    part: str
    decimal: str
    near: dict[str, str]
    codes: dict[str, str]
    far: dict[str, str]
    is_typed: bool = False

    def read(self, texts: Sequence[str]) -> Readings:
        """Read distinct texts."""
        values = np.full(len(texts), np.nan)
        missing = np.full(len(texts), NONE, dtype=np.int8)
        rules = np.full(len(texts), NONE, dtype=np.int8)
        words = np.full(len(texts), None, dtype=np.object_) if self.scale.kind == "text" else None
        for place, raw in enumerate(texts):
            text = raw.strip()
            reason = self._non_answer(text)
            if reason is not None:
                missing[place] = NON_ANSWERS.index(reason)
            elif words is not None:
                words[place] = self._coded(text) or text
            else:
                coded = self._coded(text)
                found = self._value(text if coded is None else coded)
                if isinstance(found, str) and coded is not None:
                    found = self._value(text)  # the code belongs to another scale of the source
                if isinstance(found, str):
                    rules[place] = RULES.index(found)
                else:
                    values[place] = found
        rules[off_scale(self.scale, values)] = RULES.index("off_scale")
        values[rules != NONE] = np.nan
        missing[rules != NONE] = INVALID
        return Readings(values, missing, rules, words)

    def _non_answer(self, text: str) -> str | None:
        """The reason a text stands for; the nearest declaration wins."""
        for declared, stops in ((self.near, False), (self.codes, True), (self.far, False)):
            spellings = (text, integer_text(text, self.decimal))
            for spelling in spellings:
                if spelling is not None and spelling in declared:
                    return None if stops else declared[spelling]
        return "unknown_empty" if text == "" else None

    def _coded(self, text: str) -> str | None:
        """What `codes` puts in the place of a text."""
        return self.codes.get(text) or self.codes.get(integer_text(text, self.decimal) or "")

    def _value(self, text: str) -> float | str:
        """The value of a text, or the name of the rule that it breaks."""
        kind = self.scale.kind
        if kind in ("nominal", "multi"):
            found = self._choices.get(text)
            if found is None:
                found = self._choices.get(integer_text(text, self.decimal) or "")
            return found if found is not None else _broken(text, "not_a_choice")
        number = plain_number(text, self.decimal)
        if number is None and self.is_typed:
            number = stored_number(text)
        if number is None:
            found = self._labels.get(text)
            return found if found is not None else _broken(text, "not_a_number")
        if kind in ("ordinal", "integer", "year", "rank") and not whole(number):
            return "fraction"
        return number

    @cached_property
    def _choices(self) -> dict[str, float]:
        if self.scale.kind == "multi":
            own = {
                name
                for one in self.scale.categories
                if one.code == self.part
                for name in (one.code, one.label)
            }
            return dict.fromkeys(own, 1.0) | {"0": 0.0, "1": 1.0}
        labels = {one.label: float(one.value) for one in self.scale.categories}
        return labels | {one.code: float(one.value) for one in self.scale.categories}

    @cached_property
    def _labels(self) -> dict[str, float]:
        if self.scale.kind != "ordinal":
            return {}
        return {one.label: float(one.value) for one in self.scale.categories}


def _broken(text: str, rule: str) -> str:
    return "not_an_ascii_digit" if has_foreign_digit(text) else rule


def codebook(study: Study, source: Source, item: Item, dimension: str, part: str) -> Codebook:
    """How one column (or one kind of row) of a source is to be read."""
    scale = study.scale_of(item, dimension)
    far = _codes_of(study.missing) | _codes_of(scale.missing) | _codes_of(item.missing)
    is_typed = source.dialect.platform != "csv"
    decimal = source.dialect.decimal
    flat = {} if scale.kind == "text" else source.codes
    codes = flat | source.scale_codes.get(scale.scale_id, {})
    return Codebook(scale, part, decimal, _codes_of(source.missing), codes, far, is_typed)


def _codes_of(missing: MissingCodes) -> dict[str, str]:
    return {raw.strip(): reason for reason, codes in missing.items() for raw in codes}


class Codebooks:
    """The codebooks of a source; items that are read alike share one."""

    def __init__(self, study: Study, source: Source) -> None:
        self._study, self._source = study, source
        self._items = {item.item_id: item for item in study.items}
        self._shared: dict[tuple[str, str, str], Codebook] = {}

    def of(self, item_id: str, dimension: str, part: str) -> Codebook:
        """Codebook of an item's answers."""
        item = self._items[item_id]
        scale_id = item.dims[dimension]
        own_part = part if self._study.scales[scale_id].kind == "multi" else ""
        key = (scale_id, own_part, item_id if item.missing else "")
        if key not in self._shared:
            self._shared[key] = codebook(self._study, self._source, item, dimension, part)
        return self._shared[key]


def read_columns(
    columns: Sequence[TextColumn], records: NDArray[np.intp], books: Sequence[Codebook]
) -> tuple[NDArray[np.float64], NDArray[np.int8], NDArray[np.int8], dict[int, NDArray[np.object_]]]:
    """Read the cells of some records; the distinct texts of columns of one codebook are read together.

    Parameters
    ----------
    records : places of the records
    books : a codebook per column

    Returns
    -------
    values, missing, rules : shape (records, columns); texts : column → its texts, for open questions
    """
    shape = (len(records), len(columns))
    values = np.full(shape, np.nan)
    missing = np.full(shape, NONE, dtype=np.int8)
    rules = np.full(shape, NONE, dtype=np.int8)
    texts: dict[int, NDArray[np.object_]] = {}
    shared: dict[int, tuple[Codebook, list[int]]] = {}
    for place, book in enumerate(books):
        shared.setdefault(id(book), (book, []))[1].append(place)
    for book, places in shared.values():
        numbers: dict[str, int] = {}
        coded = []
        for place in places:
            codes, distinct = factorise(columns[place])
            own = [numbers.setdefault(text, len(numbers)) for text in distinct]
            coded.append((place, codes[records], np.array(own, dtype=np.intp)))
        read = book.read(list(numbers))
        for place, codes, which in coded:
            values[:, place] = read.values[which][codes]
            missing[:, place] = read.missing[which][codes]
            rules[:, place] = read.rules[which][codes]
            if read.texts is not None:
                texts[place] = read.texts[which][codes]
    return values, missing, rules, texts


def factorise(texts: TextColumn | NDArray[np.object_]) -> tuple[NDArray[np.integer], list[str]]:
    """Codes and distinct texts, in order of first appearance."""
    if isinstance(texts, TextColumn):
        return texts.factorised()
    import pandas as pd

    codes, distinct = pd.factorize(texts)
    return codes, list(distinct)
