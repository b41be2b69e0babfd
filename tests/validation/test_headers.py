import pytest

from delphi.validation.headers import Headers, nearest, plain


@pytest.mark.parametrize(
    ("header", "compared"),
    [
        ("G01 – <p><b>“Companies stay away”</b></p>", 'G01 – "Companies stay away"'),
        ("Recipient&#8217;s&nbsp;age", "Recipient's age"),
        ("Cafe\u0301", "Café"),
        (" a\u00a0b ", "a b"),
        ("3 < 5 and 5 > 3", "3 < 5 and 5 > 3"),
        ("R&D", "R&D"),
    ],
)
def test_headers_are_compared_without_what_platforms_add(header, compared):
    assert plain(header) == compared


def test_a_header_that_stands_as_written_comes_before_one_that_is_only_compared_equal():
    headers = Headers(["<b>age</b>", "age", ""])
    assert (headers.find("age"), headers.find("<b>age</b>"), headers.find(""), headers.find("sex")) == (
        1,
        0,
        None,
        None,
    )


def test_the_nearest_header_is_found_or_none():
    assert nearest("respondent_id", ["Respondent ID", "name"]) == "Respondent ID"
    assert nearest("respondent_id", ["x", "", "y"]) == ""
