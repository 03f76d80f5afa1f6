"""Band tables to spectra: a sum of pseudo-Voigt bands, drawn on an even grid.

position, peak height, full width at half maximum, Lorentzian share  ->  absorbance

height * (share * Lorentz + (1 - share) * Gauss),  both 1 at the position and 1/2 at half the width off
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectra_library.errors import SpectrumError
from spectra_library.spectrum import FloatArray, Spectrum, Technique, read_only

STEP_CM = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class BandTable:
    """The bands of one fitted spectrum; all arrays (B,) float64.

    ``position`` cm-1; ``height`` at the maximum, >= 0; ``width`` full width at half maximum, cm-1, > 0;
    ``lorentz_share`` 0 (Gauss) to 1 (Lorentz).

    Raises SpectrumError when these do not fit.
    """

    position: FloatArray
    height: FloatArray
    width: FloatArray
    lorentz_share: FloatArray

    def __post_init__(self) -> None:
        for name in ("position", "height", "width", "lorentz_share"):
            array = read_only(getattr(self, name))
            object.__setattr__(self, name, array)
            if array.ndim != 1 or array.shape != self.position.shape or not np.isfinite(array).all():
                raise SpectrumError(
                    f"expected {self.position.size} finite numbers in {name}, found {array.shape}"
                )
        if self.position.size == 0 or (self.position <= 0).any():
            raise SpectrumError("expected at least one band at a positive position")
        if (self.height < 0).any() or (self.width <= 0).any():
            raise SpectrumError("expected heights of 0 or more and widths above 0")
        if (self.lorentz_share < 0).any() or (self.lorentz_share > 1).any():
            raise SpectrumError("expected Lorentzian shares between 0 and 1")


def spectrum_from_bands(
    table: BandTable,
    *,
    low: float,
    high: float,
    technique: Technique,
    resolution_cm: float | None = None,
    step_cm: float = STEP_CM,
) -> Spectrum:
    """Draw ``table`` between ``low`` and ``high`` cm-1, the range in which it was fitted, and nowhere else.

    With ``resolution_cm`` nothing narrower than that is drawn: a narrower band is widened to it and keeps its
    area, as an instrument of that resolution would show it.

    Raises SpectrumError when the range holds fewer than two grid points.
    """
    if resolution_cm is not None:
        table = at_resolution(table, resolution_cm)
    first, last = np.ceil(low / step_cm), np.floor(high / step_cm)
    wavenumber = step_cm * np.arange(first, last + 1)
    return Spectrum(
        wavenumber=wavenumber,
        absorbance=pseudo_voigt_sum(wavenumber, table),
        technique=technique,
        resolution_cm=resolution_cm,
    )


def at_resolution(table: BandTable, resolution_cm: float) -> BandTable:
    """Widen the bands narrower than ``resolution_cm`` to it; their areas stay."""
    width = np.maximum(table.width, resolution_cm)
    return BandTable(
        position=table.position,
        height=table.height * (table.width / width),
        width=width,
        lorentz_share=table.lorentz_share,
    )


def pseudo_voigt_sum(wavenumber: FloatArray, table: BandTable) -> FloatArray:
    """Add the bands (B,) up over ``wavenumber`` (N,); returns (N,).  No branches, no checks."""
    offset = (wavenumber[:, np.newaxis] - table.position) / table.width  # (N, B), in widths
    lorentz = 1.0 / (1.0 + 4.0 * offset**2)
    gauss = np.exp(-4.0 * np.log(2.0) * offset**2)
    shape = table.lorentz_share * lorentz + (1.0 - table.lorentz_share) * gauss
    return np.asarray(shape @ table.height, dtype=np.float64)
