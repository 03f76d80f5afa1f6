"""A detector's thread with a simulated instrument on a real wire, and findings to write down."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from argon2 import PasswordHasher
from PyQt6.QtCore import QEvent, QMetaObject, QObject, Qt, QThread, pyqtSignal
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from serial.urlhandler import protocol_socket

from detector.capture import SampleTechnique
from detector.simulator.firmware import SimulatedInstrument
from detector.simulator.optics import SimulatedSample
from detector.simulator.server import running_instrument
from detector.simulator.wire import WireClosedError
from gui.cover import Cover
from gui.demonstration import Demonstration
from gui.idle import LOCK_AFTER_MS
from gui.main_window import MainWindow
from gui.pages.access import Access
from gui.pages.course import Course, Signal, Step
from gui.palette import DAY
from gui.session_worker import LibraryReady, SessionWorker, load_knowledge
from gui.theme import LOOK_PROPERTY, Look, apply_theme
from gui.workers import Workers
from inspection.demo_samples import DemoSample, demo_samples
from inspection.findings import Finding, Source
from inspection.folders import DataFolder
from inspection.language import ENGLISH
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.records import EntryKind, LogEntry
from inspection.session import InspectionSession
from inspection.users.roles import Role
from inspection.users.store import UserStore
from spectra_library.catalogue import load_catalogue
from spectra_library.spectrum import Spectrum, Technique


@pytest.fixture(scope="module", autouse=True)
def no_widget_dies_in_a_worker() -> Iterator[None]:
    """Collect between modules, when no worker runs, what the tests of one left behind.

    Windows that were to be deleted are deleted first, as a whole: the collector would take their parts in
    whatever order it finds them.
    """
    yield
    if QApplication.instance() is not None:
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    gc.enable()


@pytest.fixture(autouse=True)
def held_back_collector() -> None:
    """Hold Python's collector back while workers run, as the program does (gui/garbage.py)."""
    gc.disable()


