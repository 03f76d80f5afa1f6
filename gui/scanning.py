"""The course of a scan: wishes at the gates become measurements, and what comes back moves the sample on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from gui.page_shelf import PageShelf
from gui.pages.course import Link, Signal, Step, Trouble
from gui.pages.wishes import Wish
from gui.palette import Tone
from gui.situation import Situation, utc_now
from gui.widgets.nav_rail import Page

if TYPE_CHECKING:  # what the first sight of the window does not wait for; most of it loads numpy
    from detector.capture import Background, ScanProgress
    from detector.errors import DetectorError
    from gui.session_worker import LiveCurve
    from inspection.findings import Finding
    from inspection.wording import KnownError
    from spectra_library.substance import Substance

RESIDUE_LOOKS = 12  # three seconds of the live curve; their mean has less than a third of its noise


class Scanning(QObject):
    """Leads one sample after another through the gates.

    Signals:
        background_wished(), watch_wished(bool), scan_wished(str), residue_wished(tuple[LiveCurve, ...]):
            to the session.
        background_record_wished(BackgroundWish): to the log writer.
    """

    background_wished = pyqtSignal()
    watch_wished = pyqtSignal(bool)
    scan_wished = pyqtSignal(str)
    residue_wished = pyqtSignal(object)
    background_record_wished = pyqtSignal(object)

    def __init__(self, situation: Situation, pages: PageShelf) -> None:
        super().__init__()
        self._situation, self._pages = situation, pages
        self._is_watching = False
        self._is_naming_residue = False
        self._looks: tuple[LiveCurve, ...] = ()
        self.cancel_flag: threading.Event | None = None

    def wishes(self) -> dict[Wish, Callable[[], object]]:
        """Give what fulfils the wishes of the scan page."""
        situation = self._situation
        return {
            Wish.CRYSTAL_IS_CLEAN: self._take_first_background,
            Wish.TAKE_BACKGROUND: self._take_background,
            Wish.CRYSTAL_IS_EMPTY: lambda: situation.go(situation.course.crystal_is_empty(utc_now())),
            Wish.HAVE_LOOKED: lambda: situation.go(situation.course.have_looked()),
            Wish.START_SCAN: self._start_scan,
            Wish.SCAN_ANYWAY: self._start_scan,
            Wish.GO_BACK: lambda: situation.go(situation.course.back()),
            Wish.CLEAN_AGAIN: lambda: situation.go(situation.course.next_sample()),
            Wish.CANCEL: self.cancel,
            Wish.WATCH_AGAIN: lambda: situation.go(situation.course.without_trouble()),
        }

    def sync_crystal(self, *, is_seen: bool) -> None:
        """Put the sample on and the live curve on where the gate wants them; ``is_seen`` the scan page."""
        course, demonstration = self._situation.course, self._situation.demonstration
        if demonstration is not None:
            demonstration.put_sample_on(course.step is Step.SAMPLE)
        wants = course.wants_watch and is_seen
        if wants != self._is_watching:
            self._is_watching = wants
            if not course.is_measuring:  # a measurement ends the watching by itself
                self.watch_wished.emit(wants)

    @pyqtSlot()
    def watching_ended(self) -> None:
        """The detector was let go of, or lost: nobody watches any more."""
        self._is_watching = False
        self._is_naming_residue = False
        self._looks = ()

    @pyqtSlot()
    def cancel(self) -> None:
        """Stop the measurement under way."""
        if self.cancel_flag is not None:
            self.cancel_flag.set()  # directly: a queued wish would wait behind the scan

    def _take_first_background(self) -> None:
        situation = self._situation
        situation.course = course = situation.course.crystal_is_clean(utc_now())
        is_ready = course.link is Link.OPEN and (course.status is None or course.status.state == "ready")
        if is_ready and not course.missing_library:
            self._take_background()
        else:
            situation.changed.emit()

    def _take_background(self) -> None:
        situation = self._situation
        course = situation.course
        if course.step is not Step.BACKGROUND:
            course = course.background_again()
        self._is_watching = False
        situation.measured_by = situation.signature
        situation.go(course.measuring(time.monotonic()))
        self.background_wished.emit()
        _load_pages_aside()  # the next gate wants the plot

    def _start_scan(self) -> None:
        situation = self._situation
        self._is_watching = False
        situation.measured_by = situation.signature
        situation.go(situation.course.measuring(time.monotonic()))
        self.scan_wished.emit(situation.job.papers.declared)

    # From the session

    @pyqtSlot(object)
    def background_taken(self, background: Background) -> None:
        """Gate 2 is passed; the log hears of it, under the inspection that is open."""
        from gui.log_worker import BackgroundWish  # it loads numpy; by now it is there

        situation = self._situation
        if situation.may_record:
            inspection = situation.job.inspection or None
            self.background_record_wished.emit(BackgroundWish(background, inspection, situation.measured_by))
        situation.go(situation.course.background_taken(utc_now()))

    @pyqtSlot(object)
    def background_failed(self, error: DetectorError) -> None:
        """Gate 2 is not passed."""
        self._fail(Trouble.BACKGROUND_FAILED, error)

    @pyqtSlot(object)
    def scan_failed(self, error: KnownError) -> None:
        """The scan gave no result."""
        self._fail(Trouble.SCAN_FAILED, error)

    def _fail(self, trouble: Trouble, error: KnownError) -> None:
        from detector.errors import LinkLostError, PortError

        is_gone = isinstance(error, LinkLostError | PortError)
        reason = self._situation.words_of(error)
        self._situation.go(self._situation.course.failed(Trouble.LOST if is_gone else trouble, reason))

    @pyqtSlot()
    def scan_cancelled(self) -> None:
        """The officer stopped a measurement."""
        self._situation.go(self._situation.course.failed(Trouble.CANCELLED, ""))

    @pyqtSlot(object)
    def previewed(self, curve: LiveCurve) -> None:
        """Show what lies on the crystal; what lies there at gate 3 is to be named if it can be."""
        situation = self._situation
        if not situation.course.wants_watch:
            return
        self._pages.scan.show_curve(curve)
        situation.go(situation.course.seen(curve.strongest, utc_now()))
        course = situation.course
        is_dirty = course.step is Step.EMPTY_CHECK and course.signal in (Signal.WEAK, Signal.STRONG)
        self._looks = (*self._looks[1 - RESIDUE_LOOKS :], curve) if is_dirty else ()
        if is_dirty and not self._is_naming_residue:
            self._is_naming_residue = True  # until the answer: questions must not pile up
            self.residue_wished.emit(self._looks)

    @pyqtSlot(object)
    def residue_named(self, substances: tuple[Substance, ...]) -> None:
        """Say what is left on the crystal; an empty answer says nothing."""
        from inspection.wording import joined_names  # it loads numpy; by now it is there

        self._is_naming_residue = False
        situation = self._situation
        if situation.course.step is Step.EMPTY_CHECK and situation.course.wants_watch:
            situation.go(situation.course.residue_seen(joined_names(situation.words, substances)))

    @pyqtSlot(object)
    def preview_failed(self, error: DetectorError) -> None:
        """The live curve ended by itself."""
        from detector.errors import LinkLostError, NoBackgroundError, PortError

        situation = self._situation
        self.watching_ended()
        if isinstance(error, NoBackgroundError):
            situation.go(situation.course.background_again())
        # A lost cable tells by itself.
        elif not isinstance(error, LinkLostError | PortError):
            situation.go(situation.course.failed(Trouble.WATCH_FAILED, situation.words_of(error)))

    @pyqtSlot(object)
    def progressed(self, progress: ScanProgress) -> None:
        """Some of the co-added scans are finished."""
        situation = self._situation
        if situation.course.is_measuring:
            situation.go(situation.course.progressed(progress.done, progress.total, time.monotonic()))

    @pyqtSlot(object)
    def named(self, finding: Finding) -> None:
        """Gate 4 is passed: show the result."""
        situation = self._situation
        if situation.catalogue is None or situation.references is None:
            raise RuntimeError("a finding came without a library")
        situation.finding = finding
        compared = finding.declaration.text if finding.declaration is not None else ""
        if situation.job.papers.tidy.declared != compared:  # typed on while the scan was running
            situation.compare_again()
        situation.job = replace(situation.job, scanned=situation.job.scanned + 1)
        situation.is_saving = False
        self._pages.result.show_finding(situation.finding, situation.catalogue, situation.references)
        if situation.page is not Page.SCAN:
            situation.say(situation.words("The result is ready: F1 shows it."), Tone.AGREE)
        situation.go(situation.course.named(utc_now()))


def _load_pages_aside() -> None:
    """Read the modules of the other pages while the background is taken, away from the window's thread."""

    def read() -> None:
        import gui.pages.live_body
        import gui.pages.log_page
        import gui.pages.result_page  # noqa: F401 - read here, used when the page is made

    threading.Thread(target=read, name="page modules").start()
