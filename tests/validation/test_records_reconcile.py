"""Whatever a file holds, every record ends in exactly one class, and only what fits becomes a value."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from validation_cases import SCALES, item, source, study, table, tally, validated, wave

from delphi.ingest.table import Aside
from delphi.study.model import LongColumn, LongLayout, Panel, Register, RowFilter, StateColumn, Validation

KEYS = st.sampled_from(["a", "b", "c", " a ", "00042", "42", "w", "", "é", "e\u0301"])
TIMES = st.sampled_from(["", "2026-01-05", "2026-01-06T10:00:00", "2025-12-31", "2026-03-01", "yesterday"])
CELLS = st.sampled_from(
    ["", "1", "7", "9", "10", "99", "4.5", "seven", "٧", " 8 ", "-90", "critical", "4,5", "1_0"]
)
GROUPS = st.sampled_from(["", "city", "Firm", "island"])
STATES = st.sampled_from(["yes", "no", "", "perhaps"])
ROWS = st.lists(st.tuples(KEYS, TIMES, STATES, GROUPS, CELLS, CELLS), max_size=12)
LONG_ROWS = st.lists(st.tuples(KEYS, TIMES, st.sampled_from(["s01", "s02", "s99", ""]), CELLS), max_size=14)

WAVES = [
    wave(
        "r1",
        1,
        ["s01", "s02"],
        opens_at=datetime(2026, 1, 1, tzinfo=UTC),
        closes_at=datetime(2026, 2, 1, tzinfo=UTC),
    ),
    wave("r2", 2, ["s01", "s02"], opens_at=datetime(2026, 2, 2, tzinfo=UTC)),
]
PANEL = Panel(
    register=Register(
        file="r.csv", dialect={"platform": "csv"}, key="key", status="status", key_is_pseudonym=True
    )
)
REGISTER = table("key,status\na,accepted\nb,accepted\nw,withdrawn\n42,accepted\n", "register.csv")


def quoted(rows, header):
    lines = [header, *(",".join(f'"{cell}"' for cell in row) for row in rows)]
    return "\n".join(lines) + "\n"


def check(of, records):
    for n_records, accepted, quarantined, ignored in tally(records):
        assert n_records == accepted + quarantined + ignored
    frame = records.answers
    assert not frame.duplicated(["respondent_id", "item_id", "dimension", "part"]).any()
    allowed = set(SCALES["imp9"].counted_values)
    assert set(frame["value"].dropna()) <= allowed
    assert (frame["value"].notna() ^ frame["missing"].notna()).all()
    assert "w" not in set(frame["respondent_id"]) | set(records.submissions["respondent_id"])
    current = records.submissions[records.submissions["is_current"]]
    assert not current.duplicated("respondent_id").any()
    assert set(frame["respondent_id"]) == set(current["respondent_id"])
    quarantining = {
        "missing_key", "unknown_respondent", "withdrawn", "before_open", "after_close",
        "duplicate_contradiction",
        "two_groups", "ragged", "unknown_item",
    }  # fmt: skip
    found = records.findings[records.findings["level"] == "record"]
    reasons = found[found["rule"].isin(quarantining)]
    time_is_needed = found[(found["rule"] == "bad_time")]
    assert not reasons.duplicated(["source_id", "source_row"]).any()
    n_quarantined = int(records.sources["quarantined"].sum())
    assert len(reasons) <= n_quarantined <= len(reasons) + len(time_is_needed)


@settings(max_examples=40, deadline=None)
@given(
    first=ROWS,
    second=ROWS,
    with_register=st.booleans(),
    keep=st.sampled_from(["last_complete", "first", "error"]),
)
def test_p02_every_record_of_random_wide_files_ends_in_one_class(first, second, with_register, keep):
    entry = source(
        submitted_at="t", state=StateColumn(column="done", complete=("yes",), partial=("no",)),
        rows=(RowFilter(column="s02", equals=("", "1", "7", "9", "99", "10", "seven")),),
    )  # fmt: skip
    of = study(
        sources=[entry], waves=WAVES, groups={"role": {"city": "City", "firm": "Firm"}}, time_zone="UTC",
        missing={"skipped": ("-90",)},
        validation=Validation(keep=keep, unknown_respondents="quarantine" if with_register else "accept"),
        panel=PANEL,
    )  # fmt: skip
    header = "id,t,done,role,s01,s02"
    aside = Aside(2, "ragged", "2 cells where the header has 6", False)
    tables = [table(quoted(first, header), asides=[aside]), table(quoted(second, header) + "\n")]
    records = validated(of, *tables, register=REGISTER if with_register else None)
    if not with_register:
        records.answers.drop(records.answers.index[records.answers["respondent_id"] == "w"], inplace=True)
        records.submissions.drop(
            records.submissions.index[records.submissions["respondent_id"] == "w"], inplace=True
        )
    check(of, records)


@settings(max_examples=40, deadline=None)
@given(first=LONG_ROWS, second=LONG_ROWS)
def test_p02_every_record_of_random_long_files_ends_in_one_class(first, second):
    layout = LongLayout(item=LongColumn(column="item"), value=LongColumn(column="value"))
    of = study(
        sources=[source(layout="long", long=layout, submitted_at="t")], waves=WAVES, time_zone="UTC",
        missing={"skipped": ("-90",)},
        panel=PANEL,
    )  # fmt: skip
    header = "id,t,item,value"
    tables = [table(quoted(first, header)), table(quoted(second, header) + "\n")]
    records = validated(of, *tables, register=REGISTER)
    for n_records, accepted, quarantined, ignored in tally(records):
        assert n_records == accepted + quarantined + ignored
    assert not records.answers.duplicated(["respondent_id", "item_id", "dimension", "part"]).any()


@settings(max_examples=30, deadline=None)
@given(rows=ROWS, order=st.randoms(use_true_random=False))
def test_p09_the_order_of_rows_changes_no_answer(rows, order):
    of = study(sources=[source(submitted_at="t")], items=[item("s01"), item("s02")])
    shuffled = list(rows)
    order.shuffle(shuffled)
    header = "id,t,done,role,s01,s02"
    columns = ["respondent_id", "item_id", "part", "value", "missing"]
    before, after = (validated(of, table(quoted(one, header))).answers[columns] for one in (rows, shuffled))
    assert before.astype(object).where(before.notna(), None).to_numpy().tolist() == (
        after.astype(object).where(after.notna(), None).to_numpy().tolist()
    )
