"""Number forms of JCAMP-DX tables, checked against a slow and obvious encoder."""

from __future__ import annotations

import os
import re
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectra_library.errors import DamagedFileError
from spectra_library.formats.jcamp_numbers import decode_groups, decode_ordinates
from tests.spectra_library.made.jcamp_files import FORMS, encoded


def encode(values: list[int], form: str) -> list[tuple[int, str]]:
    """Write ``values`` on the axis 0, 1, 2 ... with line numbers."""
    return list(enumerate(encoded(values, form), 1))


integers = st.lists(st.integers(-(10**9), 10**9) | st.integers(-3, 3), min_size=1, max_size=60)


@pytest.mark.parametrize("form", FORMS)
@given(values=integers)
def test_what_was_encoded_is_decoded(form: str, values: list[int]) -> None:
    found = decode_ordinates(encode(values, form), points=len(values))
    assert found.values == values


@given(values=integers)
def test_every_line_is_marked_with_the_point_it_begins_at(values: list[int]) -> None:
    for form in ("AFFN", "SQZDUP", "DIFDUP"):
        found = decode_ordinates(encode(values, form), points=len(values))
        assert [float(mark.printed) for mark in found.marks] == [mark.point for mark in found.marks]


def test_the_published_example_is_the_same_in_both_its_encodings() -> None:
    samples = os.environ.get("CHEMGATE_SAMPLES")
    if not samples:
        pytest.skip("CHEMGATE_SAMPLES names no folder of sample files")
    tables = []
    for name in ("noencoding_example.jdx", "difdup_example.jdx"):
        lines = (Path(samples) / "jcamp_format_variants" / name).read_text(encoding="ascii").split("\n")
        data = [(i, line) for i, line in enumerate(lines, 1) if line[:1].isdigit()]
        tables.append(decode_ordinates(data, points=53).values)
    assert tables[0] == tables[1]
    assert len(tables[0]) == 53


def test_repeat_counts_may_have_several_digits() -> None:
    assert decode_ordinates([(1, "0A5X5")], points=65).values == [15.0] * 65
    assert decode_ordinates([(1, "0@JU0")], points=31).values == [float(i) for i in range(31)]


def test_e_is_a_digit_in_a_compressed_table_and_an_exponent_in_a_plain_one() -> None:
    assert decode_ordinates([(1, "400E12A1")], points=2).values == [512.0, 11.0]
    assert decode_ordinates([(1, "400 1.5E2 2e-1")], points=2).values == [150.0, 0.2]
    assert decode_ordinates([(1, "4E2 5"), (2, "401 6")], points=2).values == [5.0, 6.0]
    assert decode_ordinates([(1, "400.5E1234F")], points=2).values == [51234.0, 6.0]


def test_a_failed_y_check_names_its_line() -> None:
    lines = encode([1, 5, 9, 2, 8, 8, 8, 4, 0, 3], "DIF")
    assert decode_ordinates(lines, points=10).values[-1] == 3
    number, text = lines[1]
    lines[1] = (number, re.sub("[A-I@]", "I", text, count=1))
    with pytest.raises(DamagedFileError, match=r"line 2: the Y-check failed: expected 8, .* found 9"):
        decode_ordinates(lines, points=10)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("400 12 1x3", "expected a number, found 'x3'"),
        ("400A1!", "expected a number"),
        ("400J5", "expected an ordinate after the abscissa"),
        ("400V", "expected an ordinate after the abscissa"),
        ("400?J", "expected an ordinate before a difference"),
        ("400A" + "1" * 60, "at most 40 characters"),
        ("400 1E999", "expected a finite number"),
        ("hello", "expected a number"),
        ("400 1_000", "expected a number, found '_000'"),
        ("400 nan", "expected an ordinate after the abscissa"),  # letters: a compressed table
        ("400 " + "1" * 60, "at most 40 characters"),
        ("1" * 60 + "A1", "at most 40 characters"),
    ],
)
def test_what_is_no_number_is_refused_with_its_line(text: str, found: str) -> None:
    with pytest.raises(DamagedFileError, match=found) as caught:
        decode_ordinates([(17, text)], points=5)
    assert str(caught.value).startswith("line 17: ")


def test_a_minus_sign_separates_in_a_line_of_nothing_but_digits() -> None:
    assert decode_ordinates([(1, "4000-12-13.5 7")], points=3).values == [-12, -13.5, 7]


def test_a_missing_ordinate_is_not_a_number() -> None:
    for text in ("400 1 ? 3", "400A?C", "400+1?+3"):
        values = decode_ordinates([(1, text)], points=3).values
        assert [value == value for value in values] == [True, False, True]


