"""One whole story, told with the keyboard: from the first sight to the exported log."""

from __future__ import annotations

import csv
import json

from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from gui.pages.course import Signal, Step
from gui.widgets.nav_rail import Page
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.records import EntryKind


def test_from_the_first_sight_to_the_exported_log(open_desk, qtbot, tmp_path, monkeypatch):
    desk = open_desk()
    window = desk.window
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)

    def enter():
        QTest.keyClick(window, Qt.Key.Key_Return)

    # The papers are typed whenever there is time.
    window.pages.scan.guide.fields.container.setFocus()
    QTest.keyClicks(window.pages.scan.guide.fields.container, "MWCU 605978 4")
    QTest.keyClick(window.pages.scan.guide.fields.container, Qt.Key.Key_Return)
    assert window.course.step is Step.CLEAN, "Enter in a field is not Enter on the page"

    enter()  # the crystal is clean: the background follows by itself
    qtbot.waitUntil(lambda: window.course.is_empty, timeout=10_000)
    enter()  # the line is flat
    assert window.course.step is Step.LOOK
    enter()  # looked before pressing
    qtbot.waitUntil(lambda: window.course.signal is Signal.STRONG, timeout=10_000)
    QTest.keyClick(window, Qt.Key.Key_Space)  # start the scan
    qtbot.waitUntil(lambda: window.course.step is Step.RESULT, timeout=10_000)

    assert window.pages.currentWidget() is window.pages.result
    assert window.finding.identification.candidates[0].substance == "isopropanol"
    assert window.pages.result.banner.accessibleName().startswith("Match: Isopropyl alcohol")
    assert "Agrees" in window.pages.result.declared.box.accessibleName()

    enter()  # save and next
    qtbot.waitUntil(lambda: window.course.step is Step.CLEAN, timeout=10_000)
    assert window.notice.said.startswith("Saved as record 0004: sample 1 of inspection ")
    assert window.finding is None

    QTest.keyClick(window, Qt.Key.Key_F2)
    qtbot.waitUntil(
        lambda: window.page is Page.LOG and bool(window.pages.log.table.entries.rows), timeout=10_000
    )
    QTest.keyClicks(window.pages.log.search, "isopropyl")
    QTest.keyClick(window.pages.log.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not window.pages.log.details.plot.isHidden(), timeout=10_000)
    [row] = window.pages.log.table.entries.rows
    assert (row.verdict.text, row.substance.text) == ("Match", "Isopropyl alcohol")
    assert (row.declared.text, row.declaration.text) == ("“isopropyl alcohol”", "Agrees")

    exported = {}
    for name in ("log.csv", "log.json"):
        path = tmp_path / "exports" / name
        path.parent.mkdir(exist_ok=True)
        monkeypatch.setattr("gui.pages.export_dialog.ask_export_path", lambda *_, path=path: path)
        with qtbot.waitSignal(desk.workers.reader.exported, timeout=10_000):
            window.bar.primary.click()
        qtbot.waitUntil(lambda path=path: str(path) in window.notice.said, timeout=5_000)
        exported[name] = path.read_text(encoding="utf-8-sig")

    [finding] = list(csv.DictReader(exported["log.csv"].splitlines()))
    assert (finding["name"], finding["declared_verdict"]) == ("Isopropyl alcohol", "agrees")
    assert [json.loads(line) for line in exported["log.json"].splitlines()]
    with InspectionLog.open_read_only(desk.log_path, kind=LogKind.TRAINING) as log:
        kinds = [entry.kind for entry in log.entries()]
        [inspection] = log.inspections()
        assert log.verify().ok
    assert kinds == [
        EntryKind.GENESIS,
        EntryKind.BACKGROUND,
        EntryKind.INSPECTION_OPENED,
        EntryKind.IDENTIFICATION,
    ]
    assert (inspection.container, inspection.officer) == ("MWCU 605978 4", "A. Officer")


def test_three_samples_of_one_inspection_and_then_a_new_one(open_desk):
    desk = open_desk()
    named, declared = [], []
    for _ in range(3):
        desk.to_result()
        named.append(desk.window.finding.identification.candidates[0].substance)
        declared.append(desk.window.finding.declaration.verdict.value)
        desk.save()
    desk.press_quiet("new_inspection")
    desk.to_result()
    desk.save()

    assert named == ["isopropanol", "ethanol", "safrole"]
    assert declared == ["agrees", "differs", "differs"]
    with InspectionLog.open_read_only(desk.log_path, kind=LogKind.TRAINING) as log:
        assert [len(log.samples(one.id)) for one in log.inspections()] == [3, 1]
