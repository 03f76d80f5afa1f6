"""The simulated instrument's inside: frames in, frames out.  No port, no clock, no thread.

idle --StartBackground/StartScan/StartPreview--> co-adding --last scan--> sending chunks --TransferEnd--> idle
                                                     `---------- Abort or a lost link ----------------------^
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detector.capture import ScanSettings
from detector.errors import ProtocolError, SettingsError
from detector.framing import Frame
from detector.layout import ANY_SCAN
from detector.protocol import PROTOCOL_VERSION, TECHNIQUES, Reply, Request, ScanReply, read_request, to_frame
from detector.replies import (
    HAS_BACKGROUND,
    SINGLE_BEAMS,
    Aborted,
    BackgroundStored,
    ErrorCode,
    ErrorReply,
    Identity,
    Progress,
    Purpose,
    SettingsAccepted,
    SpectrumHeader,
    Started,
    Status,
    TransferEnd,
)
from detector.requests import (
    Abort,
    Identify,
    ReadStatus,
    SetSettings,
    StartBackground,
    StartPreview,
    StartScan,
)
from detector.simulator.optics import (
    NOISE_OF_ONE_SCAN,
    SimulatedSample,
    covered_beam,
    empty_beam,
    instrument_axis,
    with_noise,
)
from detector.transfer import split_transfer

FloatArray = NDArray[np.float64]

SECONDS_PER_SCAN: Final = 0.25
_READY, _SCANNING = 0, 2


@dataclass(slots=True)
class _Run:
    """A measurement under way: its remaining answers, made one by one."""

    scan_id: int
    sequence: int
    total: int
    answers: Iterator[ScanReply]
    done: int = 0


class SimulatedInstrument:
    """An instrument that plays ``samples`` in order, one per finished scan, then from the first again.

    A preview shows the sample of the next scan and leaves it there.  Without samples the crystal stays
    empty; it is also empty whenever ``is_loaded``, asked at the end of each scan and preview by the thread
    that serves, says no, and then no sample is used up.
    Background, settings and scan counter outlive a connection.
    ``seed`` fixes the noise of every scan; ``noise_of_one_scan`` is a part of the beam at its best.
    ``speed`` 1 takes 0.25 s per co-added scan, 2 half of that; 0 or infinity is as fast as possible.
    """

    def __init__(
        self,
        samples: Sequence[SimulatedSample] = (),
        *,
        serial_number: str = "SIM-0001",
        seed: int = 0,
        noise_of_one_scan: float = NOISE_OF_ONE_SCAN,
        speed: float = 1.0,
        is_loaded: Callable[[], bool] = lambda: True,
    ) -> None:
        if math.isnan(speed) or speed < 0:
            raise ValueError(f"expected a speed of 0 or more, found {speed}")
        self.identity = Identity(PROTOCOL_VERSION, "Chemgate simulated FTIR", serial_number, "1.0")
        self.scan_counter = 0
        self._samples = tuple(samples)
        self._next_sample = 0
        self._is_loaded = is_loaded
        self._seed = seed
        self._noise_of_one_scan = noise_of_one_scan
        self._seconds_per_scan = SECONDS_PER_SCAN / speed if speed > 0 else 0.0
        self._settings = ScanSettings()
        self._background: tuple[float, FloatArray] | None = None  # resolution and beam
        self._background_counter = 0
        self._preview_counter = 0
        self._run: _Run | None = None

    @property
    def is_measuring(self) -> bool:
        """Whether ``advance`` has something to do."""
        return self._run is not None

    @property
    def step_s(self) -> float:
        """How long the next step takes: a co-added scan its time, a chunk none."""
        is_co_adding = self._run is not None and self._run.done < self._run.total
        return self._seconds_per_scan if is_co_adding else 0.0

    def receive(self, frame: Frame) -> list[Frame]:
        """Take one frame from the host and give the answers."""
        try:
            reply = self._answer(read_request(frame), frame.sequence)
        except ProtocolError as error:
            reply = ErrorReply(ErrorCode.NOT_UNDERSTOOD, ANY_SCAN, str(error)[:100])
        return [to_frame(reply, frame.sequence)]

    def advance(self) -> list[Frame]:
        """Do the next step of the measurement under way and give what it sends; nothing when idle."""
        run = self._run
        if run is None:
            return []
        reply = next(run.answers)
        if isinstance(reply, Progress):
            run.done = reply.done
        elif isinstance(reply, BackgroundStored | TransferEnd):
            self._run = None
        return [to_frame(reply, run.sequence)]

    def repeat_progress(self) -> list[Frame]:
        """Give the sign of life that is due each second while a co-added scan takes longer."""
        if self._run is None:
            return []
        return [to_frame(Progress(self._run.scan_id, self._run.done, self._run.total), self._run.sequence)]

    def link_lost(self) -> None:
        """Notice that nobody listens: the measurement under way ends, the background stays."""
        self._run = None

    def _answer(self, request: Request, sequence: int) -> Reply:
        match request:
            case Identify():
                return self.identity
            case ReadStatus():
                flags = HAS_BACKGROUND if self._background is not None else 0
                state = _SCANNING if self.is_measuring else _READY
                return Status(state, flags, self.scan_counter, battery_percent=87, temperature_tenths=315)
            case SetSettings():
                return self._set(request)
            case StartBackground() | StartScan() | StartPreview():
                return self._start(request, sequence)
            case Abort():
                return self._abort(request)

    def _set(self, request: SetSettings) -> Reply:
        if self._run is not None:
            return ErrorReply(ErrorCode.BUSY, self._run.scan_id, "a measurement is under way")
        try:
            self._settings = ScanSettings(request.scans, request.resolution_tenths / 10)
        except SettingsError as error:
            return ErrorReply(ErrorCode.BAD_SETTINGS, ANY_SCAN, str(error))
        return SettingsAccepted(request.scans, request.resolution_tenths)

    def _start(self, request: StartBackground | StartScan | StartPreview, sequence: int) -> Reply:
        settings = self._settings
        if self._run is not None:
            return ErrorReply(ErrorCode.BUSY, self._run.scan_id, "a measurement is under way")
        if isinstance(request, StartBackground):
            answers = self._measure_background(request.scan_id, settings)
        elif self._background is None:
            return ErrorReply(ErrorCode.NO_BACKGROUND, request.scan_id, "none is stored")
        elif self._background[0] != settings.resolution_cm:
            text = (
                f"the stored one is at {self._background[0]:g} cm-1, not at {settings.resolution_cm:g} cm-1"
            )
            return ErrorReply(ErrorCode.NO_BACKGROUND, request.scan_id, text)
        elif isinstance(request, StartPreview):
            settings = replace(settings, scans=1)
            self._preview_counter += 1
            answers = self._measure_preview(request.scan_id, settings, self._background[1])
        else:
            self.scan_counter += 1
            answers = self._measure_sample(request.scan_id, settings, self._background[1])
        self._run = _Run(request.scan_id, sequence, settings.scans, answers)
        return Started(request.scan_id, settings.scans, _tenths(settings))

    def _abort(self, request: Abort) -> Reply:
        if self._run is None or request.scan_id not in {ANY_SCAN, self._run.scan_id}:
            return Aborted(ANY_SCAN)
        stopped, self._run = self._run, None
        return Aborted(stopped.scan_id)

    def _measure_background(self, scan_id: int, settings: ScanSettings) -> Iterator[ScanReply]:
        yield from _co_add(scan_id, settings)
        self._background_counter += 1
        beam = empty_beam(instrument_axis(settings.resolution_cm))
        noisy = self._observe(beam, settings, stream=(1, self._background_counter))
        self._background = (settings.resolution_cm, noisy)
        yield BackgroundStored(scan_id, settings.scans, _tenths(settings))

    def _measure_sample(
        self, scan_id: int, settings: ScanSettings, background_beam: FloatArray
    ) -> Iterator[ScanReply]:
        yield from _co_add(scan_id, settings)
        sample = self._on_crystal()
        beam = self._beam_with(sample, settings, stream=(0, self.scan_counter))
        header = self._header(scan_id, settings, sample, Purpose.SCAN)
        for message in split_transfer(header, beam, background_beam):
            if isinstance(message, TransferEnd) and sample is not None:
                # Only a spectrum that was sent whole uses its sample up: after an abort it still lies there.
                self._next_sample = (self._next_sample + 1) % len(self._samples)
            yield message

    def _measure_preview(
        self, scan_id: int, settings: ScanSettings, background_beam: FloatArray
    ) -> Iterator[ScanReply]:
        yield from _co_add(scan_id, settings)
        sample = self._on_crystal()
        # A stream of its own: how often somebody looked must not change the noise of the scans.
        beam = self._beam_with(sample, settings, stream=(2, self._preview_counter))
        header = self._header(scan_id, settings, sample, Purpose.PREVIEW)
        yield from split_transfer(header, beam, background_beam)

    def _on_crystal(self) -> SimulatedSample | None:
        """Give what lies there now; None when nothing does."""
        return self._samples[self._next_sample] if self._samples and self._is_loaded() else None

    def _beam_with(
        self, sample: SimulatedSample | None, settings: ScanSettings, *, stream: tuple[int, int]
    ) -> FloatArray:
        wavenumber = instrument_axis(settings.resolution_cm)
        beam = empty_beam(wavenumber) if sample is None else covered_beam(wavenumber, sample)
        return self._observe(beam, settings, stream=stream)

    def _header(
        self, scan_id: int, settings: ScanSettings, sample: SimulatedSample | None, purpose: Purpose
    ) -> SpectrumHeader:
        wavenumber = instrument_axis(settings.resolution_cm)
        return SpectrumHeader(
            scan_id=scan_id,
            scan_counter=self.scan_counter,
            points=wavenumber.size,
            scans=settings.scans,
            resolution_tenths=_tenths(settings),
            ordinate=SINGLE_BEAMS,
            technique=TECHNIQUES.index(sample.technique) if sample is not None else 0,
            purpose=purpose,
            first_cm=float(wavenumber[0]),
            step_cm=float(wavenumber[1] - wavenumber[0]),
        )

    def _observe(self, beam: FloatArray, settings: ScanSettings, *, stream: tuple[int, int]) -> FloatArray:
        return with_noise(
            beam,
            scans=settings.scans,
            noise_of_one_scan=self._noise_of_one_scan,
            chance=np.random.default_rng([self._seed, *stream]),
        )


def _co_add(scan_id: int, settings: ScanSettings) -> Iterator[Progress]:
    for done in range(1, settings.scans + 1):
        yield Progress(scan_id, done, settings.scans)


def _tenths(settings: ScanSettings) -> int:
    return round(settings.resolution_cm * 10)
