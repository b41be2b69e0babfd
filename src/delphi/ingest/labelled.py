"""Reads files of statistics programs, SPSS (.sav, .zsav) and Stata (.dta), in the child process."""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from typing import Any

from delphi.ingest.bytesfile import as_path
from delphi.ingest.celltext import text_of
from delphi.ingest.recognise import kind_of, wrong_format
from delphi.ingest.records import Extract, begin
from delphi.ingest.refusing import refusal


def read(data: bytes, file_name: str, options: Mapping[str, Any]) -> Extract:
    """Cells as the codes that are stored; value labels are not put in their place, only counted in the notes.

    Codes that the file declares as missing stay as they are (Stata's ``.a`` is the text ``a``), so that the
    study file says what they mean; the system's own missing value is the empty text.

    Raises
    ------
    AnswersError
        If the file is another one than its source says, or pyreadstat is not installed.
    """
    platform = options["platform"]
    counted = _cases_of_spss(data) if platform == "sav" else _cases_of_stata(data)
    if counted is None:
        expected = "an SPSS file (.sav)" if platform == "sav" else "a Stata file (.dta)"
        raise wrong_format(file_name, kind_of(data) or "something else", expected)
    try:
        import pyreadstat
    except ImportError:
        raise refusal(
            file_name,
            "reader_failed",
            "files of SPSS and Stata need pyreadstat, which is not installed",
            "pip install 'delphi-study[spss]'",
        ) from None

    reader = pyreadstat.read_sav if platform == "sav" else pyreadstat.read_dta
    with as_path(data) as path:
        columns, about = reader(path, user_missing=True, output_format="dict")
    headers = list(columns)
    records = max((len(cells) for cells in columns.values()), default=0)
    extract = begin(headers, file_name, records if counted < 0 else counted)
    texts = [[text_of(cell) for cell in columns[header]] for header in headers]
    extract.add(list(zip(*texts, strict=True)), 2)
    if labels := sum(bool(of) for of in about.variable_value_labels.values()):
        extract.notes.append(f"{labels} columns have value labels; their codes were taken")
    return extract


def _cases_of_spss(data: bytes) -> int | None:
    """Number of cases in the header, -1 where it is not known; None when this is no SPSS file."""
    if data[:4] not in (b"$FL2", b"$FL3") or len(data) < 176:
        return None
    order = "<" if struct.unpack_from("<i", data, 64)[0] in (2, 3) else ">"
    return int(struct.unpack_from(f"{order}i", data, 80)[0])


def _cases_of_stata(data: bytes) -> int | None:
    """Number of observations in the header; None when this is no Stata file."""
    if data.startswith(b"<stata_dta>"):
        release = re.search(rb"<release>(\d+)</release>", data[:200])
        order = re.search(rb"<byteorder>(MSF|LSF)</byteorder>", data[:200])
        place = data.find(b"<N>", 0, 300)
        if release is None or order is None or place < 0:
            return None
        kind = "I" if int(release[1]) == 117 else "Q"
        if len(data) < place + 11:
            return None
        return int(struct.unpack_from(("<" if order[1] == b"LSF" else ">") + kind, data, place + 3)[0])
    if len(data) > 10 and 104 <= data[0] <= 115 and data[1] in (1, 2):
        return int(struct.unpack_from("<i" if data[1] == 2 else ">i", data, 6)[0])
    return None
