"""When a composition is the answer: never incomplete, never of one component, seldom against a match."""

from __future__ import annotations

import numpy as np
import pytest

from spectra_library.composition import WEIGHT_AGAINST_A_MATCH, Composition, is_mixture
from spectra_library.identification import Component, Residual
from spectra_library.verdicts import Verdict

NOTHING_LEFT = Residual(np.zeros(3), np.zeros(3), ())


def made_of(*weights: float, is_complete: bool = True) -> Composition:
    components = tuple(
        Component(f"substance {number}", f"Substance {number}", 1 / len(weights), weight=weight)
        for number, weight in enumerate(weights)
    )
    return Composition(components, 0.95, is_complete, NOTHING_LEFT)


@pytest.mark.parametrize("verdict", [Verdict.INCONCLUSIVE, Verdict.NO_MATCH])
def test_what_nothing_explains_alone_may_be_a_mixture(verdict):
    assert is_mixture(made_of(0.9, 0.7), verdict)
    assert not is_mixture(made_of(0.9), verdict)
    assert not is_mixture(made_of(0.9, 0.7, is_complete=False), verdict)
    assert not is_mixture(made_of(), verdict)


@pytest.mark.parametrize("verdict", [Verdict.MATCH, Verdict.GROUP])
def test_a_named_substance_gives_way_only_to_components_that_nearly_every_set_holds(verdict):
    assert is_mixture(made_of(1.0, WEIGHT_AGAINST_A_MATCH), verdict)
    assert not is_mixture(made_of(1.0, 0.98), verdict)
    assert not is_mixture(made_of(1.0, 1.0, is_complete=False), verdict)


def test_a_rejected_spectrum_is_no_mixture():
    assert not is_mixture(made_of(1.0, 1.0), Verdict.REJECTED)
