"""Text tables of our own making, and a slow check of what was read from one.

Nothing here uses the reader: a spectrum is sound when each of its points stands in the file, both numbers in
one line, or above each other where the axis is a line.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import pairwise

from spectra_library.formats.file_spectrum import FilePart, FileSpectrum

AXIS = [400.0 + 20 * i for i in range(120)]
BAND = [0.02 + math.exp(-(((x - 1700) / 60) ** 2)) for x in AXIS]
PERCENT = [100 * 10**-y for y in BAND]
HALF = [y / 2 for y in BAND]
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def table(
    *columns: Sequence[float], header: str = "", delimiter: str = ",", comma: bool = False, end: str = "\n"
) -> str:
    """Columns side by side, every digit of them."""
    lines = [delimiter.join(map(repr, row)) + end for row in zip(*columns, strict=True)]
    body = "".join(lines)
    return (header + end if header else "") + (body.replace(".", ",") if comma else body)


def long_table(*, header: str = "name,wavenumber,absorbance\n") -> str:
    pairs = [("acetone", BAND), ("toluene", HALF)]
    return header + "".join(
        f"{name},{x!r},{y!r}\n" for name, band in pairs for x, y in zip(AXIS, band, strict=True)
    )


def rows_table() -> str:
    lines = [("name", AXIS), ("acetone", BAND), ("toluene", HALF)]
    return "".join(f"{name}," + ",".join(map(repr, numbers)) + "\n" for name, numbers in lines)


def seeds() -> dict[str, bytes]:
    """Tables as programs export them, by name."""
    micrometres = [1e4 / x for x in reversed(AXIS)]
    texts = {
        "opus_dpt": table(AXIS[::-1], BAND[::-1], delimiter="\t"),
        "omnic": table(AXIS, BAND),
        "header": table(AXIS, BAND, header="Wavenumber,Absorbance"),
        "decimal_comma": table(AXIS, BAND, header="cm-1;A", delimiter=";", comma=True),
        "excel_sep": "sep=;\n" + table(AXIS, PERCENT, header="cm-1;%T", delimiter=";"),
        "spaces": table(AXIS, BAND, delimiter="   "),
        "pipe": table(AXIS, BAND, header="Wavenumber|Absorbance", delimiter="|"),
        "trailing": table(AXIS, BAND, header="Wavenumber,Absorbance,", end=",\n"),
        "quoted": "Wavenumber,Absorbance\n"
        + "".join(f'"{x}","{y}"\n'.replace(".", ",") for x, y in zip(AXIS, BAND, strict=True)),
        "units_row": table(AXIS, BAND, HALF, header="Wavenumber,acetone,toluene\ncm-1,A,A"),
        "pairs": table(AXIS, BAND, AXIS, HALF, header="Wavenumber,a1,Wavenumber,b1"),
        "russian": table(AXIS, PERCENT, header="Волновое число, см-1;Пропускание, %", delimiter=";"),
        "azerbaijani": table(AXIS, BAND, header="Dalğa ədədi (sm-1);Udma", delimiter=";", comma=True),
        "micrometres": table(micrometres, BAND[::-1], header="Wavelength (um),Absorbance"),
        "gap": table(AXIS, BAND, header="Wavenumber,Absorbance").replace(repr(BAND[50]), "").replace(
            repr(BAND[51]), "?"
        ),
        "asc": "PE IR\n-1\n#GR\nCM-1\n%T\n#DATA\n" + table(AXIS[::-1], PERCENT[::-1], delimiter="\t"),
        "long": long_table(),
        "rows": rows_table(),
    }  # fmt: skip
    found = {name: text.encode() for name, text in texts.items()}
    found["utf_16"] = texts["russian"].encode("utf-16")
    found["windows_1251"] = texts["russian"].encode("cp1251")
    return found


def complaints(content: bytes, parts: Sequence[FilePart]) -> list[str]:
    """Say which points of the spectra are not in the file; empty when all are."""
    spectra = [part for part in parts if isinstance(part, FileSpectrum) and part.format == "csv"]
    if not spectra:
        return []
    is_wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = content.removeprefix(b"\xef\xbb\xbf").decode("utf-16" if is_wide else "latin-1", errors="replace")
    lines = text.replace("\r", "\n").split("\n")
    readings = [
        [[number_in(cell.replace(",", mark)) for cell in re.split(split, line)] for line in lines]
        for split, mark in ((r'[\t;|,"\s]+', ","), (r'[\t;|"\s]+|(?<="),(?=")', "."))
    ]
    return missing_points(readings, spectra)


def missing_points(
    readings: Sequence[Sequence[Sequence[float | None]]], spectra: Sequence[FileSpectrum]
) -> list[str]:
    """Say which points are in none of the readings; a reading is lines of numbers, None for text."""
    pools = [_pool(reading) for reading in readings]
    found: list[str] = []
    for part in spectra:
        values = part.absorbance if part.absorbance is not None else part.ordinate
        if values is None or values.size != part.wavenumber.size:
            return ["a spectrum without as many values as wavenumbers"]
        points = list(zip(part.wavenumber.tolist(), values.tolist(), strict=True))
        if any(b[0] <= a[0] for a, b in pairwise(points)):
            found.append("the axis does not rise")
        axes = (lambda x: x, lambda x: 1e4 / x, lambda x: 1e7 / x)
        ordinates = (lambda y: y, lambda y: 10**-y, lambda y: 100 * 10**-y)
        if part.absorbance is None:
            ordinates = ordinates[:1]
        if not any(
            all((_key(axis(x)), _key(ordinate(y))) in pool for x, y in points)
            for pool in pools
            for axis in axes
            for ordinate in ordinates
        ):
            found.append(f"{part.title}: its {len(points)} points do not stand in the file")
    return found


def _pool(lines: Sequence[Sequence[float | None]]) -> set[tuple[str, str]]:
    """Every pair of numbers that stand in one line, or above each other in lines of one width."""
    pool: set[tuple[str, str]] = set()
    keys = [[None if value is None else _key(value) for value in line] for line in lines]
    for line in keys:
        if len(line) <= 12:
            pool |= {(a, b) for a in line for b in line if a is not None and b is not None}
    wide = [line for line in keys if len(line) > 12]
    for axis in wide:
        for line in wide:
            pool |= {(a, b) for a, b in zip(axis, line, strict=False) if a is not None and b is not None}
    return pool


def number_in(cell: str) -> float | None:
    return float(cell) if _NUMBER.fullmatch(cell) and len(cell) < 100_000 else None


def _key(value: float) -> str:
    # Seven digits: a logarithm and its inverse do not keep the last ones.
    return f"{value:.7g}" if abs(value) > 1e-12 else "0"
