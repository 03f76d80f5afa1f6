"""Ordinates of an OPUS file with the axis and the checks of the status block that belongs to them.

    NPT  points                DPF  1 float32, 2 int32        DXU  unit of the axis, WN is cm-1
    FXV  first x               CSF  factor of the ordinates   MNY  smallest ordinate after the factor
    LXV  last x                                               MXY  largest

MNY and MXY are the file's own check of its ordinates.  NPT counts, not the size of the block, which may
have unused room.  (brukeropusreader spreads the axis over the whole block, brukeropus over NPT: in files
where the two differ only the latter gives the even grid of 8 or 4 cm-1 that these files were put on.)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from spectra_library.errors import DamagedFileError, FormatError, NotInfraredError, UnsupportedFormatError
from spectra_library.formats.assembling import MAX_POINTS_IN_SPECTRUM
from spectra_library.formats.opus_blocks import OpusBlock, Value, read_parameters
from spectra_library.formats.plain_text import shown
from spectra_library.formats.signatures import EXPORT
from spectra_library.spectrum import FloatArray

_DTYPES: Final = {1: "<f4", 2: "<i4"}
_OTHER_AXES: Final = {"MI": "micrometres", "LGW": "logarithms of wavenumbers"}
_MAX_WAVENUMBER: Final = 50_000.0  # 200 nm: the end of what a Fourier transform spectrometer measures
_MAX_STATUS_BLOCKS: Final = 20  # of one kind; real files have one for each of two curves
_LARGEST: Final = float(np.finfo(np.float32).max)
_ROUNDING: Final = 1e-6  # of the larger extreme: MNY and MXY are float32 numbers times CSF


@dataclass(frozen=True, slots=True)
class Axis:
    """``points`` wavenumbers in cm-1, even from ``first`` to ``last``."""

    points: int
    first: float
    last: float

    @property
    def step(self) -> float:
        """From one point to the next, negative on a falling axis."""
        return (self.last - self.first) / (self.points - 1)

    def wavenumbers(self) -> FloatArray:
        """The axis as an array (points,)."""
        return np.linspace(self.first, self.last, self.points)


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Ordinates ``y`` (N,) float64 on ``axis``, with the words of their status block."""

    axis: Axis
    y: FloatArray
    status: dict[str, Value]
    warnings: tuple[str, ...] = ()


def read_curve(content: bytes, block: OpusBlock, blocks: tuple[OpusBlock, ...]) -> Curve:
    """Read a block of ordinates with the status block of its kind whose extremes are those of the ordinates.

    Raises DamagedFileError when none fits, or when the axis contradicts that of other ordinates.
    """
    candidates = [other for other in blocks if other.kind == block.kind.status]
    if not 1 <= len(candidates) <= _MAX_STATUS_BLOCKS:
        raise DamagedFileError(
            f"byte {block.start}: expected a status block for these ordinates, found {len(candidates)}"
        )
    curve: Curve | None = None
    refusals: list[FormatError] = []
    for candidate in candidates:
        try:
            fitting = _with_status(content, block, candidate)
        except FormatError as error:
            refusals.append(error)
            continue
        if curve is not None and curve.axis != fitting.axis:
            raise DamagedFileError(
                f"byte {block.start}: expected one axis for these ordinates, found two that fit"
            )
        curve = fitting
    if curve is None:
        raise refusals[0]
    leftover = block.size - 4 * curve.axis.points
    said = _confirm(curve.axis, _other_axes(content, block, blocks), leftover=leftover, place=block.start)
    return Curve(curve.axis, curve.y, curve.status, said)


