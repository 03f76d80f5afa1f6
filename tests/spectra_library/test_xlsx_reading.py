"""Excel workbooks: exact numbers from any layout, or the cell that stands in the way; tricks are refused."""

from __future__ import annotations

import io
import tracemalloc
import zipfile

import openpyxl
import pytest

from spectra_library.errors import DamagedFileError, FormatError, UnsupportedFormatError
from spectra_library.formats.file_spectrum import FileSpectrum, RefusedBlock
from spectra_library.formats.reading import read_bytes
from tests.spectra_library.made.csv_files import AXIS, BAND, HALF, PERCENT
from tests.spectra_library.made.xlsx_files import (
    MAIN,
    cell,
    columns,
    complaints,
    seeds,
    sheet_xml,
    simple,
    workbook,
)

TABLE = columns("Wavenumber", "Absorbance")


def read(content: bytes, name: str = "batch.xlsx") -> list[FileSpectrum]:
    found = []
    for part in read_bytes(content, name):
        if isinstance(part, RefusedBlock):
            raise part.error
        assert isinstance(part, FileSpectrum)
        found.append(part)
    return found


def with_rows(*rows: list) -> bytes:
    return workbook({"Data": sheet_xml([*TABLE, *rows])})


def test_numbers_are_exactly_those_of_the_file() -> None:
    (found,) = read(simple())
    assert found.wavenumber.tolist() == AXIS
    assert found.absorbance.tolist() == BAND
    assert (found.format, found.title, found.x_units, found.y_units) == (
        "xlsx", "batch", "Wavenumber", "Absorbance",
    )  # fmt: skip
    assert found.warnings == ()


def test_a_workbook_of_another_program_is_read() -> None:
    """Written by openpyxl, which keeps 16 digits of a number."""
    book = openpyxl.Workbook()
    for row in TABLE:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    (found,) = read(stream.getvalue())
    assert found.absorbance.tolist() == pytest.approx(BAND, rel=1e-15)


def test_columns_rows_and_long_tables_are_read_as_in_csv() -> None:
    for name in ("two_columns", "rows", "long", "indented"):
        first, second = read(seeds()[name])
        assert first.absorbance.tolist() == BAND
        assert second.absorbance.tolist() == HALF
        assert first.wavenumber.tolist() == second.wavenumber.tolist() == AXIS
    assert [found.title for found in read(seeds()["rows"])] == ["acetone", "toluene"]


def test_percent_transmittance_becomes_absorbance() -> None:
    assert read(seeds()["percent"])[0].absorbance.tolist() == pytest.approx(BAND)
    assert PERCENT[0] != BAND[0]


def test_each_sheet_is_a_table_and_blocks_are_counted_through() -> None:
    parts = read_bytes(seeds()["sheets"], "batch.xlsx")
    assert [part.block for part in parts] == [0, 1, 2, 3, 4]
    assert isinstance(parts[4], RefusedBlock)
    assert parts[4].title == "batch notes"


def test_a_hidden_sheet_is_left_out() -> None:
    sheets = {"shown": sheet_xml(TABLE), "secret": sheet_xml(columns("Wavenumber", "Absorbance"))}
    assert len(read(workbook(sheets, hidden=["secret"]))) == 1


def test_an_empty_cell_is_a_gap_and_so_is_what_is_not_available() -> None:
    rows = [list(row) for row in TABLE]
    rows[50][1] = None
    rows[80][1] = '<c r="PLACE" t="e"><v>#N/A</v></c>'
    (found,) = read(workbook({"S": sheet_xml(rows)}))
    assert found.gaps == ((AXIS[48], AXIS[50]), (AXIS[78], AXIS[80]))


