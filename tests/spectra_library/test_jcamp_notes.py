"""What JCAMP-DX headers say of the sample and of the making of the file."""

from __future__ import annotations

import pytest

from spectra_library.formats.file_spectrum import FileNotes, FileSpectrum
from spectra_library.formats.reading import read_bytes
from tests.spectra_library.made.jcamp_files import curve

COCAINE = "ZPUCINDJVBIVPJ-LJISPDSOSA-N"  # the standard InChIKey of cocaine, any chemical database


def read(**labels: str | None) -> FileSpectrum:
    (found,) = read_bytes(curve(**{"ORIGIN": None, "OWNER": None, **labels}).encode(), "made.jdx")
    assert isinstance(found, FileSpectrum), found
    return found


def test_a_header_without_notes_has_none() -> None:
    assert read().notes == FileNotes()


def test_every_note_is_taken_from_its_label() -> None:
    found = read(
        **{
            "NAMES": "ethyl alcohol; grain alcohol\nspirit; of wine\n\nethanol",
            "MOLFORM": "C2 H6 O",
            "InChI Key": COCAINE,
            "Spectrometer-Data System": "Model 1",
            "ORIGIN": "Agency A",
            "OWNER": "public\ndomain",
            "DATE": "97/05/12",
        }
    )
    assert found.notes == FileNotes(
        names=("ethyl alcohol", "grain alcohol", "spirit; of wine", "ethanol"),
        formula="C2 H6 O",
        inchikey=COCAINE,
        instrument="Model 1",
        origin="Agency A",
        owner="public domain",
        date="97/05/12",
    )
    assert found.warnings == ()


def test_the_long_date_is_preferred() -> None:
    assert read(DATE="97/05/12", LONGDATE="1997/05/12").notes.date == "1997/05/12"


@pytest.mark.parametrize("label", ["INCHIKEY", "$INCHIKEY", "InChI_Key", "INCHI KEY"])
def test_an_inchikey_is_found_under_each_of_its_labels(label: str) -> None:
    assert read(**{label: COCAINE}).notes.inchikey == COCAINE
    assert read(**{label: f"InChIKey={COCAINE}"}).notes.inchikey == COCAINE


@pytest.mark.parametrize("said", ["ZPUCINDJVBIVPJ-LJISPDSOSA", COCAINE.lower(), "C17H21NO4", COCAINE + "X"])
def test_an_inchikey_of_another_form_is_left_out_with_a_warning(said: str) -> None:
    found = read(INCHIKEY=said)
    assert found.notes.inchikey == ""
    assert found.warnings == (f"'{said}' is not an InChIKey",)


@pytest.mark.parametrize(
    ("label", "words", "form"),
    [
        ("SAMPLE DESCRIPTION", "cocaine hydrochloride, seized", "hydrochloride"),
        ("SAMPLE DESCRIPTION", "Caffeine monohydrate", "monohydrate"),
        ("STATE", "solid (HCl)", "HCl"),
        ("STATE", "crystalline sodium salt", "sodium salt"),
        ("SAMPLE DESCRIPTION", "citrate, hemihydrate", "citrate hemihydrate"),
        ("SAMPLE DESCRIPTION", "free base", "free base"),
        ("STATE", "solid", ""),
        ("SAMPLE DESCRIPTION", "carbohydrate from a pharmacy", ""),
    ],
)
def test_the_form_is_taken_from_plain_words_only(label: str, words: str, form: str) -> None:
    assert read(**{label: words}).notes.form == form


def test_notes_are_cleaned_and_bounded() -> None:
    found = read(OWNER="\u202eevil " + "x" * 900, NAMES="\n".join(f"name {i}" for i in range(500)))
    assert found.notes.owner.startswith("evil x")
    assert len(found.notes.owner) == 200
    assert len(found.notes.names) == 50
