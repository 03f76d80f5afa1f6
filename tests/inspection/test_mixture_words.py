"""A mixture in the text, in the record and in the spreadsheet: shares of the spectrum, nothing oversold."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import numpy as np
import pytest

from inspection.confidence_words import confidence_sentences
from inspection.demo_samples import demo_samples, mixed, window_samples
from inspection.export.exporting import ExportFormat, export_log
from inspection.findings import Finding, Source, finding_object
from inspection.language import ENGLISH, Language, Wording
from inspection.mixture_words import (
    alternatives_text,
    component_line,
    doubt_text,
    incomplete_sentence,
    interval,
    residual_sentence,
    share_text,
    share_with_interval,
)
from inspection.records import EntryKind, NewEntry
from inspection.text_report import details, summary
from spectra_library.identification import Component, Identification, PossibleSet, Residual
from spectra_library.identify import identify
from spectra_library.spectrum import Spectrum, Technique
from spectra_library.verdicts import Verdict

ETHANOL = Component("ethanol", "Ethanol", 0.5287, None, 0.2706, 0.7868, 0.9999)
TOLUENE = Component("toluene", "Toluene", 0.4713, None, 0.2132, 0.7294, 0.4321, ("safrole", "anethole"))


@pytest.fixture(scope="module")
def sample(catalogue, starter) -> Spectrum:
    """The mixture that the window plays last, with the noise of an instrument."""
    played = window_samples(ENGLISH, catalogue, starter)[-1].sample
    noise = np.random.default_rng(2).normal(0.0, 5e-4, played.absorbance.size)
    return Spectrum(played.wavenumber, played.absorbance + noise, Technique.ATR, 4.0, played.gaps)


@pytest.fixture(scope="module")
def answered(sample, prepared_starter, catalogue) -> Identification:
    return identify(sample, prepared_starter, catalogue)


@pytest.fixture
def found(answered) -> Identification:
    """The same with components that do not change with the engine."""
    return replace(
        answered,
        verdict=Verdict.MIXTURE,
        components=(ETHANOL, TOLUENE),
        explained=0.987,
        candidates=answered.candidates[:2],
    )


@pytest.fixture
def finding(found, sample) -> Finding:
    return Finding(Source("a.jdx", 0, "00", "jcamp-dx"), "a", sample, found, 1.0)


@pytest.fixture(params=Language)
def words(request) -> Wording:
    return Wording(request.param)


def residual(*resembles: tuple[str, float]) -> Residual:
    return Residual(np.arange(3.0), np.zeros(3), resembles)


# --- Components -------------------------------------------------------------------------------------


def test_shares_are_rounded_and_their_interval_outwards():
    assert (share_text(ETHANOL), share_text(TOLUENE)) == ("53 %", "47 %")
    assert interval(ETHANOL) == (27, 79)
    assert share_with_interval(ETHANOL) == "53 % (27–79 %)"
    assert share_with_interval(Component("ethanol", "Ethanol", 0.5)) == "50 %"


def test_what_may_stand_in_a_place_is_named_with_its_status(catalogue):
    assert alternatives_text(ENGLISH, ETHANOL, catalogue) == ""
    said = alternatives_text(ENGLISH, TOLUENE, catalogue)

    assert said.startswith("or: Safrole (Controlled: UN 1988 Table I")
    assert said.endswith("), trans-Anethole (anise oil)")


def test_a_component_that_sets_do_without_is_doubted_in_words(words):
    assert doubt_text(words, ETHANOL) == ""
    assert doubt_text(words, TOLUENE)
    assert doubt_text(words, Component("toluene", "Toluene", 0.5)) == ""


def test_a_weight_is_shown_to_nobody(words, finding, catalogue):
    said = "\n".join([summary(words, finding, catalogue), *details(words, finding, catalogue)])

    assert "43" not in component_line(words, TOLUENE, catalogue)
    assert not any(number in said for number in ("0.43", "0,43", "43 %", "0.99", "99 %", "100 %"))


def test_the_one_line_names_the_components_with_shares_and_what_is_listed(finding, catalogue):
    line = summary(ENGLISH, finding, catalogue)

    assert "MIXTURE  Ethanol 53 % + Toluene 47 %  (share of the spectrum, not of weight)" in line
    assert "Toluene: Controlled: UN 1988 Table II" in line
    assert "Safrole: Controlled: UN 1988 Table I" in line
    assert "similarity" not in line


def test_the_details_are_presumptive_and_say_what_is_explained_and_what_is_left(finding, catalogue):
    said = "\n".join(details(ENGLISH, finding, catalogue))

    assert "Presumptive result: confirm in a laboratory." in said
    assert "A share is one of the spectrum, not of weight." in said
    assert "Together they explain 98 % of the signal." in said
    assert "What is left over resembles" in said
    assert "+  53 % (27–79 %)  Ethanol  Not listed" in said
    assert "Each reference alone, most similar first:" in said


# --- What is left over, and what is not explained -----------------------------------------------------


def test_what_is_left_over_is_named_as_no_proof(words, found, catalogue):
    alike = replace(found, residual=residual(("acetone", 0.7), ("water", 0.6)))

    assert residual_sentence(ENGLISH, alike, catalogue) == (
        "What is left over resembles: Acetone, Water. That alone proves nothing."
    )
    assert residual_sentence(words, replace(found, residual=residual()), catalogue)
    assert residual_sentence(words, replace(found, residual=None), catalogue) == ""


@pytest.mark.parametrize("verdict", [Verdict.INCONCLUSIVE, Verdict.NO_MATCH])
def test_an_incomplete_answer_says_how_much_is_explained_in_text_and_record(finding, catalogue, verdict):
    found = replace(
        finding.identification, verdict=verdict, is_incomplete=True, explained=0.7299, residual=None
    )
    open_end = replace(finding, identification=found)
    sentence = (
        "The library explains only 72 % of the signal; the sample may contain something that is not in the "
        "library."
    )

    assert sentence in incomplete_sentence(ENGLISH, found)
    assert any(sentence in line for line in details(ENGLISH, open_end, catalogue))
    record = json.loads(json.dumps(finding_object(open_end, catalogue)))
    assert sentence in record["notes"]
    assert (record["is_incomplete"], record["residual"]) == (True, None)


def test_nearly_all_is_not_called_only(words, found):
    nearly = replace(found, verdict=Verdict.INCONCLUSIVE, is_incomplete=True, explained=0.992)

    assert "99" not in incomplete_sentence(words, nearly)
    assert "only" not in incomplete_sentence(ENGLISH, nearly)
    assert incomplete_sentence(words, replace(nearly, is_incomplete=False)) == ""


def test_no_probability_is_given_beside_a_mixture(found, catalogue):
    sure = replace(found.candidates[0], confidence=0.84)
    alone = (PossibleSet(0.9, ("ethanol",)),)
    said = list(confidence_sentences(ENGLISH, replace(found, candidates=(sure,), possible=alone), catalogue))

    assert said == ["There is no probability: no repeat measurements of mixtures exist."]


def test_long_sets_of_what_stays_possible_are_cut(found, catalogue):
    members = ("ethanol", "toluene", "acetone", "water", "safrole", "methanol", "caffeine")
    sure = replace(found.candidates[0], confidence=0.849)
    match = replace(
        found,
        verdict=Verdict.MATCH,
        candidates=(sure,),
        possible=(PossibleSet(0.95, members), PossibleSet(0.9, ())),
    )
    first, possible, nothing = confidence_sentences(ENGLISH, match, catalogue)

    assert first.startswith("The confidence of 0.84 is a probability, ")
    assert possible == "Possible at 95%: Ethanol, Toluene, Acetone, Water, Safrole and 2 more."
    assert nothing == "At 90% nothing in the library stays possible."


# --- Record and spreadsheet ---------------------------------------------------------------------------


def test_the_record_holds_components_residual_and_completeness(finding, catalogue):
    left = replace(finding.identification, residual=residual(("acetone", 0.7123456789)))
    record = json.loads(json.dumps(finding_object(replace(finding, identification=left), catalogue)))
    ethanol, toluene = record["components"]

    assert (ethanol["share"], ethanol["share_low"], ethanol["share_high"]) == (0.5287, 0.2706, 0.7868)
    assert (ethanol["probability"], ethanol["status"], ethanol["cas"]) == (None, "other", "64-17-5")
    assert (toluene["alternatives"], toluene["status"]) == (["safrole", "anethole"], "controlled")
    assert record["residual"] == {
        "resembles": [{"substance": "acetone", "name": "Acetone", "correlation": 0.712346}]
    }
    assert record["is_incomplete"] is False


def test_a_row_of_a_mixture_names_its_components_and_no_single_reference(log, finding, catalogue, tmp_path):
    log.append(NewEntry(EntryKind.IDENTIFICATION, finding_object(finding, catalogue)))
    out = tmp_path / "out.csv"
    export_log(log, out, ExportFormat.CSV)
    with out.open(encoding="utf-8-sig", newline="") as file:
        [row] = csv.DictReader(file)

    assert (row["substance"], row["name"]) == ("ethanol; toluene", "Ethanol; Toluene")
    assert row["cas"] == "64-17-5; 108-88-3"
    assert "UN 1988 Table II" in row["lists"]
    assert row["score"] == row["confidence"] == row["tier"] == row["reference_source"] == ""
    assert row["components"] == ("ethanol 0.53 (0.27-0.79); toluene 0.47 (0.21-0.73) or safrole or anethole")


# --- The sample of the demonstration ------------------------------------------------------------------


def test_the_window_plays_a_mixture_after_the_three_samples_of_the_terminal(catalogue, starter):
    *three, last = window_samples(ENGLISH, catalogue, starter)
    usual = demo_samples(ENGLISH, catalogue, starter)

    assert [one.sample.name for one in three] == [one.sample.name for one in usual]
    assert (last.sample.name, last.declared) == ("ethanol + Toluene", "ethanol")
    assert last.origin.startswith("simulated")


def test_the_mixture_of_the_demonstration_is_named_with_the_precursor_in_it(answered):
    assert answered.verdict is Verdict.MIXTURE
    assert {one.substance for one in answered.components} == {"ethanol", "toluene"}


def test_without_the_precursor_there_are_three_samples(catalogue, starter):
    without = tuple(
        replace(one, references=tuple(r for r in one.references if r.substance != "toluene"))
        for one in starter
    )

    assert len(window_samples(ENGLISH, catalogue, without)) == 3


def test_a_mixed_sample_has_equally_high_bands_where_both_were_measured(catalogue, starter):
    first, second = (one.sample for one in demo_samples(ENGLISH, catalogue, starter)[:2])
    both = mixed(first, second)

    assert both.wavenumber[0] == max(first.wavenumber[0], second.wavenumber[0])
    assert both.absorbance.max() <= 0.5
