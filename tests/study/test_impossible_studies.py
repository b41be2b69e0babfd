"""What is spelled rightly and can never work is refused too, each case with its place and its words."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from study_texts import SMALL, changed, check_text

SHARE = 'share: {band: high, op: at_least, value: "70%"}'
RULES = SMALL + f"rules:\n  consensus:\n    - {{id: a, verdict: consensus_in, require: {{{SHARE}}}}}\n"
KEY = "key_is_pseudonym: true"
STABILITY = RULES + "  stability:\n    - "


def source(keys: str) -> str:
    """The small study with more keys at its source."""
    return changed(KEY, f"{KEY}, {keys}")


CASES: dict[str, tuple[str, list[str]]] = {
    # files
    "a file outside the study folder": (
        changed('"{wave}.csv"', '"../{wave}.csv"'),
        ["14:36: sources.0.file: the file has to lie in the study folder [file_outside]"],
    ),
    "a file with a full path": (
        changed('"{wave}.csv"', '"/tmp/{wave}.csv"'),
        ["14:36: sources.0.file: the file has to lie in the study folder [file_outside]"],
    ),
    "a placeholder other than the wave": (
        changed('"{wave}.csv"', '"{wave}_{round}.csv"'),
        ["14:36: sources.0.file: {round} stands for nothing here [unknown_placeholder]"],
    ),
    "a register outside the study folder": (
        SMALL + "panel: {register: {file: ../people.csv, key: k}}\n",
        ["15:20: panel.register.file: the file has to lie in the study folder [file_outside]"],
    ),
    "a column without a name": (
        changed("key: respondent_id", 'key: ""'),
        ["14:56: sources.0.key: expected a name, this is empty [wrong_value]"],
    ),
    # waves of a source
    "a source for no wave": (
        changed("for: [r1, r2]", "for: []"),
        ["14:6: sources.0.for: expected at least one element [wrong_value]"],
    ),
    "a wave twice": (
        changed("for: [r1, r2]", "for: [r1, r1]"),
        ["14:16: sources.0.for.1: the wave 'r1' stands twice [listed_twice]"],
    ),
    "waves that the time cannot tell": (
        source("submitted_at: t, wave: {by: submitted_at}")
        .replace("{id: r1}", '{id: r1, open: "2026-01-01"}')
        .replace("{id: r2}", '{id: r2, open: "2026-02-01"}'),
        [
            "14:124: sources.0.wave.by: the submission time cannot tell 'r1' from 'r2': both are open at once "
            "[waves_overlap]"
        ],
    ),
    # targets
    "a column for an unknown item": (
        source('columns: {"Q1": s20}'),
        ["14:110: sources.0.columns.Q1: there is no item 's20' [unknown_item]"],
    ),
    "a comment on an unknown item": (
        source('columns: {"Q1": {comment: s20}}'),
        ["14:110: sources.0.columns.Q1: there is no item 's20' [unknown_item]"],
    ),
    "a column for an unknown dimension": (
        source('columns: {"Q1": s01.importance}'),
        ["14:110: sources.0.columns.Q1: there is no dimension 'importance' [unknown_dimension]"],
    ),
    "a column for one of several dimensions": (
        source('columns: {"Q1": s01}').replace('"One", scale: imp9', '"One", dims: {a: imp9, b: imp9}'),
        [
            "14:110: sources.0.columns.Q1: item 's01' has several dimensions, and none is named "
            "[dimension_not_named]"
        ],
    ),
    "a column for a part that there is not": (
        source('columns: {"Q1": s01..best}'),
        ["14:110: sources.0.columns.Q1: item 's01' has no parts here, this names 'best' [unknown_part]"],
    ),
    "a column for an unknown option": (
        source('columns: {"Q1": s01..c}').replace('"One", scale: imp9', '"One", scale: {type: multi, choices: [a, b]}'),
        ["14:110: sources.0.columns.Q1: there is no part 'c' [unknown_part]"],
    ),
    "a column for no option": (
        source('columns: {"Q1": s01}').replace('"One", scale: imp9', '"One", scale: {type: multi, choices: [a, b]}'),
        ["14:110: sources.0.columns.Q1: item 's01' is answered in parts, and none is named [part_not_named]"],
    ),
    "a header that a pattern catches too": (
        source('columns: {Q1: s01, "/Q(?P<n>.)/": "s0{n}"}'),
        ["14:110: sources.0.columns.Q1: the pattern /Q(?P<n>.)/ catches this header too [two_entries]"],
    ),
    "a code of a long file for an unknown item": (
        source("layout: long, long: {item: {column: i, codes: {x: s20}}, value: v}"),
        ["14:147: sources.0.long.item.codes.x: there is no item 's20' [unknown_item]"],
    ),
    "a code of a long file for an unknown dimension": (
        source("layout: long, long: {item: i, value: v, dimension: {column: d, codes: {x: importance}}}"),
        ["14:171: sources.0.long.dimension.codes.x: there is no dimension 'importance' [unknown_dimension]"],
    ),
    # codes, missing codes, filters
    "a code that leads off every scale": (
        source("codes: {x: 99}"),
        ["14:108: sources.0.codes.x: leads to no value of any scale in use [code_off_scale]"],
    ),
    "a code that leads off its scale": (
        source("codes: {imp9: {x: 10}}"),
        ["14:115: sources.0.codes.imp9.x: leads to no value of the scale imp9 [code_off_scale]"],
    ),
    "a text twice under one reason": (
        SMALL + "missing: {skipped: [x, x]}\n",
        ["15:11: missing.skipped: the raw text 'x' stands under skipped already [listed_twice]"],
    ),
    "a missing code with a zero fraction": (
        SMALL + 'missing: {skipped: "9.0"}\n',
        ["15:11: missing.skipped: '9.0' is a value of the scale imp9 [missing_is_value]"],
    ),
    "a missing code of an item that is a value": (
        changed('text: "Two"', 'text: "Two", missing: {skipped: 3}'),
        ["7:38: items.1.missing.skipped: '3' is a value of the scale imp9 [missing_is_value]"],
    ),
    "a missing code of all items that is a value": (
        SMALL + "item_defaults: {missing: {skipped: 3}}\n",
        ["15:27: item_defaults.missing.skipped: '3' is a value of the scale imp9 [missing_is_value]"],
    ),
    "a missing code of a scale in place that is a value": (
        changed('"Two", scale: imp9', '"Two", scale: {type: ordinal, min: 1, max: 5, missing: {skipped: 3}}'),
        ["7:77: items.1.scale.missing.skipped: '3' is a value of the scale s02_scale [missing_is_value]"],
    ),
    "a missing code that is a ticked box": (
        changed('"Two", scale: imp9', '"Two", scale: {type: multi, choices: [a, b], missing: {skipped: 1}}'),
        ["7:76: items.1.scale.missing.skipped: '1' is a value of the scale s02_scale [missing_is_value]"],
    ),
    "a bound that is neither time nor number": (
        source("rows: {column: x, after: spring}"),
        ["14:118: sources.0.rows.after: 'spring' is neither a time (2026-03-27) nor a number [wrong_value]"],
    ),
    "a mistake in one filter": (
        source("rows: {colum: x, equals: y}"),
        [
            "14:100: sources.0.rows.column: the key `column` is missing [missing_key]",
            "14:107: sources.0.rows.colum: unknown key [unknown_key]",
        ],
    ),
    "a mistake in one of several filters": (
        source("rows: {all: [{column: x, equal: y}]}"),
        ["14:125: sources.0.rows.all.0.equal: unknown key [unknown_key]"],
    ),
    "no filter at all": (
        source("rows: {all: []}"),
        ["14:107: sources.0.rows.all: expected at least one element [wrong_value]"],
    ),
    "a column that is used and ignored": (
        source("ignore: [respondent_id]"),
        ["14:109: sources.0.ignore.0: the column is used under key [ignored_and_used]"],
    ),
    "an unknown status": (
        SMALL + "panel: {register: {file: r.csv, key: k, status: {column: s, codes: {a: acepted}}}}\n",
        ["15:69: panel.register.status.codes.a: there is no status 'acepted' [unknown_status]"],
    ),
    "a later platform of the register": (
        SMALL + "panel: {register: {file: r.csv, key: k, platform: redcap}}\n",
        ["15:41: panel.register.platform: platform `redcap` is not supported yet [not_supported_yet]"],
    ),
    # items, scales, waves
    "an empty element": (
        changed("  - {id: r2}", "  - {id: r2}\n  -"),
        ["13:4: rounds.2: the element is empty [wrong_type]"],
    ),
    "a group without categories": (
        changed("[company, city]", "[]"),
        ["9:10: groups.role.categories: expected at least one element [wrong_value]"],
    ),
    "two versions from one wave": (
        changed('text: "Two"', 'text: "Two", versions: [{from: r2, text: b}, {from: r2, text: c}]'),
        ["7:61: items.1.versions.1.from: the version of 'r2' stands before it [versions_in_wrong_order]"],
    ),
    "a text in another language": (
        changed("time_zone:", "languages: [en, fr], time_zone:").replace('"Two"', "{es: dos}"),
        ["7:22: items.1.text.es: the study has no language 'es' [unknown_language]"],
    ),
    "a language twice": (
        changed("time_zone:", "languages: [en, en], time_zone:"),
        ["2:68: study.languages.1: the language 'en' stands twice [listed_twice]"],
    ),
    "a round that closes before the one before it": (
        changed("{id: r1}", '{id: r1, close: "2026-03-01"}').replace("{id: r2}", '{id: r2, close: "2026-02-01"}'),
        ["12:14: rounds.1.close: closes before the round 'r1', which stands before it [dates_in_wrong_order]"],
    ),
    # rules
    "a share that is out of reach": (
        STABILITY + '{id: s, measure: net_change, op: less_than, value: "150%"}\n',
        ["19:51: rules.stability.0.value: net_change lies between 0 and 1, this is 150% [threshold_out_of_reach]"],
    ),
    "a comparison of no waves": (
        STABILITY + '{id: s, measure: net_change, op: less_than, value: "15%", between: []}\n',
        ["19:65: rules.stability.0.between: names an earlier and a later wave [wrong_value]"],
    ),
    "an agreement that is out of reach": (
        RULES.replace(SHARE, "agreement: {measure: van_der_eijk, op: at_least, value: 5}"),
        [
            "17:97: rules.consensus.0.require.agreement.value: van_der_eijk lies between -1 and 1, this is 5 "
            "[threshold_out_of_reach]"
        ],
    ),
    "an interquartile range below 0": (
        RULES.replace(SHARE, "iqr: {at_most: -1}"),
        [
            "17:54: rules.consensus.0.require.iqr.at_most: an interquartile range is never below 0 "
            "[threshold_out_of_reach]"
        ],
    ),
    "a statistic that gives words": (
        RULES.replace(SHARE, "agreement: {measure: comet_70_15, op: at_least, value: 1}"),
        [
            "17:60: rules.consensus.0.require.agreement.measure: comet_70_15 gives words, not a number that a rule "
            "could bound [wrong_measure]"
        ],
    ),
    "a statistic of several items": (
        RULES.replace(SHARE, "agreement: {measure: krippendorff_alpha, op: at_least, value: 0.8}"),
        [
            "17:60: rules.consensus.0.require.agreement.measure: krippendorff_alpha takes answers per category of "
            "several items, `(..., U, V)` [wrong_measure]"
        ],
    ),
    "a statistic of answers as a measure of change": (
        STABILITY + "{id: s, measure: median, op: less_than, value: 1}\n",
        [
            "19:15: rules.stability.0.measure: median takes answers per category of one item, `counts (..., V)` "
            "[wrong_measure]"
        ],
    ),
    "a measure without the option it needs": (
        RULES.replace(SHARE, "agreement: {measure: tastle_wierman_agreement, op: at_least, value: 0.8}"),
        [
            "17:48: rules.consensus.0.require.agreement: tastle_wierman_agreement needs the option target: scale "
            "value from which the answers are measured [missing_key]"
        ],
    ),
    "an unknown option of a measure": (
        RULES.replace(SHARE, "agreement: {measure: mad, op: at_most, value: 1, options: {scale: true}}"),
        [
            "17:107: rules.consensus.0.require.agreement.options.scale: there is no option 'scale' of mad "
            "[unknown_option]"
        ],
    ),
    "an option that is not among the allowed": (
        RULES.replace(SHARE, "agreement: {measure: mad, op: at_most, value: 1, options: {scaled: 1}}"),
        ["17:107: rules.consensus.0.require.agreement.options.scaled: expected false or true [not_one_of]"],
    ),
    "an option that is out of range": (
        RULES.replace(SHARE, "polarised: {measure: esteban_ray_polarization, op: more_than, value: 1, options: {alpha: 2}}"),
        [
            "17:130: rules.consensus.0.require.polarised.options.alpha: is more than 0 and at most 1.6, got 2 (on the "
            "scale imp9) [wrong_option]"
        ],
    ),
    "an option that is no number": (
        RULES.replace(SHARE, "agreement: {measure: within_one_of_median, op: at_least, value: 1, options: {distance: one}}"),
        [
            "17:125: rules.consensus.0.require.agreement.options.distance: expected a number: categories from the "
            "median that still count [wrong_type]"
        ],
    ),
    "an option off the scale": (
        RULES.replace(SHARE, "agreement: {measure: tastle_wierman_agreement, op: at_least, value: 1, options: {target: 10}}"),
        [
            "17:129: rules.consensus.0.require.agreement.options.target: lies on the scale, from 1 to 9, got 10 (on "
            "the scale imp9) [wrong_option]"
        ],
    ),
    "a band that a measure looks for in vain": (
        RULES.replace(SHARE, "agreement: {measure: top_box, op: at_least, value: 1, options: {top: [high, hihg]}}"),
        [
            "17:124: rules.consensus.0.require.agreement.options.top.1: there is no category 'hihg' on the scale imp9 "
            "[unknown_category]"
        ],
    ),
    "the same categories at both ends": (
        RULES.replace(SHARE, "agreement: {measure: net_agreement, op: at_least, value: 1, options: {bottom: 7}}"),
        [
            "17:118: rules.consensus.0.require.agreement.options.bottom: has a category that is also in top (on the "
            "scale imp9) [wrong_option]"
        ],
    ),
    "an option that has its own place": (
        RULES.replace(SHARE, "agreement: {measure: q1, op: at_least, value: 7, options: {quantile_type: 6}}"),
        [
            "17:107: rules.consensus.0.require.agreement.options.quantile_type: quantile_type is no option here "
            "[wrong_option]"
        ],
    ),
    "an option that changes no value": (
        STABILITY + "{id: s, measure: group_stability_chi2_p, op: at_least, value: 0.05, options: {alpha: 0.1}}\n",
        [
            "19:85: rules.stability.0.options.alpha: there is no option 'alpha' of group_stability_chi2_p "
            "[unknown_option]"
        ],
    ),
    "a p-value above 1": (
        STABILITY + "{id: s, measure: bowker_p, op: at_least, value: 5}\n",
        ["19:48: rules.stability.0.value: bowker_p lies between 0 and 1, this is 5 [threshold_out_of_reach]"],
    ),
    "a spread below 0": (
        RULES.replace(SHARE, "agreement: {measure: sd, op: at_most, value: -1}"),
        ["17:86: rules.consensus.0.require.agreement.value: sd is never below 0, this is -1 [threshold_out_of_reach]"],
    ),
    "a measure of order where there is none": (
        RULES.replace('"Two", scale: imp9', '"Two", scale: {type: nominal, choices: [a, b]}').replace(
            "verdict:", "applies_to: {items: [s02]}, verdict:"
        ).replace(SHARE, "agreement: {measure: leik_dispersion, op: at_most, value: 0.3}"),
        [
            "17:15: rules.consensus.0.applies_to: `leik_dispersion` needs an ordered scale, and all this rule applies "
            "to is nominal [never_judged]"
        ],
    ),
    "a share of a band and of values": (
        RULES.replace("band: high", "band: high, within: [9]"),
        ["17:48: rules.consensus.0.require.share: needs either band, or within: a list of scale values or choices [wrong_value]"],
    ),
    "a share of a choice that is not there": (
        RULES.replace('"Two", scale: imp9', '"Two", scale: {type: nominal, choices: [yes, no]}').replace(
            "verdict:", "applies_to: {items: [s02]}, verdict:"
        ).replace("band: high", "within: [yes, perhaps]"),
        [
            "17:98: rules.consensus.0.require.share.within.1: there is no category 'perhaps' on the scale s02_scale "
            "[unknown_category]"
        ],
    ),
    "a share of choices that are not named": (
        RULES.replace('"Two", scale: imp9', '"Two", scale: {type: nominal, choices: [a, b]}').replace(
            "verdict:", "applies_to: {items: [s02]}, verdict:"
        ).replace(SHARE, "agreement: {measure: percent_agreement, op: at_least, value: 0.7}"),
        [
            "17:76: rules.consensus.0.require.agreement: percent_agreement needs the option within: bands, values of "
            "the scale or choices [missing_key]"
        ],
    ),
    "appropriateness on other scales": (
        RULES.replace(SHARE, "ram: {median_band: high}").replace('"Two", scale: imp9', '"Two", scale: {type: ordinal, min: 1, max: 7, bands: {low: [1, 2], high: [6, 7]}}'),
        [
            "17:48: rules.consensus.0.require.ram: the RAND/UCLA method takes nine points from 1 to 9; the scale s02_scale "
            "goes from 1 to 7 [ram_scale]"
        ],
    ),
    "appropriateness by other percentiles": (
        RULES.replace(SHARE, "ram: {median_band: high, ipr: [10, 90]}"),
        [
            "17:73: rules.consensus.0.require.ram.ipr: the 2.35 and 1.5 of the method belong to the 30th and 70th percentile "
            "(Fitch et al. 2001) [wrong_value]"
        ],
    ),
    "percentiles where numbers of panelists decide": (
        RULES.replace(SHARE, "ram: {disagreement: absent, rule: classic, ipr: [30, 70]}"),
        ["17:91: rules.consensus.0.require.ram.ipr: belongs to rule: ipras [rule_keys]"],
    ),
    "appropriateness that asks for nothing": (
        RULES.replace(SHARE, "ram: {rule: classic}"),
        ["17:48: rules.consensus.0.require.ram: needs median_band, disagreement, or both [wrong_value]"],
    ),
    "a content validity ratio above 1": (
        RULES.replace(SHARE, "cvr: {band: high, at_least: 1.5}"),
        [
            "17:66: rules.consensus.0.require.cvr.at_least: a content validity ratio lies between -1 and 1, this is 1.5 "
            "[threshold_out_of_reach]"
        ],
    ),
    "a content validity of a band that is not there": (
        RULES.replace(SHARE, "cvr: {band: essential}"),
        ["17:54: rules.consensus.0.require.cvr.band: there is no band 'essential' on the scale imp9 [unknown_band]"],
    ),
    "a fuzzy map that is not stored": (
        RULES.replace(SHARE, "fuzzy: {map: habibi_6}"),
        ["17:56: rules.consensus.0.require.fuzzy.map: there is no map 'habibi_6' [unknown_map]"],
    ),
    "a fuzzy map of another length": (
        RULES.replace(SHARE, "fuzzy: {map: habibi_5}"),
        [
            "17:56: rules.consensus.0.require.fuzzy.map: needs 9 triangles, one per category, got shape (5, 3) (on a scale of 9 "
            "points) [fuzzy_map]"
        ],
    ),
    "a fuzzy map whose numbers are no triangles": (
        RULES.replace(SHARE, "fuzzy: {map: [[0, 1], [1, 2]]}"),
        [
            "17:56: rules.consensus.0.require.fuzzy.map: needs 9 triangles, one per category, got shape (2, 2) (on a scale of 9 "
            "points) [fuzzy_map]"
        ],
    ),
    "no fuzzy map for the length": (
        RULES.replace(SHARE, "fuzzy: {d: 0.2}").replace("max: 9", "max: 10"),
        [
            "17:48: rules.consensus.0.require.fuzzy: there is no map of its own for scales of 10 points [fuzzy_map]"
        ],
    ),
    "a fuzzy distance below 0": (
        RULES.replace(SHARE, "fuzzy: {d: -1}"),
        ["17:56: rules.consensus.0.require.fuzzy.d: a distance is never below 0 [threshold_out_of_reach]"],
    ),
    "concordance of ratings": (
        RULES.replace(SHARE, "agreement: {measure: kendall_w, op: at_least, value: 0.7}"),
        [
            "17:7: rules.consensus.0.applies_to: `kendall_w` needs rankings, and all this rule applies to is ordinal "
            "[never_judged]"
        ],
    ),
    "a share of rankings": (
        RULES.replace('"Two", scale: imp9', '"Two", kind: rank, scale: {type: rank, choices: [a, b]}').replace(
            "verdict:", "applies_to: {kind: rank}, verdict:"
        ),
        [
            "17:15: rules.consensus.0.applies_to: `share` needs an ordered scale, and all this rule applies to is rank "
            "[never_judged]"
        ],
    ),
    "a share of a ranking by name": (
        RULES.replace('"Two", scale: imp9', '"Two", kind: rank, scale: {type: rank, choices: [a, b]}').replace(
            "verdict:", "applies_to: {items: [s01, s02]}, verdict:"
        ),
        [
            "17:28: rules.consensus.0.applies_to.items: item 's02' is never judged: its kind is rank, its scale of type rank "
            "[never_judged]"
        ],
    ),
    "concordance and a share in one": (
        RULES.replace('"Two", scale: imp9', '"Two", kind: rank, scale: {type: rank, choices: [a, b]}').replace(
            SHARE, f"all: [{{agreement: {{measure: kendall_w, op: at_least, value: 0.7}}}}, {{{SHARE}}}]"
        ),
        [
            "17:38: rules.consensus.0.require: `kendall_w` needs rankings and `share` does not take them: no item has both "
            "[never_judged]"
        ],
    ),
    "a concordance above 1": (
        RULES.replace('"Two", scale: imp9', '"Two", kind: rank, scale: {type: rank, choices: [a, b]}').replace(
            SHARE, "agreement: {measure: kendall_w, op: at_least, value: 70, options: {ties: true}}"
        ),
        [
            "17:94: rules.consensus.0.require.agreement.value: kendall_w lies between 0 and 1, this is 70 "
            "[threshold_out_of_reach]",
            "17:115: rules.consensus.0.require.agreement.options.ties: there is no option 'ties' of kendall_w [unknown_option]",
        ],
    ),
    "a change of concordance of ratings": (
        STABILITY + "{id: s, measure: delta_w, op: less_than, value: 0.05}\n",
        [
            "19:7: rules.stability.0.applies_to: `delta_w` needs rankings, and all this rule applies to is ordinal "
            "[never_judged]"
        ],
    ),
    "groups within a group": (
        RULES.replace(SHARE, f"each_group: {{of: role, require: {{each_group: {{of: role, require: {{{SHARE}}}}}}}}}"),
        [
            "17:81: rules.consensus.0.require.each_group.require.each_group: each_group within each_group: a group "
            "has no groups [nested_each_group]"
        ],
    ),
    "a band where there is no order": (
        RULES.replace('"Two", scale: imp9', '"Two", scale: {type: nominal, choices: [a, b]}').replace(
            "verdict:", "applies_to: {items: [s02]}, verdict:"
        ),
        [
            "17:15: rules.consensus.0.applies_to: `share` needs an ordered scale, and all this rule applies to is "
            "nominal [never_judged]"
        ],
    ),
    "a transition to an earlier wave": (
        RULES + "  transitions: [{after: r2, action: escalate, to: r1}]\n",
        ["18:47: rules.transitions.0.to: the wave 'r1' does not come after 'r2' [dates_in_wrong_order]"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", list(CASES))
def test_p14_what_can_never_work_is_refused(case: str, tmp_path: Path) -> None:
    text, expected = CASES[case]
    told = [
        f"{one.line}:{one.column}: {one.path}: {one.message} [{one.code}]"
        for one in check_text(tmp_path, text).problems
    ]
    assert told == expected


def test_a_broken_item_is_not_held_against_codes_and_rules(tmp_path: Path) -> None:
    text = source("codes: {x: 12}").replace(
        '"Two", scale: imp9', '"Two", kind: raitng, scale: {type: integer, min: 0, max: 20}'
    )
    assert [one.path for one in check_text(tmp_path, text).problems] == ["items.1.kind"]


def test_a_long_line_of_descent_is_followed_to_its_end(tmp_path: Path) -> None:
    lines = [f"  - {{id: i{n}, text: x, scale: imp9, parents: [i{n + 1}]}}" for n in range(1500)]
    head, tail = SMALL[: SMALL.index("items:")], SMALL[SMALL.index("groups:") :]
    for last, expected in (("", []), (", parents: [i0]", ["items.0.parents"])):
        items = "\n".join(["items:", *lines, f"  - {{id: i1500, text: x, scale: imp9{last}}}", ""])
        assert [one.path for one in check_text(tmp_path, head + items + tail).problems] == expected


def test_rounds_that_are_open_at_once_are_a_warning(tmp_path: Path) -> None:
    text = changed("{id: r1}", '{id: r1, open: "2026-01-01", close: "2026-02-01"}').replace(
        "{id: r2}", '{id: r2, open: "2026-01-15", close: "2026-03-01"}'
    )
    checked = check_text(tmp_path, text)
    assert checked.study is not None
    assert [(one.path, one.message) for one in checked.warnings] == [
        ("rounds.1.open", "opens while the round 'r1' is open")
    ]


@pytest.mark.parametrize(
    ("first", "second", "waves", "told"),
    [
        ("40%", "55%", "", ["3 in b1, 2 in b9, 0 elsewhere"]),
        ("51%", "50%", "", []),
        ("40%", "55%", "waves: [r1]", ["3 in b1, 2 in b9, 0 elsewhere"]),
        ("40%", "55%", "waves: [r2]", []),
    ],
)
def test_the_search_for_ambiguous_rules_copes_with_a_band_per_point(
    first: str, second: str, waves: str, told: list[str], tmp_path: Path
) -> None:
    bands = ", ".join(f"b{point}: [{point}, {point}]" for point in range(1, 10))
    text = changed("low: [1, 3], middle: [4, 6], high: [7, 9]", bands) + (
        "rules:\n  consensus:\n"
        f'    - {{id: a, applies_to: {{waves: [r1]}}, verdict: consensus_in, require: {{share: {{band: b9, op: at_least, value: "{first}"}}}}}}\n'
        f'    - {{id: b, applies_to: {{{waves}}}, verdict: consensus_out, require: {{share: {{band: b1, op: at_least, value: "{second}"}}}}}}\n'
    )
    checked = check_text(tmp_path, text)
    assert checked.problems == ()
    assert [one.message.partition("both match ")[2] for one in checked.warnings] == told


def test_importing_the_study_package_loads_no_table_library() -> None:
    heavy = "('pandas', 'duckdb', 'pandera', 'scipy', 'python_calamine')"
    code = f"import sys, delphi.study; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
