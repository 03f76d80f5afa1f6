"""``inspection sampling`` through the command line."""

from __future__ import annotations

import pytest

LANGUAGES = ("en", "ru", "az")


def test_it_prints_one_object_with_the_numbers_to_take(chemgate, data_dir):
    found = chemgate("inspection", "sampling", 100, "--share", 0.9, "--json").object

    numbers = found.pop("numbers")
    assert list(numbers) == sorted(set(numbers))
    assert (len(numbers), numbers[0] >= 1, numbers[-1] <= 100) == (23, True, True)
    assert found == {
        "packages": 100,
        "sampled": 23,
        "rule": "hypergeometric",
        "share": 0.9,
        "confidence": 0.95,
        "negatives": 0,
        "at_least": 90,
        "prior": None,
        "sentence": "If all packages sampled (23) hold the substance, at least 90 of 100 packages hold it, "
        "with 95 % confidence.",
        "square_root": 10,
    }
    assert not data_dir.exists()  # it plans; it writes nothing down


def test_it_says_what_a_sample_that_was_taken_shows(chemgate):
    found = chemgate("inspection", "sampling", 100, "--sampled", 10, "--positives", 10, "--json").object

    assert found["at_least"] == 76
    assert found["sentence"].startswith("At least 76 of 100 packages hold the substance")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--sampled", 10), "--sampled and --positives together"),
        (("--sampled", 10, "--positives", 11), "between 0 and 10 positives, found 11"),
        (("--sampled", 101, "--positives", 1), "between 0 and 100 packages sampled, found 101"),
    ],
)
def test_numbers_of_a_sample_that_do_not_fit_are_refused(options, said, chemgate):
    answer = chemgate("inspection", "sampling", 100, *options)

    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


def test_two_calls_choose_other_packages(chemgate):
    first, second = (
        chemgate("inspection", "sampling", 100_000, "--share", 0.9, "--json").object["numbers"]
        for _ in range(2)
    )

    assert first != second  # the same ones once in 10^100 runs


def test_people_read_how_many_which_and_what_it_shows(chemgate):
    lines = chemgate("inspection", "sampling", 20).out.splitlines()

    assert lines[0] == "Sample 4 of 20 packages."
    assert "at least 10 of 20" in lines[1]
    assert lines[2].count(",") == 3
    assert "square-root" in lines[3]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rule", ["hypergeometric", "bayesian", "square_root", "all"])
def test_every_rule_answers_in_every_language(rule, language, chemgate):
    answer = chemgate("--language", language, "inspection", "sampling", 60, "--rule", rule, "--negatives", 1)

    assert (answer.code, answer.err) == (0, "")
    assert "{" not in answer.out


def test_the_other_prior_may_be_asked_for(chemgate):
    asked = ("inspection", "sampling", 1000, "--rule", "bayesian", "--json")

    assert [chemgate(*asked, "--prior", prior).object["sampled"] for prior in (1, 0.5)] == [4, 3]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "wrong",
    [
        ("0",),
        ("-3",),
        ("100001",),
        ("ten",),
        ("9" * 5000,),
        ("10", "--share", "0"),
        ("10", "--share", "nan"),
        ("10", "--confidence", "1"),
        ("10", "--negatives", "6"),
        ("10", "--rule", "bayesian"),
        ("10", "--rule", "guess"),
        ("10", "--prior", "2"),
    ],
)
def test_what_cannot_be_planned_is_refused(wrong, language, chemgate):
    answer = chemgate("--language", language, "inspection", "sampling", *wrong)

    assert (answer.code, answer.out) == (2, "")
    assert answer.err