@pytest.mark.parametrize(
    ("xml", "said"),
    [
        (
            '<c r="PLACE" t="b"><v>1</v></c>',
            "sheet Data, cell B122: expected a number or a text, found a truth",
        ),
        ('<c r="PLACE" t="d"><v>2020-01-01T00:00:00</v></c>', "found another kind: datetime"),
        ('<c r="PLACE"><f>A1*2</f></c>', "sheet Data, cell B122: expected the value of a formula"),
        ('<c r="PLACE"><f>A1*2</f><v></v></c>', "expected the value of a formula"),
        ('<c r="PLACE" t="e"><v>#DIV/0!</v></c>', "sheet Data, cell B122: expected a value, found '#DIV/0!'"),
        ('<c r="PLACE"><v>1_0</v></c>', "sheet Data, cell B122: expected a number, found '1_0'"),
        ('<c r="PLACE"><v>nan</v></c>', "expected a number, found 'nan'"),
        ('<c r="PLACE"><v>1e999</v></c>', "expected a number or a text"),
        ('<c r="PLACE"><v>٣</v></c>', "expected a number"),
        ('<c r="PLACE"><v>1</v><v>2</v></c>', "expected one value in a cell, found two"),
        ('<c r="PLACE" t="s"><v>-1</v></c>', "expected the number of a text"),
        ("0,5", "sheet Data, cell B122: expected a number, found '0,5'"),
        ("high", "sheet Data, cell B122: expected a number, found 'high'"),
    ],
)
def test_a_cell_that_is_no_number_is_refused_with_sheet_and_cell(xml: str, said: str) -> None:
    with pytest.raises(DamagedFileError, match=said):
        read(with_rows([5000.0, xml]))


def test_a_formula_counts_by_its_value() -> None:
    (found,) = read(with_rows([5000.0, '<c r="PLACE"><f>A1*2</f><v>0.25</v></c>']))
    assert found.absorbance[-1] == 0.25


def test_a_cell_shown_as_a_date_is_refused() -> None:
    formats = '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    styles = f'<styleSheet xmlns="{MAIN}">{formats}</styleSheet>'
    rows = [*TABLE, [5000.0, '<c r="PLACE" s="1"><v>40000</v></c>']]
    with pytest.raises(DamagedFileError, match="cell B122: expected a number or a text, found another kind"):
        read(workbook({"Data": sheet_xml(rows)}, styles=styles))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('<row r="50">', '<row r="20">', "expected rows in order"),
        ('<row r="50">', '<row r="49">', "expected rows in order"),
        ('<row r="121">', '<row r="1048577">', "expected rows in order up to 1048576"),
        ('r="B50"', 'r="A50"', "expected the cells of row 50 in order, found 'A50'"),
        ('r="B50"', 'r="B51"', "expected the cells of row 50 in order, found 'B51'"),
        ('r="B50"', 'r="ZZZ50"', "expected the cells of row 50 in order, found 'ZZZ50'"),
        ('r="B50"', 'r="0"', "expected the cells of row 50 in order"),
        ("<sheetData>", "<sheetData><extra><row/></extra>", "expected rows of cells"),
    ],
)
def test_rows_and_cells_out_of_order_are_refused(old: str, new: str, said: str) -> None:
    """The workbook reader passes over such rows in silence, which would shift or lose points."""
    xml = sheet_xml(TABLE)
    assert xml.count(old) == 1
    with pytest.raises(DamagedFileError, match=said):
        read(workbook({"S": xml.replace(old, new)}))


def test_a_size_that_is_not_true_cuts_nothing_off() -> None:
    assert read(simple(dimension="A1:B3"))[0].wavenumber.size == len(AXIS)
    assert read(simple(dimension="A1:XFD1048576"))[0].wavenumber.size == len(AXIS)


def test_a_note_beside_the_table_does_no_harm_but_a_number_does() -> None:
    rows = [list(row) for row in TABLE]
    noted = [["measured", None, None, "by hand"], *rows]
    assert len(read(workbook({"S": sheet_xml(noted)}))) == 1
    rows[100] = [*rows[100], None, 7.0]
    with pytest.raises(DamagedFileError, match="cell D101: expected an empty cell"):
        read(workbook({"S": sheet_xml(rows)}))


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize("before", [BOMB, "<!DOCTYPE x>", '<!DOCTYPE x SYSTEM "file:///etc/passwd">'])
def test_a_document_type_is_refused_in_every_part(before: str) -> None:
    with pytest.raises(DamagedFileError, match="expected plain XML, found a document type or an entity"):
        read(simple(before=before))
    with pytest.raises(DamagedFileError, match="expected plain XML"):
        read(workbook({"S": sheet_xml(TABLE)}, styles=f'{before}<styleSheet xmlns="{MAIN}"/>'))


