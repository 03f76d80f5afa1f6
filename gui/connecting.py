"""Library and detector: what they report, where the detector is looked for, its lamp in the header."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from gui.page_shelf import PageShelf
from gui.pages.course import Link, Trouble
from gui.pages.wishes import Wish
from gui.palette import Tone
from gui.situation import Situation
from gui.widgets.header_signs import Lamp

if TYPE_CHECKING:  # what the first sight of the window does not wait for; most of it loads numpy
    from detector.capture import DeviceInfo, DeviceStatus
    from detector.errors import DetectorError
    from gui.demonstration import Demonstration
    from gui.session_worker import LibraryReady
    from spectra_library.errors import SpectraLibraryError


class Connecting(QObject):
    """Connects and lets go.

    Signals:
        load_wished(), connect_wished(str), disconnect_wished(): to the session worker.
        watching_ended(): with the detector goes the live curve.
    """

    load_wished = pyqtSignal()
    connect_wished = pyqtSignal(str)
    disconnect_wished = pyqtSignal()
    watching_ended = pyqtSignal()

    def __init__(self, situation: Situation, pages: PageShelf) -> None:
        super().__init__()
        self._situation, self._pages = situation, pages

    def wishes(self) -> dict[Wish, Callable[[], object]]:
        """Give what fulfils the wishes about library and detector."""
        return {
            Wish.SEARCH_DETECTOR: self._search_detector,
            Wish.CONNECT_AGAIN: lambda: self.connect_wished.emit(self._situation.course.port),
            Wish.CONNECT_PORT: lambda: self.connect_wished.emit(self.typed_port()),
            Wish.DISCONNECT: self.disconnect_wished.emit,
            Wish.LOAD_LIBRARY: self.load_wished.emit,
        }

    def typed_port(self) -> str:
        """Give the port that stands on the device page."""
        return self._pages.device.port.text().strip()

    def use_demonstration(self, demonstration: Demonstration) -> None:
        """Lay samples on the simulated crystal of ``demonstration``."""
        situation = self._situation
        situation.demonstration = demonstration
        situation.job = situation.job.declared_as(demonstration.declared(situation.job.scanned))
        situation.changed.emit()

    def demonstration_note(self) -> str:
        """Say which sample the demonstration has laid on."""
        situation = self._situation
        if situation.demonstration is None or not situation.is_simulated:
            return ""
        samples = situation.demonstration.samples
        number = situation.job.scanned % len(samples)
        return situation.words("On the simulated crystal: sample {number} of {count}, {origin}.").format(
            number=number + 1, count=len(samples), origin=samples[number].origin
        )

    def lamp(self) -> tuple[Lamp, str]:
        """Give how the detector is, as a lamp and in words."""
        words, course = self._situation.words, self._situation.course
        if course.link is Link.CONNECTING:
            return Lamp.WORKING, words("Connecting")
        if course.link is Link.ABSENT:
            is_lost = course.trouble is Trouble.LOST
            return (Lamp.LOST, words("Cable lost")) if is_lost else (Lamp.ABSENT, words("No detector"))
        state = course.status.state if course.status is not None else "ready"
        if state == "fault":
            return Lamp.LOST, words("Detector fault")
        if self._situation.is_simulated:
            return Lamp.SIMULATED, words("Simulated detector")
        if state == "warming_up":
            return Lamp.WORKING, words("Warming up")
        if course.is_measuring:
            return Lamp.WORKING, words("Measuring")
        return Lamp.READY, words("Detector ready")

    def _search_detector(self) -> None:
        demonstration = self._situation.demonstration
        self.connect_wished.emit(demonstration.url if demonstration is not None else "")

    # From the session

    @pyqtSlot(object)
    def library_loaded(self, ready: LibraryReady) -> None:
        """There is something to name with."""
        from gui.pages.overlay import References  # numpy is there by now

        situation = self._situation
        situation.catalogue, situation.references = ready.catalogue, References(ready.library)
        situation.go(situation.course.library_loaded())
        for problem in ready.problems:
            situation.say(situation.words_of(problem), Tone.ALARM)

    @pyqtSlot(object)
    def library_failed(self, error: SpectraLibraryError) -> None:
        """Nothing can be named."""
        self._situation.go(self._situation.course.library_missing(self._situation.words_of(error)))

    @pyqtSlot(str)
    def connecting(self, url: str) -> None:
        """An answer is waited for."""
        self.watching_ended.emit()
        self._situation.go(self._situation.course.connecting(url))

    @pyqtSlot(object, object)
    def connected(self, device: DeviceInfo, status: DeviceStatus) -> None:
        """The detector has said who it is."""
        self._situation.go(self._situation.course.connected(device, status))

    @pyqtSlot(object)
    def connection_failed(self, error: DetectorError) -> None:
        """No detector answered."""
        self._situation.go(self._situation.course.not_connected(self._situation.words_of(error)))

    @pyqtSlot(object)
    def link_lost(self, error: DetectorError) -> None:
        """The cable is gone."""
        self.watching_ended.emit()
        self._situation.go(self._situation.course.lost(self._situation.words_of(error)))

    @pyqtSlot()
    def disconnected(self) -> None:
        """The port was given back."""
        self.watching_ended.emit()
        self._situation.go(self._situation.course.let_go())

    @pyqtSlot(object)
    def status_changed(self, status: DeviceStatus) -> None:
        """The detector says how it is."""
        self._situation.go(self._situation.course.status_changed(status))
