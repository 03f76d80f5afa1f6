"""What is said beside a verdict, in every language: status of a group, forms, what is not excluded."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from inspection.findings import Finding, Source, finding_object
from inspection.language import ENGLISH, Language, Wording
from inspection.text_report import details, summary
from inspection.verdict_words import group_status_sentence, limit_sentence, verdict_notes
from inspection.wording import substance_name
from spectra_library.formats.jcamp_writer import jcamp_bytes
from spectra_library.identification import Identification
from spectra_library.identify import identify
from spectra_library.spectrum import Spectrum, Technique
from spectra_library.substance import LegalStatus
from spectra_library.verdicts import SharedStatus, Verdict

AXIS = np.arange(650.0, 4001.0, 2.0)
UNKNOWN = Spectrum(
    AXIS, sum(np.exp(-(((AXIS - at) / 9.0) ** 2)) for at in (777.0, 1333.0, 2111.0, 3555.0)), Technique.ATR
)
TEN_PER_CENT = {"en": "below about 10 %", "ru": "ниже примерно 10 %", "az": "10 %"}


@pytest.fixture(params=Language)
def words(request) -> Wording:
    return Wording(request.param)


@pytest.fixture
def found(prepared_starter, catalogue) -> Identification:
    return identify(UNKNOWN, prepared_starter, catalogue)


def finding_of(found: Identification) -> Finding:
    return Finding(Source("a.jdx", 0, "00", "jcamp-dx"), "a", UNKNOWN, found, 1.0)


def with_group(found: Identification, **more) -> Identification:
    group = ("cocaine-hydrochloride", "cocaine")
    return replace(found, verdict=Verdict.GROUP, group=group, is_incomplete=False, **more)


@pytest.mark.parametrize("verdict", [Verdict.NO_MATCH, Verdict.INCONCLUSIVE])
def test_a_negative_says_what_it_cannot_exclude_wherever_it_stands(words, found, catalogue, verdict):
    negative = finding_of(replace(found, verdict=verdict))
    limit = TEN_PER_CENT[words.language.value]

    assert limit in limit_sentence(words, verdict)
    assert limit in summary(words, negative, catalogue)
    assert limit in "\n".join(details(words, negative, catalogue))
    assert limit in finding_object(negative, catalogue, words)["advice"]


@pytest.mark.parametrize("verdict", [Verdict.MATCH, Verdict.GROUP, Verdict.MIXTURE, Verdict.REJECTED])
def test_other_verdicts_do_not(words, verdict):
    assert limit_sentence(words, verdict) == ""


@pytest.mark.parametrize("status", LegalStatus)
def test_a_group_of_one_status_says_so(words, found, status):
    assert group_status_sentence(words, with_group(found, shared=SharedStatus(status, ())))


def test_a_group_of_one_list_names_it(found):
    shared = SharedStatus(LegalStatus.CONTROLLED, ("UN 1988 Table I",))
    assert group_status_sentence(ENGLISH, with_group(found, shared=shared)) == (
        "All of them are controlled: UN 1988 Table I."
    )


def test_the_one_line_of_a_group_gives_the_shared_status_or_that_of_each_member(found, catalogue):
    def line(group: tuple[str, ...], shared: SharedStatus | None) -> str:
        grouped = replace(found, verdict=Verdict.GROUP, group=group, shared=shared)
        return summary(ENGLISH, finding_of(grouped), catalogue)

    shared = SharedStatus(LegalStatus.CONTROLLED, ("UN 1961 Schedule I",))
    assert "All of them are controlled: UN 1961 Schedule I." in line(("cocaine", "heroin"), shared)
    mixed = line(("anethole", "safrole"), None)
    assert "Safrole: Controlled: UN 1988 Table I (1992)" in mixed
    assert "nethole: " not in mixed


def test_a_group_of_different_status_says_nothing_of_it(words, found):
    assert group_status_sentence(words, with_group(found)) == ""


def test_notes_name_the_one_substance_the_forms_and_what_was_not_compared(words, found, catalogue):
    said = verdict_notes(
        words,
        with_group(found, one_substance="cocaine", forms=("base", "HCl"), not_compared=("carfentanil",)),
        catalogue,
    )

    assert len(said) == 3
    assert substance_name(words, catalogue.get("cocaine")) in said[0]
    assert "base, HCl" in said[1]
    assert substance_name(words, catalogue.get("carfentanil")) in said[2]


def test_the_notes_stand_in_text_and_record(found, catalogue):
    group = finding_of(with_group(found, one_substance="cocaine"))
    note = "They are forms of one substance"

    assert any(note in line for line in details(ENGLISH, group, catalogue))
    record = json.loads(json.dumps(finding_object(group, catalogue)))
    assert any(note in one for one in record["notes"])
    assert (record["one_substance"], record["group_status"]) == ("cocaine", None)


def test_a_gas_is_refused_by_name_while_the_other_files_are_answered(chemgate, few, demonstration, tmp_path):
    gas = tmp_path / "gas.jdx"
    gas.write_bytes(jcamp_bytes(UNKNOWN, title="a gas", phase="gas"))

    answer = chemgate("identify", gas, demonstration / "ethanol.csv", "--library", few, "--json")

    refused, named = (json.loads(line) for line in answer.out.splitlines())
    assert answer.code == 2
    assert (refused["source"]["path"], refused["error"]["kind"]) == (str(gas), "spectrum")
    assert "gas or vapour" in refused["error"]["message"]
    assert named["verdict"] == "match"
