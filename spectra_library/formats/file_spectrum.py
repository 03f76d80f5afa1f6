"""One spectrum as a file holds it, before anybody decides what it means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from spectra_library.errors import FormatError
from spectra_library.spectrum import FloatArray, Spectrum, Technique, read_only

_GAS: Final = re.compile(r"\b(gas|gases|gaseous|vapou?rs?)\b")  # whole words: gasoline is a liquid


@dataclass(frozen=True, slots=True, eq=False)
class FileSpectrum:
    """A spectrum of a file: its words, and its numbers in cm-1 and absorbance where that can be said.

    ``block`` counts the spectra of a file from 0, refused ones included.
    ``x_units`` and ``y_units`` are the file's own words; empty when it has none.
    ``wavenumber`` (N,) float64, cm-1, strictly ascending; points without an ordinate are dropped and
    the stretch is listed in ``gaps`` (low, high), named by the points on both its sides.
    ``absorbance`` (N,) float64, decadic, or None when the ordinate is neither absorbance nor
    transmittance; then ``ordinate`` (N,) holds the file's values, unconverted.
    """

    block: int
    format: str
    title: str
    cas: str
    technique: Technique
    phase: str
    x_units: str
    y_units: str
    wavenumber: FloatArray
    absorbance: FloatArray | None
    ordinate: FloatArray | None
    resolution_cm: float | None = None
    gaps: tuple[tuple[float, float], ...] = ()
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "wavenumber", read_only(self.wavenumber))
        for name in ("absorbance", "ordinate"):
            values = getattr(self, name)
            if values is not None:
                object.__setattr__(self, name, read_only(values))

    @property
    def is_gas(self) -> bool:
        """Whether the file says that a gas or vapour was measured: no match for liquids and solids."""
        words = self.phase.lower().replace("_", " ")
        return bool(_GAS.search(words))

    def spectrum(self) -> Spectrum:
        """Return the checked curve.

        Raises FormatError when the file holds no absorbance, SpectrumError when the numbers are no spectrum.
        """
        if self.absorbance is None:
            words = self.y_units or "an unnamed ordinate"
            raise FormatError(f"expected absorbance or transmittance, found {words}, which is not converted")
        return Spectrum(
            wavenumber=self.wavenumber,
            absorbance=self.absorbance,
            technique=self.technique,
            resolution_cm=self.resolution_cm,
            gaps=self.gaps,
            is_gas=self.is_gas,
        )


@dataclass(frozen=True, slots=True)
class RefusedBlock:
    """A part of a file that could not be used, and why; the other parts are still good."""

    block: int
    error: FormatError
    title: str = ""
