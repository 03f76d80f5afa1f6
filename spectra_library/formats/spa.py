"""Thermo OMNIC SPA files to a spectrum: one curve, evenly spaced from the first to the last wavenumber.

    header      +4 points u32 | +8 axis code u32 | +12 ordinate code u32 | +16 first x f32 | +20 last x f32
    ordinates   f32, as many as the header says; NaN where a stretch was blanked out
    history     "Final format: Absorbance", "Resolution: 4.000 from 649.92 to 3999.81", ...

Interferograms may stand beside the spectrum and are left alone.  Groups of spectra (SPG) have the same
signature and another table; they are named and refused.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import Final

import numpy as np

from spectra_library.errors import DamagedFileError, FormatError, NotInfraredError, UnsupportedFormatError
from spectra_library.formats.assembling import MAX_POINTS_IN_SPECTRUM, Header, assemble
from spectra_library.formats.file_spectrum import FileNotes, FileSpectrum, RefusedBlock
from spectra_library.formats.plain_text import cleaned
from spectra_library.formats.sampling_words import technique_after, technique_in
from spectra_library.formats.signatures import EXPORT
from spectra_library.formats.spa_blocks import (
    SIGNATURE,
    Key,
    SpaBlock,
    read_table,
    seconds_of,
    text_of,
    title_of,
)
from spectra_library.units import AxisUnit, OrdinateUnit

FORMAT: Final = "spa"
_HEADER: Final = struct.Struct("<4xIIIff")

# Codes after spectrochempy-omnic 0.2.1 (read_omnic).  Its description calls 12 Kubelka-Munk where its code
# says log(1/R): neither is converted here, so nothing hangs on it.
_CENTIMETRES: Final = 1
_OTHER_AXES: Final = {2: "an interferogram (data points)", 32: "a Raman spectrum (Raman shifts)"}
# Nothing in the file says whether the points are even in wavelength or in wavenumber.
_WAVELENGTHS: Final = {3: "nanometres", 4: "micrometres"}
_ORDINATES: Final = {
    11: ("%Reflectance", OrdinateUnit.REFLECTANCE),
    12: ("Log(1/R)", OrdinateUnit.REFLECTANCE),
    16: ("%Transmittance", OrdinateUnit.PERCENT_TRANSMITTANCE),
    17: ("Absorbance", OrdinateUnit.ABSORBANCE),
    20: ("Kubelka-Munk", OrdinateUnit.KUBELKA_MUNK),
    21: ("Reflectance", OrdinateUnit.REFLECTANCE),
    26: ("Photoacoustic", OrdinateUnit.ARBITRARY),
}
_OTHER_ORDINATES: Final = {15: "a single-beam spectrum", 22: "an interferogram", 31: "a Raman spectrum"}

_MAX_TEXT: Final = 20_000
_MAX_TEXTS: Final = 20
_MAX_WAVENUMBER: Final = 50_000.0  # 200 nm: the end of what a Fourier transform spectrometer measures
_RESOLUTION: Final = re.compile(
    r"Resolution:\s*(\d{1,3}[.,]\d{1,4})\s+from\s+(\d{1,5}[.,]\d{1,6})\s+to\s+(\d{1,5}[.,]\d{1,6})"
)
_FINAL_FORMAT: Final = re.compile(r"Final format:\s*(%?[A-Za-z]+(?:\(1/R\)|-Munk)?)")
_SERIAL: Final = re.compile(r"Bench Serial Number:\s*(\w{1,40})")


@dataclass(frozen=True, slots=True)
class _Axis:
    """What the header block says: points, codes, first and last wavenumber in cm-1."""

    points: int
    axis_code: int
    ordinate_code: int
    first: float
    last: float


def is_spa(content: bytes) -> bool:
    """Tell whether a file begins as OMNIC spectra do."""
    return content.startswith(SIGNATURE)


def read_spa(content: bytes, *, name: str) -> tuple[FileSpectrum | RefusedBlock, ...]:
    """Read the spectrum of an OMNIC file; ``name`` of the file is the title where the file has none.

    A spectrum of another kind is a RefusedBlock.  Raises DamagedFileError when the table of blocks does
    not fit the file, UnsupportedFormatError for a group of spectra.
    """
    blocks = read_table(content)
    if any(block.key is Key.GROUP_TITLE for block in blocks) or _count(blocks, Key.HEADER) > 1:
        raise UnsupportedFormatError(
            "looks like a Thermo OMNIC SPG file (a group of spectra), which is not read yet; " + EXPORT
        )
    title = title_of(content) or cleaned(PurePath(name).stem)
    try:
        return (_spectrum(content, blocks, title),)
    except FormatError as error:
        return (RefusedBlock(block=0, error=error, title=title),)


def _spectrum(content: bytes, blocks: tuple[SpaBlock, ...], title: str) -> FileSpectrum:
    axis = _axis(content, _only(blocks, Key.HEADER))
    words, unit = _ordinate(axis.ordinate_code)
    ordinates = _only(blocks, Key.ORDINATES)
    if ordinates.size != 4 * axis.points:
        raise DamagedFileError(
            f"byte {ordinates.start}: expected {4 * axis.points} bytes for {axis.points} points, "
            f"found {ordinates.size}"
        )
    with np.errstate(invalid="ignore"):  # some NaN warn when they are widened
        y = np.frombuffer(content, "<f4", axis.points, ordinates.start).astype(np.float64)
    if np.isinf(y).any():
        at = ordinates.start + 4 * int(np.argmax(np.isinf(y)))
        raise DamagedFileError(f"byte {at}: expected a finite ordinate, found infinity")

    comments = _texts(content, blocks, Key.COMMENT)
    history = " ".join(_texts(content, blocks, Key.HISTORY))
    technique, said = technique_after(technique_in([title, *comments, history]), history)
    serial = _SERIAL.search(history)
    header = Header(
        block=0,
        format=FORMAT,
        title=title,
        technique=technique,
        x_units="cm-1",
        y_units=words,
        resolution_cm=_resolution(history),
        warnings=said + _other_format(history, words) + _other_range(history, axis),
        notes=FileNotes(
            instrument=f"bench serial number {serial[1]}" if serial else "", date=_date(seconds_of(content))
        ),
    )
    x = np.linspace(axis.first, axis.last, axis.points)
    return assemble(header, x, y, axis=AxisUnit.WAVENUMBER, ordinate=unit)


def _axis(content: bytes, block: SpaBlock) -> _Axis:
    if block.size < _HEADER.size:
        raise DamagedFileError(
            f"byte {block.start}: expected a header of {_HEADER.size} bytes or more, found {block.size}"
        )
    axis = _Axis(*_HEADER.unpack_from(content, block.start))
    if not 2 <= axis.points <= MAX_POINTS_IN_SPECTRUM:
        raise DamagedFileError(
            f"byte {block.start + 4}: expected 2 to {MAX_POINTS_IN_SPECTRUM} points, found {axis.points}"
        )
    if axis.axis_code in _OTHER_AXES:
        raise NotInfraredError(f"expected a mid-infrared spectrum, found {_OTHER_AXES[axis.axis_code]}")
    if axis.axis_code in _WAVELENGTHS:
        raise UnsupportedFormatError(
            f"expected an axis in cm-1, found {_WAVELENGTHS[axis.axis_code]}; {EXPORT}"
        )
    if axis.axis_code != _CENTIMETRES:
        raise UnsupportedFormatError(
            f"byte {block.start + 8}: expected an axis in cm-1 (code 1), found code {axis.axis_code}"
        )
    if not (0 < axis.first <= _MAX_WAVENUMBER and 0 < axis.last <= _MAX_WAVENUMBER):
        raise DamagedFileError(
            f"byte {block.start + 16}: expected wavenumbers from 0 to {_MAX_WAVENUMBER:g} cm-1, "
            f"found {axis.first:g} and {axis.last:g}"
        )
    return axis


def _ordinate(code: int) -> tuple[str, OrdinateUnit]:
    if code in _OTHER_ORDINATES:
        raise NotInfraredError(f"expected a mid-infrared spectrum, found {_OTHER_ORDINATES[code]}")
    if code not in _ORDINATES:
        raise UnsupportedFormatError(
            f"expected absorbance, transmittance or reflectance, found the unknown ordinate code {code}"
        )
    return _ORDINATES[code]


def _only(blocks: tuple[SpaBlock, ...], key: Key) -> SpaBlock:
    found = [block for block in blocks if block.key is key]
    if len(found) == 1:
        return found[0]
    besides = {block.key for block in blocks} & {Key.SAMPLE_INTERFEROGRAM, Key.BACKGROUND_INTERFEROGRAM}
    if not found and besides:
        raise NotInfraredError(f"expected a spectrum, found an interferogram without {key.name.lower()}")
    raise DamagedFileError(f"expected one block of {key.name.lower()}, found {len(found)}")


def _count(blocks: tuple[SpaBlock, ...], key: Key) -> int:
    return sum(block.key is key for block in blocks)


def _texts(content: bytes, blocks: tuple[SpaBlock, ...], key: Key) -> list[str]:
    # The lines of a history are asked for words only, so one long line is as good.
    found = [block for block in blocks if block.key is key][:_MAX_TEXTS]
    return [text_of(content[block.start : block.stop][:_MAX_TEXT], limit=_MAX_TEXT) for block in found]


def _resolution(history: str) -> float | None:
    found = _RESOLUTION.search(history)
    resolution = float(found[1].replace(",", ".")) if found else 0.0
    return resolution if resolution > 0 else None


def _other_format(history: str, words: str) -> tuple[str, ...]:
    """Return a warning when the history ends with another ordinate than the header names."""
    last = next(reversed(list(_FINAL_FORMAT.finditer(history))), None)
    if last is None or words.lower() in history[last.start() :].lower():
        return ()
    return (f"the history of the file says {cleaned(last[1])}, its header {words}: read as {words}",)


def _other_range(history: str, axis: _Axis) -> tuple[str, ...]:
    """Return a warning when the axis reaches beyond what the history says was measured (cuts narrow it)."""
    found = _RESOLUTION.search(history)
    if found is None:
        return ()
    low, high = sorted(float(number.replace(",", ".")) for number in (found[2], found[3]))
    step = abs(axis.last - axis.first) / (axis.points - 1)
    lowest, highest = sorted((axis.first, axis.last))
    if lowest >= low - step and highest <= high + step:
        return ()
    return (
        f"the history of the file says {low:.1f} to {high:.1f} cm-1, its header "
        f"{lowest:.1f} to {highest:.1f} cm-1",
    )


def _date(seconds: int) -> str:
    # Nicolet sold its first infrared spectrometer in 1975: anything before is no time.
    moment = datetime(1899, 12, 31, tzinfo=UTC) + timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment.year >= 1975 else ""
