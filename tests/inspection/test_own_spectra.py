"""``library add | forget``: what somebody answers for becomes a reference, and nothing else does."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from inspection.folders import DataFolder
from spectra_library.formats.jcamp_writer import jcamp_bytes
from spectra_library.library import Tier
from spectra_library.shelf import OWN_NAME, LibraryShelf
from spectra_library.spectrum import Spectrum, Technique

AXIS = np.arange(650.0, 4000.0, 2.0)


def curve(seed: int) -> Spectrum:
    chance = np.random.default_rng(seed)
    places = chance.uniform(700, 3900, 25)
    bands = chance.uniform(0.1, 1, 25)[:, None] * np.exp(-(((AXIS - places[:, None]) / 12) ** 2))
    return Spectrum(AXIS, bands.sum(axis=0) + 1e-4 * chance.normal(size=AXIS.size), Technique.ATR, 4.0)


@pytest.fixture
def measured(tmp_path: Path) -> Path:
    path = tmp_path / "measured.jdx"
    path.write_bytes(jcamp_bytes(curve(1), title="Probe 7"))
    return path


def add(chemgate, path: Path, *more: object, substance: str = "toluene", name: str = "Officer 1"):
    return chemgate("library", "add", path, "--substance", substance, "--approved-by", name, *more)


def test_an_approved_spectrum_answers_from_then_on(chemgate, data_dir, measured):
    added = add(chemgate, measured, "--json").object

    found = chemgate("identify", measured, "--json").object
    [reference] = LibraryShelf(DataFolder(data_dir).libraries).load([OWN_NAME])[0].references

    assert (found["verdict"], found["candidates"][0]["reference"]) == ("match", added["reference"])
    assert (found["candidates"][0]["library"], found["candidates"][0]["tier"]) == (OWN_NAME, "measured")
    assert (reference.tier, reference.source) == (Tier.MEASURED, "local")
    assert reference.provenance is not None
    assert (reference.provenance.imported_by, reference.provenance.title) == ("Officer 1", "Probe 7")


def test_a_spectrum_of_the_log_can_be_approved(chemgate, data_dir, measured):
    inspection = chemgate("inspection", "new", "--json").object["inspection"]
    chemgate("identify", measured, "--inspection", inspection)
    entries = chemgate("log", "list", "--json").objects
    [sequence] = [one["sequence"] for one in entries if one["kind"] == "identification"]

    answer = chemgate(
        "library", "add", "--entry", sequence, "--substance", "108-88-3", "--approved-by", "Officer 1"
    )

    assert answer.code == 0
    [reference] = LibraryShelf(DataFolder(data_dir).libraries).load([OWN_NAME])[0].references
    assert reference.substance == "toluene"
    assert reference.provenance.file_name == f"log entry {sequence}"


def test_a_spectrum_is_not_added_twice_and_can_be_taken_out(chemgate, data_dir, measured, tmp_path):
    other = tmp_path / "other.jdx"
    other.write_bytes(jcamp_bytes(curve(2), title="Probe 8"))
    first = add(chemgate, measured, "--json").object["reference"]
    second = add(chemgate, other, "--json", substance="acetone").object["reference"]

    again = add(chemgate, measured)

    assert (again.code, again.err.count("\n")) == (2, 1)
    assert f"already, as {first}" in again.err
    assert chemgate("library", "forget", first).code == 0
    assert [
        one["reference"] for one in chemgate("library", "show", second, "--json").object["references"]
    ] == [second]
    assert chemgate("library", "forget", second).code == 0
    assert not LibraryShelf(DataFolder(data_dir).libraries).path_of(OWN_NAME).exists()
    assert chemgate("library", "forget", second).code == 2


@pytest.mark.parametrize(
    ("substance", "words"), [("xyzzy", "found none: 'xyzzy'"), ("", "found none: ''"), ("tolu", "found none")]
)
def test_a_substance_that_is_not_named_clearly_is_refused(chemgate, measured, substance, words):
    answer = add(chemgate, measured, substance=substance)

    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert words in answer.err


def test_nobody_is_no_approver(chemgate, data_dir, measured):
    answer = add(chemgate, measured, name="  ")

    assert answer.code == 2
    assert "name of the person who approves" in answer.err
    assert not DataFolder(data_dir).libraries.exists()


def test_a_poor_spectrum_is_no_reference(chemgate, tmp_path):
    path = tmp_path / "noise.jdx"
    noise = np.random.default_rng(3).normal(size=AXIS.size)
    path.write_bytes(jcamp_bytes(Spectrum(AXIS, 1e-3 * noise, Technique.ATR, 4.0), title="nothing"))

    answer = add(chemgate, path)

    assert answer.code == 2
    assert "good enough for a reference" in answer.err


def test_of_a_file_with_several_spectra_one_has_to_be_named(chemgate, tmp_path):
    path = tmp_path / "two.csv"
    rows = zip(AXIS.tolist(), curve(1).absorbance.tolist(), curve(2).absorbance.tolist(), strict=True)
    lines = ["wavenumber (1/cm),a (absorbance),b (absorbance)", *(",".join(map(repr, row)) for row in rows)]
    path.write_text("\n".join(lines), "utf-8")

    assert "expected --block" in add(chemgate, path).err
    assert "expected a spectrum 5" in add(chemgate, path, "--block", 5).err
    assert json.loads(add(chemgate, path, "--block", 1, "--json").out)["substance"] == "toluene"


def test_a_file_or_an_entry_not_both_and_not_neither(chemgate, measured):
    for more in ([measured, "--entry", 1], []):
        answer = chemgate("library", "add", *more, "--substance", "toluene", "--approved-by", "Officer 1")
        assert (answer.code, answer.err.count("\n")) == (2, 1)
        assert "either a file or --entry" in answer.err


def test_two_labels_on_one_curve_are_reported(chemgate, measured, tmp_path):
    other = tmp_path / "other.jdx"
    moved = curve(1)
    other.write_bytes(
        jcamp_bytes(Spectrum(AXIS, moved.absorbance * 0.9, Technique.ATR, 4.0), title="Probe 9")
    )
    first = add(chemgate, measured, "--json").object["reference"]
    second = add(chemgate, other, "--json", substance="acetone").object["reference"]

    found = chemgate("library", "duplicates", "--library", OWN_NAME, "--json").objects

    assert [one["references"] for one in found] == [[first, second]]
    assert "DIFFERENT SUBSTANCES" in chemgate("library", "duplicates", "--library", OWN_NAME).out
    assert chemgate("library", "duplicates", "--least", "2").code == 2