def test_deep_and_broken_xml_is_refused() -> None:
    with pytest.raises(DamagedFileError, match="at most 64 deep"):
        read(workbook({"S": "".join(f"<a{i}>" for i in range(1000))}))
    with pytest.raises(DamagedFileError, match="expected XML"):
        read(workbook({"S": sheet_xml(TABLE)[:-30]}))
    with pytest.raises(DamagedFileError, match="expected XML"):
        read(workbook({"S": "no xml"}))


def test_a_bomb_is_refused_before_it_takes_memory() -> None:
    content = workbook({"S": sheet_xml(TABLE)}, more={"xl/worksheets/sheet9.xml": bytes(30_000_000)})
    tracemalloc.start()
    with pytest.raises(DamagedFileError, match="packed at most 100 to 1"):
        read(content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000


def test_many_members_and_large_ones_are_refused() -> None:
    many = {f"xl/media/{number}.bin": b"x" for number in range(1001)}
    with pytest.raises(DamagedFileError, match="at most 1000 files in a workbook"):
        read(workbook({"S": sheet_xml(TABLE)}, more=many))
    with pytest.raises(DamagedFileError, match="at most 50 sheets"):
        read(workbook({f"S{number}": sheet_xml([["a"]]) for number in range(51)}))


def test_an_encrypted_member_is_refused() -> None:
    content = bytearray(simple())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(mark) + offset] |= 1
    with pytest.raises(DamagedFileError, match="without a password"):
        read(bytes(content))


def test_macros_and_links_are_never_opened() -> None:
    hostile = {"xl/vbaProject.bin": b"\xff" * 300, "xl/externalLinks/externalLink1.xml": b"<!DOCTYPE x><y"}
    (found,) = read(workbook({"S": sheet_xml(TABLE)}, more=hostile))
    assert found.absorbance.tolist() == BAND


def test_a_zip_without_a_workbook_is_no_workbook() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a/xl/workbook.xml", "inside another file")
    with pytest.raises(UnsupportedFormatError, match="found a zip archive without one; unpack it"):
        read(stream.getvalue())


def test_a_workbook_without_a_table_says_so() -> None:
    with pytest.raises(UnsupportedFormatError, match="a workbook without a table"):
        read(workbook({"S": sheet_xml([])}))
    with pytest.raises(UnsupportedFormatError, match="found a table of something else"):
        read(workbook({"S": sheet_xml([["hello", "there"]])}))


def test_every_cut_and_many_flips_are_refused_or_harmless() -> None:
    content = simple()
    for size in range(4, len(content), 7):
        with pytest.raises(FormatError):
            read(content[:size])
    for place in range(0, len(content), 11):
        changed = bytearray(content)
        changed[place] ^= 0x20
        try:
            parts = read_bytes(bytes(changed), "a.xlsx")
        except FormatError:
            continue
        assert complaints(content, parts) == []


@pytest.mark.parametrize("name", seeds())
def test_the_slow_checker_agrees_and_would_complain(name: str) -> None:
    content = seeds()[name]
    parts = read_bytes(content, "seed.xlsx")
    assert complaints(content, parts) == []
    # The failing control: the same spectra against a workbook with one other number.
    other = workbook({"S": sheet_xml([["Wavenumber", "Absorbance"], *zip(AXIS, HALF[::-1], strict=True)])})
    assert complaints(other, parts)


def test_cells_of_the_maker_are_places() -> None:
    assert cell(3, 27, 1.5) == '<c r="AB3"><v>1.5</v></c>'
