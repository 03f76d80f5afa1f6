"""One subfile of a Galactic SPC file: where it lies, and its numbers.

    ordinate   integer * 2^(exponent - 32), of 16 bits integer * 2^(exponent - 16), or an IEEE float
    old        the two words of a 32-bit integer are swapped: the high one first, each little-endian

Source: SPC.H, "To convert the fixed Y values to floating point" and the notes on the old format.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectra_library.errors import DamagedFileError
from spectra_library.formats.spc_header import FLOATS, OLD, SpcHeader
from spectra_library.spectrum import FloatArray


@dataclass(frozen=True, slots=True)
class Subfile:
    """One spectrum in the file: offsets and sizes in bytes, all inside the file.

    ``index`` counts from 0.  ``exponent`` is the one that counts, ``width`` that of an ordinate.
    ``x_at`` is None for an even axis.
    """

    at: int
    index: int
    points: int
    exponent: int
    width: int
    x_at: int | None
    y_at: int

    @property
    def end(self) -> int:
        """Offset of the first byte behind the ordinates."""
        return self.y_at + self.points * self.width


def abscissas(content: bytes, header: SpcHeader, subfile: Subfile) -> FloatArray:
    """Return the axis (N,) in the units of the file.

    Raises DamagedFileError with the offset of an abscissa that is none.
    """
    if subfile.x_at is None:
        return np.linspace(header.first, header.last, subfile.points)
    return _floats(content, header, at=subfile.x_at, points=subfile.points)


def ordinates(content: bytes, header: SpcHeader, subfile: Subfile) -> FloatArray:
    """Return the ordinates (N,) in the units of the file.

    Raises DamagedFileError with the offset of an ordinate that is none.
    """
    if subfile.exponent == FLOATS:
        return _floats(content, header, at=subfile.y_at, points=subfile.points)
    whole = _integers(content, header, subfile)
    return whole * 2.0 ** (subfile.exponent - 8 * subfile.width)


def _integers(content: bytes, header: SpcHeader, subfile: Subfile) -> FloatArray:
    if header.version == OLD and subfile.width == 4:
        words = np.frombuffer(content, "<u2", 2 * subfile.points, subfile.y_at)
        high, low = words[0::2].view("<i2"), words[1::2]
        swapped: FloatArray = high.astype(np.float64) * 65536 + low
        return swapped
    stored = np.frombuffer(content, f"{header.order}i{subfile.width}", subfile.points, subfile.y_at)
    return stored.astype(np.float64)


def _floats(content: bytes, header: SpcHeader, *, at: int, points: int) -> FloatArray:
    stored = np.frombuffer(content, header.order + "f4", points, at)
    wrong = ~np.isfinite(stored)  # before the cast, which warns of a signalling NaN
    if wrong.any():
        first = int(np.argmax(wrong))
        raise DamagedFileError(f"byte {at + 4 * first}: expected a number, found {stored[first]}")
    return stored.astype(np.float64)
