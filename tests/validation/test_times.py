from datetime import datetime

import numpy as np
import pytest

from delphi.validation.times import Clock


def read(text, time_format="iso", zone="Europe/Amsterdam", epoch=None):
    instants, bad = Clock(time_format, zone, epoch).read(np.array([text], dtype=object))
    if bad[0]:
        return "bad"
    return None if np.isnat(instants[0]) else str(instants[0])[:19]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022-03-01 13:56:00", "2022-03-01T12:56:00"),
        ("2022-07-01T13:56:00", "2022-07-01T11:56:00"),
        ("2022-07-01T13:56:00Z", "2022-07-01T13:56:00"),
        ("2022-07-01T13:56:00+05:30", "2022-07-01T08:26:00"),
        ("2022-03-01", "2022-02-28T23:00:00"),
        ("", None),
        ("  ", None),
        ("01/02/2022", "bad"),
        ("2022-13-01", "bad"),
        ("44621.5", "bad"),
        ("٢٠٢٢-٠٣-٠١", "bad"),
        ("0001-01-01T00:00:00", "bad"),
    ],
)  # fmt: skip
def test_iso_times_are_read_in_their_zone_or_the_declared_one(text, expected):
    assert read(text) == expected


def test_a_local_time_that_occurs_twice_is_the_first_and_one_that_never_occurs_is_bad():
    assert read("2022-10-30 02:30:00") == "2022-10-30T00:30:00"
    assert read("2022-03-27 02:30:00") == "bad"


@pytest.mark.parametrize(
    ("text", "time_format", "expected"),
    [
        ("01.02.2022 10:00", "%d.%m.%Y %H:%M", "2022-02-01T09:00:00"),
        ("02/01/2022 10:00", "%d.%m.%Y %H:%M", "bad"),
        ("٠1.02.2022 10:00", "%d.%m.%Y %H:%M", "bad"),
        ("1500232652", "epoch_s", "2017-07-16T19:17:32"),
        ("1500232652930", "epoch_ms", "2017-07-16T19:17:32"),
        ("1500232652930.0", "epoch_ms", "2017-07-16T19:17:32"),
        ("1e9", "epoch_s", "bad"),
        ("99999999999999999", "epoch_s", "bad"),
    ],
)  # fmt: skip
def test_other_formats_are_read_as_declared(text, time_format, expected):
    assert read(text, time_format) == expected


def test_serial_numbers_of_workbooks_count_from_their_epoch():
    epoch = datetime(1899, 12, 30)
    assert read("41548.5", epoch=epoch, zone="UTC") == "2013-10-01T12:00:00"
    assert read("41548.52361111111", epoch=epoch, zone="UTC") == "2013-10-01T12:34:00"
    assert read("40086.5", epoch=datetime(1904, 1, 1), zone="UTC") == "2013-10-01T12:00:00"
    assert read("2013-10-01T12:00:00", "%d.%m.%Y", "UTC", epoch) == "2013-10-01T12:00:00"
