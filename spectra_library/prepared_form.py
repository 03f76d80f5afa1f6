"""Which rows answer for a form (ATR, transmission), and the arrays that a search in them needs.

    libraries -> rows of a form -> prepared on one grid, in two channels -> one SearchIndex per channel

What is measured in transmission alone also answers for ATR: drawn with each strength of its strongest band.
What nobody said of how it was measured answers for both, as it is: converted it would be wrong half the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from spectra_library.library import Reference, ReferenceLibrary
from spectra_library.nuisance import is_watery, nuisances
from spectra_library.optics import (
    atr_curves_from_transmission,
    atr_from_transmission,
    transmission_from_atr,
)
from spectra_library.prepared_cache import Arrays
from spectra_library.preprocess import BoolArray, Prepared, Recipe, prepare_all
from spectra_library.refine import Rows
from spectra_library.search import SearchIndex
from spectra_library.spectrum import FloatArray, Spectrum, Technique

FORMS = (Technique.ATR, Technique.TRANSMISSION)
SHORTLIST = 64  # rows per channel that are scored exactly
USUAL_PEAK_K = 0.3  # of organic liquids and polymers; where only one can be drawn


@dataclass(frozen=True, slots=True)
class FormRow:
    """One row of a form; ``peak_k`` with which a transmission spectrum was brought to ATR, None if native."""

    reference: Reference
    library: str
    peak_k: float | None


@dataclass(frozen=True, slots=True, eq=False)
class PreparedForm:
    """All rows of one form at one resolution; arrays are (R, P), zero where a reference has no data."""

    rows: tuple[FormRow, ...]
    prepared: Rows
    absorbance_index: SearchIndex
    derivative_index: SearchIndex

    @classmethod
    def of(cls, rows: tuple[FormRow, ...], arrays: Arrays) -> Self:
        """Put ``rows`` and what ``form_arrays`` gave for them together."""
        return cls(
            rows,
            Rows(arrays["absorbance"], arrays["derivative"], arrays["inside"], arrays["is_watery"]),
            SearchIndex.from_arrays(arrays_within(arrays, "absorbance_index")),
            SearchIndex.from_arrays(arrays_within(arrays, "derivative_index")),
        )

    def shortlist(self, query: Prepared) -> NDArray[np.intp]:
        """Give the places of the rows that are among the best of either channel, ascending."""
        return np.union1d(
            self.absorbance_index.top(filled(query.absorbance, query.inside), SHORTLIST)[0],
            self.derivative_index.top(filled(query.derivative, query.inside), SHORTLIST)[0],
        )


def prepared_arrays(libraries: tuple[ReferenceLibrary, ...], recipe: Recipe) -> dict[str, NDArray[Any]]:
    """Compute all that searches in ``libraries`` need, by form and name; see PreparedForm."""
    return {
        f"{form}/{name}": array
        for form in FORMS
        for name, array in form_arrays(rows_of(libraries, form, recipe), form, recipe).items()
    }


def rows_of(libraries: tuple[ReferenceLibrary, ...], form: Technique, recipe: Recipe) -> tuple[FormRow, ...]:
    """Choose what answers for ``form``: its measurements, and for ATR conversions where there is none."""
    as_it_is = (form, Technique.UNKNOWN)
    native = {
        reference.substance
        for library in libraries
        for reference in library.references
        if reference.spectrum.technique in as_it_is
    }
    rows = []
    for library in libraries:
        for reference in library.references:
            if reference.spectrum.technique in as_it_is:
                rows.append(FormRow(reference, library.name, None))
            # a measurement of the right form beats a conversion of the other
            elif form is Technique.ATR and reference.substance not in native:
                rows += [FormRow(reference, library.name, peak_k) for peak_k in recipe.peak_indices]
    return tuple(rows)


def form_arrays(rows: Sequence[FormRow], form: Technique, recipe: Recipe) -> dict[str, NDArray[Any]]:
    """Compute the arrays of one form."""
    spectra = [
        row.reference.spectrum
        if row.peak_k is None
        else in_form(row.reference.spectrum, form, peak_k=row.peak_k)
        for row in rows
    ]
    prepared = prepare_all(spectra, recipe)
    arrays: dict[str, NDArray[Any]] = {
        "inside": prepared.inside,
        "is_watery": is_watery(prepared.absorbance, prepared.inside, nuisances(recipe, form)),
    }
    for name, channel in (("absorbance", prepared.absorbance), ("derivative", prepared.derivative)):
        arrays[name] = channel.astype(np.float32)
        index = SearchIndex.build(filled(arrays[name], prepared.inside))
        arrays |= {f"{name}_index/{part}": array for part, array in index.arrays().items()}
    return arrays


def arrays_within(arrays: Arrays, folder: str) -> dict[str, NDArray[Any]]:
    """Give the arrays whose names begin with ``folder``, under the rest of their names."""
    start = f"{folder}/"
    return {name.removeprefix(start): array for name, array in arrays.items() if name.startswith(start)}


def in_form(spectrum: Spectrum, form: Technique, *, peak_k: float = USUAL_PEAK_K) -> Spectrum:
    """Bring ``spectrum`` to ``form``, its strongest band taken to have the absorption index ``peak_k``."""
    convert = atr_from_transmission if form is Technique.ATR else transmission_from_atr
    return Spectrum(
        wavenumber=spectrum.wavenumber,
        absorbance=convert(spectrum.wavenumber, spectrum.absorbance, peak_k=peak_k),
        technique=form,
        resolution_cm=spectrum.resolution_cm,
        gaps=spectrum.gaps,
    )


def in_atr(spectrum: Spectrum, strengths: Sequence[float]) -> tuple[Spectrum, ...]:
    """Bring ``spectrum`` from transmission to ATR with each of the ``strengths`` of its strongest band."""
    drawn = atr_curves_from_transmission(spectrum.wavenumber, spectrum.absorbance, strengths)
    return tuple(replace(spectrum, absorbance=curve, technique=Technique.ATR) for curve in drawn)


def filled(rows: NDArray[np.floating], inside: BoolArray) -> FloatArray:
    """Fill what was not measured with the mean of what was, per row (..., P): it then adds nothing."""
    count = np.maximum(inside.sum(axis=-1, keepdims=True), 1)
    mean = rows.sum(axis=-1, keepdims=True, dtype=np.float64) / count
    return np.where(inside, rows, mean)
