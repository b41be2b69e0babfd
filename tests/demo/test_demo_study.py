"""The demonstration study: the same bytes every time, the planted numbers, every defect in its place."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from demo_truth import broken, cleaned, read_table, seed_holds, stability, values

from delphi.demo import DEFAULT_SEED, PLANTED_STRINGS, demo_files, write_demo
from delphi.errors import UsageError

NAMES = {
    "study.yaml", "register.csv", "reserve.csv", "r1.csv", "r2.csv", "r3.xlsx", "r3_page_log.csv",
    "expected_findings.csv", "expected_verdicts.csv",
}  # fmt: skip
EXPORTS = ("r1.csv", "r2.csv", "r3.xlsx")
ROLES = {  # accepted, round 1, round 2, round 3
    "company": (34, 30, 27, 23),
    "employer_organisation": (11, 10, 9, 8),
    "government": (16, 14, 13, 11),
    "city": (8, 7, 6, 5),
    "international_organisation": (7, 6, 5, 5),
    "migrant_led_organisation": (8, 6, 5, 4),
    "academia": (6, 5, 5, 4),
}
INVITED = {
    "company": 48, "employer_organisation": 14, "government": 22, "city": 10, "international_organisation": 8,
    "migrant_led_organisation": 10, "academia": 8,
}  # fmt: skip


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return demo_files()


@pytest.fixture(scope="module")
def study(files):
    return cleaned(files)


@pytest.fixture(scope="module")
def expected(files) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files["expected_findings.csv"].decode())))


def cell_of(files: dict[str, bytes], row: dict[str, str]) -> str:
    """What stands in the export where a finding is expected."""
    record = read_table(row["file"], files[row["file"]])[int(row["source_row"]) - 2]
    name = row["column_name"]
    if row["file"] == "r2.csv" and row["item_id"]:
        name = next(column for column in record if column.split("_")[0] == row["item_id"])
    return record[name]


def rule(expected: list[dict[str, str]], name: str) -> list[dict[str, str]]:
    return [row for row in expected if row["rule"] == name]


class TestWriting:
    def test_the_same_seed_gives_the_same_bytes(self, files):
        assert demo_files() == files

    def test_another_seed_gives_other_answers_to_the_same_study(self, files):
        other = demo_files(DEFAULT_SEED + 1)
        assert other["study.yaml"] == files["study.yaml"]
        assert all(other[name] != files[name] for name in EXPORTS)

    def test_all_files_are_written_and_named(self, tmp_path: Path):
        written = write_demo(tmp_path / "new" / "study")
        assert {path.name for path in written} == NAMES
        assert {path.name for path in (tmp_path / "new" / "study").iterdir()} == NAMES

    def test_an_identical_study_is_kept_as_it_is(self, tmp_path: Path):
        first = write_demo(tmp_path)
        times = [path.stat().st_mtime_ns for path in first]
        assert [path.stat().st_mtime_ns for path in write_demo(tmp_path)] == times

    def test_a_missing_file_is_written_again(self, tmp_path: Path, files):
        write_demo(tmp_path)
        (tmp_path / "r2.csv").unlink()
        write_demo(tmp_path)
        assert (tmp_path / "r2.csv").read_bytes() == files["r2.csv"]

    def test_another_study_is_never_written_over(self, tmp_path: Path):
        (tmp_path / "study.yaml").write_text("studyfile: '1.0'\n")
        with pytest.raises(UsageError) as caught:
            write_demo(tmp_path)
        assert [problem.file for problem in caught.value.problems] == [str(tmp_path / "study.yaml")]
        assert [path.name for path in tmp_path.iterdir()] == ["study.yaml"]

    def test_the_answers_of_another_seed_are_never_written_over(self, tmp_path: Path, files):
        write_demo(tmp_path)
        with pytest.raises(UsageError):
            write_demo(tmp_path, DEFAULT_SEED + 1)
        assert (tmp_path / "r1.csv").read_bytes() == files["r1.csv"]

    def test_a_file_in_the_place_of_the_folder_is_a_usage_error(self, tmp_path: Path):
        (tmp_path / "taken").write_text("")
        with pytest.raises(UsageError):
            write_demo(tmp_path / "taken")


class TestPanel:
    def test_the_funnel_is_120_90_78_70_60_by_role(self, files, study):
        known = [one for one in study.people.values() if one["status"] not in ("withdrawn", "identified")]
        assert Counter(one["role"] for one in known) == INVITED
        accepted = Counter(one["role"] for one in known if one["status"] in ("accepted", "replaced"))
        rounds = [
            Counter(study.people[who]["role"] for who in study.answers[wave]) for wave in ("r1", "r2", "r3")
        ]
        assert {role: (accepted[role], *(one[role] for one in rounds)) for role in ROLES} == ROLES
        assert [sum(one.values()) for one in (accepted, *rounds)] == [90, 78, 70, 60]

    def test_the_register_tells_how_each_invitation_ended(self, study):
        assert study.statuses == {
            "bounced": 5, "declined": 11, "no_answer": 14, "accepted": 88, "replaced": 2, "withdrawn": 1,
            "identified": 4,
        }  # fmt: skip

    def test_the_substitutes_stand_on_a_reserve_list_of_their_own(self, files, study):
        reserve = read_table("reserve.csv", files["reserve.csv"])
        assert [row["status"] for row in reserve] == ["invited", "invited"]
        assert not {row["token"] for row in reserve} & set(study.people)

    def test_companies_are_spread_over_sectors_and_insurance_is_a_small_cell(self, study):
        def sectors(wave: str) -> Counter[str]:
            people = [study.people[who] for who in study.answers[wave]]
            return Counter(one["sector"] for one in people if one["role"] == "company")

        assert sectors("r1") == {
            "construction": 6, "mining_extractives": 5, "recruitment": 5, "insurance": 3,
            "financial_services": 5, "other_business": 6,
        }  # fmt: skip
        assert [sectors(wave)["insurance"] for wave in ("r1", "r2", "r3")] == [3, 3, 2]

    def test_languages_are_near_the_planned_shares(self, study):
        languages = Counter(
            one["language"] for one in study.people.values() if one["status"] in ("accepted", "replaced")
        )
        shares = {name: n / 90 for name, n in languages.items()}
        assert shares == pytest.approx({"en": 0.62, "fr": 0.18, "es": 0.12, "ar": 0.08}, abs=0.07)

    def test_every_address_is_at_the_example_domain(self, files):
        rows = read_table("register.csv", files["register.csv"])
        assert all(re.fullmatch(r"[a-z.0-9]+@example\.org", row["email"]) for row in rows)


class TestPlantedTruth:
    def test_every_planted_verdict_and_stability_label_holds(self, files):
        assert broken(files) == []

    def test_the_default_seed_is_one_that_holds(self):
        assert seed_holds(DEFAULT_SEED)

    @pytest.mark.parametrize(
        ("item", "wave", "counts"),
        [
            ("C4", "r2", [2, 3, 5, 4, 6, 5, 18, 17, 9]),
            ("C4", "r3", [2, 3, 4, 2, 3, 4, 17, 17, 8]),
            ("B4", "r2", [1, 2, 3, 4, 5, 6, 20, 19, 9]),
            ("B4", "r3", [1, 2, 2, 3, 4, 5, 17, 15, 7]),
            ("G10", "r2", [3, 3, 3, 3, 3, 6, 21, 18, 8]),
            ("G10", "r3", [0, 0, 1, 1, 4, 6, 20, 18, 8]),
        ],
    )
    def test_fixed_counts_are_met_exactly(self, study, item, wave, counts):
        answers = list(values(study, wave, f"{item}_importance").values())
        assert [answers.count(value) for value in range(1, 10)] == counts

    def test_nobody_who_stayed_changed_sides_on_g10(self, study):
        earlier = values(study, "r2", "G10_importance")
        later = values(study, "r3", "G10_importance")
        assert all((earlier[who] >= 7) == (later[who] >= 7) for who in later)
        left = [value for who, value in earlier.items() if who not in study.answers["r3"]]
        assert sorted(left) == [1, 1, 1, 2, 2, 2, 3, 3, 4, 7]

    @pytest.mark.parametrize(("item", "share"), [("C4", 0.6), ("B4", 0.6), ("G10", 0.6)])
    def test_companies_and_governments_share_the_dealt_items(self, study, item, share):
        answers = values(study, "r3", f"{item}_importance")
        for role in ("company", "government"):
            own = [value for who, value in answers.items() if study.people[who]["role"] == role]
            assert sum(value >= 7 for value in own) >= share * len(own)

    @pytest.mark.parametrize("item", ["C4", "B4", "G10"])
    def test_dealt_items_are_stable_by_a_wide_margin(self, study, item):
        earlier, later = (values(study, wave, f"{item}_importance") for wave in ("r2", "r3"))
        pairs = [(earlier[who], later[who]) for who in later if who in earlier]
        assert sum(abs(a - b) <= 1 for a, b in pairs) >= 0.85 * len(pairs)

    def test_the_choices_of_c7_are_met_exactly(self, study):
        leaders = ("city", "chamber", "large_employer", "association", "national_agency")
        for wave, wanted in (("r1", (30, 20, 9, 7, 12)), ("r2", (33, 17, 6, 5, 9)), ("r3", (40, 9, 4, 3, 4))):
            found = Counter(row["C7"] for row in study.answers[wave].values())
            assert tuple(found[leader] for leader in leaders) == wanted

    def test_everybody_chooses_exactly_three_services(self, study):
        for rows in study.answers.values():
            for row in rows.values():
                assert [cell for name, cell in row.items() if name.startswith("B7_")].count("1") == 3

    def test_b5_is_answered_by_about_half_because_business_has_no_opinion(self, study):
        answers = values(study, "r2", "B5_importance")
        assert 36 <= len(answers) <= 46
        assert sum(value >= 7 for value in answers.values()) < 0.7 * len(study.answers["r2"])

    def test_five_recruitment_companies_dissent_on_p4_in_round_2(self, study):
        answers = values(study, "r2", "P4_importance")
        sector = {
            who
            for who, one in study.people.items()
            if (one["role"], one["sector"]) == ("company", "recruitment")
        }
        own = [value for who, value in answers.items() if who in sector]
        assert len(own) == 5
        assert sum(own) / 5 < 3.5

    def test_the_items_that_move_are_the_seven_and_c6(self, study):
        consensus = ("S3", "S4a", "S7", "P3", "C1", "C4", "C8", "B8", "G1", "G6", "G9", "G10", "P6")
        moving = [item for item in consensus if stability(study, item) == "unstable"]
        assert sorted(moving) == sorted(("S7", "P3", "C1", "G9", "P6", "G1", "G6"))
        assert stability(study, "C6") == "unstable"

    def test_open_questions_are_asked_in_two_forms_and_a_fifth_is_left_blank(self, study):
        for row in study.answers["r1"].values():
            assert [row[f"O{n}"] for n in range(1, 13)].count("-97") == 6
        shown = [
            row[f"O{n}"]
            for row in study.answers["r1"].values()
            for n in range(1, 13)
            if row[f"O{n}"] != "-97"
        ]
        assert shown.count("") / len(shown) == pytest.approx(0.22, abs=0.05)
        assert all(2 <= len(text.split()) <= 60 for text in shown if text)

    def test_comments_are_rare_and_rarer_in_the_middle(self, study):
        for rows in study.answers.values():
            cells = [cell for row in rows.values() for name, cell in row.items() if name.endswith("_comment")]
            assert 0.05 < sum(cell != "" for cell in cells) / len(cells) < 0.12


class TestShapesOfTheFiles:
    def test_round_1_is_comma_separated_with_a_byte_order_mark(self, files):
        assert files["r1.csv"].startswith(b"\xef\xbb\xbfid,token,")
        assert b"\r" not in files["r1.csv"]

    def test_round_2_has_semicolons_windows_line_ends_and_whole_questions_as_headers(self, files):
        text = files["r2.csv"].decode("utf-8")
        header, *records = text.split("\r\n")
        assert header.startswith("id;token;")
        assert "G07 – <p><b>“Local legislation stands in the way”</b></p> [agreement]" in header
        assert len(records) == 73  # 72 records and the empty end
        assert "\n" not in text.replace("\r\n", "")
        assert re.search(r";\d,5;", text)

    def test_round_2_has_two_columns_in_another_place(self, files):
        names = list(read_table("r2.csv", files["r2.csv"])[0])
        assert names.index("P7") < names.index("S1_importance")
        assert names[-1] == "C3_importance"

    def test_round_3_is_a_workbook_with_a_nameless_column_and_times_as_numbers(self, files):
        record = read_table("r3.xlsx", files["r3.xlsx"])[0]
        assert "" in record
        assert 41645 < float(record["submitted"]) < 41670
        with zipfile.ZipFile(io.BytesIO(files["r3.xlsx"])) as book:
            assert "numFmt " not in book.read("xl/styles.xml").decode()
            assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()

    def test_the_page_log_tells_the_eight_lost_pages_from_skipped_ones(self, files):
        lost = [
            row["token"]
            for row in read_table("r3_page_log.csv", files["r3_page_log.csv"])
            if row["state"] == "time_out"
        ]
        records = {row["token"]: row for row in read_table("r3.xlsx", files["r3.xlsx"])}
        assert len(lost) == 8
        for token in lost:
            cells = [cell for name, cell in records[token].items() if re.fullmatch(r"P\d.*", name)]
            assert len(cells) >= 7
            assert set(cells) == {""}


class TestDefects:
    def test_all_planted_defects_are_listed(self, expected):
        assert Counter(row["rule"] for row in expected) == {
            "superseded": 4, "before_open": 2, "unknown_respondent": 5, "after_close": 1, "rejoin": 2,
            "withdrawn": 2, "group_changed": 1, "straightlining": 3, "speeding": 2, "off_scale": 3,
            "not_a_number": 4, "fraction": 1, "not_an_ascii_digit": 1, "bad_ranking": 6, "unknown_column": 1,
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("name", "cells"),
        [
            ("off_scale", ["0", "10", "2107"]),
            ("not_a_number", ["2 weeks", "2 weeks", "7 - important", "seven"]),
            ("fraction", ["0.3"]),
            ("not_an_ascii_digit", ["٧"]),
            ("group_changed", ["government"]),
        ],
    )
    def test_odd_cells_stand_where_they_are_listed(self, files, expected, name, cells):
        assert sorted(cell_of(files, row) for row in rule(expected, name)) == sorted(cells)

    def test_cells_that_are_read_as_declared_are_there_and_not_listed(self, files):
        text = files["r1.csv"].decode() + files["r2.csv"].decode()
        for cell in (",n/a,", ",-,", ", 8 ,", ";N/A;", ";sans opinion;"):
            assert text.count(cell) == 1
        assert files["r1.csv"].decode().count(",recused,") == 2

    def test_records_outside_the_dates_stand_where_they_are_listed(self, files, expected):
        for name, months in (("before_open", {"2013-09"}), ("after_close", {"2013-10-30"})):
            for row in rule(expected, name):
                record = read_table("r1.csv", files["r1.csv"])[int(row["source_row"]) - 2]
                assert any(record["submitted"].startswith(month) for month in months)

    def test_strangers_and_the_withdrawn_stand_where_they_are_listed(self, files, expected, study):
        for row in rule(expected, "unknown_respondent") + rule(expected, "withdrawn"):
            token = read_table(row["file"], files[row["file"]])[int(row["source_row"]) - 2]["token"]
            status = study.people.get(token, {}).get("status")
            assert status == ("withdrawn" if row["rule"] == "withdrawn" else None)

    def test_those_who_skipped_round_2_stand_where_they_are_listed(self, files, expected, study):
        for row in rule(expected, "rejoin"):
            token = read_table("r3.xlsx", files["r3.xlsx"])[int(row["source_row"]) - 2]["token"]
            assert token in study.answers["r1"]
            assert token not in study.answers["r2"]
            assert token not in study.answers["r3"]

    def test_three_sent_round_1_twice_and_one_has_two_tokens(self, files, expected):
        register = read_table("register.csv", files["register.csv"])
        joined = {row["token"]: row["same_as"] for row in register if row["same_as"]}
        for row in rule(expected, "superseded"):
            records = read_table(row["file"], files[row["file"]])
            earlier = records[int(row["source_row"]) - 2]
            own = [one for one in records if joined.get(one["token"], one["token"]) == earlier["token"]]
            assert len(own) == 2
            assert own[0] is earlier
            assert own[1]["status"] == "submitted"

    def test_straight_and_hasty_returns_stand_where_they_are_listed(self, files, expected):
        records = read_table("r1.csv", files["r1.csv"])
        straight = [records[int(row["source_row"]) - 2] for row in rule(expected, "straightlining")]
        rated = [{cell for name, cell in one.items() if name.endswith("_importance")} for one in straight]
        assert sorted(rated, key=str) == [{"3"}, {"5"}, {"9"}]
        for row in rule(expected, "speeding"):
            one = records[int(row["source_row"]) - 2]
            assert one["started"][:16] <= one["submitted"][:16]

    def test_two_ties_a_round_stand_where_they_are_listed(self, files, expected):
        assert Counter(row["file"] for row in rule(expected, "bad_ranking")) == dict.fromkeys(EXPORTS, 2)
        for row in rule(expected, "bad_ranking"):
            record = read_table(row["file"], files[row["file"]])[int(row["source_row"]) - 2]
            assert [record[f"G8_G{n}"] for n in range(1, 8)].count("1") == 2

    def test_one_person_read_the_scale_the_wrong_way_round_in_round_2(self, study):
        def distance(who: str) -> float:
            cells = [name for name in study.answers["r1"][who] if name.endswith("_importance")]
            both = [(values(study, "r1", n).get(who), values(study, "r2", n).get(who)) for n in cells
                    if n in study.answers["r2"][who]]  # fmt: skip
            pairs = [(a, b) for a, b in both if a and b]
            return sum(abs(a - b) for a, b in pairs) / len(pairs)

        distances = sorted(distance(who) for who in study.answers["r2"])
        assert distances[-1] > 3

    def test_planted_strings_stand_in_comments_and_nowhere_else(self, files):
        for text in PLANTED_STRINGS:
            cells = [
                (name, column)
                for name in EXPORTS
                for record in read_table(name, files[name])
                for column, cell in record.items()
                if text in cell
            ]
            assert len(cells) == 1
            assert cells[0][1].endswith("_comment")
            assert not any(text.encode() in files[name] for name in NAMES - set(EXPORTS))

    def test_comments_hold_a_formula_a_line_break_a_mark_and_a_pasted_text(self, files):
        records = [one for name in EXPORTS for one in read_table(name, files[name])]
        comments = [cell for one in records for column, cell in one.items() if column.endswith("_comment")]
        assert comments.count("=1+1") == 1
        assert sum("\n" in one for one in comments) == 1
        assert sum("\u200f" in one for one in comments) == 1
        assert Counter(one for one in comments if "position paper" in one).most_common()[0][1] == 3
