"""References that look the same are found, whatever their labels say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spectra_library.catalogue import Catalogue
from spectra_library.library import Reference, ReferenceLibrary, Tier, sealed
from spectra_library.near_duplicates import NearDuplicate, near_duplicates
from spectra_library.prepared import PreparedLibrary
from spectra_library.spectrum import Spectrum, Technique

AXIS = np.arange(650.0, 4000.0, 2.0)


def curve(seed: int, *, noise: float = 0.0, technique: Technique = Technique.ATR) -> Spectrum:
    """Twenty bands that belong to ``seed``, and noise that belongs to the measurement."""
    chance = np.random.default_rng(seed)
    places, widths = chance.uniform(700, 3900, 20), chance.uniform(6, 30, 20)
    absorbance = (
        chance.uniform(0.1, 1, 20)[:, None] * np.exp(-(((AXIS - places[:, None]) / widths[:, None]) ** 2))
    ).sum(axis=0)
    return Spectrum(
        AXIS, absorbance + noise * np.random.default_rng(1).normal(size=AXIS.size), technique, 4.0
    )


def library(*entries: tuple[str, Spectrum]) -> PreparedLibrary:
    references = tuple(
        Reference(f"r{number}", substance, Tier.MEASURED, spectrum, "a source", "CC0 1.0")
        for number, (substance, spectrum) in enumerate(entries)
    )
    return PreparedLibrary((sealed(ReferenceLibrary("Agency A", "1", references, ())),))


def pairs(found: list[NearDuplicate]) -> list[tuple[str, str, bool]]:
    return [(one.first.id, one.second.id, one.is_one_substance) for one in found]


def test_the_same_curve_under_two_labels_is_found_and_called_two_substances(catalogue: Catalogue):
    held = library(("acetone", curve(1)), ("ethanol", curve(2)), ("toluene", curve(1, noise=1e-3)))

    found = list(near_duplicates(held, catalogue))

    assert pairs(found) == [("r0", "r2", False)]
    assert 0.99 <= found[0].similarity <= 1 + 1e-6


def test_a_repeat_of_one_substance_and_its_salt_are_called_one_substance(catalogue: Catalogue):
    form = next(one for one in catalogue.substances if catalogue.parent_of(one.id) != one.id)
    held = library(
        ("acetone", curve(1)),
        ("acetone", curve(1)),
        (form.id, curve(2)),
        (catalogue.parent_of(form.id), curve(2)),
    )

    assert pairs(list(near_duplicates(held, catalogue))) == [("r0", "r1", True), ("r2", "r3", True)]


def test_measurements_of_two_kinds_are_not_compared(catalogue: Catalogue):
    held = library(("acetone", curve(1)), ("toluene", curve(1, technique=Technique.TRANSMISSION)))

    assert list(near_duplicates(held, catalogue)) == []


def test_what_was_measured_over_another_range_is_not_called_alike(catalogue: Catalogue):
    whole = curve(1)
    part = Spectrum(AXIS[:700], whole.absorbance[:700], Technique.ATR, 4.0)

    assert list(near_duplicates(library(("acetone", whole), ("toluene", part)), catalogue)) == []


def test_many_rows_in_blocks_give_what_every_pair_for_itself_gives(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
):
    substances = [one.id for one in catalogue.substances[:30]]
    held = library(
        *((one, curve(number // 2, noise=2e-3 * (number % 2))) for number, one in enumerate(substances))
    )
    monkeypatch.setattr("spectra_library.near_duplicates._BLOCK", 7)

    found = pairs(list(near_duplicates(held, catalogue)))

    references, rows = held.native_rows(Technique.ATR)
    truth = np.corrcoef(rows.derivative.astype(np.float64))
    expected = {
        (references[i].id, references[j].id)
        for i in range(len(references))
        for j in range(i + 1, len(references))
        if truth[i, j] >= 0.99
    }
    assert {(first, second) for first, second, _ in found} == expected
    assert len(found) >= 15


def test_a_library_without_references_has_no_pairs(
    catalogue: Catalogue, starter: tuple[ReferenceLibrary, ...]
):
    empty = PreparedLibrary((sealed(replace(starter[0], references=())),))

    assert list(near_duplicates(empty, catalogue)) == []
