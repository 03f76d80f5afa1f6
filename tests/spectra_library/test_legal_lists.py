"""Legal lists as dated data: the tables that come with the program, and what somebody verified in them."""

from __future__ import annotations

import csv
import hashlib
import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from spectra_library.catalogue import CATALOGUE_FOLDER, Catalogue, load_catalogue
from spectra_library.errors import CatalogueError
from spectra_library.verifications import read_verifications


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CATALOGUE_FOLDER, tmp_path / "catalogue"))


# --- the tables that come with the program ------------------------------------------------------------


WIDE_TABLE = Path(os.environ.get("CHEMGATE_SAMPLES", "nowhere")).parent / "substances.csv"


@pytest.mark.skipif(not WIDE_TABLE.is_file(), reason="needs the table that the lists were taken from")
def test_the_lists_say_of_every_substance_what_the_old_columns_said(catalogue: Catalogue):
    """The oracle is the one wide table (columns un_list, eu_category) from which the tables were split."""
    with WIDE_TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert len(rows) == 405
    for row in rows:
        substance = catalogue.get(row["id"])
        if substance.id == row["id"]:  # one id of the table is another row's substance
            assert (substance.un_list, substance.eu_category) == (row["un_list"], row["eu_category"])


def test_the_places_are_those_of_the_old_columns(catalogue: Catalogue):
    """The digest is of the columns id, un_list and eu_category of the wide table, where one is filled."""
    places = sorted((one.id, one.un_list, one.eu_category) for one in catalogue.substances)
    text = "\n".join("|".join(place) for place in places if any(place[1:]))

    assert hashlib.sha256(text.encode()).hexdigest() == (
        "4d0df94e0cd82be6f89125906eeb0619e9d217a8f6dd096ec4ef02792bb3c994"
    )


@pytest.mark.parametrize(
    ("substance", "lists"),
    [
        ("acetic-anhydride", ("UN 1988 Table I (Table II 1988; transferred 2001)", "EU category 2A")),
        ("heroin", ("UN 1961 Schedule I and IV",)),
        ("norpseudoephedrine", ("UN 1971 Schedule III (cathine, d-norpseudoephedrine)", "EU category 1")),
        ("phenyl-2-nitropropene", ("EU draft 2026",)),
        ("red-phosphorus", ("EU category 2A",)),
        ("xylazine", ()),
    ],
)
def test_lists_read_in_words_as_before(catalogue: Catalogue, substance: str, lists: tuple[str, ...]):
    assert catalogue.get(substance).lists == lists


def test_each_list_holds_as_many_substances_as_its_source_named(catalogue: Catalogue):
    """Counted in the columns un_list and eu_category of the wide table from which the lists were split."""
    places = Counter(listing.of.id for substance in catalogue.substances for listing in substance.listings)

    assert places == {"un-1961": 33, "un-1971": 59, "un-1988": 44, "eu-precursors": 49, "eu-draft-2026": 6}
    assert sum(one.is_controlled for one in catalogue.substances) == 140


def test_every_list_has_a_date_and_a_source(catalogue: Catalogue):
    assert [one.id for one in catalogue.lists] == [
        "un-1961",
        "un-1971",
        "un-1988",
        "eu-precursors",
        "eu-draft-2026",
    ]
    assert all(one.date and one.as_of and one.source and one.title for one in catalogue.lists)
    assert [one.id for one in catalogue.lists if not one.is_control] == ["eu-draft-2026"]


def test_a_place_that_is_verified_names_its_source(catalogue: Catalogue):
    places = [listing for one in catalogue.substances for listing in one.listings]

    assert all(one.source for one in places if one.is_verified)
    [table] = [one for one in catalogue.get("acetone").listings if one.of.id == "un-1988"]
    assert (table.schedule, table.since, table.is_verified) == ("Table II", "1988", True)
    [transferred] = [one for one in catalogue.get("acetic-anhydride").listings if one.of.id == "un-1988"]
    assert (transferred.since, transferred.remark) == ("Table II 1988; transferred 2001", "")


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("un-1999,Table I,acetone,,,no,", "expected a list of lists.csv, found 'un-1999'"),
        ("un-1961,Table I,caffeine,,,no,", "expected one of the schedules Schedule I"),
        ("un-1988,Table I,unobtainium,,,no,", "found 'unobtainium'"),
        ("un-1988,Table I,caffeine,,,perhaps,", "expected yes or no"),
        ("un-1988,Table I,caffeine,,,yes,", "expected the source of what is verified"),
        ("un-1988,Table I,acetone,,,no,", "expected each substance once on a list, found 'acetone'"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_number(tables: Path, row: str, complaint: str):
    with (tables / "legal" / "listings.csv").open("a", encoding="utf-8") as file:
        file.write(row + "\n")

    with pytest.raises(CatalogueError, match=complaint) as raised:
        load_catalogue(tables)
    assert "row 193" in str(raised.value)


def test_a_missing_list_is_a_clear_error_and_no_catalogue_without_law(tables: Path):
    (tables / "legal" / "listings.csv").unlink()

    with pytest.raises(CatalogueError, match=r"listings\.csv"):
        load_catalogue(tables)


# --- verifications ----------------------------------------------------------------------------------------


def test_what_somebody_verified_is_no_longer_marked(tables: Path):
    (tables / "verified.csv").write_text(
        "substance,column,by,date,source\n"
        "butyrfentanyl,un_list,Officer 1,2026-11-24,Yellow List\n"
        "acetone,ghs,Officer 1,2026-11-24,data sheet\n",
        "utf-8",
    )

    checked = load_catalogue(tables)

    assert checked.get("acetone").unverified == ("name_ru", "name_az")
    [place] = checked.get("butyrfentanyl").listings
    assert (place.is_verified, place.source, place.wording) == (True, "Yellow List", "UN 1961 Schedule I")
    assert load_catalogue().get("butyrfentanyl").lists == ("UN 1961 Schedule I (unverified)",)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("unobtainium,ghs,Officer 1,2026-11-24,sheet", "line 2, found 'unobtainium'"),
        ("acetone,colour,Officer 1,2026-11-24,sheet", "line 2, found 'colour'"),
        ("acetone,ghs,,2026-11-24,sheet", "line 2, found an empty field"),
        ("acetone,ghs,Officer 1,24.11.2026,sheet", "line 2, found '24.11.2026'"),
        ("acetone,ghs,Officer 1", "expected 5 fields"),
    ],
)
def test_a_verification_that_is_incomplete_is_refused(
    tmp_path: Path, catalogue: Catalogue, row: str, complaint: str
):
    path = tmp_path / "verified.csv"
    path.write_text(f"substance,column,by,date,source\n{row}\n", "utf-8")

    with pytest.raises(CatalogueError, match=complaint):
        read_verifications(path, catalogue)
