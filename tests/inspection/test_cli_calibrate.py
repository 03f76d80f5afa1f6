"""``library calibrate``: own repeat measurements in, a calibration in the data folder out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spectra_library.calibration_file import SHIPPED, read_calibration
from spectra_library.catalogue import load_catalogue
from spectra_library.formats.jcamp_writer import jcamp_bytes
from spectra_library.library import Reference, ReferenceLibrary, Tier, sealed
from spectra_library.spectrum import Spectrum
from spectra_library.store import save_library

PLASTICS = ("polyethylene", "pet", "polypropylene", "polystyrene", "polycarbonate", "pvc", "nylon-6")


@pytest.fixture(scope="module")
def plastics(starter: tuple[ReferenceLibrary, ...]) -> tuple[Reference, ...]:
    """One measured reference of each plastic."""
    first = {one.substance: one for one in reversed(starter[0].references) if one.tier is Tier.MEASURED}
    return tuple(first[name] for name in PLASTICS)


@pytest.fixture
def library(plastics: tuple[Reference, ...], tmp_path: Path) -> Path:
    path = tmp_path / "plastics.sqlite"
    save_library(sealed(ReferenceLibrary("Plastics", "1", plastics, ())), path)
    return path


def noisy(spectrum: Spectrum, seed: int) -> Spectrum:
    rng = np.random.default_rng(seed)
    return replace(spectrum, absorbance=spectrum.absorbance + rng.normal(0, 2e-3, spectrum.absorbance.size))


def write(folder: Path, name: str, spectrum: Spectrum, **words: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.jdx").write_bytes(jcamp_bytes(spectrum, **{"title": name, **words}))


def repeat_folders(folder: Path, plastics: tuple[Reference, ...], count: int) -> Path:
    for one in plastics:
        for seed in range(count):
            write(folder / one.substance, f"scan {seed}", noisy(one.spectrum, seed))
    return folder


def test_own_repeats_make_a_calibration_that_is_kept_and_shown(
    chemgate, data_dir, library, plastics, tmp_path
):
    folder = repeat_folders(tmp_path / "repeats", plastics, 7)

    answer = chemgate("library", "calibrate", folder, "--library", library, "--json")

    assert answer.code == 0
    made = answer.object["calibration"]
    assert (made["held"], made["questions"]) == (49, 98)
    assert made["kinds"][0]["family"] == "cargo"
    kept = read_calibration(data_dir / "calibration.json")
    assert kept.description == "49 own measurements of 7 substances"
    assert kept.libraries != read_calibration(SHIPPED).libraries
    assert chemgate("library", "calibrate", "--show", "--json").object["calibration"] == made
    assert "49 own measurements" in chemgate("library", "calibrate", "--show").out


def test_title_and_cas_number_name_the_substance_too(chemgate, library, plastics, tmp_path):
    catalogue = load_catalogue()
    for one in plastics:
        substance = catalogue.get(one.substance)
        for seed in range(7):
            how = {"cas": substance.cas, "title": "x"} if seed % 2 and substance.cas else {}
            titled = {"title": substance.name, **how}
            write(tmp_path / "mixed", f"{one.substance} {seed}", noisy(one.spectrum, seed), **titled)

    answer = chemgate("library", "calibrate", tmp_path / "mixed", "--library", library, "--json")

    assert (answer.code, answer.object["calibration"]["held"]) == (0, 49)


def test_too_few_repeats_are_refused_and_nothing_is_kept(chemgate, data_dir, library, plastics, tmp_path):
    folder = repeat_folders(tmp_path / "repeats", plastics, 2)

    answer = chemgate("library", "calibrate", folder, "--library", library)

    assert answer.code == 2
    assert "at least 40 repeat measurements" in answer.err
    assert "found 14" in answer.err
    assert not (data_dir / "calibration.json").exists()


def test_a_file_that_names_no_substance_is_told_and_the_rest_goes_on(chemgate, library, plastics, tmp_path):
    folder = repeat_folders(tmp_path / "repeats", plastics, 7)
    write(folder / "who knows", "what", plastics[0].spectrum)

    answer = chemgate("library", "calibrate", folder, "--library", library, "--json")

    assert answer.code == 2
    refused = [one for one in answer.objects if "error" in one]
    assert [one["error"]["kind"] for one in refused] == ["catalogue"]
    assert [one for one in answer.objects if "calibration" in one]


def test_without_an_own_one_the_shipped_calibration_is_shown(chemgate):
    answer = chemgate("library", "calibrate", "--show")

    assert answer.code == 0
    assert "CC BY 4.0" in answer.out


@pytest.mark.parametrize("arguments", [(), ("somewhere", "--show")])
def test_neither_files_nor_show_and_both_are_wrong(chemgate, arguments):
    answer = chemgate("library", "calibrate", *arguments)

    assert answer.code == 2
    assert "either" in answer.err
