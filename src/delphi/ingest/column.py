"""The cells of one column of a file, held compactly: as numbers of distinct texts, or as one run of UTF-8."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

Places = slice | NDArray[np.integer] | NDArray[np.bool_]
"""Which cells: a slice, places or a mask."""

FEW = 1024
"""So many distinct texts are always worth a table of texts."""
REPEATS = 8
"""More are, where each stands in the column so often: a text of its own takes about as much as eight short cells."""

_AT_ONCE = 1 << 14


class TextColumn(ABC):
    """The cells of a column, as text: a sequence that gives an object array of `str` for slice, places or mask."""

    @abstractmethod
    def __len__(self) -> int: ...

    @overload
    def __getitem__(self, which: int | np.integer) -> str: ...
    @overload
    def __getitem__(self, which: Places) -> NDArray[np.object_]: ...
    @abstractmethod
    def __getitem__(self, which: int | np.integer | Places) -> str | NDArray[np.object_]: ...

    @abstractmethod
    def factorised(self) -> tuple[NDArray[np.unsignedinteger], list[str]]:
        """A number per cell, and the distinct texts that they number, in order of first appearance."""

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self), _AT_ONCE):
            yield from self[start : start + _AT_ONCE].tolist()


class CodedColumn(TextColumn):
    """A column of few distinct texts.

    Parameters
    ----------
    codes : shape (records,)
    texts : distinct texts that the codes count, in order of first appearance
    """

    def __init__(self, codes: NDArray[np.unsignedinteger], texts: Sequence[str]) -> None:
        self._codes = codes
        self._texts = _objects(texts)

    def __len__(self) -> int:
        return len(self._codes)

    @overload
    def __getitem__(self, which: int | np.integer) -> str: ...
    @overload
    def __getitem__(self, which: Places) -> NDArray[np.object_]: ...
    def __getitem__(self, which: int | np.integer | Places) -> str | NDArray[np.object_]:
        found: str | NDArray[np.object_] = self._texts[self._codes[which]]
        return found

    def factorised(self) -> tuple[NDArray[np.unsignedinteger], list[str]]:
        """As they are held."""
        return self._codes, self._texts.tolist()


class PackedColumn(TextColumn):
    """A column of mostly distinct texts.

    Parameters
    ----------
    data : all cells in UTF-8, one after the other
    ends : where each cell ends in them
    """

    def __init__(self, data: bytearray, ends: NDArray[np.unsignedinteger]) -> None:
        self._data = data
        self._ends = ends

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, which: int | np.integer) -> str: ...
    @overload
    def __getitem__(self, which: Places) -> NDArray[np.object_]: ...
    def __getitem__(self, which: int | np.integer | Places) -> str | NDArray[np.object_]:
        if isinstance(which, int | np.integer):
            return self._texts(np.array([range(len(self))[which]]))[0]
        if isinstance(which, slice):
            return _objects(self._texts(np.arange(*which.indices(len(self)))))
        places = np.flatnonzero(which) if which.dtype == np.bool_ else which.astype(np.intp)
        return _objects(self._texts(places))

    def factorised(self) -> tuple[NDArray[np.unsignedinteger], list[str]]:
        """Each distinct text is made once and held from here on by the caller."""
        index = _Index()
        codes = np.fromiter(map(index.__getitem__, self), dtype=np.uint32, count=len(self))
        return codes, list(index)

    def _texts(self, places: NDArray[np.intp]) -> list[str]:
        ends = self._ends[places].tolist()
        starts = np.where(places > 0, self._ends[places - 1], 0).tolist()
        data = self._data
        return [
            data[start:end].decode("utf-8", "surrogatepass") for start, end in zip(starts, ends, strict=True)
        ]


def column_of(cells: Iterable[str]) -> TextColumn:
    """A column of these cells."""
    builder = ColumnBuilder()
    builder.extend(list(cells))
    return builder.column()


class ColumnBuilder:
    """Takes the cells of a column batch by batch, in the narrowest of four forms that fits all of them."""

    __slots__ = ("_form",)

    def __init__(self) -> None:
        self._form: _Signs | _Pairs | _Words | _Prose = _Signs()

    def extend(self, cells: Sequence[str]) -> None:
        """Take further cells."""
        while cells and not self._form.add(cells):
            self._form = self._form.wider()

    def column(self) -> TextColumn:
        """The column of all cells taken so far. The builder is used up."""
        return self._form.column()


class _Signs:
    """Cells of at most one ASCII sign, such as the answers to a scale."""

    __slots__ = ("_codes", "_known")

    def __init__(self) -> None:
        self._codes = bytearray()
        self._known = b""
        """The signs in order of first appearance; zero stands for the empty text."""

    def add(self, cells: Sequence[str]) -> bool:
        """Take further cells; false, and nothing is taken, where one of them is longer or no ASCII."""
        joined = "\x00".join(cells)
        if len(joined) >= 2 * len(cells) or not joined.isascii():
            return False
        signs = joined.encode("ascii")
        if len(signs) == 2 * len(cells) - 1 and signs[1::2] == bytes(len(cells) - 1) and 0 not in signs[::2]:
            signs = signs[::2]  # one sign in each: none is empty
        else:
            keys = _keys_of(signs, len(cells))
            if keys is None or keys.max() > 255:
                return False
            signs = keys.astype(np.uint8).tobytes()
        if new := signs.translate(None, self._known):
            self._known += bytes(dict.fromkeys(new))
        self._codes += signs.translate(bytes.maketrans(self._known, bytes(range(len(self._known)))))
        return True

    def column(self) -> CodedColumn:
        return CodedColumn(np.frombuffer(self._codes, np.uint8), [_text_of(key) for key in self._known])

    def wider(self) -> _Pairs:
        return _Pairs(self.column())


class _Pairs:
    """Cells of at most two ASCII signs: each is a number of two bytes."""

    __slots__ = ("_keys",)

    def __init__(self, column: CodedColumn) -> None:
        codes, texts = column.factorised()
        known = np.array([ord(text) if text else 0 for text in texts], dtype=np.uint16)
        self._keys = bytearray(known[codes])

    def add(self, cells: Sequence[str]) -> bool:
        """Take further cells; false, and nothing is taken, where one of them is longer or no ASCII."""
        joined = "\x00".join(cells)
        if len(joined) >= 3 * len(cells) or not joined.isascii():
            return False
        keys = _keys_of(joined.encode("ascii"), len(cells))
        if keys is None:
            return False
        self._keys += keys.tobytes()
        return True

    def column(self) -> CodedColumn:
        keys = np.frombuffer(self._keys, np.uint16)
        first = np.full(1 << 16, len(keys))
        first[keys[::-1]] = np.arange(len(keys))[::-1]
        present = np.flatnonzero(first < len(keys))
        present = present[np.argsort(first[present])]
        numbers = np.zeros(1 << 16, _kind_for(len(present)))
        numbers[present] = np.arange(len(present))
        return CodedColumn(numbers[keys], [_text_of(int(key)) for key in present])

    def wider(self) -> _Words:
        return _Words(self.column())


def _keys_of(joined: bytes, size: int) -> NDArray[np.uint16] | None:
    """Cells of at most two ASCII signs, joined by zeros, as numbers, 0 for the empty text.

    None where a cell is longer, or one of its signs is zero itself.
    """
    signs = np.frombuffer(joined, np.uint8)
    ends = np.append(np.flatnonzero(signs == 0), len(signs))
    if len(ends) != size:
        return None
    sizes = ends.copy()
    sizes[1:] -= ends[:-1] + 1
    most = sizes.max()
    if most > 2:
        return None
    # Before the end of an empty cell stands that of the cell before, which is zero.
    keys = signs[ends - 1].astype(np.uint16) if len(signs) else np.zeros(1, np.uint16)
    keys[0] *= sizes[0] > 0
    if most == 2:
        pairs = np.flatnonzero(sizes == 2)
        keys[pairs] |= signs[ends[pairs] - 2].astype(np.uint16) << 8
    return keys


def _text_of(key: int) -> str:
    return bytes(sign for sign in divmod(key, 256) if sign).decode("ascii")


class _Words:
    """Cells of few distinct texts: each is the number of its text."""

    __slots__ = ("_codes", "_index", "_kind")

    def __init__(self, column: CodedColumn) -> None:
        codes, texts = column.factorised()
        self._index = _Index(zip(texts, range(len(texts)), strict=True))
        self._kind = codes.dtype
        self._codes = bytearray(codes)

    def add(self, cells: Sequence[str]) -> bool:
        """Take further cells; false, and nothing is taken, where that makes too many distinct texts."""
        codes = np.fromiter(map(self._index.__getitem__, cells), dtype=np.uint32, count=len(cells))
        distinct, size = len(self._index), len(self._codes) // self._kind.itemsize + len(cells)
        if distinct > FEW and distinct * REPEATS > size:
            return False
        if distinct > np.iinfo(self._kind).max + 1:
            kind = np.dtype(_kind_for(distinct))
            self._codes = bytearray(np.frombuffer(self._codes, self._kind).astype(kind))
            self._kind = kind
        self._codes += codes.astype(self._kind).tobytes()
        return True

    def column(self) -> CodedColumn:
        return CodedColumn(np.frombuffer(self._codes, self._kind), list(self._index))

    def wider(self) -> _Prose:
        return _Prose(self.column())


class _Prose:
    """Any cells: their UTF-8, and its length for each."""

    __slots__ = ("_data", "_sizes")

    def __init__(self, column: TextColumn) -> None:
        self._data = bytearray()
        self._sizes = bytearray()
        for start in range(0, len(column), _AT_ONCE):
            self.add(column[start : start + _AT_ONCE].tolist())

    def add(self, cells: Sequence[str]) -> bool:
        """Take further cells."""
        whole = "".join(cells)
        if whole.isascii():
            self._data += whole.encode("ascii")
            sizes = map(len, cells)
        else:
            parts = [cell.encode("utf-8", "surrogatepass") for cell in cells]
            self._data += b"".join(parts)
            sizes = map(len, parts)
        self._sizes += np.fromiter(sizes, dtype=np.uint32, count=len(cells)).tobytes()
        return True

    def column(self) -> PackedColumn:
        kind = np.uint32 if len(self._data) < 1 << 32 else np.uint64
        return PackedColumn(self._data, np.cumsum(np.frombuffer(self._sizes, np.uint32), dtype=kind))

    def wider(self) -> _Prose:
        return self


class _Index(dict[str, int]):
    """Numbers texts in the order in which they are asked for."""

    def __missing__(self, text: str) -> int:
        number = self[text] = len(self)
        return number


def _kind_for(distinct: int) -> type[np.unsignedinteger]:
    """The smallest kind of number that tells so many texts apart."""
    return next(kind for kind in (np.uint8, np.uint16, np.uint32) if distinct <= np.iinfo(kind).max + 1)


def _objects(texts: Sequence[str]) -> NDArray[np.object_]:
    return np.fromiter(texts, dtype=np.object_, count=len(texts))
