"""A fault that nobody foresaw leaves a numbered report, one sentence, and the program running."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PyQt6.QtCore import QObject, QThread, QTimer, pyqtSignal, pyqtSlot

from gui.fault_report import MOST_FAULTS_PER_RUN, Fault, FaultDesk, next_number

ROOT = Path(__file__).parents[2]


@pytest.fixture
def faults(tmp_path: Path, qapp):
    desk = FaultDesk(tmp_path / "faults", private=["A. Officer"])
    desk.heard = []
    desk.reported.connect(desk.heard.append)
    desk.install()
    yield desk
    desk.uninstall()


def fail(message: str = "nobody thought of this") -> None:
    raise ZeroDivisionError(message)


def test_a_fault_in_a_slot_is_kept_and_told_and_the_program_goes_on(qtbot, faults, tmp_path, capsys):
    with qtbot.waitSignal(faults.reported, timeout=5000) as answer:
        QTimer.singleShot(0, fail)
    [fault] = answer.args

    assert fault == Fault(1, tmp_path / "faults" / "fault-0001.txt")
    report = fault.path.read_text("utf-8")
    assert "ZeroDivisionError: nobody thought of this" in report
    assert "in fail" in report
    for word in ("time: ", "chemgate: ", "python: ", "PyQt: ", "numpy: "):
        assert word in report
    assert "ZeroDivisionError" in capsys.readouterr().err


class Worker(QObject):
    where = pyqtSignal(object)

    @pyqtSlot()
    def work(self) -> None:
        fail("in a worker")


def test_a_fault_in_a_worker_s_thread_reaches_the_window_s_thread(qtbot, faults, capsys):
    threads = []
    faults.reported.connect(lambda fault: threads.append(QThread.currentThread()))
    thread, worker = QThread(), Worker()
    worker.moveToThread(thread)
    thread.started.connect(worker.work)
    with qtbot.waitSignal(faults.reported, timeout=5000):
        thread.start()
    thread.quit()

    assert thread.wait(5000)
    qtbot.waitUntil(lambda: bool(threads), timeout=5000)
    assert len(faults.heard) == 1


def test_a_fault_in_a_python_thread_is_kept_too(qtbot, faults, capsys):
    thread = threading.Thread(target=fail)
    with qtbot.waitSignal(faults.reported, timeout=5000):
        thread.start()
    thread.join()


def test_a_flood_of_one_fault_is_told_once(faults, tmp_path, capsys):
    for number in range(1000):
        report(faults, lambda number=number: fail(f"value {number}"))

    assert len(faults.heard) == 1
    assert len(list((tmp_path / "faults").iterdir())) == 1


def report(desk: FaultDesk, work) -> None:
    try:
        work()
    except (ZeroDivisionError, ValueError) as error:
        desk.take(type(error), error, error.__traceback__)


def test_two_different_faults_have_two_numbers(faults, capsys):
    report(faults, fail)
    report(faults, lambda: int("x"))

    assert [fault.number for fault in faults.heard] == [1, 2]


def test_numbers_go_on_where_the_last_run_ended(faults, tmp_path, capsys):
    (tmp_path / "faults").mkdir()
    (tmp_path / "faults" / "fault-0041.txt").touch()
    (tmp_path / "faults" / "fault-other.txt").touch()
    report(faults, fail)

    assert faults.heard[0].number == 42
    assert next_number(tmp_path / "faults") == 43


def test_a_fault_with_a_new_face_each_time_does_not_fill_the_disk(faults, tmp_path, capsys):
    for number in range(MOST_FAULTS_PER_RUN + 20):
        report(faults, lambda number=number: exec(compile("\n" * number + "1 / 0", "changing", "exec")))

    assert len(faults.heard) == MOST_FAULTS_PER_RUN


def test_a_report_names_no_person(faults, tmp_path, capsys):
    home = str(Path.home())
    report(faults, lambda: fail(f"{home}/secret of A. Officer"))

    text = faults.heard[0].path.read_text("utf-8")
    assert "A. Officer" not in text
    assert f"{home}/secret" not in text
    assert "(left out)/secret of (left out)" in text


def test_where_no_report_can_be_written_the_person_is_told_all_the_same(tmp_path, qapp, capsys):
    (tmp_path / "faults").write_text("in the way")
    desk = FaultDesk(tmp_path / "faults")
    heard = []
    desk.reported.connect(heard.append)
    report(desk, fail)

    assert heard == [Fault(1, None)]


def test_after_uninstalling_the_former_hooks_are_back(tmp_path, qapp):
    before = (sys.excepthook, threading.excepthook)
    desk = FaultDesk(tmp_path)
    desk.install()
    desk.uninstall()
    desk.uninstall()

    assert (sys.excepthook, threading.excepthook) == before


CHILD = """
import sys
from pathlib import Path
from PyQt6.QtCore import QCoreApplication, QTimer
from gui.fault_report import FaultDesk
if sys.argv[1] == "with":
    desk = FaultDesk(Path(sys.argv[2]))
    desk.install()
app = QCoreApplication([])
QTimer.singleShot(0, lambda: 1 / 0)
QTimer.singleShot(50, app.quit)
app.exec()
print("still here")
"""


@pytest.mark.parametrize(("how", "is_alive"), [("with", True), ("without", False)])
def test_a_process_survives_a_fault_in_a_slot_only_with_the_hook(how, is_alive, tmp_path):
    finished = subprocess.run(
        [sys.executable, "-c", CHILD, how, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ("still here" in finished.stdout) is is_alive
    assert (finished.returncode == 0) is is_alive
