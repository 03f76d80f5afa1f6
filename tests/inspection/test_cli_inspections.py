"""``inspection close | amend | signoff | show``: corrections and sign-off through the command line."""

from __future__ import annotations

import pytest

LANGUAGES = ("en", "ru", "az")
PINS = {"Administrator 1": "482944", "Officer 1": "482911", "Supervisor 1": "482922"}


@pytest.fixture
def inspection(chemgate) -> str:
    papers = ("--container", "MSKU 1", "--declared", "methanol", "--hs", "2905.11")
    return chemgate("inspection", "new", *papers, "--json").object["inspection"]


@pytest.fixture
def found(chemgate, inspection, demonstration, few) -> str:
    """The number of an inspection with one finding, which is entry 3."""
    answer = chemgate(
        *("identify", demonstration / "ethanol.csv", "--library", few, "--declared", "methanol"),
        *("--inspection", inspection, "--sample", 1),
    )
    assert answer.code == 0
    return inspection


@pytest.fixture
def signed_in(chemgate, monkeypatch):
    """Call as one of three users, who are added to what is there by then."""

    def call(name, *argv):
        monkeypatch.setenv("CHEMGATE_PIN", PINS[name])
        return chemgate("--user", name, *argv)

    monkeypatch.setenv("CHEMGATE_PIN", PINS["Administrator 1"])
    assert chemgate("user", "add", "Administrator 1").code == 0
    for name in ("Officer 1", "Supervisor 1"):
        monkeypatch.setenv("CHEMGATE_NEW_PIN", PINS[name])
        role = name.split()[0].lower()
        assert call("Administrator 1", "user", "add", name, "--role", role).code == 0
    return call


def test_close_says_which_entry_it_wrote(chemgate, inspection):
    answer = chemgate("inspection", "close", inspection.lower(), "--remark", "two bags", "--json")

    assert (answer.code, answer.object["inspection"], answer.object["entry"]) == (0, inspection, 3)
    shown = chemgate("inspection", "show", inspection, "--json").object
    assert shown["closed"] == answer.object["time"]
    assert shown["entries"][-1]["body"] == {"remark": "two bags"}
    assert "closed" in chemgate("inspection", "list").out


def test_a_closed_inspection_is_closed_once(chemgate, inspection):
    chemgate("inspection", "close", inspection)

    answer = chemgate("inspection", "close", inspection)

    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("Inspection closed: ")


@pytest.mark.parametrize("verb", ["close", "signoff"])
def test_what_does_not_exist_is_neither_closed_nor_signed_off(verb, chemgate, inspection):
    answer = chemgate("inspection", verb, "20261124-ZZZZZZ")

    assert (answer.code, answer.err.splitlines()[0][:18]) == (2, "Unknown inspection")


def test_amend_gives_one_object_a_field(chemgate, inspection):
    answer = chemgate(
        *("inspection", "amend", 2, "--reason", "typing error"),
        *("--container", "MSKU 2", "--hs", "2905.12", "--json"),
    )

    assert answer.code == 0
    assert [
        (one["entry"], one["amends"], one["field"], one["old"], one["new"]) for one in answer.objects
    ] == [
        (3, 2, "container", "MSKU 1", "MSKU 2"),
        (4, 2, "hs_code", "2905.11", "2905.12"),
    ]
    listed = chemgate("inspection", "list", "--json").object
    assert (listed["container"], listed["hs_code"]) == ("MSKU 2", "2905.12")


def test_show_tells_the_amended_value_with_its_origin(chemgate, inspection):
    chemgate("inspection", "amend", 2, "--reason", "typing error", "--container", "MSKU 2")

    shown = chemgate("inspection", "show", inspection)

    assert "container MSKU 2" in shown.out.splitlines()[0]
    assert "container: 'MSKU 2' (was 'MSKU 1', amended by entry 3: typing error)" in shown.out
    assert "entry 3 amends entry 2: container, 'MSKU 1' -> 'MSKU 2': typing error" in shown.out


