from __future__ import annotations

import re
from datetime import UTC, datetime

import numpy as np
import pytest

from inspection.curves import PARTS, StoredSpectrum
from inspection.errors import RecordError
from inspection.log_rows import named_substances
from inspection.records import EntryKind, LogHead, NewEntry, closing, new_inspection_id, opening
from spectra_library.spectrum import Spectrum, Technique


def test_an_inspection_number_has_the_day_and_six_characters_that_are_not_mistaken_for_others() -> None:
    numbers = {new_inspection_id(datetime(2026, 11, 24, tzinfo=UTC)) for _ in range(2000)}
    assert len(numbers) == 2000
    for number in numbers:
        assert re.fullmatch(r"20261124-[2-9A-HJKMNP-TV-Z]{6}", number)


def test_an_inspection_number_typed_in_small_letters_is_the_same_number() -> None:
    assert opening(" 20261124-7k3fq2 ").inspection == "20261124-7K3FQ2"


@pytest.mark.parametrize("kind", [EntryKind.INSPECTION_OPENED, EntryKind.INSPECTION_CLOSED])
def test_an_inspection_is_not_opened_or_closed_without_its_number(kind: EntryKind) -> None:
    with pytest.raises(RecordError, match="expected the number of the inspection"):
        NewEntry(kind, {})


def test_a_sample_belongs_to_an_inspection() -> None:
    with pytest.raises(RecordError, match="expected an inspection for sample 1"):
        NewEntry(EntryKind.IDENTIFICATION, {}, sample=1)


def test_samples_are_numbered_from_one() -> None:
    with pytest.raises(RecordError, match="numbered from 1, found 0"):
        NewEntry(EntryKind.IDENTIFICATION, {}, inspection="20261124-7K3FQ2", sample=0)


def test_opening_and_closing_carry_what_was_said() -> None:
    new = opening("X", container="MSKU1234565", declared="soap", hs_code="3401")
    assert new.body == {
        "container": "MSKU1234565",
        "declared": "soap",
        "hs_code": "3401",
        "local_time": None,
    }
    assert closing("X", remark="nothing found").body == {"remark": "nothing found"}


def test_a_stored_spectrum_reads_back_bit_for_bit(curve) -> None:
    stored = curve(3)
    again = StoredSpectrum.from_parts(stored.parts())
    assert again.sha256 == stored.sha256
    assert again.spectrum.technique is Technique.ATR
    assert again.spectrum.resolution_cm == 4.0
    np.testing.assert_array_equal(again.spectrum.absorbance, stored.spectrum.absorbance)
    np.testing.assert_array_equal(again.background_beam, stored.background_beam)


def test_a_spectrum_from_a_file_has_no_beams() -> None:
    wavenumber = np.array([700.0, 800.0, 1000.0, 1100.0])
    stored = StoredSpectrum(Spectrum(wavenumber, np.zeros(4), gaps=((800.0, 1000.0),)), raw_payload=b"##END=")
    again = StoredSpectrum.from_parts(stored.parts())
    assert again.sample_beam is None
    assert again.spectrum.gaps == ((800.0, 1000.0),)
    assert again.raw_payload == b"##END="


def test_every_part_of_a_stored_spectrum_is_in_its_hash(curve) -> None:
    parts = curve(3).parts()
    assert tuple(parts) == PARTS
    for name in ("absorbance", "wavenumber", "sample_beam", "background_beam"):
        flipped = bytearray(parts[name])
        flipped[0] ^= 1
        again = StoredSpectrum.from_parts({**parts, name: bytes(flipped)})
        assert again.sha256 != curve(3).sha256, name


def test_a_beam_that_does_not_fit_the_curve_is_refused() -> None:
    spectrum = Spectrum(np.array([700.0, 800.0]), np.zeros(2))
    with pytest.raises(RecordError, match="expected 2 numbers in sample_beam"):
        StoredSpectrum(spectrum, sample_beam=np.zeros(3))


@pytest.mark.parametrize(
    "wrong", [{"header": b"{}"}, {"absorbance": b"123"}, {"wavenumber": b""}, {"header": b'{"gaps":'}]
)
def test_parts_that_are_not_a_spectrum_are_refused(curve, wrong: dict[str, bytes]) -> None:
    with pytest.raises(RecordError, match="expected the parts of a stored spectrum"):
        StoredSpectrum.from_parts({**curve().parts(), **wrong})


@pytest.mark.parametrize(
    ("verdict", "named"),
    [
        ("match", ("a",)),
        ("inconclusive", ("a",)),
        ("group", ("a", "b")),
        ("mixture", ("a", "c")),
        ("no_match", ()),
        ("rejected", ()),
    ],
)
def test_an_identification_is_found_by_what_it_names(verdict: str, named: tuple[str, ...]) -> None:
    body = {
        "verdict": verdict,
        "candidates": [{"substance": "a"}, {"substance": "x"}],
        "group": ["b", "a"],
        "components": [{"substance": "c"}, {"substance": "a"}],
    }
    assert named_substances("identification", body) == named
    assert named_substances("amendment", body) == ()


def test_the_head_of_a_log_names_the_entry_that_the_log_ends_with() -> None:
    assert LogHead(1, 7, "ab" * 32).last == 7
    assert LogHead(3, 1, "ab" * 32).last == 100_001
