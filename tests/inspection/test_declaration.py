from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inspection.declared.declaration import DeclarationVerdict, Declared, Reason, compare
from inspection.declared.tables import CargoClass, usual
from inspection.language import Wording
from inspection.wording import alarm_sentence, declaration_sentence
from spectra_library.formats.reading import read_file
from spectra_library.identification import Component, Identification
from spectra_library.identify import identify
from spectra_library.library import ReferenceLibrary
from spectra_library.prepared import PreparedLibrary
from spectra_library.spectrum import Spectrum, Technique
from spectra_library.starter import starter_libraries
from spectra_library.verdicts import Verdict
from tests.inspection.identified import identified

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
    found = compare(Declared(declared), isopropanol, catalogue)

    assert (found.verdict, found.reason) == (AGREES, Reason.SAME_SUBSTANCE)
    assert found.text == declared
    assert names(found.identified) == ["Isopropyl alcohol"]


@pytest.mark.parametrize(
    "declared", ["methanol", "метанол", "metanol", "67-56-1", "acetone, technical grade"]
)
def test_another_substance_differs(declared, isopropanol, catalogue):
    found = compare(Declared(declared), isopropanol, catalogue)

    assert (found.verdict, found.reason) == (DIFFERS, Reason.OTHER_SUBSTANCE)


@pytest.mark.parametrize("declared", ["spare parts", "", "   ", "zapçastlar", "химическая продукция"])
def test_a_text_that_names_no_substance_leaves_it_undetermined(declared, isopropanol, catalogue):
    found = compare(Declared(declared), isopropanol, catalogue)

    assert (found.verdict, found.reason) == (UNDETERMINED, Reason.DECLARATION_UNKNOWN)
    assert found.declared == ()


def test_one_of_a_group_neither_agrees_nor_differs(either_alcohol, catalogue):
    found = compare(Declared("ethanol"), either_alcohol, catalogue)

    assert (found.verdict, found.reason) == (UNDETERMINED, Reason.ONE_OF_GROUP)
    assert names(found.identified) == ["Isopropyl alcohol", "Ethanol"]


def test_none_of_a_group_differs(either_alcohol, catalogue):
    found = compare(Declared("acetone"), either_alcohol, catalogue)

    assert (found.verdict, found.reason) == (DIFFERS, Reason.NONE_OF_GROUP)


@pytest.mark.parametrize("verdict", [Verdict.INCONCLUSIVE, Verdict.NO_MATCH, Verdict.REJECTED])
def test_a_spectrum_without_a_name_confirms_and_refutes_nothing(verdict, isopropanol, catalogue):
    unnamed = replace(isopropanol, verdict=verdict)

    for declared in ("isopropanol", "acetone"):
        found = compare(Declared(declared), unnamed, catalogue)
        assert (found.verdict, found.reason) == (UNDETERMINED, Reason.NOT_NAMED)


def test_a_hint_alone_never_differs_and_the_reason_names_it(hint_of_acetic_anhydride, catalogue):
    found = compare(Declared("acetic acid"), hint_of_acetic_anhydride, catalogue)

    assert (found.verdict, found.reason) == (UNDETERMINED, Reason.ONLY_A_HINT)
    assert "Acetic anhydride" in declaration_sentence(Wording(), found)


def test_a_hint_never_agrees_either(hint_of_acetic_anhydride, catalogue):
    found = compare(Declared("acetic anhydride"), hint_of_acetic_anhydride, catalogue)

    assert (found.verdict, found.reason) == (UNDETERMINED, Reason.ONLY_A_HINT)


def test_a_hint_beside_a_match_does_not_weaken_the_match(isopropanol, hint_of_acetic_anhydride, catalogue):
    both = replace(isopropanol, hints=hint_of_acetic_anhydride.hints)

    assert compare(Declared("isopropanol"), both, catalogue).verdict is AGREES
    assert compare(Declared("acetone"), both, catalogue).reason is Reason.OTHER_SUBSTANCE


def test_a_declaration_of_several_substances_agrees_with_any_of_them(isopropanol, catalogue):
    found = compare(Declared("mixture of acetone and isopropyl alcohol"), isopropanol, catalogue)

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
    found = compare(Declared("ethanol"), mixture(isopropanol, *ETHANOL_AND_TOLUENE), catalogue)

    assert (found.verdict, found.reason) == (DIFFERS, Reason.LISTED_IN_MIXTURE)
    assert declaration_sentence(Wording(), found) == (
        "Declared is Ethanol, but the mixture also holds: Toluene."
    )