def test_show_gives_the_amendments_as_objects_and_the_entries_as_they_were(chemgate, inspection):
    chemgate("inspection", "amend", 2, "--reason", "typing error", "--container", "MSKU 2")

    shown = chemgate("inspection", "show", inspection, "--json").object

    assert [one["new"] for one in shown["amendments"]] == ["MSKU 2"]
    assert shown["entries"][0]["body"]["container"] == "MSKU 1"
    assert shown["container"] == "MSKU 2"


def test_an_overridden_verdict_stands_under_the_finding(chemgate, found):
    answer = chemgate("inspection", "amend", 3, "--reason", "laboratory 12/44", "--verdict", "no_match")

    assert answer.code == 0
    shown = chemgate("inspection", "show", found).out
    assert "verdict: No match (was Match, amended by entry 4: laboratory 12/44)" in shown
    assert chemgate("log", "verify").code == 0


def test_an_amended_declaration_of_a_finding_is_told_not_to_be_compared(chemgate, found):
    answer = chemgate("inspection", "amend", 3, "--reason", "other paper", "--declared", "ethanol", "--json")

    assert answer.object["old"] == "methanol"
    assert "not compared again" in answer.err


@pytest.mark.parametrize(
    "argv",
    [
        ("2", "--reason", "x"),
        ("2", "--reason", "", "--container", "MSKU 2"),
        ("2", "--reason", "x", "--container", "MSKU 1"),
        ("2", "--reason", "x", "--verdict", "match"),
        ("1", "--reason", "x", "--container", "MSKU 2"),
        ("99", "--reason", "x", "--container", "MSKU 2"),
        ("999999999999999999", "--reason", "x", "--container", "MSKU 2"),
        ("0", "--reason", "x", "--container", "MSKU 2"),
        ("2", "--container", "MSKU 2"),
        ("2", "--reason", "x", "--verdict", "innocent"),
    ],
)
def test_a_wrong_amendment_is_one_sentence_and_no_entry(argv, chemgate, inspection):
    before = chemgate("log", "head", "--json").object

    answer = chemgate("inspection", "amend", *argv)

    assert (answer.code, answer.out) == (2, "")
    assert answer.err
    assert chemgate("log", "head", "--json").object == before


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("hostile", ["a\x1b[2Jb", "a\u202eb", "a\nb", "\udce9", "x" * 1_000_000])
@pytest.mark.parametrize("option", ["--reason", "--container", "--remark"])
def test_hostile_text_is_refused_in_one_short_line(option, hostile, language, chemgate, inspection):
    calls = {
        "--reason": ("amend", 2, "--container", "MSKU 2", "--reason", hostile),
        "--container": ("amend", 2, "--reason", "x", "--container", hostile),
        "--remark": ("close", inspection, "--remark", hostile),
    }

    answer = chemgate("--language", language, "inspection", *calls[option])

    assert (answer.code, answer.out) == (2, "")
    assert len(answer.err.splitlines()) == 1
    assert len(answer.err) < 200
    assert "\x1b" not in answer.err and "\u202e" not in answer.err


