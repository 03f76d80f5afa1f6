from __future__ import annotations

import io
import string
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest

import spectra_library.units  # noqa: F401 - brings QuantityError into the tree
from detector.errors import DetectorError, DeviceError
from inspection.chain import NO_PREVIOUS
from inspection.declared.declaration import DeclarationFinding, DeclarationVerdict, Reason
from inspection.desk import Desk
from inspection.errors import InspectionError
from inspection.folders import DataFolder
from inspection.language import ENGLISH, Language, Wording
from inspection.log import utc_now
from inspection.log_kind import LogKind
from inspection.records import EntryKind, LogEntry
from inspection.verbs.logbook import entry_line
from inspection.wording import (
    caution_sentences,
    declaration_sentence,
    declaration_word,
    error_sentence,
    hint_sentence,
    quality_sentences,
    shown_similarity,
    status_sentence,
    substance_name,
    technique_word,
    tier_word,
    verdict_advice,
    verdict_word,
)
from spectra_library.errors import SpectraLibraryError
from spectra_library.hints import Hint
from spectra_library.library import Tier
from spectra_library.quality import Issue, QualityFinding, Severity
from spectra_library.spectrum import Technique
from spectra_library.substance import LegalStatus, outside_substance
from spectra_library.verdicts import Verdict

ROOTS = (DetectorError, SpectraLibraryError, InspectionError)


def tree(root: type[Exception]) -> Iterator[type[Exception]]:
    yield root
    for child in root.__subclasses__():
        yield from tree(child)


ERRORS = [error for root in ROOTS for error in tree(root)]


@pytest.fixture(params=Language)
def words(request) -> Wording:
    return Wording(request.param)


def is_a_text(text: str) -> bool:
    """Filled in: no placeholder is left, and there is something to read."""
    return bool(text.strip()) and not any(field for _, field, _, _ in string.Formatter().parse(text))


@pytest.mark.parametrize(
    ("word", "kinds"),
    [
        (verdict_word, Verdict),
        (verdict_advice, Verdict),
        (tier_word, Tier),
        (technique_word, Technique),
        (declaration_word, DeclarationVerdict),
    ],
)
def test_every_member_has_words(word, kinds, words):
    assert all(is_a_text(word(words, kind)) for kind in kinds)


@pytest.mark.parametrize("word", [verdict_word, tier_word, technique_word, declaration_word])
def test_no_two_members_have_the_same_word(word, words):
    kinds = {
        verdict_word: Verdict,
        tier_word: Tier,
        technique_word: Technique,
        declaration_word: DeclarationVerdict,
    }[word]

    assert len({word(words, kind) for kind in kinds}) == len(kinds)


@pytest.mark.parametrize("issue", Issue)
def test_everything_that_can_be_wrong_with_a_spectrum_has_a_cause_and_an_action(issue, words):
    cause, action = quality_sentences(words, QualityFinding(issue, Severity.WARNING, 0.4321))

    assert is_a_text(cause)
    assert is_a_text(action)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_names_what_it_is_about_in_the_language_of_the_reader(reason, words, catalogue):
    # What is listed in a mixture is all that its sentence names.
    found = ("toluene", "safrole") if reason is Reason.LISTED_IN_MIXTURE else ("ethanol", "isopropanol")
    methanol, first, second = (catalogue.get(one) for one in ("methanol", *found))
    finding = DeclarationFinding(
        "as declared", DeclarationVerdict.UNDETERMINED, reason, (methanol,), (first, second)
    )
    names = {
        "en": (methanol.name, f"{first.name}, {second.name}"),
        "ru": (methanol.name_ru, f"{first.name_ru}, {second.name_ru}"),
        "az": (methanol.name_az, f"{first.name_az}, {second.name_az}"),
    }[words.language]

    sentence = declaration_sentence(words, finding)

    assert is_a_text(sentence)
    if reason in (Reason.OTHER_SUBSTANCE, Reason.NONE_OF_GROUP, Reason.ONE_OF_GROUP):
        assert names[0] in sentence
    if reason not in (Reason.DECLARATION_UNKNOWN, Reason.NOT_NAMED):
        assert names[1] in sentence


def test_a_name_that_the_catalogue_has_in_english_alone_is_shown_in_english(words, catalogue):
    nameless = replace(catalogue.get("methanol"), name_ru="", name_az="")

    assert substance_name(words, nameless) == "Methanol"


def test_a_caution_names_the_look_alikes_in_the_language_of_the_reader(words, catalogue):
    found = SimpleNamespace(
        cautions=catalogue.cautions("piperonal"), candidates=(SimpleNamespace(substance="piperonal"),)
    )
    [caution] = caution_sentences(words, found, catalogue)
    names = " / ".join(
        substance_name(words, catalogue.get(one)) for one in ("vanillin", "ethyl-vanillin", "benzaldehyde")
    )

    assert names in caution
    assert "1036/927" in caution


