"""The seam that every instrument fits: blocking calls, no threads, no callbacks kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from detector.capture import (
    Background,
    Capture,
    DeviceInfo,
    DeviceStatus,
    Preview,
    ScanProgress,
    ScanSettings,
)


class CancelFlag(Protocol):
    """What a driver needs of a ``threading.Event``."""

    def is_set(self) -> bool:
        """Tell whether the caller wants to stop."""
        ...


ProgressListener = Callable[[ScanProgress], None]


class Detector(Protocol):
    """An open instrument.  Every call blocks, and raises a DetectorError when it cannot be done."""

    def identify(self) -> DeviceInfo:
        """Ask who the instrument is."""
        ...

    def status(self) -> DeviceStatus:
        """Ask how the instrument is."""
        ...

    def background(
        self,
        settings: ScanSettings,
        *,
        progress: ProgressListener | None = None,
        cancel: CancelFlag | None = None,
    ) -> Background:
        """Measure the empty crystal; the result stays in the instrument until it is replaced."""
        ...

    def scan(
        self,
        settings: ScanSettings,
        *,
        progress: ProgressListener | None = None,
        cancel: CancelFlag | None = None,
    ) -> Capture:
        """Measure what is on the crystal.

        Raises NoBackgroundError without a background, ScanCancelledError when ``cancel`` was set.
        """
        ...

    def preview(self, settings: ScanSettings, *, cancel: CancelFlag | None = None) -> Preview:
        """Look at what is on the crystal now: one scan at ``settings.resolution_cm``, not of record.

        The scan counter does not change.  Raises as ``scan`` does.
        """
        ...

    def close(self) -> None:
        """Give the port back; may be called twice."""
        ...
