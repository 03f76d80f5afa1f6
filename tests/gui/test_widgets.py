"""Widgets show what they are given and emit what a person wants."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

import gui.widgets
from gui.icons import Icon
from gui.palette import DAY, NIGHT, Tone
from gui.theme import TypeRole, apply_theme, current_look
from gui.widgets.action_bar import ActionBar
from gui.widgets.candidate_table import CandidateRow, CandidateTable
from gui.widgets.curves import Curve
from gui.widgets.declared_box import DeclaredBox
from gui.widgets.fact_list import Fact, FactList
from gui.widgets.fold import fold_one
from gui.widgets.gate_steps import Gate, GateSteps
from gui.widgets.gauge import Gauge
from gui.widgets.header_bar import HeaderBar
from gui.widgets.header_signs import Lamp
from gui.widgets.hint_card import HintCard
from gui.widgets.keyed_button import Action, ButtonKind, KeyedButton
from gui.widgets.labels import ElidedLabel, FittingLabel, PlainLabel
from gui.widgets.nav_rail import NavRail, Page
from gui.widgets.plot_marks import BandMarks
from gui.widgets.primary_button import PrimaryButton
from gui.widgets.progress_row import ProgressRow
from gui.widgets.spectrum_plot import SpectrumPlot
from gui.widgets.state_card import StateCard, StateKind
from gui.widgets.substance_sheet import STATUS_SIGNS, Hazards, SubstanceSheet
from gui.widgets.training_band import TrainingBand
from gui.widgets.verdict_banner import Finding, VerdictBanner, is_solid, verdict_tone
from inspection.declared.declaration import DeclarationVerdict
from spectra_library.substance import LegalStatus
from spectra_library.verdicts import Verdict

MARKUP = "<b>Acetone</b><img src='file:///etc/passwd'>"


def english(text: str) -> str:
    return text


@pytest.fixture(autouse=True)
def day(qapp):
    apply_theme(qapp, DAY)


@pytest.fixture
def shown(qtbot):
    def show(widget, width=800, height=200):
        qtbot.addWidget(widget)
        widget.resize(width, height)
        widget.show()
        qtbot.waitExposed(widget)
        return widget

    return show


def activate(widget):
    """Make ``widget`` the window that shortcuts reach."""
    widget.activateWindow()
    assert QTest.qWaitForWindowActive(widget)


def press_shortcut(qtbot, widget, key, wishes):
    """Press ``key`` and wait until the button, which moves down first, has told its wish."""
    before = len(wishes)
    QTest.keyClick(widget, key)
    qtbot.waitUntil(lambda: len(wishes) > before)


def texts(widget):
    QApplication.processEvents()  # a widget that is put into a shown layout shows itself a moment later
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]


def colours_in(widget, area: QRect | None = None):
    image = widget.grab(area if area is not None else widget.rect()).toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def click(widget):
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


# Labels


def test_no_text_is_taken_for_markup(shown):
    banner = shown(VerdictBanner(english))
    banner.set_finding(Finding(Verdict.MATCH, "Match", MARKUP, MARKUP, MARKUP, MARKUP))
    box = shown(DeclaredBox(english))
    box.set_declaration(MARKUP, verdict=DeclarationVerdict.AGREES, word="agrees", reason=MARKUP)
    card = shown(StateCard())
    card.set_state(StateKind.FIX, Icon.DROP, title=MARKUP, advice=MARKUP, note=MARKUP)
    for widget in (banner, box, card):
        labels = widget.findChildren(QLabel)
        assert any(label.text() == MARKUP for label in labels)
        assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}


def test_a_long_name_gets_smaller_and_then_wraps(shown):
    label = shown(FittingLabel((TypeRole.VERDICT, TypeRole.TITLE, TypeRole.SUBTITLE)), width=400)
    sizes = []
    for text in (
        "Safrole",
        "A name that is longer than it",
        "A name that is far too long for one line of it",
    ):
        label.setText(text)
        sizes.append(label.property("role"))

    assert sizes == ["verdict", "title", "subtitle"]
    assert label.wordWrap()


def test_a_cut_text_is_whole_in_its_tool_tip(shown):
    label = shown(ElidedLabel("A container number that does not fit"), width=60)
    label.grab()

    assert label.toolTip() == label.text()


def test_a_label_changes_its_tone_with_the_style_sheet(shown):
    label = shown(PlainLabel("text"))
    label.set_tone(Tone.ALARM)

    assert label.palette().color(label.foregroundRole()).name() == DAY.alarm.text.lower()


# Buttons and keys


def page_with_actions(shown):
    page = QWidget()
    column = QVBoxLayout(page)
    field = QLineEdit()
    column.addWidget(field)
    bar = ActionBar()
    bar.set_actions([Action("print", "Print", "F7"), Action("why", "Why?")], Action("save", "Save and next"))
    column.addWidget(bar)
    shown(page)
    wishes = []
    bar.action_requested.connect(wishes.append)
    return page, bar, field, wishes


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_enter_and_space_press_the_primary_action(shown, key):
    page, _, _, wishes = page_with_actions(shown)

    QTest.keyClick(page, key)

    assert wishes == ["save"]


def test_the_primary_action_has_the_focus_until_somebody_moves_it(shown):
    page, bar, _, _ = page_with_actions(shown)
    assert page.focusWidget() is bar.primary


def test_enter_on_a_focused_quiet_button_presses_that_one(shown):
    _, bar, _, wishes = page_with_actions(shown)
    quiet = bar.quiet_buttons[1]
    quiet.setFocus()

    QTest.keyClick(quiet, Qt.Key.Key_Return)
    QTest.keyClick(quiet, Qt.Key.Key_Space)

    assert wishes == ["why", "why"]


def test_enter_while_typing_presses_nothing(shown):
    _, _, field, wishes = page_with_actions(shown)
    field.setFocus()

    QTest.keyClicks(field, "two words")
    QTest.keyClick(field, Qt.Key.Key_Return)

    assert field.text() == "two words"
    assert wishes == []


def test_a_disabled_primary_action_ignores_enter(shown):
    page, bar, _, wishes = page_with_actions(shown)
    bar.set_actions([], Action("save", "Save and next", is_enabled=False))

    QTest.keyClick(page, Qt.Key.Key_Return)

    assert wishes == []
    assert bar.quiet_buttons == ()


def test_a_function_key_presses_its_button(shown, qtbot):
    page, _, _, wishes = page_with_actions(shown)
    activate(page)

    press_shortcut(qtbot, page, Qt.Key.Key_F7, wishes)

    assert wishes == ["print"]


def test_a_click_presses_and_leaves_the_focus(shown):
    page, bar, _, wishes = page_with_actions(shown)

    click(bar.quiet_buttons[0])
    QTest.keyClick(page, Qt.Key.Key_Space)

    assert wishes == ["print", "save"]


def test_buttons_are_large_enough_for_gloves(shown):
    assert PrimaryButton("Go").sizeHint().height() >= 56
    assert PrimaryButton("Go").sizeHint().width() >= 232
    for kind in ButtonKind:
        assert KeyedButton("Go", kind=kind).sizeHint().height() >= 44


def test_buttons_grow_with_the_text(qapp):
    small = PrimaryButton("Сохранить, далее").sizeHint()
    apply_theme(qapp, DAY, 1.5)
    large = PrimaryButton("Сохранить, далее").sizeHint()

    assert large.width() > small.width() * 1.3
    assert large.height() > small.height()


def test_an_ampersand_in_a_button_is_an_ampersand():
    button = KeyedButton("Research & rescue")

    assert button.wish == "Research & rescue"
    assert button.shortcut().isEmpty()


def test_the_action_bar_says_what_to_do(shown):
    bar = shown(ActionBar())
    bar.set_sentence("Keep the sample.", lead="Presumptive result.")
    assert texts(bar) == ["Presumptive result.", "Keep the sample."]

    bar.set_sentence("Start the scan.")
    assert texts(bar) == ["Start the scan."]


# Rail, header, band


def test_the_rail_asks_for_pages_by_click_and_by_key(shown, qtbot):
    rail = shown(NavRail(english, enabled=(Page.SCAN, Page.LOG)), width=96, height=600)
    wishes = []
    rail.page_requested.connect(wishes.append)
    activate(rail)

    click(rail.item(Page.LOG))
    press_shortcut(qtbot, rail, Qt.Key.Key_F1, wishes)
    click(rail.item(Page.TRAIN))

    assert wishes == [Page.LOG, Page.SCAN]
    assert rail.item(Page.SCAN).isChecked()
    assert not rail.item(Page.TRAIN).isEnabled()


def test_showing_a_page_does_not_ask_for_it(shown):
    rail = shown(NavRail(english), width=96, height=600)
    wishes = []
    rail.page_requested.connect(wishes.append)

    rail.set_page(Page.DEVICE)

    assert rail.item(Page.DEVICE).isChecked()
    assert wishes == []


def test_the_header_shows_inspection_detector_and_officer(shown):
    header = shown(HeaderBar(english), width=1366, height=56)
    header.set_inspection("Inspection 7", place="Astara", container="MWCU 605978 4", container_is_valid=True)
    header.set_detector(Lamp.READY, "Detector ready")
    header.set_battery(83)
    header.set_officer("Officer 1")

    assert texts(header) == [
        "Chemgate", "Inspection 7", "Astara", "MWCU 605978 4", "Detector ready", "83 %", "Officer 1",
    ]  # fmt: skip

    header.set_battery(None)
    header.set_officer("")
    assert "83 %" not in texts(header)
    assert "Officer 1" not in texts(header)


def test_each_lamp_is_told_by_shape_too(shown):
    header = shown(HeaderBar(english), width=1366, height=56)
    shapes = set()
    for lamp in Lamp:
        header.set_detector(lamp, "")
        image = header._lamp.grab().toImage()
        ground = image.pixelColor(0, 0)
        shapes.add(
            tuple(
                image.pixelColor(x, y) != ground for x in range(image.width()) for y in range(image.height())
            )
        )
    assert len(shapes) == len(Lamp)


def test_the_training_band_is_striped_and_says_so(shown):
    band = shown(TrainingBand("TRAINING – nothing here is evidence"), height=36)

    assert band.accessibleName() == "TRAINING – nothing here is evidence"
    assert {DAY.train.fill.lower(), DAY.train.tint.lower()} <= colours_in(band, QRect(0, 0, 100, 36))


# Verdict, declaration, substance


@pytest.mark.parametrize("verdict", [Verdict.MATCH, Verdict.MIXTURE])
def test_an_unknown_legal_status_is_neither_alarming_nor_calm(shown, verdict):
    banner = shown(VerdictBanner(english))

    banner.set_finding(Finding(verdict, "Word", "Name", is_unknown=True))
    assert banner.tone is Tone.DOUBT
    banner.set_finding(Finding(verdict, "Word", "Name", is_alarming=True, is_unknown=True))
    assert banner.tone is Tone.ALARM


def test_every_legal_status_has_a_sign():
    assert set(STATUS_SIGNS) == set(LegalStatus)
    assert STATUS_SIGNS[LegalStatus.UNKNOWN][1] is Tone.DOUBT


@pytest.mark.parametrize(
    ("verdict", "is_alarming", "tone", "solid"),
    [
        (Verdict.MATCH, True, Tone.ALARM, True),
        (Verdict.MATCH, False, Tone.AGREE, True),
        (Verdict.MIXTURE, True, Tone.ALARM, True),
        (Verdict.GROUP, True, Tone.DOUBT, True),
        (Verdict.INCONCLUSIVE, False, Tone.DOUBT, True),
        (Verdict.NO_MATCH, False, Tone.NONE, False),
        (Verdict.REJECTED, False, Tone.ACCENT, False),
    ],
)
def test_the_fill_of_the_block_is_the_certainty(shown, verdict, is_alarming, tone, solid):
    banner = shown(VerdictBanner(english))
    banner.set_finding(Finding(verdict, "Word", "Name", is_alarming=is_alarming))

    corner = banner.grab(QRect(4, 4, 4, 4)).toImage().pixelColor(0, 0).name()

    assert verdict_tone(verdict, is_alarming=is_alarming) is banner.tone is tone
    assert is_solid(verdict) is solid
    assert corner == (DAY.tone(tone).fill if solid else DAY.page).lower()


def test_the_banner_says_word_name_status_numbers_and_what_it_is_worth(shown):
    banner = shown(VerdictBanner(english))
    banner.set_finding(
        Finding(Verdict.MATCH, "Match", "Safrole", "Precursor", "similarity 0.97", "Presumptive result")
    )
    assert texts(banner) == ["Match", "Safrole", "Precursor", "similarity 0.97", "Presumptive result"]

    asked = []
    banner.why_requested.connect(lambda: asked.append(True))
    click(banner._why)
    assert asked == [True]
    assert banner._why.height() >= 44


@pytest.mark.parametrize("verdict", DeclarationVerdict)
def test_the_declaration_has_a_word_a_sign_and_a_reason(shown, verdict):
    box = shown(DeclaredBox(english), width=456)
    box.set_declaration("Paint", verdict=verdict, word="so it is", reason="because", hs_code="HS 3814.00")

    assert texts(box) == ["Declared", "HS 3814.00", "Paint", "so it is", "because"]


def test_something_controlled_that_was_not_declared_fills_the_box_with_the_alarm(shown):
    box = shown(DeclaredBox(english), width=456)
    differs = DeclarationVerdict.DIFFERS
    alarm = current_look().theme.alarm.fill

    box.set_declaration("Paint", verdict=differs, word="CONTROLLED", reason="because", is_alarm=True)
    assert box.grab().toImage().pixelColor(8, 8).name().upper() == alarm
    box.set_declaration("Paint", verdict=differs, word="Differs", reason="because")
    assert box.grab().toImage().pixelColor(8, 8).name().upper() != alarm


def test_nothing_declared_is_a_state_of_its_own(shown):
    box = shown(DeclaredBox(english), width=456)
    assert "Nothing declared yet" in texts(box)
    assert "The declaration can be filled in afterwards." in texts(box)


def test_unverified_hazards_say_so(shown):
    sheet = shown(SubstanceSheet(english), height=400)
    hazards = Hazards(("GHS02", "GHS08"), ("H225 Highly flammable.",))
    sheet.set_substance(
        status=LegalStatus.CONTROLLED, status_text="Controlled", hazards=hazards, cas="108-88-3"
    )
    assert any("unverified" in text for text in texts(sheet))
    assert "#c8181e" in colours_in(sheet)
    assert "HS code" not in texts(sheet)

    verified = Hazards(("GHS02",), ("H225 Highly flammable.",), is_verified=True)
    sheet.set_substance(status=LegalStatus.OTHER, status_text="Not listed", hazards=verified)
    assert not any("unverified" in text for text in texts(sheet))


def test_a_hint_says_that_it_is_no_match(shown):
    card = shown(HintCard(english), width=400)
    card.set_hint("Acetic anhydride", bands="Shares 6 of 6 listed bands", status="Precursor")

    assert texts(card) == [
        "Hint – not a match", "Acetic anhydride", "Shares 6 of 6 listed bands", "Precursor",
    ]  # fmt: skip


# Lists


def test_candidates_are_numbered_and_can_be_chosen(shown):
    table = shown(CandidateTable(english), width=432, height=240)
    wishes = []
    table.candidate_chosen.connect(wishes.append)
    table.set_candidates(
        [CandidateRow("Safrole", "derived", 0.97), CandidateRow("Isosafrole", "measured", 0.7649)], chosen=0
    )
    model = table.model()
    cells = [[model.index(row, column).data() for column in range(4)] for row in range(model.rowCount())]

    assert cells == [["1", "Safrole", "derived", "0.97"], ["2", "Isosafrole", "measured", "0.76"]]
    assert wishes == []  # shown as chosen, not wished
    assert table.rowHeight(0) >= 44

    place = table.visualRect(model.index(1, 1)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert wishes == [1]


def test_a_fact_can_ask_for_more(shown):
    facts = shown(FactList(is_right_aligned=True), width=432)
    wishes = []
    facts.more_requested.connect(wishes.append)
    facts.set_facts([Fact("Confidence", "not calibrated", link="Why?", name="confidence"), Fact("A", "B")])

    click(facts.findChild(QWidget, "confidence"))

    assert wishes == ["confidence"]
    facts.set_facts([])
    assert facts.sizeHint().height() == 0


# States, gates, progress


def test_a_state_says_what_happened_and_what_to_do(shown):
    card = shown(StateCard(), width=420)
    wishes = []
    card.action_requested.connect(wishes.append)
    card.set_state(
        StateKind.LOST,
        Icon.PLUG,
        title="Lost the cable",
        advice="Push the plug in.",
        actions=[Action("cause", "Find the cause"), Action("again", "Scan again")],
    )

    assert texts(card) == ["Lost the cable", "Push the plug in."]
    for button in card.buttons():
        click(button)
    assert wishes == ["cause", "again"]


def test_only_a_working_state_has_a_bar(shown):
    card = shown(StateCard(), width=420)
    for kind in StateKind:
        card.set_state(kind, Icon.CLOCK, title="", advice="")
        assert card._line.isVisible() is (kind is StateKind.WORKING)


def test_the_gates_tell_where_the_scan_stands(shown):
    steps = shown(GateSteps(english), width=1200, height=72)
    steps.set_gate(Gate.SAMPLE, {Gate.CLEAN: "14:29"})

    assert steps.gate is Gate.SAMPLE
    assert steps.accessibleName() == "4/5 Sample"
    assert DAY.ink.lower() in colours_in(steps)


def test_progress_can_be_cancelled_by_click_and_escape(shown, qtbot):
    row = shown(ProgressRow(english), width=600, height=80)
    row.set_progress(12, 24, title="Scanning 12 of 24", note="10 seconds left")
    wishes = []
    row.cancel_requested.connect(lambda: wishes.append("cancel"))
    activate(row)

    click(row.findChild(KeyedButton))
    press_shortcut(qtbot, row, Qt.Key.Key_Escape, wishes)

    assert texts(row) == ["Scanning 12 of 24", "10 seconds left"]
    assert wishes == ["cancel", "cancel"]


def test_the_gauge_is_green_only_between_threshold_and_best(qapp, qtbot):
    found = {}
    for reading in (0.05, 0.4, 0.9):
        gauge = Gauge("Signal")
        qtbot.addWidget(gauge)
        gauge.resize(80, 400)
        gauge.set_scale(0.0, 1.0, 30, 380)
        gauge.set_range(threshold=0.1, best=(0.2, 0.8))
        gauge.set_reading(reading)  # not visible: no easing, the picture is final
        inside = colours_in(gauge, QRect(20, 30, 16, 349))
        found[reading] = DAY.agree.fill.lower() in inside, DAY.doubt.fill.lower() in inside

    assert found == {0.05: (False, True), 0.4: (True, False), 0.9: (False, True)}


# Plot


WAVENUMBER = np.linspace(650.0, 3800.0, 1801)


def bands(*places, height=0.4):
    return sum(height / (1 + ((WAVENUMBER - place) / 6) ** 2) for place in places)


def curve(label, *places, height=0.4):
    return Curve(label, WAVENUMBER, bands(*places, height=height))


@pytest.fixture
def plot(shown):
    return shown(SpectrumPlot(english), height=500)


def test_wavenumbers_run_from_high_to_low(plot):
    plot.set_result(curve("Sample", 1000))
    view = plot._main.view

    left = view.mapViewToScene(QPointF(fold_one(3500), 0)).x()
    right = view.mapViewToScene(QPointF(fold_one(800), 0)).x()

    assert left < right


def test_the_region_above_1900_gets_a_third_of_its_room(plot):
    plot.set_result(curve("Sample", 1000))
    view = plot._main.view

    def px(first, second):
        places = [view.mapViewToScene(QPointF(fold_one(place), 0)).x() for place in (first, second)]
        return abs(places[0] - places[1])

    assert px(3500, 2900) * 3 == pytest.approx(px(1600, 1000), rel=1e-3)


def test_every_strip_shows_the_same_range(plot):
    sample, reference = curve("Sample", 1000), curve("Reference", 1010)
    difference = Curve("Difference", WAVENUMBER, sample.values - reference.values)
    plot.set_result(sample, reference, difference=difference)

    plot.zoom_to(900, 1100)

    assert len(plot._strips) == 1
    assert plot._strips[0].view.viewRange()[0] == pytest.approx(plot._main.view.viewRange()[0], abs=1)


def test_a_mixture_has_a_strip_for_each_part_and_the_rest(plot):
    parts = [curve("Cocaine", 1700), curve("Caffeine", 1650)]
    total = Curve("Sum", WAVENUMBER, parts[0].values + parts[1].values)
    plot.set_mixture(total, total, parts, rest=Curve("Rest", WAVENUMBER, 0 * WAVENUMBER))
    assert len(plot._strips) == 3

    plot.set_result(parts[0])
    assert plot._strips == []


def test_zoom_is_reset_by_double_click_and_key(plot):
    plot.set_result(curve("Sample", 1000))
    whole = plot.shown_range
    assert not plot.is_zoomed

    plot.zoom_to(900, 1100)
    assert plot.is_zoomed
    assert plot.shown_range == pytest.approx((900, 1100))

    middle = plot._canvas.mapFromScene(plot._main.view.sceneBoundingRect().center())
    viewport = plot._canvas.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=middle)
    assert plot.shown_range == pytest.approx(whole)

    QTest.keyClick(plot, Qt.Key.Key_Plus)
    assert plot.is_zoomed
    QTest.keyClick(plot, Qt.Key.Key_0)
    assert not plot.is_zoomed


def test_a_pinch_zooms_about_its_middle(plot):
    plot.set_result(curve("Sample", 1000))
    place = plot._main.view.mapViewToScene(QPointF(1000, 0.1))

    plot._canvas.pinched.emit(4.0, place)

    low, high = plot.shown_range
    assert low < 1000 < high
    assert plot._main.view.mapViewToScene(QPointF(1000, 0.1)).x() == pytest.approx(place.x(), abs=1)


def test_zooming_fits_the_height_to_what_is_seen(plot):
    plot.set_result(Curve("Sample", WAVENUMBER, bands(1700, height=1.0) + bands(900, height=0.05)))
    plot.zoom_to(850, 950)

    assert plot._main.view.viewRange()[1][1] < 0.1


def test_hovering_reads_wavenumber_and_absorbance(plot):
    plot.set_result(curve("Sample", 1000))
    place = plot._main.view.mapViewToScene(QPointF(fold_one(1000), 0.2))

    plot._hover(place)
    assert plot.readout == "1000 cm⁻¹   0.400"

    plot._canvas.left.emit()
    assert plot.readout == ""


def test_copies_are_a_picture_and_numbers(plot):
    plot.set_result(curve("Sample", 1000), curve("Safrole", 1000))

    plot.copy_numbers()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "cm-1\tSample\tSafrole"
    assert len(lines) == 1802

    plot.copy_picture()
    assert QGuiApplication.clipboard().pixmap().size() == plot.size()


def test_the_training_watermark_is_on_the_plot_and_on_its_copy(plot):
    plot.set_result(curve("Sample", 1000))
    plain = plot.picture().toImage()

    plot.set_training("TRAINING")
    marked = plot.picture().toImage()
    assert marked != plain

    plot.set_training("")
    assert plot.picture().toImage() == plain


def test_the_live_scale_grows_and_never_shrinks_until_cleared(plot):
    scales = []
    plot.scale_changed.connect(lambda low, high, top, bottom: scales.append(high))
    plot.set_live(WAVENUMBER, bands(1000))
    plot.set_live(WAVENUMBER, bands(1000, height=1.5))
    plot.set_live(WAVENUMBER, bands(1000))

    assert plot._main.view.viewRange()[1][1] == pytest.approx(2.06)
    plot.clear()
    plot.set_live(WAVENUMBER, bands(1000))
    assert plot._main.view.viewRange()[1][1] == pytest.approx(0.824)
    assert scales


def test_gauge_and_plot_stand_on_one_scale(shown):
    frame = QWidget()
    row = QHBoxLayout(frame)
    plot, gauge = SpectrumPlot(english), Gauge("Signal")
    plot.scale_changed.connect(gauge.set_scale)
    row.addWidget(plot)
    row.addWidget(gauge)
    shown(frame, height=500)
    plot.set_live(WAVENUMBER, bands(1000))

    for value in (0.0, 0.1, 0.8):
        in_scene = plot._main.view.mapViewToScene(QPointF(1000, value))
        in_plot = plot._canvas.mapTo(frame, plot._canvas.mapFromScene(in_scene)).y()
        in_gauge = gauge.mapTo(frame, QPoint(0, round(gauge._y(value)))).y()
        assert in_gauge == pytest.approx(in_plot, abs=2)


def test_marks_belong_to_the_curve_they_were_given_for(plot):
    plot.set_result(curve("Sample", 1000))
    plot.set_marks(BandMarks(peaks=(1000.0, 5000.0), listed=(1700.0, 1690.0), missing=(1705.0,)))
    assert "Listed bands" in texts(plot)

    plot.zoom_to(1650, 1750)
    plot.set_marks(BandMarks())
    assert "Listed bands" not in texts(plot)


def test_new_curves_have_no_marks_of_the_old_ones(plot):
    plot.set_result(curve("Sample", 1000))
    plot.set_marks(BandMarks(listed=(1700.0,)))

    plot.set_result(curve("Another", 1200))

    assert "Listed bands" not in texts(plot)


def test_everything_follows_the_theme(qapp, plot):
    plot.set_result(curve("Sample", 1000), curve("Safrole", 1000))
    apply_theme(qapp, NIGHT)

    assert current_look().theme is NIGHT
    assert plot.grab().toImage().pixelColor(plot.width() - 3, plot.height() // 2).name() == NIGHT.page.lower()


def test_leaving_the_plot_is_noticed(plot):
    plot.set_result(curve("Sample", 1000))
    plot._hover(plot._main.view.mapViewToScene(QPointF(1000, 0.2)))

    QGuiApplication.sendEvent(plot._canvas.viewport(), QEvent(QEvent.Type.Leave))

    assert plot.readout == ""


def test_a_live_update_leaves_time_for_the_rest(plot):
    noise = np.random.default_rng(0).normal(scale=0.003, size=WAVENUMBER.size)
    seconds = []
    for shift in range(12):
        curve_now = bands(1000 + shift, 1240, 1490) + np.roll(noise, shift)
        start = time.process_time()
        plot.set_live(WAVENUMBER, curve_now)
        plot._canvas.viewport().repaint()
        seconds.append(time.process_time() - start)

    assert sorted(seconds)[len(seconds) // 2] < 0.015


def test_only_the_plot_needs_pyqtgraph():
    folder = Path(gui.widgets.__file__).parent
    others = [path.stem for path in folder.glob("*.py") if "plot" not in path.stem]
    program = "\n".join(f"import gui.widgets.{name}" for name in others)
    program += "\nimport sys; print('pyqtgraph' in sys.modules)"

    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert said.stdout == "False\n"
