"""Take it, name it, write it down: the job itself, blocking, on one thread, without a window.

detector --Capture--> spectrum_of --Spectrum--> name --Finding--> record --LogEntry--> log
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from detector.absorbance import absorbance_of
from detector.capture import Background, Capture, ScanSettings
from detector.driver import CancelFlag, Detector, ProgressListener
from inspection.curves import StoredSpectrum
from inspection.declared.declaration import Declared, compare
from inspection.findings import Finding, Source, finding_object, payload_sha256
from inspection.log import InspectionLog
from inspection.records import EntryKind, LogEntry, NewEntry
from spectra_library.catalogue import Catalogue
from spectra_library.confidence import Calibration
from spectra_library.identify import identify
from spectra_library.prepared import PreparedLibrary
from spectra_library.spectrum import Spectrum, Technique


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding belongs: an inspection and the number of the sample in it; both may be open."""

    inspection: str | None = None
    sample: int | None = None


class InspectionSession:
    """The library and the catalogue to name with, and, when there are any, a detector and a log.

    Everything blocks.  DetectorError, SpectraLibraryError and LogError pass through unchanged.
    """

    def __init__(
        self,
        library: PreparedLibrary,
        catalogue: Catalogue,
        *,
        calibration: Calibration | None = None,
        log: InspectionLog | None = None,
        timer: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.library = library
        self.catalogue = catalogue
        self.calibration = calibration
        self._log = log
        self._timer = timer

    def take(
        self,
        detector: Detector,
        settings: ScanSettings,
        *,
        progress: ProgressListener | None = None,
        cancel: CancelFlag | None = None,
    ) -> Capture:
        """Scan what is on the crystal."""
        return detector.scan(settings, progress=progress, cancel=cancel)

    def name_capture(
        self,
        capture: Capture,
        *,
        port: str,
        declared: Declared | str | None = None,
        top: int = 10,
        title: str = "",
    ) -> Finding:
        """Name what ``capture`` shows."""
        source = Source(path=port, block=0, sha256=payload_sha256(capture), format="capture")
        return self.name(
            spectrum_of(capture), source=source, title=title, declared=declared, top=top, capture=capture
        )

    def name(
        self,
        spectrum: Spectrum,
        *,
        source: Source,
        title: str,
        declared: Declared | str | None = None,
        top: int = 10,
        capture: Capture | None = None,
    ) -> Finding:
        """Name ``spectrum`` and compare it with what was ``declared``; a text alone describes the goods."""
        start = self._timer()
        identification = identify(
            spectrum, self.library, self.catalogue, top=top, calibration=self.calibration
        )
        paper = Declared(declared) if isinstance(declared, str) else declared
        declaration = None if paper is None else compare(paper, identification, self.catalogue)
        return Finding(
            source=source,
            title=title,
            spectrum=spectrum,
            identification=identification,
            elapsed_ms=1000 * (self._timer() - start),
            declaration=declaration,
            capture=capture,
            top=top,
            calibration=self.calibration,
        )

    def record_background(self, background: Background, place: Place) -> LogEntry:
        """Write down that a background was taken."""
        return self._open_log().append(background_entry(background, place))

    def record(self, finding: Finding, place: Place) -> LogEntry:
        """Write ``finding`` into the log; when this returns, it is on the disk."""
        return self._open_log().append(identification_entry(finding, place, self.catalogue))

    def _open_log(self) -> InspectionLog:
        if self._log is None:
            raise ValueError("this session was made without a log")
        return self._log


def background_entry(background: Background, place: Place) -> NewEntry:
    """Prepare the entry that records a background."""
    return NewEntry(
        EntryKind.BACKGROUND,
        background_object(background),
        inspection=place.inspection,
        sample=place.sample,
    )


def identification_entry(finding: Finding, place: Place, catalogue: Catalogue) -> NewEntry:
    """Prepare the entry that records ``finding``.  The record is English whatever the screen speaks."""
    return NewEntry(
        EntryKind.IDENTIFICATION,
        finding_object(finding, catalogue),
        inspection=place.inspection,
        sample=place.sample,
        curve=stored_spectrum(finding),
    )


def spectrum_of(capture: Capture) -> Spectrum:
    """Compute the absorbance of ``capture``; the two single beams stay in the capture.

    What is missing at the ends of the instrument's axis makes the range shorter; it is no gap.

    Raises SpectrumError when fewer than two points carry light in both beams.
    """
    curve = absorbance_of(capture)
    first, last = curve.wavenumber[:1], curve.wavenumber[-1:]
    inner = tuple((low, high) for low, high in curve.gaps if (low >= first).all() and (high <= last).all())
    return Spectrum(
        wavenumber=curve.wavenumber,
        absorbance=curve.absorbance,
        technique=Technique(capture.technique.value),
        resolution_cm=capture.settings.resolution_cm,
        gaps=inner,
    )


def stored_spectrum(finding: Finding) -> StoredSpectrum:
    """Give what the log keeps of a finding: the curve, and of a scan its single beams and raw bytes.

    The beams are kept at the points of the curve; the raw bytes hold all of them.
    """
    capture = finding.capture
    if capture is None:
        return StoredSpectrum(finding.spectrum)
    used = np.isin(capture.wavenumber, finding.spectrum.wavenumber)
    return StoredSpectrum(
        finding.spectrum,
        sample_beam=capture.sample_beam[used],
        background_beam=capture.background_beam[used],
        raw_payload=capture.raw_payload,
    )


def background_object(background: Background) -> dict[str, object]:
    """Give the ``background`` object of cli.md."""
    return {
        "device": background.device.model,
        "serial": background.device.serial_number,
        "time": background.time.isoformat(timespec="milliseconds"),
        "scans": background.settings.scans,
        "resolution_cm": background.settings.resolution_cm,
    }
