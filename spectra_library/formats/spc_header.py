"""The main header of a Galactic SPC file, in its three forms, as one value.

    new    512 bytes, version byte 0x4B little-endian or 0x4C big-endian
           flags u8 | version u8 | experiment u8 | exponent i8 | points u32 | first f64 | last f64 |
           subfiles u32 | x, y, z code 3 u8 | posting u8 | date u32 | resolution 9 | source 9 | peak u16 |
           spare 32 | comment 130 | labels 30 | log offset u32 | changes u32 | 4 bytes | factor f32 |
           method 48 | z step f32 | planes u32 | w step f32 | w code u8 | reserved 187
    old    224 bytes, version byte 0x4D, little-endian; the number of subfiles follows from the file's size
           flags u8 | version u8 | exponent i16 | points f32 | first f32 | last f32 | x, y code 2 u8 |
           year u16 (upper 4 bits: z code) | month, day, hour, minute 4 u8 | resolution 8 | peak u16 |
           scans u16 | spare 28 | comment 130 | labels 30

Source of the layout and of all codes: SPC.H of the Galactic Universal Data Format Specification (1997).
"""

from __future__ import annotations

import datetime
import math
import struct
from dataclasses import dataclass
from enum import IntFlag
from typing import Final, Literal

from spectra_library.errors import DamagedFileError
from spectra_library.formats.plain_text import cleaned, decode

ByteOrder = Literal["<", ">"]

NEW_LITTLE: Final = 0x4B
NEW_BIG: Final = 0x4C
OLD: Final = 0x4D
FLOATS: Final = -128  # the exponent 0x80: ordinates are IEEE floats

# Fields without a use here are skipped.
_NEW: Final = "BBBbIddIBB2xI9s9s34x130s30sI8xf52xI192x"
_OLD: Final = "<BBhfffBBHBBBB8s32x130s30s"
NEW_SIZE: Final = 512  # bytes
OLD_SIZE: Final = 224
SUBHEADER_SIZE: Final = 32
_GENERAL: Final = 0  # the experiment: the old format has no place for it
_LABELS_IN_Z_CODE: Final = 15  # ZTEXTL: how the old format says that there are labels


class Flags(IntFlag):
    """What the first byte of a file says about its structure."""

    SHORT_ORDINATES = 0x01  # TSPREC: 16-bit integers, unless the exponent says float
    CHROMATOGRAM = 0x02  # TCGRAM: for older programs; with experiment 0 a chromatogram
    SUBFILES = 0x04  # TMULTI
    RANDOM_Z = 0x08  # TRANDM
    ORDERED_Z = 0x10  # TORDRD
    LABELS = 0x20  # TALABS: labels of the axes stand in the header
    OWN_AXES = 0x40  # TXYXYS: each subfile has its own abscissas
    ABSCISSAS = 0x80  # TXVALS: abscissas are stored


@dataclass(frozen=True, slots=True)
class SpcHeader:
    """What the main header says, its words cleaned, its counts not yet compared with the file.

    ``points`` is the number of points of each subfile; with own axes it is the byte offset of the
    directory of the subfiles, 0 for none.  ``subfiles`` is None where the format does not count them.
    ``size`` is the offset of what follows the header, in bytes.
    """

    version: int
    order: ByteOrder
    size: int
    flags: Flags
    experiment: int
    exponent: int
    points: int
    first: float
    last: float
    subfiles: int | None
    x_code: int
    y_code: int
    x_label: str
    y_label: str
    title: str
    date: str
    resolution: str
    source: str
    log_offset: int = 0
    planes: int = 0
    factor: float = 0.0

    @property
    def is_multifile(self) -> bool:
        """Whether there may be several subfiles, each with an exponent of its own."""
        return bool(self.flags & Flags.SUBFILES)


