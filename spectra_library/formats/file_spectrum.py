"""What a file holds, before anybody decides what it means: curves, lists of bands, refused parts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np

from spectra_library.errors import DamagedFileError, FormatError
from spectra_library.spectrum import FloatArray, Spectrum, Technique, read_only

_GAS: Final = re.compile(r"\b(gas|gases|gaseous|vapou?rs?)\b")  # whole words: gasoline is a liquid


@dataclass(frozen=True, slots=True)
class FileNotes:
    """What a file says of its sample and its making, in its own words; empty where it says nothing.

    ``names`` are further names of the substance.  ``form`` is the salt, hydrate or preparation.
    ``instrument`` is the spectrometer, ``origin`` who made the file, ``owner`` whose it is and on what
    terms, ``date`` when it was measured.  Every text is cleaned, see ``plain_text``.
    """

    names: tuple[str, ...] = ()
    formula: str = ""
    inchikey: str = ""
    form: str = ""
    instrument: str = ""
    origin: str = ""
    owner: str = ""
    date: str = ""


NO_NOTES: Final = FileNotes()


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
    notes: FileNotes = NO_NOTES

    def __post_init__(self) -> None:
        object.__setattr__(self, "wavenumber", read_only(self.wavenumber))
        for name in ("absorbance", "ordinate"):
            values = getattr(self, name)
            if values is not None:
                object.__setattr__(self, name, read_only(values))

    @property
    def is_gas(self) -> bool:
        """Whether the file says that a gas or vapour was measured: no match for liquids and solids."""
        return _names_gas(self.phase)

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


@dataclass(frozen=True, slots=True, eq=False)
class FileBandList:
    """Band positions without a curve, as a peak table holds them: good for hints, never for a match.

    ``wavenumber`` (B,) float64, cm-1, strictly ascending; ``strength`` (B,) float64, 0..1 of the strongest.

    Raises DamagedFileError when these do not fit.
    """

    block: int
    format: str
    title: str
    cas: str
    phase: str
    x_units: str
    y_units: str
    wavenumber: FloatArray
    strength: FloatArray
    warnings: tuple[str, ...] = ()
    notes: FileNotes = NO_NOTES

    def __post_init__(self) -> None:
        object.__setattr__(self, "wavenumber", read_only(self.wavenumber))
        object.__setattr__(self, "strength", read_only(self.strength))
        if self.wavenumber.ndim != 1 or self.wavenumber.shape != self.strength.shape:
            raise DamagedFileError(
                f"expected one strength for each band, found {self.strength.size} for {self.wavenumber.size}"
            )
        if self.wavenumber.size == 0 or not (np.diff(self.wavenumber) > 0).all():
            raise DamagedFileError("expected a list of bands at rising wavenumbers, found another order")

    @property
    def is_gas(self) -> bool:
        """Whether the file says that these are the bands of a gas or vapour."""
        return _names_gas(self.phase)


@dataclass(frozen=True, slots=True)
class RefusedBlock:
    """A part of a file that could not be used, and why; the other parts are still good."""

    block: int
    error: FormatError
    title: str = ""


FilePart = FileSpectrum | FileBandList | RefusedBlock


def _names_gas(phase: str) -> bool:
    return _GAS.search(phase.lower().replace("_", " ")) is not None
