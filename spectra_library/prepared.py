"""Libraries made ready for questions: every reference on one grid, in two channels.

The library prepares its queries with its own recipe, so the two sides cannot be prepared differently.

    form (ATR, transmission)  x  channel (absorbance, first derivative)  ->  one SearchIndex each

The index gives a shortlist; the shortlist is scored over exactly the points that both sides have, what air,
water and baselines add projected out (``nuisance``), and its best are looked at twice (``refine``).

    resolution   a pair is compared at the coarser of the two; rows for coarser queries are made when asked
    form         what exists in one form only is compared as ATR: transmission -> ATR is exact but for one
                 number, the strength of the strongest band, and a few of them are tried

What is computed from the references is arrays, which ``prepared_cache`` keeps between two starts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from spectra_library.library import Reference, ReferenceLibrary
from spectra_library.mixture_search import MixtureRows, mixture_rows
from spectra_library.prepared_cache import Arrays, cache_key, kept_or_computed
from spectra_library.prepared_form import (
    FORMS,
    USUAL_PEAK_K,
    FormRow,
    PreparedForm,
    arrays_within,
    form_arrays,
    in_atr,
    prepared_arrays,
    rows_of,
)
from spectra_library.preprocess import BoolArray, Prepared, Recipe, prepare
from spectra_library.refine import AS_IT_IS, Comparison, Likeness, Rows
from spectra_library.spectrum import FloatArray, Spectrum, Technique

KEPT_QUERIES = 8  # one identification asks the parts of this module for the same few again
NOT_COMPARED = -2.0  # below every score: too little in common


@dataclass(frozen=True, slots=True)
class ScoredReference:
    """How one reference compares with a query.

    ``score`` correlation of the first derivatives, ``absorbance_correlation`` of the absorbances, both
    -1..1 over the points that both have, nuisances projected out.  ``is_converted``: one side was measured
    in transmission and brought to ATR, see ``optics.atr_from_transmission``.
    ``resolution_cm`` at which both were compared; ``depth_exponent`` see ``refine``.
    """

    reference: Reference
    library: str
    score: float
    absorbance_correlation: float
    is_converted: bool
    resolution_cm: float
    depth_exponent: float


class PreparedLibrary:
    """One or more libraries, prepared with one recipe."""

    def __init__(
        self,
        libraries: tuple[ReferenceLibrary, ...],
        recipe: Recipe | None = None,
        *,
        kept_in: Path | None = None,
    ) -> None:
        """Take ``libraries``; what the first question prepares of them is kept in the folder ``kept_in``.

        The folder may be missing, damaged, full or read-only: that costs time and nothing else.  The
        libraries carry the hash of their content, as ``load_library`` and ``sealed`` give them; without it
        nothing is kept, because nothing tells them from others.
        """
        self.libraries = libraries
        self.recipe = recipe or Recipe()
        self._kept_in = kept_in if all(library.sha256 for library in libraries) else None
        self._rows = {form: rows_of(libraries, form, self.recipe) for form in FORMS}
        self._forms: dict[tuple[Technique, float], PreparedForm] = {}
        self._mixture_rows: dict[tuple[Technique, float], MixtureRows] = {}
        self._prepare = lru_cache(maxsize=KEPT_QUERIES)(prepare)

    @classmethod
    def open_or_build(
        cls, libraries: tuple[ReferenceLibrary, ...], folder: Path, recipe: Recipe | None = None
    ) -> Self:
        """Prepare ``libraries`` now, with what ``folder`` keeps of the last time, or keep it for the next."""
        opened = cls(libraries, recipe, kept_in=folder)
        opened.make_ready()
        return opened

    def make_ready(self) -> None:
        """Prepare the references, unless that is done: what the first question would wait for."""
        if (FORMS[0], self.recipe.resolution_cm) in self._forms:
            return
        compute = partial(prepared_arrays, self.libraries, self.recipe)
        if self._kept_in is None:
            arrays: Arrays = compute()
        else:
            arrays = kept_or_computed(self._kept_in, cache_key(self.libraries, self.recipe), compute)
        for form in FORMS:
            self._forms[form, self.recipe.resolution_cm] = PreparedForm.of(
                self._rows[form], arrays_within(arrays, form)
            )

    def prepared(self, query: Spectrum, recipe: Recipe | None = None) -> Prepared:
        """Prepare ``query`` by ``recipe`` (default: the library's own); the last few are remembered."""
        return self._prepare(query, recipe or self.recipe)

    def search(self, query: Spectrum, form: Technique) -> tuple[ScoredReference, ...]:
        """Score the most similar references against ``query``, best first, ties in library order.

        Every reference that is among the 64 best of either channel is scored.  A transmission query is also
        brought to ATR, for the substances that were measured in ATR alone.
        """
        found = self._compared(query, form, self._shortlist(query, form))
        if form is Technique.TRANSMISSION:
            found += self._compared_as_atr(query)
        best: dict[tuple[str, str], ScoredReference] = {}
        for one in sorted(found, key=lambda one: -one.score):  # stable: ties keep their order
            best.setdefault((one.library, one.reference.id), one)
        return tuple(best.values())

    def search_any(self, query: Spectrum) -> tuple[Technique, tuple[ScoredReference, ...]]:
        """Search in the query's own form; an unknown one in both, and the form with the better best wins."""
        forms = FORMS if query.technique is Technique.UNKNOWN else (query.technique,)
        answers = [(form, self.search(query, form)) for form in forms]
        return max(answers, key=lambda answer: answer[1][0].score if answer[1] else -1.0)

    def native_rows(self, form: Technique) -> tuple[tuple[Reference, ...], Rows]:
        """Give the references (R) measured in ``form``, and their rows at the library's own resolution."""
        shelf = self._form(form, self.recipe)
        places = [place for place, row in enumerate(shelf.rows) if row.peak_k is None]
        references = tuple(shelf.rows[place].reference for place in places)
        return references, shelf.prepared.of(np.array(places, dtype=np.intp))

    def mixture_rows(self, form: Technique, recipe: Recipe) -> MixtureRows:
        """Give the rows of ``form`` at the resolution of ``recipe``, ready to be looked for in mixtures."""
        key = form, recipe.resolution_cm
        if key not in self._mixture_rows:
            shelf = self._form(form, recipe)
            self._mixture_rows[key] = mixture_rows(
                shelf.prepared.absorbance,
                shelf.prepared.derivative,
                shelf.prepared.inside,
                tuple(row.reference.substance for row in shelf.rows),
            )
        return self._mixture_rows[key]

    def _compared_as_atr(self, query: Spectrum) -> list[ScoredReference]:
        """Bring a transmission query to ATR with each strength; the middle one says whom the others ask."""
        rows = self._rows[Technique.ATR]
        elsewhere = {row.reference.substance for row in self._rows[Technique.TRANSMISSION]}
        wanted = {row.reference.substance for row in rows if row.peak_k is None} - elsewhere
        found: list[ScoredReference] = []
        strengths = sorted(self.recipe.peak_indices, key=lambda one: abs(one - USUAL_PEAK_K))
        for converted in in_atr(query, strengths):
            shortlist = self._shortlist(converted, Technique.ATR)
            places = [place for place in shortlist if rows[place].reference.substance in wanted]
            some = self._compared(converted, Technique.ATR, places, is_drawn=True)
            if not found:
                best = [one.reference.substance for one in sorted(some, key=lambda one: -one.score)]
                wanted = set(list(dict.fromkeys(best))[: self.recipe.refined])
            found += some
        return found

    def _shortlist(self, query: Spectrum, form: Technique) -> list[int]:
        """Give the places of the rows of ``form`` that are among the best of either channel, ascending."""
        recipe = self.recipe.comparing(query.resolution_cm)
        shelf = self._form(form, recipe)
        prepared = self.prepared(query, recipe)
        if not shelf.rows or not prepared.inside.any():
            return []
        return [int(place) for place in shelf.shortlist(prepared)]

    def _compared(
        self, query: Spectrum, form: Technique, places: Sequence[int], *, is_drawn: bool = False
    ) -> list[ScoredReference]:
        """Compare ``query`` with the rows of ``form`` at ``places``, in library order.

        ``is_drawn`` tells that the query itself was brought to ``form``.
        """
        recipe = self.recipe.comparing(query.resolution_cm)
        rows = [self._rows[form][i] for i in places]
        own = [row.reference.spectrum.resolution_cm for row in rows]
        comparing = {one: recipe.comparing(one) for one in dict.fromkeys(own)}
        recipes = [comparing[one] for one in own]
        pairings = []
        for one in dict.fromkeys(recipes):
            members = np.array([place for place, its in enumerate(recipes) if its == one])
            of_library = self._form(form, one).prepared.of(np.array(places)[members])
            asked = self.prepared(query, one)
            common = np.bitwise_count(np.packbits(of_library.inside & asked.inside, axis=1)).sum(axis=1)
            comparison = Comparison(of_library, asked, one, form)
            pairings.append(_Pairing(members, common / asked.inside.size, comparison))
        found = _looked_at(rows, pairings, self.recipe)
        return [
            ScoredReference(
                reference=row.reference,
                library=row.library,
                score=float(found.score[i]),
                absorbance_correlation=float(found.absorbance_correlation[i]),
                is_converted=is_drawn or row.peak_k is not None,
                resolution_cm=recipes[i].resolution_cm,
                depth_exponent=float(found.depth_exponent[i]),
            )
            for i, row in enumerate(rows)
            if found.score[i] > NOT_COMPARED
        ]

    def _form(self, form: Technique, recipe: Recipe) -> PreparedForm:
        """Give the rows of ``form`` at the resolution of ``recipe``, made now if nobody asked before."""
        self.make_ready()
        key = form, recipe.resolution_cm
        if key not in self._forms:
            self._forms[key] = PreparedForm.of(self._rows[form], form_arrays(self._rows[form], form, recipe))
        return self._forms[key]


@dataclass(frozen=True, slots=True, eq=False)
class _Pairing:
    """The rows of a shortlist that are compared at one resolution.

    ``members`` (M,) their places, ``common`` (M,) share of the grid that they and the query have in common.
    """

    members: NDArray[np.intp]
    common: FloatArray
    comparison: Comparison

    def look(self, chosen: BoolArray, exponents: Sequence[float], found: Likeness) -> None:
        """Compare those rows that are ``chosen`` (S,), and write them into ``found`` (S,)."""
        some = chosen[self.members]
        if not some.any():
            return
        likeness = (self.comparison if some.all() else self.comparison.of(some)).likeness(exponents)
        places = self.members[some]
        found.score[places] = likeness.score
        found.absorbance_correlation[places] = likeness.absorbance_correlation
        found.depth_exponent[places] = likeness.depth_exponent


def _looked_at(rows: Sequence[FormRow], pairings: Sequence[_Pairing], recipe: Recipe) -> Likeness:
    """Compare all rows (S,), then the best of each of the best substances again, with its depth fitted."""
    found = Likeness(np.full(len(rows), NOT_COMPARED), np.zeros(len(rows)), np.zeros(len(rows)))
    has_enough = np.zeros(len(rows), dtype=bool)
    for one in pairings:
        has_enough[one.members] = one.common >= recipe.overlap_min
    for one in pairings:
        one.look(has_enough, AS_IT_IS, found)
    best: dict[str, int] = {}
    for place in np.argsort(-found.score, kind="stable").tolist():
        if has_enough[place]:
            best.setdefault(rows[place].reference.substance, place)
    chosen = np.zeros(len(rows), dtype=bool)
    chosen[list(best.values())[: recipe.refined]] = True
    for one in pairings:
        one.look(chosen, recipe.depth_exponents, found)
    return found
