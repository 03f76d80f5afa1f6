"""What requests and replies share: fields in the order of the bytes, and a few checks.

A message says its number (``TYPE``) and, when its length is fixed, its bytes (``LAYOUT``).  One that is
out of range cannot be made: ProtocolError.
"""

from __future__ import annotations

import struct
from dataclasses import astuple
from struct import Struct
from typing import ClassVar, Self

from detector.errors import ProtocolError

ANY_SCAN = 0  # the scan id that no scan has


class FixedMessage:
    """What all messages of one fixed layout share: their bytes are their fields in order."""

    __slots__ = ()
    LAYOUT: ClassVar[Struct] = Struct("<")

    def pack(self) -> bytes:
        """Give the payload."""
        try:
            return self.LAYOUT.pack(*astuple(self))  # type: ignore[call-overload]  # every child is a dataclass
        except struct.error as error:
            raise ProtocolError(f"expected numbers that fit {self.LAYOUT.format}, found {self}") from error

    @classmethod
    def unpack(cls, payload: bytes) -> Self:
        """Read the payload."""
        if len(payload) != cls.LAYOUT.size:
            raise ProtocolError(f"expected {cls.LAYOUT.size} bytes in {cls.__name__}, found {len(payload)}")
        return cls(*cls.LAYOUT.unpack(payload))


def check_scan_id(scan_id: int) -> None:
    """Raise ProtocolError for the id that no scan has."""
    if scan_id == ANY_SCAN:
        raise ProtocolError("expected the id of a scan, found 0")


def read_text(encoded: bytes) -> str:
    """Decode UTF-8 that came over the wire; a control character in it could deceive a screen or a log."""
    try:
        text = encoded.decode()
    except UnicodeDecodeError as error:
        raise ProtocolError(f"expected text in UTF-8, found {encoded!r}") from error
    if not text.isprintable():
        raise ProtocolError(f"expected printable text, found {text!r}")
    return text
