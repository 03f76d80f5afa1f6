"""PerkinElmer SP files to spectra: one curve at a constant interval, from the first to the last abscissa.

    data set (120) -> range      first x, last x                float64
                      extremes   lowest, highest ordinate       float64
                      interval   from point to point            float64
                      count      i32
                      labels     "cm-1", "A"
                      name, alias, kind ("Spectrum"), history, accessory
                      ordinates  float64

Three of these say how many points there are, and all three must agree.
"""

from __future__ import annotations

import math
import re
import struct
from dataclasses import dataclass
from pathlib import PurePath, PureWindowsPath
from typing import Final

import numpy as np

from spectra_library.errors import DamagedFileError, FormatError, NotInfraredError, UnsupportedFormatError
from spectra_library.formats.assembling import MAX_POINTS_IN_SPECTRUM, Header, assemble
from spectra_library.formats.file_spectrum import FileNotes, FileSpectrum, RefusedBlock
from spectra_library.formats.perkin_elmer_blocks import (
    ARRAY,
    COUNT,
    FIRST_BLOCK,
    INTERVAL,
    RANGE,
    SIGNATURE,
    Block,
    blocks_in,
    description_of,
    text_of,
    value_at,
)
from spectra_library.formats.perkin_elmer_notes import History, accessory_words
from spectra_library.formats.plain_text import cleaned, shown
from spectra_library.formats.sampling_words import technique_after, technique_in
from spectra_library.spectrum import FloatArray
from spectra_library.units import AxisUnit, OrdinateUnit, axis_unit, ordinate_unit

FORMAT: Final = "sp"
_DESCRIPTION: Final = "2D constant interval DataSet file"
_DATA_SET: Final = 120
_MAX_SPECTRA: Final = 1_000

_ABSCISSAS, _EXTREMES, _STEP, _POINTS = -29838, -29837, -29836, -29835
_X_LABEL, _Y_LABEL, _KIND, _ORDINATES = -29833, -29832, -29829, -29828
_NAME, _HISTORY, _INVALID, _ALIAS, _ACCESSORY = -29827, -29825, -29824, -29823, -29822

# Of a step: the interval may be rounded, but a lost point moves the end by a whole one.
_DRIFT_REPORTED: Final = 0.01
_DRIFT_REFUSED: Final = 0.5
_OTHER_ORDINATES: Final = {"EGY": "a single-beam spectrum (EGY)", "SB": "a single-beam spectrum (SB)"}
_OTHER_KINDS: Final = (
    ("INTERFEROGRAM", "an interferogram"),
    ("RAMAN", "a Raman spectrum"),
    ("SINGLE BEAM", "a single-beam spectrum"),
    ("BACKGROUND", "a background"),
)


@dataclass(frozen=True, slots=True)
class _Axis:
    first: float
    last: float
    points: int
    warnings: tuple[str, ...]


def is_perkin_elmer(content: bytes) -> bool:
    """Tell whether a file begins as those of PerkinElmer's block structure do."""
    return content.startswith(SIGNATURE)


def read_perkin_elmer(content: bytes, *, name: str) -> tuple[FileSpectrum | RefusedBlock, ...]:
    """Read the data sets of a file; ``name`` of the file is the title where it has none.

    A data set that cannot be used is a RefusedBlock.  Raises UnsupportedFormatError when the file holds
    an image or another kind of data, DamagedFileError when its blocks do not fill it.
    """
    if description_of(content) != _DESCRIPTION:
        raise UnsupportedFormatError(
            f"expected a PerkinElmer file of a spectrum ({_DESCRIPTION}), "
            f"found {shown(description_of(content))}; export its spectra as JCAMP-DX or CSV"
        )
    sets = [block for block in blocks_in(content, FIRST_BLOCK, len(content)) if block.id == _DATA_SET]
    if not 1 <= len(sets) <= _MAX_SPECTRA:
        raise DamagedFileError(f"expected 1 to {_MAX_SPECTRA} data sets, found {len(sets)}")
    return tuple(_part(content, block, number, name) for number, block in enumerate(sets))


def _part(content: bytes, data_set: Block, number: int, name: str) -> FileSpectrum | RefusedBlock:
    title = cleaned(PurePath(name).stem)
    try:
        members = blocks_in(content, data_set.start, data_set.stop)
        title = _title(content, members) or title
        return _spectrum(content, members, number, title)
    except FormatError as error:
        return RefusedBlock(block=number, error=error, title=title)


def _spectrum(content: bytes, members: list[Block], number: int, title: str) -> FileSpectrum:
    _refuse_other_kinds(_text(content, members, _KIND))
    x_words, unit = _axis_unit(_text(content, members, _X_LABEL))
    y_words, ordinate = _ordinate(_text(content, members, _Y_LABEL))
    axis = _axis(content, members)
    y = _ordinates(content, _only(members, _ORDINATES), axis.points)
    history = History(content, _at_most_one(members, _HISTORY))
    accessory = _at_most_one(members, _ACCESSORY)
    words = [title, *history.words(), *(accessory_words(content, accessory) if accessory else [])]
    technique = technique_in(re.sub(r"\bUATR\b", "ATR", text) for text in words)  # Universal ATR
    technique, said = technique_after(technique, history.actions())
    header = Header(
        block=number,
        format=FORMAT,
        title=title,
        technique=technique,
        x_units=x_words,
        y_units=y_words,
        warnings=(*axis.warnings, *_extremes(content, members, y), *_invalid(members), *said),
        notes=FileNotes(instrument=history.instrument(), date=history.date()),
    )
    return assemble(header, np.linspace(axis.first, axis.last, axis.points), y, axis=unit, ordinate=ordinate)


