"""Galactic SPC files of our own making, and a slow second opinion on what was read from one.

Layout and codes by SPC.H of the Galactic Universal Data Format Specification (1997); nothing here is
shared with the reader.
"""

from __future__ import annotations

import itertools
import math
import struct
from collections.abc import Sequence

from spectra_library.formats.file_spectrum import FilePart, FileSpectrum

LITTLE, BIG, OLD = 0x4B, 0x4C, 0x4D
SHORT, MULTI, LABELS, OWN_AXES, ABSCISSAS = 0x01, 0x04, 0x20, 0x40, 0x80
FLOAT = -128

BAND = tuple(0.02 + 0.9 * math.exp(-(((i - 12) / 3) ** 2)) for i in range(30))
AXIS = tuple(1200.0 - 4.0 * i for i in range(30))
UNEVEN = tuple(1200.0 - 4.0 * i - 0.05 * i * i for i in range(30))


def spc_bytes(
    y: Sequence[Sequence[float]] = (BAND,),
    *,
    version: int = LITTLE,
    exponents: Sequence[int] | None = None,
    x: Sequence[Sequence[float]] | None = None,
    first: float = AXIS[0],
    last: float = AXIS[-1],
    flags: int = 0,
    with_directory: bool = False,
    log: str | None = None,
    behind: bytes = b"",
    **fields: object,
) -> bytes:
    """Write one file.

    ``y`` holds the ordinates of each subfile, ``exponents`` the exponent of each (FLOAT for floats; 1
    without).  ``x`` holds no axis (even), one axis for all, or one of each.  ``fields`` are ``points``,
    ``exponent``, ``subfiles`` and ``subexponents`` where the file should lie, and other fields of the
    header.
    """
    order = ">" if version == BIG else "<"
    exponents = exponents or [1] * len(y)
    if len(y) > 1:
        flags |= MULTI
    if x is not None:
        flags |= ABSCISSAS | (OWN_AXES if len(x) > 1 else 0)
    own = bool(flags & OWN_AXES)
    if x is not None:
        first, last = x[0][0], x[0][-1]
    start = 224 if version == OLD else 512
    body = b"" if x is None or own else struct.pack(f"{order}{len(x[0])}f", *x[0])
    said = fields.pop("subexponents", exponents)
    entries = b""
    for index, (values, exponent) in enumerate(zip(y, exponents, strict=True)):
        at = start + len(body)
        subfile = struct.pack(
            order + "BbHfffIIf4x", 0, said[index], index, index, index + 1, 0, len(values) if own else 0, 0, 0
        )
        if own:
            subfile += struct.pack(f"{order}{len(values)}f", *x[index])
        subfile += _ordinates(values, exponent, order, flags, version)
        entries += struct.pack(order + "IIf", at, len(subfile), index)
        body += subfile
    points: object = len(y[0])
    if own:
        points = start + len(body) if with_directory else 0
        body += entries if with_directory else b""
    log_offset = 0
    if log is not None:
        log_offset = start + len(body)
        text = log.encode("cp1252") + b"\x00"
        body += struct.pack(order + "IIIII44x", 64 + len(text), 4096, 64, 0, 0) + text
    common = {
        "points": points,
        "exponent": exponents[0],
        "subfiles": len(y),
        "first": first,
        "last": last,
        "log_offset": log_offset,
    }
    return _header(version, order, flags, {**common, **fields}) + body + behind


def _header(version: int, order: str, flags: int, fields: dict[str, object]) -> bytes:
    usual = {
        **{
            "experiment": 0,
            "x_code": 1,
            "y_code": 2,
            "z_code": 0,
            "date": (1995, 4, 18, 9, 20),
            "resolution": b"4",
            "planes": 0,
        },
        **{"source": b"Bench 1", "comment": b"made up", "labels": b"", "factor": 0.0},
    }
    f = {**usual, **fields}
    year, month, day, hour, minute = f["date"]
    if version == OLD:
        return struct.pack(
            "<BBhfffBBHBBBB8sHH28x130s30s",
            *(flags, version, f["exponent"], f["points"], f["first"], f["last"], f["x_code"], f["y_code"]),
            *(
                year | f["z_code"] << 12,
                month,
                day,
                hour,
                minute,
                f["resolution"],
                0,
                0,
                f["comment"],
                f["labels"],
            ),
        )
    date = year << 20 | month << 16 | day << 11 | hour << 6 | minute
    return struct.pack(
        order + "BBBbIddIBBBBI9s9sH32x130s30sIIBBHf48xfIfB187x",
        *(flags, version, f["experiment"], f["exponent"], f["points"], f["first"], f["last"], f["subfiles"]),
        *(
            f["x_code"],
            f["y_code"],
            f["z_code"],
            0,
            date,
            f["resolution"],
            f["source"],
            0,
            f["comment"],
            f["labels"],
        ),
        *(f["log_offset"], 0, 0, 1, 1, f["factor"], 0.0, f["planes"], 0.0, 0),
    )


