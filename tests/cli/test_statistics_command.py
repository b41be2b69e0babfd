"""`delphi statistics`: the list, one entry, and a number on the spot that a reader can check a paper with."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from delphi.cli.main import exit_code_of
from delphi.statistics.registry import catalogue
from tests.published.reference import Example, examples


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert exit_code_of(["statistics", *arguments, "--json"]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_the_list_has_every_statistic_of_the_catalogue(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code_of(["statistics"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == list(catalogue())
    assert [one["id"] for one in told(capsys)["statistics"]] == list(catalogue())  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", catalogue())
def test_every_entry_is_explained_in_words_and_as_json(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code_of(["statistics", name]) == 0
    text = capsys.readouterr().out
    for word in ("formula", "takes", "level", "source", "python"):
        assert f"\n{word:10}" in text
    assert told(capsys, name)["function"]


def test_a_histogram_gives_its_value_with_what_it_means(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [
        "statistics",
        "van_der_eijk_agreement",
        "--counts",
        "30,40,210,130,530,50,10",
        "--scale",
        "1..7",
    ]
    assert exit_code_of(arguments) == 0
    text = capsys.readouterr().out
    assert "value     0.611333" in text
    assert "n         1000" in text
    assert "no accepted cut-off" in text
    assert "van der Eijk (2001)" in text


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        (("iqr", "--counts", "2,1,0,1,1"), 3.0),
        (("iqr", "--counts", "2,1,0,1,1", "--option", "quantile_type=6"), 3.5),
        (("iqr", "--counts", "2,1,0,1,1", "--scale", "10,20,30,40,50"), 30.0),
        (("iqr", "--counts", "1,1,1", "--scale=-1..1"), 1.0),
    ],
)
def test_options_and_scales_are_read(
    arguments: tuple[str, ...], value: float, capsys: pytest.CaptureFixture[str]
) -> None:
    (row,) = told(capsys, *arguments)["results"]  # type: ignore[misc]
    assert row["value"] == value


def test_what_is_not_defined_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    (row,) = told(capsys, "iqr", "--counts", "0,1,0")["results"]  # type: ignore[misc]
    assert (row["value"], row["reason"]) == (None, "too_few")


def test_transitions_and_the_answers_behind_them_give_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = [(1, 1), (2, 1), (2, 2), (3, 3), (3, 2), (1, 2), (2, None), (None, 3)]
    answers = tmp_path / "answers.csv"
    answers.write_text(
        "respondent_id,r1,r2\n" + "".join(f"p{n},{a or ''},{b or ''}\n" for n, (a, b) in enumerate(pairs))
    )
    moves = tmp_path / "moves.csv"
    moves.write_text("before,1,2,3,none\n1,1,1,0,0\n2,1,1,0,1\n3,0,1,1,0\nnone,0,0,1,0\n")
    square = tmp_path / "square.csv"
    square.write_text("1;1;0\n1;1;0\n0;1;1\n")
    for name in ("net_change", "weighted_kappa", "share_unchanged"):
        ways = (
            ("--answers", str(answers), "--scale", "1..3"),
            ("--transitions", str(moves)),
            ("--transitions", str(square)),
        )
        found = [told(capsys, name, *way)["results"] for way in ways]
        assert found[0] == found[1] == found[2]
        assert found[0][0]["n"] == 6  # type: ignore[index]


def test_each_column_of_answers_is_an_item(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("s01,s02\n1,3\n2,3\n,3\n")
    rows = told(capsys, "iqr", "--answers", str(path), "--scale", "1..3")["results"]
    assert [(row["of"], row["value"], row["n"]) for row in rows] == [("s01", 0.5, 2), ("s02", 0.0, 3)]  # type: ignore[attr-defined]
    rows = told(
        capsys, "krippendorff_alpha", "--answers", str(path), "--scale", "1..3", "--option", "level=nominal"
    )
    assert len(rows["results"]) == 1  # type: ignore[arg-type]


TABLES = {
    "answers": "1,2,3\n2,2,4\n3,1,4\n4,3,5\n5,4,5\n4,4,4\n2,1,3\n3,3,3\n5,5,4\n1,1,2\n2,2,2\n4,5,5\n",
    "ranks": "1,2,3\n1,3,2\n2,1,3\n1,2,3\n3,1,2\n", "rounds": "1,0,1\n1,1,1\n0,0,1\n0,1,1\n1,1,0\n",
    "points": "0.1,0.2,0\n0.2,0.1,0\n0.9,0.8,1\n0.8,0.9,1\n",
    "votes": "1,-1,0\n1,,1\n-1,1,0\n1,1,1\n-1,-1,0\n", "estimates": "10,20,30,80\n15,25,40,70\n5,10,20,90\n",
    "quantiles": "10,20,30\n15,25,40\n5,10,20\n", "allocations": "50,30,20\n40,40,20\n60,20,20\n", "intervals": "1,3,2\n2,4,5\n0,9,4\n",
    "forecasts": "0.2,0\n0.7,1\n0.9,1\n", "wins": "0,5,7\n3,0,6\n2,1,0\n", "choices": "9,1,12\n3,3,12\n1,9,12\n",
    "comparisons": "1,3,5\n0.3333333333333333,1,2\n0.2,0.5,1\n", "texts": "a tax on cars\na tax on cars.\nfree buses\n",
}  # fmt: skip


TYPED = {
    "probability_pool": ["--numbers", "0.2,0.5,0.7"],
    "prob_above_threshold": ["--share", "42/60", "--option", "threshold=70%"],
}  # fmt: skip


def _given(takes: str, categories: int, folder: Path) -> list[str]:
    """Arguments that give data of a kind, as somebody would type them."""
    counts = ",".join(str(1 + place % 3) for place in range(categories))
    if takes in ("counts", "two_counts", "group_counts", "units"):
        many = {"counts": 1, "two_counts": 2}.get(takes, 3)
        return [*["--counts", counts] * many, "--scale", f"1..{categories}"]
    if takes in ("share", "two_shares"):
        return ["--share", "42/60"] if takes == "share" else ["--share", "42/60", "--share", "12/50"]
    if takes == "two_texts":
        (folder / "texts.txt").write_text("kitten\nsitting\n")
        return ["--texts", str(folder / "texts.txt")]
    if takes in ("numbers", "comments"):
        return ["--numbers", "3,4.5,8,2,9,12" if takes == "numbers" else "12,8,5"]
    if takes == "transitions":
        (folder / "moves.csv").write_text("4,1,0,0,0\n1,3,2,0,0\n0,1,5,1,0\n0,0,2,4,1\n0,0,0,1,3\n")
        return ["--transitions", str(folder / "moves.csv"), "--scale", "1..5"]
    path = folder / "table.csv"
    path.write_text(TABLES["ranks" if takes in ("two_ranks", "ranked_rounds") else takes])
    option = {"wins": "--matrix", "choices": "--matrix", "comparisons": "--matrix", "texts": "--texts"}.get(
        takes, "--answers"
    )
    return [option, str(path)] * (2 if takes in ("two_ranks", "ranked_rounds") else 1)


def _written(name: str, value: object) -> list[str] | None:
    """An option of the tests for the whole catalogue as it is typed; None where it cannot be."""
    if isinstance(value, (list, tuple, np.ndarray)) and all(
        isinstance(one, (bool, np.bool_)) for one in value
    ):
        places = [place for place, one in enumerate(value, 1) if one]
        return ["--option", f"{name}={places[0]}..{places[-1]}"]
    return ["--option", f"{name}={value}"] if isinstance(value, (str, int, float)) else None


@pytest.mark.parametrize(
    "name", [name for name, entry in catalogue().items() if entry.takes not in ("panel", "any")]
)
def test_every_statistic_can_be_computed_on_the_spot(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    example = examples().get(name, Example({}))
    options = [_written(key, value) for key, value in example.options.items() if key not in ("values", "rng")]
    if None in options:
        pytest.skip("an option is an array that nobody types")
    given = TYPED.get(name) or _given(catalogue()[name].takes, example.categories, tmp_path)
    found = told(capsys, name, *given, *(part for one in options for part in one or ()))
    assert found["results"]


def test_a_statistic_of_a_statistic_takes_what_that_one_takes(capsys: pytest.CaptureFixture[str]) -> None:
    (row,) = told(
        capsys, "bootstrap_ci", "--counts", "2,3,5,8,2", "--option", "statistic=iqr", "--option", "seed=1"
    )["results"]  # type: ignore[misc]
    assert row["low"] <= row["value"] <= row["high"]
    assert exit_code_of(["statistics", "bootstrap_ci", "--counts", "1,2"]) == 2
    assert "--option statistic=iqr" in capsys.readouterr().err


def test_answers_themselves_or_their_histograms_give_the_same_alpha(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("rater,s01,s02,s03\np1,1,3,2\np2,2,3,2\np3,1,,1\n")
    way = ("krippendorff_alpha", "--answers", str(path), "--scale", "1..5")
    found = [told(capsys, *way, "--option", f"given={kind}")["results"] for kind in ("units", "answers")]
    assert found[0][0]["value"] == pytest.approx(found[1][0]["value"], abs=1e-12)  # type: ignore[index]
    assert exit_code_of(["statistics", *way, "--option", "given=ranks"]) == 2


def test_answers_of_raters_are_read_as_such_where_the_option_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same two raters: as columns over the units, and as rows of answers."""
    columns, rows = tmp_path / "columns.csv", tmp_path / "rows.csv"
    columns.write_text("unit,first,second\nu1,1,1\nu2,1,2\nu3,2,2\nu4,3,3\n")
    rows.write_text("rater,u1,u2,u3,u4\nfirst,1,1,2,3\nsecond,1,2,2,3\n")
    for name in ("cohen_kappa", "weighted_kappa"):
        as_table = told(capsys, name, "--answers", str(columns), "--scale", "1..3")["results"]
        as_answers = told(capsys, name, "--answers", str(rows), "--option", "given=answers")["results"]
        assert as_table[0]["value"] == pytest.approx(as_answers[0]["value"], abs=1e-12)  # type: ignore[index]
        assert (as_table[0]["n"], as_answers[0]["n"]) == (4, 2)  # type: ignore[index]
    assert exit_code_of(["statistics", "cohen_kappa", "--answers", str(rows), "--option", "given=ranks"]) == 2


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("iqrr", "--counts", "1,2"), 2, "did you mean iqr"),
        (("iqr", "--counts", "1,x"), 2, "'x' is no number"),
        (("iqr", "--counts", "1,-2"), 2, "whole numbers from 0 on"),
        (("iqr", "--counts", "1,0.5"), 2, "whole numbers from 0 on"),
        (("iqr", "--counts", "1,2", "--scale", "1..3"), 2, "has 2 categories, --scale has 3"),
        (("iqr", "--counts", "1,2", "--counts", "1,2"), 2, "takes one histogram"),
        (("iqr", "--counts", "1,2", "--counts", "1,2,3"), 2, "2 and 3 categories"),
        (("iqr", "--counts", "1,2", "--scale", "3..1"), 2, "has to be greater"),
        (("iqr", "--counts", "1,2", "--scale", "3,1"), 2, "values have to rise"),
        (("iqr", "--counts", "1,2", "--option", "quantile_type"), 2, "Write it as NAME=VALUE"),
        (("iqr", "--counts", "1,2", "--option", "bogus=1"), 2, "has no parameter bogus"),
        (("iqr", "--counts", "1,2", "--option", "quantile_type=11"), 2, "got 11"),
        (("iqr", "--counts", "1,2", "--option", "quantile_type=1..3"), 2, "categories of a scale"),
        (("iqr", "--share", "1/2"), 2, "Give --counts 1,0,4,7"),
        (("net_change", "--counts", "1,2"), 2, "Give --transitions FILE"),
        (("iqr", "--answers", "nowhere.csv"), 11, "it cannot be read"),
        (("--counts", "1,2"), 2, "Which statistic?"),
        (("--section", "99"), 2, "There is no section 99"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_answered_in_words(
    arguments: tuple[str, ...], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code_of(["statistics", *arguments]) == code
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "it is empty"), (b"r1,r2\n", "no number"), (b"r1,r2\n1,2\n1\n", "2 and 1 cells"), (b"r1,r2\n1,two\n", "rows 2"),
        (b'r1,r2\n"1,2\n', "a quote is not closed"), (b"r1\n\xff\n", "not UTF-8"), (b"r1,r2\n1,9\n", "not on the scale"),
        (b"r1,r2,r3\n1,1,1\n", "3 columns of answers"),
    ],
)  # fmt: skip
def test_files_that_are_unusable_are_refused_in_words(
    text: bytes, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "answers.csv"
    path.write_bytes(text)
    assert exit_code_of(["statistics", "net_change", "--answers", str(path), "--scale", "1..3"]) in (2, 11)
    found = capsys.readouterr().err
    assert message in found.replace("1 and 2 cells", "2 and 1 cells")
    assert "Traceback" not in found
