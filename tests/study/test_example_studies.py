"""The example study files: what is not supported yet is named exactly, everything else is accepted."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from delphi.errors import UsageError
from delphi.study import check_study, json_schema, read_study, resolved_yaml, write_new_study

HERE = Path(__file__).parent
REDUCED = HERE.parent / "reduced"
NAMES = ("mapping-study", "city-inclusion-indicators")
REAL = (
    "ias_technologies_subset", "ladenburg_statements", "pew_dec13_weighted", "polis_brexit_consensus",
    "replicats_idea_two_rounds",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_exactly_the_keys_of_later_features_are_named(name: str, shared_examples: Path) -> None:
    checked = check_study(shared_examples / name / "study.yaml")
    expected = (HERE / "expected" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    assert [f"{one.line}:{one.column} {one.path}" for one in checked.problems] == expected
    assert {one.code for one in checked.problems} == {"not_supported_yet"}


@pytest.mark.parametrize("name", NAMES)
def test_the_reduced_studies_are_accepted(name: str) -> None:
    checked = check_study(REDUCED / name / "study.yaml")
    assert checked.problems == ()
    assert checked.study is not None
    assert checked.study.study_id == name


@pytest.mark.parametrize("name", REAL)
def test_the_studies_of_real_exports_are_accepted(name: str, shared_data: Path, tmp_path: Path) -> None:
    shutil.copy(HERE.parent / "real" / name / "study.yaml", tmp_path)
    if name == "polis_brexit_consensus":
        shutil.copy(shared_data / name / "comments.csv", tmp_path)
    study = read_study(tmp_path)
    assert len(study.items) == {"ias_technologies_subset": 16, "ladenburg_statements": 29, "pew_dec13_weighted": 7,
                                "polis_brexit_consensus": 50, "replicats_idea_two_rounds": 25}[name]  # fmt: skip


def test_copies_of_the_real_studies_are_those_of_the_examples(shared_examples: Path) -> None:
    for name in REAL:
        ours = (HERE.parent / "real" / name / "study.yaml").read_bytes()
        assert ours == (shared_examples / "real" / name / "study.yaml").read_bytes()


def test_a_new_study_passes_its_check_and_nothing_is_overwritten(tmp_path: Path) -> None:
    written = write_new_study(tmp_path / "barriers")
    assert [path.name for path in written] == ["study.yaml", "study.schema.json"]
    checked = check_study(tmp_path / "barriers")
    assert (checked.problems, checked.warnings) == ((), ())
    with pytest.raises(UsageError, match="nothing was written"):
        write_new_study(tmp_path / "barriers")


def test_the_resolved_study_spells_out_every_rule_of_the_preset(tmp_path: Path) -> None:
    write_new_study(tmp_path)
    study = read_study(tmp_path)
    text = resolved_yaml(study)
    for rule in (*study.rules.consensus, *study.rules.stability):
        assert f"rule_id: {rule.rule_id}" in text
    assert "3/4 (0.75)" in text


def test_the_schema_for_editors_names_every_section() -> None:
    schema = json_schema()
    sections = {"study", "scales", "items", "rounds", "surveys", "sources", "rules", "panel", "groups"}
    assert sections <= set(schema["properties"])
    assert schema["additionalProperties"] is False


def test_an_item_bank_may_be_a_csv_or_a_workbook(tmp_path: Path) -> None:
    import xlsxwriter
    from study_texts import SMALL, check_text

    rows = [
        ["id", "theme", "text_en", "text_fr", "dims", "waves", "remark"],
        ["s01", "t", "One", "Un", "importance=imp9", "r1;r2", "x"],
        ["s02", "t", "Two", "Deux", "importance=imp9", "r2", ""],
    ]
    (tmp_path / "items.csv").write_text("\n".join(",".join(row) for row in rows) + "\n", encoding="utf-8")
    with xlsxwriter.Workbook(tmp_path / "items.xlsx") as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    found = []
    for name in ("items.csv", "items.xlsx"):
        bank = f"items: {{file: {name}, ignore: [remark]}}\nthemes: {{t: Topic}}\n"
        text = SMALL.replace(SMALL[SMALL.index("items:") : SMALL.index("groups:")], bank)
        checked = check_text(tmp_path, text)
        assert checked.problems == ()
        assert checked.study is not None
        found.append(checked.study.items)
    assert found[0] == found[1]
    assert [item.texts["fr"] for item in found[0]] == ["Un", "Deux"]
    assert found[0][1].waves == ("r2",)


def test_a_vote_may_be_judged_by_its_choices(tmp_path: Path) -> None:
    from study_texts import changed, check_text

    vote = changed('"Two", scale: imp9', '"Two", scale: {type: nominal, choices: {no: No, yes: Yes}}')
    rule = "{id: v, applies_to: {items: [s02]}, verdict: consensus_in, require: {share: {within: [yes], op: at_least, value: 0.7}}}"
    checked = check_text(tmp_path, vote + f"rules: {{consensus: [{rule}]}}\n")
    assert checked.problems == ()
    assert checked.study is not None
    from delphi.outputs.rules_in_words import rules_in_words

    told = rules_in_words(checked.study.rules, checked.study)[1]
    assert "at least 70 % (inclusive) of the valid answers are “Yes”" in told
