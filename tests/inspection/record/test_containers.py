"""Container numbers: every way to type one, every way to get one wrong, and what is none at all."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspection.language import Language, Wording
from inspection.record.containers import ContainerProblem, check_container
from inspection.record.record_words import container_sentences


def remainder_by_hand(ten: str) -> int:
    """The remainder of 11 as ISO 6346 tells it: letters count from 10 on and leave out 11, 22 and 33."""
    values = [number for number in range(10, 39) if number % 11]
    worth = dict(zip(string.ascii_uppercase, values, strict=True)) | {str(n): n for n in range(10)}
    total = 0
    for place, letter in enumerate(ten):
        total += worth[letter] * 2**place
    return total - total // 11 * 11


@pytest.mark.parametrize(
    "typed",
    [
        "MWCU6059784",
        "MWCU 605978 4",
        "mwcu 605978-4",
        "MWCU-605978-4",
        "M.W.C.U. 605.978.4",
        "  MWCU\u00a0605978\u20114  ",
        "MWCU605978/4",
    ],
)
def test_a_right_number_is_right_however_it_is_typed(typed):
    check = check_container(typed)

    assert (check.number, check.shown) == ("MWCU6059784", "MWCU 605978 4")
    assert (check.problem, check.check_digit, check.is_converted) == (None, "4", False)
    assert check.entered == typed
    assert container_sentences(Wording(), check) == ()


@pytest.mark.parametrize(("ten", "digit"), [("MWCU605978", "4"), ("ZEPU 003725", "5"), ("zepu-003725", "5")])
def test_a_missing_check_digit_is_told(ten, digit):
    check = check_container(ten)

    assert (check.problem, check.check_digit) == (ContainerProblem.MISSING_CHECK_DIGIT, digit)
    assert f"it would be {digit}" in container_sentences(Wording(), check)[0]


def test_a_container_number_with_a_wrong_check_digit_is_warned_of():
    check = check_container("MWCU 605978 3")

    assert (check.problem, check.check_digit) == (ContainerProblem.WRONG_CHECK_DIGIT, "4")
    assert check.shown == "MWCU 605978 3"
    assert "should be 4, found 3" in container_sentences(Wording(), check)[0]


@settings(deadline=None)  # the first check loads stdnum, the first sentences their languages
@given(
    st.text(string.ascii_uppercase, min_size=3, max_size=3),
    st.sampled_from("UJZ"),
    st.integers(0, 999_999),
)
def test_the_check_digit_is_the_one_found_by_hand(owner, category, serial):
    ten = f"{owner}{category}{serial:06d}"
    digit = str(remainder_by_hand(ten) % 10)

    assert check_container(ten).check_digit == digit
    assert check_container(ten + digit).problem is None


def test_a_remainder_of_ten_counts_as_nought():
    found = [ten for n in range(100) if remainder_by_hand(ten := f"MWCU{n:06d}") == 10]

    assert found
    assert {check_container(ten).check_digit for ten in found} == {"0"}
    assert all(check_container(f"{ten}0").problem is None for ten in found)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("МSСU 605978", "MSCU605978"),  # M and C from a Russian keyboard
        ("мвси 605978", None),  # в is B, but и is no U: no container number
        ("тсхu605978", "TCXU605978"),
        ("AİCU605978", "AICU605978"),  # what an Azerbaijani keyboard makes of i
        ("aıcu605978", "AICU605978"),
    ],
)
def test_letters_that_look_latin_are_converted_and_told(typed, number):
    check = check_container(typed)

    if number is None:
        assert (check.problem, check.entered) == (ContainerProblem.NOT_ISO_6346, typed)
        assert not check.is_converted
    else:
        assert (check.number, check.is_converted) == (number, True)
        assert check.entered.isascii()
        assert "written as Latin ones" in container_sentences(Wording(), check)[0]


@pytest.mark.parametrize(
    ("typed", "problem", "told"),
    [
        ("MWC6059784", ContainerProblem.WRONG_OWNER_CODE, "three letters"),
        ("M1CU6059784", ContainerProblem.WRONG_OWNER_CODE, "three letters"),
        ("MWCX6059784", ContainerProblem.WRONG_CATEGORY, "found X"),
        ("MWCR6059784", ContainerProblem.WRONG_CATEGORY, "found R"),
        ("MWCU6O59784", ContainerProblem.WRONG_SERIAL, "found O"),
        ("MWCU 1", ContainerProblem.WRONG_LENGTH, "found digits: 1"),
        ("MWCU 605978 44", ContainerProblem.WRONG_LENGTH, "found digits: 8"),
    ],
)
def test_what_is_nearly_a_container_number_is_told_how(typed, problem, told):
    check = check_container(typed)

    assert (check.problem, check.check_digit) == (problem, "")
    assert told in container_sentences(Wording(), check)[0]


@pytest.mark.parametrize(
    "typed",
    [
        *("А123ВС 77", "АН 1234 77", "10-AB-123", "34 ABC 123", "A 123 BC", "61234567", "T 1"),
        *(
            "MENU",
            "MWCU",
            "MWCU6059784, ZEPU0037255",
            "",
            "   ",
            "MWCU" + "6" * 100,
            "ＭＷＣＵ６０５９７８４",
        ),
    ],
)
def test_a_plate_a_wagon_or_a_word_gets_no_false_check_digit(typed):
    check = check_container(typed)

    assert (check.problem, check.check_digit) == (ContainerProblem.NOT_ISO_6346, "")
    assert (check.entered, check.number, check.is_converted) == (typed, typed.strip(), False)
    assert "not an ISO 6346 number" in container_sentences(Wording(), check)[0]


@settings(deadline=None)
@given(st.text(max_size=60) | st.text("MWCU0123456789 -.АВС\udcff", max_size=15))
def test_no_text_is_too_much_for_it(typed):
    check = check_container(typed)

    for language in Language:
        for sentence in container_sentences(Wording(language), check):
            assert sentence
            assert "{" not in sentence.replace(repr(check.shown), "").replace(check.shown, "")


# --- The command line -------------------------------------------------------------------------------


def test_new_warns_of_a_wrong_check_digit_and_opens_the_inspection(chemgate):
    answer = chemgate("inspection", "new", "--container", "MWCU 605978 3", "--json")

    assert answer.code == 0
    [warning] = answer.object["warnings"]
    assert answer.err.splitlines()[-1] == warning
    assert "should be 4, found 3" in warning
    assert chemgate("inspection", "list", "--json").object["container"] == "MWCU 605978 3"


@pytest.mark.parametrize("papers", [(), ("--container", ""), ("--container", "MWCU 605978 4")])
def test_new_says_nothing_of_a_right_container_or_of_none(papers, chemgate):
    answer = chemgate("inspection", "new", *papers, "--json")

    assert answer.code == 0
    assert list(answer.object) == ["inspection"]
    assert "ontainer" not in answer.err


def test_new_writes_a_container_down_in_latin_letters_and_says_so(chemgate):
    answer = chemgate("inspection", "new", "--container", "МWСU 605978-4", "--json")

    assert "Latin" in answer.object["warnings"][0]
    assert chemgate("inspection", "list", "--json").object["container"] == "MWCU 605978-4"


def test_new_leaves_a_russian_plate_as_it_is(chemgate):
    answer = chemgate("inspection", "new", "--container", "А123ВС 77")

    assert "'А123ВС 77' is not an ISO 6346 number" in answer.err
    assert "А123ВС 77" in chemgate("inspection", "list").out


def test_amend_warns_and_amends(chemgate):
    chemgate("inspection", "new")

    answer = chemgate(
        "inspection", "amend", 2, "--reason", "read again", "--container", "ZEPU 003725", "--json"
    )

    assert (answer.code, answer.object["new"]) == (0, "ZEPU 003725")
    assert "it would be 5" in answer.err


def test_what_is_refused_is_not_warned_of_besides(chemgate):
    chemgate("inspection", "new")

    answer = chemgate("inspection", "amend", 2, "--reason", "x", "--container", "A\nB")

    assert answer.code == 2
    assert "ISO 6346" not in answer.err
