from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inspection.export.pdf.laid_over import drawn_parts, laid_over
from spectra_library.library import Reference, ReferenceLibrary, Tier, sealed
from spectra_library.spectrum import Spectrum

AXIS = np.linspace(650.0, 4000.0, 3351)


def bands(*centres: float, width: float = 15.0) -> np.ndarray:
    return sum(np.exp(-(((AXIS - centre) / width) ** 2)) for centre in centres)


@pytest.fixture
def sample() -> Spectrum:
    return Spectrum(AXIS, 0.1 + 0.4 * bands(1050.0, 1700.0))


@pytest.fixture
def library() -> ReferenceLibrary:
    reference = Reference(
        id="open:acetone",
        substance="acetone",
        tier=Tier.MEASURED,
        spectrum=Spectrum(AXIS, bands(1050.0, 1700.0)),
        source="a published collection",
        licence="CC0",
        form="",
    )
    return sealed(ReferenceLibrary(name="Open spectra", version="1", references=(reference,), band_lists=()))


def body_of(library: ReferenceLibrary) -> dict[str, object]:
    return {
        "candidates": [{"library": library.name, "reference": "open:acetone"}],
        "library": {"parts": [{"name": library.name, "sha256": library.sha256}]},
    }


def test_the_reference_is_brought_to_the_height_of_the_sample(sample, library):
    over = laid_over(sample, body_of(library), lambda: [library], is_named=True)

    assert over.reference is not None
    assert over.reference.absorbance == pytest.approx(sample.absorbance, abs=1e-9)


def test_a_library_of_the_same_name_but_other_content_draws_nothing(sample, library):
    [reference] = library.references
    other = sealed(replace(library, references=(replace(reference, form="another"),)))
    assert other.sha256 != library.sha256

    assert laid_over(sample, body_of(library), lambda: [other], is_named=True).reference is None


def test_no_reference_is_drawn_beside_a_verdict_that_names_none(sample, library):
    assert laid_over(sample, body_of(library), lambda: [library], is_named=False).reference is None


def test_an_entry_that_names_no_library_draws_the_sample_alone(sample, library):
    assert laid_over(sample, {"candidates": []}, lambda: [library], is_named=True).reference is None


def test_a_reference_is_never_turned_over(library):
    upside_down = Spectrum(AXIS, 1.0 - bands(1050.0, 1700.0))

    over = laid_over(upside_down, body_of(library), lambda: [library], is_named=True)

    assert over.reference is not None
    assert np.ptp(over.reference.absorbance) == 0.0


def test_thinning_keeps_the_highest_and_the_lowest_point(sample):
    spiky = sample.absorbance.copy()
    spiky[[700, 2200]] = 3.0, -1.0

    [(axis, height)] = drawn_parts(Spectrum(AXIS, spiky), 650.0, 4000.0, 200)

    assert axis.size <= 402
    assert (height.max(), height.min()) == (3.0, -1.0)
    assert (np.diff(axis) >= 0).all()


def test_a_curve_with_few_points_is_drawn_as_it_is(sample):
    [(axis, height)] = drawn_parts(sample, 650.0, 4000.0, 5000)

    assert np.array_equal(axis, sample.wavenumber)
    assert np.array_equal(height, sample.absorbance)


def test_nothing_is_drawn_across_a_gap():
    inside = (AXIS < 1900.0) | (AXIS > 2300.0)
    curve = Spectrum(AXIS[inside], bands(1050.0)[inside], gaps=((1900.0, 2300.0),))

    parts = list(drawn_parts(curve, 650.0, 4000.0, 300))

    assert [(part[0][0], part[0][-1]) for part in parts] == [(650.0, 1899.0), (2301.0, 4000.0)]
