"""The program starts in the right order, comes to work by itself, and ends without a remainder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from PyQt6.QtCore import Q_ARG, QMetaObject, Qt, pyqtSignal
from PyQt6.QtWidgets import QLabel

from detector.errors import DetectorError
from detector.simulator.firmware import SimulatedInstrument
from detector.simulator.server import running_instrument
from gui.app import Program, Start, start_of
from gui.demonstration import Demonstration
from gui.fault_report import FaultDesk
from gui.remembered import remember_port, remembered_port
from gui.session_worker import SessionWorker
from gui.workers import Workers
from inspection.demo_samples import demo_samples, measured_samples
from inspection.folders import DataFolder
from inspection.language import ENGLISH, Language
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.options import wants_window
from spectra_library.errors import LibraryStoreError
from spectra_library.verdicts import Verdict

ROOT = Path(__file__).parents[2]
LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="counts threads in /proc")


class PlainWindow(QLabel):
    """As much of a window as the program needs."""

    other_log_wished = pyqtSignal(str)

    def __init__(self):
        super().__init__("Clean the crystal.")
        self.workers = self.demonstration = None
        self.faults = []

    def attach(self, workers):
        self.workers = workers

    def use_demonstration(self, demonstration):
        self.demonstration = demonstration

    def show_fault(self, fault):
        self.faults.append(fault)


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


@pytest.fixture
def make_program(data, qtbot):
    programs = []

    def make(**options) -> Program:
        start = Start(
            **{
                "data": data,
                "words": ENGLISH,
                "kind": LogKind.TRAINING,
                "demonstration_speed": float("inf"),
                **options,
            }
        )
        window = PlainWindow()
        qtbot.addWidget(window)
        programs.append(Program(start, FaultDesk(data.path / "faults"), window))
        return programs[-1]

    yield make
    for program in programs:
        assert program.stop()


# --- The command line -------------------------------------------------------------------------------


def test_without_options_and_without_a_remembered_port_it_is_the_demonstration(data, monkeypatch):
    monkeypatch.setattr("gui.app.default_data_folder", lambda: data.path)
    first = start_of([])
    remember_port(data, "/dev/ttyUSB7")
    second = start_of([])

    assert (first.is_demonstration, first.kind, first.port) == (True, LogKind.TRAINING, None)
    assert (second.is_demonstration, second.kind, second.port) == (False, LogKind.EVIDENCE, "/dev/ttyUSB7")


def test_options_mean_what_they_mean_on_the_command_line(data):
    start = start_of(["--data-dir", str(data.path), "--language", "az", "--user", "A. Officer"])

    assert start.data == data
    assert start.words.language is Language.AZERBAIJANI
    assert (start.officer, start.kind, start.is_demonstration) == ("A. Officer", LogKind.EVIDENCE, False)


def test_the_demonstration_never_touches_evidence(data):
    remember_port(data, "/dev/ttyUSB7")
    start = start_of(["--data-dir", str(data.path), "--demonstration"])

    assert (start.kind, start.is_demonstration, start.port) == (LogKind.TRAINING, True, None)


def test_training_works_on_the_training_log_with_a_real_detector(data):
    remember_port(data, "/dev/ttyUSB7")
    start = start_of(["--data-dir", str(data.path), "--training"])

    assert (start.kind, start.is_demonstration, start.port) == (LogKind.TRAINING, False, "/dev/ttyUSB7")


@pytest.mark.parametrize("argv", [[], ["--demonstration"], ["--training", "--data-dir", "somewhere"]])
def test_options_without_a_verb_mean_the_window(argv):
    assert wants_window(argv)


@pytest.mark.parametrize("argv", [["demo"], ["--user", "someone", "log", "list"], ["--help"]])
def test_a_verb_or_a_question_means_the_command_line(argv):
    assert not wants_window(argv)


# --- The start --------------------------------------------------------------------------------------


def test_the_window_shows_first_and_the_work_begins_after_it(qtbot, make_program):
    program = make_program(is_demonstration=True)
    before = program.workers
    with qtbot.waitSignal(program.painted, timeout=5000):
        program.show()
    at_first_sight = program.workers
    with qtbot.waitSignal(program.ready, timeout=15000):
        pass

    assert before is None
    assert at_first_sight is None
    assert program.window.workers is program.workers


def test_the_demonstration_connects_by_itself_and_goes_the_whole_way(qtbot, make_program, data):
    program = make_program(is_demonstration=True)
    with qtbot.waitSignal(program.ready, timeout=15000):
        program.show()
    demonstration, session = program.window.demonstration, program.workers.session
    with qtbot.waitSignal(session.background_taken, timeout=5000):
        invoke(session, "take_background")
    verdicts = []
    for number in range(3):
        demonstration.put_sample_on(True)
        with qtbot.waitSignal(session.named, timeout=5000) as answer:
            invoke(session, "scan", demonstration.declared(number))
        demonstration.put_sample_on(False)
        found = answer.args[0]
        verdicts.append((found.identification.verdict, found.declaration.verdict.value))

    assert verdicts == [
        (Verdict.MATCH, "agrees"),
        (Verdict.MATCH, "differs"),
        (Verdict.MATCH, "differs"),
    ]
    assert remembered_port(data) is None
    assert data.log(LogKind.TRAINING).exists()
    assert not data.evidence_log.exists()


def invoke(worker, slot: str, *texts: str) -> None:
    QMetaObject.invokeMethod(
        worker, slot, Qt.ConnectionType.QueuedConnection, *(Q_ARG(str, text) for text in texts)
    )


def test_a_port_that_answered_is_remembered(qtbot, make_program, data):
    with running_instrument(SimulatedInstrument(speed=float("inf"))) as url:
        program = make_program(port=url)
        with qtbot.waitSignal(program.ready, timeout=15000):
            program.show()

    assert remembered_port(data) == url


def test_a_port_that_does_not_answer_is_not_remembered_and_the_program_is_ready(qtbot, make_program, data):
    program = make_program(port="socket://127.0.0.1:1")
    with qtbot.waitSignal(program.ready, timeout=15000):
        program.show()

    assert remembered_port(data) is None


def test_without_any_port_the_program_is_ready_when_the_library_is(qtbot, make_program):
    program = make_program()
    with qtbot.waitSignal(program.ready, timeout=15000):
        program.show()

    assert program.demonstration is None


def test_what_was_prepared_is_kept_in_the_data_folder_for_the_next_start(qtbot, make_program, data):
    program = make_program()
    with qtbot.waitSignal(program.ready, timeout=15000):
        program.show()

    # after the window is ready, when nobody waits for it
    qtbot.waitUntil(
        lambda: data.cache.exists() and len(list(data.cache.glob("*.search"))) == 1, timeout=15000
    )


def test_with_the_library_file_missing_the_demonstration_still_connects(
    qtbot, make_program, monkeypatch, tmp_path
):
    def missing(data):
        raise LibraryStoreError("expected a library file, found nothing")

    monkeypatch.setattr("gui.session_worker.load_knowledge", missing)
    program = make_program(is_demonstration=True)
    with qtbot.waitSignal(program.ready, timeout=15000):
        program.show()

    assert [one.declared for one in program.demonstration.samples] == ["isopropyl alcohol", "methanol"]


def test_a_fault_reaches_the_window(qtbot, make_program, capsys):
    program = make_program()
    error = ZeroDivisionError("nobody thought of this")
    program.faults.take(type(error), error, None)

    assert [fault.number for fault in program.window.faults] == [1]


# --- The end ----------------------------------------------------------------------------------------


def threads_of_this_process() -> int:
    return len(list(Path("/proc/self/task").iterdir()))


@LINUX_ONLY
def test_twenty_starts_and_ends_leave_no_thread(qtbot, tmp_path, ready):
    def once(number: int) -> None:
        workers = Workers(
            tmp_path / f"{number}.sqlite", LogKind.TRAINING, session=SessionWorker(load=lambda: ready)
        )
        demonstration = Demonstration(measured_samples(ENGLISH), speed=float("inf"))
        with qtbot.waitSignals([workers.session.library_loaded, workers.writer.log_opened], timeout=5000):
            workers.start()
            invoke(workers.writer, "open_log")
        with qtbot.waitSignal(workers.session.connected, timeout=5000):
            invoke(workers.session, "connect_to", demonstration.url)
        assert workers.stop()
        demonstration.close()

    once(0)  # what is made once stays
    before, python_threads = threads_of_this_process(), threading.active_count()
    for number in range(1, 21):
        once(number)

    # A thread that was waited for may still be on its way out of the system's list.
    qtbot.waitUntil(lambda: threads_of_this_process() <= before, timeout=2000)
    assert threading.active_count() == python_threads


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@LINUX_ONLY
def test_starting_and_ending_leaves_no_open_file(qtbot, tmp_path, ready):
    def once() -> None:
        workers = Workers(
            tmp_path / "log.sqlite", LogKind.TRAINING, session=SessionWorker(load=lambda: ready)
        )
        with qtbot.waitSignals([workers.session.library_loaded, workers.writer.log_opened], timeout=5000):
            workers.start()
            invoke(workers.writer, "open_log")
        assert workers.stop()

    once()
    before = open_files()
    for _ in range(5):
        once()

    assert open_files() <= before


def test_a_thread_that_is_stuck_holds_the_end_up_for_three_seconds_at_most(qtbot, tmp_path, ready):
    is_let_go = threading.Event()
    is_stuck = threading.Event()

    def open_port(url):
        is_stuck.set()
        is_let_go.wait(20)
        raise DetectorError("let go at last")

    workers = Workers(
        tmp_path / "log.sqlite",
        LogKind.TRAINING,
        session=SessionWorker(load=lambda: ready, open_port=open_port),
    )
    with qtbot.waitSignals([workers.session.connecting, workers.writer.log_opened], timeout=5000):
        workers.start()
        invoke(workers.writer, "open_log")
        invoke(workers.session, "connect_to", "socket://127.0.0.1:1")
    assert is_stuck.wait(5)
    asked = time.monotonic()
    have_ended = workers.stop(timeout_s=0.3)
    spent_s = time.monotonic() - asked
    is_let_go.set()

    assert not have_ended
    assert 0.3 <= spent_s < 0.8
    assert workers.stop()
    with InspectionLog.open(tmp_path / "log.sqlite", kind=LogKind.TRAINING):
        pass  # the writer has let go of it


CHILD = """
import sys, threading
from pathlib import Path
from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QLabel
import gui.app