def _with_status(content: bytes, block: OpusBlock, status_block: OpusBlock) -> Curve:
    status = read_parameters(content, status_block)
    axis = _axis(status, status_block)
    if axis.points > MAX_POINTS_IN_SPECTRUM or 4 * axis.points > block.size:
        raise DamagedFileError(
            f"byte {status_block.start}: expected NPT of at most {block.size // 4}, the number of values "
            f"that are there, found {axis.points}"
        )
    form, factor = status.get("DPF"), _number(status, "CSF", status_block)
    if form not in _DTYPES:
        raise UnsupportedFormatError(
            f"byte {status_block.start}: expected ordinates of form DPF 1 or 2, found {shown(str(form))}"
        )
    if factor == 0:
        raise DamagedFileError(f"byte {status_block.start}: expected a factor CSF other than 0")
    raw = np.frombuffer(content, dtype=_DTYPES[int(form)], count=axis.points, offset=block.start)
    with np.errstate(invalid="ignore", over="ignore"):
        y = raw.astype(np.float64) * factor
        sound = np.abs(y) <= _LARGEST
    if not sound.all():
        at = block.start + 4 * int(np.argmin(sound))
        raise DamagedFileError(f"byte {at}: expected a finite ordinate, found another value")
    low, high = _number(status, "MNY", status_block), _number(status, "MXY", status_block)
    room = _ROUNDING * max(abs(low), abs(high))
    lowest, highest = float(y.min()), float(y.max())
    if not (abs(lowest - low) <= room and abs(highest - high) <= room):
        raise DamagedFileError(
            f"byte {block.start}: expected ordinates from {low:.7g} (MNY) to {high:.7g} (MXY), "
            f"found {lowest:.7g} to {highest:.7g}"
        )
    return Curve(axis, y, status)


def _axis(status: dict[str, Value], block: OpusBlock) -> Axis:
    unit = status.get("DXU")
    if unit in _OTHER_AXES:
        # Whether the points are even in this unit or in wavenumbers is written nowhere.
        raise UnsupportedFormatError(
            f"expected an axis in cm-1, found {_OTHER_AXES[str(unit)]} (DXU {unit}); {EXPORT}"
        )
    if unit != "WN":
        raise NotInfraredError(f"expected an axis in cm-1 (DXU WN), found {shown(str(unit or ''))}")
    points = status.get("NPT")
    if not isinstance(points, int) or points < 2:
        raise DamagedFileError(
            f"byte {block.start}: expected NPT of 2 points or more, found {shown(str(points))}"
        )
    first, last = _number(status, "FXV", block), _number(status, "LXV", block)
    if not (0 <= first <= _MAX_WAVENUMBER and 0 <= last <= _MAX_WAVENUMBER and abs(first - last) >= 1):
        raise DamagedFileError(
            f"byte {block.start}: expected FXV and LXV from 0 to {_MAX_WAVENUMBER:g} cm-1, "
            f"at least 1 cm-1 apart, found {first:g} and {last:g}"
        )
    return Axis(points, first, last)


def _number(status: dict[str, Value], name: str, block: OpusBlock) -> float:
    number = status.get(name)
    if not isinstance(number, float) or not math.isfinite(number):
        raise DamagedFileError(
            f"byte {block.start}: expected a finite number {name}, found {shown(str(number))}"
        )
    return number


def _other_axes(content: bytes, block: OpusBlock, blocks: tuple[OpusBlock, ...]) -> list[Axis]:
    """List the axes of the sample's other plain curves; a reference is measured apart and has none."""
    axes: list[Axis] = []
    if block.kind.beam == 2:
        return axes
    for other in blocks:
        kind = other.kind
        if kind.parameters == 1 and kind.beam in (1, 3) and kind.extension == 0 and kind != block.kind.status:
            try:
                axes.append(_axis(read_parameters(content, other), other))
            except FormatError:
                continue  # an interferogram, or one that is refused when it is asked for
    return axes


def _confirm(axis: Axis, others: list[Axis], *, leftover: int, place: int) -> tuple[str, ...]:
    """Compare an axis with those of the same measurement, and return a warning when its count stands alone.

    A changed range or a new grid changes more than one of the three numbers, so one alone is damage; only
    a count that fills its block is believed, because OPUS can thin out points.
    """
    is_full = leftover < 8  # blocks end on a multiple of 8 bytes in most versions
    for other in others:
        same = (other.points == axis.points, other.first == axis.first, other.last == axis.last)
        if same in ((True, False, True), (True, True, False)) or (
            same == (False, True, True) and not is_full
        ):
            raise DamagedFileError(
                f"byte {place}: expected {other.points} points from {other.first:.3f} to {other.last:.3f} "
                f"cm-1 as in another curve of this sample, found {axis.points} from {axis.first:.3f} "
                f"to {axis.last:.3f}"
            )
    if is_full or axis in others:
        return ()
    return (f"{leftover // 4} values behind the last of {axis.points} points are left out",)
