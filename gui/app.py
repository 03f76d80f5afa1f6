"""The window's program: start, the order in which things appear, and an end without a remainder.

options -> faults -> QApplication -> window on the screen -> modules -> workers -> library, log, detector
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from PyQt6 import sip
from PyQt6.QtCore import QEvent, QMetaObject, QObject, Qt, QThread, QTimer, pyqtSignal, pyqtSlot
from PyQt6.QtGui import QPaintEvent, QShowEvent
from PyQt6.QtWidgets import QApplication, QWidget

from gui.fault_report import FaultDesk
from gui.garbage import GarbageCollector
from gui.palette import THEMES, Theme, ThemeName
from gui.remembered import remember_port, remembered_port
from gui.theme import apply_theme, current_look
from inspection.folders import DataFolder, default_data_folder
from inspection.language import Language, Wording
from inspection.log_kind import LogKind
from inspection.options import window_parser
from spectra_library.errors import SpectraLibraryError

if TYPE_CHECKING:  # numpy, the log and the drivers come after the window has shown
    from gui.demonstration import Demonstration
    from gui.interrupts import Interrupts
    from gui.main_window import MainWindow
    from gui.session_worker import LibraryReady
    from gui.workers import Workers

LATEST_START_MS = 1000  # a window that opens minimised is never painted, and starts working all the same


@dataclass(frozen=True, slots=True)
class Start:
    """How the program was started.

    ``port`` is the URL of the detector to connect to: empty for the only one that answers, None for none.
    ``demonstration_speed`` is that of the simulated instrument, see Demonstration.
    """

    data: DataFolder
    words: Wording
    kind: LogKind
    officer: str | None = None
    is_demonstration: bool = False
    port: str | None = None
    demonstration_speed: float = 1.0

    def on_other_log(self, port: str) -> Start:
        """Give the start of the evidence log from the demonstration, at ``port`` if there is one, or back."""
        if self.is_demonstration:
            port = port or remembered_port(self.data) or ""
            return replace(self, kind=LogKind.EVIDENCE, is_demonstration=False, port=port)
        return replace(self, kind=LogKind.TRAINING, is_demonstration=True, port=None)


def start_of(argv: list[str]) -> Start:
    """Read the command line; without options and without a remembered port it means the demonstration."""
    options = window_parser().parse_args(argv)
    data = DataFolder(options.data_dir or default_data_folder())
    port = remembered_port(data)
    is_demonstration = options.demonstration or (not argv and port is None)
    is_training = options.training or is_demonstration
    return Start(
        data=data,
        words=Wording(Language(options.language)),
        kind=LogKind.TRAINING if is_training else LogKind.EVIDENCE,
        officer=options.user,
        is_demonstration=is_demonstration,
        port=None if is_demonstration else port,
    )


def run_window(argv: list[str], *, watch: Callable[[QApplication, Program], None] | None = None) -> NoReturn:
    """Show the window, work until it is closed, and end the process.

    ``watch`` is called before the window shows; gui/startup_probe.py measures with it.
    """
    start = start_of(argv)
    faults = FaultDesk(start.data.path / "faults", private=[start.officer or ""])
    faults.install()  # before anything of Qt can call into Python
    app = QApplication(["chemgate"])
    apply_theme(app, _theme_for(start.kind, ThemeName.DAY))
    program = Program(start, faults, make_window(start))
    if watch is not None:
        watch(app, program)
    program.show()
    end_process(app, program, app.exec())


def end_process(app: QApplication, program: Program, code: int) -> NoReturn:
    """End all that ``program`` began, and then the process with ``code``, on the spot.

    Whenever the application is deleted, at the end of a function too, PyQt deletes all that Python owns of
    Qt, in the order of memory addresses: once in a hundred starts or so that crashed.  All records are
    written by now, and what the system takes back by itself is left to it.  Above all where a thread is
    stuck in a driver: it must not lose the objects it works with.
    """
    if program.stop():
        program.faults.uninstall()
        if owns_clipboard():
            take_down(app)
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # a Windows program without a console has none
            stream.flush()
    os._exit(code)


def owns_clipboard() -> bool:
    """Tell whether the clipboard holds something of this program, such as the head of the log."""
    clipboard = QApplication.clipboard()
    return clipboard is not None and clipboard.ownsClipboard()


def take_down(app: QApplication) -> None:
    """Delete the windows, each as a whole, and then the application, which hands over its clipboard."""
    for window in QApplication.topLevelWidgets():
        window.hide()
        window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    sip.delete(app)


def make_window(start: Start) -> MainWindow:
    """Build the window, not yet shown."""
    from gui.main_window import MainWindow  # after the faults: what goes wrong in there is reported too

    return MainWindow(
        start.words,
        kind=start.kind,
        officer=start.officer or "",
        is_demonstration=start.is_demonstration,
        data=start.data,
    )


def _theme_for(kind: LogKind, name: ThemeName) -> Theme:
    """Training has an accent colour of its own in every theme."""
    return THEMES[name].for_training() if kind is LogKind.TRAINING else THEMES[name]


class Program(QObject):
    """Holds the window, the workers and the demonstration together from start to end.

    Signals:
        painted(): the window is on the screen.
        ready(): the library is there and the detector connected, or known not to be.
        connect_wished(str): to the session worker.
    """

    painted = pyqtSignal()
    ready = pyqtSignal()
    connect_wished = pyqtSignal(str)

    def __init__(self, start: Start, faults: FaultDesk, window: MainWindow) -> None:
        super().__init__()
        self.window = window
        self.faults = faults
        self.workers: Workers | None = None
        self.demonstration: Demonstration | None = None
        self._start = start
        self._port = ""
        self._interrupts: Interrupts | None = None
        self._garbage = GarbageCollector(self)
        self._have_ended = True
        self._left_behind: Workers | None = None
        self._listen()
        self._modules = _HeavyModules()
        self._modules.finished.connect(self._begin_work)
        self._first_paint = _FirstPaint(self.window)
        self._first_paint.seen.connect(self._load_modules)

    @pyqtSlot(str)
    def _open_other_log(self, port: str) -> None:
        """Leave the demonstration for the evidence log, or the reverse: everything begins anew.

        A new window, new threads, another file: nothing of one log can get into the other.
        """
        if self.workers is None:
            return  # in the first second, before there is anything to leave
        from gui.widgets.nav_rail import Page  # seldom wanted

        old = self.window
        self.connect_wished.disconnect()
        self._have_ended &= self._end_work()
        self._start = self._start.on_other_log(port)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        look = current_look()
        apply_theme(app, _theme_for(self._start.kind, look.theme.name), look.scale)
        self.window = window = make_window(self._start)
        self._listen()
        window.setGeometry(old.geometry())
        window.setWindowState(old.windowState())
        window.show_page(Page.DEVICE)
        if self._start.kind is LogKind.EVIDENCE:
            window.notice.say(self._start.words("This is the evidence log: what you save here is evidence."))
        window.show()
        old.hide()
        old.deleteLater()
        self._begin_work()

    def _listen(self) -> None:
        self.faults.reported.connect(self.window.show_fault)
        self.window.other_log_wished.connect(self._open_other_log)

    def _end_work(self) -> bool:
        """End threads and demonstration; tell whether the threads ended."""
        workers, self.workers = self.workers, None
        have_ended = workers.stop() if workers is not None else True
        if not have_ended:
            self._left_behind = workers  # a thread that still runs must not be collected
        if self.demonstration is not None:
            self.demonstration.close()
            self.demonstration = None
        return have_ended

    def show(self) -> None:
        """Show the window; all else follows once it is on the screen."""
        self.window.show()

    def stop(self) -> bool:
        """End all that was begun; tell whether it ended within about three seconds."""
        if self._interrupts is not None:
            self._interrupts.close()
            self._interrupts = None
        self._modules.wait()
        self._have_ended &= self._end_work()
        if self._have_ended:
            self._garbage.close()
        return self._have_ended

    @pyqtSlot()
    def _load_modules(self) -> None:
        self.painted.emit()
        from gui.interrupts import Interrupts  # nobody is kept waiting for it

        self._interrupts = Interrupts(QApplication.quit, self)
        self._modules.start()

    @pyqtSlot()
    def _begin_work(self) -> None:
        from gui.session_worker import SessionWorker, load_knowledge  # loaded by now
        from gui.workers import Workers

        start = self._start
        self.workers = workers = Workers(
            start.data.log(start.kind),
            start.kind,
            # In evidence stands whoever has signed in, and nobody else's name.
            officer=start.officer if start.kind is LogKind.TRAINING else None,
            session=SessionWorker(load=partial(load_knowledge, start.data)),
            users_of=None if start.is_demonstration else start.data,
        )
        self.window.attach(workers)
        session = workers.session
        self.connect_wished.connect(session.connect_to)
        session.connecting.connect(self._note_port)
        session.connected.connect(self._remember_port)
        for known in (session.connected, session.connection_failed):
            known.connect(self.ready)
        self.ready.connect(session.prepare_library)  # the first question is a background and a scan away
        self.ready.connect(workers.writer.open_log)  # no record comes before; one that does opens it itself
        if start.is_demonstration:  # some of its samples are drawn from the library
            session.library_loaded.connect(self._demonstrate)
            session.library_failed.connect(self._demonstrate)
        workers.start()
        if workers.keeper is not None:
            QMetaObject.invokeMethod(workers.keeper, "look", Qt.ConnectionType.QueuedConnection)
        if start.port is not None:
            self.connect_wished.emit(start.port)
        elif not start.is_demonstration:
            for known in (session.library_loaded, session.library_failed):
                known.connect(self.ready)

    @pyqtSlot(object)
    def _demonstrate(self, loaded: LibraryReady | SpectraLibraryError) -> None:
        from gui.demonstration import Demonstration  # loaded by now
        from inspection.demo_samples import measured_samples, window_samples

        if self.demonstration is not None:
            return  # the library was loaded again, after it had failed
        words = self._start.words
        if isinstance(loaded, SpectraLibraryError):  # the window says so; the instrument works all the same
            samples = measured_samples(words)
        else:
            samples = window_samples(words, loaded.catalogue, loaded.library.libraries)
        self.demonstration = Demonstration(samples, speed=self._start.demonstration_speed)
        self.window.use_demonstration(self.demonstration)
        self.connect_wished.emit(self.demonstration.url)

    @pyqtSlot(str)
    def _note_port(self, url: str) -> None:
        self._port = url

    @pyqtSlot()
    def _remember_port(self) -> None:
        if not self._start.is_demonstration and self._port:
            remember_port(self._start.data, self._port)


class _HeavyModules(QThread):
    """Reads what the workers need, away from the window's thread."""

    def run(self) -> None:
        """Import it all; an error goes to the excepthook."""
        import traceback  # for gui/fault_report.py: when a fault comes is no time to read files  # noqa: F401

        import gui.demonstration
        import gui.workers  # noqa: F401 - read here, used by Program


class _FirstPaint(QObject):
    """Watches a window until it is on the screen for the first time.

    Signals:
        seen(): once.
    """

    seen = pyqtSignal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._latest = QTimer(self)
        self._latest.setSingleShot(True)
        self._latest.timeout.connect(self._tell)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802 - Qt's name
        """Wait for the first painting; the moment after it, tell."""
        if watched is self._window:
            # Not by event.type(): the first use of that enumeration takes 2 ms.
            if isinstance(event, QPaintEvent):
                self._latest.start(0)
            elif isinstance(event, QShowEvent):
                self._latest.start(LATEST_START_MS)
        return False

    @pyqtSlot()
    def _tell(self) -> None:
        self._window.removeEventFilter(self)
        self._latest.stop()
        self.seen.emit()
