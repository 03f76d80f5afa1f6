"""Text tables to spectra: every layout, delimiter and decimal mark that programs export."""

from __future__ import annotations

import numpy as np
import pytest

from spectra_library.errors import DamagedFileError, NotInfraredError, UnsupportedFormatError
from spectra_library.formats.file_spectrum import FileSpectrum, RefusedBlock
from spectra_library.formats.reading import read_bytes

BAND = 0.02 + np.exp(-(((np.arange(400.0, 440.0, 2.0) - 420) / 4) ** 2))
AXIS = np.arange(400.0, 440.0, 2.0)


def read(text: str, name: str = "table.csv") -> list[FileSpectrum]:
    found = read_bytes(text.encode(), name)
    for block in found:
        if isinstance(block, RefusedBlock):
            raise block.error
    return list(found)


def columns(*, delimiter: str = ",", comma: bool = False, header: str = "", y: np.ndarray = BAND) -> str:
    rows = [f"{a!r}{delimiter}{b!r}" for a, b in zip(AXIS.tolist(), y.tolist(), strict=True)]
    body = "\n".join(rows)
    return (f"{header}\n" if header else "") + (body.replace(".", ",") if comma else body) + "\n"


@pytest.mark.parametrize(
    ("delimiter", "comma"),
    [
        (",", False),
        (";", False),
        (";", True),
        ("\t", False),
        ("\t", True),
        ("  ", False),
        (" ", True),
        (", ", False),
    ],
)
@pytest.mark.parametrize("header", [False, True])
def test_two_columns_read_with_any_delimiter(delimiter: str, comma: bool, header: bool) -> None:
    words = f"Wavenumber{delimiter.strip() or delimiter}Absorbance" if header else ""
    (found,) = read(columns(delimiter=delimiter, comma=comma, header=words), "ethanol.csv")
    assert found.wavenumber.tolist() == AXIS.tolist()
    assert found.absorbance.tolist() == BAND.tolist()
    assert found.title == "ethanol"
    assert found.format == "csv"
    assert (found.warnings == ()) is header


def test_what_is_not_named_is_concluded_and_said() -> None:
    (found,) = read(columns())
    assert found.warnings == (
        "the axis is not named: read as wavenumbers in cm-1 by its range",
        "the ordinate is not named: read as absorbance",
    )


def test_header_names_are_titles_and_brackets_are_units() -> None:
    text = "wavenumber (cm-1),acetone (absorbance),toluene [%T],talc\n"
    text += "".join(f"{x},0.{i},9{i},0.2\n" for i, x in enumerate(range(500, 510)))
    acetone, toluene, talc = read(text)
    assert [s.title for s in (acetone, toluene, talc)] == ["acetone", "toluene", "talc"]
    assert acetone.absorbance[1] == 0.1
    assert toluene.absorbance[0] == pytest.approx(-np.log10(0.90))
    assert talc.warnings == ("the ordinate is not named: read as absorbance",)
    assert [s.block for s in (acetone, toluene, talc)] == [0, 1, 2]


def test_spectra_may_be_numbered() -> None:
    text = "wavenumber,1,2\n" + "".join(f"{x},0.1,0.2\n" for x in range(500, 510))
    assert [s.title for s in read(text)] == ["1", "2"]


def test_rows_may_be_spectra() -> None:
    text = "name," + ",".join(map(str, range(500, 520, 2))) + "\n"
    text += "acetone," + ",".join(["0.1"] * 9 + ["0.9"]) + "\ntoluene," + ",".join(["0.2"] * 10) + "\n"
    acetone, toluene = read(text)
    assert (acetone.title, toluene.title) == ("acetone", "toluene")
    assert acetone.wavenumber.tolist() == list(range(500, 520, 2))
    assert acetone.absorbance[-1] == 0.9


def test_rows_without_names_are_numbered() -> None:
    text = ",".join(map(str, range(500, 530, 2))) + "\n"
    text += ",".join(["0.3"] * 15) + "\n" + ",".join(["0.2"] * 15) + "\n" + ",".join(["0.25"] * 15) + "\n"
    assert [s.title for s in read(text, "batch.csv")] == ["batch #1", "batch #2", "batch #3"]


@pytest.mark.parametrize("header", ["name,wavenumber,absorbance\n", ""])
def test_a_long_table_is_many_spectra(header: str) -> None:
    text = header + "".join(
        f"{name},{x},0.{i}\n" for name in ("a b", "c") for i, x in enumerate(range(500, 590, 10))
    )
    first, second = read(text)
    assert (first.title, second.title) == ("a b", "c")
    assert first.absorbance.tolist() == pytest.approx([i / 10 for i in range(9)])


