"""Blocks of a Bruker OPUS file: the directory, what each block holds, and the parameters.

      0  0a 0a fe fe | version f64 | directory: start i32, room i32, rows i32       (little-endian)
    row  type u32 | size i32 in words of 4 bytes | start i32 in bytes

    type  bits 0-1   1 real part, 2 imaginary part, 3 amplitude
               2-3   1 sample, 2 reference, 3 ratio of both
               4-9   0 ordinates, 1 status of ordinates, 2 instrument, 3 acquisition, 6 optics, 10 sample ...
              10-16  quantity (4 absorbance, 5 transmittance ...) + 32 for each further channel
              17-18  order of the derivative
              19-21  0 plain, 2 series, 4 compact, 5 history or report ...
              22-31  numbers of OPUS's own

    parameter    name, 3 letters | NUL | type u16 (0 i32, 1 f64, 2-4 text) | words of 2 bytes u16 | value
                 ... the last is called END

Layout after brukeropus 1.4.3 and opusreader2, confirmed on files: no two blocks share bytes.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from spectra_library.errors import DamagedFileError

SIGNATURE: Final = b"\x0a\x0a\xfe\xfe"
_HEAD: Final = struct.Struct("<4xdiii")
_ROW: Final = struct.Struct("<Iii")
_PARAMETER: Final = struct.Struct("<3sxHH")
_MAX_ROWS: Final = 1_000  # OPUS reserves 40
_MAX_PARAMETERS: Final = 500  # a block; the longest of real files has 60

Value = int | float | str


@dataclass(frozen=True, slots=True)
class BlockKind:
    """What a block holds, taken apart from the type word of its row; see the module for the numbers."""

    part: int
    beam: int
    parameters: int
    quantity: int
    channel: int
    derivative: int
    extension: int

    @property
    def status(self) -> BlockKind:
        """The kind of the block that holds count, axis and extremes of these ordinates."""
        return BlockKind(
            self.part, self.beam, 1, self.quantity, self.channel, self.derivative, self.extension
        )


@dataclass(frozen=True, slots=True)
class OpusBlock:
    """A row of the directory: ``size`` bytes from byte ``start`` of the file, both inside it."""

    kind: BlockKind
    start: int
    size: int

    @property
    def stop(self) -> int:
        """The first byte behind the block."""
        return self.start + self.size


def read_directory(content: bytes) -> tuple[OpusBlock, ...]:
    """List the blocks of the file in the order of its directory.

    Raises DamagedFileError when the directory or a block is not inside the file, or blocks share bytes.
    """
    if len(content) < _HEAD.size:
        raise DamagedFileError(f"expected at least {_HEAD.size} bytes in an OPUS file, found {len(content)}")
    _, start, room, rows = _HEAD.unpack_from(content)
    if not 1 <= rows <= min(room, _MAX_ROWS):
        raise DamagedFileError(f"byte 20: expected 1 to {room} blocks, found {rows}")
    if not _HEAD.size <= start <= start + rows * _ROW.size <= len(content):
        raise DamagedFileError(
            f"byte 12: expected a directory of {rows} rows in a file of {len(content)} bytes, "
            f"found it at byte {start}"
        )
    blocks: list[OpusBlock] = []
    for number in range(rows):
        code, words, place = _ROW.unpack_from(content, start + number * _ROW.size)
        kind = _kind(code)
        if kind == _UNUSED:
            continue
        if words < 0 or not _HEAD.size <= place <= place + 4 * words <= len(content):
            raise DamagedFileError(
                f"byte {start + number * _ROW.size}: expected a block inside a file of {len(content)} bytes, "
                f"found {4 * words} bytes at byte {place}"
            )
        blocks.append(OpusBlock(kind, place, 4 * words))
    ordered = sorted(blocks, key=lambda block: block.start)
    for before, after in pairwise(ordered):
        if before.stop > after.start:
            raise DamagedFileError(
                f"byte {after.start}: expected blocks beside each other, found one that reaches "
                f"to byte {before.stop}"
            )
    return tuple(blocks)


def _kind(code: int) -> BlockKind:
    return BlockKind(
        part=code & 3,
        beam=code >> 2 & 3,
        parameters=code >> 4 & 63,
        quantity=code >> 10 & 31,
        channel=code >> 15 & 3,
        derivative=code >> 17 & 3,
        extension=code >> 19 & 7,
    )


_UNUSED: Final = _kind(0)  # places that were freed when the file was changed


def read_parameters(content: bytes, block: OpusBlock) -> dict[str, Value]:
    """Return the parameters of a block by name; texts are those of the file, not cleaned.

    Raises DamagedFileError when a parameter reaches out of the block, has an unknown type or comes
    twice, or when END is missing.
    """
    found: dict[str, Value] = {}
    place = block.start
    while place + 4 <= block.stop:
        if content[place : place + 3] == b"END":
            return found
        if place + _PARAMETER.size > block.stop:
            break
        raw_name, kind, words = _PARAMETER.unpack_from(content, place)
        begin, end = place + _PARAMETER.size, place + _PARAMETER.size + 2 * words
        name = raw_name.decode("ascii", errors="replace")
        is_new = name.isascii() and name.isalnum() and name not in found
        if not is_new or end > block.stop or len(found) == _MAX_PARAMETERS:
            raise DamagedFileError(f"byte {place}: expected the next parameter or END, found neither")
        found[name] = _value(content[begin:end], kind, place)
        place = end
    raise DamagedFileError(f"byte {block.start}: expected parameters that end with END, found no END")


def _value(raw: bytes, kind: int, place: int) -> Value:
    if kind == 0 and len(raw) == 4:
        return int.from_bytes(raw, "little", signed=True)
    if kind == 1 and len(raw) == 8:
        (number,) = struct.unpack("<d", raw)
        return float(number)
    if kind in (2, 3, 4):
        return _decoded(raw.partition(b"\x00")[0])
    raise DamagedFileError(
        f"byte {place}: expected a parameter of type 0 to 4, found {kind}, {len(raw)} bytes"
    )


def _decoded(raw: bytes) -> str:
    # OPUS names its code page (CPG), but only since some version: 65001 is UTF-8, 1252 the usual other one.
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")