def test_a_declared_component_beside_something_harmless_is_for_a_person_to_decide(isopropanol, catalogue):
    found = compare(Declared("ethanol"), mixture(isopropanol, *ETHANOL_AND_WATER), catalogue)

    assert (found.verdict, found.reason) == (UNDETERMINED, Reason.ONE_OF_MIXTURE)
    assert declaration_sentence(Wording(), found).endswith("was not declared: Water.")


def test_a_declared_precursor_with_something_harmless_is_for_a_person_to_decide_too(isopropanol, catalogue):
    found = compare(Declared("toluene"), mixture(isopropanol, *ETHANOL_AND_TOLUENE), catalogue)

    assert (found.verdict, found.reason) == (UNDETERMINED, Reason.ONE_OF_MIXTURE)


def test_a_declaration_of_every_component_agrees(isopropanol, catalogue):
    found = compare(Declared("ethanol and toluene"), mixture(isopropanol, *ETHANOL_AND_TOLUENE), catalogue)

    assert (found.verdict, found.reason) == (AGREES, Reason.ALL_OF_MIXTURE)


@pytest.mark.parametrize("parts", [ETHANOL_AND_TOLUENE, ETHANOL_AND_WATER])
def test_no_component_declared_differs_whatever_the_components_are(parts, isopropanol, catalogue):
    found = compare(Declared("methanol"), mixture(isopropanol, *parts), catalogue)

    assert (found.verdict, found.reason) == (DIFFERS, Reason.NONE_OF_MIXTURE)


def test_what_may_stand_in_the_place_of_a_component_is_neither_confirmed_nor_refuted(isopropanol, catalogue):
    unsure = mixture(isopropanol, part("ethanol", alternatives=("methanol",)), part("water"))

    found = compare(Declared("methanol"), unsure, catalogue)
    assert (found.verdict, found.reason) == (UNDETERMINED, Reason.LIKE_ONE_OF_MIXTURE)
    assert compare(Declared("methanol, water"), unsure, catalogue).verdict is UNDETERMINED


def test_a_doubtful_component_alone_accuses_nobody(isopropanol, catalogue):
    doubtful = mixture(isopropanol, part("ethanol"), part("toluene", weight=0.5))

    assert compare(Declared("ethanol"), doubtful, catalogue).reason is Reason.ONE_OF_MIXTURE


def test_a_text_that_names_nothing_leaves_a_mixture_undetermined(isopropanol, catalogue):
    found = compare(Declared("spare parts"), mixture(isopropanol, *ETHANOL_AND_TOLUENE), catalogue)

    assert (found.verdict, found.reason) == (UNDETERMINED, Reason.DECLARATION_UNKNOWN)


# --- Forms, solutions, and what is said not to be there ----------------------------------------------


def written(text: str, found: str, catalogue, **numbers: str):
    return compare(Declared(text, **numbers), identified(found, catalogue), catalogue)


def test_a_salt_agrees_with_a_name_that_leaves_the_salt_open(catalogue):
    found = written("ephedrine", "ephedrine-hydrochloride", catalogue)

    assert (found.verdict, found.reason) == (AGREES, Reason.SAME_SUBSTANCE)


def test_another_salt_than_the_declared_one_is_for_a_person_to_decide(catalogue):
    found = written("ephedrine hydrochloride", "ephedrine", catalogue)

    assert (found.verdict, found.reason) == (UNDETERMINED, Reason.OTHER_FORM)
    assert not found.is_alarm


@pytest.mark.parametrize(
    "text", ["acetic acid, 5 % solution", "sirkə turşusunun məhlulu", "соляная кислота", "hydrochloric acid"]
)
def test_the_water_of_a_solution_neither_confirms_nor_refutes_what_is_dissolved(text, catalogue):
    found = written(text, "water", catalogue)

    assert (found.verdict, found.reason) == (UNDETERMINED, Reason.ONLY_THE_WATER)


def test_water_in_place_of_a_liquid_that_is_not_sold_in_water_differs(catalogue):
    assert written("acetone", "water", catalogue).reason is Reason.OTHER_SUBSTANCE


@pytest.mark.parametrize("found", ["acetone", "acetone + ethyl-acetate"])
def test_what_the_paper_says_is_not_there_differs_where_it_is(found, catalogue):
    answer = written("acetone-free remover of ethyl acetate", found, catalogue)

    assert (answer.verdict, answer.reason) == (DIFFERS, Reason.SAID_TO_BE_ABSENT)
    assert answer.is_alarm


def test_one_of_a_group_is_not_enough_to_say_that_it_is_there_after_all(catalogue):
    answer = written("acetone-free", "acetone | methyl-ethyl-ketone", catalogue)

    assert answer.verdict is UNDETERMINED


