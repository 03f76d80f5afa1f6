"""The detector's thread: everything that waits for an instrument or a library, away from the window.

window --queued signal--> slot (blocks) --queued signal, frozen value--> window
window --cancel.set()---> the wait under way, at once: a queued cancel would wait behind what it is to stop
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QObject, QTimer, pyqtSignal, pyqtSlot

from detector.absorbance import absorbance_of
from detector.capture import DeviceStatus, ScanSettings
from detector.discovery import find_single_port
from detector.driver import Detector
from detector.drivers.chemgate_link import open_detector
from detector.errors import DetectorError, LinkLostError, PortError, ReplyTimeoutError, ScanCancelledError
from inspection.folders import DataFolder
from inspection.knowledge import knowledge
from inspection.residue import resembled
from inspection.session import InspectionSession
from spectra_library.catalogue import Catalogue
from spectra_library.confidence import Calibration
from spectra_library.errors import LibraryStoreError, SpectraLibraryError
from spectra_library.prepared import PreparedLibrary
from spectra_library.spectrum import FloatArray

PREVIEW_EVERY_MS = 250
ASK_STATUS_EVERY_MS = (
    2000  # so that a cable pulled out of an idle instrument is noticed, and the battery seen
)
SMOOTHED_POINTS = 5  # of a preview, for its height alone: single spikes of noise are no sample
GONE = (LinkLostError, PortError)


@dataclass(frozen=True, slots=True)
class LibraryReady:
    """What findings are named with; ``problems`` are damaged files of the user's that are left out."""

    library: PreparedLibrary
    catalogue: Catalogue
    calibration: Calibration | None = None
    problems: tuple[SpectraLibraryError, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class LiveCurve:
    """What lies on the crystal now, of no record.

    ``wavenumber`` (N,) float64, cm-1, ascending; ``absorbance`` (N,) float64; N may be 0.
    ``strongest`` absorbance of the highest band above the floor of the curve, 0 or more.
    """

    wavenumber: FloatArray
    absorbance: FloatArray
    strongest: float


def load_knowledge(data: DataFolder) -> LibraryReady:
    """Read what ``data`` holds to name with; ``prepare_library`` is for when nobody waits.

    Raises SpectraLibraryError.
    """
    known = knowledge(data)
    prepared = PreparedLibrary(known.libraries, kept_in=data.cache)
    return LibraryReady(prepared, known.catalogue, known.calibration, known.problems)


@dataclass(frozen=True, slots=True)
class _EitherSet:
    """A CancelFlag: the officer wants to stop, or the program ends; the second is never taken back."""

    cancel: threading.Event
    is_leaving: threading.Event

    def is_set(self) -> bool:
        return self.cancel.is_set() or self.is_leaving.is_set()


class SessionWorker(QObject):
    """Works for one detector, in the thread that it was moved to.

    Slots are reached through queued signals only; of this object the window's thread touches ``cancel``.
    ``cancel`` stops the background or the scan under way; the next one begins with it cleared.

    Signals:
        library_loaded(LibraryReady), library_failed(SpectraLibraryError)
        connecting(str): the URL; empty as long as the one detector is looked for.
        connected(DeviceInfo, DeviceStatus), connection_failed(DetectorError)
        link_lost(DetectorError): the instrument is gone; what was under way has failed just before.
        disconnected(): as was asked for.
        status_changed(DeviceStatus)
        background_taken(Background), background_failed(DetectorError)
        previewed(LiveCurve), preview_failed(DetectorError): then watching has ended.
        residue_named(tuple[Substance, ...]): what live curves resemble; empty where that cannot be said.
        progressed(ScanProgress): of a background or a scan.
        named(Finding), scan_failed(DetectorError | SpectraLibraryError)
        scan_cancelled(): the background or the scan under way was stopped.
    """

    library_loaded = pyqtSignal(object)
    library_failed = pyqtSignal(object)
    connecting = pyqtSignal(str)
    connected = pyqtSignal(object, object)
    connection_failed = pyqtSignal(object)
    link_lost = pyqtSignal(object)
    disconnected = pyqtSignal()
    status_changed = pyqtSignal(object)
    background_taken = pyqtSignal(object)
    background_failed = pyqtSignal(object)
    previewed = pyqtSignal(object)
    preview_failed = pyqtSignal(object)
    residue_named = pyqtSignal(object)
    progressed = pyqtSignal(object)
    named = pyqtSignal(object)
    scan_failed = pyqtSignal(object)
    scan_cancelled = pyqtSignal()

    def __init__(
        self,
        *,
        load: Callable[[], LibraryReady],
        open_port: Callable[[str], Detector] | None = None,
        settings: ScanSettings | None = None,
    ) -> None:
        super().__init__()
        self.cancel = threading.Event()
        self._is_leaving = threading.Event()
        self._stop = _EitherSet(self.cancel, self._is_leaving)
        self._load = load
        self._open_port = open_port or open_detector
        self._settings = settings or ScanSettings()
        self._session: InspectionSession | None = None
        self._detector: Detector | None = None
        self._url = ""
        self._status: DeviceStatus | None = None
        self._watch = self._timer(self._preview)
        self._pulse = self._timer(self._ask_status)

    def leave(self) -> None:
        """Stop whatever is under way, for good; from any thread.  The thread itself ends by its quit()."""
        self._is_leaving.set()
        self.cancel.set()

    @pyqtSlot()
    def load_libraries(self) -> None:
        """Read the libraries, the one long thing of the start."""
        try:
            ready = self._load()
        except SpectraLibraryError as error:
            self.library_failed.emit(error)
            return
        self._session = InspectionSession(ready.library, ready.catalogue, calibration=ready.calibration)
        self.library_loaded.emit(ready)

    @pyqtSlot()
    def prepare_library(self) -> None:
        """Do what the first question would wait for."""
        if self._session is not None:
            self._session.library.make_ready()

    @pyqtSlot(str)
    def connect_to(self, url: str) -> None:
        """Open the instrument at ``url``, or without one the only instrument that answers."""
        self._let_go()
        self.connecting.emit(url)
        detector: Detector | None = None
        try:
            self._url = url or self._found_port()
            detector = self._open_port(self._url)
            device, status = detector.identify(), detector.status()
        except DetectorError as error:
            if detector is not None:
                _close(detector)
            self.connection_failed.emit(error)
            return
        self._detector, self._status = detector, status
        self.connected.emit(device, status)
        self._rest()

    @pyqtSlot()
    def disconnect_from(self) -> None:
        """Give the port back."""
        self._let_go()
        self.disconnected.emit()

    @pyqtSlot()
    def take_background(self) -> None:
        """Measure the empty crystal."""
        self._begin()
        try:
            background = self._open().background(
                self._settings, progress=self.progressed.emit, cancel=self._stop
            )
        except ScanCancelledError:
            self.scan_cancelled.emit()
        except DetectorError as error:
            self.background_failed.emit(error)
            self._lost_if_gone(error)
        else:
            self.background_taken.emit(background)
        self._ask_status()

    @pyqtSlot(bool)
    def watch_crystal(self, is_wanted: bool) -> None:
        """Show what lies on the crystal, about four times a second, until other work begins."""
        self._watch.stop()
        if is_wanted:
            self._pulse.stop()
            self._preview()
        else:
            self._rest()

    @pyqtSlot(str)
    def scan(self, declared: str) -> None:
        """Measure what is on the crystal and name it; compare it with ``declared`` unless that is empty."""
        self._begin()
        try:
            finding = self._ready().name_capture(
                self._open().scan(self._settings, progress=self.progressed.emit, cancel=self._stop),
                port=self._url,
                declared=declared.strip() or None,
            )
        except ScanCancelledError:
            self.scan_cancelled.emit()
        except (DetectorError, SpectraLibraryError) as error:
            self.scan_failed.emit(error)
            self._lost_if_gone(error)
        else:
            self.named.emit(finding)
        self._ask_status()

    @pyqtSlot(object)
    def name_residue(self, curves: tuple[LiveCurve, ...]) -> None:
        """Say what is left on the crystal, as a hint."""
        session = self._session
        self.residue_named.emit(
            ()
            if session is None
            else resembled(
                [(one.wavenumber, one.absorbance) for one in curves], session.library, session.catalogue
            )
        )

    @pyqtSlot()
    def close(self) -> None:
        """Give everything back at the end of the thread."""
        self._let_go()

    def _timer(self, work: Callable[[], None]) -> QTimer:
        timer = QTimer(self)  # a child moves to the thread together with this object
        timer.setSingleShot(True)  # set anew after the work, so that slow answers cannot pile up
        timer.timeout.connect(work)
        return timer

    def _begin(self) -> None:
        self._watch.stop()
        self._pulse.stop()
        self.cancel.clear()

    def _rest(self) -> None:
        if self._detector is not None and not self._is_leaving.is_set():
            self._pulse.start(ASK_STATUS_EVERY_MS)

    def _let_go(self) -> None:
        self._watch.stop()
        self._pulse.stop()
        if self._detector is not None:
            _close(self._detector)
        self._detector = self._status = None

    def _found_port(self) -> str:
        url = find_single_port()
        self.connecting.emit(url)
        return url

    def _open(self) -> Detector:
        if self._detector is None:
            raise LinkLostError("expected a detector that is connected, found none")
        return self._detector

    def _ready(self) -> InspectionSession:
        if self._session is None:
            self.load_libraries()  # what was missing may be back
        if self._session is None:
            raise LibraryStoreError("expected a reference library to name the sample with, found none loaded")
        return self._session

    def _lost_if_gone(self, error: Exception) -> None:
        if isinstance(error, GONE) and self._detector is not None:
            self._let_go()
            self.link_lost.emit(error)

    @pyqtSlot()
    def _ask_status(self) -> None:
        if self._detector is None:
            return
        try:
            status = self._detector.status()
        except ReplyTimeoutError as error:  # nothing is under way that could keep it from answering
            self._lost_if_gone(LinkLostError(str(error)))
            return
        except DetectorError as error:
            self._lost_if_gone(error)
            self._rest()
            return
        if status != self._status:
            self._status = status
            self.status_changed.emit(status)
        self._rest()

    @pyqtSlot()
    def _preview(self) -> None:
        started = time.monotonic()
        try:
            curve = absorbance_of(self._open().preview(self._settings, cancel=self._is_leaving))
        except ScanCancelledError:
            return
        except DetectorError as error:
            self.preview_failed.emit(error)
            self._lost_if_gone(error)
            self._rest()
            return
        self.previewed.emit(
            LiveCurve(curve.wavenumber, curve.absorbance, height_above_floor(curve.absorbance))
        )
        spent_ms = round(1000 * (time.monotonic() - started))
        self._watch.start(max(PREVIEW_EVERY_MS - spent_ms, 0))


def height_above_floor(absorbance: FloatArray) -> float:
    """Give the height of the highest band of ``absorbance`` (N,) above the floor, 0 for an empty curve.

    The floor is the median: most of a spectrum is not band.
    """
    if absorbance.size < SMOOTHED_POINTS:
        return 0.0
    smooth = np.convolve(absorbance, np.full(SMOOTHED_POINTS, 1.0 / SMOOTHED_POINTS), mode="valid")
    return max(float(smooth.max() - np.median(absorbance)), 0.0)


def _close(detector: Detector) -> None:
    try:
        detector.close()
    except DetectorError:  # it is gone already; there is nothing left to give back
        return
