"""What the host asks.  Every request has one answer, a measurement a row of them; see docs/protocol.md."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import ClassVar

from detector.layout import ANY_SCAN, FixedMessage, check_scan_id


@dataclass(frozen=True, slots=True)
class Identify(FixedMessage):
    """Who are you?"""

    TYPE: ClassVar[int] = 0x01


@dataclass(frozen=True, slots=True)
class ReadStatus(FixedMessage):
    """How are you?"""

    TYPE: ClassVar[int] = 0x02


@dataclass(frozen=True, slots=True)
class SetSettings(FixedMessage):
    """Measure so from now on.  Any number may be asked; what is possible is the instrument's to say."""

    TYPE: ClassVar[int] = 0x03
    LAYOUT: ClassVar[Struct] = Struct("<HH")
    scans: int
    resolution_tenths: int


@dataclass(frozen=True, slots=True)
class StartBackground(FixedMessage):
    """Measure the empty crystal."""

    TYPE: ClassVar[int] = 0x04
    LAYOUT: ClassVar[Struct] = Struct("<I")
    scan_id: int

    def __post_init__(self) -> None:
        check_scan_id(self.scan_id)


@dataclass(frozen=True, slots=True)
class StartScan(FixedMessage):
    """Measure what is on the crystal."""

    TYPE: ClassVar[int] = 0x05
    LAYOUT: ClassVar[Struct] = Struct("<I")
    scan_id: int

    def __post_init__(self) -> None:
        check_scan_id(self.scan_id)


@dataclass(frozen=True, slots=True)
class Abort(FixedMessage):
    """Stop the scan of this id, or with ``ANY_SCAN`` whatever runs."""

    TYPE: ClassVar[int] = 0x06
    LAYOUT: ClassVar[Struct] = Struct("<I")
    scan_id: int = ANY_SCAN


@dataclass(frozen=True, slots=True)
class StartPreview(FixedMessage):
    """Look at what is on the crystal with one scan that is not of record."""

    TYPE: ClassVar[int] = 0x07
    LAYOUT: ClassVar[Struct] = Struct("<I")
    scan_id: int

    def __post_init__(self) -> None:
        check_scan_id(self.scan_id)