# --- Papers that are half understood -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "verdict", "reason"),
    [
        ("PAA", UNDETERMINED, Reason.NAME_OF_SEVERAL),
        ("PAA, CAS 103-82-2", AGREES, Reason.SAME_SUBSTANCE),
        ("polyacrylic acid", DIFFERS, Reason.OTHER_SUBSTANCE),
    ],
)
def test_a_name_of_unrelated_substances_agrees_only_where_something_else_tells_them_apart(
    text, verdict, reason, catalogue
):
    found = written(text, "phenylacetic-acid", catalogue)

    assert (found.verdict, found.reason) == (verdict, reason)


def test_something_controlled_never_agrees_with_a_text_that_says_more_than_its_name(catalogue):
    found = written("cocaine drug test kits, 200 pcs", "cocaine", catalogue)

    assert (found.verdict, found.reason) == (UNDETERMINED, Reason.SAYS_MORE)
    assert found.unread == ("drug", "test", "kits")


def test_words_that_were_not_understood_refute_nothing_and_leave_what_is_free_alone(catalogue):
    assert written("acetone scented candles", "toluene", catalogue).verdict is DIFFERS
    assert written("ethanol scented candles", "ethanol", catalogue).verdict is AGREES


@pytest.mark.parametrize("number", [{"hs_code": "2914.11"}, {"cas": "67-64-1"}, {"un_number": "1090"}])
def test_a_number_does_not_lift_the_floor(number, catalogue):
    assert written("scented candles", "acetone", catalogue, **number).reason is Reason.SAYS_MORE


def test_what_may_be_there_or_not_is_for_a_person_to_decide(catalogue):
    assert written("acetone free sample", "acetone", catalogue).reason is Reason.MAYBE_ABSENT
    assert written("acetone-free sample", "acetone", catalogue).reason is Reason.SAID_TO_BE_ABSENT


# --- Class words ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found", "verdict", "reason"),
    [
        ("fertiliser", "urea", AGREES, Reason.CLASS_FITS),
        ("fertiliser", "urea | ammonium-sulfate", AGREES, Reason.CLASS_FITS),
        ("fertiliser", "urea + ammonium-sulfate", AGREES, Reason.CLASS_FITS),
        ("thinner", "toluene", DIFFERS, Reason.CLASS_HIDES),
        ("thinner", "toluene + n-heptane", UNDETERMINED, Reason.CLASS_OPEN),
        ("thinner", "toluene | n-heptane", UNDETERMINED, Reason.CLASS_OPEN),
        ("thinner", "cocaine + n-heptane", DIFFERS, Reason.CLASS_HIDES),
        ("plastic", "ephedrine | pseudoephedrine", DIFFERS, Reason.CLASS_HIDES),
        ("flavour", "safrole | isosafrole", UNDETERMINED, Reason.CLASS_OPEN),
        ("cleaning agent", "gbl", UNDETERMINED, Reason.CLASS_OPEN),
        ("fertiliser", "sucrose", UNDETERMINED, Reason.CLASS_OPEN),
    ],
)
def test_a_class_word_is_judged_by_the_table_of_the_module(text, found, verdict, reason, catalogue):
    answer = written(text, found, catalogue)

    assert (answer.verdict, answer.reason) == (verdict, reason)


@pytest.mark.parametrize("cargo_class", CargoClass)
def test_a_class_word_never_agrees_with_what_is_listed(cargo_class, catalogue):
    assert not [one.id for one in usual(cargo_class, catalogue) if one.is_controlled or one.is_watched]


def test_a_class_word_beside_a_name_leaves_the_name_to_decide(catalogue):
    assert written("thinner: n-heptane", "n-heptane", catalogue).reason is Reason.SAME_SUBSTANCE
    assert written("thinner: n-heptane", "turpentine", catalogue).reason is Reason.OTHER_SUBSTANCE


# --- Numbers of the paper ---------------------------------------------------------------------------


@pytest.mark.parametrize("hs_code", ["2915.24", "291524", "2915 24", "2915240000", "2915.24.00.00"])
def test_a_subheading_in_which_nothing_else_stands_names_its_substance(hs_code, catalogue):
    assert written("", "acetic-anhydride", catalogue, hs_code=hs_code).verdict is AGREES
    assert written("", "acetone", catalogue, hs_code=hs_code).verdict is DIFFERS


@pytest.mark.parametrize("hs_code", ["3814.00", "2914.39", "2914", "2932.99", "38", "not a code"])
def test_a_broad_heading_alone_never_differs(hs_code, catalogue):
    for found in ("toluene", "mdma-hydrochloride", "sucrose"):
        assert written("", found, catalogue, hs_code=hs_code).verdict is not DIFFERS


def test_a_heading_agrees_with_what_stands_in_it_but_not_with_anything_listed(catalogue):
    assert written("", "acetophenone", catalogue, hs_code="2914").reason is Reason.NUMBER_FITS
    assert written("", "acetone", catalogue, hs_code="2914").reason is Reason.NUMBER_OPEN