@pytest.fixture(autouse=True)
def no_pause_after_closing_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pyserial waits 0.3 s after each, out of courtesy to slow servers."""
    monkeypatch.setattr(protocol_socket, "time", SimpleNamespace(sleep=lambda seconds: None))


@pytest.fixture(scope="session")
def ready(tmp_path_factory: pytest.TempPathFactory) -> LibraryReady:
    """The libraries of the program, prepared once for all tests."""
    return load_knowledge(DataFolder(tmp_path_factory.mktemp("no-data")))


@pytest.fixture(scope="session")
def acetone(ready: LibraryReady) -> Spectrum:
    [spectrum, *_] = [
        reference.spectrum
        for library in ready.library.libraries
        for reference in library.references
        if reference.substance == "acetone" and reference.spectrum.technique is Technique.ATR
    ]
    return spectrum


@pytest.fixture
def finding(ready: LibraryReady, acetone: Spectrum) -> Callable[..., Finding]:
    def name(declared: str | None = "ethanol") -> Finding:
        session = InspectionSession(ready.library, ready.catalogue)
        source = Source(path="acetone.csv", block=0, sha256="00" * 32, format="csv")
        return session.name(acetone, source=source, title="acetone", declared=declared)

    return name


@pytest.fixture
def on_crystal(acetone: Spectrum) -> SimulatedSample:
    return SimulatedSample("acetone", acetone.wavenumber, acetone.absorbance, SampleTechnique.ATR)


class Wishes(QObject):
    """What the window asks of the session worker."""

    load_libraries = pyqtSignal()
    connect_to = pyqtSignal(str)
    take_background = pyqtSignal()
    watch_crystal = pyqtSignal(bool)
    scan = pyqtSignal(str)
    disconnect_from = pyqtSignal()


class Plug:
    """Can be pulled: then the next bytes do not arrive and the line is dead."""

    def __init__(self) -> None:
        self.is_pulled = threading.Event()

    def __call__(self, outgoing: bytes) -> bytes:
        if self.is_pulled.is_set():
            raise WireClosedError("the plug was pulled")
        return outgoing


@dataclass
class Bench:
    """A worker in its thread; ``serve`` puts an instrument on a wire and gives its URL."""

    worker: SessionWorker
    wishes: Wishes = field(default_factory=Wishes)
    plug: Plug = field(default_factory=Plug)
    thread: QThread = field(default_factory=QThread)
    running: ExitStack = field(default_factory=ExitStack)

    def start(self) -> None:
        self.worker.moveToThread(self.thread)
        for name in (
            "load_libraries",
            "connect_to",
            "take_background",
            "watch_crystal",
            "scan",
            "disconnect_from",
        ):
            getattr(self.wishes, name).connect(getattr(self.worker, name))
        self.thread.finished.connect(self.worker.close)
        self.thread.start()

    def serve(self, *samples: SimulatedSample, **options: object) -> str:
        instrument = SimulatedInstrument(samples, **{"speed": np.inf, **options})
        return self.running.enter_context(running_instrument(instrument, line=self.plug))

    def stop(self) -> None:
        self.worker.leave()
        self.thread.quit()
        assert self.thread.wait(5000)
        self.running.close()


@pytest.fixture
def make_bench(ready: LibraryReady, qapp: object) -> Iterator[Callable[..., Bench]]:
    benches: list[Bench] = []

    def make(**options: object) -> Bench:
        benches.append(Bench(SessionWorker(**{"load": lambda: ready, **options})))
        benches[-1].start()
        return benches[-1]

    yield make
    for bench in benches:
        bench.stop()


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    return make_bench()


@pytest.fixture
def catalogue() -> object:
    return load_catalogue()


PINS = {
    "Administrator 1": "481516",
    "Officer 1": "271828",
    "Officer 2": "314159",
    "Supervisor 1": "161803",
    "Trainer 1": "141421",
}


@pytest.fixture
def pins() -> dict[str, str]:
    """The PINs by name."""
    return PINS


@pytest.fixture
def empty_data(tmp_path: Path) -> DataFolder:
    """A data folder before the first start."""
    return DataFolder(tmp_path / "data")


@pytest.fixture
def staffed_data(empty_data: DataFolder) -> DataFolder:
    """A data folder with one user of each role, and a second officer; PINs are cheap to check."""
    store = UserStore(empty_data.users, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    store.add_first("Administrator 1", PINS["Administrator 1"])
    for name, role in (
        ("Officer 1", Role.OFFICER),
        ("Officer 2", Role.OFFICER),
        ("Supervisor 1", Role.SUPERVISOR),
        ("Trainer 1", Role.TRAINER),
    ):
        store.add(name, role, PINS[name])
    return empty_data


@dataclass
class Desk:
    """A window at work: real workers, a simulated instrument on a real wire, a real log."""

    window: MainWindow
    workers: Workers
    demonstration: Demonstration
    log_path: Path
    qtbot: object

    @property
    def course(self) -> Course:
        return self.window.course

    def until(self, is_so: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(is_so, timeout=10_000)

    def press(self) -> None:
        """Press the primary action."""
        assert self.window.bar.primary.isEnabled(), self.course
        self.window.bar.primary.click()

    def press_quiet(self, name: str) -> None:
        [button] = [one for one in self.window.bar.quiet_buttons if one.objectName() == name]
        button.click()

    def offers(self) -> list[str]:
        """The names of all actions at the foot of the window, the primary one last."""
        quiet = [one.objectName() for one in self.window.bar.quiet_buttons]
        primary = self.window.bar.primary
        return [*quiet, primary.objectName()] if not primary.isHidden() else quiet

    def to_empty_check(self) -> None:
        self.press()
        self.until(lambda: self.course.step is Step.EMPTY_CHECK)

    def to_sample(self) -> None:
        self.to_empty_check()
        self.until(lambda: self.course.is_empty)
        self.press()
        self.press()
        self.until(lambda: self.course.signal not in (Signal.UNKNOWN, Signal.EMPTY))

    def to_result(self) -> None:
        self.to_sample()
        self.press()
        self.until(lambda: self.course.step is Step.RESULT)

    def save(self) -> None:
        self.press()
        self.until(lambda: self.course.step is Step.CLEAN)

    # Who is at the window

    @property
    def access(self) -> Access:
        return self.window.attendance.access

    @property
    def cover(self) -> Cover:
        return self.window._made_cover()

    def until_access(self, access: Access) -> None:
        self.until(lambda: self.access is access)

    def type_pin(self, name: str, pin: str | None = None) -> None:
        """Choose a name on the cover and send a PIN, by default the one that the name has."""
        self.until(lambda: name in [one.row.name for one in self.cover.sign_in.names.buttons])
        [button] = [one for one in self.cover.sign_in.names.buttons if one.row.name == name]
        button.click()
        QTest.keyClicks(self.cover.sign_in.question.pin.field, PINS[name] if pin is None else pin)
        QTest.keyClick(self.cover.sign_in.question.pin.field, Qt.Key.Key_Return)

    def sign_in(self, name: str) -> None:
        self.type_pin(name)
        self.until_access(Access.PRESENT)

    def lock(self) -> None:
        self.window.attendance.lock()
        assert self.access is Access.LOCKED

    def activate(self) -> None:
        """Make it the window that keys go to."""
        self.window.activateWindow()
        assert QTest.qWaitForWindowActive(self.window)

    def entries(self, kind: EntryKind | None = None) -> list[LogEntry]:
        with InspectionLog.open_read_only(self.log_path, kind=self.window.kind) as log:
            return list(log.entries(kind=kind))


@pytest.fixture
def in_day(qapp: QApplication) -> None:
    """The day theme at the usual size; put on only where it is not, which is dear with many widgets."""
    if qapp.property(LOOK_PROPERTY) != Look(DAY):
        apply_theme(qapp, DAY)


@pytest.fixture
def samples_of_the_demonstration(ready: LibraryReady) -> tuple[DemoSample, ...]:
    return demo_samples(ENGLISH, ready.catalogue, ready.library.libraries)


@pytest.fixture
def open_desk(
    ready: LibraryReady,
    in_day: None,
    qtbot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    samples_of_the_demonstration,
) -> Iterator[Callable[..., Desk]]:
    """Open a window that is connected to its instrument, unless ``is_connected`` is False."""
    monkeypatch.setattr("gui.session_worker.PREVIEW_EVERY_MS", 20)
    desks: list[Desk] = []

    def open_one(
        *,
        kind: LogKind = LogKind.TRAINING,
        samples: tuple[DemoSample, ...] = samples_of_the_demonstration,
        speed: float = np.inf,
        load: Callable[[], LibraryReady] = lambda: ready,
        is_connected: bool = True,
        is_told: bool = True,
        data: DataFolder | None = None,
        lock_after_ms: int = LOCK_AFTER_MS,
    ) -> Desk:
        """Open a window; with ``data`` its users have to sign in, else nobody has to."""
        officer = "A. Officer" if data is None else ""
        window = MainWindow(
            ENGLISH,
            kind=kind,
            officer=officer,
            is_demonstration=data is None,
            data=data,
            lock_after_ms=lock_after_ms,
        )
        log_path = tmp_path / f"{kind}.sqlite" if data is None else data.log(kind)
        session = SessionWorker(load=load)
        workers = Workers(log_path, kind, officer=officer or None, session=session, users_of=data)
        demonstration = Demonstration(samples, speed=speed)
        desks.append(Desk(window, workers, demonstration, log_path, qtbot))
        window.attach(workers)
        window.show()
        workers.start()
        if data is not None:
            window.attendance.look_wished.emit()
            QMetaObject.invokeMethod(workers.writer, "open_log", Qt.ConnectionType.QueuedConnection)
        if is_told:
            window.use_demonstration(demonstration)
        if is_connected:
            with qtbot.waitSignal(workers.session.connected, timeout=10_000):
                window.connecting.connect_wished.emit(demonstration.url)
        return desks[-1]

    yield open_one
    for desk in desks:
        assert desk.workers.stop()
        desk.demonstration.close()
        desk.window.hide()
        desk.window.deleteLater()
