"""What is left on a crystal that should be empty: a hint for the officer who wipes it, never a finding."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spectra_library.catalogue import Catalogue
from spectra_library.errors import SpectraLibraryError
from spectra_library.identify import identify
from spectra_library.prepared import PreparedLibrary
from spectra_library.spectrum import FloatArray, Spectrum, Technique
from spectra_library.substance import Substance
from spectra_library.verdicts import Verdict


def resembled(
    looks: Sequence[tuple[FloatArray, FloatArray]], library: PreparedLibrary, catalogue: Catalogue
) -> tuple[Substance, ...]:
    """Give the substances that what lies on the crystal resembles; none where that cannot be said.

    ``looks`` are wavenumber (N,) float64, cm-1, ascending, with absorbance (N,) float64, the newest last.
    Their mean is named: one look alone names only residues of four times what gate 3 lets pass, twelve name
    most from twice that limit on.  Only what a finding would name is named here.
    """
    if not looks:
        return ()
    wavenumber = looks[-1][0]
    on_one_axis = [absorbance for axis, absorbance in looks if np.array_equal(axis, wavenumber)]
    try:
        mean = Spectrum(wavenumber, np.mean(on_one_axis, axis=0), Technique.ATR)
        found = identify(mean, library, catalogue, top=3)
    except SpectraLibraryError:  # too few points, or a library that is not for evidence
        return ()
    if found.verdict is Verdict.MATCH:
        return (catalogue.get(found.candidates[0].substance),)
    if found.verdict is Verdict.GROUP:
        return tuple(catalogue.get(one) for one in found.group)
    return ()
