from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spectra_library.calibration_file import load_calibration
from spectra_library.catalogue import load_catalogue
from spectra_library.confidence import FIRST_ONLY, NO_REPEATS
from spectra_library.errors import SpectraLibraryError, SpectrumError
from spectra_library.formats.reading import read_file
from spectra_library.identification import Conversion, Identification
from spectra_library.identify import identify, stamp
from spectra_library.library import BandList, Reference, ReferenceLibrary, Tier, sealed
from spectra_library.prepared import PreparedLibrary
from spectra_library.quality import Issue, Severity
from spectra_library.spectrum import Spectrum, Technique
from spectra_library.starter import DATA_FOLDER, starter_libraries
from spectra_library.verdicts import Thresholds, Verdict

NAMED = {"isopropanol": "isopropanol", "ethanol": "ethanol", "acrylic-glass": "pmma"}
OPEN = starter_libraries()[0]
WAVENUMBER = np.arange(650.0, 4001.0, 2.0)


def prepared(
    *references: Reference, band_lists: tuple[BandList, ...] = (), name: str = "made up"
) -> PreparedLibrary:
    return PreparedLibrary((sealed(ReferenceLibrary(name, "1", references, band_lists)),))


def references_of(*substances: str) -> tuple[Reference, ...]:
    return tuple(one for one in OPEN.references if one.substance in substances)


def drawn(*bands: BandList) -> Spectrum:
    """A spectrum with a band of 12 cm-1 at every listed place."""
    absorbance = np.zeros(WAVENUMBER.size)
    for one in bands:
        for place, strength in zip(one.wavenumber, one.strength, strict=True):
            absorbance += strength * np.exp(-(((WAVENUMBER - place) / 6.0) ** 2))
    return Spectrum(WAVENUMBER, absorbance, Technique.ATR, resolution_cm=4.0)


def mixed(first: Spectrum, second: Spectrum, share: float) -> Spectrum:
    added = np.interp(first.wavenumber, second.wavenumber, second.absorbance)
    return replace(first, absorbance=(1 - share) * first.absorbance + share * added)


@pytest.fixture(scope="module")
def measured(demonstration: Path) -> dict[str, Spectrum]:
    """What other laboratories measured, by the name of its file."""
    return {name: read_file(demonstration / f"{name}.csv")[0].spectrum() for name in NAMED}


@pytest.fixture(scope="module")
def alcohols() -> PreparedLibrary:
    return prepared(*references_of("isopropanol", "ethanol", "pmma"))


@pytest.mark.parametrize("name", NAMED)
def test_a_measurement_of_another_laboratory_matches(name, measured, prepared_starter, catalogue):
    found = identify(measured[name], prepared_starter, catalogue)

    assert found.verdict is Verdict.MATCH
    assert found.candidates[0].substance == NAMED[name]
    assert found.candidates[0].tier in (Tier.MEASURED, Tier.DERIVED)
    assert found.components[0].substance == NAMED[name]
    assert found.quality == ()


@pytest.mark.parametrize("name", NAMED)
def test_a_substance_that_was_taken_out_of_the_library_is_not_called_a_match(
    name, measured, starter, catalogue
):
    without = tuple(
        replace(one, references=tuple(r for r in one.references if r.substance != NAMED[name]))
        for one in starter
    )

    found = identify(measured[name], PreparedLibrary(without), catalogue)

    assert found.verdict in (Verdict.NO_MATCH, Verdict.INCONCLUSIVE)
    assert found.components == ()
    assert NAMED[name] not in {candidate.substance for candidate in found.candidates}


def test_two_references_that_are_practically_equal_make_a_group(measured, catalogue):
    ethanol = references_of("ethanol")
    twins = tuple(replace(one, id=f"{one.id}-twin", substance="methanol") for one in ethanol)

    found = identify(measured["ethanol"], prepared(*ethanol, *twins, *references_of("pmma")), catalogue)

    assert found.verdict is Verdict.GROUP
    assert found.group == ("ethanol", "methanol")
    assert found.components == ()
    assert found.candidates[0].score == found.candidates[1].score


