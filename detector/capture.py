"""Values that cross the border of this room: what an instrument is, says of itself, and sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from detector.errors import ProtocolError, SettingsError

FloatArray = NDArray[np.float64]

MAX_SCANS = 1024
RESOLUTIONS_CM = (2.0, 4.0, 8.0, 16.0)


class SampleTechnique(StrEnum):
    """How the instrument says that light met the sample."""

    ATR = "atr"
    TRANSMISSION = "transmission"
    UNKNOWN = "unknown"


class DeviceState(StrEnum):
    """What the instrument is doing."""

    READY = "ready"
    WARMING_UP = "warming_up"
    SCANNING = "scanning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """Who the instrument is."""

    model: str
    serial_number: str
    firmware: str
    protocol_version: int


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """How the instrument is; ``battery_percent`` and ``temperature_c`` are None when it does not know."""

    state: DeviceState
    has_background: bool
    scan_counter: int
    battery_percent: int | None = None
    temperature_c: float | None = None


@dataclass(frozen=True, slots=True)
class ScanSettings:
    """What is asked of the instrument: co-added ``scans`` (1-1024) at ``resolution_cm`` (2, 4, 8 or 16 cm-1).

    Raises SettingsError outside these.
    """

    scans: int = 16
    resolution_cm: float = 4.0

    def __post_init__(self) -> None:
        if not 1 <= self.scans <= MAX_SCANS:
            raise SettingsError(f"expected 1 to {MAX_SCANS} co-added scans, found {self.scans}")
        if self.resolution_cm not in RESOLUTIONS_CM:
            raise SettingsError(f"expected a resolution of 2, 4, 8 or 16 cm-1, found {self.resolution_cm}")


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """``done`` of ``total`` co-added scans are finished."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Background:
    """The receipt for a background; the single beam itself stays in the instrument until it is replaced."""

    device: DeviceInfo
    settings: ScanSettings
    time: datetime


@dataclass(frozen=True, slots=True, eq=False)
class Capture:
    """Testimony: exactly what the instrument sent for one scan.

    ``wavenumber`` (N,) float64, cm-1, strictly ascending.
    ``sample_beam``, ``background_beam`` (N,) float64, arbitrary units, same scale, finite.
    ``raw_payload`` the transfer as received - header, sample beam, background beam - kept as evidence;
    ``detector.transfer.read_transfer`` turns it into the beams again.
    ``time`` when the host had received all of it, UTC.

    Raises ProtocolError when these do not fit.
    """

    device: DeviceInfo
    settings: ScanSettings
    scan_id: int
    scan_counter: int
    time: datetime
    technique: SampleTechnique
    wavenumber: FloatArray
    sample_beam: FloatArray
    background_beam: FloatArray
    raw_payload: bytes

    def __post_init__(self) -> None:
        _check_beams(self)


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """A look at the crystal for the screen: one scan that is not of record.

    It has no raw payload, no scan id and no counter, so that it cannot be logged in the place of a Capture.
    ``wavenumber`` (N,) float64, cm-1, strictly ascending.
    ``sample_beam``, ``background_beam`` (N,) float64, arbitrary units, same scale, finite.
    ``time`` when the host had received all of it, UTC.

    Raises ProtocolError when these do not fit.
    """

    wavenumber: FloatArray
    sample_beam: FloatArray
    background_beam: FloatArray
    time: datetime

    def __post_init__(self) -> None:
        _check_beams(self)


def _check_beams(measured: Capture | Preview) -> None:
    """Make the arrays float64 and read-only, and raise ProtocolError when they do not fit each other."""
    for name in ("wavenumber", "sample_beam", "background_beam"):
        array = np.array(getattr(measured, name), dtype=np.float64)
        array.flags.writeable = False
        object.__setattr__(measured, name, array)
        if array.ndim != 1 or array.shape != measured.wavenumber.shape or not np.isfinite(array).all():
            raise ProtocolError(
                f"expected {measured.wavenumber.size} finite numbers in {name}, found shape {array.shape}"
            )
    if measured.wavenumber.size < 2 or not (np.diff(measured.wavenumber) > 0).all():
        raise ProtocolError("expected at least 2 strictly ascending wavenumbers")
    if measured.time.tzinfo is None:
        raise ProtocolError("expected a time with its zone (UTC), found one without")
