"""``identify`` and ``scan`` against the papers: those of the inspection, or what is typed."""

from __future__ import annotations

import pytest

from inspection.declared.tables import rules_sha256
from inspection.rematch import Rematch, changes


@pytest.fixture
def opened(chemgate):
    """Open an inspection with these papers."""

    def do(*papers: str) -> str:
        return chemgate("inspection", "new", *papers, "--json").object["inspection"]

    return do


@pytest.fixture
def identified_ethanol(chemgate, demonstration, few):
    def do(*argv: object):
        return chemgate("identify", demonstration / "ethanol.csv", "--library", few, *argv)

    return do


def test_without_a_typed_text_the_papers_of_the_inspection_are_compared(opened, identified_ethanol):
    inspection = opened("--declared", "thinner", "--hs", "2905.11")

    declared = identified_ethanol("--inspection", inspection, "--json").object["declared"]

    assert (declared["text"], declared["hs_code"]) == ("thinner", "2905.11")
    assert (declared["verdict"], declared["reason_code"]) == ("differs", "other_substance")
    assert declared["understood"] == [
        {"substance": "methanol", "class": None, "name": "2905.11", "through": "hs"},
        {"substance": None, "class": "thinner", "name": "thinner", "through": "class"},
    ]


def test_a_typed_text_goes_before_the_papers_of_the_inspection(opened, identified_ethanol):
    inspection = opened("--declared", "methanol", "--hs", "2905.11")

    declared = identified_ethanol("--declared", "ethyl alcohol", "--inspection", inspection, "--json").object[
        "declared"
    ]

    assert (declared["text"], declared["hs_code"], declared["verdict"]) == ("ethyl alcohol", "", "agrees")


def test_papers_that_say_nothing_are_not_compared(opened, identified_ethanol):
    found = identified_ethanol("--inspection", opened(), "--json").object

    assert found["declared"] is None


def test_a_tariff_code_alone_is_compared_and_shown(opened, identified_ethanol):
    inspection = opened("--hs", "2207.10")

    assert "declared 'HS 2207.10': AGREES." in identified_ethanol("--inspection", inspection).out


def test_the_numbers_of_the_papers_are_compared_too(opened, chemgate, identified_ethanol):
    inspection = opened()
    chemgate("inspection", "record", inspection, "--un-number", "1170", "--cas", "64-17-5")

    found = identified_ethanol("--inspection", inspection, "--json").object["declared"]
    assert (found["un_number"], found["cas"], found["verdict"]) == ("1170", "64-17-5", "agrees")


def test_a_scan_takes_the_papers_of_the_inspection_and_sounds_the_alarm(chemgate, wired, few, opened):
    url = wired("toluene")
    chemgate("background", "--port", url)
    scan = ("scan", "--port", url, "--identify", "--library", few)
    inspection = opened("--declared", "boya durulaşdırıcısı")

    out = chemgate(*scan, "--inspection", inspection).out
    declared = chemgate(*scan, "--inspection", inspection, "--json").object["declared"]
    named = chemgate(*scan, "--declared", "toluene").out

    assert "  !!! CONTROLLED, AND NOT AS DECLARED: Toluene !!!" in out.splitlines()
    assert (declared["verdict"], declared["trap"], declared["is_alarm"]) == ("differs", "thinner", True)
    assert "Trap: a thinner may be" in declared["reason"]
    assert "!!!" not in named


@pytest.mark.parametrize("language", ["en", "ru", "az"])
def test_the_codes_of_a_comparison_are_the_same_in_every_language(language, chemgate, demonstration, few):
    declared = chemgate(
        *("--language", language, "identify", demonstration / "ethanol.csv", "--library", few),
        *("--declared", "без ацетона, растворитель", "--json"),
    ).object["declared"]

    assert (declared["verdict"], declared["reason_code"], declared["denied"]) == (
        "agrees",
        "class_fits",
        ["acetone"],
    )


def test_a_comparison_with_all_of_the_papers_is_asked_again_with_all_of_them(chemgate, demonstration, opened):
    inspection = opened("--declared", "chemical products", "--hs", "2905.11")
    chemgate("identify", demonstration / "ethanol.csv", "--inspection", inspection)

    assert chemgate("log", "rematch", "--json").object["same"] is True


def rematch(then: dict[str, object], now: dict[str, object]) -> Rematch:
    basis = {"library": {"name": "a", "sha256": "b"}}
    then, now = {**basis, "declared": then}, {**basis, "declared": now}
    return Rematch(1, then, now, tuple(changes(then, now)), is_at_hand=True)


def test_what_other_rules_make_of_the_same_papers_is_told_and_is_no_failure():
    rules = {"sha256": rules_sha256()}
    then = {"verdict": "undetermined", "reason": "a"}
    now = {"verdict": "differs", "reason": "b", "rules": rules}

    earlier = rematch(then, now)
    same = rematch({**then, "rules": rules}, now)

    assert [one.what for one in earlier.changes] == [one.what for one in same.changes] == ["declared.verdict"]
    assert (earlier.is_same, earlier.is_failed) == (False, False)
    assert (same.is_same, same.is_failed) == (False, True)
    assert rematch({"verdict": "differs", "rules": {"sha256": "other"}}, now).is_same