def test_a_heading_does_not_agree_with_what_a_trap_hides_there(catalogue):
    found = written("", "ammonium-nitrate", catalogue, hs_code="3102")

    assert (found.verdict, found.trap.name) == (UNDETERMINED, "fertiliser")


@pytest.mark.parametrize("un_number", ["1993", "1760", "2811", "1544", "3077", "UN 1993"])
def test_an_entry_for_goods_not_otherwise_specified_names_nothing(un_number, catalogue):
    found = written("", "acetone", catalogue, un_number=un_number)

    assert (found.verdict, found.reason) == (UNDETERMINED, Reason.DECLARATION_UNKNOWN)


def test_text_and_numbers_that_do_not_fit_never_agree_and_are_told(catalogue):
    found = written("acetone", "acetone", catalogue, hs_code="2915.24")

    assert (found.verdict, found.reason) == (UNDETERMINED, Reason.PAPER_CONTRADICTS)
    assert "The paper contradicts itself: acetone - HS 2915.24 (Acetic anhydride)." in declaration_sentence(
        Wording(), found
    )


def test_a_text_that_does_not_name_what_was_found_differs_even_where_a_number_does(catalogue):
    found = written("acetone", "acetic-anhydride", catalogue, hs_code="2915.24")

    assert (found.verdict, found.reason, found.is_alarm) == (DIFFERS, Reason.OTHER_SUBSTANCE, True)
    assert "contradicts" in declaration_sentence(Wording(), found)


@pytest.mark.parametrize(
    ("hs_code", "fits"), [("3814.00", True), ("2914.19", True), ("2915", False), ("8708", False)]
)
def test_a_code_that_names_nothing_contradicts_where_the_substance_has_its_heading_elsewhere(
    hs_code, fits, catalogue
):
    found = written("acetone", "acetone", catalogue, hs_code=hs_code)

    assert (found.verdict is AGREES, found.contradictions == ()) == (fits, fits)


def test_numbers_narrow_each_other_down(catalogue):
    found = written("", "1-propanol", catalogue, hs_code="2905.12", un_number="1219")

    assert (found.verdict, names(found.declared)) == (DIFFERS, ["Isopropyl alcohol"])


def test_a_finding_says_through_what_the_paper_was_understood(catalogue):
    found = written(
        "thinner, MEK, acetone, CAS 67-64-1", "acetone", catalogue, hs_code="2914.11", un_number="1090"
    )

    assert {(one.name, one.through.value) for one in found.understood} == {
        ("thinner", "class"),
        ("MEK", "trade_name"),
        ("acetone", "name"),
        ("67-64-1", "cas"),
        ("2914.11", "hs"),
        ("1090", "un"),
    }


# --- The alarm --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found", "alarming"),
    [
        ("sugar", "cocaine", ['Cocaine (base, "crack")']),
        ("thinner", "toluene", ["Toluene"]),
        ("ethanol", "ethanol + toluene", ["Toluene"]),
        ("ethanol", "methanol", []),
        ("toluene", "toluene", []),
        ("thinner", "toluene + n-heptane", []),
        ("acetone", "toluene | cyclohexane", ["Toluene"]),
    ],
)
def test_differing_on_something_controlled_is_an_alarm(text, found, alarming, catalogue):
    assert names(written(text, found, catalogue).alarming) == alarming


def test_the_alarm_says_perhaps_where_a_group_may_be_harmless(catalogue):
    certain = written("sugar", "cocaine", catalogue)
    perhaps = written("acetone", "toluene | cyclohexane", catalogue)

    assert alarm_sentence(Wording(), certain).startswith("CONTROLLED, AND NOT AS DECLARED: Cocaine")
    assert alarm_sentence(Wording(), perhaps) == "PERHAPS CONTROLLED, AND NOT AS DECLARED: Toluene"
    assert alarm_sentence(Wording(), written("ethanol", "methanol", catalogue)) == ""


def test_every_reason_was_reached_above():
    """A new reason needs its own test here."""
    assert {reason.value for reason in Reason} == {
        "same_substance",
        "other_substance",
        "other_form",
        "only_the_water",
        "none_of_group",
        "one_of_group",
        "none_of_mixture",
        "listed_in_mixture",
        "all_of_mixture",
        "one_of_mixture",
        "like_one_of_mixture",
        "class_fits",
        "class_hides",
        "class_open",
        "number_fits",
        "number_open",
        "said_to_be_absent",
        "paper_contradicts",
        "declaration_unknown",
        "not_named",
        "only_a_hint",
        "name_of_several",
        "says_more",
        "maybe_absent",
    }
