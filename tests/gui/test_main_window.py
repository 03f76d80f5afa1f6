"""The window connects pages and workers, and keeps what must not be lost."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QLabel, QLineEdit

import gui.pages
from gui.main_window import MainWindow
from gui.pages.course import Link, Step
from gui.pages.overlay import References
from gui.pages.questions import Leaving, question_bar
from gui.palette import DAY, NIGHT, SUN, ThemeName
from gui.theme import apply_theme, current_look
from gui.widgets.nav_rail import Page
from gui.widgets.training_band import TrainingBand
from inspection.errors import ExportError
from inspection.language import ENGLISH, Language, Wording
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from spectra_library.verdicts import Verdict

PAGES_FOLDER = Path(gui.pages.__file__).parent


def activate(window):
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)


def test_the_frame_with_sentence_and_action_is_there_before_any_page(qapp, qtbot):
    apply_theme(qapp, DAY)
    window = MainWindow(ENGLISH)
    qtbot.addWidget(window)

    assert not window.pages.has_scan
    assert window.bar.primary.wish == "Crystal is clean"
    window.show()
    qtbot.waitUntil(lambda: window.pages.has_scan, timeout=5_000)
    assert window.pages.currentWidget() is window.pages.scan


def test_after_a_measurement_enter_and_space_are_the_primary_action_s_again(open_desk):
    desk = open_desk()
    activate(desk.window)
    desk.to_result()

    assert desk.window.focusWidget() is desk.window.bar.primary


def test_on_the_device_page_enter_is_the_primary_action_s_while_a_detector_comes_and_goes(open_desk):
    desk = open_desk(is_connected=False)
    activate(desk.window)
    desk.window.show_page(Page.DEVICE)
    focused = [desk.window.focusWidget()]
    desk.window.connecting.connect_wished.emit(desk.demonstration.url)
    desk.until(lambda: desk.course.link is Link.OPEN)
    focused.append(desk.window.focusWidget())
    desk.window.pages.device.port.setFocus()
    desk.press_quiet("disconnect")
    desk.until(lambda: desk.course.link is Link.ABSENT)

    assert focused == [desk.window.bar.primary] * 2
    assert desk.window.focusWidget() is desk.window.pages.device.port  # somebody is at work there


def test_evidence_has_no_band_and_training_has_one_and_a_watermark(open_desk):
    desk = open_desk()
    desk.to_result()
    evidence = MainWindow(ENGLISH, kind=LogKind.EVIDENCE)

    assert desk.window.findChild(TrainingBand) is not None
    assert desk.window.pages.result.plot._canvas._watermark == "TRAINING"
    assert desk.window.pages.scan.live_body().plot._canvas._watermark == "TRAINING"
    assert desk.window.pages.log.details.plot._canvas._watermark == "TRAINING"
    assert evidence.findChild(TrainingBand) is None
    assert evidence.pages.scan.live_body().plot._canvas._watermark == ""
    evidence.deleteLater()


def test_the_pages_have_keys_and_those_that_are_not_there_say_why(open_desk, qtbot):
    desk = open_desk()
    activate(desk.window)
    for key, page in (
        (Qt.Key.Key_F2, Page.LOG),
        (Qt.Key.Key_F5, Page.DEVICE),
        (Qt.Key.Key_F6, Page.USERS),
        (Qt.Key.Key_F1, Page.SCAN),
    ):
        QTest.keyClick(desk.window, key)
        qtbot.waitUntil(lambda page=page: desk.window.page is page, timeout=5_000)
    for page in (Page.LIBRARY, Page.TRAIN):
        assert not desk.window.rail.item(page).isEnabled()
        assert desk.window.rail.item(page).toolTip()


def test_nothing_but_the_window_itself_ever_opens_as_a_window(open_desk, qapp):
    class Watcher(QObject):
        seen: list[str] = []  # noqa: RUF012 - one watcher in one test

        def eventFilter(self, watched, event):
            if event.type() is QEvent.Type.Show and watched.isWidgetType() and watched.isWindow():
                self.seen.append(type(watched).__name__)
            return False

    watcher = Watcher()
    qapp.installEventFilter(watcher)
    desk = open_desk()
    desk.to_result()
    desk.save()
    desk.window.show_page(Page.LOG)
    desk.until(lambda: not desk.window.pages.log.details.plot.isHidden())
    desk.window.show_page(Page.DEVICE)
    qapp.removeEventFilter(watcher)

    assert watcher.seen == ["MainWindow"]


def test_every_target_is_large_enough_for_gloves(open_desk):
    desk = open_desk()
    desk.to_result()
    desk.window.show_page(Page.LOG)
    desk.until(lambda: bool(desk.window.pages.log.isVisible()))
    desk.window.show_page(Page.SCAN)
    small = [
        (type(one).__name__, one.text(), one.width(), one.height())
        for kind in (QAbstractButton, QLineEdit)
        for one in desk.window.findChildren(kind)
        if one.isVisible() and min(one.width(), one.height()) < 44 and one.objectName() != "qt_clear_button"
    ]

    assert small == []


def test_the_window_fits_the_small_screen_at_every_gate(open_desk):
    desk = open_desk()
    sizes = []
    for go in (desk.to_empty_check, lambda: desk.until(lambda: desk.course.is_empty), desk.press, desk.press):
        go()
        sizes.append(desk.window.minimumSizeHint())
    desk.until(desk.window.bar.primary.isEnabled)
    desk.press()
    desk.until(lambda: desk.course.step is Step.RESULT)
    for page in (Page.SCAN, Page.LOG, Page.DEVICE):
        desk.window.show_page(page)
        sizes.append(desk.window.minimumSizeHint())

    assert all(size.width() <= 1366 and size.height() <= 768 for size in sizes), sizes


def test_the_window_fits_the_small_screen_at_one_and_a_half_times_the_text(open_desk, qapp):
    desk = open_desk(is_connected=False)
    apply_theme(qapp, DAY, 1.5)
    window = MainWindow(ENGLISH, kind=LogKind.TRAINING)
    for page in (
        window.pages.scan,
        window.pages.scan.live_body(),
        window.pages.result,
        window.pages.log,
        window.pages.device,
    ):
        assert page.minimumSizeHint().width() <= 1366 - 136
    hint = window.minimumSizeHint()
    window.deleteLater()
    apply_theme(qapp, DAY)

    assert desk.window is not window
    assert hint.width() <= 1366
    assert hint.height() <= 768


def test_the_theme_changes_at_once_and_keeps_training_apart(open_desk):
    desk = open_desk(is_connected=False)
    names = []
    for _ in ThemeName:
        desk.window.header.theme_requested.emit()
        names.append(current_look().theme.name)

    assert names == [ThemeName.NIGHT, ThemeName.SUN, ThemeName.DAY]
    assert current_look().theme == DAY.for_training()
    assert NIGHT.for_training() != NIGHT
    assert SUN.line_px == 2


def test_the_demonstration_lays_its_sample_on_at_gate_4_and_takes_it_off_for_the_result(open_desk):
    desk = open_desk()
    before = desk.demonstration.has_sample_on
    desk.to_sample()
    during = desk.demonstration.has_sample_on
    note = desk.window.pages.scan.live_body()._note.text()
    desk.press()
    desk.until(lambda: desk.course.step is Step.RESULT)

    assert (before, during, desk.demonstration.has_sample_on) == (False, True, False)
    assert note.startswith("On the simulated crystal: sample 1 of 3, measurement by another laboratory")


def test_a_finding_that_is_not_saved_holds_the_window_open_once(open_desk):
    desk = open_desk()
    desk.to_result()

    assert not desk.window.close()
    assert "This finding is not saved." in desk.window.notice.said
    assert desk.window.close()


def test_the_declared_text_is_compared_anew_as_it_is_typed(open_desk):
    desk = open_desk()
    desk.to_result()
    verdicts = []
    for text in ("ethanol", "isopropyl alcohol", "no such thing", ""):
        desk.window.pages.result.declared_changed.emit(text)
        declaration = desk.window.finding.declaration
        verdicts.append(None if declaration is None else declaration.verdict.value)
    desk.window.pages.result.declared_changed.emit("ethanol ")
    desk.save()

    assert verdicts == ["differs", "agrees", "undetermined", None]
    with InspectionLog.open_read_only(desk.log_path, kind=LogKind.TRAINING) as log:
        saved = list(log.entries())[-1]
        assert (saved.body["declared"]["text"], saved.body["declared"]["verdict"]) == ("ethanol", "differs")


def test_what_was_typed_during_the_scan_counts(open_desk):
    desk = open_desk(speed=8.0)
    desk.to_sample()
    desk.press()
    desk.until(lambda: desk.course.done >= 1)
    desk.window.pages.scan.live_body().fields.declared.setText("ethanol")
    desk.window.pages.scan.live_body().fields.declared.textEdited.emit("ethanol")
    desk.until(lambda: desk.course.step is Step.RESULT)

    assert desk.window.finding.declaration.text == "ethanol"


def test_scanning_again_keeps_the_background_and_shows_the_next_sample(open_desk):
    desk = open_desk()
    desk.to_result()
    desk.press_quiet("scan_again")
    desk.press_quiet("leave_finding")
    desk.until(desk.window.bar.primary.isEnabled)
    desk.press()
    desk.until(lambda: desk.course.step is Step.RESULT)

    assert desk.window.finding.identification.candidates[0].substance == "ethanol"
    assert desk.window.finding.declaration.text == "methanol"


def test_a_result_that_comes_while_the_log_is_read_does_not_take_the_page_away(open_desk):
    desk = open_desk(speed=8.0)
    desk.to_sample()
    desk.press()
    desk.window.show_page(Page.LOG)
    desk.until(lambda: desk.course.step is Step.RESULT)

    assert desk.window.page is Page.LOG
    assert "F1" in desk.window.notice.said
    desk.window.show_page(Page.SCAN)
    assert desk.window.pages.currentWidget() is desk.window.pages.result


def test_the_crystal_is_only_watched_while_it_is_seen(open_desk, qtbot):
    desk = open_desk()
    desk.to_empty_check()
    desk.until(lambda: desk.course.strongest is not None)
    desk.window.show_page(Page.DEVICE)
    with qtbot.waitSignal(desk.workers.session.library_loaded, timeout=5_000):
        desk.window.connecting.load_wished.emit()  # ends no watching, but comes after the wish before it
    with qtbot.assertNotEmitted(desk.workers.session.previewed, wait=200):
        pass
    with qtbot.waitSignal(desk.workers.session.previewed, timeout=5_000):
        desk.window.show_page(Page.SCAN)


def test_checking_the_log_shows_a_head_that_can_be_copied(open_desk):
    desk = open_desk()
    desk.to_result()
    desk.save()
    desk.window.show_page(Page.LOG)
    desk.until(lambda: bool(desk.window.pages.log.table.entries.rows))
    desk.press_quiet("verify")
    desk.until(lambda: "copy_head" in desk.offers())
    desk.press_quiet("copy_head")

    with InspectionLog.open_read_only(desk.log_path, kind=LogKind.TRAINING) as log:
        assert QGuiApplication.clipboard().text() == str(log.head())
    assert "clipboard" in desk.window.notice.said


def test_an_export_that_fails_says_so_and_leaves_the_list(open_desk, tmp_path, monkeypatch):
    desk = open_desk()
    desk.to_result()
    desk.save()
    desk.window.show_page(Page.LOG)
    desk.until(lambda: bool(desk.window.pages.log.table.entries.rows))
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    for path, said in ((tmp_path / "file" / "log.csv", "Not written"), (tmp_path / "log.doc", ".csv")):
        monkeypatch.setattr("gui.pages.export_dialog.ask_export_path", lambda *_, path=path: path)
        desk.window.notice.hide()
        desk.press()
        desk.until(lambda said=said: said in desk.window.notice.said)

    assert desk.window.pages.log.table.isVisible()
    assert ExportError.kind == "export"


def test_an_export_that_is_thought_better_of_changes_nothing(open_desk, monkeypatch):
    desk = open_desk()
    desk.to_result()
    desk.save()
    desk.window.show_page(Page.LOG)
    desk.until(lambda: bool(desk.window.pages.log.table.entries.rows))
    monkeypatch.setattr("gui.pages.export_dialog.ask_export_path", lambda *_: None)
    desk.press()

    assert desk.window.notice.said == ""
    assert desk.window.bar.primary.isEnabled()


def test_a_detector_is_connected_by_its_port_and_given_back(open_desk):
    desk = open_desk(is_connected=False)
    desk.window.show_page(Page.DEVICE)
    desk.window.pages.device.port.setText(desk.demonstration.url)
    desk.press()
    desk.until(lambda: desk.course.link is Link.OPEN)
    desk.press_quiet("disconnect")
    desk.until(lambda: desk.course.link is Link.ABSENT)

    assert "connect_port" in desk.offers()


def test_the_result_of_the_third_sample_is_a_precursor(open_desk):
    desk = open_desk()
    for _ in range(2):
        desk.to_result()
        desk.save()
    desk.to_result()

    assert desk.window.finding.identification.verdict is Verdict.MATCH
    assert desk.window.pages.result.is_alarming


# --- Rules of the house -----------------------------------------------------------------------------


def test_every_label_shows_plain_text(open_desk):
    desk = open_desk()
    desk.to_result()
    desk.window.show_page(Page.LOG)
    desk.until(desk.window.pages.log.isVisible)
    desk.window.show_page(Page.DEVICE)

    rich = [one for one in desk.window.findChildren(QLabel) if one.textFormat() != Qt.TextFormat.PlainText]
    assert rich == []


@pytest.mark.parametrize("path", sorted(PAGES_FOLDER.glob("*.py")), ids=lambda path: path.name)
def test_pages_know_no_threads_and_no_workers(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(node)
        for guard in ast.walk(tree)
        if isinstance(guard, ast.If) and ast.unparse(guard.test) == "TYPE_CHECKING"
        for node in ast.walk(guard)
    }
    imported = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in typing_only
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
        )
    }

    assert not imported & {
        "threading",
        "gui.session_worker",
        "gui.log_worker",
        "gui.user_keeper",
        "gui.workers",
        "gui.main_window",
    }


def test_a_watched_page_is_not_asked_for_twice(open_desk):
    desk = open_desk()
    wishes = []
    desk.window.scanning.watch_wished.connect(wishes.append)
    desk.to_empty_check()
    desk.until(lambda: desk.course.is_empty)

    assert wishes == [True]


PARTS = (
    *("situation", "frame", "scanning", "connecting", "saving", "log_reading"),
    *("attendance", "user_changes"),
)


@pytest.mark.parametrize("name", PARTS)
def test_the_parts_of_the_window_connect_nothing_themselves(name):
    tree = ast.parse((PAGES_FOLDER.parent / f"{name}.py").read_text(encoding="utf-8"))
    connects = [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "connect"
    ]

    assert connects == []


@pytest.mark.parametrize("language", Language)
def test_the_result_fits_the_small_screen_in_every_language_at_one_and_a_half_times_the_text(
    qapp, language, finding, ready
):
    apply_theme(qapp, DAY, 1.5)
    window = MainWindow(Wording(language), kind=LogKind.TRAINING)
    result = window.pages.result
    result.show_finding(finding(), ready.catalogue, References(ready.library))
    for leaving in Leaving:
        window._frame.show_bar(question_bar(Wording(language), leaving))
        hint = window.minimumSizeHint()
        assert (hint.width() <= 1366, hint.height() <= 768) == (True, True), hint
    window.deleteLater()
    apply_theme(qapp, DAY)
