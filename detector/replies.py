"""What the instrument answers; see docs/protocol.md."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import ClassVar, Self

from detector.errors import ProtocolError
from detector.framing import MAX_PAYLOAD
from detector.layout import FixedMessage, check_scan_id, read_text

MAX_POINTS = 65_536
SINGLE_BEAMS = 1  # the only ordinate so far
UNKNOWN_BATTERY = 255
UNKNOWN_TEMPERATURE = -32_768
HAS_BACKGROUND = 0b1  # in the flags of Status
_CHUNK_HEAD = Struct("<IBI")
_ERROR_HEAD = Struct("<HI")
_MAX_ERROR_TEXT = 200
MAX_CHUNK_POINTS = (MAX_PAYLOAD - _CHUNK_HEAD.size) // 4


class ErrorCode(IntEnum):
    """Why the instrument refuses."""

    NO_BACKGROUND = 1
    BUSY = 2
    BAD_SETTINGS = 3
    ABORTED = 4
    NOT_UNDERSTOOD = 5
    INTERNAL = 6


class Beam(IntEnum):
    """Which of the two beams of a spectrum."""

    SAMPLE = 0
    BACKGROUND = 1


class Purpose(IntEnum):
    """What a spectrum was measured for."""

    SCAN = 0
    PREVIEW = 1


@dataclass(frozen=True, slots=True)
class Identity:
    """Answer to Identify; each text has 1 to 64 bytes of UTF-8."""

    TYPE: ClassVar[int] = 0x81
    protocol_version: int
    model: str
    serial_number: str
    firmware: str

    def pack(self) -> bytes:
        """Give the payload."""
        texts = [text.encode() for text in (self.model, self.serial_number, self.firmware)]
        if not all(1 <= len(text) <= 64 for text in texts):
            raise ProtocolError(f"expected texts of 1 to 64 bytes, found {self}")
        return struct.pack("<H", self.protocol_version) + b"".join(
            bytes([len(text)]) + text for text in texts
        )

    @classmethod
    def unpack(cls, payload: bytes) -> Self:
        """Read the payload."""
        version, rest = payload[:2], payload[2:]
        texts: list[str] = []
        while rest and len(texts) < 3:
            length = rest[0]
            if not 1 <= length <= 64 or len(rest) < 1 + length:
                raise ProtocolError(f"expected a text of 1 to 64 bytes in Identity, found length {length}")
            texts.append(read_text(rest[1 : 1 + length]))
            rest = rest[1 + length :]
        if len(texts) != 3 or rest:
            raise ProtocolError(f"expected a version and three texts in Identity, found {len(payload)} bytes")
        return cls(int.from_bytes(version, "little"), *texts)


@dataclass(frozen=True, slots=True)
class Status(FixedMessage):
    """Answer to ReadStatus."""

    TYPE: ClassVar[int] = 0x82
    LAYOUT: ClassVar[Struct] = Struct("<BBIBh")
    state: int
    flags: int
    scan_counter: int
    battery_percent: int
    temperature_tenths: int

    def __post_init__(self) -> None:
        if not 0 <= self.state <= 3 or not (
            self.battery_percent <= 100 or self.battery_percent == UNKNOWN_BATTERY
        ):
            raise ProtocolError(f"expected a known state and a battery of 0 to 100 % or 255, found {self}")


@dataclass(frozen=True, slots=True)
class SettingsAccepted(FixedMessage):
    """Answer to SetSettings: what is in force now."""

    TYPE: ClassVar[int] = 0x83
    LAYOUT: ClassVar[Struct] = Struct("<HH")
    scans: int
    resolution_tenths: int


@dataclass(frozen=True, slots=True)
class Started(FixedMessage):
    """First answer to StartBackground, StartScan and StartPreview."""

    TYPE: ClassVar[int] = 0x84
    LAYOUT: ClassVar[Struct] = Struct("<IHH")
    scan_id: int
    scans: int
    resolution_tenths: int

    def __post_init__(self) -> None:
        check_scan_id(self.scan_id)


@dataclass(frozen=True, slots=True)
class Progress(FixedMessage):
    """``done`` of ``total`` co-added scans are finished."""

    TYPE: ClassVar[int] = 0x85
    LAYOUT: ClassVar[Struct] = Struct("<IHH")
    scan_id: int
    done: int
    total: int

    def __post_init__(self) -> None:
        check_scan_id(self.scan_id)
        if not 0 <= self.done <= self.total or self.total == 0:
            raise ProtocolError(f"expected progress within its total, found {self.done} of {self.total}")


@dataclass(frozen=True, slots=True)
class BackgroundStored(FixedMessage):
    """Last answer to StartBackground: it is kept until the next one."""

    TYPE: ClassVar[int] = 0x86
    LAYOUT: ClassVar[Struct] = Struct("<IHH")
    scan_id: int
    scans: int
    resolution_tenths: int

    def __post_init__(self) -> None:
        check_scan_id(self.scan_id)


@dataclass(frozen=True, slots=True)
class SpectrumHeader(FixedMessage):
    """What the chunks that follow are: wavenumber of point i is ``first_cm + i * step_cm``."""

    TYPE: ClassVar[int] = 0x87
    LAYOUT: ClassVar[Struct] = Struct("<IIIHHBBBdd")
    scan_id: int
    scan_counter: int
    points: int
    scans: int
    resolution_tenths: int
    ordinate: int
    technique: int
    purpose: int
    first_cm: float
    step_cm: float

    def __post_init__(self) -> None:
        check_scan_id(self.scan_id)
        if not 2 <= self.points <= MAX_POINTS:
            raise ProtocolError(f"expected 2 to {MAX_POINTS} points, found {self.points}")
        if self.ordinate != SINGLE_BEAMS or not 0 <= self.technique <= 2:
            raise ProtocolError(f"expected single beams of a known technique, found {self}")
        if self.purpose not in {Purpose.SCAN, Purpose.PREVIEW}:
            raise ProtocolError(f"expected purpose 0 or 1, found {self.purpose}")
        last_cm = self.first_cm + (self.points - 1) * self.step_cm
        if not (math.isfinite(last_cm) and 0 < self.first_cm < last_cm <= 100_000 and self.step_cm > 1e-6):
            raise ProtocolError(f"expected an ascending axis within 0 to 100000 cm-1, found {self}")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Part of one beam from point ``offset`` on; ``samples`` are little-endian float32, as received."""

    TYPE: ClassVar[int] = 0x88
    scan_id: int
    beam: int
    offset: int
    samples: bytes

    def __post_init__(self) -> None:
        check_scan_id(self.scan_id)
        if self.beam not in {Beam.SAMPLE, Beam.BACKGROUND}:
            raise ProtocolError(f"expected beam 0 or 1, found {self.beam}")
        if not 4 <= len(self.samples) <= 4 * MAX_CHUNK_POINTS or len(self.samples) % 4:
            raise ProtocolError(
                f"expected 1 to {MAX_CHUNK_POINTS} whole points in a chunk, found {len(self.samples)} bytes"
            )

    def pack(self) -> bytes:
        """Give the payload."""
        return _CHUNK_HEAD.pack(self.scan_id, self.beam, self.offset) + self.samples

    @classmethod
    def unpack(cls, payload: bytes) -> Self:
        """Read the payload."""
        if len(payload) < _CHUNK_HEAD.size:
            raise ProtocolError(f"expected at least {_CHUNK_HEAD.size} bytes in Chunk, found {len(payload)}")
        scan_id, beam, offset = _CHUNK_HEAD.unpack_from(payload)
        return cls(scan_id, beam, offset, payload[_CHUNK_HEAD.size :])


