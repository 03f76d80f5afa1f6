"""Where the subfiles of a Galactic SPC file lie, compared with the size of the file before a number is read.

    one axis     header | [points x f32] | (subheader 32 | ordinates) x subfiles            | [log]
    own axes     header | (subheader 32 | abscissas f32 | ordinates) x subfiles | [directory] | [log]
    directory    (offset u32 | size u32 | z f32) x subfiles; the subfiles may then lie in any order
    subheader    flags u8 | exponent i8 | index u16 | z, next z, noise 3 f32 | points u32 | scans u32 |
                 w f32 | reserved 4

A wrong number of points shifts an even axis without a trace in the numbers, so the end of the data has
to be confirmed: by the end of the file, by the offset of the log, by the stored abscissas or by the
directory.  Bytes left over elsewhere refuse the file.
"""

from __future__ import annotations

import itertools
import struct
from typing import Final

from spectra_library.errors import DamagedFileError, UnsupportedFormatError
from spectra_library.formats.assembling import MAX_POINTS_IN_FILE, MAX_POINTS_IN_SPECTRUM
from spectra_library.formats.spc_checks import check_end, check_exponents, check_indices
from spectra_library.formats.spc_header import FLOATS, OLD, SUBHEADER_SIZE, Flags, SpcHeader
from spectra_library.formats.spc_subfile import Subfile

_MAX_SUBFILES: Final = 20_000
_ENTRY_SIZE: Final = 12
_ABSCISSA_SIZE: Final = 4


def layout_of(content: bytes, header: SpcHeader) -> tuple[tuple[Subfile, ...], tuple[str, ...]]:
    """Find every subfile, in the order of their numbers; return them and what was odd about them.

    Raises DamagedFileError naming the offset when counts, sizes and the file contradict each other,
    UnsupportedFormatError for a structure that is not in the specification.
    """
    _check_structure(header)
    if header.flags & Flags.OWN_AXES:
        found, is_open = _own_axes(content, header)
    else:
        found, is_open = _one_axis(content, header)
    total = sum(subfile.points for subfile in found)
    if total > MAX_POINTS_IN_FILE:
        raise DamagedFileError(f"expected at most {MAX_POINTS_IN_FILE} points, found {total}")
    warnings = check_indices(content, found, header) + check_exponents(content, found, header)
    if is_open:
        warnings += check_end(content, header, found[-1])
    return found, warnings


def _check_structure(header: SpcHeader) -> None:
    if header.version == OLD and header.exponent in (FLOATS, -FLOATS):
        # The words of an old integer are swapped; whether those of a float are is written nowhere.
        raise UnsupportedFormatError("byte 2: expected integers in the old format, found floats")
    if header.flags & Flags.OWN_AXES and not header.flags & Flags.ABSCISSAS:
        raise DamagedFileError("byte 0: expected stored abscissas with own axes, found none")
    if header.version == OLD and header.flags & Flags.ABSCISSAS:
        raise DamagedFileError("byte 0: expected an even axis in the old format, found stored abscissas")
    if not -128 <= header.exponent <= 127:
        raise DamagedFileError(f"byte 2: expected an exponent from -128 to 127, found {header.exponent}")
    if header.subfiles is None:
        return
    lowest, highest = (1, _MAX_SUBFILES) if header.is_multifile else (0, 1)
    if not lowest <= header.subfiles <= highest:
        raise DamagedFileError(
            f"byte 24: expected {lowest} to {highest} subfiles by the flags, found {header.subfiles}"
        )


def _one_axis(content: bytes, header: SpcHeader) -> tuple[tuple[Subfile, ...], bool]:
    """Return the subfiles that share the axis of the header, and whether the end is still to be confirmed."""
    points = _checked_points(header.points, 4)
    x_at = header.size if header.flags & Flags.ABSCISSAS else None
    at = header.size if x_at is None else header.size + points * _ABSCISSA_SIZE
    found: list[Subfile] = []
    # Only the size of the file tells how many subfiles the old format has.
    count = _MAX_SUBFILES if header.subfiles is None else header.subfiles or 1
    while len(found) < count:
        if header.subfiles is None and found and len(content) - at < SUBHEADER_SIZE:
            break
        subfile = _subfile(content, header, at=at, index=len(found), points=points, x_at=x_at)
        found.append(subfile)
        at = subfile.end
    return tuple(found), True


