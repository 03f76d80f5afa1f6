"""What a spectrum is made of, in the catalogue's terms: ``mixture`` asked about the rows of a library.

spectrum + rows of its form -> Mixture -> Composition (components with shares, what is left over)
"""

from __future__ import annotations

from dataclasses import dataclass

from spectra_library.catalogue import Catalogue
from spectra_library.identification import Component, Residual
from spectra_library.mixture import Mixture, MixtureComponent, unmix
from spectra_library.prepared import PreparedLibrary
from spectra_library.spectrum import Spectrum, Technique
from spectra_library.verdicts import Verdict

RESEMBLING = 3  # substances named for what is left over
WEIGHT_AGAINST_A_MATCH = 0.99  # see docs/identification.md, "Mixtures"
RESEMBLANCE_MIN = 0.6  # of them; below, what is left over looks like nothing


@dataclass(frozen=True, slots=True)
class Composition:
    """What explains a spectrum.

    ``components`` largest share first.  ``explained`` 0..1 of the signal.  ``is_complete`` False: it contains
    something that is not in the library, and the components are no answer.
    """

    components: tuple[Component, ...]
    explained: float
    is_complete: bool
    residual: Residual


def is_mixture(found: Composition, verdict: Verdict) -> bool:
    """Tell whether ``found`` is the answer, where the search alone came to ``verdict``.

    One component alone raises no verdict: the search compares single substances better.  What the search
    names is doubted only for components that nearly every set holds that explains the spectrum.
    """
    if not found.is_complete or len(found.components) < 2:
        return False
    if verdict in (Verdict.INCONCLUSIVE, Verdict.NO_MATCH):
        return True
    return verdict is not Verdict.REJECTED and all(
        one.weight is not None and one.weight >= WEIGHT_AGAINST_A_MATCH for one in found.components
    )


def composition(
    spectrum: Spectrum, library: PreparedLibrary, form: Technique, catalogue: Catalogue
) -> Composition:
    """Take ``spectrum`` apart into what ``library`` holds in ``form``, at the resolution of the spectrum."""
    recipe = library.recipe.comparing(spectrum.resolution_cm)
    rows = library.mixture_rows(form, recipe)
    found = unmix(library.prepared(spectrum, recipe), rows)
    return Composition(
        components=tuple(_component(one, rows.substances, catalogue) for one in found.components),
        explained=found.explained,
        is_complete=found.is_complete,
        residual=_residual(found, rows.substances, library, catalogue),
    )


def _component(one: MixtureComponent, substances: tuple[str, ...], catalogue: Catalogue) -> Component:
    substance = catalogue.get(substances[one.row])
    others = (catalogue.get(substances[row]).id for row in one.alternatives)
    return Component(
        substance=substance.id,
        name=substance.name,
        share=one.share,
        probability=None,
        share_low=one.low,
        share_high=one.high,
        weight=one.probability,
        alternatives=tuple(other for other in dict.fromkeys(others) if other != substance.id),
    )


def _residual(
    found: Mixture, substances: tuple[str, ...], library: PreparedLibrary, catalogue: Catalogue
) -> Residual:
    alike: dict[str, float] = {}
    for one in found.resembles:
        if one.correlation >= RESEMBLANCE_MIN:
            alike.setdefault(catalogue.get(substances[one.row]).id, one.correlation)
    return Residual(
        wavenumber=library.recipe.grid,
        absorbance=found.residual,
        resembles=tuple(list(alike.items())[:RESEMBLING]),
    )
