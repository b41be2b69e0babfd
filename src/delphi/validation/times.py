"""Times as a platform writes them → instants in UTC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from delphi.ingest.table import TextColumn
from delphi.validation.cells import factorise
from delphi.validation.numbers import has_foreign_digit, plain_number

_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
_EPOCH = re.compile(r"-?[0-9]{1,17}(?:\.[0-9]+)?")
_MICROS = {"epoch_s": 1_000_000, "epoch_ms": 1_000}
_LAST = (datetime(9999, 1, 1, tzinfo=UTC) - _ZERO) // _MICRO
NOT_A_TIME = np.datetime64("NaT", "us")


@dataclass(frozen=True)
class Clock:
    """How a source writes its times.

    `zone` is for times that carry none; `epoch` is day 0 of a workbook's serial dates. A local time that
    occurs twice (clocks set back) is taken as the first; one that never occurs (clocks set forward) is no
    time.
    """

    time_format: str
    zone: str | None
    epoch: datetime | None = None

    def read(
        self, texts: TextColumn | NDArray[np.object_]
    ) -> tuple[NDArray[np.datetime64], NDArray[np.bool_]]:
        """Instants (NaT for empty and bad cells), and which cells are bad: neither empty nor a time."""
        codes, distinct = factorise(texts)
        plain = self._plain_epochs(distinct)
        if plain is not None:
            return plain[codes], np.zeros(len(codes), dtype=bool)
        instants = np.full(len(distinct), NOT_A_TIME, dtype="datetime64[us]")
        bad = np.zeros(len(distinct), dtype=bool)
        for place, raw in enumerate(distinct):
            text = raw.strip()
            if text:
                instant = self._instant(text)
                bad[place] = instant is None
                if instant is not None:
                    instants[place] = instant
        return instants[codes], bad[codes]

    def _plain_epochs(self, distinct: list[str]) -> NDArray[np.datetime64] | None:
        """Instants since 1970 where all are plain digits: event logs have millions."""
        if self.time_format not in _MICROS or not distinct or self.epoch is not None:
            return None
        together = "".join(distinct)
        if not (together.isascii() and together.isdigit()) or not all(
            0 < len(text) < 14 for text in distinct
        ):
            return None
        numbers = np.array([int(text) for text in distinct], dtype=np.int64) * _MICROS[self.time_format]
        return numbers.astype("datetime64[us]") if numbers.max() < _LAST else None

    def _instant(self, text: str) -> np.datetime64 | None:
        try:
            moment = self._moment(text)
            if moment is None:
                return None
            if moment.tzinfo is None:
                moment = _in_zone(moment, ZoneInfo(self.zone or "UTC"))
            return np.datetime64((moment - _ZERO) // _MICRO, "us") if moment is not None else None
        except (ValueError, OverflowError):
            return None

    def _moment(self, text: str) -> datetime | None:
        if has_foreign_digit(text):
            return None
        if self.epoch is not None:
            number = plain_number(text)
            if number is not None:
                seconds = round(number * 86_400, 3)
                return self.epoch.replace(tzinfo=None) + timedelta(seconds=seconds)
        if self.time_format == "iso":
            return datetime.fromisoformat(text)
        if self.time_format in _MICROS:
            return _since_1970(text, _MICROS[self.time_format])
        try:
            return datetime.strptime(text, self.time_format)
        except ValueError:
            if self.epoch is None:
                raise
            return datetime.fromisoformat(text)


def _since_1970(text: str, factor: int) -> datetime | None:
    if not _EPOCH.fullmatch(text):
        return None
    whole, _, fraction = text.partition(".")
    micros = int(whole) * factor + (int(float(f"0.{fraction}") * factor) if fraction else 0)
    return _ZERO + timedelta(microseconds=micros)


def _in_zone(moment: datetime, zone: ZoneInfo) -> datetime | None:
    """A local time in its zone; None when the clocks skip it."""
    local = moment.replace(tzinfo=zone, fold=0)
    back = local.astimezone(UTC).astimezone(zone).replace(tzinfo=None)
    return local if back == moment else None
