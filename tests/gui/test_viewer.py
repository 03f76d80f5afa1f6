"""A data folder that can only be read: the window opens, the log is shown, and calmly nothing is saved."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gui.log_worker import LogWriter
from gui.pages.access import Access
from gui.pages.course import Step
from gui.read_only import is_read_only
from gui.user_keeper import Roll, UserKeeper
from gui.widgets.nav_rail import Page
from inspection.errors import LogWriteError
from inspection.log_kind import LogKind

PROJECT = Path(__file__).parents[2]
EVIDENCE = LogKind.EVIDENCE

PREPARE = """
import sys
from pathlib import Path
from inspection.users.store import UserStore
from inspection.folders import DataFolder
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.records import opening

data = DataFolder(Path(sys.argv[1]) / "data")
UserStore(data.users).add_first("Administrator 1", "481516")
for kind in LogKind:
    with InspectionLog.open(data.log(kind), kind=kind, officer="Officer 1") as log:
        log.append(opening("20261124-7K3FQ2", container="MWCU 605978 4"))
"""

SCENE = """
import json, sys
from pathlib import Path
from PyQt6.QtWidgets import QApplication
from gui.app import Program, Start, end_process, make_window
from gui.fault_report import FaultDesk
from gui.pages.log_page import EVERY_ENTRY
from gui.palette import DAY
from gui.theme import apply_theme
from gui.widgets.nav_rail import Page
from inspection.folders import DataFolder
from inspection.language import ENGLISH
from inspection.log_kind import LogKind

folder = Path(sys.argv[1]) / "data"
kind = LogKind(sys.argv[2])
is_demonstration = kind is LogKind.TRAINING
start = Start(DataFolder(folder), ENGLISH, kind, is_demonstration=is_demonstration,
              port=None if is_demonstration else "socket://127.0.0.1:1", demonstration_speed=float("inf"))
app = QApplication([])
apply_theme(app, DAY)
faults = FaultDesk(folder / "faults")
faults.install()
program = Program(start, faults, make_window(start))
window = program.window
told = {}

def look():
    if not window.attendance.access.is_covered and window._frame.standing.said:
        window.show_page(Page.LOG)
        log = window.pages.log
        log.verdicts.setCurrentIndex(log.verdicts.findData(EVERY_ENTRY))
        program.workers.reader.listed.connect(finish)
        window.reading.refresh()

def finish(entries):
    told["entries"] = [entry.kind for entry in entries]
    told["access"] = window.attendance.access
    told["standing"] = window._frame.standing.said
    told["notice"] = window.notice.said
    told["offered"] = window.bar.primary.objectName()
    app.quit()

program.ready.connect(look)
window._situation.changed.connect(look)
program.show()
app.exec()
print(json.dumps(told))
end_process(app, program, 0)
"""


@pytest.fixture(scope="module")
def on_a_read_only_medium(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What a window on a medium that is mounted for reading only shows, by kind of log."""
    if sys.platform != "linux" or shutil.which("unshare") is None:
        pytest.skip("needs Linux with unshare, for a medium that can only be read")
    medium = tmp_path_factory.mktemp("medium")
    apart = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    mount = f"mount -t tmpfs -o size=8m tmpfs {medium}"
    if subprocess.run([*apart, "sh", "-c", mount], capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting a small file system is not permitted here")
    script = (
        f'{mount} && "$1" -c "$2" {medium} && mount -o remount,ro {medium} '
        f'&& "$1" -c "$3" {medium} evidence && "$1" -c "$3" {medium} training'
    )
    finished = subprocess.run(
        [*apart, "sh", "-c", script, "sh", sys.executable, PREPARE, SCENE],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert finished.returncode == 0, finished.stderr
    lines = [json.loads(line) for line in finished.stdout.splitlines()]
    return dict(zip(("evidence", "training"), lines, strict=True))


@pytest.mark.parametrize("kind", ["evidence", "training"])
def test_the_window_opens_as_a_viewer_and_the_log_can_be_read(on_a_read_only_medium, kind):
    told = on_a_read_only_medium[kind]

    assert told["entries"] == ["inspection_opened", "genesis"]
    assert told["access"] == "open"
    assert told["standing"].startswith("This data folder can only be read")
    assert told["notice"] == ""


def test_where_there_are_users_a_viewer_checks_the_log_and_does_not_export_it(on_a_read_only_medium):
    assert on_a_read_only_medium["evidence"]["offered"] == "verify"


def viewer(desk):
    desk.workers.keeper.listed.emit(Roll(is_read_only=True))
    desk.until(lambda: desk.window._situation.is_viewer)
    return desk


def test_a_viewer_scans_and_sees_the_result_and_no_save_is_offered(open_desk, empty_data):
    desk = viewer(open_desk(kind=EVIDENCE, data=empty_data))
    wishes = []
    desk.window.saving.save_wished.connect(wishes.append)
    desk.window.scanning.background_record_wished.connect(wishes.append)
    desk.to_result()
    offered = desk.offers()
    desk.window._fulfil("save")  # no button does that
    desk.press()

    assert offered == ["edit_declared", "scan_again", "next_sample"]
    assert desk.course.step is Step.CLEAN
    assert wishes == []
    assert desk.access is Access.OPEN


def test_a_viewer_reads_of_users_that_nobody_signs_in(open_desk, empty_data):
    desk = viewer(open_desk(kind=EVIDENCE, data=empty_data))
    desk.window.show_page(Page.USERS)

    assert desk.window.pages.users.bar().sentence == "Nobody signs in where nothing can be written."


def test_a_log_that_cannot_be_written_for_another_reason_is_told_as_what_it_is(tmp_path, qapp):
    def refuse(*arguments, **options):
        raise LogWriteError("the drive is gone")

    heard = []
    for is_viewer in (True, False):
        writer = LogWriter(
            tmp_path / "log.sqlite",
            EVIDENCE,
            open_log=refuse,
            find_read_only=lambda _, is_so=is_viewer: is_so,
        )
        writer.found_read_only.connect(lambda: heard.append("read only"))
        writer.log_failed.connect(lambda error: heard.append(str(error)))
        writer.open_log()

    assert heard == ["read only", "the drive is gone"]


def test_looking_whether_a_folder_takes_anything_leaves_nothing_there(tmp_path):
    assert not is_read_only(tmp_path / "log.sqlite")
    assert not is_read_only(tmp_path / "not yet" / "here" / "log.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_a_keeper_on_a_read_only_folder_does_not_ask_for_users(empty_data, qapp):
    heard = []
    writer = LogWriter(empty_data.log(EVIDENCE), EVIDENCE)
    keeper = UserKeeper(empty_data, EVIDENCE, writer, find_read_only=lambda _: True)
    keeper.listed.connect(heard.append)
    keeper.look()

    assert heard == [Roll(is_read_only=True)]
    assert not empty_data.path.exists()