def test_more_equal_substances_than_a_person_can_weigh_are_no_answer(measured, catalogue):
    [first, *_] = references_of("ethanol")
    names = ("ethanol", "methanol", "acetone", "toluene", "hexane", "isopropanol")
    crowd = tuple(replace(first, id=f"twin-{name}", substance=name) for name in names if name in catalogue)
    assert len(crowd) > Thresholds().group_size

    assert identify(measured["ethanol"], prepared(*crowd), catalogue).verdict is Verdict.INCONCLUSIVE


def test_between_a_match_and_nothing_stands_inconclusive(measured, catalogue):
    half = mixed(measured["isopropanol"], measured["acrylic-glass"], share=0.4)

    found = identify(half, prepared(*references_of("isopropanol", "benzene")), catalogue)

    assert found.verdict is Verdict.INCONCLUSIVE
    assert Thresholds().candidate <= found.candidates[0].score < Thresholds().match
    assert found.components == ()


# --- Mixtures ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_two_solvents_together_are_a_mixture_of_both(measured, prepared_starter, catalogue, share):
    both = mixed(measured["isopropanol"], measured["ethanol"], share=share)

    found = identify(both, prepared_starter, catalogue)

    assert found.verdict is Verdict.MIXTURE
    assert {one.substance for one in found.components} == {"isopropanol", "ethanol"}
    for one in found.components:
        assert one.share_low <= one.share <= one.share_high
        assert one.probability is None, "no one has measured how often such a component is right"
    assert found.residual.absorbance.shape == found.residual.wavenumber.shape
    assert found.group == () and not found.is_incomplete


def test_what_the_library_does_not_hold_is_no_component(measured, catalogue):
    half = mixed(measured["isopropanol"], measured["acrylic-glass"], share=0.4)

    found = identify(half, prepared(*references_of("isopropanol", "ethanol", "benzene")), catalogue)

    assert found.verdict in (Verdict.INCONCLUSIVE, Verdict.NO_MATCH)
    assert found.components == ()
    assert found.is_incomplete
    assert found.explained < 0.8
    assert found.residual is None


def test_a_pure_substance_is_no_mixture(measured, prepared_starter, catalogue):
    for name, substance in NAMED.items():
        found = identify(measured[name], prepared_starter, catalogue)
        assert [one.substance for one in found.components] == [substance]
        assert not found.is_incomplete


def test_sharp_bands_alone_do_not_carry_a_match(measured, alcohols, catalogue):
    lifted = measured["ethanol"]
    hump = 8.0 * np.exp(-(((lifted.wavenumber - 2500.0) / 700.0) ** 2))
    lifted = replace(lifted, absorbance=lifted.absorbance + hump)

    found = identify(lifted, alcohols, catalogue, thresholds=Thresholds(match=0.5))

    assert found.candidates[0].score > 0.5
    assert found.candidates[0].absorbance_correlation < Thresholds().absorbance
    assert found.verdict is Verdict.INCONCLUSIVE


def test_what_resembles_nothing_is_no_match_and_still_lists_the_nearest(alcohols, catalogue):
    chance = np.random.default_rng(4)
    bands = sum(np.exp(-(((WAVENUMBER - at) / 15.0) ** 2)) for at in chance.uniform(700, 3900, 8))

    found = identify(Spectrum(WAVENUMBER, bands, Technique.ATR), alcohols, catalogue)

    assert found.verdict is Verdict.NO_MATCH
    assert len(found.candidates) == 3
    assert found.components == ()


def test_a_flat_spectrum_is_rejected_and_names_no_candidate(prepared_starter, catalogue):
    flat = Spectrum(WAVENUMBER, np.full(WAVENUMBER.size, 0.3), Technique.ATR)

    found = identify(flat, prepared_starter, catalogue)

    assert found.verdict is Verdict.REJECTED
    assert (found.candidates, found.components, found.hints, found.cautions) == ((), (), (), ())
    assert found.explained == 0.0
    assert [finding.issue for finding in found.quality] == [Issue.FLAT_LINE]


