"""Every mistake in a study file is named with its place and what was expected, all at once."""

from __future__ import annotations

import pickle
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from study_texts import SMALL, changed, check_text, problems

from delphi.errors import StudyError
from delphi.study import read_study

RULES = SMALL + "rules:\n  consensus:\n    - {id: a, verdict: consensus_in, require: {share: {band: high, op: at_least, value: \"70%\"}}}\n"  # fmt: skip

CASES: dict[str, tuple[str | bytes, list[str]]] = {
    "an unknown key": (changed("title:", "titel:"), ["2:1: study.title: the key `title` is missing", "2:23: study.titel: unknown key"]),
    "an unknown key at the top": (SMALL + "ruels: {}\n", ["15:1: ruels: unknown key"]),
    "a key twice": (changed("  - {id: r2}", "  - {id: r2, id: r3}"), ["12:14: rounds.1.id: the key stands twice, first in line 12"]),
    "a tag": (changed('"One"', "!!str One"), ["6:21: items.0.text: a YAML tag is not allowed"]),
    "an alias": (
        changed('"One", scale: imp9}', '&t One, scale: imp9}').replace('"Two"', "*t"),
        ["6:21: items.0.text: anchor &t is not allowed", "7:21: items.1.text: alias *t: what is written here has to stand here"],
    ),
    "a merge key": (SMALL + "themes: {<<: {a: A}}\n", ["15:10: themes: merge key << is not allowed"]),
    "a second document": (SMALL + "---\na: 1\n", ["15:1: : a second document begins"]),
    "no UTF-8": (b"studyfile: \"1.0\"\nstudy: {title: \xff}\n", ["2:0: : not UTF-8 at byte 32"]),
    "an empty file": ("", ["1:1: : the study file is empty or not a list of keys"]),
    "broken brackets": ("a: [1", ["1:6: : not YAML: expected ',' or ']', but got '<stream end>'"]),
    "an id that is a number": (changed("id: s02", "id: 7"), ["7:6: items.1.id: expected text"]),
    "an id that is no id": (changed("id: s02", 'id: "s 2"'), ["7:6: items.1.id: this is no id"]),
    "an id twice": (changed("id: s02", "id: s01"), ["7:6: items.1.id: the item 's01' stands twice"]),
    "ids that differ by case": (changed("id: s02", "id: S01"), ["7:6: items.1.id: the item 'S01' differs from 's01' by case only"]),
    "overlapping bands": (
        changed("middle: [4, 6]", "middle: [3, 6]"),
        ["4:62: scales.imp9.bands.middle: overlaps or stands before the band 'low', which ends at 3"],
    ),
    "a band off the scale": (changed("high: [7, 9]", "high: [7, 10]"), ["4:78: scales.imp9.bands.high: [7, 10] is not on the scale"]),
    "an unknown scale": (changed('"One", scale: imp9', '"One", scale: imp7'), ["6:28: items.0.scale: there is no scale 'imp7'"]),
    "a rule on a band that does not exist": (
        RULES.replace("band: high", "band: hgih"),
        ["17:56: rules.consensus.0.require.share.band: there is no band 'hgih' on the scale imp9"],
    ),
    "a share above 100 per cent": (
        RULES.replace("70%", "170%"),
        ["17:82: rules.consensus.0.require.share.value: a share lies between 0 and 1 (0 % and 100 %), this is 170%"],
    ),
    "a share that is none": (
        RULES.replace("70%", "many"),
        ["17:82: rules.consensus.0.require.share.value: 'many' is neither a percentage such as \"70%\" nor a number"],
    ),
    "two clauses in one": (
        RULES.replace("require: {share", "require: {iqr: {at_most: 1}, share"),
        ["17:38: rules.consensus.0.require: needs exactly one clause: share, median, iqr, ram, cvr, fuzzy, agreement, polarised, all, any or each_group"],
    ),
    "an unknown measure": (
        RULES.replace('share: {band: high, op: at_least, value: "70%"}', "polarised: {measure: van_der_eick, op: at_most, value: 0}"),
        ["17:60: rules.consensus.0.require.polarised.measure: there is no measure 'van_der_eick'"],
    ),
    "a rule on kinds that are never judged": (
        RULES.replace("verdict: consensus_in", "applies_to: {kind: survey}, verdict: consensus_in"),
        ["17:28: rules.consensus.0.applies_to.kind: items of kind survey are never judged by a rule"],
    ),
    "dates in the wrong order": (
        changed("{id: r1}", '{id: r1, open: "2026-02-02", close: "2026-01-30"}'),
        ["11:34: rounds.0.close: the wave closes before it opens"],
    ),
    "rounds out of order": (
        changed("{id: r1}", '{id: r1, open: "2026-02-02"}').replace("{id: r2}", '{id: r2, open: "2026-01-02"}'),
        ["12:14: rounds.1.open: opens before the round 'r1', which stands before it"],
    ),
    "no day": (
        changed("{id: r1}", '{id: r1, open: "2.2.2026"}'),
        ["11:14: rounds.0.open: '2.2.2026' is neither a day (2026-03-27) nor an instant (2026-03-27T18:00)"],
    ),
    "an unknown wave": (changed("for: [r1, r2]", "for: [r1, r3]"), ["14:16: sources.0.for.1: there is no wave 'r3'"]),
    "nothing tells the wave": (
        changed('"{wave}.csv"', '"all.csv"'),
        ["14:36: sources.0.file: one file for several waves, and nothing tells the wave of a record"],
    ),
    "a missing code that is a value": (
        SMALL + "missing: {no_opinion: 9}\n", ["15:11: missing.no_opinion: '9' is a value of the scale imp9"],
    ),
    "a raw text listed twice": (
        SMALL + 'missing: {no_opinion: ["x"], skipped: "x"}\n',
        ["15:30: missing.skipped: the raw text 'x' stands under no_opinion already"],
    ),
    "an item that descends from itself": (
        changed('text: "One",', 'text: "One", parents: [s02],').replace('text: "Two",', 'text: "Two", parents: [s01],'),
        ["6:28: items.0.parents: descends from itself: s01 from s02 from s01"],
    ),
    "a bad pattern": (
        changed("key_is_pseudonym: true", 'key_is_pseudonym: true, columns: {"/(s/": s01}'),
        ["14:110: sources.0.columns./(s/: no regular expression: missing ), unterminated subpattern at position 0"],
    ),
    "a later key": (SMALL + "feedback: []\n", ["15:1: feedback: `feedback` is not supported yet"]),
    "an expression in relevant": (
        changed('text: "Two",', "text: \"Two\", relevant: \"s01 == '9'\","), ["7:28: items.1.relevant: `relevant` is not supported yet"],
    ),
    "a later platform": (changed("platform: csv", "platform: redcap"), ["14:21: sources.0.platform: platform `redcap` is not supported yet"]),
    "an unknown platform": (changed("platform: csv", "platform: cvs"), ["14:21: sources.0.platform: expected csv, xlsx, ods, parquet, sav or dta"]),
    "a preset that needs bands": (
        changed("max: 9, bands: {low: [1, 3], middle: [4, 6], high: [7, 9]}", "max: 6"),
        ["4:3: scales.imp9: the preset default_75_15_stable needs bands: which points agree, which oppose?"],
    ),
    "no choices": (
        changed("  imp9:", "  lead: {type: nominal}\n  imp9:"),
        ["4:3: scales.lead: a scale of type nominal needs choices"],
    ),
    "an unknown key with a rule beside it": (
        changed("{id: r1}", "{id: r1, knid: pilot}") + "rules: {transitions: [{after: r1, action: carry}]}\n",
        ["11:14: rounds.0.knid: unknown key"],
    ),
    "no studyfile": (SMALL.replace('studyfile: "1.0"\n', ""), ["1:1: : the key `studyfile` is missing"]),
    "a wrong version": (changed('"1.0"', "1.0"), ['1:1: studyfile: expected "1.0", in quotes']),
    "no waves": (
        SMALL.replace(SMALL[SMALL.index("rounds:") : SMALL.index("sources:")], "rounds:\n"),
        ["1:1: : there is neither `rounds` nor `surveys`"],
    ),
    "an unquoted number as an id": (changed("id: s02", "id: 007"), ["7:6: items.1.id: expected text"]),
    "a number as the name of a scale": (
        changed("  imp9:", "  20: {type: text}\n  imp9:"), ["4:3: scales.20: this is no id"],
    ),
    "a code as number and as text": (
        changed("key_is_pseudonym: true", 'key_is_pseudonym: true, codes: {1: 9, "1": 8}'),
        ["14:114: sources.0.codes.1: the key stands twice, first in line 14"],
    ),
    "a list as a key": (SMALL + "themes: {[a]: A}\n", ["15:10: themes: a key has to be a single word or number"]),
    "a list where names belong": (changed("  role: {categories: [company, city]}", "  - role"), ["8:1: groups: expected names with their keys beneath"]),
    "names where a list belongs": (changed("  - {id: r1}\n  - {id: r2}", "  r1: {}"), ["10:1: rounds: expected a list: each element begins with -"]),
    "a band with one end": (changed("low: [1, 3]", "low: [1]"), ["4:49: scales.imp9.bands.low: expected two numbers in brackets"]),
    "a band of words": (changed("low: [1, 3]", "low: [a, 3]"), ["4:55: scales.imp9.bands.low.0: expected a number"]),
    "a band that ends before it begins": (changed("low: [1, 3]", "low: [3, 1]"), ["4:49: scales.imp9.bands.low: begins at 3 and ends at 1"]),
    "a label off the scale": (changed("max: 9,", 'max: 9, labels: {10: "x"},'), ["4:50: scales.imp9.labels.10: the label is for a value that is not on the scale"]),
    "no end of an ordinal scale": (changed("max: 9, ", ""), ["4:3: scales.imp9: an ordinal scale needs min and max, both whole numbers"]),
    "more to choose than there is": (
        changed("  imp9:", "  pick: {type: multi, choices: [a, b], choose: {exactly: 3}}\n  imp9:"),
        ["4:49: scales.pick.choose.exactly: 3 of 2 choices"],
    ),
    "an item without a scale": (changed(', text: "Two", scale: imp9', ""), ["7:5: items.1: item 's02' has neither scale nor dims"]),
    "an item with scale and dims": (
        changed('"Two", scale: imp9', '"Two", scale: imp9, dims: {a: imp9}'), ["7:28: items.1.scale: item 's02' has both scale and dims"],
    ),
    "an unknown scale of all items": (
        changed("items:\n", "item_defaults: {scale: imp7}\nitems:\n").replace(", scale: imp9}", "}"),
        ["5:17: item_defaults.scale: there is no scale 'imp7'"],
    ),
    "a scale in place whose name is taken": (
        changed("  imp9:", "  s01_scale: {type: text}\n  imp9:").replace('"One", scale: imp9', '"One", scale: {type: text}'),
        ["7:28: items.0.scale: would be the scale 's01_scale', which stands under scales already"],
    ),
    "an unknown theme": (changed('text: "One",', 'text: "One", theme: t,'), ["6:28: items.0.theme: there is no theme 't'"]),
    "an unknown wave of an item": (changed('text: "One",', 'text: "One", waves: [r7],'), ["6:36: items.0.waves.0: there is no wave 'r7'"]),
    "an unknown parent": (changed('text: "One",', 'text: "One", parents: [s9],'), ["6:38: items.0.parents.0: there is no item 's9'"]),
    "an unknown wave of a version": (
        changed('text: "One",', 'text: "One", versions: [{from: r9, text: "x"}],'),
        ["6:40: items.0.versions.0.from: there is no wave 'r9'"],
    ),
    "an unknown instrument": (changed("{id: r1}", "{id: r1, instrument: main}"), ["11:14: rounds.0.instrument: there is no instrument 'main'"]),
    "a page of unknown items": (
        SMALL + "instruments: {main: {pages: [{items: [s09]}]}}\n", ["15:39: instruments.main.pages.0.items.0: there is no item 's09'"],
    ),
    "an unknown group": (
        changed("key_is_pseudonym: true", "key_is_pseudonym: true, groups: {rol: x}"), ["14:109: sources.0.groups.rol: there is no group 'rol'"],
    ),
    "an unknown group of a preset": (
        SMALL + "rules: {preset: comet_70_15, each_group: [rol]}\n", ["15:43: rules.each_group.0: there is no group 'rol'"],
    ),
    "a group called all": (changed("  role:", "  all:"), ["9:3: groups.all: `all` stands for everyone together"]),
    "an unknown category": (
        changed("key_is_pseudonym: true", "key_is_pseudonym: true, groups: {role: {column: x, codes: {1: town}}}"),
        ["14:135: sources.0.groups.role.codes.1: there is no category 'town'"],
    ),
    "an unknown wave of a transition": (
        SMALL + "rules: {transitions: [{after: r9, action: carry}]}\n", ["15:24: rules.transitions.0.after: there is no wave 'r9'"],
    ),
    "waves of a stability rule in the wrong order": (
        SMALL + 'rules: {stability: [{id: s, between: [r2, r1], measure: net_change, op: less_than, value: "15%"}]}\n',
        ["15:29: rules.stability.0.between: the earlier wave has to stand first"],
    ),
    "a stability rule without a bound": (
        SMALL + "rules: {stability: [{id: s, measure: net_change}]}\n",
        ["15:21: rules.stability.0: a stability rule needs op and value, or report_only: true"],
    ),
    "an unknown measure of stability": (
        SMALL + "rules: {stability: [{id: s, measure: net_chnge, op: less_than, value: 1}]}\n",
        ["15:29: rules.stability.0.measure: there is no measure 'net_chnge'"],
    ),
    "groups without a preset": (
        RULES.replace("rules:\n", "rules:\n  each_group: [role]\n"), ["16:3: rules.each_group: belongs to a preset, and none is named"],
    ),
    "a base that needs a register": (
        RULES.replace("verdict:", "base: invited, verdict:"), ["17:15: rules.consensus.0.base: invited needs a panel register"],
    ),
    "a clause without a value": (
        RULES.replace('share: {band: high, op: at_least, value: "70%"}', "each_group: null"),
        ["17:38: rules.consensus.0.require: needs exactly one clause: share, median, iqr, ram, cvr, fuzzy, agreement, polarised, all, any or each_group"],
    ),
    "an item that is never judged": (
        changed("  imp9:", "  free: {type: text}\n  imp9:").replace('"Two", scale: imp9', '"Two", kind: open, scale: free')
        + "rules: {consensus: [{id: a, applies_to: {items: [s02]}, verdict: split, require: {iqr: {at_most: 1}}}]}\n",
        ["16:42: rules.consensus.0.applies_to.items: item 's02' is never judged: its kind is open, its scale of type text"],
    ),
    "the nine points of comet_70_15": (
        changed("max: 9, bands: {low: [1, 3], middle: [4, 6], high: [7, 9]}", "max: 5") + "rules: {preset: comet_70_15}\n",
        ["15:9: rules.preset: comet_70_15 judges scales of nine points; imp9 has 5"],
    ),
    "a stopping condition that says nothing": (
        SMALL + "rules: {stopping: {stop_if: {any: [{}]}}}\n",
        ["15:36: rules.stopping.stop_if.any.0: needs either rounds_done or share_of_items"],
    ),
    "a share above one for careless returns": (
        SMALL + "validation: {quality: {straightline_share: 2}}\n",
        ["15:24: validation.quality.straightline_share: a share lies above 0 and up to 1"],
    ),
    "quarantine without a register": (
        SMALL + "validation: {unknown_respondents: quarantine}\n", ["15:14: validation.unknown_respondents: quarantine needs a panel register"],
    ),
    "small cells switched off": (SMALL + "privacy: {small_cells: {min_n: 1}}\n", ["15:25: privacy.small_cells.min_n: expected at least 3"]),
    "no time zone of dates": (
        changed(", time_zone: Europe/Amsterdam", "").replace("{id: r1}", '{id: r1, open: "2026-02-02"}'),
        ["11:14: rounds.0.open: the time zone is not known: add study.time_zone, such as Europe/Amsterdam"],
    ),
    "no time zone of times": (
        changed(", time_zone: Europe/Amsterdam", "").replace("key_is_pseudonym: true", "submitted_at: t"),
        ["14:76: sources.0.submitted_at: the time zone of the times is not known"],
    ),
    "an unknown time zone is told once": (
        changed("Europe/Amsterdam", "Europe/Amsterdm").replace("{id: r1}", '{id: r1, open: "2026-02-02"}'),
        ["2:52: study.time_zone: there is no time zone 'Europe/Amsterdm'"],
    ),
    "grace without close": (changed("{id: r1}", "{id: r1, grace: 3d}"), ["11:14: rounds.0.grace: grace follows close, and there is no close"]),
    "grace without a unit": (
        changed("{id: r1}", '{id: r1, close: "2026-02-02", grace: "3"}'),
        ["11:35: rounds.0.grace: '3' is no length of time: write days as 3d, hours as 12h"],
    ),
    "a long file without its layout": (
        changed("key_is_pseudonym: true", "long: {item: q}"), ["14:76: sources.0.long: belongs to layout: long"],
    ),
    "a delimiter of a workbook": (
        changed("platform: csv", 'platform: xlsx, delimiter: ";"'), ["14:37: sources.0.delimiter: belongs to csv, not to xlsx"],
    ),
    "an unknown encoding": (
        changed("key_is_pseudonym: true", "encoding: utf-9"), ["14:76: sources.0.encoding: there is no encoding 'utf-9'"],
    ),
    "a comment column without its item": (
        changed("key_is_pseudonym: true", "columns: {c: {}}"), ["14:86: sources.0.columns.c.comment: the key `comment` is missing"],
    ),
    "a field that the pattern does not catch": (
        changed("key_is_pseudonym: true", 'columns: {"/q(.)/": "{item}"}'),
        ["14:86: sources.0.columns./q(.)/: {item} is no named group of the pattern"],
    ),
    "a filter that filters nothing": (
        changed("key_is_pseudonym: true", "rows: {column: c}"), ["14:76: sources.0.rows: a filter needs equals, after or before"],
    ),
    "waves told by times that are not named": (
        changed("key_is_pseudonym: true", "wave: {by: submitted_at}"),
        ["14:83: sources.0.wave.by: needs submitted_at", "14:83: sources.0.wave.by: needs open and close of every wave; r1, r2 has none"],
    ),
    "a code for a missing answer and for a value": (
        changed("key_is_pseudonym: true", "codes: {x: 9}, missing: {skipped: x}"),
        ["14:101: sources.0.missing.skipped: the raw text 'x' stands under codes already"],
    ),
    "a missing code written with a fraction": (
        SMALL + 'missing: {no_opinion: "9.0"}\n', ["15:11: missing.no_opinion: '9.0' is a value of the scale imp9"],
    ),
    "choices that differ by case": (
        changed("  imp9:", "  lead: {type: nominal, choices: {a: A, A: B}}\n  imp9:"),
        ["4:41: scales.lead.choices.A: differs from 'a' by case only"],
    ),
    "no item bank": (
        SMALL.replace(SMALL[SMALL.index("items:") : SMALL.index("groups:")], "items: {file: items.csv}\n"),
        ["5:9: items.file: there is no file 'items.csv' beside the study file"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", list(CASES))
def test_p14_the_study_file_is_strict(case: str, tmp_path: Path) -> None:
    text, expected = CASES[case]
    assert problems(tmp_path, text) == expected


def test_all_errors_are_told_at_once(tmp_path: Path) -> None:
    text = (
        SMALL.replace("title:", "titel:").replace("id: s02", "id: 7").replace("high: [7, 9]", "high: [7, 10]")
    )
    text = text.replace("for: [r1, r2]", "for: [r1, r3]") + "ruels: {}\nfeedback: []\n"
    assert len(problems(tmp_path, text)) == 7
    with pytest.raises(StudyError) as caught:
        read_study(tmp_path / "study.yaml")
    assert caught.value.exit_code == 10
    assert len(caught.value.problems) == 7


def test_an_alias_bomb_is_refused_at_once(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40)]
    assert any("alias" in one for one in problems(tmp_path, "\n".join(lines)))


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path, "a: " + "[" * 200 + "]" * 200)[-1].endswith("nested too deeply")


def test_yes_no_on_and_off_stay_text(tmp_path: Path) -> None:
    text = changed(
        "  imp9:", "  vote: {type: nominal, choices: {yes: Yes, no: No, on: On, off: Off}}\n  imp9:"
    )
    study = check_text(tmp_path, text).study
    assert study is not None
    assert [category.code for category in study.scales["vote"].categories] == ["yes", "no", "on", "off"]


def test_rules_that_can_both_match_are_a_warning_with_an_example(tmp_path: Path) -> None:
    text = (
        RULES
        + '    - {id: b, verdict: consensus_out, require: {share: {band: low, op: at_most, value: "20%"}}}\n'
    )
    checked = check_text(tmp_path, text)
    assert checked.problems == ()
    assert [(w.line, w.code) for w in checked.warnings] == [(18, "rules_overlap")]
    assert "'a' (consensus_in) and 'b' (consensus_out) both match" in checked.warnings[0].message


def test_a_study_without_rules_gets_the_default_preset(tmp_path: Path) -> None:
    study = check_text(tmp_path, SMALL).study
    assert study is not None
    rules = study.rules
    assert rules.preset == "default_75_15_stable"
    told = [(r.rule_id, r.verdict, r.min_n, r.min_valid_share) for r in rules.consensus]
    assert told == [
        ("in_imp9_rating", "consensus_in", 5, Fraction(1, 2)), ("out_imp9_rating", "consensus_out", 5, Fraction(1, 2)),
    ]  # fmt: skip
    shares = [(c.band, c.op, c.value) for c in rules.consensus[0].require.of]  # type: ignore[union-attr]
    assert shares == [("high", "at_least", Fraction(3, 4)), ("low", "less_than", Fraction(3, 20))]
    stable = [(r.measure, r.op, r.value, r.tolerance, r.min_pairs) for r in rules.stability]
    assert stable == [
        ("net_change", "less_than", Fraction(3, 20), 0, 5), ("share_unchanged", "at_least", Fraction(17, 20), 2, 5),
    ]  # fmt: skip
    assert rules.stopping.max_rounds == 3


def test_a_preset_with_groups_holds_in_each_of_them(tmp_path: Path) -> None:
    study = check_text(tmp_path, SMALL + "rules: {preset: comet_70_15, each_group: [role]}\n").study
    assert study is not None
    clauses = study.rules.consensus[0].require.of  # type: ignore[union-attr]
    assert [clause.clause for clause in clauses] == ["share", "share", "each_group"]
    assert clauses[0].value == Fraction(7, 10)
    assert study.rules.stability == ()


def test_a_study_is_frozen_and_can_be_handed_on(tmp_path: Path) -> None:
    study = check_text(tmp_path, SMALL).study
    assert study is not None
    assert pickle.loads(pickle.dumps(study)) == study
    with pytest.raises(ValueError, match="frozen"):
        study.title = "x"  # type: ignore[misc]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 8), key=st.from_regex(r"zz[a-z]{3,8}", fullmatch=True))
def test_p14_an_unknown_key_anywhere_is_named_with_its_place(place: int, key: str, tmp_path: Path) -> None:
    spots = [
        "study: {",
        "imp9: {",
        "- {id: s01, ",
        "- {id: s02, ",
        "role: {",
        "- {id: r1",
        "- {id: r2",
        "- {for: ",
        "",
    ]
    spot = spots[place]
    if not spot:
        text = SMALL + f"{key}: 1\n"
    elif spot.startswith("- {id: r"):
        text = SMALL.replace(spot, f"{spot}, {key}: 1", 1)
    elif spot == "- {for: ":
        text = SMALL.replace(spot, f"- {{{key}: 1, for: ", 1)
    else:
        text = SMALL.replace(spot, f"{spot}{key}: 1, ", 1)
    number = next(n for n, line in enumerate(text.splitlines(), start=1) if key in line)
    column = text.splitlines()[number - 1].index(key) + 1
    assert any(
        one.startswith(f"{number}:{column}: ") and one.endswith(f"{key}: unknown key")
        for one in problems(tmp_path, text)
    )


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6)
)
TREES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3), max_leaves=8)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    section=st.sampled_from(["study", "missing", "scales", "themes", "items", "item_defaults", "groups", "panel", "instruments", "rounds", "surveys", "sources", "validation", "rules", "privacy"]),
    tree=TREES,
)  # fmt: skip
def test_whatever_stands_in_a_section_is_told_and_never_a_traceback(
    section: str, tree: object, tmp_path: Path
) -> None:
    import json

    lines = [line for line in SMALL.splitlines() if line]
    kept, inside = [], False
    for line in lines:
        if not line.startswith(" "):
            inside = line.startswith(f"{section}:")
        if not inside:
            kept.append(line)
    check_text(tmp_path, "\n".join([*kept, f"{section}: {json.dumps(tree)}"]) + "\n")
