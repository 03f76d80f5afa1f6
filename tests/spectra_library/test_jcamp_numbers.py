"""Number forms of JCAMP-DX tables, checked against a slow and obvious encoder."""

from __future__ import annotations

import itertools
import os
import re
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectra_library.errors import DamagedFileError
from spectra_library.formats.jcamp_numbers import decode_ordinates, decode_pairs

SQUEEZED = {
    **{str(i): c for i, c in enumerate("@ABCDEFGHI")},
    **{f"-{i}": c for i, c in enumerate("abcdefghi", 1)},
}
DIFFERENCE = {
    **{str(i): c for i, c in enumerate("%JKLMNOPQR")},
    **{f"-{i}": c for i, c in enumerate("jklmnopqr", 1)},
}
REPEATED = {str(i): c for i, c in enumerate("STUVWXYZs", 1)}
LINE = 7  # ordinates a line


def letter(number: int, table: dict[str, str]) -> str:
    text = str(number)
    head = text[:2] if text.startswith("-") else text[:1]
    return table[head] + text[len(head) :]


def repeats(items: list[str]) -> str:
    """Join items, writing runs of equal ones as one item and a DUP count."""
    written, at = "", 0
    while at < len(items):
        run = 1
        while at + run < len(items) and items[at + run] == items[at]:
            run += 1
        written += items[at] + (letter(run, REPEATED) if run > 1 else "")
        at += run
    return written


def encode(values: list[int], form: str) -> list[tuple[int, str]]:
    """Write ``values`` on the axis 0, 1, 2 ... in one of the forms, line by line."""
    lines: list[str] = []
    if form in ("DIF", "DIFDUP"):
        at = 0
        while True:
            chunk = values[at : at + LINE]
            items = [letter(b - a, DIFFERENCE) for a, b in itertools.pairwise(chunk)]
            lines.append(
                f"{at}{letter(chunk[0], SQUEEZED)}" + (repeats(items) if form == "DIFDUP" else "".join(items))
            )
            if at + LINE >= len(values):
                break
            at += LINE - 1  # the last ordinate stands again at the head of the next line
    else:
        for at in range(0, len(values), LINE):
            chunk = values[at : at + LINE]
            if form == "AFFN":
                lines.append(" ".join([str(at), *map(str, chunk)]))
            elif form == "COMMAS":
                lines.append(", ".join([str(at), *map(str, chunk)]))
            elif form == "PAC":
                lines.append(str(at) + "".join(f"{value:+d}" for value in chunk))
            elif form == "SQZ":
                lines.append(str(at) + "".join(letter(value, SQUEEZED) for value in chunk))
            else:
                # The first ordinate of a line is never a repeat, so each line stands for itself.
                lines.append(str(at) + repeats([letter(value, SQUEEZED) for value in chunk]))
    return list(enumerate(lines, 1))


integers = st.lists(st.integers(-(10**9), 10**9) | st.integers(-3, 3), min_size=1, max_size=60)


@pytest.mark.parametrize("form", ["AFFN", "COMMAS", "PAC", "SQZ", "SQZDUP", "DIF", "DIFDUP"])
@given(values=integers)
def test_what_was_encoded_is_decoded(form: str, values: list[int]) -> None:
    found = decode_ordinates(encode(values, form), points=len(values))
    assert found.values == values


@given(values=integers)
def test_every_line_is_marked_with_the_point_it_begins_at(values: list[int]) -> None:
    for form in ("AFFN", "SQZDUP", "DIFDUP"):
        found = decode_ordinates(encode(values, form), points=len(values))
        assert [float(mark.printed) for mark in found.marks] == [mark.index for mark in found.marks]


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
    ],
)
def test_what_is_no_number_is_refused_with_its_line(text: str, found: str) -> None:
    with pytest.raises(DamagedFileError, match=found) as caught:
        decode_ordinates([(17, text)], points=5)
    assert str(caught.value).startswith("line 17: ")


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


def test_items_that_add_nothing_come_to_an_end() -> None:
    with pytest.raises(DamagedFileError, match="without any"):
        decode_ordinates([(1, "400A1" + "S" * 1000)], points=10)
    with pytest.raises(DamagedFileError, match="without any"):
        decode_ordinates([(line, "400") for line in range(1000)], points=10)


def test_more_ordinates_than_announced_are_refused() -> None:
    with pytest.raises(DamagedFileError, match="line 2: expected 3 points"):
        decode_ordinates([(1, "400 1 2"), (2, "402 3 4")], points=3)


def test_pairs_are_separated_by_anything() -> None:
    lines = [(1, "400, 1; 401, 2"), (2, "402 3 403,?"), (3, "404-5")]
    x, y = decode_pairs(lines, points=5)
    assert x == [400, 401, 402, 403, 404]
    assert [*y[:3], y[4]] == [1, 2, 3, -5]
    assert y[3] != y[3]


def test_a_single_number_at_the_end_is_no_pair() -> None:
    with pytest.raises(DamagedFileError, match="line 1: expected pairs"):
        decode_pairs([(1, "400 1 401")], points=2)


def test_decimal_commas_are_understood_when_announced() -> None:
    assert decode_ordinates([(1, "400,5 0,25 0,5")], points=2, decimal_commas=True).values == [0.25, 0.5]