def test_what_could_not_be_compared_is_rejected_and_not_called_no_match(
    measured, prepared_starter, catalogue
):
    whole = measured["ethanol"]
    fingerprint = (whole.wavenumber > 795.0) & (whole.wavenumber < 1805.0)
    part = Spectrum(whole.wavenumber[fingerprint], whole.absorbance[fingerprint], Technique.ATR)

    found = identify(part, prepared_starter, catalogue)

    assert found.verdict is Verdict.REJECTED
    assert (found.quality[0].issue, found.quality[0].severity) == (Issue.NOT_COMPARABLE, Severity.FATAL)
    assert found.quality[0].value == pytest.approx(0.30, abs=0.01)


def test_an_unknown_technique_is_searched_in_both_forms_and_the_better_is_named(prepared_starter, catalogue):
    for reference in references_of("ethanol"):
        asked = replace(reference.spectrum, technique=Technique.UNKNOWN)

        found = identify(asked, prepared_starter, catalogue)

        assert found.verdict is Verdict.MATCH
        assert found.compared_as is reference.spectrum.technique
        assert found.candidates[0].technique is reference.spectrum.technique
        assert found.candidates[0].reference == reference.id


def test_a_stated_technique_is_searched_in_that_form_only(measured, prepared_starter, catalogue):
    wrong = replace(measured["ethanol"], technique=Technique.TRANSMISSION)

    found = identify(wrong, prepared_starter, catalogue)

    assert found.compared_as is Technique.TRANSMISSION
    assert {candidate.technique for candidate in found.candidates} == {Technique.TRANSMISSION}
    assert found.verdict is not Verdict.MATCH  # an ATR curve is not its own transmission spectrum


def test_a_transmission_query_finds_a_reference_that_exists_as_atr_only(starter, catalogue):
    [asked] = [r for r in references_of("isopropanol") if r.spectrum.technique is Technique.TRANSMISSION]
    only_atr = tuple(
        replace(
            one,
            references=tuple(
                r
                for r in one.references
                if r.substance != "isopropanol" or r.spectrum.technique is Technique.ATR
            ),
        )
        for one in starter
    )

    found = identify(asked.spectrum, PreparedLibrary(only_atr), catalogue)

    assert found.candidates[0].substance == "isopropanol"
    assert found.candidates[0].conversion is Conversion.KRAMERS_KRONIG
    assert found.candidates[0].technique is Technique.TRANSMISSION


def test_a_reference_of_the_asked_form_is_not_said_to_be_converted(measured, prepared_starter, catalogue):
    found = identify(
        replace(measured["ethanol"], technique=Technique.ATR), prepared_starter, catalogue, top=1000
    )

    kinds = {candidate.conversion for candidate in found.candidates}
    assert found.candidates[0].conversion is Conversion.NONE
    assert kinds == {Conversion.NONE, Conversion.KRAMERS_KRONIG}


def test_a_reflectance_spectrum_is_refused_since_there_are_no_references(
    measured, prepared_starter, catalogue
):
    with pytest.raises(SpectrumError, match="found reflectance"):
        identify(replace(measured["ethanol"], technique=Technique.REFLECTANCE), prepared_starter, catalogue)


def test_teaching_spectra_are_refused_unless_they_are_asked_for(measured, catalogue):
    teaching = prepared(*(replace(one, tier=Tier.TEACHING) for one in references_of("ethanol")))

    with pytest.raises(SpectraLibraryError, match="for training only"):
        identify(measured["ethanol"], teaching, catalogue)

    in_training = identify(measured["ethanol"], teaching, catalogue, allow_teaching=True)
    assert in_training.candidates[0].tier is Tier.TEACHING


def test_one_library_with_teaching_spectra_among_others_is_enough_to_refuse(measured, starter, catalogue):
    teaching = ReferenceLibrary(
        "Teaching", "1", tuple(replace(one, tier=Tier.TEACHING) for one in references_of("ethanol")), ()
    )

    with pytest.raises(SpectraLibraryError, match="'Teaching'"):
        identify(measured["ethanol"], PreparedLibrary((starter[-1], teaching)), catalogue)


