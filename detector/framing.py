"""Bytes to frames and back.  No input, no output, no clock.

    COBS( type u8 | sequence u16 | length u16 | payload ... | CRC-32 of all before ) 00

Integers are little-endian.  COBS takes every zero out of a frame, so that a zero always is a border:
after any damage the next frame is found again.  The bytes are described in docs/protocol.md.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from struct import Struct

from detector.errors import ProtocolError

BORDER = b"\x00"
MAX_PAYLOAD = 1024

_HEADER = Struct("<BHH")
_CHECKSUM = Struct("<I")
_MAX_BODY = _HEADER.size + MAX_PAYLOAD + _CHECKSUM.size
_MAX_STUFFED = _MAX_BODY + _MAX_BODY // 254 + 1  # COBS adds one byte, and one more per 254


@dataclass(frozen=True, slots=True)
class Frame:
    """One message on its way: ``message_type`` 0-255, ``sequence`` 0-65535, ``payload`` at most 1024 bytes.

    Raises ProtocolError outside these.
    """

    message_type: int
    sequence: int
    payload: bytes = b""

    def __post_init__(self) -> None:
        if not 0 <= self.message_type <= 0xFF or not 0 <= self.sequence <= 0xFFFF:
            raise ProtocolError(
                "expected a type of one byte and a sequence of two, "
                f"found {self.message_type} and {self.sequence}"
            )
        if len(self.payload) > MAX_PAYLOAD:
            raise ProtocolError(f"expected at most {MAX_PAYLOAD} bytes of payload, found {len(self.payload)}")


def encode_frame(frame: Frame) -> bytes:
    """Turn a frame into the bytes of the wire, with the border at its end."""
    body = _HEADER.pack(frame.message_type, frame.sequence, len(frame.payload)) + frame.payload
    return stuff(body + _CHECKSUM.pack(zlib.crc32(body))) + BORDER


def decode_body(body: bytes) -> Frame:
    """Read one frame from the bytes that COBS gave back.

    Raises ProtocolError when length or checksum do not hold.
    """
    if not _HEADER.size + _CHECKSUM.size <= len(body) <= _MAX_BODY:
        raise ProtocolError(f"expected a frame of 9 to {_MAX_BODY} bytes, found {len(body)}")
    content, checksum = body[: -_CHECKSUM.size], body[-_CHECKSUM.size :]
    if _CHECKSUM.pack(zlib.crc32(content)) != checksum:
        raise ProtocolError("expected a frame whose CRC-32 holds, found a damaged one")
    message_type, sequence, length = _HEADER.unpack_from(content)
    payload = content[_HEADER.size :]
    if length != len(payload):
        raise ProtocolError(f"expected {length} bytes of payload, found {len(payload)}")
    return Frame(message_type, sequence, payload)


class FrameDecoder:
    """Finds the frames in a stream of bytes that was cut anywhere.

    Keeps less than one longest frame.  What is damaged is dropped and counted in ``damaged``, for
    nobody can know what it was; whoever waits for it notices that it is missing.
    """

    def __init__(self) -> None:
        self.damaged = 0
        self._partial = bytearray()
        self._is_overlong = False

    def feed(self, received: bytes) -> list[Frame]:
        """Take the next bytes and give the frames that they complete."""
        *ended, rest = received.split(BORDER)
        frames: list[Frame] = []
        for piece in ended:
            self._extend(piece)
            self._finish(frames)
        self._extend(rest)
        return frames

    def _extend(self, piece: bytes) -> None:
        # A border that never comes must not fill the memory.
        if self._is_overlong or len(self._partial) + len(piece) > _MAX_STUFFED:
            self._is_overlong = True
            self._partial.clear()
        else:
            self._partial += piece

    def _finish(self, frames: list[Frame]) -> None:
        stuffed, self._partial = bytes(self._partial), bytearray()
        is_overlong, self._is_overlong = self._is_overlong, False
        if not stuffed and not is_overlong:
            return  # two borders in a row: a sender may clear the line with one more
        try:
            frames.append(decode_body(unstuff(stuffed)))
        except ProtocolError:
            self.damaged += 1


def stuff(body: bytes) -> bytes:
    """Encode with COBS: no zero is left, and the length grows by one byte per 254, at least one.

    Source: S. Cheshire, M. Baker, "Consistent Overhead Byte Stuffing", IEEE/ACM Transactions on
    Networking 7 (1999) 159-172.
    """
    stuffed = bytearray()
    pieces = body.split(BORDER)
    for number, piece in enumerate(pieces):
        while len(piece) > 254 or (len(piece) == 254 and number < len(pieces) - 1):
            stuffed += b"\xff" + piece[:254]
            piece = piece[254:]
        if len(piece) == 254:
            stuffed += (
                b"\xff" + piece
            )  # the last piece may be full: no zero follows, so no empty block either
        else:
            stuffed += bytes([len(piece) + 1]) + piece
    return bytes(stuffed)


def unstuff(stuffed: bytes) -> bytes:
    """Undo ``stuff``.  Raises ProtocolError for bytes that it never gives."""
    if not stuffed or BORDER in stuffed:
        raise ProtocolError("expected COBS, which is neither empty nor holds a zero")
    body = bytearray()
    start = 0
    while start < len(stuffed):
        code = stuffed[start]
        end = start + code
        if end > len(stuffed):
            raise ProtocolError(
                f"expected a COBS block of {code - 1} bytes, found {len(stuffed) - start - 1}"
            )
        body += stuffed[start + 1 : end]
        if code < 0xFF and end < len(stuffed):
            body += BORDER
        start = end
    return bytes(body)