def _ordinates(values: Sequence[float], exponent: int, order: str, flags: int, version: int) -> bytes:
    if exponent == FLOAT:
        return struct.pack(f"{order}{len(values)}f", *values)
    if flags & SHORT:
        return struct.pack(f"{order}{len(values)}h", *(round(v * 2.0 ** (16 - exponent)) for v in values))
    whole = [round(v * 2.0 ** (32 - exponent)) for v in values]
    if version == OLD:
        return b"".join(struct.pack("<hH", number >> 16, number & 0xFFFF) for number in whole)
    return struct.pack(f"{order}{len(values)}i", *whole)


def seeds() -> dict[str, bytes]:
    """Return a small valid file of every variant."""
    low = tuple(v / 4 for v in BAND)
    percent = tuple(100 * 10**-v for v in BAND)
    log = 'MODEL = Bench 1\r\nRES = 4\r\nNAME = "made up"\r\n'
    found: dict[str, bytes] = {}
    for name, version in (("little", LITTLE), ("big", BIG)):
        found |= {
            f"{name}_long": spc_bytes(version=version),
            f"{name}_short": spc_bytes(version=version, flags=SHORT),
            f"{name}_float": spc_bytes(version=version, exponents=[FLOAT]),
            f"{name}_log": spc_bytes(version=version, log=log),
            f"{name}_uneven": spc_bytes(version=version, x=[UNEVEN]),
            f"{name}_multi": spc_bytes([BAND, low], version=version, exponents=[1, -1], log=log),
            f"{name}_multi_mixed": spc_bytes([BAND, low], version=version, exponents=[1, FLOAT], flags=SHORT),
            f"{name}_multi_uneven": spc_bytes([BAND, low], version=version, x=[UNEVEN], flags=MULTI),
            f"{name}_own_axes": spc_bytes([BAND, low[:20]], version=version, x=[UNEVEN, AXIS[:20]]),
            f"{name}_directory": spc_bytes(
                [BAND, low[:20]], version=version, x=[UNEVEN, AXIS[:20]], with_directory=True, log=log
            ),
        }
    found |= {
        "percent": spc_bytes([percent], exponents=[8], y_code=128),
        "old_long": spc_bytes(version=OLD),
        "old_short": spc_bytes(version=OLD, flags=SHORT),
        "old_multi": spc_bytes([BAND, low, BAND], version=OLD, exponents=[1, -1, 1]),
        "labels": spc_bytes(flags=LABELS, labels=b"Wavenumbers (cm-1)\x00A\x00\x00"),
    }
    return found