BANDS_ONLY = prepared(band_lists=OPEN.band_lists)


@settings(max_examples=60, deadline=None)
@given(
    lists=st.lists(st.sampled_from(OPEN.band_lists), min_size=1, max_size=3),
    technique=st.sampled_from([Technique.ATR, Technique.TRANSMISSION, Technique.UNKNOWN]),
    height=st.floats(0.01, 2.0),
)
def test_band_lists_alone_can_never_lead_to_a_match(lists, technique, height):
    spectrum = drawn(*lists)
    spectrum = replace(spectrum, technique=technique, absorbance=height * spectrum.absorbance)

    found = identify(spectrum, BANDS_ONLY, load_catalogue())

    assert found.verdict in (Verdict.NO_MATCH, Verdict.REJECTED)
    assert (found.candidates, found.group, found.components) == ((), (), ())
    assert found.explained == 0.0


@pytest.mark.parametrize("substance", ["acetic-anhydride", "safrole", "caffeine"])
def test_band_lists_give_a_hint_for_the_substance_whose_bands_are_there(substance, catalogue):
    [bands] = [one for one in OPEN.band_lists if one.substance == substance]

    found = identify(drawn(bands), BANDS_ONLY, catalogue)

    assert found.verdict is Verdict.NO_MATCH
    assert substance in {hint.substance for hint in found.hints}
    for hint in found.hints:
        assert 0.0 < hint.score <= 1.0
        assert hint.bands_found <= hint.bands_listed


def test_candidates_are_sorted_by_score_each_substance_once(measured, prepared_starter, catalogue):
    found = identify(measured["acrylic-glass"], prepared_starter, catalogue, top=30)

    scores = [candidate.score for candidate in found.candidates]
    assert scores == sorted(scores, reverse=True)
    assert len({candidate.substance for candidate in found.candidates}) == len(found.candidates) == 30


@pytest.mark.parametrize("top", [1, 3, 10])
def test_as_many_candidates_are_listed_as_were_asked_for(top, measured, prepared_starter, catalogue):
    assert len(identify(measured["ethanol"], prepared_starter, catalogue, top=top).candidates) == top


def test_a_name_needs_no_second_candidate(measured, prepared_starter, catalogue):
    alone = identify(measured["ethanol"], prepared_starter, catalogue, top=1)

    assert alone.verdict is identify(measured["ethanol"], prepared_starter, catalogue).verdict


def test_the_order_of_the_references_does_not_change_the_answer(measured, catalogue):
    chosen = references_of("isopropanol", "ethanol", "pmma", "toluene", "water")

    def answer(library: PreparedLibrary) -> list[tuple[str, float]]:
        found = identify(measured["ethanol"], library, catalogue)
        return [(one.reference, one.score) for one in found.candidates]

    assert answer(prepared(*chosen)) == answer(prepared(*reversed(chosen)))


def test_the_same_question_has_the_same_answer_from_libraries_that_were_loaded_twice(
    measured, prepared_starter, catalogue
):
    again = PreparedLibrary(starter_libraries())

    for spectrum in measured.values():
        assert identify(spectrum, again, catalogue) == identify(spectrum, prepared_starter, catalogue)


def test_a_confidence_that_nobody_measured_is_not_given(measured, prepared_starter, catalogue):
    found = identify(measured["acrylic-glass"], prepared_starter, catalogue, top=1000)

    assert {candidate.confidence for candidate in found.candidates} == {None}
    for candidate in found.candidates:
        assert candidate.confidence_note.startswith("not calibrated: ")
    assert found.possible == ()


