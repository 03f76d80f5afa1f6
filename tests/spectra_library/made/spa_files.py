"""OMNIC SPA files of our own making, and a slow check of what was read from one.

Nothing here uses the reader: the layout is written down a second time, from its description.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence

from spectra_library.formats.file_spectrum import FilePart, FileSpectrum

POINTS = 60
FIRST, LAST = 4000.0, 650.5  # exact in float32
ABSORBANCE, PERCENT_T, PERCENT_R, LOG_1_R, KUBELKA_MUNK, REFLECTANCE = 17, 16, 11, 12, 20, 21
SINGLE_BEAM, VOLTS, PHOTOACOUSTIC, RAMAN = 15, 22, 26, 31
NAMES = {
    ABSORBANCE: "Absorbance", PERCENT_T: "%Transmittance", PERCENT_R: "%Reflectance", LOG_1_R: "Log(1/R)",
    KUBELKA_MUNK: "Kubelka-Munk", REFLECTANCE: "Reflectance", PHOTOACOUSTIC: "Photoacoustic",
}  # fmt: skip


def history_of(final_format: str, *, low: str = "650.5000", high: str = "4000.0000") -> str:
    return (
        f"Collect Sample\r\n\t Final format:\t{final_format}\r\n"
        f"\t Resolution:\t 4.000 from {low} to {high}\r\n\t Bench Serial Number:AAA0000001\r\n"
    )


def band(*, points: int = POINTS, base: float = 0.05, height: float = 0.8) -> list[float]:
    """One band on a base line, rounded to what a float32 can hold."""
    values = [base + height * math.exp(-(((i - points / 3) / 4) ** 2)) for i in range(points)]
    return list(struct.unpack(f"<{points}f", struct.pack(f"<{points}f", *values)))


def percent(values: Sequence[float]) -> list[float]:
    return [100 * 10**-value for value in values]


def spa_bytes(
    y: Sequence[float],
    *,
    first: float = FIRST,
    last: float = LAST,
    axis_code: int = 1,
    ordinate_code: int = ABSORBANCE,
    title: str = "made up",
    seconds: int = 3_737_043_778,
    history: str | None = None,
    comments: Sequence[str] = (),
    interferograms: bool = False,
    points: int | None = None,
    more_rows: Sequence[tuple[int, bytes]] = (),
    without: Sequence[int] = (),
) -> bytes:
    """Lay out one file: head, table, blocks in the order of the table."""
    header = struct.pack(
        "<IIIIff", 3, len(y) if points is None else points, axis_code, ordinate_code, first, last
    )
    if history is None:
        history = history_of(NAMES.get(ordinate_code, "Single Beam"))
    blocks = [(2, header.ljust(140, b"\x00")), (27, history.encode("cp1252") + b"\x00")]
    blocks += [(4, text.encode("cp1252") + b"\x00") for text in comments]
    blocks.append((3, struct.pack(f"<{len(y)}f", *y)))
    if interferograms:
        blocks += [(103, bytes(64)), (101, bytes(24)), (102, bytes(64)), (100, bytes(24))]
    blocks += more_rows
    blocks = [(key, block) for key, block in blocks if key not in without]

    head = bytearray(304)
    head[:20] = b"Spectral Data File\r\n"
    head[30:286] = title.encode("cp1252").ljust(256, b"\x00")
    struct.pack_into("<HI", head, 294, len(blocks), seconds)
    place = 304 + 16 * len(blocks)
    table, body = b"", b""
    for key, block in blocks:
        table += struct.pack("<BBII6x", key, 0, place + len(body), len(block))
        body += block
    return bytes(head) + table + body


def seeds() -> dict[str, bytes]:
    """Small valid files of every variant, by name."""
    blanked = band()
    blanked[20:24] = [math.nan] * 4
    return {
        "absorbance": spa_bytes(band()),
        "ascending": spa_bytes(band(), first=LAST, last=FIRST),
        "percent_transmittance": spa_bytes(percent(band()), ordinate_code=PERCENT_T),
        "percent_reflectance": spa_bytes(percent(band()), ordinate_code=PERCENT_R),
        "log_1_r": spa_bytes(band(), ordinate_code=LOG_1_R),
        "kubelka_munk": spa_bytes(band(), ordinate_code=KUBELKA_MUNK),
        "photoacoustic": spa_bytes(band(), ordinate_code=PHOTOACOUSTIC),
        "blanked": spa_bytes(blanked),
        "with_interferograms": spa_bytes(band(), interferograms=True, comments=["Smart ATR", "second"]),
        "single_beam": spa_bytes(band(), ordinate_code=SINGLE_BEAM),
        "interferogram": spa_bytes(band(), axis_code=2, ordinate_code=VOLTS),
        "raman": spa_bytes(band(), axis_code=32, ordinate_code=RAMAN),
        "micrometres": spa_bytes(band(), axis_code=4, first=2.5, last=16.0),
        "group": spa_bytes(band(), more_rows=[(107, b"title".ljust(256, b"\x00"))]),
    }


def complaints(content: bytes, parts: Sequence[FilePart]) -> list[str]:
    """Say what does not hold between a file and the spectra that were read from it; empty when sound."""
    spectra = [part for part in parts if isinstance(part, FileSpectrum)]
    if not spectra:
        return []
    (rows,) = struct.unpack_from("<H", content, 294)
    table = [struct.unpack_from("<BBII", content, 304 + 16 * row) for row in range(rows)]
    headers = [row for row in table if row[0] == 2 and row[3]]
    ordinates = [row for row in table if row[0] == 3 and row[3]]
    if len(spectra) != 1 or len(headers) != 1 or len(ordinates) != 1:
        return [f"{len(spectra)} spectra, {len(headers)} headers, {len(ordinates)} blocks of ordinates"]
    (_, _, header, header_size), (_, _, place, size) = headers[0], ordinates[0]
    _, points, axis_code, code, first, last = struct.unpack_from("<IIIIff", content, header)
    found: list[str] = []
    if size != 4 * points or place + size > len(content) or header + header_size > len(content):
        return [f"{points} points in {size} bytes at {place} of {len(content)}"]
    if max(header, place) < min(header + header_size, place + size):
        found.append("header and ordinates share bytes")
    if min(header, place) < 304 + 16 * rows:
        found.append("a block stands inside the table")
    if axis_code != 1:
        found.append(f"the axis has code {axis_code}")
    y = struct.unpack_from(f"<{points}f", content, place)
    x = [first + (last - first) * i / (points - 1) for i in range(points)]
    return found + _differences(spectra[0], sorted(zip(x, y, strict=True)), code)


def _differences(part: FileSpectrum, pairs: list[tuple[float, float]], code: int) -> list[str]:
    kept = [(x, y) for x, y in pairs if not math.isnan(y)]
    values = part.ordinate
    if code in (ABSORBANCE, PERCENT_T):
        values = part.absorbance
    if values is None:
        return [f"ordinate code {code} was read as another quantity"]
    if code == PERCENT_T:
        # A file that says percent and holds fractions is read as what it holds, with a warning.
        unit = 1.0 if any("fractions" in said for said in part.warnings) else 100.0
        kept = [(x, -math.log10(y / unit)) for x, y in kept if y / unit > 0]
    if len(kept) != values.size:
        return [f"{len(kept)} points are there, {values.size} were read"]
    read = zip(part.wavenumber.tolist(), values.tolist(), strict=True)
    wrong = [
        f"{x:.3f} {y:.6g} was read as {a:.3f} {b:.6g}"
        for (x, y), (a, b) in zip(kept, read, strict=True)
        if not (
            math.isclose(x, a, rel_tol=1e-9, abs_tol=1e-9) and math.isclose(y, b, rel_tol=1e-9, abs_tol=1e-12)
        )
    ]
    return wrong[:3]