def parse_header(content: bytes) -> SpcHeader:
    """Read the main header by its version byte.

    Raises DamagedFileError when the file is shorter than its headers or its counts are no numbers.
    """
    needed = (OLD_SIZE if content[1] == OLD else NEW_SIZE) + SUBHEADER_SIZE
    if len(content) < needed:
        raise DamagedFileError(f"expected headers of {needed} bytes, found a file of {len(content)}")
    header = _old(content) if content[1] == OLD else _new(content)
    # Beyond these no arithmetic on an axis is safe, and no axis in any unit lies there.
    if not all(end == 0 or 1e-9 < abs(end) < 1e12 for end in (header.first, header.last)):
        raise DamagedFileError(
            f"byte 8: expected the ends of the axis, found {header.first:g} and {header.last:g}"
        )
    return header


def _new(content: bytes) -> SpcHeader:
    order: ByteOrder = "<" if content[1] == NEW_LITTLE else ">"
    fields = struct.unpack_from(order + _NEW, content)
    flag_bits, version, experiment, exponent, points, first, last, subfiles, x_code, y_code = fields[:10]
    date, resolution, source, comment, labels, log_offset, factor, planes = fields[10:]
    flags = Flags(flag_bits)
    if not flags & Flags.LABELS and b"\x00" not in comment:
        comment += labels  # a long comment goes on where the labels would stand
    x_label, y_label = _labels(labels) if flags & Flags.LABELS else ("", "")
    return SpcHeader(
        version=version,
        order=order,
        size=NEW_SIZE,
        flags=flags,
        experiment=experiment,
        exponent=exponent,
        points=points,
        first=first,
        last=last,
        subfiles=subfiles,
        x_code=x_code,
        y_code=y_code,
        x_label=x_label,
        y_label=y_label,
        title=_text(comment),
        date=_date(date >> 20, date >> 16 & 0xF, date >> 11 & 0x1F, date >> 6 & 0x1F, date & 0x3F),
        resolution=_text(resolution),
        source=_text(source),
        log_offset=log_offset,
        planes=planes,
        factor=factor,
    )


def _old(content: bytes) -> SpcHeader:
    fields = struct.unpack_from(_OLD, content)
    flag_bits, version, exponent, points, first, last, x_code, y_code = fields[:8]
    year_and_z, month, day, hour, minute, resolution, comment, labels = fields[8:]
    if not (math.isfinite(points) and points == int(points) and points >= 0):
        raise DamagedFileError(f"byte 4: expected a number of points, found {points:g}")
    flags = Flags(flag_bits)
    has_labels = flags & Flags.LABELS or year_and_z >> 12 == _LABELS_IN_Z_CODE
    x_label, y_label = _labels(labels) if has_labels else ("", "")
    year = year_and_z & 0xFFF
    if 0 < year < 100:
        year += 1900  # the programs of the eighties and nineties that wrote this format used two digits
    return SpcHeader(
        version=version,
        order="<",
        size=OLD_SIZE,
        flags=flags,
        experiment=_GENERAL,
        exponent=exponent,
        points=int(points),
        first=first,
        last=last,
        subfiles=None if flags & Flags.SUBFILES else 1,
        x_code=x_code,
        y_code=y_code,
        x_label=x_label,
        y_label=y_label,
        title=_text(comment),
        date=_date(year, month, day, hour, minute),
        resolution=_text(resolution),
        source="",
    )


def _text(field: bytes) -> str:
    # What stands behind the first NUL is left over from a longer text.
    return cleaned(decode(field.partition(b"\x00")[0]))


def _labels(field: bytes) -> tuple[str, str]:
    """Return the labels of x and y; empty where the code of the axis counts."""
    texts = [*field.split(b"\x00"), b"", b""]
    return _text(texts[0]), _text(texts[1])


def _date(year: int, month: int, day: int, hour: int, minute: int) -> str:
    """Return the date in ISO 8601; empty when there is none or it is none."""
    try:
        return datetime.datetime(year, month, day, hour, minute).isoformat(" ", "minutes")
    except ValueError:
        return ""