def test_a_kind_with_repeats_gets_a_probability_and_one_without_gets_the_reason(
    starter, measured, prepared_starter, catalogue
):
    calibration = load_calibration()
    plastic = next(
        one for one in OPEN.references if one.substance == "polystyrene" and one.tier is Tier.MEASURED
    )
    sure = identify(plastic.spectrum, prepared_starter, catalogue, calibration=calibration)
    solvent = identify(measured["ethanol"], prepared_starter, catalogue, calibration=calibration)

    assert 0.5 < sure.candidates[0].confidence <= calibration.ceiling
    assert calibration.date in sure.candidates[0].confidence_note
    assert {one.confidence_note for one in sure.candidates[1:]} == {FIRST_ONLY}
    assert [one.level for one in sure.possible] == [0.90, 0.95]
    assert all("polystyrene" in one.substances for one in sure.possible)
    assert (solvent.candidates[0].confidence, solvent.candidates[0].confidence_note) == (None, NO_REPEATS)
    assert solvent.possible == ()


def test_drugs_and_precursors_get_no_probability(starter, prepared_starter, catalogue):
    calibration = load_calibration()
    asked = [
        one
        for library in starter
        for one in library.references
        if catalogue.get(one.substance).kind not in ("cargo", "cutting")
    ]
    for one in asked[::9]:
        found = identify(one.spectrum, prepared_starter, catalogue, calibration=calibration)
        if found.candidates and catalogue.get(found.candidates[0].substance).kind != "cargo":
            assert found.candidates[0].confidence is None


@pytest.fixture(scope="module")
def self_asked(starter, prepared_starter, catalogue) -> list[Identification]:
    """What the program says to its own references, some from each library."""
    chosen = [one for library in starter for one in library.references[::16]]
    return [identify(one.spectrum, prepared_starter, catalogue) for one in chosen]


def test_shares_and_scores_stay_between_0_and_1_even_for_a_reference_asked_about_itself(self_asked):
    for found in self_asked:
        assert 0.0 <= found.explained <= 1.0
        assert all(0.0 <= candidate.score <= 1.0 for candidate in found.candidates)
        assert all(0.0 <= component.share <= 1.0 for component in found.components)


def test_every_reference_asked_about_itself_is_named_or_stands_in_its_group(self_asked):
    for found in self_asked:
        assert found.verdict in (Verdict.MATCH, Verdict.GROUP)
        assert found.candidates[0].score > 0.999


def test_tier_source_and_licence_stand_with_every_candidate(measured, prepared_starter, catalogue):
    for candidate in identify(measured["ethanol"], prepared_starter, catalogue).candidates:
        assert candidate.source
        assert candidate.licence
        assert candidate.library in {"Open starter library", "Forensic bands (fitted)"}


def test_the_forensic_library_can_be_deleted_as_a_whole(tmp_path, measured, catalogue):
    shutil.copy(DATA_FOLDER / "starter.sqlite", tmp_path)

    libraries = starter_libraries(tmp_path)
    found = identify(measured["ethanol"], PreparedLibrary(libraries), catalogue)

    assert [library.name for library in libraries] == ["Open starter library"]
    assert found.verdict is Verdict.MATCH
    assert found.library.name == "Open starter library"


def test_the_stamp_of_one_library_is_that_library_and_of_several_covers_them_all():
    first, second = (
        sealed(ReferenceLibrary(name, "1", references_of(name), ())) for name in ("ethanol", "pmma")
    )

    one = stamp(PreparedLibrary((first,)))
    both = stamp(PreparedLibrary((first, second)))

    assert (one.name, one.sha256, one.references) == ("ethanol", first.sha256, len(first.references))
    assert both.name == "ethanol + pmma"
    assert both.references == len(first.references) + len(second.references)
    assert both.sha256 not in {first.sha256, second.sha256}
    assert both.sha256 != stamp(PreparedLibrary((second, first))).sha256


def test_sample_and_background_the_wrong_way_round_are_told_of(measured, alcohols, catalogue):
    inverted = replace(measured["ethanol"], absorbance=-measured["ethanol"].absorbance)

    found = identify(inverted, alcohols, catalogue)

    assert found.verdict is Verdict.NO_MATCH
    assert Issue.NEGATIVE_BANDS in {finding.issue for finding in found.quality}
