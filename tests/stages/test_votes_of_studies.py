"""A study of votes under the preset omeract_70, from its exports to the verdicts of all and of each group."""

from __future__ import annotations

import pytest

from delphi.stages.plan import run
from delphi.stages.querying import query_rows
from delphi.study import StudyFolder, locate

STUDY = """\
studyfile: "1.0"
study: {id: votes, title: "Votes", time_zone: Europe/Amsterdam}
scales:
  vote: {type: nominal, choices: [yes, no], missing: {no_opinion: abstain}}
items:
  - {id: pain, text: "Pain", scale: vote}
  - {id: sleep, text: "Sleep", scale: vote}
groups:
  role: {categories: [patient, clinician]}
rounds: [{id: r1}]
sources:
  - {for: r1, platform: csv, file: r1.csv, key: respondent_id, key_is_pseudonym: true}
rules: {preset: omeract_70, robustness: {bootstrap: 100}}
"""
ROLES = ["patient"] * 5 + ["clinician"] * 7
PAIN = ["yes"] * 3 + ["no"] * 2 + ["yes"] * 4 + ["no"] + ["abstain"] * 2
SLEEP = ["yes"] * 4 + ["no"] * 3 + ["yes"] * 4 + ["abstain"]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> StudyFolder:
    folder = tmp_path_factory.mktemp("votes") / "votes"
    folder.mkdir()
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    people = enumerate(zip(ROLES, PAIN, SLEEP, strict=True))
    lines = [
        "respondent_id,role,pain,sleep",
        *(f"p{place},{','.join(cells)}" for place, cells in people),
    ]
    (folder / "r1.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    place = locate(folder)
    for _ in run(place):
        pass
    return place


def test_seventy_per_cent_of_those_who_vote_endorse(study: StudyFolder) -> None:
    """Of ten who vote on pain seven say yes; two abstain. On sleep it is eight of eleven, 72.7 %, and four of six clinicians."""
    rows, names = query_rows(study, "select item_id, group_value, verdict, n from verdicts order by 1, 2")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("pain", "all", "consensus_in", 10),
        ("pain", "clinician", "consensus_in", 5),
        ("pain", "patient", "no_consensus", 5),
        ("sleep", "all", "consensus_in", 11),
        ("sleep", "clinician", "no_consensus", 6),
        ("sleep", "patient", "consensus_in", 5),
    ]


def test_the_rule_is_told_in_the_report(study: StudyFolder) -> None:
    page = (study.outputs / "report.html").read_text(encoding="utf-8")
    assert "at least 70 % (inclusive) of the valid answers are “yes”" in page.replace("\u00a0", " ")


def test_a_bare_pass_is_fragile(study: StudyFolder) -> None:
    """Seven of ten: without one who said yes it is six of nine."""
    rows, names = query_rows(study, "select item_id, robustness from standing_verdicts order by 1")
    assert [tuple(row[name] for name in names) for row in rows] == [("pain", "fragile"), ("sleep", "fragile")]
