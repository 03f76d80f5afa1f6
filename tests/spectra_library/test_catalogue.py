"""The catalogue: finding substances, legal status, what is invisible, what looks alike."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from spectra_library.catalogue import CATALOGUE_FOLDER, Catalogue, is_cas_sound, load_catalogue
from spectra_library.errors import CatalogueError
from spectra_library.formulas import is_same_formula
from spectra_library.names import fold, name_variants
from spectra_library.substance import LegalStatus, outside_substance


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CATALOGUE_FOLDER, tmp_path / "catalogue"))


def ids(substances: tuple) -> list[str]:
    return [substance.id for substance in substances]


# --- the tables -------------------------------------------------------------------------------------


def test_the_catalogue_is_read_whole_and_once(catalogue: Catalogue):
    assert len(catalogue.substances) == 404 + 90  # two rows of the first table are one substance
    assert load_catalogue() is catalogue


def test_every_cas_number_has_a_sound_check_digit(catalogue: Catalogue):
    assert ids(tuple(one for one in catalogue.substances if one.cas and not is_cas_sound(one.cas))) == []


def test_a_wrong_check_digit_is_seen(tables: Path):
    table = tables / "substances.csv"
    table.write_text(table.read_text("utf-8").replace("108-24-7", "108-24-8"), "utf-8")

    assert not is_cas_sound(load_catalogue(tables).get("acetic-anhydride").cas)


def test_a_substance_tells_what_is_known_of_it(catalogue: Catalogue):
    substance = catalogue.get("acetic-anhydride")

    assert substance.name == "Acetic anhydride"
    assert substance.name_ru == "уксусный ангидрид"
    assert substance.name_az == "sirkə anhidridi"
    assert substance.cas == "108-24-7"
    assert substance.hs_code == "2915.24"
    assert substance.un_number == "1715"
    assert substance.hazards == ("H226", "H302", "H314", "H332")
    assert substance.mw == pytest.approx(102.09)
    assert "acetic oxide" in substance.synonyms
    assert set(substance.unverified) == {"name_ru", "name_az", "ghs"}


def test_a_schedule_that_was_not_checked_is_marked(catalogue: Catalogue):
    assert "un_list" in catalogue.get("cathinone").unverified


def test_an_id_of_the_same_substance_leads_to_the_complete_row(catalogue: Catalogue):
    assert catalogue.get("methylone").id == "methylone-hydrochloride"
    assert "methylone" in catalogue


def test_an_unknown_id_is_a_clear_error(catalogue: Catalogue):
    with pytest.raises(CatalogueError, match="'unobtainium'"):
        catalogue.get("unobtainium")


def test_a_missing_or_broken_table_is_a_clear_error(tables: Path):
    (tables / "materials.csv").unlink()
    with pytest.raises(CatalogueError, match=r"materials\.csv"):
        load_catalogue(tables)


def test_a_row_with_a_field_too_few_is_a_clear_error(tables: Path):
    with (tables / "materials.csv").open("a", encoding="utf-8") as file:
        file.write("half-a-row,Half a row\n")
    with pytest.raises(CatalogueError, match="one field for each column"):
        load_catalogue(tables)


def test_an_id_that_stands_twice_is_a_clear_error(tables: Path):
    table = tables / "materials.csv"
    lines = table.read_text("utf-8").splitlines(keepends=True)
    table.write_text("".join([*lines, lines[-1]]), "utf-8")
    with pytest.raises(CatalogueError, match="twice"):
        load_catalogue(tables)


def test_loading_is_quick():
    code = (
        "import time, spectra_library.catalogue as c\n"
        "start = time.process_time(); c.load_catalogue(); print(time.process_time() - start)"
    )
    seconds = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
        for _ in range(3)
    ]

    assert min(seconds) < 0.03


# --- names ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spellings",
    [
        ("izopropil spirti", "İZOPROPİL SPİRTİ", "IZOPROPIL SPIRTI", "ızopropıl spırtı"),
        ("sirkə anhidridi", "SİRKƏ ANHİDRİDİ", "sirke  anhidridi"),
        ("şəkər", "ŞƏKƏR", "seker"),
        ("гашёная известь", "ГАШЕНАЯ ИЗВЕСТЬ"),
        ("α-PVP", "alpha-pvp", "Α-pvp"),
        ("n\u2011hexane", "N-Hexane"),
        ("C₄H₆O₃", "c4h6o3"),
    ],
)
def test_spellings_of_one_name_fold_to_one(spellings: tuple[str, ...]):
    assert len({fold(spelling) for spelling in spellings}) == 1


def test_folding_twice_changes_nothing_more(catalogue: Catalogue):
    for substance in catalogue.substances:
        for name in substance.names:
            assert fold(fold(name)) == fold(name)


def test_names_in_parentheses_are_names_and_remarks_are_not():
    assert name_variants("Methyl ethyl ketone (MEK)") == (
        "methyl ethyl ketone (mek)",
        "methyl ethyl ketone",
        "mek",
    )
    assert name_variants("Coffee (ground)") == ("coffee (ground)", "coffee")
    assert name_variants('Cocaine (base, "crack")')[-1] == "crack"
    assert name_variants("Poly(vinyl acetate)") == ("poly(vinyl acetate)",)
    assert name_variants("") == ()


# --- finding ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("acetone", "acetone"),
        ("АЦЕТОН", "acetone"),
        ("propan-2-one", "acetone"),
        ("67-64-1", "acetone"),
        ("c3h6o", "acetone"),
        ("C₃H₆O", "acetone"),
        ("OC3H6", "acetone"),
        ("o3h6c4", "acetic-anhydride"),
        ("NACL", "sodium-chloride"),
        ("ClNa", "sodium-chloride"),
        ("CAS No. 67-64-1", "acetone"),
        ("67641", "acetone"),
        ("67\u201164\u20111", "acetone"),
        ("IZOPROPIL SPIRTI", "isopropanol"),
        ("İzopropil spirti", "isopropanol"),
        ("ızopropıl spırtı", "isopropanol"),
        ("sirkə anhidridi", "acetic-anhydride"),
        ("SIRKE ANHIDRIDI", "acetic-anhydride"),
        ("2915.24", "acetic-anhydride"),
        ("291524", "acetic-anhydride"),
        ("2915 24", "acetic-anhydride"),
        ("2915.24.00.00", "acetic-anhydride"),
        ("MEK", "methyl-ethyl-ketone"),
        ("captagon", "fenethylline-hydrochloride"),
        ("pmma", "pmma"),
        ("beeswax", "beeswax"),
    ],
)
def test_a_substance_is_found_by_whatever_it_is_called(catalogue: Catalogue, text: str, first: str):
    assert catalogue.find(text)[0].id == first


def test_exact_hits_come_first_then_beginnings_then_the_rest_in_catalogue_order(catalogue: Catalogue):
    found = ids(catalogue.find("acetone", limit=100))

    assert found[0] == "acetone"
    order = {substance.id: place for place, substance in enumerate(catalogue.substances)}
    assert sorted(found[1:], key=order.get) == found[1:]
    assert "1-3-diphenylacetone" in found


@pytest.mark.parametrize(
    ("asked", "known", "is_same"),
    [
        ("CO", "Co", True),  # capitals may have been locked; a search shows both
        ("co", "CO", True),
        ("C10H15NO.HCl", "C10H16ClNO", True),
        ("CuSO4·5H2O", "CuH10O9S", True),
        ("C2H6O", "C2H6O2", False),
        ("C2H6", "C2H6O", False),
        ("c6h1", "C1H6", False),
        ("", "", False),
        ("Xx2", "C2", False),
        ("C" * 100_000, "C100000", False),
    ],
)
def test_formulas_are_the_same_in_any_order_and_only_then(asked: str, known: str, is_same: bool):
    assert is_same_formula(asked, known) is is_same


def test_a_formula_is_only_found_whole(catalogue: Catalogue):
    assert all(substance.formula == "C2H6O" for substance in catalogue.find("C2H6O"))


def test_a_heading_finds_all_its_subheadings(catalogue: Catalogue):
    found = catalogue.find("2915", limit=100)

    assert len(found) > 3
    assert all(substance.hs_code.startswith("2915") for substance in found)


def test_the_limit_holds_and_nothing_finds_nothing(catalogue: Catalogue):
    assert len(catalogue.find("poly", limit=5)) == 5
    assert catalogue.find("  ") == ()
    assert catalogue.find("no such thing at all") == ()


def test_finding_is_quick(catalogue: Catalogue):
    catalogue.find("warm up")
    start = time.process_time()
    for _ in range(10):
        catalogue.find("izopropil")
    assert (time.process_time() - start) / 10 < 0.02


def test_substances_are_found_by_cas_number(catalogue: Catalogue):
    assert ids(catalogue.by_cas(" 108-24-7 ")) == ["acetic-anhydride"]
    assert catalogue.by_cas("") == ()


def test_substances_are_found_by_structure_key_and_by_whole_names_only(catalogue: Catalogue):
    anhydride = catalogue.get("acetic-anhydride")

    assert catalogue.by_inchikey("InChIKey=wfdijrymoxrffg-uhfffaoysa-n") == (anhydride,)
    assert catalogue.by_inchikey("") == ()
    assert catalogue.by_name("SİRKƏ ANHİDRİDİ") == (anhydride,)
    assert catalogue.by_name("Acetic  oxide") == (anhydride,)
    assert catalogue.by_name("acetic") == ()
    assert catalogue.by_name("") == ()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Isopropyl alcohol", ["isopropanol"]),
        ("ethanol 96%, 20 drums", ["ethanol"]),
        ("ŞƏKƏR, 50 kq", ["sucrose"]),
        ("каустическая сода", ["sodium-hydroxide"]),
        ("Lactose monohydrate, 25 kg", ["lactose-monohydrate"]),
        ("CAS 108-24-7, technical", ["acetic-anhydride"]),
        ("acetone and toluene", ["acetone", "toluene"]),
        ("wooden pallets", []),
        ("base", []),
        ("", []),
        ("   ", []),
    ],
)
def test_a_declaration_names_substances_by_whole_words(catalogue: Catalogue, text: str, named: list[str]):
    assert ids(catalogue.named_in(text)) == named


# --- legal status -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("substance", "status", "lists"),
    [
        (
            "acetic-anhydride",
            LegalStatus.CONTROLLED,
            ("UN 1988 Table I (Table II 1988; transferred 2001)", "EU category 2A"),
        ),
        ("acetone", LegalStatus.CONTROLLED, ("UN 1988 Table II (1988)", "EU category 3")),
        ("red-phosphorus", LegalStatus.CONTROLLED, ("EU category 2A",)),
        ("heroin", LegalStatus.CONTROLLED, ("UN 1961 Schedule I and IV",)),
        ("ketamine-hydrochloride", LegalStatus.WATCHED, ()),
        ("2-bromo-4-methylpropiophenone", LegalStatus.WATCHED, ("EU draft 2026",)),
        ("caffeine", LegalStatus.OTHER, ()),
        ("polyethylene", LegalStatus.OTHER, ()),
    ],
)
def test_legal_status_follows_the_lists(
    catalogue: Catalogue, substance: str, status: LegalStatus, lists: tuple[str, ...]
):
    found = catalogue.get(substance)

    assert found.status is status
    assert found.lists == lists
    assert found.is_controlled == (status is LegalStatus.CONTROLLED)
    assert found.is_watched == (status is LegalStatus.WATCHED)


def test_no_controlled_substance_is_without_a_list_and_only_watched_drafts_have_one(catalogue: Catalogue):
    for substance in catalogue.substances:
        if substance.is_controlled:
            assert substance.lists
        elif substance.lists:
            assert substance.is_watched
            assert substance.lists == ("EU draft 2026",)


# --- what imported libraries bring ------------------------------------------------------------------


def test_what_only_a_library_knows_is_found_and_has_no_known_status(catalogue: Catalogue):
    own = catalogue.extended([outside_substance("outside:agency-a/1", "Powder 1", synonyms=("порошок 1",))])

    assert own.get("outside:agency-a/1").status is LegalStatus.UNKNOWN
    assert own.get("outside:agency-a/1").lists == ()
    assert own.find("порошок 1")[0].id == "outside:agency-a/1"
    assert "outside:agency-a/1" not in catalogue
    assert own.get("methylone") is catalogue.get("methylone")
    assert own.cautions("sodium-hydroxide") == catalogue.cautions("sodium-hydroxide")
    assert own.invisible_reason("outside:agency-a/1") == ""


def test_an_id_that_is_known_is_not_taken_from_a_library(catalogue: Catalogue):
    assert catalogue.extended([outside_substance("cocaine", "Icing sugar")]) is catalogue


def test_what_has_the_number_of_a_controlled_substance_stands_on_its_lists(catalogue: Catalogue):
    own = catalogue.extended([outside_substance("outside:agency-a/2", "Solvent 2", cas="67-64-1")])

    assert own.get("outside:agency-a/2").status is LegalStatus.CONTROLLED


# --- what infrared cannot do ------------------------------------------------------------------------


@pytest.mark.parametrize("substance", ["sodium-chloride", "iodine", "red-phosphorus", "hydrochloric-acid"])
def test_invisible_substances_say_why(catalogue: Catalogue, substance: str):
    assert catalogue.invisible_reason(substance)


@pytest.mark.parametrize("substance", ["acetone", "25i-nbome", "tatp", "lsd"])
def test_visible_substances_are_not_called_invisible(catalogue: Catalogue, substance: str):
    assert catalogue.invisible_reason(substance) == ""


def test_lookalikes_are_known_from_both_sides(catalogue: Catalogue):
    pairs = catalogue.lookalikes_of("pseudoephedrine-hydrochloride")

    assert [pair.first for pair in pairs] == [("ephedrine-hydrochloride",)]
    assert any("pseudoephedrine" in one for one in catalogue.cautions("ephedrine-hydrochloride"))
    assert any("ephedrine" in one for one in catalogue.cautions("pseudoephedrine-hydrochloride"))


def test_several_lookalikes_on_one_side_are_all_taken(catalogue: Catalogue):
    (pair,) = [pair for pair in catalogue.lookalikes if pair.first == ("fentanyl-hydrochloride",)]

    assert pair.second == ("acetylfentanyl", "para-fluorofentanyl", "carfentanil")
    assert pair.second_text == "acetylfentanyl / para-fluorofentanyl / carfentanil"


def test_a_family_stays_text(catalogue: Catalogue):
    (pair,) = [pair for pair in catalogue.lookalikes if pair.first_text == "synthetic cathinones"]

    assert (pair.first, pair.second) == ((), ())


def test_an_invisible_substance_is_told_beside_an_answer(catalogue: Catalogue):
    assert any("infrared" in sentence for sentence in catalogue.cautions("sodium-hydroxide"))
    assert catalogue.cautions("caffeine") == ()