class PlainWindow(QLabel):
    other_log_wished = pyqtSignal(str)
    def attach(self, workers):
        workers.session.connected.connect(lambda *_: print("connected", flush=True))
        workers.session.connecting.connect(lambda *_: print("connecting", flush=True))
    def use_demonstration(self, demonstration): pass
    def show_fault(self, fault): print("fault", fault.number, flush=True)

gui.app.make_window = lambda start: PlainWindow("Clean the crystal.")
if "stuck" in sys.argv:
    import gui.session_worker
    stuck = lambda url: threading.Event().wait()
    gui.session_worker.open_detector = stuck
sys.exit(gui.app.run_window(["--demonstration", "--data-dir", sys.argv[1]]))
"""


def start_child(*arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "kill"])
def test_asked_to_end_the_program_ends_cleanly(tmp_path, number):
    with start_child(tmp_path) as child:
        while child.stdout.readline() not in ("connected\n", ""):
            pass
        asked = time.monotonic()
        child.send_signal(number)
        _, err = child.communicate(timeout=20)

    assert (child.returncode, err) == (0, "")
    assert time.monotonic() - asked < 3.0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_program_with_a_stuck_detector_ends_within_four_seconds(tmp_path):
    with start_child(tmp_path, "stuck") as child:
        while child.stdout.readline() not in ("connecting\n", ""):
            pass
        asked = time.monotonic()
        child.send_signal(signal.SIGTERM)
        _, err = child.communicate(timeout=20)

    assert (child.returncode, err) == (0, "")
    assert time.monotonic() - asked < 4.0


ENDING = """
import sys
from PyQt6.QtCore import QObject
import gui.app

