"""A column holds any cells, compactly, and gives them back as they were."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence
from itertools import cycle, islice

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delphi.ingest import column as column_module
from delphi.ingest.column import CodedColumn, ColumnBuilder, PackedColumn, TextColumn, column_of

SIGNS = st.sampled_from(["", "7", "1", "\x01", " "])
PAIRS = SIGNS | st.sampled_from(["10", "-9", "NA", "\x7f\x7f"])
WORDS = PAIRS | st.sampled_from(["100", "agree", "Zo\u00eb", "\u00e9", "\x00", "7\x00", "\ud800", "a\r\nb"])
ANY = WORDS | st.text(max_size=12)
CELLS = st.one_of(*(st.lists(one, max_size=40) for one in (SIGNS, PAIRS, WORDS, ANY)))


def built(batches: Sequence[Sequence[str]]) -> TextColumn:
    builder = ColumnBuilder()
    for batch in batches:
        builder.extend(batch)
    return builder.column()


@settings(max_examples=400, deadline=None)
@given(st.lists(CELLS, max_size=5), st.sampled_from([0, 3, 1024]), st.integers(1, 9))
def test_cells_come_back_in_whatever_batches_they_are_taken(
    batches: list[list[str]], few: int, at_once: int
) -> None:
    cells = [cell for batch in batches for cell in batch]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(column_module, "FEW", few)
        patch.setattr(column_module, "_AT_ONCE", at_once)
        column = built(batches)
        assert len(column) == len(cells)
        assert list(column) == cells
        assert [column[place] for place in range(len(cells))] == cells
        expected = np.array([*cells, None], dtype=object)[:-1]
        places = np.arange(len(cells))[::-2]
        mask = np.arange(len(cells)) % 3 == 1
        for which in (places, mask, slice(1, None, 2), slice(0, 0)):
            found = column[which]
            assert found.dtype == object
            assert found.tolist() == expected[which].tolist()
        codes, texts = column.factorised()
        expected_codes, distinct = pd.factorize(expected)
        assert texts == list(distinct)
        assert codes.tolist() == expected_codes.tolist()


@pytest.mark.parametrize("codes", [300, 70_000])
def test_many_texts_that_repeat_often_enough_are_numbered(codes: int) -> None:
    cells = [f"respondent {n % codes}" for n in range(9 * codes)]
    column = built([cells[start : start + 1000] for start in range(0, codes, 1000)])
    assert isinstance(column, CodedColumn if codes < 1024 else PackedColumn)
    by_person = built([[cell] * 9 for cell in cells[:codes]])
    assert isinstance(by_person, CodedColumn)
    assert list(by_person) == [cell for cell in cells[:codes] for _ in range(9)]


def test_a_column_outside_its_bounds_has_no_cell() -> None:
    for cells in (["a"] * 3, [str(n) for n in range(2000)]):
        column = column_of(cells)
        with pytest.raises(IndexError):
            column[len(cells)]
        assert column[-1] == cells[-1]


@pytest.mark.parametrize(
    ("cells", "bytes_per_cell"),
    [
        (["7", "1", ""], 1.2),
        (["10", "-9", "7", "NA"], 1.2),
        (["strongly agree", "agree", "neither", "I do not know"], 1.2),
        ([f"p{n:07d}" for n in range(30_000)], 8 + 4 + 2),
        (["", *(f"a comment with some words, number {n}" for n in range(15_000))], 37 + 4 + 8),
    ],
    ids=["signs", "pairs", "words", "keys", "comments"],
)
def test_a_column_takes_hardly_more_memory_than_its_text(cells: list[str], bytes_per_cell: float) -> None:
    repeated = cycle(cells)
    batches = [list(islice(repeated, 1000)) for _ in range(30)]
    column_of(["warm"])
    tracemalloc.start()
    column = built(batches)
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert len(column) == 30_000
    assert held < bytes_per_cell * 30_000 + 20_000
