"""Corrections: a new entry each, the newest value holds, and what may not be written is refused."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspection.amendments import (
    LONGEST_TEXT,
    Field,
    amended_body,
    amending,
    amendments_by_entry,
    newest,
    one_line,
    signing_off,
)
from inspection.errors import InspectionClosedError, RecordError, UnknownInspectionError
from inspection.records import EntryKind, NewEntry, closing, opening

NUMBER = "20261124-AAAAAA"
OTHER = "20261124-BBBBBB"


@pytest.fixture
def opened(log):
    return log.append(opening(NUMBER, container="MSKU 1", declared="methanol"))


@pytest.fixture
def found(log, opened, finding, curve):
    new = NewEntry(EntryKind.IDENTIFICATION, finding(), inspection=NUMBER, sample=1, curve=curve())
    return log.append(new)


@pytest.fixture
def amend(log):
    def do(entry, reason="typing error", **values):
        made = amendments_by_entry(log.entries(kind=EntryKind.AMENDMENT)).get(entry.sequence, ())
        wished = {Field(name): value for name, value in values.items()}
        return [log.append(new) for new in amending(entry, wished, reason, made)]

    return do


def test_an_amendment_says_which_entry_field_old_new_and_why(log, opened, amend):
    [entry] = amend(opened, container="MSKU 2")

    assert entry.body == {
        "entry": opened.sequence,
        "field": "container",
        "old": "MSKU 1",
        "new": "MSKU 2",
        "reason": "typing error",
    }
    assert (entry.kind, entry.inspection, entry.officer) == (EntryKind.AMENDMENT, NUMBER, "A. Officer")


def test_what_was_written_stays_as_it_was(log, opened, amend):
    amend(opened, container="MSKU 2")

    assert log.entry(opened.sequence) == opened
    assert log.verify().ok


def test_an_inspection_has_the_amended_values(log, opened, amend):
    amend(opened, container="MSKU 2", hs_code="2905.11", declared="ethanol")

    [listed] = log.inspections()
    assert log.inspection(NUMBER) == listed
    assert (listed.container, listed.hs_code, listed.declared) == ("MSKU 2", "2905.11", "ethanol")


def test_an_amendment_of_one_inspection_leaves_the_others(log, opened, amend):
    log.append(opening(OTHER, container="MSKU 9"))

    amend(opened, container="MSKU 2")

    assert [one.container for one in log.inspections()] == ["MSKU 2", "MSKU 9"]


def test_who_amends_an_amended_value_amends_the_newest(log, opened, amend):
    amend(opened, container="MSKU 2")
    [second] = amend(opened, container="MSKU 3")

    assert (second.body["old"], second.body["new"]) == ("MSKU 2", "MSKU 3")
    assert log.inspection(NUMBER).container == "MSKU 3"


def test_a_value_may_be_amended_back(log, opened, amend):
    amend(opened, container="MSKU 2")
    amend(opened, container="MSKU 1")

    assert log.inspection(NUMBER).container == "MSKU 1"


def test_a_value_that_should_not_have_been_given_is_taken_out(log, opened, amend):
    amend(opened, declared="")

    assert log.inspection(NUMBER).declared == ""


def test_an_overridden_verdict_is_that_of_the_sample(log, found, amend):
    amend(found, verdict="no_match")

    [sample] = log.samples(NUMBER)
    assert sample.verdict == "no_match"


def test_an_amended_declaration_is_not_compared_again(log, found, amend):
    [entry] = amend(found, declared="acetone")

    assert (entry.body["old"], entry.sample) == ("ethyl acetate", 1)
    body = amended_body(found, amendments_by_entry([entry])[found.sequence])
    assert body["declared"] == {"text": "acetone"}
    [sample] = log.samples(NUMBER)
    assert (sample.verdict, sample.declared_verdict) == ("match", None)


def test_a_declaration_that_was_forgotten_is_added(log, opened, finding, curve, amend):
    body = finding(declared=None)
    found = log.append(NewEntry(EntryKind.IDENTIFICATION, body, inspection=NUMBER, curve=curve()))

    [entry] = amend(found, declared="acetone")

    assert (entry.body["old"], entry.body["new"]) == ("", "acetone")


def test_a_finding_without_an_inspection_is_amended_too(log, identification, amend):
    found = log.append(identification())

    [entry] = amend(found, verdict="inconclusive")

    assert (entry.inspection, entry.body["old"]) == (None, "match")


def test_a_closed_inspection_is_amended(log, opened, amend):
    log.append(closing(NUMBER))

    amend(opened, container="MSKU 2")

    assert log.inspection(NUMBER).container == "MSKU 2"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "expected a value"),
        ({"container": "MSKU 1"}, "expected another container"),
        ({"container": " MSKU 1 "}, "expected another container"),
        ({"hs_code": ""}, "expected another HS code"),
        ({"verdict": "match"}, "expected an entry that holds a verdict"),
    ],
)
def test_an_amendment_that_changes_nothing_is_refused(values, said, log, opened, amend):
    with pytest.raises(RecordError, match=said):
        amend(opened, **values)


@pytest.mark.parametrize("field", ["container", "hs_code"])
def test_a_finding_holds_no_papers(field, found, amend):
    with pytest.raises(RecordError, match="expected an entry that holds a"):
        amend(found, **{field: "X"})


def test_a_verdict_is_one_of_the_verdicts(found, amend):
    with pytest.raises(RecordError, match="expected one of the verdicts match, group"):
        amend(found, verdict="innocent")


def test_what_corrects_an_entry_is_not_corrected_itself(opened, amend):
    [entry] = amend(opened, container="MSKU 2")

    with pytest.raises(RecordError, match=f"found entry {entry.sequence}, amendment"):
        amend(entry, container="MSKU 3")


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_reason_is_needed(reason, opened, amend):
    with pytest.raises(RecordError, match="expected a reason"):
        amend(opened, reason=reason, container="MSKU 2")


def test_either_all_values_are_written_or_none(log, opened, amend):
    before = log.head()

    with pytest.raises(RecordError):
        amend(opened, container="MSKU 2", verdict="match")

    assert log.head() == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("two\nlines", r"U\+000A as character 4"),
        ("\x1b[31mred", r"U\+001B"),
        ("a\u202etxt.exe", r"U\+202E as character 2"),
        ("zero\u200bwidth", r"U\+200B"),
        ("\udcff", r"U\+DCFF"),
        ("\x00", r"U\+0000"),
        ("x" * 1_000_000, "at most 1000 characters, found 1000000"),
    ],
)
def test_a_text_that_hides_something_or_has_no_end_is_refused_in_one_sentence(text, said):
    with pytest.raises(RecordError, match=said) as caught:
        one_line(text, "reason")

    assert len(str(caught.value)) < 120


@given(st.text(max_size=50))
def test_what_is_accepted_is_what_is_seen(text):
    try:
        line = one_line(text, "reason")
    except RecordError:
        return
    assert line == text.strip()
    assert all(one.isprintable() or unicodedata.category(one) == "Zs" for one in line)


def test_the_longest_text_is_accepted():
    assert one_line("ə" * LONGEST_TEXT, "reason") == "ə" * LONGEST_TEXT


@pytest.mark.parametrize(
    "body",
    [
        {"entry": 2, "reason": "typing error"},
        {"entry": "2", "field": "container", "old": "a", "new": "b", "reason": "c"},
        {"entry": 2, "field": "officer", "old": "a", "new": "b", "reason": "c"},
        {"entry": 2, "field": "container", "old": None, "new": ["b"], "reason": "c"},
        {"entry": 2, "field": "verdict", "old": "match", "new": "no_match", "reason": "c"},
    ],
)
def test_an_amendment_of_another_hand_that_says_nothing_amends_nothing(body, log, opened):
    log.append(NewEntry(EntryKind.AMENDMENT, body, inspection=NUMBER))

    assert log.inspection(NUMBER).container == "MSKU 1"


def test_the_newest_amendment_of_each_field_holds(log, opened, amend):
    amend(opened, container="MSKU 2", hs_code="1")
    amend(opened, container="MSKU 3")

    made = amendments_by_entry(log.entries())[opened.sequence]

    assert {field: one.new for field, one in newest(made).items()} == {"container": "MSKU 3", "hs_code": "1"}


def test_a_closed_inspection_is_signed_off_by_who_is_signed_in(log, opened):
    log.append(closing(NUMBER))
    log.officer = "Supervisor 1"

    entry = log.append(signing_off(NUMBER.lower(), remark="seen"))

    inspection = log.inspection(NUMBER)
    assert (inspection.signed_off, inspection.signed_off_by) == (entry.time, "Supervisor 1")
    assert log.inspections() == (inspection,)
    assert entry.body == {"remark": "seen"}


def test_an_inspection_that_nobody_signed_off_says_so(log, opened):
    assert (log.inspection(NUMBER).signed_off, log.inspection(NUMBER).signed_off_by) == (None, None)


def test_an_open_inspection_is_not_signed_off(log, opened):
    with pytest.raises(RecordError, match="expected a closed inspection"):
        log.append(signing_off(NUMBER))


def test_an_inspection_is_signed_off_once(log, opened):
    log.append(closing(NUMBER))
    log.append(signing_off(NUMBER))

    with pytest.raises(RecordError, match="signed off as it is"):
        log.append(signing_off(NUMBER))


def test_what_changed_since_the_sign_off_is_said_and_can_be_signed_off_again(log, opened, amend):
    log.append(closing(NUMBER))
    log.append(signing_off(NUMBER))
    assert not log.inspection(NUMBER).changed_since

    amend(opened, container="MSKU 2")
    assert log.inspection(NUMBER).changed_since
    assert log.inspections()[0].changed_since

    log.officer = "Supervisor 2"
    again = log.append(signing_off(NUMBER))
    found = log.inspection(NUMBER)
    assert (found.signed_off, found.signed_off_by) == (again.time, "Supervisor 2")
    assert not found.changed_since


def test_an_inspection_that_does_not_exist_is_not_signed_off(log):
    with pytest.raises(UnknownInspectionError):
        log.append(signing_off(NUMBER))


def test_a_sign_off_names_its_inspection():
    with pytest.raises(RecordError, match="expected the number of the inspection"):
        NewEntry(EntryKind.SIGN_OFF, {"remark": ""})


def test_what_is_signed_off_can_still_be_amended_and_nothing_can_be_added(log, opened, amend, curve, finding):
    log.append(closing(NUMBER))
    log.append(signing_off(NUMBER))

    amend(opened, container="MSKU 2")

    with pytest.raises(InspectionClosedError):
        log.append(NewEntry(EntryKind.IDENTIFICATION, finding(), inspection=NUMBER, curve=curve()))
    assert log.inspection(NUMBER).container == "MSKU 2"