def test_a_long_table_may_have_its_columns_in_any_order_and_more_of_them() -> None:
    text = "wavenumber,intensity,sample_name,group\n"
    text += "".join(f"{x},0.{i},{name},7\n" for name in ("1", "2") for i, x in enumerate(range(500, 509)))
    assert [s.title for s in read(text)] == ["1", "2"]


def test_micrometres_are_known_by_word_or_range() -> None:
    by_word = read("wavelength (um),absorbance\n" + "".join(f"{5 + i / 10},0.{i}\n" for i in range(10)))[0]
    by_range = read("".join(f"{5 + i / 10},0.{i}\n" for i in range(10)))[0]
    for found in (by_word, by_range):
        assert found.wavenumber[-1] == 2000
        assert found.absorbance[-1] == 0
    assert "micrometres" in by_range.warnings[0]


def test_nanometres_need_a_word() -> None:
    rows = "".join(f"{5000 + 100 * i},0.{i}\n" for i in range(10))
    assert read("wavelength (nm),absorbance\n" + rows)[0].wavenumber[-1] == 2000
    with pytest.raises(UnsupportedFormatError, match="cm-1 or micrometres"):
        read("".join(f"{15000 + 100 * i},0.{i}\n" for i in range(10)))


def test_an_unnamed_percent_transmittance_is_known_by_its_numbers() -> None:
    (found,) = read(columns(y=100 * 10**-BAND))
    assert found.absorbance.tolist() == pytest.approx(BAND.tolist())
    assert found.warnings[1] == "the ordinate is not named: read as percent transmittance"


def test_counts_stay_counts() -> None:
    (found,) = read(columns(y=5000 * BAND))
    assert found.absorbance is None
    assert found.ordinate is not None


def test_lines_above_the_table_may_name_its_units() -> None:
    text = "Instrument,Model 7\nXUNITS,1/CM\nYUNITS,%T\n" + columns(y=100 * 10**-BAND)
    (found,) = read(text)
    assert found.absorbance.tolist() == pytest.approx(BAND.tolist())
    assert found.warnings == ()


def test_comments_and_empty_lines_are_skipped() -> None:
    text = "# wavenumber absorbance\n\n" + columns(delimiter=" ")
    assert read(text)[0].warnings == ()


def test_a_byte_order_mark_and_utf_16_are_read() -> None:
    for encoding in ("utf-8-sig", "utf-16"):
        (found,) = read_bytes(columns(header="wavenumber,absorbance").encode(encoding), "table.csv")
        assert isinstance(found, FileSpectrum)


@pytest.mark.parametrize(("cell", "line"), [("0.1x", 5), ("1_0", 5), ("١", 5), ("1e999", 5)])
def test_text_among_the_numbers_is_refused_with_its_line(cell: str, line: int) -> None:
    rows = columns(header="wavenumber,absorbance").split("\n")
    rows[4] = f"406,{cell}"
    with pytest.raises(DamagedFileError, match=f"line {line}: expected a number, found '{cell}'"):
        read("\n".join(rows))


def test_a_row_of_another_width_is_refused_with_its_line() -> None:
    with pytest.raises(DamagedFileError, match="line 3: expected 2 cells, found 3"):
        read("400,0.1\n402,0.2\n404,0.3,9\n406,0.2\n408,0.3\n")


def test_an_empty_cell_is_a_missing_ordinate() -> None:
    (found,) = read("wavenumber,absorbance\n400,0.1\n402,\n404,0.3\n406,0.4\n")
    assert found.gaps == ((400, 404),)


def test_an_axis_that_turns_is_refused() -> None:
    with pytest.raises(DamagedFileError, match="only rises or only falls"):
        read("wavenumber,absorbance\n400,0.1\n402,0.2\n401,0.3\n")


@pytest.mark.parametrize(
    "text",
    [
        "id,name,formula,mass\n1,acetone,C3H6O,58\n2,toluene,C7H8,92\n",
        "name,quantity,price\nacetone,1,2\ntoluene,3,1\n",
        "1,9\n5,2\n3,7\n2,2\n",
        "Dear reader,\nthis is a letter, not a table.\n",
        "just words\n",
    ],
)
def test_a_table_of_something_else_is_refused_in_words(text: str) -> None:
    with pytest.raises(UnsupportedFormatError, match="expected a spectrum"):
        read(text)


def test_a_raman_table_is_named() -> None:
    with pytest.raises(NotInfraredError, match="a Raman spectrum"):
        read("Raman shift (cm-1),counts\n" + columns())


def test_one_bad_column_does_not_spoil_the_others() -> None:
    text = "wavenumber,a (absorbance),b (absorbance)\n" + "".join(f"{x},0.1,77\n" for x in range(500, 510))
    good, bad = read_bytes(text.encode(), "table.csv")
    assert isinstance(good, FileSpectrum)
    assert isinstance(bad, RefusedBlock)
    assert bad.title == "b"