def test_the_record_is_the_same_in_every_language(chemgate, inspection):
    for number, language in enumerate(LANGUAGES):
        answer = chemgate(
            *("--language", language, "inspection", "amend", 2, "--reason", "опечатка, səhv"),
            *("--container", f"MSKU 2{number}"),
        )
        assert answer.code == 0

    shown = chemgate("inspection", "show", inspection, "--json").object
    assert [one["field"] for one in shown["amendments"]] == ["container"] * 3
    assert {one["reason"] for one in shown["amendments"]} == {"опечатка, səhv"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_corrected_and_signed_inspection_is_shown_in_every_language(language, chemgate, found):
    chemgate("inspection", "amend", 3, "--reason", "laboratory", "--verdict", "no_match")
    chemgate("inspection", "close", found)
    chemgate("inspection", "signoff", found)

    shown = chemgate("--language", language, "inspection", "show", found)
    listed = chemgate("--language", language, "log", "list")

    assert (shown.code, listed.code) == (0, 0)
    assert "laboratory" in shown.out


def test_who_signed_off_is_shown_and_listed(inspection, signed_in):
    signed_in("Officer 1", "inspection", "close", inspection)

    answer = signed_in("Supervisor 1", "inspection", "signoff", inspection, "--remark", "seen")

    assert (answer.code, answer.out) == (0, f"{inspection}: signed off by Supervisor 1\n")
    for argv in (("show", inspection), ("list",)):
        assert "signed off by Supervisor 1" in signed_in("Officer 1", "inspection", *argv).out
    listed = signed_in("Officer 1", "inspection", "list", "--json").object
    assert listed["signed_off_by"] == "Supervisor 1"
    assert listed["signed_off"] is not None


def test_who_amended_is_in_the_object(inspection, signed_in):
    answer = signed_in(
        *("Officer 1", "inspection", "amend", 2, "--reason", "typing error"),
        *("--container", "MSKU 2", "--json"),
    )

    assert answer.object["officer"] == "Officer 1"


def test_an_officer_amends_papers_and_overrides_no_verdict(found, signed_in):
    amend = ("inspection", "amend", 3, "--reason", "x")

    assert signed_in("Officer 1", *amend, "--verdict", "no_match").code == 4
    assert signed_in("Officer 1", *amend, "--declared", "ethanol").code == 0
    assert signed_in("Supervisor 1", *amend, "--verdict", "no_match").code == 0


def test_an_officer_signs_nothing_off(inspection, signed_in):
    signed_in("Officer 1", "inspection", "close", inspection)

    assert signed_in("Officer 1", "inspection", "signoff", inspection).code == 4


def test_an_open_inspection_is_not_signed_off(chemgate, inspection):
    answer = chemgate("inspection", "signoff", inspection)

    assert answer.code == 2
    assert "which is open" in answer.err


def test_an_inspection_is_signed_off_once(chemgate, inspection):
    chemgate("inspection", "close", inspection)
    assert chemgate("inspection", "signoff", inspection, "--json").object["entry"] == 4

    answer = chemgate("inspection", "signoff", inspection)

    assert answer.code == 2
    assert "signed off as it is" in answer.err


def test_a_decision_after_the_sign_off_does_not_stand_under_it_unseen(chemgate, inspection):
    chemgate("inspection", "close", inspection)
    chemgate("inspection", "signoff", inspection)
    chemgate("inspection", "decide", inspection, "--outcome", "release")

    assert "CHANGED SINCE" in chemgate("inspection", "list").out
    assert chemgate("inspection", "show", inspection, "--json").object["changed_since"]
    assert chemgate("inspection", "signoff", inspection).code == 0
    assert "CHANGED SINCE" not in chemgate("inspection", "list").out


def test_the_training_log_is_corrected_by_itself(chemgate, inspection):
    number = chemgate("--training", "inspection", "new", "--container", "T 1", "--json").object["inspection"]

    chemgate("--training", "inspection", "amend", 2, "--reason", "x", "--container", "T 2")

    assert chemgate("--training", "inspection", "show", number, "--json").object["container"] == "T 2"
    assert chemgate("inspection", "show", inspection, "--json").object["container"] == "MSKU 1"


@pytest.mark.parametrize("option", ["--container", "--declared", "--hs"])
@pytest.mark.parametrize("hidden", ["\x1b[31m", "\u202e", "\n", "\u200b"])
def test_an_inspection_is_opened_with_visible_characters_alone(chemgate, option, hidden):
    answer = chemgate("inspection", "new", option, f"me{hidden}thanol")

    assert (answer.code, answer.out) == (2, "")
    assert "in one line of visible characters" in answer.err
    assert chemgate("inspection", "list").out == ""