@dataclass(frozen=True, slots=True)
class TransferEnd(FixedMessage):
    """Last answer to StartScan and StartPreview.

    ``checksum`` is the CRC-32 of header payload, sample and background beam.
    """

    TYPE: ClassVar[int] = 0x89
    LAYOUT: ClassVar[Struct] = Struct("<II")
    scan_id: int
    checksum: int

    def __post_init__(self) -> None:
        check_scan_id(self.scan_id)


@dataclass(frozen=True, slots=True)
class Aborted(FixedMessage):
    """Answer to Abort: the scan that was stopped, or ``ANY_SCAN`` when none ran."""

    TYPE: ClassVar[int] = 0x8A
    LAYOUT: ClassVar[Struct] = Struct("<I")
    scan_id: int


@dataclass(frozen=True, slots=True)
class ErrorReply:
    """The instrument says no, in a code for programs and in at most 200 bytes of text for people."""

    TYPE: ClassVar[int] = 0xFF
    code: int
    scan_id: int
    text: str

    def pack(self) -> bytes:
        """Give the payload."""
        encoded = self.text.encode()
        if len(encoded) > _MAX_ERROR_TEXT:
            raise ProtocolError(f"expected at most {_MAX_ERROR_TEXT} bytes of text, found {len(encoded)}")
        return _ERROR_HEAD.pack(self.code, self.scan_id) + encoded

    @classmethod
    def unpack(cls, payload: bytes) -> Self:
        """Read the payload."""
        if not _ERROR_HEAD.size <= len(payload) <= _ERROR_HEAD.size + _MAX_ERROR_TEXT:
            raise ProtocolError(f"expected 6 to 206 bytes in ErrorReply, found {len(payload)}")
        code, scan_id = _ERROR_HEAD.unpack_from(payload)
        return cls(code, scan_id, read_text(payload[_ERROR_HEAD.size :]))
