"""A national list: read strictly, linked to the catalogue, kept whole or not at all."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from spectra_library.catalogue import Catalogue, load_catalogue
from spectra_library.errors import CatalogueError
from spectra_library.national_links import link, with_national_list
from spectra_library.national_list import load_national_list, parse_national_list, template
from spectra_library.national_store import read_stored_list, remove_stored_list, store_national_list
from spectra_library.substance import LegalStatus, outside_substance

HEAD = "title;List A\nas_of;2026-01-15\nsource;Decision 7\n"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def national(rows: str, *, columns: str = "id;cas;name;schedule;since;note", head: str = HEAD) -> bytes:
    return f"{head}{columns}\n{rows}\n".encode()


def controlled_by(content: bytes, catalogue: Catalogue) -> Catalogue:
    return with_national_list(catalogue, parse_national_list(content, name="list.csv"))


# --- reading -----------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_list_reads_alike_as_any_spreadsheet_writes_it(tmp_path: Path, delimiter: str, mark: str, end: str):
    rows = [
        ["title", "Siyahı 1", "", "", "", ""],
        ["as_of", "15.1.2026", "", "", "", ""],
        ["source", "Decision 7", "", "", "", ""],
        ["id", "cas", "name", "schedule", "since", "note"],
        ["", "", "", "", "", ""],
        ["", "58-08-2", "Kofein", "List II", "2011", ""],
    ]
    path = tmp_path / "list.csv"
    path.write_text(mark + end.join(delimiter.join(row) for row in rows) + end, "utf-8", newline="")

    read = load_national_list(path)

    assert (read.legal_list.title, read.legal_list.date) == ("Siyahı 1", "2026-01-15")
    [line] = read.lines
    assert (line.line, line.cas, line.name, line.schedule) == (6, "58-08-2", "Kofein", "List II")


def test_the_template_filled_in_is_a_list():
    filled = template().decode("utf-8-sig").replace("title;", "title;List A").replace("as_of;", "as_of;2026")
    filled = filled.replace("source;", "source;Decision 7") + "caffeine;;;List I;;\r\n"

    read = parse_national_list(filled.encode(), name="list.csv")

    assert [line.id for line in read.lines] == ["caffeine"]


def test_an_empty_template_is_no_list():
    with pytest.raises(CatalogueError, match="at least one substance"):
        parse_national_list(template(), name="list.csv")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "expected a line with the columns"),
        (national("caffeine;;;List I;;", head="title;A\nas_of;2026\n"), "expected a line with source"),
        (national("caffeine;;;List I;;", head=HEAD.replace("2026-01-15", "01/15/2026")), "as as_of"),
        (national("caffeine;;;List I;;", head=HEAD.replace("2026-01-15", "2026-13-01")), "as as_of"),
        (national("caffeine;;;List I;;", head=HEAD + "title;B\n"), "expected title once"),
        (national("caffeine;List I", columns="id;schedule;colour"), "found 'colour'"),
        (national("caffeine", columns="id;note"), "expected a line with the columns"),
        (national("List I", columns="schedule"), "one of id, cas and name"),
        (national(";;;List I;;"), "line 5, found none"),
        (national(";58-08-3;;List I;;"), "right check digit in list.csv, line 5"),
        (national(";14.07.1967;;List I;;"), "taken it for a date"),
        (national("caffeine;;;List I;;;more"), "expected 6 cells in list.csv, line 5, found 7"),
        (national("caffeine;;" + "x" * 301 + ";List I;;"), "at most 300 characters in list.csv, line 5"),
        ("title;Список\n".encode("cp1251"), "UTF-8"),
        (b"schedule\n" * 20_002, "at most 20000 lines"),
    ],
)
def test_what_is_no_list_is_refused_with_where_and_why(content: bytes, complaint: str):
    with pytest.raises(CatalogueError, match=complaint):
        parse_national_list(content, name="list.csv")


# --- what it means -----------------------------------------------------------------


@pytest.mark.parametrize(
    "row",
    ["caffeine;;;List I;2020;", ";58-08-2;;List I;2020;", ";;КОФЕИН;List I;2020;", ";58082;;List I;2020;"],
)
def test_what_the_national_list_names_is_controlled(catalogue: Catalogue, row: str):
    own = controlled_by(national(row), catalogue)

    assert own.get("caffeine").status is LegalStatus.CONTROLLED
    assert own.get("caffeine").lists == ("List A List I (2020)",)
    assert own.lists[-1].id == "national"
    assert sum(one.is_controlled for one in own.substances) == 141
    assert catalogue.get("caffeine").status is LegalStatus.OTHER


def test_the_other_lists_of_a_substance_stay(catalogue: Catalogue):
    own = controlled_by(national("acetone;;;List I;;"), catalogue)

    assert own.get("acetone").lists == ("UN 1988 Table II (1988)", "EU category 3", "List A List I")


def test_what_the_catalogue_does_not_know_is_kept_and_reported_by_line(catalogue: Catalogue):
    read = parse_national_list(national(";50-00-0;;List I;;\n;;Nobodys powder;List II;;"), name="list.csv")
    links = link(read, catalogue)
    own = with_national_list(catalogue, read)

    unknown = [(one.line, one.text, one.substance) for one in links.unknown]
    assert (6, "Nobodys powder", "national:nobodys-powder") in unknown
    assert own.get("national:nobodys-powder").status is LegalStatus.CONTROLLED
    assert own.find("nobodys powder")[0].id == "national:nobodys-powder"


def test_a_name_whose_substance_has_another_cas_number_is_another_substance(catalogue: Catalogue):
    # 1333-74-0 is hydrogen: its check digit is right, and it is not caffeine
    read = parse_national_list(national(";1333-74-0;Caffeine;List I;;"), name="list.csv")
    links = link(read, catalogue)

    assert dict(links.listings) == {}
    assert [one.near for one in links.unknown] == [("caffeine",)]


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ("caffeine;67-64-1;;List I;;", "58-08-2 of 'caffeine' in line 5"),
        ("caffeine;;Acetone;List I;;", "in line 5"),
        ("caffeine;;;List I;;\n;58-08-2;;List II;;", "lines 5 and 6"),
        (";;Nobodys powder;List I;;\n;;nobodys  POWDER;List II;;", "lines 5 and 6"),
    ],
)
def test_a_line_that_contradicts_itself_or_another_is_refused(
    catalogue: Catalogue, rows: str, complaint: str
):
    with pytest.raises(CatalogueError, match=complaint):
        link(parse_national_list(national(rows), name="list.csv"), catalogue)


def test_what_a_library_brought_is_controlled_once_the_national_list_names_it(catalogue: Catalogue):
    own = controlled_by(national(";1333-74-0;Nobodys gas;List I;;"), catalogue)

    by_number = outside_substance("outside:a/1", "gas of a", cas="1333-74-0")
    by_name = outside_substance("outside:a/2", "NOBODYS GAS")
    other = outside_substance("outside:a/3", "another gas")
    extended = own.extended((by_number, by_name, other))

    assert [extended.get(f"outside:a/{n}").status.value for n in (1, 2, 3)] == [
        "controlled",
        "controlled",
        "unknown",
    ]


# --- kept -------------------------------------------------------------------------------


def test_a_stored_list_is_read_back_with_who_and_when(tmp_path: Path):
    path = tmp_path / "data" / "national_list.csv"
    content = national("caffeine;;;List I;;")

    store_national_list(path, content, file="list.csv", by="Officer 1", at=NOON)
    stored = read_stored_list(path)

    assert stored is not None
    assert (stored.by, stored.at, stored.file) == ("Officer 1", "2026-11-24T12:00:00+00:00", "list.csv")
    assert stored.national == parse_national_list(content, name="list.csv")
    assert [one.name for one in path.parent.iterdir()] == ["national_list.csv"]
    assert (remove_stored_list(path), remove_stored_list(path), read_stored_list(path)) == (True, False, None)


def test_a_list_that_cannot_be_read_leaves_the_one_in_force(tmp_path: Path):
    path = tmp_path / "national_list.csv"
    store_national_list(path, national("caffeine;;;List I;;"), file="a.csv", by="", at=NOON)
    before = path.read_bytes()

    with pytest.raises(CatalogueError):
        store_national_list(path, b"nothing", file="b.csv", by="", at=NOON)
    assert path.read_bytes() == before


def test_every_changed_byte_of_a_stored_list_is_noticed(tmp_path: Path):
    path = tmp_path / "national_list.csv"
    store_national_list(path, national("caffeine;;;List I;;"), file="a.csv", by="", at=NOON)
    whole = path.read_bytes()
    start = whole.index(b"\n\n") + 2

    for place in range(start, len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(CatalogueError, match="hash"):
            read_stored_list(path)
    path.write_bytes(whole[:20])
    with pytest.raises(CatalogueError, match="head of a national list"):
        read_stored_list(path)
