"""The result page says the verdict first, and nothing that the spectrum does not bear out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtTest import QTest

from gui.pages.hazard_words import hazard_sentence
from gui.pages.overlay import References, highest_peaks, listed_and_missing, overlay
from gui.pages.result_page import ResultPage
from gui.pages.result_words import banner, candidate_lines, confidence_text, local_name, named, result_bar
from gui.pages.states import not_saved
from gui.pages.wishes import Wish
from gui.palette import DAY, Tone
from gui.theme import apply_theme
from gui.widgets.component_list import ComponentList
from gui.widgets.hint_card import HintCard
from gui.widgets.labels import PlainLabel
from gui.widgets.substance_sheet import SubstanceSheet
from inspection.findings import Source
from inspection.language import ENGLISH, Language, Wording
from inspection.mixture_words import interval, share_text
from inspection.session import InspectionSession
from spectra_library.hints import Hint
from spectra_library.spectrum import Spectrum, Technique
from spectra_library.verdicts import Verdict

AXIS = np.arange(650.0, 4000.0, 2.0)


def bands(*places: tuple[float, float], width: float = 11.0) -> np.ndarray:
    heights = np.zeros_like(AXIS)
    for position, height in places:
        heights += height / (1.0 + ((AXIS - position) / width) ** 2)
    return heights


@pytest.fixture(scope="module")
def name(ready):
    session = InspectionSession(ready.library, ready.catalogue)

    def name(absorbance, declared=None, axis=AXIS):
        noise = np.random.default_rng(5).normal(0.0, 0.001, axis.size)
        spectrum = Spectrum(axis, absorbance + noise, Technique.ATR)
        source = Source(path="socket://", block=0, sha256="00" * 32, format="capture")
        return session.name(spectrum, source=source, title="", declared=declared)

    return name


@pytest.fixture(scope="module")
def reference_of(ready):
    def find(substance):
        return next(
            reference.spectrum
            for library in ready.library.libraries
            for reference in library.references
            if reference.substance == substance and reference.spectrum.technique is Technique.ATR
        )

    return find


@pytest.fixture(scope="module")
def references(ready):
    return References(ready.library)


@pytest.fixture
def page(in_day, qtbot):
    page = ResultPage(ENGLISH)
    qtbot.addWidget(page)
    page.resize(1270, 630)
    page.show()
    return page


@pytest.fixture
def show(page, ready, references):
    def show(finding):
        page.show_finding(finding, ready.catalogue, references)
        return said_on(page)

    return show


@pytest.fixture(scope="module")
def safrole(name, reference_of):
    reference = reference_of("safrole")
    return name(np.interp(AXIS, reference.wavenumber, reference.absorbance), "vanillin")


@pytest.fixture(scope="module")
def anhydride(name, ready):
    [listed] = [
        one
        for library in ready.library.libraries
        for one in library.band_lists
        if one.substance == "acetic-anhydride"
    ]
    return name(bands(*zip(listed.wavenumber, 0.4 * listed.strength, strict=True)), "acetic acid")


def said_on(widget) -> str:
    return " | ".join(label.text() for label in widget.findChildren(PlainLabel) if not label.isHidden())


# --- Verdicts ---------------------------------------------------------------------------------------


def test_a_controlled_match_that_differs_is_alarming_and_presumptive(show, page, safrole):
    said = show(safrole)

    assert page.banner.tone is Tone.ALARM
    assert "Match | Safrole | Precursor · UN 1988 Table I (1992) · EU category 1" in said
    assert "confidence not calibrated" in said
    assert "Presumptive result – confirm in a laboratory" in said
    assert "CONTROLLED, AND NOT AS DECLARED: Safrole | Declared is Vanillin, identified is Safrole." in said
    assert page.bar().primary.name == Wish.SAVE


def test_the_sheet_of_a_match_has_hazards_in_words_and_says_that_they_are_unverified(show, page, safrole):
    show(safrole)
    [sheet] = page.findChildren(SubstanceSheet)
    said = said_on(sheet)

    assert "H350\u00a0May cause cancer." in said
    assert "Hazard classes unverified" in said
    assert "94-59-7" in said


def test_hints_at_what_was_named_anyway_are_left_out(show, page, safrole):
    hint = Hint("safrole", 9, 10, 0.9, "a table", "none stated")
    show(replace(safrole, identification=replace(safrole.identification, hints=(hint,))))

    assert all("Safrole |" not in said_on(card) for card in page.findChildren(HintCard))


def test_an_agreeing_harmless_match_is_calm(show, page, name, reference_of):
    reference = reference_of("ethanol")
    said = show(name(np.interp(AXIS, reference.wavenumber, reference.absorbance), "ethanol"))

    assert page.banner.tone is Tone.AGREE
    assert "Not listed" in said
    assert "Agrees" in said


def test_no_match_is_no_all_clear_and_lays_no_reference_over_the_sample(show, page, anhydride):
    said = show(anhydride)

    assert anhydride.identification.verdict is Verdict.NO_MATCH
    assert "This cannot exclude amounts below about 10 %." in said
    assert page.bar().lead == "No match is not an all-clear."
    assert page.plot._reference is None
    assert not page.findChildren(SubstanceSheet)


def test_a_hint_stands_outside_the_verdict_with_its_bands_marked(show, page, anhydride):
    show(anhydride)
    [card] = page.findChildren(HintCard)

    assert "Hint – not a match | Acetic anhydride | 6 of 6 listed bands" in said_on(card)
    assert len(page.plot._marks.listed) == 6
    assert "Acetic anhydride" not in said_on(page.banner)


def test_not_certain_names_the_nearest_as_near(show, page, name, reference_of):
    both = [reference_of(one) for one in ("acetone", "isopropanol")]
    mixed = sum(0.35 * np.interp(AXIS, one.wavenumber, one.absorbance) for one in both)
    finding = name(mixed)
    said = show(finding)

    assert finding.identification.verdict is Verdict.INCONCLUSIVE
    assert "Not certain | Near " in said
    assert page.banner.tone is Tone.DOUBT
    assert not page.findChildren(SubstanceSheet)


def test_a_poor_spectrum_says_why_and_offers_to_scan_again(show, page, name):
    jagged = np.random.default_rng(3).normal(0.15, 0.05, AXIS.size)
    finding = name(jagged)
    said = show(finding)

    assert finding.identification.verdict is Verdict.REJECTED
    assert "The signal is only" in said
    assert not page.candidates.isVisible()
    assert page.bar().primary.name == Wish.SCAN_AGAIN
    assert Wish.SAVE in [one.name for one in page.bar().quiet]


def test_several_that_cannot_be_told_apart_are_all_named(ready, safrole):
    found = safrole.identification
    group = tuple(one.substance for one in found.candidates[:2])
    finding = replace(
        safrole, identification=replace(found, verdict=Verdict.GROUP, group=group), declaration=None
    )
    shown = banner(ENGLISH, finding, ready.catalogue)

    assert " or " in shown.name
    assert shown.is_alarming


@pytest.fixture(scope="module")
def mixed(name, reference_of):
    """Ethanol and toluene, declared as ethanol."""
    both = [reference_of(one) for one in ("ethanol", "toluene")]
    heights = [np.interp(AXIS, one.wavenumber, one.absorbance) for one in both]
    finding = name(sum(0.3 * one / one.max() for one in heights), "ethanol")
    assert finding.identification.verdict is Verdict.MIXTURE
    return finding


def test_a_mixture_is_presumptive_and_alarming_by_what_it_holds(show, page, mixed):
    said = show(mixed)

    assert page.banner.tone is Tone.ALARM
    assert "Mixture | Ethanol + Toluene | Toluene: Precursor · UN 1988 Table II" in said
    assert "Presumptive result – confirm in a laboratory" in said
    alarm = "CONTROLLED, AND NOT AS DECLARED: Toluene"
    assert f"{alarm} | Declared is Ethanol, but the mixture also holds: Toluene." in said
    assert "Similarity" not in said  # that of one reference says nothing about several


def test_each_component_has_its_share_of_the_spectrum_and_its_status(show, page, mixed):
    show(mixed)
    [shown] = page.findChildren(ComponentList)
    said = said_on(shown)

    assert "Components | share of the spectrum, not of weight | " in said
    for one in mixed.identification.components:
        low, high = interval(one)
        assert f"{share_text(one)} | between {low} and {high} %" in said
    assert "Not listed" in said
    assert "Precursor · UN 1988 Table II" in said
    assert page.candidates.isHidden()


def test_nothing_of_a_mixture_is_called_a_probability(show, page, mixed):
    weighed = replace(mixed.identification.components[0], weight=0.4321)
    others = mixed.identification.components[1:]
    show(replace(mixed, identification=replace(mixed.identification, components=(weighed, *others))))
    page.banner.why_requested.emit()
    said = said_on(page)

    assert "There is no probability: no repeat measurements of mixtures exist." in said
    assert "It is not a share of weight" in said
    assert not any(number in said for number in ("0.43", "43 %"))
    assert "May be absent" in said


def test_the_curves_of_a_mixture_add_up(show, page, mixed):
    show(mixed)
    *parts, rest = page.plot._strip_curves
    total, sample = page.plot._reference, page.plot._sample
    level = total.values - sum(part.values for part in parts)

    assert [part.label for part in parts] == [
        local_name(ENGLISH, one) for one in named(mixed.identification, page._catalogue)
    ]
    assert float(np.ptp(level)) < 0.02 * float(np.ptp(total.values))
    assert np.abs(total.values + rest.values - sample.values).max() < 1e-12
    assert not np.any((sample.wavenumber > 2280.0) & (sample.wavenumber < 2400.0))  # nothing is drawn there


def test_beside_large_text_a_mixture_shows_its_sum_alone(qapp, qtbot, ready, references, mixed):
    apply_theme(qapp, DAY, 1.5)
    page = ResultPage(ENGLISH)
    qtbot.addWidget(page)
    page.show_finding(mixed, ready.catalogue, references)
    apply_theme(qapp, DAY)

    assert [one.label for one in page.plot._strip_curves] == ["Left over"]


def test_what_a_mixture_leaves_over_is_put_into_words(show, mixed):
    found = mixed.identification
    alike = replace(found.residual, resembles=(("acetone", 0.8),))

    assert "What is left over resembles nothing in the library." in show(mixed)
    assert "What is left over resembles: Acetone. That alone proves nothing." in show(
        replace(mixed, identification=replace(found, residual=alike))
    )


def test_what_may_stand_in_the_place_of_a_component_alarms_and_is_named(show, page, ready, mixed):
    found = mixed.identification
    ethanol = next(one for one in found.components if one.substance == "ethanol")
    unsure = replace(found, components=(replace(ethanol, alternatives=("toluene",)),))
    finding = replace(mixed, identification=unsure, declaration=None)

    assert banner(ENGLISH, finding, ready.catalogue).is_alarming
    said = show(finding)
    assert "Perhaps Toluene: Precursor" in said
    assert "or: Toluene (Controlled: UN 1988 Table II" in said


def test_a_harmless_mixture_is_calm(ready, mixed):
    found = mixed.identification
    ethanol = next(one for one in found.components if one.substance == "ethanol")
    water = replace(ethanol, substance="water", name="Water")
    harmless = replace(mixed, identification=replace(found, components=(ethanol, water)), declaration=None)
    shown = banner(ENGLISH, harmless, ready.catalogue)

    assert (shown.name, shown.status, shown.is_alarming) == ("Ethanol + Water", "Not listed", False)


@pytest.mark.parametrize(
    ("explained", "sentence"),
    [
        (0.729, "The library explains only 72 % of the signal; the sample may contain something that is not"),
        (0.99, "The library does not explain all of the signal; the sample may contain something that is"),
    ],
)
def test_what_the_library_does_not_explain_is_said(show, anhydride, explained, sentence):
    found = replace(anhydride.identification, is_incomplete=True, explained=explained)

    assert sentence in show(replace(anhydride, identification=found))
    assert sentence not in show(replace(anhydride, identification=replace(found, is_incomplete=False)))


def test_the_parts_of_a_mixture_are_joined(ready, safrole):
    found = safrole.identification
    [part] = found.components
    caffeine = replace(part, substance="caffeine", name="Caffeine")
    finding = replace(
        safrole, identification=replace(found, verdict=Verdict.MIXTURE, components=(part, caffeine))
    )

    assert banner(ENGLISH, finding, ready.catalogue).name == "Safrole + Caffeine"


# --- What a person does on it -----------------------------------------------------------------------


def test_choosing_a_candidate_lays_it_over_the_sample(show, page, safrole):
    show(safrole)
    before = page.plot._reference.label
    page.candidates.selectRow(2)

    assert before == "Safrole, reference"
    assert page.plot._reference.label == f"{safrole.identification.candidates[2].name}, reference"
    assert ("Source", safrole.identification.candidates[2].source) in page._behind.rows


def test_the_declared_text_is_told_as_it_is_typed(show, page, safrole, qtbot):
    show(safrole)
    told = []
    page.declared_changed.connect(told.append)
    page.edit_declared()
    QTest.keyClicks(page.declared.field, "oil")

    assert told == ["o", "oi", "oil"]
    assert page.declared.field.isVisible()


def test_another_declaration_of_the_same_finding_changes_words_alone(show, page, safrole):
    show(safrole)
    page.candidates.selectRow(1)
    page.show_declaration(replace(safrole, declaration=None))

    assert "Nothing declared yet" in said_on(page)
    assert page.plot._reference.label != "Safrole, reference"
    assert page.banner.tone is Tone.ALARM  # it stays a precursor


def test_why_explains_what_a_similarity_is_worth(show, page, safrole):
    show(safrole)
    page.banner.why_requested.emit()
    said = said_on(page)
    page.banner.why_requested.emit()

    assert "It is not a probability" in said
    assert "There is no probability: " in said
    assert "It is not a probability" not in said_on(page)


def test_a_finding_that_was_not_saved_says_so_and_can_be_saved_again(show, page, safrole):
    show(safrole)
    page.set_saving(True)
    assert not page.bar().primary.is_enabled
    page.set_saving(False, not_saved(ENGLISH, "the disk is full"))

    assert "the disk is full" in said_on(page.card)
    assert page.bar().primary.text == "Save again"
    show(safrole)
    assert page.card.isHidden()


# --- Overlay ----------------------------------------------------------------------------------------


def test_a_reference_is_scaled_to_the_sample_by_least_squares():
    shape = bands((1240.0, 1.0), (1488.0, 0.7))
    sample = Spectrum(AXIS, 0.37 * shape + 0.02, Technique.ATR)
    laid = overlay(sample, Spectrum(AXIS, shape, Technique.ATR), reference_label="R", difference_label="D")

    assert laid.scale == pytest.approx(0.37)
    assert np.abs(laid.difference.values).max() < 1e-12


def test_an_opposite_reference_is_never_turned_upside_down():
    shape = bands((1240.0, 1.0))
    laid = overlay(
        Spectrum(AXIS, 1.0 - shape, Technique.ATR),
        Spectrum(AXIS, shape, Technique.ATR),
        reference_label="R",
        difference_label="D",
    )

    assert laid.scale == 0.0


def test_only_what_both_measured_is_compared():
    sample = Spectrum(AXIS, bands((1240.0, 1.0)), Technique.ATR)
    short = AXIS[(AXIS > 1000) & (AXIS < 1400)]
    far = np.arange(5000.0, 5100.0, 2.0)
    laid = overlay(
        sample,
        Spectrum(short, np.interp(short, AXIS, sample.absorbance), Technique.ATR),
        reference_label="R",
        difference_label="D",
    )

    assert (laid.reference.wavenumber[0], laid.reference.wavenumber[-1]) == (short[0], short[-1])
    assert (
        overlay(
            sample, Spectrum(far, np.ones_like(far), Technique.ATR), reference_label="R", difference_label="D"
        )
        is None
    )


def test_the_highest_peaks_are_marked_and_noise_is_not():
    noise = np.random.default_rng(1).normal(0.0, 0.002, AXIS.size)
    spectrum = Spectrum(AXIS, bands((1488.0, 0.8), (1240.0, 1.0), (1038.0, 0.6)) + noise, Technique.ATR)

    assert highest_peaks(spectrum) == pytest.approx((1240.0, 1488.0, 1038.0), abs=4.0)
    assert highest_peaks(Spectrum(AXIS[:2], np.ones(2), Technique.ATR)) == ()


def test_a_listed_band_that_is_not_there_is_missing(ready, references):
    listed = references.bands_of("acetic-anhydride")
    without_first = bands(*zip(listed.wavenumber[1:], 0.4 * listed.strength[1:], strict=True))
    there, missing = listed_and_missing(Spectrum(AXIS, without_first, Technique.ATR), listed)

    assert missing == (float(listed.wavenumber[0]),)
    assert len(there) == listed.wavenumber.size - 1


def test_a_reference_that_is_gone_is_not_found(references):
    assert references.find("Open starter library", "no such reference") is None
    assert references.bands_of("no such substance") is None


# --- Words ------------------------------------------------------------------------------------------


def test_names_are_in_the_language_of_the_screen_where_there_is_one(catalogue):
    acetone, nameless = catalogue.get("acetone"), replace(catalogue.get("acetone"), name_ru="")

    assert local_name(ENGLISH, acetone) == "Acetone"
    assert local_name(Wording(Language.RUSSIAN), acetone) == "Ацетон"
    assert local_name(Wording(Language.RUSSIAN), nameless) == "Acetone"


def test_every_hazard_of_the_catalogue_has_its_sentence(catalogue):
    codes = {code for substance in catalogue.substances for code in substance.hazards}

    assert codes
    assert all(len(hazard_sentence(ENGLISH, code)) > len(code) + 5 for code in codes)
    assert hazard_sentence(ENGLISH, "H999") == "H999"


def test_a_source_without_terms_says_so(safrole):
    lines = dict(candidate_lines(ENGLISH, safrole.identification.candidates[0]))

    assert lines["Licence"] == "not stated"
    assert lines["Reference"] == "derived, Forensic bands (fitted)"


def test_an_unknown_reason_for_no_confidence_is_told_as_it_is(ready, safrole):
    found = safrole.identification
    unsure = replace(found.candidates[0], confidence=None, confidence_note="some other reason")

    text = confidence_text(ENGLISH, replace(found, candidates=(unsure,)), ready.catalogue)
    assert text.endswith("some other reason")


def test_a_calibrated_confidence_is_shown_as_a_number(ready, safrole):
    found = safrole.identification
    sure = replace(found.candidates[0], confidence=0.87)
    finding = replace(safrole, identification=replace(found, candidates=(sure, *found.candidates[1:])))

    assert "confidence 0.87" in banner(ENGLISH, finding, ready.catalogue).similarity


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_has_one_primary_action(safrole, verdict):
    finding = replace(safrole, identification=replace(safrole.identification, verdict=verdict))
    bar = result_bar(ENGLISH, finding, is_saving=False, is_unsaved=False)

    assert bar.primary is not None
    assert bar.sentence
    keys = [one.key for one in (*bar.quiet, bar.primary)]
    assert len(set(keys)) == len(keys)