def _own_axes(content: bytes, header: SpcHeader) -> tuple[tuple[Subfile, ...], bool]:
    """Return the subfiles that have axes of their own, and whether the end is still to be confirmed."""
    count = header.subfiles or 1
    if header.points:
        return _by_directory(content, header, at=header.points, count=count), False
    at = header.size
    found: list[Subfile] = []
    for index in range(count):
        subfile = _own_axis(content, header, at=at, index=index)
        found.append(subfile)
        at = subfile.end
    return tuple(found), True


def _by_directory(content: bytes, header: SpcHeader, *, at: int, count: int) -> tuple[Subfile, ...]:
    end = at + count * _ENTRY_SIZE
    if at < header.size or end > len(content):
        raise DamagedFileError(
            f"byte 4: expected a directory of {count} subfiles inside the file of {len(content)} bytes, "
            f"found the offset {at}"
        )
    found: list[Subfile] = []
    for index in range(count):
        entry = at + index * _ENTRY_SIZE
        position, size = struct.unpack_from(header.order + "II", content, entry)
        if position < header.size:
            raise DamagedFileError(f"byte {entry}: expected the offset of subfile {index}, found {position}")
        subfile = _own_axis(content, header, at=position, index=index)
        if size != subfile.end - position:
            raise DamagedFileError(
                f"byte {entry + 4}: expected {subfile.end - position} bytes for the "
                f"{subfile.points} points of subfile {index}, found {size}"
            )
        found.append(subfile)
    # Subfiles that lie on each other would let a small file become a large memory.
    pieces = sorted([(subfile.at, subfile.end) for subfile in found] + [(at, end)])
    for (_, before), (after, _) in itertools.pairwise(pieces):
        if after < before:
            raise DamagedFileError(f"byte {after}: expected subfiles side by side, found two that overlap")
    if any(start <= header.log_offset < stop for start, stop in pieces):
        raise DamagedFileError(
            f"byte 248: expected the log beside the subfiles, found its offset {header.log_offset}"
        )
    return tuple(found)


def _own_axis(content: bytes, header: SpcHeader, *, at: int, index: int) -> Subfile:
    _check_inside(content, at, at + SUBHEADER_SIZE, index)
    points = _checked_points(struct.unpack_from(header.order + "I", content, at + 16)[0], at + 16)
    return _subfile(content, header, at=at, index=index, points=points, x_at=at + SUBHEADER_SIZE)


def _subfile(
    content: bytes, header: SpcHeader, *, at: int, index: int, points: int, x_at: int | None
) -> Subfile:
    _check_inside(content, at, at + SUBHEADER_SIZE, index)
    exponent = header.exponent
    if header.is_multifile:
        # "if TMULTI is not set, then the subexp is ignored in favor of fexp" (SPC.H); else it counts.
        exponent = struct.unpack_from("b", content, at + 1)[0]
    # TSPREC: "only if fexp is NOT 0x80", which for a subfile is the exponent of the subfile.
    is_short = bool(header.flags & Flags.SHORT_ORDINATES) and exponent != FLOATS
    y_at = at + SUBHEADER_SIZE
    if header.flags & Flags.OWN_AXES:
        y_at += points * _ABSCISSA_SIZE
    subfile = Subfile(at, index, points, exponent, 2 if is_short else 4, x_at, y_at)
    _check_inside(content, at, subfile.end, index)
    return subfile


def _checked_points(points: int, at: int) -> int:
    if not 2 <= points <= MAX_POINTS_IN_SPECTRUM:
        raise DamagedFileError(
            f"byte {at}: expected a number of points from 2 to {MAX_POINTS_IN_SPECTRUM}, found {points}"
        )
    return points


def _check_inside(content: bytes, at: int, end: int, index: int) -> None:
    if end > len(content):
        raise DamagedFileError(
            f"byte {at}: expected subfile {index} up to byte {end} by the counts of the header, "
            f"found a file of {len(content)} bytes"
        )