def test_what_infrared_hardly_sees_is_said_and_no_caution_is_made_up(words, catalogue):
    def cautions(substance):
        found = SimpleNamespace(
            cautions=catalogue.cautions(substance), candidates=(SimpleNamespace(substance=substance),)
        )
        return caution_sentences(words, found, catalogue)

    [sodium_hydroxide] = cautions("sodium-hydroxide")
    assert is_a_text(sodium_hydroxide)
    assert cautions("caffeine") == ()


def test_a_name_with_braces_is_shown_as_it_is(words, catalogue):
    odd, odder = (
        replace(catalogue.get("methanol"), name=name, name_ru=name, name_az=name)
        for name in ("{0}", "{identified}")
    )
    finding = DeclarationFinding("", DeclarationVerdict.DIFFERS, Reason.OTHER_SUBSTANCE, (odd,), (odder,))

    assert "{0}" in declaration_sentence(words, finding)
    assert "{identified}" in declaration_sentence(words, finding)


def test_a_hint_is_worded_as_one():
    hint = Hint("acetic-anhydride", bands_found=7, bands_listed=8, score=0.9, source="", licence="")

    assert hint_sentence(ENGLISH, hint, "Acetic anhydride") == (
        "Shares 7 of 8 listed bands of Acetic anhydride; not a match; send a sample to the laboratory."
    )


def test_a_hint_names_its_figures_in_every_language(words):
    hint = Hint("acetic-anhydride", bands_found=7, bands_listed=8, score=0.9, source="", licence="")

    sentence = hint_sentence(words, hint, "Acetic anhydride")

    assert all(part in sentence for part in ("7", "8", "Acetic anhydride"))


@pytest.mark.parametrize("status", LegalStatus)
def test_every_legal_status_has_a_sentence(status, words, catalogue):
    known = catalogue.extended([outside_substance("outside:a/1", "Powder 1")])
    of_this_status = next(one for one in known.substances if one.status is status)

    assert is_a_text(status_sentence(words, of_this_status))


def test_watched_is_never_called_controlled(catalogue):
    watched = next(one for one in catalogue.substances if one.status is LegalStatus.WATCHED)

    assert status_sentence(ENGLISH, watched) == (
        "Watched: not under international control; national rules may apply"
    )


def made(kind: type[Exception]) -> Exception:
    message = "expected this, found that at 50 % {of it}"
    return kind(message, 7) if issubclass(kind, DeviceError) else kind(message)


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_every_known_error_is_one_line_that_says_what_it_is_about(kind, words):
    sentence = error_sentence(words, made(kind))

    heading, found, message = sentence.partition(": ")
    assert is_a_text(heading)
    assert found
    assert message == "expected this, found that at 50 % {of it}"


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_only_the_roots_of_the_trees_have_no_heading_of_their_own(kind):
    is_bare = error_sentence(ENGLISH, made(kind)).startswith("Not possible: ")

    assert is_bare == (kind in (SpectraLibraryError, InspectionError))


def test_no_two_errors_share_their_stable_word():
    kinds = [kind.kind for kind in ERRORS]

    assert len(set(kinds)) == len(kinds)


def test_a_line_break_in_a_name_from_outside_does_not_make_two_lines_of_one_error():
    assert "\n" not in error_sentence(ENGLISH, SpectraLibraryError("no file 'two\nlines.csv'"))


def logged(kind: EntryKind, verdict: Verdict = Verdict.NO_MATCH) -> LogEntry:
    body = {"verdict": verdict.value, "candidates": [], "declared": None}
    return LogEntry(
        sequence=7,
        time=utc_now(),
        kind=kind,
        officer=None,
        inspection="20261124-AAAAAA",
        sample=2,
        body=body,
        spectrum=None,
        entry_bytes=b"",
        previous=NO_PREVIOUS,
        hash=NO_PREVIOUS,
        signature=b"",
    )


@pytest.fixture
def desk(words, tmp_path) -> Desk:
    return Desk(io.StringIO(), io.StringIO(), words, DataFolder(tmp_path), LogKind.EVIDENCE, None)


@pytest.mark.parametrize("kind", EntryKind)
def test_every_kind_of_entry_is_one_line_of_the_log(kind, desk):
    line = entry_line(desk, logged(kind))

    assert "\n" not in line
    assert "20261124-AAAAAA" in line


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_is_one_line_of_the_log(verdict, desk):
    line = entry_line(desk, logged(EntryKind.IDENTIFICATION, verdict))

    assert verdict_word(desk.words, verdict) in line


def test_a_text_without_a_translation_stays_english(words):
    assert words("A sentence that nobody ever wrote") == "A sentence that nobody ever wrote"
    assert words.plural("one such entry", "such entries", 1) == "one such entry"
    assert words.plural("one such entry", "such entries", 5) == "such entries"


@pytest.mark.parametrize(
    ("score", "shown"), [(0.996, 0.99), (0.29, 0.29), (1.0, 1.0), (0.0, 0.0), (0.9999, 0.99)]
)
def test_a_similarity_is_cut_and_never_rounded_up_to_certainty(score, shown):
    assert shown_similarity(score) == shown