def complaints(content: bytes, parts: Sequence[FilePart]) -> list[str]:
    """Say which of the file's own counts, offsets and numbers do not hold for what was read from it."""
    old, order = content[1] == OLD, ">" if content[1] == BIG else "<"
    flags, size = content[0], len(content)
    if old:
        exponent, points, first, last = struct.unpack_from("<hfff", content, 2)
        at, count, log, planes = 224, len(parts), 0, 0
    else:
        exponent, points, first, last, count = struct.unpack_from(order + "bIddI", content, 3)
        log, planes = (
            struct.unpack_from(order + "I", content, 248)[0],
            struct.unpack_from(order + "I", content, 316)[0],
        )
        at, count = 512, count or 1
    found: list[str] = []
    if planes:
        found.append("a map was read")
    if count != len(parts) or (count > 1 and not flags & MULTI):
        found.append(f"{count} subfiles are counted, {len(parts)} were read")
    if old and points != int(points):
        return [*found, "the number of points is no whole number"]
    points, own = int(points), bool(flags & OWN_AXES)
    directory = points if own else 0
    shared: list[float] | None = None
    if flags & ABSCISSAS and not own:
        shared = list(struct.unpack_from(f"{order}{points}f", content, at))
        at += 4 * points
    used, indices, axis = [], [], shared
    for number, part in enumerate(parts):
        if directory:
            at, said_size = struct.unpack_from(order + "II", content, directory + 12 * number)
        start = at
        subexponent, index = struct.unpack_from(order + "bH", content, at + 1)
        indices.append(index)
        here = exponent if not flags & MULTI else subexponent
        if exponent == FLOAT and flags & MULTI and here != FLOAT:
            found.append(f"subfile {number} has integers, the header floats")
        if not flags & MULTI and subexponent == FLOAT != exponent:
            found.append("the header has integers, the subheader floats")
        if own:
            points = struct.unpack_from(order + "I", content, at + 16)[0]
        at += 32
        if own:
            axis = list(struct.unpack_from(f"{order}{points}f", content, at))
            at += 4 * points
        elif shared is None:
            axis = [first + (last - first) * i / (points - 1) for i in range(points)]
        values, at = _slow_ordinates(content, at, points, here, order, flags, old)
        used.append((start, at))
        if directory and said_size != at - start:
            found.append(f"the directory gives subfile {number} {said_size} bytes, it has {at - start}")
        if isinstance(part, FileSpectrum):
            found += _wrong_numbers(part, axis, values)
    if any(indices) and indices != list(range(len(parts))) and len(parts) > 1:
        found.append(f"the subfiles are numbered {indices}")
    end = max(stop for _, stop in used)
    if end > size:
        found.append(f"the data end at byte {end} of {size}")
    if directory:
        used.append((directory, directory + 12 * len(parts)))
    used.sort()
    if any(after[0] < before[1] for before, after in itertools.pairwise(used)):
        found.append("subfiles overlap")
    if 0 < log < end and not directory:
        found.append("the log lies in the data")
    stop = log if 0 < log < size else size
    confirmed = directory or (axis and flags & ABSCISSAS and abs(axis[-1] - last) < 0.5)
    if stop - end >= 4 and not confirmed:
        found.append(f"{stop - end} bytes are left over behind the data")
    return found


def _slow_ordinates(
    content: bytes, at: int, points: int, exponent: int, order: str, flags: int, old: bool
) -> tuple[list[float], int]:
    if exponent == FLOAT:
        return list(struct.unpack_from(f"{order}{points}f", content, at)), at + 4 * points
    if flags & SHORT:
        whole = struct.unpack_from(f"{order}{points}h", content, at)
        return [number * 2.0**exponent / 65536 for number in whole], at + 2 * points
    values = []
    for place in range(at, at + 4 * points, 4):
        four = content[place : place + 4]
        if old:
            four = four[2:] + four[:2]
        number = int.from_bytes(four, "big" if order == ">" else "little", signed=True)
        values.append(number * 2.0**exponent / 2**32)
    return values, at + 4 * points


def _wrong_numbers(part: FileSpectrum, axis: Sequence[float], values: Sequence[float]) -> list[str]:
    """Compare what was read with the ordinates at the same places; percent and fraction are both right."""
    unit = {**dict.fromkeys("m", 1e4), **dict.fromkeys("n", 1e7)}.get(part.x_units[:1].lower())
    places = sorted((unit / x if unit else x, y) for x, y in zip(axis, values, strict=True))
    nearest = 0
    read = part.absorbance if part.absorbance is not None else part.ordinate
    assert read is not None
    for wavenumber, value in zip(part.wavenumber.tolist(), read.tolist(), strict=True):
        while nearest < len(places) - 1 and places[nearest][0] < wavenumber * (1 - 1e-12):
            nearest += 1
        x, y = places[nearest]
        if not math.isclose(x, wavenumber, rel_tol=1e-9):
            return [f"a point at {wavenumber:g} cm-1 that the file does not have"]
        meant = (
            [y] if part.absorbance is None else [y, *([-math.log10(y), 2 - math.log10(y)] if y > 0 else [])]
        )
        if not any(math.isclose(value, m, rel_tol=1e-9, abs_tol=1e-12) for m in meant):
            return [f"{value:g} at {wavenumber:g} cm-1, where the file has {y:g}"]
    return []
