"""ASP files to a spectrum: six numbers that say what follows, then one ordinate after the other.

    1798                number of ordinates
    3999.43349933624    first x
    650.420452594757    last x
    1                   what x is: 1 wavenumber, 2 micrometres, 3 nanometres        as fxtype of SPC files
    2                   what y is: 2 absorbance, 128 transmission, ...              as fytype of SPC files
    4                   resolution; 0 when unknown
    'comment            at most one line, often none
    0.00569463047851728
    ...

Agilent instruments write it; the format is "ASCII with header" of Galactic's GRAMS, whose description asks
for a delimiter behind every number, the last one too.  Written one number a line, and only read so.
"""

from __future__ import annotations

import io
import math
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath
from typing import Final

import numpy as np

from spectra_library.errors import DamagedFileError, FormatError, NotInfraredError, UnsupportedFormatError
from spectra_library.formats.assembling import MAX_POINTS_IN_SPECTRUM, Header, assemble
from spectra_library.formats.file_spectrum import FileSpectrum, RefusedBlock
from spectra_library.formats.plain_text import cleaned, shown
from spectra_library.spectrum import FloatArray
from spectra_library.units import AxisUnit, OrdinateUnit

FORMAT: Final = "asp"
_HEADER_LINES: Final = 6
_HEAD: Final = 1_000  # bytes that are looked at to recognise one
_END: Final = "\x1a"  # Control-Z: allowed at the end

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]{1,40}\.?[0-9]{0,40}|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?")
# Codes after SPC.H (Galactic), which the description of the format calls its Appendix A.
_AXES: Final = {
    1: ("cm-1", AxisUnit.WAVENUMBER),
    2: ("um", AxisUnit.MICROMETRE),
    3: ("nm", AxisUnit.NANOMETRE),
}
_ORDINATES: Final = {
    0: ("Arbitrary Intensity", OrdinateUnit.ARBITRARY),
    2: ("Absorbance", OrdinateUnit.ABSORBANCE),
    3: ("Kubelka-Munk", OrdinateUnit.KUBELKA_MUNK),
    10: ("Log(1/R)", OrdinateUnit.REFLECTANCE),
    11: ("Percent", OrdinateUnit.ARBITRARY),  # of transmittance or of reflectance: the code does not say
    128: ("Transmission", OrdinateUnit.TRANSMITTANCE),
    129: ("Reflectance", OrdinateUnit.REFLECTANCE),
}
_OTHER_AXES: Final = {13: "a Raman spectrum", 22: "an interferogram", 255: "an interferogram"}
_OTHER_ORDINATES: Final = {
    1: "an interferogram",
    130: "a single-beam spectrum",
    131: "an emission spectrum",
}


@dataclass(frozen=True, slots=True)
class _Head:
    points: int
    first: float
    last: float
    x_code: int
    y_code: int
    resolution_cm: float


def is_asp(content: bytes) -> bool:
    """Tell whether a file is one number a line, and the first six can be a header."""
    if b"\x00" in content[:_HEAD]:
        return False
    lines = re.split(rb"[\r\n\f]+", content[:_HEAD])
    if len(content) > _HEAD:
        lines.pop()  # cut in the middle
    words = [line.decode("latin-1").strip(" \t\x1a") for line in lines]
    numbers = [word for word in words if word and not word.startswith("'")]
    if len(numbers) <= _HEADER_LINES or not all(_NUMBER.fullmatch(text) for text in numbers):
        return False
    codes = (_whole(numbers[3]), _whole(numbers[4]))
    return _whole(numbers[0]) is not None and all(code is not None and code < 256 for code in codes)


def read_asp(text: str, *, name: str) -> tuple[FileSpectrum | RefusedBlock, ...]:
    """Read the spectrum of an ASP file; ``name`` of the file is its title, unless it has a comment.

    A spectrum of another kind is a RefusedBlock.  Raises DamagedFileError when a line is no number, or
    when there are not as many as the first one says.
    """
    text = text.rstrip(_END)
    lines = _lines(text)
    head = _head([_number(line, number) for number, line in islice(lines, _HEADER_LINES)], len(text))
    comment, y = "", array("d")
    for number, line in lines:
        if line.startswith("'") and not y and not comment:
            comment = cleaned(line[1:])
            continue
        if len(y) == head.points:
            raise DamagedFileError(f"line {number}: expected {head.points} ordinates, found more")
        y.append(_number(line, number))
    if len(y) != head.points:
        raise DamagedFileError(
            f"expected {head.points} ordinates, found {len(y)} and the end of the file: it may be cut off"
        )
    if text[-1] not in " \t\n\f":
        raise DamagedFileError(
            "expected an end of line behind the last ordinate, found none: the file may be cut off"
        )
    title = comment or cleaned(PurePath(name).stem)
    try:
        return (_spectrum(head, np.array(y, dtype=np.float64), title),)
    except FormatError as error:
        return (RefusedBlock(block=0, error=error, title=title),)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that hold anything, with their numbers."""
    for number, line in enumerate(io.StringIO(text), 1):
        for part in line.split("\f"):
            stripped = part.strip(" \t\n")
            if stripped:
                yield number, stripped


def _head(numbers: list[float], size: int) -> _Head:
    """Check the six numbers; ``size`` is that of the file in characters, two for an ordinate at least."""
    if len(numbers) < _HEADER_LINES:
        raise DamagedFileError(f"expected {_HEADER_LINES} numbers before the ordinates, found {len(numbers)}")
    points, first, last, x_code, y_code, resolution = numbers
    if not (points.is_integer() and 2 <= points <= MAX_POINTS_IN_SPECTRUM):
        raise DamagedFileError(
            f"line 1: expected 2 to {MAX_POINTS_IN_SPECTRUM} ordinates, found {points:.10g}"
        )
    if 2 * points > size:
        raise DamagedFileError(f"line 1: expected {points:.0f} ordinates, found a shorter file")
    return _Head(int(points), first, last, int(x_code), int(y_code), resolution)


def _spectrum(head: _Head, y: FloatArray, title: str) -> FileSpectrum:
    for other in (_OTHER_AXES.get(head.x_code), _OTHER_ORDINATES.get(head.y_code)):
        if other is not None:
            raise NotInfraredError(f"expected a mid-infrared spectrum, found {other}")
    if head.x_code not in _AXES:
        raise UnsupportedFormatError(
            f"line 4: expected an axis in cm-1, micrometres or nanometres, found x code {head.x_code}"
        )
    if head.y_code not in _ORDINATES:
        raise UnsupportedFormatError(
            f"line 5: expected absorbance, transmittance or reflectance, found y code {head.y_code}"
        )
    x_words, axis = _AXES[head.x_code]
    y_words, ordinate = _ORDINATES[head.y_code]
    is_resolution = axis is AxisUnit.WAVENUMBER and 0 < head.resolution_cm < 1000
    header = Header(
        block=0,
        format=FORMAT,
        title=title,
        x_units=x_words,
        y_units=y_words,
        resolution_cm=head.resolution_cm if is_resolution else None,
    )
    return assemble(header, np.linspace(head.first, head.last, y.size), y, axis=axis, ordinate=ordinate)


def _number(text: str, line: int) -> float:
    value = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(value):
        raise DamagedFileError(f"line {line}: expected a number, found {shown(text)}")
    return value


def _whole(text: str) -> int | None:
    return int(text) if text.isdigit() and len(text) < 12 else None
