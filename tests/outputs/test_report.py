"""The report as a page: what it says, what it must never hold, and that it is the same every time."""

from __future__ import annotations

import os
import re
import stat
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
import report_study

from delphi.outputs.facts import REPORT_TABLES
from delphi.outputs.report import render_report, write_report
from delphi.study.model import Item, Study, Wave


class Outline(HTMLParser):
    """Tags, ids and references of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.references: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            self.attributes.append((tag, name, value))
            if name == "id":
                self.ids.append(value or "")
            if name == "href" and (value or "").startswith("#"):
                self.references.append((value or "")[1:])


def outline(page: str) -> Outline:
    parser = Outline()
    parser.feed(page)
    return parser


def text_of(page: str) -> str:
    """The page without tags and style, blanks made single."""
    body = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)
    return re.sub(r"[ \n]+", " ", body)


def test_equal_inputs_give_equal_bytes(
    page: str, invented: Study, invented_tables: dict[str, pd.DataFrame]
) -> None:
    assert render_report(invented, invented_tables) == page


def test_p33_the_order_of_rows_changes_nothing(
    page: str, invented: Study, invented_tables: dict[str, pd.DataFrame]
) -> None:
    turned = {name: frame.iloc[::-1].reset_index(drop=True) for name, frame in invented_tables.items()}
    assert render_report(invented, turned) == page


def test_p40_the_page_fetches_nothing_and_runs_nothing(page: str) -> None:
    found = outline(page)
    assert not re.search(r"(?:https?:)?//\w|@import|url\((?!#)", page)
    assert not {"script", "iframe", "link", "img", "object", "embed", "base"} & set(found.tags)
    assert not [name for _, name, _ in found.attributes if name.startswith("on") or name == "src"]
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in page


def test_ids_are_unique_and_every_link_leads_somewhere(page: str) -> None:
    found = outline(page)
    assert len(found.ids) == len(set(found.ids))
    assert set(found.references) <= set(found.ids)
    assert found.tags.count("h1") == 1
    assert found.tags.count("main") == 1


def test_tables_have_captions_and_drawings_have_names(page: str) -> None:
    found = outline(page)
    assert found.tags.count("caption") == found.tags.count("table")
    assert len(re.findall(r"<svg[^>]*role=\"img\" aria-labelledby", page)) == found.tags.count("svg")
    assert found.tags.count("desc") == found.tags.count("svg") > 0
    assert ("html", "lang", "en") in found.attributes


def test_the_main_parts_are_there(page: str) -> None:
    text = text_of(page)
    for words in (
        "Consensus in this panel is agreement, not correctness.", "Consensus, not yet stable", "Round r3",
        "46 of 53 invited panelists responded (86.8\u00a0%); 77\u00a0% of those who answered r1 took part.",
        "Planned number of rounds : 1 of 3 rounds is done.", "Records = accepted + quarantined + ignored",
        "Answer off the scale", "Quantiles are of type 7", "ab" * 32, "proposal of this software",
        "groups only with 5 or more people", "A. Invented, methods", "What did we not ask?", "Kendall’s W",
        "4 January 2024 to 20 January 2024", "38 of 41 paired answers are the same.", "Ask again",
    ):  # fmt: skip
        assert words in text, words


def test_p30_small_groups_and_their_complement_are_withheld(page: str) -> None:
    role = re.search(r"<caption>Role</caption>.*?</table>", page, flags=re.DOTALL)
    assert role is not None
    rows = dict(re.findall(r"<bdi>(.*?)</bdi></th>(.*?)</tr>", role.group(), flags=re.DOTALL))
    assert "withheld" in rows["Migrant-led organisation"]
    assert "withheld" in rows["City"], "the next smallest, or the hidden one would be total minus the rest"
    assert "30" in rows["Company"]
    bloc = re.search(r"<caption>Bloc</caption>.*?</table>", page, flags=re.DOTALL)
    assert bloc is not None
    assert bloc.group().count("withheld") >= 6, (
        "civil society is the migrant-led organisations under another name"
    )


def test_p26_p33_nothing_of_a_single_person_is_on_the_page(
    invented: Study, invented_tables: dict[str, pd.DataFrame]
) -> None:
    tables = dict(invented_tables)
    tables["answers"] = pd.DataFrame({"text": ["secret open answer"], "comment": ["secret comment"]})
    tables["submissions"] = pd.DataFrame(
        {"respondent_id": ["secret-id"], "submitted_at": ["2024-01-05T13:45:11Z"]}
    )
    tables["sources"] = tables["sources"].assign(file_name="/home/someone/data/r1.csv")
    page = render_report(invented, tables)
    for canary in ("secret", "13:45", "/home", "someone", "23:00"):
        assert canary not in page
    assert not re.search(r"\b\d\d:\d\d\b", text_of(page))


HOSTILE = "<script>alert(1)</script>\"'>&{{7*7}}{% raw %}=1+1\x00\x1b[31m\u202edesrever</title></svg><img src=x onerror=a>"


def test_p37_hostile_texts_are_harmless(invented: Study) -> None:
    def spoil(model: object, **changes: object) -> object:
        return model.model_copy(update=changes)  # type: ignore[attr-defined]

    scale = report_study.SCALES["leader"]
    scales = report_study.SCALES | {
        "leader": spoil(scale, categories=tuple(spoil(one, label=HOSTILE) for one in scale.categories)),
        "days": spoil(report_study.SCALES["days"], units=HOSTILE),
    }
    study = report_study.study(
        title=HOSTILE, themes=dict.fromkeys(report_study.THEMES, HOSTILE), scales=scales,
        items=tuple(spoil(item, texts={"": HOSTILE}) for item in invented.items),
        groups={name: spoil(group, label=HOSTILE, categories=dict.fromkeys(group.categories, HOSTILE))
                for name, group in invented.groups.items()},
        about={"aim": HOSTILE, HOSTILE: [HOSTILE, {"a": HOSTILE}]},
    )  # fmt: skip
    tables = report_study.tables(study)
    tables["sources"] = tables["sources"].assign(file_name=HOSTILE, platform=HOSTILE)
    tables["findings"] = tables["findings"].assign(rule=HOSTILE)
    tables["verdicts"] = tables["verdicts"].assign(reason=HOSTILE, stability_reason=HOSTILE)
    tables["stopping"] = tables["stopping"].assign(reason=HOSTILE, condition=HOSTILE)
    page = render_report(study, tables)
    found = outline(page)
    assert not {"script", "img"} & set(found.tags)
    assert "49" not in re.findall(r"&amp;(\d+)", page)
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e]", page)
    assert not [name for _, name, _ in found.attributes if name.startswith("on")]
    assert found.tags.count("title") == 1 + found.tags.count("svg")


def test_right_to_left_wordings_keep_to_themselves() -> None:
    item = Item(item_id="A1", texts={"ar": "مهلة معلنة"}, dims={"importance": "imp9"})
    study = report_study.study(items=(item,), waves=1, languages=("ar",), themes={})
    page = render_report(study, report_study.tables(study))
    assert '<bdi lang="ar" dir="rtl">مهلة معلنة</bdi>' in page


def test_a_survey_without_rounds_rules_or_groups_is_described() -> None:
    item = Item(item_id="L1", texts={"": "Who should lead?"}, dims={"rating": "leader"}, kind="survey")
    wave = Wave(wave_id="part_a", kind="survey", round_kind=None, sequence=1, item_ids=("L1",),
                described={"population": "All firms"})  # fmt: skip
    study = report_study.study(
        items=(item,), waves=0, groups={}, themes={}, rules=report_study.Rules()
    ).model_copy(update={"waves": (wave,)})
    counts = [("part_a", "L1", "rating", "", "all", "all", value, 10 * value) for value in (1, 2, 3)]
    tables = {"counts": pd.DataFrame(counts, columns=list(REPORT_TABLES["counts"]))}
    page = render_report(study, tables)
    text = text_of(page)
    assert "Report of a survey" in text
    assert "50.0\u00a0%" in text
    assert "All firms" in text
    assert "Every item" not in text
    assert "svg" not in outline(page).tags


def test_an_empty_study_says_that_nothing_was_counted() -> None:
    study = report_study.study(waves=2)
    text = text_of(render_report(study, {}))
    assert "No answers have been counted yet." in text
    assert "Not counted yet: r1, r2." in text
    assert "No file has been taken in." in text


def test_a_wave_without_answers_and_one_with_too_few_have_no_shares() -> None:
    items = (Item(item_id="E1", dims={"importance": "imp9"}), Item(item_id="F1", dims={"importance": "imp9"}))
    study = report_study.study(items=items, waves=1, groups={})
    counts = [("r1", "E1", "importance", "", "all", "all", value, 0) for value in range(1, 10)]
    counts += [("r1", "F1", "importance", "", "all", "all", value, int(value > 6)) for value in range(1, 10)]
    verdicts = [
        ("r1", item, "importance", "all", "all", None, "insufficient_n", "not_assessable", n,
         f"{n} valid answers; rule agreed needs at least 12.", "Not assessable: r1 is the first round.", None)
        for item, n in (("E1", 0), ("F1", 3))
    ]  # fmt: skip
    tables = {
        "counts": pd.DataFrame(counts, columns=list(REPORT_TABLES["counts"])),
        "verdicts": pd.DataFrame(verdicts, columns=list(REPORT_TABLES["verdicts"])),
    }
    text = text_of(render_report(study, tables))
    assert "no answers" in text
    assert "Fewer than 5 valid answers." in text
    assert "100.0" not in text
    assert "3 valid answers" not in text


def test_p30_the_reason_of_a_rule_on_groups_gives_no_small_group_away(invented: Study) -> None:
    tables = report_study.tables(invented)
    reason = (
        "40 of 46 valid answers (87.0 %) lie in high (7-9). Within role, at least 60 % in high (7-9) in each group: "
        "company 23 of 23 (100.0 %), government 9 of 11 (81.8 %)."
    )
    tables["verdicts"] = tables["verdicts"].assign(reason=reason)
    text = text_of(render_report(invented, tables))
    assert "company 95\u00a0% or more of 23, government 80\u00a0% of 11" in text
    assert "23 of 23" not in text
    tables["verdicts"] = tables["verdicts"].assign(reason=reason.replace("government 9 of 11", "city 7 of 8"))
    text = text_of(render_report(invented, tables))
    assert "7 of 8" not in text
    assert "Within Role: counts are withheld, so that no small group can be worked out from them." in text


def test_p30_a_count_of_a_group_in_words_of_its_own_is_not_let_through(invented: Study) -> None:
    tables = report_study.tables(invented)
    tables["verdicts"] = tables["verdicts"].assign(reason="Met. Within role, company has 23 of 23 high.")
    text = text_of(render_report(invented, tables))
    assert "23 of 23" not in text
    assert "Met. Within Role: counts are withheld" in text


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ValueError, match="table counts has no column n"):
        render_report(
            report_study.study(), {"counts": pd.DataFrame(columns=list(REPORT_TABLES["counts"][:-1]))}
        )


def test_p38_the_page_is_written_whole_and_for_its_owner_alone(
    tmp_path: Path, page: str, invented: Study, invented_tables: dict[str, pd.DataFrame]
) -> None:
    before = os.umask(0o022)
    try:
        written = write_report(invented, invented_tables, tmp_path / "out")
    finally:
        os.umask(before)
    assert written == tmp_path / "out" / "report.html"
    assert written.read_text(encoding="utf-8") == page
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert [one.name for one in written.parent.iterdir()] == ["report.html"]


def test_a_failed_report_leaves_the_old_one(tmp_path: Path, invented: Study) -> None:
    (tmp_path / "report.html").write_text("old", encoding="utf-8")
    with pytest.raises(ValueError, match="no column"):
        write_report(invented, {"counts": pd.DataFrame({"a": [1]})}, tmp_path)
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == "old"
    assert len(list(tmp_path.iterdir())) == 1
