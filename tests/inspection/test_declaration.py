from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inspection.declaration import DeclarationVerdict, Reason, compare
from inspection.language import Wording
from inspection.wording import declaration_sentence
from spectra_library.formats.reading import read_file
from spectra_library.identification import Component, Identification
from spectra_library.identify import identify
from spectra_library.library import ReferenceLibrary
from spectra_library.prepared import PreparedLibrary
from spectra_library.spectrum import Spectrum, Technique
from spectra_library.starter import starter_libraries
from spectra_library.verdicts import Verdict

AGREES, DIFFERS, UNDETERMINED = DeclarationVerdict


def names(substances) -> list[str]:
    return [one.name for one in substances]


@pytest.fixture(scope="module")
def isopropanol(prepared_starter, catalogue, demonstration) -> Identification:
    """A match."""
    found = identify(read_file(demonstration / "isopropanol.csv")[0].spectrum(), prepared_starter, catalogue)
    assert found.verdict is Verdict.MATCH
    return found


@pytest.fixture(scope="module")
def either_alcohol(isopropanol) -> Identification:
    """A group of two."""
    return replace(isopropanol, verdict=Verdict.GROUP, group=("isopropanol", "ethanol"))


@pytest.fixture(scope="module")
def hint_of_acetic_anhydride(catalogue) -> Identification:
    """A spectrum with the listed bands of acetic anhydride, and a library that holds band lists alone."""
    [bands] = [one for one in starter_libraries()[0].band_lists if one.substance == "acetic-anhydride"]
    wavenumber = np.arange(650.0, 4001.0, 2.0)
    absorbance = np.sum(
        [
            strength * np.exp(-(((wavenumber - at) / 6.0) ** 2))
            for at, strength in zip(bands.wavenumber, bands.strength, strict=True)
        ],
        axis=0,
    )
    only_lists = PreparedLibrary((ReferenceLibrary("lists", "1", (), (bands,)),))
    found = identify(Spectrum(wavenumber, absorbance, Technique.ATR), only_lists, catalogue)
    assert [hint.substance for hint in found.hints] == ["acetic-anhydride"]
    return found


@pytest.mark.parametrize(
    "declared",
    [
        "isopropyl alcohol",
        "ISOPROPANOL",
        "2-propanol",
        "изопропиловый спирт",
        "izopropil spirti",
        "İZOPROPİL SPİRTİ",
        "67-63-0",
        "CAS 67-63-0, 25 kg in drums",
        "Industrial isopropyl alcohol, 200 l",
    ],
)
def test_the_same_substance_agrees_in_any_language_by_synonym_and_by_cas(declared, isopropanol, catalogue):
    found = compare(declared, isopropanol, catalogue)

    assert (found.verdict, found.reason) == (AGREES, Reason.SAME_SUBSTANCE)
    assert found.text == declared
    assert names(found.identified) == ["Isopropyl alcohol"]


@pytest.mark.parametrize(
    "declared", ["methanol", "метанол", "metanol", "67-56-1", "acetone, technical grade"]
)
def test_another_substance_differs(declared, isopropanol, catalogue):
    found = compare(declared, isopropanol, catalogue)

    assert (found.verdict, found.reason) == (DIFFERS, Reason.OTHER_SUBSTANCE)


@pytest.mark.parametrize("declared", ["spare parts", "", "   ", "zapçastlar", "химическая продукция"])
def test_a_text_that_names_no_substance_leaves_it_undetermined(declared, isopropanol, catalogue):
    found = compare(declared, isopropanol, catalogue)

    assert (found.verdict, found.reason) == (UNDETERMINED, Reason.DECLARATION_UNKNOWN)
    assert found.declared == ()


def test_one_of_a_group_neither_agrees_nor_differs(either_alcohol, catalogue):
    found = compare("ethanol", either_alcohol, catalogue)

    assert (found.verdict, found.reason) == (UNDETERMINED, Reason.ONE_OF_GROUP)
    assert names(found.identified) == ["Isopropyl alcohol", "Ethanol"]


def test_none_of_a_group_differs(either_alcohol, catalogue):
    found = compare("acetone", either_alcohol, catalogue)

    assert (found.verdict, found.reason) == (DIFFERS, Reason.NONE_OF_GROUP)


@pytest.mark.parametrize("verdict", [Verdict.INCONCLUSIVE, Verdict.NO_MATCH, Verdict.REJECTED])
def test_a_spectrum_without_a_name_confirms_and_refutes_nothing(verdict, isopropanol, catalogue):
    unnamed = replace(isopropanol, verdict=verdict)

    for declared in ("isopropanol", "acetone"):
        found = compare(declared, unnamed, catalogue)
        assert (found.verdict, found.reason) == (UNDETERMINED, Reason.NOT_NAMED)


def test_a_hint_alone_never_differs_and_the_reason_names_it(hint_of_acetic_anhydride, catalogue):
    found = compare("acetic acid", hint_of_acetic_anhydride, catalogue)

    assert (found.verdict, found.reason) == (UNDETERMINED, Reason.ONLY_A_HINT)
    assert "Acetic anhydride" in declaration_sentence(Wording(), found)


