"""Libraries made ready for questions: every reference on one grid, in both forms, in two channels.

The library prepares its queries with its own recipe, so the two sides cannot be prepared differently.

    form (ATR, transmission)  x  channel (absorbance, first derivative)  ->  one SearchIndex each

The index gives a shortlist; the shortlist is scored over exactly the points that both sides have.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectra_library.library import Reference, ReferenceLibrary
from spectra_library.optics import atr_from_transmission, transmission_from_atr
from spectra_library.preprocess import BoolArray, Prepared, Recipe, prepare
from spectra_library.search import SearchIndex
from spectra_library.spectrum import FloatArray, Spectrum, Technique

FORMS = (Technique.ATR, Technique.TRANSMISSION)
SHORTLIST = 64  # rows per channel that are scored exactly


@dataclass(frozen=True, slots=True)
class ScoredReference:
    """How one reference compares with a query.

    ``score`` correlation of the first derivatives, ``absorbance_correlation`` of the absorbances, both
    -1..1 over the points that both have.  ``is_converted``: the reference was measured in the other form
    and brought to the query's by the penetration-depth approximation.
    """

    reference: Reference
    library: str
    score: float
    absorbance_correlation: float
    is_converted: bool


@dataclass(frozen=True, slots=True)
class _Row:
    reference: Reference
    library: str
    is_converted: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Form:
    """All rows of one form; arrays are (R, P), zero where a reference has no data."""

    rows: tuple[_Row, ...]
    absorbance: NDArray[np.float32]
    derivative: NDArray[np.float32]
    inside: BoolArray
    absorbance_index: SearchIndex
    derivative_index: SearchIndex


class PreparedLibrary:
    """One or more libraries, prepared with one recipe."""

    def __init__(self, libraries: tuple[ReferenceLibrary, ...], recipe: Recipe | None = None) -> None:
        self.libraries = libraries
        self.recipe = recipe or Recipe()
        self._forms = {form: self._build(form) for form in FORMS}

    def search(self, query: Spectrum, form: Technique) -> tuple[ScoredReference, ...]:
        """Score the most similar references of ``form`` against ``query``, best first, ties in library order.

        Every reference that is among the 64 best of either channel is scored.
        """
        prepared = prepare(query, self.recipe)
        rows = self._forms[form]
        if not rows.rows or not prepared.inside.any():
            return ()
        shortlist = np.union1d(
            rows.absorbance_index.top(filled(prepared.absorbance, prepared.inside), SHORTLIST)[0],
            rows.derivative_index.top(filled(prepared.derivative, prepared.inside), SHORTLIST)[0],
        )
        inside = rows.inside[shortlist]
        common = (inside & prepared.inside).mean(axis=1)
        absorbance = overlap_correlation(
            rows.absorbance[shortlist], inside, prepared.absorbance, prepared.inside
        )
        derivative = overlap_correlation(
            rows.derivative[shortlist], inside, prepared.derivative, prepared.inside
        )
        order = np.argsort(-derivative, kind="stable")
        return tuple(
            ScoredReference(
                reference=rows.rows[shortlist[i]].reference,
                library=rows.rows[shortlist[i]].library,
                score=float(derivative[i]),
                absorbance_correlation=float(absorbance[i]),
                is_converted=rows.rows[shortlist[i]].is_converted,
            )
            for i in order
            if common[i] >= self.recipe.overlap_min
        )

    def _build(self, form: Technique) -> _Form:
        rows: list[_Row] = []
        prepared: list[Prepared] = []
        native = {
            reference.substance
            for library in self.libraries
            for reference in library.references
            if reference.spectrum.technique is form
        }
        for library in self.libraries:
            for reference in library.references:
                is_converted = reference.spectrum.technique is not form
                if is_converted and reference.substance in native:
                    continue  # a measurement of the right form beats a conversion of the other
                rows.append(_Row(reference, library.name, is_converted))
                spectrum = in_form(reference.spectrum, form) if is_converted else reference.spectrum
                prepared.append(prepare(spectrum, self.recipe))
        points = self.recipe.grid.size
        absorbance = _stacked([one.absorbance for one in prepared], points)
        derivative = _stacked([one.derivative for one in prepared], points)
        inside = np.array([one.inside for one in prepared], dtype=bool).reshape(-1, points)
        return _Form(
            rows=tuple(rows),
            absorbance=absorbance,
            derivative=derivative,
            inside=inside,
            absorbance_index=SearchIndex.build(filled(absorbance, inside)),
            derivative_index=SearchIndex.build(filled(derivative, inside)),
        )


def in_form(spectrum: Spectrum, form: Technique) -> Spectrum:
    """Bring ``spectrum`` to ``form`` by the penetration-depth approximation."""
    convert = atr_from_transmission if form is Technique.ATR else transmission_from_atr
    return Spectrum(
        wavenumber=spectrum.wavenumber,
        absorbance=convert(spectrum.wavenumber, spectrum.absorbance),
        technique=form,
        resolution_cm=spectrum.resolution_cm,
        gaps=spectrum.gaps,
    )


def filled(rows: NDArray[np.floating], inside: BoolArray) -> FloatArray:
    """Fill what was not measured with the mean of what was, per row (..., P): it then adds nothing."""
    count = np.maximum(inside.sum(axis=-1, keepdims=True), 1)
    mean = rows.sum(axis=-1, keepdims=True, dtype=np.float64) / count
    return np.where(inside, rows, mean)


def overlap_correlation(
    rows: NDArray[np.float32], inside: BoolArray, query: FloatArray, query_inside: BoolArray
) -> FloatArray:
    """Pearson correlation of each row with the query over the points that both have.

    ``rows`` (R, P) and ``query`` (P,) are 0 outside ``inside`` (R, P) and ``query_inside`` (P,).
    Returns (R,), 0 where either side does not vary there.
    """
    common = inside & query_inside  # (R, P)
    count = np.maximum(common.sum(axis=1), 1)
    row = np.where(common, rows, 0.0).astype(np.float64)
    asked = np.where(common, query, 0.0)
    row = np.where(common, row - (row.sum(axis=1) / count)[:, np.newaxis], 0.0)
    asked = np.where(common, asked - (asked.sum(axis=1) / count)[:, np.newaxis], 0.0)
    length = np.linalg.norm(row, axis=1) * np.linalg.norm(asked, axis=1)
    product: FloatArray = np.einsum("rp,rp->r", row, asked)
    correlation: FloatArray = np.divide(product, length, out=np.zeros_like(product), where=length > 0)
    correlation.clip(-1.0, 1.0, out=correlation)  # rounding may take a spectrum against itself past 1
    return correlation


def _stacked(rows: list[FloatArray], points: int) -> NDArray[np.float32]:
    return np.array(rows, dtype=np.float32).reshape(-1, points)
