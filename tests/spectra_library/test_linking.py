"""Which substance a file means: its CAS number first, then its InChIKey, then its names, and no guesses."""

from __future__ import annotations

import pytest

from spectra_library.catalogue import Catalogue
from spectra_library.importing.linking import Said, link
from spectra_library.substance import outside_substance


def test_a_cas_number_links_whatever_the_title_is(catalogue: Catalogue) -> None:
    found = link(catalogue, Said(cas="67-64-1", title="sample 12, Monday"))

    assert (found.substance, found.by, found.warnings) == ("acetone", "cas", ())


def test_a_cas_number_and_a_name_that_disagree_are_both_named(catalogue: Catalogue) -> None:
    found = link(catalogue, Said(cas="67-64-1", title="Toluene"))

    assert found.substance == "acetone"
    assert found.warnings == (
        "the CAS number 67-64-1 is that of Acetone, but the name 'Toluene' means Toluene (108-88-3)",
    )


def test_a_wrong_check_digit_is_no_cas_number(catalogue: Catalogue) -> None:
    found = link(catalogue, Said(cas="67-64-2", title="Toluene"))

    assert (found.substance, found.by) == ("toluene", "name")
    assert found.warnings == ("67-64-2 is no valid CAS number and was not used",)


def test_an_inchikey_links_before_a_name(catalogue: Catalogue) -> None:
    acetone = catalogue.get("acetone")
    assert acetone.inchikey

    found = link(catalogue, Said(inchikey=acetone.inchikey, title="Toluene"))

    assert (found.substance, found.by) == ("acetone", "inchikey")
    assert "means Toluene" in found.warnings[0]


@pytest.mark.parametrize("name", ["ACETONE", "Ацетон", "aseton", "propan-2-one"])
def test_names_of_every_language_and_synonyms_link(catalogue: Catalogue, name: str) -> None:
    assert link(catalogue, Said(title=name)).substance == "acetone"


def test_a_further_name_links_where_the_title_says_nothing(catalogue: Catalogue) -> None:
    assert link(catalogue, Said(title="A-0017", names=("b", "acetone"))).substance == "acetone"


def test_the_files_name_is_asked_last(catalogue: Catalogue) -> None:
    assert link(catalogue, Said(title="A-0017", stem="acetone")).substance == "acetone"
    assert link(catalogue, Said(title="toluene", stem="acetone")).substance == "toluene"


def test_a_name_within_a_longer_title_means_nothing(catalogue: Catalogue) -> None:
    found = link(catalogue, Said(title="acetone and toluene, 1:1"))

    assert (found.substance, found.by) == ("", "")
    assert found.reason == "the catalogue knows none of: 'acetone and toluene, 1:1'"


def test_names_that_mean_two_substances_link_to_none(catalogue: Catalogue) -> None:
    found = link(catalogue, Said(title="acetone", names=("toluene",)))

    assert found.substance == ""
    assert "may mean several: Acetone (67-64-1), Toluene (108-88-3)" in found.reason


def test_an_ambiguous_synonym_links_to_none(catalogue: Catalogue) -> None:
    found = link(catalogue, Said(title="PAA"))  # phenylacetic acid, or the polymer of acrylic acid

    assert found.substance == ""
    assert "may mean several" in found.reason


def test_a_name_shared_by_a_base_and_its_salt_means_the_one_whose_form_is_named(catalogue: Catalogue) -> None:
    assert link(catalogue, Said(title="3-MMC", form="hydrochloride")).substance == "3-mmc-hydrochloride"
    assert link(catalogue, Said(title="3-MMC")).substance == "3-mmc"


def test_a_salts_cas_number_beside_its_bases_name_is_no_contradiction(catalogue: Catalogue) -> None:
    salt = catalogue.get("3-mmc-hydrochloride")

    found = link(catalogue, Said(cas=salt.cas, title="3-MMC"))

    assert (found.substance, found.warnings) == ("3-mmc-hydrochloride", ())


def test_an_unknown_cas_number_beside_a_known_name_is_told(catalogue: Catalogue) -> None:
    found = link(catalogue, Said(cas="1234567-89-5", title="acetone"))  # the check digit holds

    assert (found.substance, found.by) == ("acetone", "name")
    assert found.warnings == (
        "linked by its name to Acetone (67-64-1); the file says CAS number 1234567-89-5",
    )


def test_what_another_library_brought_is_no_knowledge(catalogue: Catalogue) -> None:
    grown = catalogue.extended([outside_substance("outside:agency-b/xyz", "XYZ")])

    assert link(grown, Said(title="XYZ")).substance == ""


def test_a_file_that_says_nothing_is_not_linked(catalogue: Catalogue) -> None:
    assert link(catalogue, Said()).reason == "the file names no substance"