kept = [QObject() for _ in range(20)]
for number, one in enumerate(kept):
    one.destroyed.connect(lambda _=None, number=number: print(number, flush=True))

def watch(app, program):
    program.window.destroyed.connect(lambda: print("window", flush=True))
    app.destroyed.connect(lambda: print("application", flush=True))
    program.ready.connect(app.quit)

if "as it comes" in sys.argv:
    def end_process(app, program, code):
        assert program.stop()
    gui.app.end_process = end_process
if "copied" in sys.argv:
    gui.app.owns_clipboard = lambda: True  # there is no system to share one with
if "in a hurry" in sys.argv:
    import gui.workers
    stop = gui.workers.Workers.stop
    gui.workers.Workers.stop = lambda workers: stop(workers, timeout_s=0.0)
gui.app.run_window(["--demonstration", "--data-dir", sys.argv[1]], watch=watch)
"""


def deleted_at_the_end(tmp_path: Path, *how: str) -> list[str]:
    finished = subprocess.run(
        [sys.executable, "-c", ENDING, str(tmp_path), *how],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return finished.stdout.split()


@pytest.mark.parametrize("how", [[], ["in a hurry", "copied"]], ids=["usually", "beneath a busy thread"])
def test_nothing_is_deleted_at_the_end(tmp_path, how):
    assert deleted_at_the_end(tmp_path, *how) == []


def test_with_something_on_the_clipboard_the_window_goes_first_as_a_whole(tmp_path):
    order = deleted_at_the_end(tmp_path, "copied")

    assert (order[0], order[-1]) == ("window", "application")


def test_left_to_itself_pyqt_deletes_what_python_owns_in_no_order(tmp_path):
    order = [one for one in deleted_at_the_end(tmp_path, "as it comes") if one.isdecimal()]

    assert len(order) == 20
    assert order != sorted(order, key=int)


# --- The demonstration ------------------------------------------------------------------------------


def test_the_demonstration_has_an_empty_crystal_until_a_sample_is_put_on(qtbot, bench, ready):
    samples = demo_samples(ENGLISH, ready.catalogue, ready.library.libraries)
    demonstration = Demonstration(samples, speed=float("inf"))
    bench.running.callback(demonstration.close)
    with qtbot.waitSignal(bench.worker.connected, timeout=5000):
        bench.wishes.connect_to.emit(demonstration.url)
    with qtbot.waitSignal(bench.worker.background_taken, timeout=5000):
        bench.wishes.take_background.emit()
    with qtbot.waitSignal(bench.worker.named, timeout=5000) as empty:
        bench.wishes.scan.emit("")
    demonstration.put_sample_on(True)
    with qtbot.waitSignal(bench.worker.named, timeout=5000) as loaded:
        bench.wishes.scan.emit("")

    assert empty.args[0].identification.verdict is Verdict.REJECTED
    assert loaded.args[0].identification.candidates[0].substance == "isopropanol"
    assert demonstration.has_sample_on


def test_the_papers_go_round_with_the_samples():
    demonstration = Demonstration(measured_samples(ENGLISH), speed=float("inf"))
    demonstration.close()
    demonstration.close()

    assert [demonstration.declared(number) for number in range(3)] == [
        "isopropyl alcohol",
        "methanol",
        "isopropyl alcohol",
    ]