def test_a_repeat_bomb_is_refused_before_it_takes_memory() -> None:
    tracemalloc.start()
    with pytest.raises(DamagedFileError, match="expected 1000 points"):
        decode_ordinates([(1, "400A1Z99999999"), (2, "401JZ99999999")], points=1000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000


def test_items_that_add_nothing_are_refused() -> None:
    with pytest.raises(DamagedFileError, match="before a repeat count, found another count"):
        decode_ordinates([(1, "400A1" + "S" * 1000)], points=10)
    with pytest.raises(DamagedFileError, match="line 1: expected ordinates, found an abscissa without any"):
        decode_ordinates([(1, "400"), (2, "400 1")], points=1)
    with pytest.raises(DamagedFileError, match="line 2: expected ordinates, found an abscissa without any"):
        decode_ordinates([(1, "400A1J"), (2, "401")], points=2)


@pytest.mark.parametrize(
    ("text", "found"),
    [("400 1.2.3", "'.3'"), ("400 1,,2", "',2'"), ("400 - 3", "'- 3'"), ("400A1 2.3.4", "'.4'")],
)
def test_two_numbers_need_something_between_them(text: str, found: str) -> None:
    with pytest.raises(DamagedFileError, match=re.escape(f"expected a number, found {found}")):
        decode_ordinates([(1, text)], points=2)


def slow_numbers(text: str) -> list[float]:
    """Take a plain line apart character by character: the obvious twin of the pattern in use."""
    items: list[str] = []
    is_open = False
    for at, c in enumerate(text):
        if c in " ,;":
            is_open = False
        elif c == "?" or (c in "+-" and text[at - 1 : at] not in "eE") or not is_open:
            items.append(c)
            is_open = c != "?"
        else:
            items[-1] += c
    return [float("nan") if item == "?" else float(item) for item in items]


printed = (
    st.integers(-(10**6), 10**6).map(str)
    | st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: f"{value:.3f}")
    | st.floats(1e-9, 1e9).map(lambda value: f"{value:.4E}")
    | st.just("?")
)


@given(
    items=st.lists(printed, min_size=1, max_size=30),
    separator=st.sampled_from([" ", ", ", ";", "   ", " , "]),
)
def test_plain_lines_are_split_as_the_slow_twin_splits_them(items: list[str], separator: str) -> None:
    text = separator.join(["400", *items])
    found = decode_ordinates([(1, text)], points=len(items)).values
    assert [repr(value) for value in found] == [repr(value) for value in slow_numbers(text)[1:]]


@given(items=st.lists(st.tuples(printed, printed), min_size=1, max_size=300))
def test_many_lines_of_pairs_are_split_as_the_slow_twin_splits_them(items: list[tuple[str, str]]) -> None:
    lines = [(at, f"{x}, {y}") for at, (x, y) in enumerate(items, 1)]
    x, y = decode_groups(lines, size=2, points=len(items))
    twin = [slow_numbers(text) for _, text in lines]
    assert [repr(value) for value in x] == [repr(a) for a, _ in twin]
    assert [repr(value) for value in y] == [repr(b) for _, b in twin]


def test_a_line_of_blanks_a_megabyte_long_takes_no_time() -> None:
    for text in ("400" + " " * 1_000_000 + "x", "400A" + ", " * 500_000, "400 1" * 1 + "," * 1_000_000):
        with pytest.raises(DamagedFileError):
            decode_ordinates([(1, text)], points=5)


def test_the_first_wrong_line_of_many_is_named() -> None:
    lines = [(at, f"{at}, 1") for at in range(1, 500)]
    lines[322] = (323, "323; 1 x")
    with pytest.raises(DamagedFileError, match="line 323: expected a number, found 'x'"):
        decode_groups(lines, size=2, points=499)
    with pytest.raises(DamagedFileError, match="line 301: expected 300 points"):
        decode_groups(lines, size=2, points=300)


def test_more_ordinates_than_announced_are_refused() -> None:
    with pytest.raises(DamagedFileError, match="line 2: expected 3 points"):
        decode_ordinates([(1, "400 1 2"), (2, "402 3 4")], points=3)


def test_pairs_are_separated_by_anything() -> None:
    lines = [(1, "400, 1; 401, 2"), (2, "402 3 403,?"), (3, "404-5")]
    x, y = decode_groups(lines, size=2, points=5)
    assert x == [400, 401, 402, 403, 404]
    assert [*y[:3], y[4]] == [1, 2, 3, -5]
    assert y[3] != y[3]


def test_a_single_number_at_the_end_is_no_pair() -> None:
    with pytest.raises(DamagedFileError, match="line 1: expected pairs"):
        decode_groups([(1, "400 1 401")], size=2, points=2)


def test_decimal_commas_are_understood_when_announced() -> None:
    assert decode_ordinates([(1, "400,5 0,25 0,5")], points=2, decimal_commas=True).values == [0.25, 0.5]