def test_a_hint_never_agrees_either(hint_of_acetic_anhydride, catalogue):
    found = compare("acetic anhydride", hint_of_acetic_anhydride, catalogue)

    assert (found.verdict, found.reason) == (UNDETERMINED, Reason.ONLY_A_HINT)


def test_a_hint_beside_a_match_does_not_weaken_the_match(isopropanol, hint_of_acetic_anhydride, catalogue):
    both = replace(isopropanol, hints=hint_of_acetic_anhydride.hints)

    assert compare("isopropanol", both, catalogue).verdict is AGREES
    assert compare("acetone", both, catalogue).reason is Reason.OTHER_SUBSTANCE


def test_a_declaration_of_several_substances_agrees_with_any_of_them(isopropanol, catalogue):
    found = compare("mixture of acetone and isopropyl alcohol", isopropanol, catalogue)

    assert found.verdict is AGREES
    assert set(names(found.declared)) == {"Acetone", "Isopropyl alcohol"}


# --- Mixtures ---------------------------------------------------------------------------------------


def mixture(found: Identification, *components: Component) -> Identification:
    return replace(found, verdict=Verdict.MIXTURE, components=components)


def part(substance: str, **more) -> Component:
    return Component(substance, substance, 0.5, **{"weight": 0.99} | more)


ETHANOL_AND_TOLUENE = (part("ethanol"), part("toluene"))
ETHANOL_AND_WATER = (part("ethanol"), part("water"))


def test_a_declared_component_beside_something_controlled_differs_and_the_reason_names_that(
    isopropanol, catalogue
):
    found = compare("ethanol", mixture(isopropanol, *ETHANOL_AND_TOLUENE), catalogue)

    assert (found.verdict, found.reason) == (DIFFERS, Reason.LISTED_IN_MIXTURE)
    assert declaration_sentence(Wording(), found) == (
        "Declared is Ethanol, but the mixture also holds: Toluene."
    )


def test_a_declared_component_beside_something_harmless_is_for_a_person_to_decide(isopropanol, catalogue):
    found = compare("ethanol", mixture(isopropanol, *ETHANOL_AND_WATER), catalogue)

    assert (found.verdict, found.reason) == (UNDETERMINED, Reason.ONE_OF_MIXTURE)
    assert declaration_sentence(Wording(), found).endswith("was not declared: Water.")


def test_a_declared_precursor_with_something_harmless_is_for_a_person_to_decide_too(isopropanol, catalogue):
    found = compare("toluene", mixture(isopropanol, *ETHANOL_AND_TOLUENE), catalogue)

    assert (found.verdict, found.reason) == (UNDETERMINED, Reason.ONE_OF_MIXTURE)


def test_a_declaration_of_every_component_agrees(isopropanol, catalogue):
    found = compare("ethanol and toluene", mixture(isopropanol, *ETHANOL_AND_TOLUENE), catalogue)

    assert (found.verdict, found.reason) == (AGREES, Reason.ALL_OF_MIXTURE)


@pytest.mark.parametrize("parts", [ETHANOL_AND_TOLUENE, ETHANOL_AND_WATER])
def test_no_component_declared_differs_whatever_the_components_are(parts, isopropanol, catalogue):
    found = compare("methanol", mixture(isopropanol, *parts), catalogue)

    assert (found.verdict, found.reason) == (DIFFERS, Reason.NONE_OF_MIXTURE)


def test_what_may_stand_in_the_place_of_a_component_is_neither_confirmed_nor_refuted(isopropanol, catalogue):
    unsure = mixture(isopropanol, part("ethanol", alternatives=("methanol",)), part("water"))

    found = compare("methanol", unsure, catalogue)
    assert (found.verdict, found.reason) == (UNDETERMINED, Reason.LIKE_ONE_OF_MIXTURE)
    assert compare("methanol, water", unsure, catalogue).verdict is UNDETERMINED


def test_a_doubtful_component_alone_accuses_nobody(isopropanol, catalogue):
    doubtful = mixture(isopropanol, part("ethanol"), part("toluene", weight=0.5))

    assert compare("ethanol", doubtful, catalogue).reason is Reason.ONE_OF_MIXTURE


def test_a_text_that_names_nothing_leaves_a_mixture_undetermined(isopropanol, catalogue):
    found = compare("spare parts", mixture(isopropanol, *ETHANOL_AND_TOLUENE), catalogue)

    assert (found.verdict, found.reason) == (UNDETERMINED, Reason.DECLARATION_UNKNOWN)


def test_every_reason_was_reached_above():
    """A new reason needs its own test here."""
    assert {reason.value for reason in Reason} == {
        "same_substance",
        "other_substance",
        "none_of_group",
        "one_of_group",
        "none_of_mixture",
        "listed_in_mixture",
        "all_of_mixture",
        "one_of_mixture",
        "like_one_of_mixture",
        "declaration_unknown",
        "not_named",
        "only_a_hint",
    }
