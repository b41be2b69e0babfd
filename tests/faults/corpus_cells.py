"""Cells, keys and people: one text in one place of an otherwise good delimited file."""

from __future__ import annotations

import unicodedata

from tests.faults.corpus import PEOPLE, Case, base, text_of

WHO = PEOPLE[3][0]
NOT_A_NUMBER = (
    "seven", "7 - important", "1_0", "1e0", "1E0", "7e-1", "4,5", "N/A", "NA", "n/a", "null", "NULL", "None", "nan", "NaN", "inf",
    "-inf", "Infinity", "+7", "7.", ".7", "0x7", "0b111", "7%", "$7", "€7", "1/2", "=7", "=1+6", "'7", '"7"', "TRUE", "true", "False",
    "2026-01-07", "07:00", "7 Jan", "#REF!", "#N/A", "#VALUE!", "-", "--", "?", ".", "7 8", "7;8", "7|8", "1.000.000", "1,000", "VII",
    "½", "7\u200b", "\u22127", "7\u00a08", "1e400", "7\ufeff", "7\u202e", "ja", "<b>7</b>", "&#55;", "7\n", "x7", "7x", "(7)", "[7]", "{7}",
    "-0x1", "7..0", "7.0.0", "--7", "7-", "\\N", "NIL", "missing", "no answer", "don't know", "é", "日", "\x1b[31m7", "7\x08",
)  # fmt: skip
OFF_SCALE = (
    "0",
    "10",
    "99",
    "-1",
    "-7",
    "-99",
    "1000000",
    "9" * 19,
    "12345678901234567890",
    "10.0",
    "0.0",
    "-0",
    "00",
    "010",
)
FRACTIONS = ("4.5", "7.5", "8.999999", "1.0000001", "0.5")
FOREIGN = ("７", "٧", "४", "²", "７.0")
AS_SEVEN = ("7", "7.0", "07", " 7", "7 ", "7.00", "\t7", "\u00a07", "007", "7.000000")
EMPTY = ("", " ", "   ", "\t", "\u00a0")
KEYS = (
    "00042", "42", "1E5", "1e5", "NA", "N/A", "null", "None", "nan", "12.10", "1234567890123456789", "-1", "+31", "true", "0x1F", "=1+1",
    "@home", "Zoë", "Ångström", "İ", "ﬁ", "١٢٣", "a b", "a,b", 'a"b', "a'b", "01.02.2026", "1/2", "#N/A", "%41", "../x", "<b>", "p03\u200b", "рOO",
    "𝟘", "1_0", "1,5", "e\u0301", "P03@example.org",
)  # fmt: skip


def cases() -> list[Case]:
    """One case per text."""
    return [*_cells(), *_keys(), *_people()]


def _with(place: int, text: str) -> bytes:
    rows = base()
    rows[4][place] = text
    return text_of(rows).encode()


def _cells() -> list[Case]:
    at = {(WHO, "s02"): None}
    found = []
    for rule, texts in {
        "not_a_number": NOT_A_NUMBER,
        "off_scale": OFF_SCALE,
        "fraction": FRACTIONS,
        "not_an_ascii_digit": FOREIGN,
    }.items():
        # A whole number beyond the scale and a fraction beside it may be told either way.
        rules = {
            "off_scale": ("off_scale",),
            "fraction": ("fraction", "off_scale"),
            "not_a_number": ("not_a_number", "not_an_ascii_digit"),
        }
        for text in texts:
            if text.strip() != text and text.strip().isdigit():
                continue
            found.append(
                Case(
                    f"cell {text!r}",
                    ("p04", "p02"),
                    _with(3, text),
                    changed=at,
                    rules=(rules.get(rule, (rule,)),),
                    records=12,
                )
            )
    found += [
        Case(f"cell {t!r} is seven", ("p04",), _with(3, t), changed={(WHO, "s02"): 7.0}, records=12)
        for t in AS_SEVEN
    ]
    found += [Case(f"cell {t!r} is empty", ("p04",), _with(3, t), changed=at, records=12) for t in EMPTY]
    found.append(
        Case(
            "cell of 4300 digits",
            ("p04", "p05"),
            _with(3, "9" * 4300),
            changed=at,
            rules=(("off_scale", "not_a_number"),),
        )
    )
    found.append(
        Case(
            "cell of a million letters",
            ("p05",),
            _with(3, "x" * 1_000_000),
            changed=at,
            rules=(("not_a_number",),),
        )
    )
    declared = 'missing: {no_opinion: 99, declined: "NA", not_shown: "-"}'
    for text in ("99", "NA", "-", "99.0"):
        data = _with(3, text)
        found.append(
            Case(
                f"cell {text!r} where it is declared as missing",
                ("p04",),
                data,
                changed=at,
                declared=declared,
            )
        )
    return found


def _keys() -> list[Case]:
    found = []
    for text in KEYS:
        key = unicodedata.normalize("NFC", text)
        found.append(Case(f"key {text!r}", ("p06",), _with(0, text), renamed={WHO: key}, records=12))
    decomposed = unicodedata.normalize("NFD", "Zoë")
    found.append(
        Case("key in decomposed letters", ("p06",), _with(0, decomposed), renamed={WHO: "Zoë"}, records=12)
    )
    found.append(Case("key with blanks around it", ("p06",), _with(0, f" {WHO} "), records=12))
    for text in ("", "  ", "\u00a0"):
        found.append(
            Case(
                f"key {text!r} is missing",
                ("p12", "p02"),
                _with(0, text),
                gone=(WHO,),
                rules=(("missing_key",),),
                records=12,
            )
        )
    return found


def _people() -> list[Case]:
    rows = base()
    repeat = Case("an exact repeat", ("p02", "p09"), text_of([*rows, rows[4]]).encode(), records=13)
    other = [*rows[4][:2], "1", "1", "1"]
    contradiction = Case(
        "two answers of one person", ("p09", "p02"), text_of([*rows, other]).encode(), gone=(WHO,),
        rules=(("duplicate_contradiction",),), records=13,
    )  # fmt: skip
    reverse = [rows[0], other, *reversed(rows[1:])]
    backwards = Case(
        "two answers of one person, the other first", ("p09",), text_of(reverse).encode(), gone=(WHO,),
        rules=(("duplicate_contradiction",),), records=13,
    )  # fmt: skip
    turned = Case("people in reverse", ("p12",), text_of([rows[0], *reversed(rows[1:])]).encode(), records=12)
    third = Case(
        "an exact repeat, three times",
        ("p02",),
        text_of([*rows, rows[4], rows[4], rows[4]]).encode(),
        records=15,
    )
    unknown = Case(
        "a group that nobody declared", ("p12",), _with(1, "village"), rules=(("unknown_group",),), records=12
    )
    no_group = Case("no group", ("p12",), _with(1, ""), records=12)
    capital = Case(
        "a group in other letters", ("p12",), _with(1, "Company"), rules=(("unknown_group",),), records=12
    )
    empty = [[*row[:2], "", "", ""] if row[0] == WHO else row for row in rows]
    blank = Case("a person without any answer", ("p10",), text_of(empty).encode(), gone=(WHO,), records=12)
    both = Case(
        "an empty return beside a full one",
        ("p09", "p10"),
        text_of([*rows, empty[4]]).encode(),
        rules=(("superseded",),),
        records=13,
    )
    return [repeat, contradiction, backwards, turned, third, unknown, no_group, capital, blank, both]