def _title(content: bytes, members: list[Block]) -> str:
    # The name is a path of the computer that made the file: nobody's business beyond its last part.
    return _text(content, members, _ALIAS) or PureWindowsPath(_text(content, members, _NAME)).stem


def _axis(content: bytes, members: list[Block]) -> _Axis:
    block = _only(members, _POINTS)
    (points,) = struct.unpack_from("<i", content, value_at(content, block, COUNT, 4))
    if not 2 <= points <= MAX_POINTS_IN_SPECTRUM:
        raise DamagedFileError(
            f"byte {block.start}: expected 2 to {MAX_POINTS_IN_SPECTRUM} points, found {points}"
        )
    at = value_at(content, _only(members, _ABSCISSAS), RANGE, 16)
    first, last = struct.unpack_from("<dd", content, at)
    (step,) = struct.unpack_from("<d", content, value_at(content, _only(members, _STEP), INTERVAL, 8))
    if not all(map(math.isfinite, (first, last, step))) or step == 0:
        raise DamagedFileError(
            f"byte {at}: expected a finite axis, found {first:g} to {last:g} in steps of {step:g}"
        )
    drift = abs(first + (points - 1) * step - last) / abs(step)
    if not drift <= _DRIFT_REFUSED:
        raise DamagedFileError(
            f"byte {at}: expected {points} points in steps of {step:g} to end at {last:g}, "
            f"found that from {first:g} they end at {first + (points - 1) * step:g}"
        )
    said = (f"the interval and the ends of the axis differ by {drift:.2g} of a step: read by its ends",)
    return _Axis(first, last, points, said if drift > _DRIFT_REPORTED else ())


def _ordinates(content: bytes, block: Block, points: int) -> FloatArray:
    at = value_at(content, block, ARRAY, 4)
    (size,) = struct.unpack_from("<i", content, at)
    if size != 8 * points or block.stop - at - 4 != size:
        raise DamagedFileError(
            f"byte {at}: expected {8 * points} bytes for {points} points, "
            f"found {size} in a block of {block.stop - at - 4}"
        )
    y = np.frombuffer(content, "<f8", points, at + 4).astype(np.float64)
    if np.isinf(y).any():
        wrong = at + 4 + 8 * int(np.argmax(np.isinf(y)))
        raise DamagedFileError(f"byte {wrong}: expected a finite ordinate, found infinity")
    return y


def _extremes(content: bytes, members: list[Block], y: FloatArray) -> tuple[str, ...]:
    """Compare the ordinates with the extremes of the file, which are exact where the program is in order.

    Returns a warning for one that differs.  Raises DamagedFileError when both do.
    """
    block = _at_most_one(members, _EXTREMES)
    known = y[~np.isnan(y)]
    if block is None or known.size == 0:
        return ()
    lowest, highest = struct.unpack_from("<dd", content, value_at(content, block, RANGE, 16))
    near = 1e-6 * float(known.max() - known.min())
    failed = tuple(
        f"the file says that the {word} ordinate is {said:g}, its data have {found:g}"
        for word, said, found in (
            ("lowest", lowest, float(known.min())),
            ("highest", highest, float(known.max())),
        )
        if not abs(said - found) <= near
    )
    if len(failed) == 2:
        raise DamagedFileError(
            f"byte {block.start}: expected ordinates from {lowest:.7g} to {highest:.7g}, "
            f"found {float(known.min()):.7g} to {float(known.max()):.7g}"
        )
    return failed


def _invalid(members: list[Block]) -> tuple[str, ...]:
    if any(block.id == _INVALID for block in members):
        return ("the file marks a part of the spectrum as invalid, in a form that is not read",)
    return ()


def _refuse_other_kinds(kind: str) -> None:
    for word, name in _OTHER_KINDS:
        if word in kind.upper():
            raise NotInfraredError(f"expected a mid-infrared spectrum, found {name}")


def _axis_unit(label: str) -> tuple[str, AxisUnit]:
    unit = axis_unit(label)
    if unit is None:
        raise UnsupportedFormatError(
            f"expected an axis in cm-1, micrometres or nanometres, found {shown(label)}"
        )
    return label, unit


def _ordinate(label: str) -> tuple[str, OrdinateUnit]:
    if label.upper() in _OTHER_ORDINATES:
        raise NotInfraredError(f"expected a mid-infrared spectrum, found {_OTHER_ORDINATES[label.upper()]}")
    unit = ordinate_unit(label) if label else OrdinateUnit.UNSTATED
    if unit is None:
        raise UnsupportedFormatError(
            f"expected absorbance, transmittance or reflectance, found the ordinate {shown(label)}"
        )
    return label, unit


def _only(members: list[Block], number: int) -> Block:
    found = [block for block in members if block.id == number]
    if len(found) != 1:
        raise DamagedFileError(f"expected one member {number} in a data set, found {len(found)}")
    return found[0]


def _at_most_one(members: list[Block], number: int) -> Block | None:
    return _only(members, number) if any(block.id == number for block in members) else None


def _text(content: bytes, members: list[Block], number: int) -> str:
    block = _at_most_one(members, number)
    return text_of(content, block) if block is not None else ""
