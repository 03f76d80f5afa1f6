"""From a search to the evidence: what identify and every calibration take down in the same way.

query, scored references -> substances and scores, residual, SNR, kind of the first reference
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from spectra_library.artefacts import noise, signal
from spectra_library.catalogue import Catalogue
from spectra_library.confidence import ReferenceKind, preparation_name
from spectra_library.evidence import Evidence, evidence, unexplained_band
from spectra_library.prepared import PreparedLibrary, ScoredReference
from spectra_library.prepared_cache import PREPARATION_VERSION
from spectra_library.prepared_form import in_form
from spectra_library.preprocess import prepare
from spectra_library.spectrum import Spectrum, Technique


@dataclass(frozen=True, slots=True)
class Gathered:
    """One search, taken down: one substance (catalogue id) and score per reference, best first.

    ``residual`` see there; it is computed when asked for, because few answers need it.
    """

    substances: tuple[str, ...]
    scores: tuple[float, ...]
    snr: float
    kind: ReferenceKind | None
    _residual: Callable[[], float]

    @property
    def residual(self) -> float:
        """Give the highest band that the first reference does not have, 0 when nothing was found."""
        return self._residual()

    @property
    def evidence(self) -> Evidence | None:
        """Give what speaks for the first substance, None when nothing was found."""
        return evidence(self.substances, self.scores, residual=self.residual, snr=self.snr)


def gathered(
    query: Spectrum,
    scored: tuple[ScoredReference, ...],
    form: Technique,
    library: PreparedLibrary,
    catalogue: Catalogue,
) -> Gathered:
    """Take down what ``library`` answered in ``form``."""
    first = scored[0] if scored else None
    return Gathered(
        substances=tuple(catalogue.get(one.reference.substance).id for one in scored),
        scores=tuple(one.score for one in scored),
        snr=snr(query),
        kind=kind_of(first, form, catalogue) if first else None,
        _residual=partial(residual, query, first, form, library) if first else float,
    )


def preparation_of(library: PreparedLibrary) -> str:
    """Name how ``library`` prepares spectra, as a calibration names it."""
    return preparation_name(version=PREPARATION_VERSION, recipe_sha256=library.recipe.sha256)


def kind_of(scored: ScoredReference, form: Technique, catalogue: Catalogue) -> ReferenceKind:
    """Give the kind of one reference as it was compared."""
    substance = catalogue.get(scored.reference.substance)
    return ReferenceKind(
        tier=scored.reference.tier.value,
        technique=form.value,
        is_converted=scored.is_converted,
        family=substance.kind,
        state=substance.state,
    )


def residual(query: Spectrum, first: ScoredReference, form: Technique, library: PreparedLibrary) -> float:
    """Give the highest band of ``query`` that the first reference does not have, 0..1 of its strongest."""
    known = first.reference.spectrum
    shown = prepare(in_form(known, form) if first.is_converted else known, library.recipe)
    asked = library.prepared(query)
    return unexplained_band(
        asked.absorbance, asked.inside, shown.absorbance, shown.inside, step_cm=library.recipe.step_cm
    )


def snr(query: Spectrum) -> float:
    """Give signal to noise; infinite where no noise is seen."""
    sigma = noise(query.absorbance)
    return signal(query.absorbance) / sigma if sigma > 0 else math.inf
