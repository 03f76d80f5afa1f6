"""What can go wrong on the way to an instrument, as a tree.

    DetectorError
    |-- PortError              the port cannot be opened: missing, busy, not permitted
    |-- LinkLostError          it was open, and the cable or the other end is gone
    |-- ReplyTimeoutError      nothing, or nothing complete, came back in time
    |-- ProtocolError          something came back that the protocol does not allow
    |-- DeviceError            the instrument itself says no, with its code
    |   `-- NoBackgroundError      a scan or a preview was asked for before a background
    |-- SettingsError          scan settings that no instrument of this link accepts
    |-- ScanCancelledError     the person at the screen stopped it
    `-- AmbiguousPortError     no port was given, and not exactly one detector was found

``kind`` is the stable word that scripts see in ``{"error": {"kind": ...}}``.
"""

from __future__ import annotations

from typing import ClassVar


class DetectorError(Exception):
    """The root: every expected trouble with an instrument."""

    kind: ClassVar[str] = "detector"


class PortError(DetectorError):
    """The port cannot be opened."""

    kind = "port"


class LinkLostError(DetectorError):
    """The connection broke while it was in use."""

    kind = "link_lost"


class ReplyTimeoutError(DetectorError):
    """The instrument did not answer in time."""

    kind = "reply_timeout"


class ProtocolError(DetectorError):
    """The instrument's answer is not one that the protocol allows here."""

    kind = "protocol"


class DeviceError(DetectorError):
    """The instrument reports an error of its own; ``code`` is the number in docs/protocol.md."""

    kind = "device"

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


class NoBackgroundError(DeviceError):
    """A scan or a preview needs a background of the empty crystal first."""

    kind = "no_background"


class SettingsError(DetectorError):
    """Scan settings outside the ranges in docs/protocol.md."""

    kind = "settings"


class ScanCancelledError(DetectorError):
    """The scan was cancelled by the caller; nothing was taken."""

    kind = "scan_cancelled"


class AmbiguousPortError(DetectorError):
    """No port was named, and not exactly one detector was found."""

    kind = "ambiguous_port"
