"""A detector's thread with a simulated instrument on a real wire, and findings to write down."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pytest
from PyQt6.QtCore import QObject, QThread, pyqtSignal
from serial.urlhandler import protocol_socket

from detector.capture import SampleTechnique
from detector.simulator.firmware import SimulatedInstrument
from detector.simulator.optics import SimulatedSample
from detector.simulator.server import running_instrument
from detector.simulator.wire import WireClosedError
from gui.session_worker import LibraryReady, SessionWorker, load_starter
from inspection.findings import Finding, Source
from inspection.session import InspectionSession
from spectra_library.catalogue import load_catalogue
from spectra_library.spectrum import Spectrum, Technique


@pytest.fixture(autouse=True)
def no_pause_after_closing_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pyserial waits 0.3 s after each, out of courtesy to slow servers."""
    monkeypatch.setattr(protocol_socket, "time", SimpleNamespace(sleep=lambda seconds: None))


@pytest.fixture(scope="session")
def ready() -> LibraryReady:
    """The libraries of the program, prepared once for all tests."""
    return load_starter()


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
