"""Coverage: what the libraries can name, counted over a small catalogue and over the real one."""

from __future__ import annotations

import numpy as np
import pytest

from spectra_library.catalogue import load_catalogue
from spectra_library.coverage import coverage, outside_catalogue, summarise
from spectra_library.library import BandList, Reference, ReferenceLibrary, Tier, sealed
from spectra_library.spectrum import Spectrum, Technique
from spectra_library.starter import starter_libraries
from spectra_library.substance import LegalStatus, outside_substance


def reference(substance: str, tier: Tier, number: int) -> Reference:
    spectrum = Spectrum(np.array([1000.0, 1002.0]), np.array([0.0, 1.0]), Technique.ATR)
    return Reference(f"{substance}#{number}", substance, tier, spectrum, "somebody", "CC0 1.0")


def library(*entries: tuple[str, Tier]) -> ReferenceLibrary:
    references = tuple(
        reference(substance, tier, i) for i, (substance, tier) in enumerate(entries) if tier is not Tier.BANDS
    )
    lists = tuple(
        BandList(f"{substance}#bands", substance, np.array([1000.0]), np.array([1.0]), "nobody", "none")
        for substance, tier in entries
        if tier is Tier.BANDS
    )
    return sealed(ReferenceLibrary("test", "1", references, lists))


@pytest.fixture
def libraries() -> tuple[ReferenceLibrary, ...]:
    return (
        library(("heroin", Tier.DERIVED), ("heroin", Tier.DERIVED), ("acetone", Tier.MEASURED)),
        library(("heroin", Tier.BANDS), ("cocaine", Tier.BANDS), ("lsd", Tier.TEACHING)),
        library(("not-in-the-catalogue", Tier.MEASURED), ("methylone", Tier.DERIVED)),
    )


def test_references_are_counted_by_tier_over_all_libraries(libraries: tuple[ReferenceLibrary, ...]):
    rows = {row.substance: row for row in coverage(load_catalogue(), libraries)}

    assert (rows["heroin"].measured, rows["heroin"].derived, rows["heroin"].bands) == (0, 2, 1)
    assert (rows["acetone"].measured, rows["acetone"].can_match) == (1, True)
    assert (rows["cocaine"].bands, rows["cocaine"].can_match) == (1, False)
    assert rows["methylone-hydrochloride"].derived == 1  # through its other id
    assert "methylone" not in rows


def test_teaching_spectra_do_not_count(libraries: tuple[ReferenceLibrary, ...]):
    rows = {row.substance: row for row in coverage(load_catalogue(), libraries)}

    assert not rows["lsd"].can_match


def test_rows_stand_in_catalogue_order_and_tell_status_lists_and_visibility():
    catalogue = load_catalogue()
    rows = coverage(catalogue, ())

    assert [row.substance for row in rows] == [substance.id for substance in catalogue.substances]
    salt = next(row for row in rows if row.substance == "sodium-chloride")
    heroin = next(row for row in rows if row.substance == "heroin")
    assert (salt.visible, salt.status, salt.lists) == (False, LegalStatus.OTHER, ())
    assert (heroin.visible, heroin.status) == (True, LegalStatus.CONTROLLED)
    assert heroin.lists == ("UN 1961 Schedule I and IV",)


def test_the_summary_counts_controlled_substances_and_lists_those_without(
    libraries: tuple[ReferenceLibrary, ...],
):
    rows = coverage(load_catalogue(), libraries)
    summary = summarise(rows)

    assert summary.controlled == sum(row.status is LegalStatus.CONTROLLED for row in rows)
    assert (summary.controlled_measured, summary.controlled_derived) == (1, 2)
    assert summary.controlled_bands_only_reference == ("cocaine",)
    assert summary.controlled_without == len(summary.controlled_without_reference)
    assert summary.controlled_without == summary.controlled - 4
    assert "lsd" in summary.controlled_without_reference
    assert "heroin" not in summary.controlled_without_reference
    assert "red-phosphorus" in summary.controlled_invisible


def test_what_only_a_library_knows_is_counted_apart_and_has_no_row(
    libraries: tuple[ReferenceLibrary, ...],
):
    catalogue = load_catalogue().extended([outside_substance("not-in-the-catalogue", "Powder 1")])

    rows = coverage(catalogue, libraries)
    outside = outside_catalogue(catalogue, libraries)

    assert len(rows) == len(load_catalogue().substances)
    assert outside == outside_catalogue(load_catalogue(), libraries) == 1
    assert summarise(rows, outside=outside).outside_catalogue == 1


def test_without_libraries_nothing_is_covered():
    summary = summarise(coverage(load_catalogue(), ()))

    assert summary.substances_matchable == 0
    assert summary.controlled_without == summary.controlled
    assert summary.watched_without == summary.watched


def test_of_the_starter_libraries_the_parts_add_up_and_no_measured_drug_is_claimed():
    summary = summarise(coverage(load_catalogue(), starter_libraries()))

    assert summary.controlled_measured == 0
    assert (
        summary.controlled_derived + summary.controlled_bands_only + summary.controlled_without
        == summary.controlled
    )
