"""The checks that a JCAMP-DX file carries with it, and how exactly each can be expected to hold.

Every number in such a file was rounded (or cut off) when it was printed.  Each check therefore allows
what printing costs: one unit in the last printed place.  The X-check is there to find lost and doubled
points, which shift everything behind them by a whole step; axes in circulation drift by fractions of
a step because DELTAX was rounded before it was added up.  So half a step is the limit there.

    X-check   every abscissa at the beginning of a line against the point it belongs to: refused when
              off by more than printing and more than half a step, warned about in between
    Y-check   the repeated ordinate of DIF form (in jcamp_numbers): exact, refused
    NPOINTS   the count: exact, refused
    LASTX     follows from the X-check on the last line; for pairs checked directly: refused
    DELTAX    redundant; where the X-check has confirmed the axis, a wrong one is a warning
    FIRSTY, MAXY, MINY   three statements about the scale: one that holds confirms it, the others are
              warned about; when none confirms it and one fails, the scale is wrong: refused.  A 0 that
              holds confirms nothing: it holds at every scale
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from spectra_library.errors import DamagedFileError
from spectra_library.formats.jcamp_labels import Block
from spectra_library.formats.jcamp_numbers import Mark
from spectra_library.spectrum import FloatArray

# Two float32 roundings, with room: programs print what single precision held.
_SINGLE_PRECISION = 1e-6
_MOST_DECIMALS = 9  # more than any spectrometer means


def check_abscissas(marks: Sequence[Mark], x: FloatArray, *, factor: float) -> tuple[str, ...]:
    """Compare each printed abscissa with its point; this is what finds a lost or doubled line.

    ``x`` (N,) computed from FIRSTX, LASTX and NPOINTS.  Writers drop trailing zeros, so the place that
    a line was rounded to is taken from the longest abscissas of the table.  Returns a warning when the
    lines drift from the axis by more than printing explains, but by less than half a point.

    Raises DamagedFileError with the line number when one is off by more.
    """
    if not marks:
        raise DamagedFileError("expected ordinates below ##XYDATA=, found none")
    printed = [mark.printed for mark in marks]
    said = np.array([float(number) for number in printed])
    at = x[[mark.point for mark in marks]]
    places = np.minimum(
        max(map(_decimals, printed)),
        max(map(_digits, printed)) - _whole_digits(said),
    )
    slack = _SINGLE_PRECISION * float(np.abs(x).max())
    half_step = abs(float(x[-1] - x[0])) / (x.size - 1) / 2
    printing = 1.001 * 10.0 ** -np.maximum(places, 0) * abs(factor) + slack
    off = np.abs(said * factor - at)
    wrong = off > np.maximum(printing, half_step)
    if wrong.any():
        first = int(np.argmax(wrong))
        raise DamagedFileError(
            f"line {marks[first].line}: the X-check failed: expected the abscissa {at[first] / factor:.10g}, "
            f"found {marks[first].printed}"
        )
    drift = float(np.max(off, where=off > printing, initial=0.0))
    if not drift:
        return ()
    return (f"the abscissas of the lines drift by up to {drift:.2g} from the even axis of the header",)


def check_ends(block: Block, x: FloatArray) -> None:
    """Compare the first and the last abscissa of a table of pairs with FIRSTX and LASTX.

    Raises DamagedFileError.
    """
    for label, found, neighbour in (("FIRSTX", x[0], x[1]), ("LASTX", x[-1], x[-2])):
        said = block.number(label)
        if said is None:
            continue
        # The pair may be printed shorter than the header, or longer; a lost pair is a whole step off.
        printing = max(unit_in_last_place(block.printed(label)), 1e-4 * abs(said))
        if abs(said - found) > min(printing, abs(found - neighbour) / 2):
            raise DamagedFileError(f"expected the abscissa {said:.10g} (##{label}=), found {found:.10g}")


def check_step(block: Block, x: FloatArray) -> tuple[str, ...]:
    """Return a warning when DELTAX contradicts an axis that FIRSTX, LASTX, NPOINTS and the lines agree on."""
    said = block.number("DELTAX")
    if said is None or x.size < 2:
        return ()
    step = (x[-1] - x[0]) / (x.size - 1)
    # One unit of FIRSTX and LASTX over the whole range is the most that printing can change the step.
    ends = unit_in_last_place(block.printed("FIRSTX")) + unit_in_last_place(block.printed("LASTX"))
    allowed = unit_in_last_place(block.printed("DELTAX")) + ends / (x.size - 1) + 1e-4 * abs(step)
    if abs(said - step) <= allowed:
        return ()
    return (f"##DELTAX= says {said:.10g}, the axis has steps of {step:.10g}",)


def check_scale(block: Block, y: FloatArray, *, factor: float) -> tuple[str, ...]:
    """Compare FIRSTY, MAXY and MINY with the ordinates (N,) after YFACTOR; return warnings.

    Raises DamagedFileError when some fail and none that holds could have failed.
    """
    known = y[np.isfinite(y)]
    if known.size == 0:
        return ()
    found = {"FIRSTY": float(y[0]), "MAXY": float(known.max()), "MINY": float(known.min())}
    scale = max(abs(found["MAXY"]), abs(found["MINY"]))
    most = 0.05 * scale
    printing = min(_place_of(known / factor) * abs(factor), most) + 1e-4 * scale
    holding, failing = [], []
    for label, value in found.items():
        said = block.number(label)
        if said is None or np.isnan(value):
            continue
        # A bare 0 or 1 was filled in rather than rounded: it may not excuse the whole scale.
        allowed = min(unit_in_last_place(block.printed(label)), most) + printing
        if abs(said - value) <= allowed:
            if abs(said) > allowed:
                holding.append(label)
        else:
            failing.append(f"##{label}= says {said:g}, the data have {value:g}")
    if failing and not holding:
        raise DamagedFileError(f"the ordinates contradict the header: {'; '.join(failing)}")
    return tuple(failing)


def _place_of(values: FloatArray) -> float:
    """Return what one unit in the last place of numbers (N,) is: 1 of whole ones, 0.01 of 0.25 and 3.5."""
    for decimals in range(_MOST_DECIMALS):
        shifted = values * 10.0**decimals
        # The allowance is for the division by a factor that no binary fraction is equal to.
        if (np.abs(shifted - np.rint(shifted)) <= 1e-6 + 1e-9 * np.abs(shifted)).all():
            return float(10.0**-decimals)
    return 0.0


def unit_in_last_place(printed: str) -> float:
    """Return what one unit in the last printed place is worth, 0 for no number."""
    mantissa, _, exponent = printed.lower().partition("e")
    if not mantissa:
        return 0.0
    return float(10.0 ** (int(exponent or 0) - _decimals(mantissa)))


def _decimals(printed: str) -> int:
    mantissa, _, exponent = printed.lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    return decimals - int(exponent) if exponent else decimals


def _digits(printed: str) -> int:
    mantissa = printed.lower().partition("e")[0]
    return len(mantissa.replace(".", "").lstrip("+-0"))


def _whole_digits(values: FloatArray) -> NDArray[np.intp]:
    """Return how many digits stand before the decimal point of each value, 0 below 1."""
    digits = np.zeros(values.size, dtype=np.intp)
    large = np.abs(values) >= 1
    digits[large] = np.floor(np.log10(np.abs(values[large]))).astype(np.intp) + 1
    return digits
