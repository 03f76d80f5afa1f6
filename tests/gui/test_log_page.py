"""The log page lists what was saved, finds it again, and shows what the check of the log found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from PyQt6.QtTest import QTest

from gui.log_worker import Checked, checked
from gui.pages.export_dialog import proposed_name
from gui.pages.log_page import EVERY_ENTRY, LogFilter, LogPage, Period
from gui.pages.log_words import entry_banner, entry_facts, entry_row
from gui.pages.overlay import References
from gui.pages.wishes import Wish
from gui.palette import Tone
from gui.widgets.labels import PlainLabel
from inspection.chain import Problem, ProblemKind
from inspection.entry_words import kind_word, user_event_word
from inspection.language import ENGLISH, Language, Wording
from inspection.log import InspectionLog
from inspection.log_check import VerifyReport
from inspection.log_kind import LogKind
from inspection.log_notice import LogNotice, NoticeKind
from inspection.records import EntryKind, NewEntry, closing, opening
from inspection.session import Place, identification_entry
from inspection.users.user import UserEvent
from inspection.wording import notice_sentence
from spectra_library.catalogue import Catalogue

NOW = datetime.now(UTC)
MARKUP = "<b>bold</b>"


@pytest.fixture
def log(tmp_path, finding, catalogue):
    with InspectionLog.open(tmp_path / "log.sqlite", kind=LogKind.TRAINING, officer="A. Officer") as log:
        log.append(opening("20261124-7K3FQ2", container="MWCU 605978 4", declared="solvent"))
        for number, declared in enumerate(["acetone", "ethanol", MARKUP, None], start=1):
            place = Place("20261124-7K3FQ2", number)
            log.append(identification_entry(finding(declared), place, catalogue))
        yield log


@pytest.fixture
def entries(log):
    return tuple(reversed(list(log.entries())))


@pytest.fixture
def page(in_day, qtbot):
    page = LogPage(ENGLISH)
    qtbot.addWidget(page)
    page.resize(1270, 630)
    page.show()
    return page


def said_on(widget) -> str:
    return " | ".join(label.text() for label in widget.findChildren(PlainLabel) if not label.isHidden())


def column(page, name) -> list[str]:
    return [getattr(row, name).text for row in page.table.entries.rows]


# --- The list ---------------------------------------------------------------------------------------


def test_findings_are_listed_newest_first_with_what_was_declared(page, entries, catalogue):
    page.show_entries(entries, catalogue, NOW)

    assert column(page, "substance") == ["Acetone"] * 4
    assert column(page, "declared") == ["", f"“{MARKUP}”", "“ethanol”", "“acetone”"]
    assert column(page, "declaration") == ["", "Not confirmed", "Differs", "Agrees"]
    assert column(page, "record") == ["0006", "0005", "0004", "0003"]


def test_every_entry_shows_what_is_no_finding_too(page, entries, catalogue):
    page.verdicts.setCurrentIndex(page.verdicts.findData(EVERY_ENTRY))
    page.show_entries(entries, catalogue, NOW)

    assert column(page, "verdict")[-2:] == ["Inspection opened", "Log begun"]
    assert len(page.table.entries.rows) == 6


def test_the_newest_entry_is_opened_unasked_and_another_one_when_it_is_chosen(
    page, entries, catalogue, qtbot
):
    asked = []
    page.entry_requested.connect(asked.append)
    page.show_entries(entries, catalogue, NOW)
    page.table.selectRow(2)
    page.show_entries(entries, catalogue, NOW)  # listed again: the choice stays

    assert asked == [6, 4]


def test_what_is_listed_is_alarming_even_where_it_agrees(entries, catalogue):
    rows = {entry.sequence: entry_row(ENGLISH, entry, catalogue, NOW) for entry in entries}

    assert [rows[number].verdict.tone for number in (3, 4)] == [Tone.ALARM, Tone.ALARM]  # acetone: Table II
    assert [rows[number].declaration.tone for number in (3, 4)] == [Tone.AGREE, Tone.ALARM]


def test_an_entry_of_another_day_shows_its_date(entries, catalogue):
    today = entry_row(ENGLISH, entries[0], catalogue, entries[0].time)
    later = entry_row(ENGLISH, entries[0], catalogue, entries[0].time + timedelta(days=2))

    assert ":" in today.time.text
    assert later.time.text == f"{entries[0].time.astimezone():%Y-%m-%d}"


def test_names_are_in_the_language_of_the_screen(entries, catalogue):
    row = entry_row(Wording(Language.RUSSIAN), entries[0], catalogue, NOW)

    assert row.substance.text == "Ацетон"


@pytest.mark.parametrize("kind", list(EntryKind))
def test_every_kind_of_entry_has_its_word(kind):
    assert kind_word(ENGLISH, kind)


# --- Filters ----------------------------------------------------------------------------------------


def test_typing_asks_once_when_it_pauses(page, qtbot):
    asked = []
    page.filter_changed.connect(asked.append)
    QTest.keyClicks(page.search, "acet")
    qtbot.waitUntil(lambda: bool(asked), timeout=5_000)

    assert asked == [LogFilter(text="acet")]


def test_enter_asks_at_once(page, qtbot):
    QTest.keyClicks(page.search, "acet")
    with qtbot.waitSignal(page.filter_changed, timeout=200) as answer:
        page.search.returnPressed.emit()

    assert answer.args[0].text == "acet"
    assert not page._typed.isActive()


def test_today_begins_at_midnight_where_the_officer_is():
    now = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    midnight = now.astimezone().replace(hour=0, minute=0)

    assert LogFilter(period=Period.TODAY).since(now) == midnight
    assert LogFilter(period=Period.WEEK).since(now) == midnight - timedelta(days=6)
    assert LogFilter(period=Period.ALL).since(now) is None


def test_show_all_opens_every_filter(page, qtbot):
    page.search.setText("nothing")
    page.periods[Period.TODAY].setChecked(True)
    page.verdicts.setCurrentIndex(3)
    with qtbot.waitSignal(page.filter_changed) as answer:
        page.show_all()

    assert answer.args[0] == LogFilter()
    assert answer.args[0].is_wide_open


def test_an_empty_log_and_an_empty_search_are_not_the_same(page, catalogue):
    page.show_entries((), catalogue, NOW)
    empty = said_on(page.state), page.bar().primary.name
    page.search.setText("nothing")
    page.show_entries((), catalogue, NOW)

    assert "No findings yet" in empty[0]
    assert empty[1] == Wish.SHOW_SCAN
    assert "Nothing fits the search" in said_on(page.state)
    assert page.bar().primary.name == Wish.SHOW_ALL
    assert page.details.isHidden()


# --- One entry --------------------------------------------------------------------------------------


def test_an_entry_is_shown_with_its_stored_spectrum_and_the_reference_over_it(
    page, log, entries, catalogue, ready
):
    page.show_entries(entries, catalogue, NOW)
    page.show_entry(log.entry(4), log.spectrum(4), catalogue, References(ready.library))
    said = said_on(page.details)

    assert not page.details.plot.isHidden()
    assert page.details.plot._reference.label == "Acetone"
    assert "Match | Acetone" in said
    facts = {fact.label: fact.value for fact in entry_facts(ENGLISH, log.entry(4), catalogue)}
    assert facts["Declared"] == "“ethanol”"
    assert facts["Comparison"] == "Differs"
    assert facts["Inspection"] == "20261124-7K3FQ2, sample 2"
    assert facts["Officer"] == "A. Officer"
    assert facts["Record"].startswith(f"0004 · {log.entry(4).hash.hex()[:16]}")


def test_without_the_library_the_stored_spectrum_is_shown_alone(page, log, catalogue):
    page.show_entry(log.entry(4), log.spectrum(4), catalogue, None)

    assert page.details.plot._reference is None
    assert page.details.plot._sample is not None


def test_an_entry_without_a_spectrum_has_no_plot(page, log, catalogue):
    page.show_entry(log.entry(2), None, catalogue, None)
    facts = {fact.label: fact.value for fact in entry_facts(ENGLISH, log.entry(2), catalogue)}

    assert page.details.plot.isHidden()
    assert "Inspection opened" in said_on(page.details)
    assert (facts["Container"], facts["Declared"]) == ("MWCU 605978 4", "solvent")


def test_a_closed_inspection_can_be_read(log, catalogue):
    log.append(closing("20261124-7K3FQ2"))

    assert [fact.label for fact in entry_facts(ENGLISH, log.entry(7), catalogue)] == [
        "Time",
        "Inspection",
        "Officer",
        "Record",
    ]


def test_what_a_person_typed_is_never_taken_for_markup(page, log, catalogue):
    page.show_entry(log.entry(5), log.spectrum(5), catalogue, None)

    assert f"“{MARKUP}”" in [fact.value for fact in entry_facts(ENGLISH, log.entry(5), catalogue)]


def test_the_head_of_a_finding_says_the_verdict(log, catalogue):
    shown = entry_banner(ENGLISH, log.entry(4), catalogue)

    assert (shown.word, shown.name, shown.is_alarming) == ("Match", "Acetone", True)


def test_what_the_catalogue_no_longer_knows_is_named_by_its_id_and_is_not_calm(log, catalogue):
    without = Catalogue(tuple(one for one in catalogue.substances if one.id != "acetone"))

    shown = entry_banner(ENGLISH, log.entry(4), without)

    assert (shown.name, shown.is_unknown) == ("acetone", True)
    assert "legal status is not known" in shown.status


# --- The check --------------------------------------------------------------------------------------


def test_a_sound_log_shows_what_was_checked_and_its_head(page, log, entries, catalogue, qtbot):
    page.show_entries(entries, catalogue, NOW)
    report = log.verify()
    page.show_report(checked(log, report))
    rows = dict(page.details._rows.rows)

    assert "Nothing was changed" in said_on(page.details)
    assert rows["Entries"] == "6, each against the hash of the one before and its signature"
    assert rows["Head"].replace(" ", "") == str(log.head())
    assert rows["Signing key"] == "in a file beside the log, which its owner alone may read"
    assert Wish.COPY_HEAD in [one.name for one in page.bar().quiet]


def test_a_changed_log_is_told_with_its_first_problems_and_the_number_of_the_rest(page):
    problems = tuple(
        Problem(number, ProblemKind.CHANGED, f"entry {number} was changed") for number in range(1, 10)
    )
    page.show_report(Checked(VerifyReport(False, 9, "ab" * 32, problems, volume=1, entries=9), ""))
    texts = [text for label, text in page.details._rows.rows if label == "Problem"]

    assert "The log does not hold together" in said_on(page.details)
    assert texts[0] == "entry 1 was changed"
    assert texts[-1] == "and 3 more"


def test_choosing_an_entry_takes_the_report_away(page, log, entries, catalogue):
    page.show_entries(entries, catalogue, NOW)
    page.show_report(checked(log, log.verify()))
    page.table.selectRow(1)

    assert Wish.COPY_HEAD not in [one.name for one in page.bar().quiet]


def test_while_the_log_is_worked_on_nothing_else_is_offered(page):
    page.set_working("The log is being exported.")

    assert page.bar().sentence == "The log is being exported."
    assert page.bar().primary is None


def test_the_proposed_file_name_says_which_log_and_which_day():
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)

    assert proposed_name(LogKind.TRAINING, noon) == f"chemgate-training-{noon.astimezone():%Y-%m-%d}"


# --- Mixtures ---------------------------------------------------------------------------------------


@pytest.fixture
def mixture(log):
    def append(**more):
        component = {"substance": "ethanol", "name": "Ethanol", "share": 0.53} | more
        toluene = {
            "substance": "toluene",
            "name": "Toluene",
            "share": 0.47,
            "share_low": 0.21,
            "share_high": 0.73,
        }
        body = {
            **log.entry(3).body,
            "verdict": "mixture",
            "components": [component, toluene] if not more else [component],
            "declared": None,
        }
        return log.append(NewEntry(EntryKind.IDENTIFICATION, body))

    return append


def test_a_mixture_in_the_log_has_its_components_and_shares(page, mixture, catalogue, ready):
    entry = mixture()
    page.show_entry(entry, None, catalogue, References(ready.library))
    facts = [(fact.label, fact.value) for fact in entry_facts(ENGLISH, entry, catalogue)]
    row = entry_row(ENGLISH, entry, catalogue, NOW)

    assert ("Component", "Ethanol · 53 %") in facts
    assert ("Component", "Toluene · 47 % (21–73 %)") in facts
    assert ("Shares", "share of the spectrum, not of weight") in facts
    assert "Similarity" not in [label for label, _ in facts]
    assert (row.substance.text, row.verdict.tone) == ("Ethanol + Toluene", Tone.ALARM)
    assert "Mixture | Ethanol + Toluene | Toluene: Precursor · UN 1988 Table II" in said_on(page.details)


def test_what_may_stand_in_the_place_of_a_recorded_component_alarms(mixture, catalogue):
    entry = mixture(alternatives=["toluene", "no such substance"], weight=0.5)
    shown = entry_banner(ENGLISH, entry, catalogue)
    [component] = [one for one in entry_facts(ENGLISH, entry, catalogue) if one.label == "Component"]

    assert shown.is_alarming
    assert shown.status.startswith("Perhaps Toluene: Precursor")
    assert "May be absent" in component.value
    assert "or: Toluene (Controlled" in component.value


def test_no_single_reference_is_laid_over_a_recorded_mixture(page, log, mixture, catalogue, ready):
    page.show_entry(mixture(), log.spectrum(3), catalogue, References(ready.library))

    assert page.details.plot._reference is None
    assert page.details.plot._sample is not None


# --- What the log has to say ------------------------------------------------------------------------


def test_the_head_is_shown_as_a_code_to_photograph_too(page, log, entries, catalogue):
    page.show_entries(entries, catalogue, NOW)
    page.show_report(checked(log, log.verify()))
    code = page.details._head_code
    shown = (code.isHidden(), code.accessibleName())
    page.table.selectRow(1)
    page.show_entry(entries[0], None, catalogue, None)

    assert shown == (False, str(log.head()))
    assert code.isHidden()


def test_a_volume_that_was_found_damaged_is_named_as_set_aside(page):
    report = VerifyReport(True, 3, "ab" * 32, (), volume=2, entries=9)
    page.show_report(Checked(report, "keyring", set_aside=(1,)))
    rows = dict(page.details._rows.rows)

    assert rows["Signing key"] == "in the key store of this computer"
    assert "kept as it is, and a new volume was begun" in rows["Volume 1"]


def test_that_a_damaged_volume_was_left_stays_in_sight_and_other_notices_do_not(page):
    damaged = LogNotice(NoticeKind.DAMAGED_VOLUME, "volume 1 of the log is kept as it is")
    clock = LogNotice(NoticeKind.CLOCK_BACK, "the clock stands before the last entry")
    page.set_notices((clock,))
    without = page._notices.said
    page.set_notices((clock, damaged, damaged))

    assert without == ""
    assert page._notices.said.startswith("The log was found damaged. The damaged volume is kept as it is")


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_notice_has_a_sentence_of_its_own(kind):
    sentence = notice_sentence(ENGLISH, LogNotice(kind, "what the log said"))

    assert sentence != "what the log said"
    assert sentence.endswith(".")


def test_entries_about_users_and_incidents_say_what_happened(log, catalogue):
    user = log.append(NewEntry(EntryKind.USER, {"event": "locked", "user": "Officer 1", "role": "officer"}))
    incident = log.append(NewEntry(EntryKind.INCIDENT, {"what": "clock_back"}))
    facts = {fact.label: fact.value for fact in entry_facts(ENGLISH, user, catalogue)}
    happened = {fact.label: fact.value for fact in entry_facts(ENGLISH, incident, catalogue)}

    assert (facts["User"], facts["Change"]) == ("Officer 1", "locked after wrong PINs")
    assert happened["What happened"] == "the clock was set back"


def test_a_viewer_of_somebody_s_log_is_offered_the_check_and_no_export(page, entries, catalogue):
    page.show_entries(entries, catalogue, NOW)
    page.set_can_export(can_export=False)

    assert page.bar().primary.name == Wish.VERIFY


def test_everything_that_happens_to_a_user_has_its_words():
    said = [user_event_word(ENGLISH, event) for event in UserEvent]

    assert len(set(said)) == len(UserEvent)
    assert not any("_" in one for one in said)
    assert user_event_word(ENGLISH, "of_a_later_version") == "of_a_later_version"
