"""Text tables to spectra: every layout, delimiter and decimal mark that programs export."""

from __future__ import annotations

import numpy as np
import pytest

from spectra_library.errors import DamagedFileError, NotInfraredError, UnsupportedFormatError
from spectra_library.formats.file_spectrum import FileSpectrum, RefusedBlock
from spectra_library.formats.reading import read_bytes
from tests.spectra_library.made.csv_files import AXIS as EXPORT_AXIS
from tests.spectra_library.made.csv_files import BAND as EXPORT_BAND
from tests.spectra_library.made.csv_files import complaints, seeds

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


# What programs export, beyond the plain cases above.


@pytest.mark.parametrize("name", seeds())
def test_exports_of_programs_read_alike(name: str) -> None:
    found = read_bytes(seeds()[name], "export.csv")
    assert complaints(seeds()[name], found) == []
    first = found[0]
    assert isinstance(first, FileSpectrum)
    assert first.gaps or first.wavenumber.tolist() == pytest.approx(EXPORT_AXIS)
    assert first.absorbance.max() == pytest.approx(max(EXPORT_BAND))
    # The failing control: the same spectra against a file with other numbers.
    assert complaints(b"400,1\n", found)


@pytest.mark.parametrize(
    ("header", "axis", "ordinate"),
    [
        ("Волновое число, см-1;Поглощение", "Волновое число, см-1", "Поглощение"),
        ('"Волновое число (см⁻¹)";"Оптическая плотность"', "Волновое число (см⁻¹)", "Оптическая плотность"),
        ("Частота, 1/см;Поглощение", "Частота, 1/см", "Поглощение"),
        ("Dalğa ədədi (sm-1);Udma", "Dalğa ədədi (sm-1)", "Udma"),
        ("DALĞA ƏDƏDİ;OPTİK SIXLIQ", "DALĞA ƏDƏDİ", "OPTİK SIXLIQ"),
    ],
)
def test_headers_in_russian_and_azerbaijani_name_their_units(header: str, axis: str, ordinate: str) -> None:
    (found,) = read(columns(delimiter=";", comma=True, header=header))
    assert (found.x_units, found.y_units, found.warnings) == (axis, ordinate, ())


@pytest.mark.parametrize("header", ["Волновое число;Пропускание, %", "Dalğa ədədi;Buraxma (%)"])
def test_transmittance_in_russian_and_azerbaijani_is_converted(header: str) -> None:
    (found,) = read(columns(delimiter=";", header=header, y=100 * 10**-BAND))
    assert found.absorbance.tolist() == pytest.approx(BAND.tolist())
    assert found.warnings == ()


@pytest.mark.parametrize(
    "header", ["cm-1;Absorption (%)", "Волновое число;Поглощение (%)", "Dalğa ədədi;Udma (%)"]
)
def test_percent_of_absorbed_light_is_no_absorbance(header: str) -> None:
    (found,) = read(columns(delimiter=";", header=header))
    assert found.absorbance is None


@pytest.mark.parametrize("header", ["Рамановский сдвиг;Интенсивность", "Комбинационное рассеяние;Сигнал"])
def test_raman_is_named_in_russian_too(header: str) -> None:
    with pytest.raises(NotInfraredError, match="a Raman spectrum"):
        read(columns(delimiter=";", header=header))


@pytest.mark.parametrize("header", ["Wavenumber,Absorbance\n", ""])
def test_commas_that_part_numbers_and_decimals_are_refused(header: str) -> None:
    text = header + columns().replace(".", ",").replace(",0\n", ",05\n")
    with pytest.raises(DamagedFileError, match="a table in which they may be both"):
        read(text)


def test_a_column_of_decimal_commas_is_not_taken_for_two() -> None:
    with pytest.raises(DamagedFileError, match="may be both"):
        read("".join(f"{x},{x % 97:03d}\n" for x in range(400, 900, 2)))


def test_quoted_decimal_commas_between_commas_are_read() -> None:
    text = "".join(f'"{x}","{y}"\n'.replace(".", ",") for x, y in zip(AXIS, BAND, strict=True))
    assert read(text)[0].absorbance.tolist() == BAND.tolist()


@pytest.mark.parametrize(
    "text",
    [
        "cm-1;A\n" + "".join(f"{x:,.1f};0.{x}\n" for x in range(900, 1100, 10)),
        "cm-1;A\n" + "".join(f"{x:,};0.{x}\n" for x in range(900, 1100, 10)),
        "".join(f"{x:,};0,{x}\n".replace(",", ".", 1) for x in range(1500, 4000, 10)),
        "cm-1\tA\n" + "".join(f"{x:,}\t0,{x}\n".replace(",", "\xa0", 1) for x in range(1500, 4000, 10)),
    ],
)
def test_marks_between_thousands_are_refused(text: str) -> None:
    """1.500 is no wavelength of one and a half micrometres when decimals are written with commas."""
    with pytest.raises((DamagedFileError, UnsupportedFormatError), match="expected"):
        read(text)


def test_a_header_over_a_row_of_units_keeps_its_names() -> None:
    text = "Wavenumber,acetone,toluene\ncm-1,A,%T\n" + "".join(
        f"{x},0.{x},9{x % 10}\n" for x in range(500, 510)
    )
    acetone, toluene = read(text)
    assert (acetone.title, toluene.title) == ("acetone", "toluene")
    assert (acetone.y_units, toluene.y_units) == ("A", "%T")
    assert acetone.warnings == ()


def test_each_spectrum_may_have_its_own_axis() -> None:
    rows = [f"{x},0.{x},{x + 10},0.{x + 1}" for x in range(500, 540, 2)]
    first, second = read("cm-1,one,cm-1,two\n" + "\n".join([*rows, "540,0.9,,"]) + "\n")
    assert (first.title, first.wavenumber[0], first.wavenumber.size) == ("one", 500, 21)
    assert (second.title, second.wavenumber[0], second.wavenumber.size) == ("two", 510, 20)


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"{x},0.{x},{x + 10},0.{x}\n" for x in range(400, 4000, 10)),  # axes in pairs, no header
        "".join(f"{i},{400 + i},0.{i}\n" for i in range(1, 1800)),  # numbered rows
        "wavenumber,absorbance\n" + "".join(f'"{i}",{400 + i},0.{i}\n' for i in range(1, 1800)),  # of R
    ],
)
def test_an_axis_is_not_taken_for_a_spectrum_nor_a_number_of_a_row_for_an_axis(text: str) -> None:
    with pytest.raises(DamagedFileError, match="expected one axis, in column 1, found another one in column"):
        read(text)


def test_numbers_of_rows_before_a_named_axis_are_left_out() -> None:
    text = ",Wavenumber,Absorbance\n" + "".join(f"{i},{500 + i},0.{i}\n" for i in range(20))
    (found,) = read(text, "a.csv")
    assert (found.title, found.wavenumber[0]) == ("a", 500)


def test_a_spectrum_before_its_axis_is_a_spectrum() -> None:
    (found,) = read("Absorbance,Wavenumber\n" + "".join(f"0.{x},{x}\n" for x in range(500, 520)))
    assert found.absorbance[0] == 0.5


def test_a_last_column_whose_first_ordinate_is_missing_is_not_lost() -> None:
    text = "wavenumber,acetone,toluene\n400,0.1,\n" + "".join(f"{x},0.1,0.2\n" for x in range(402, 440, 2))
    assert [found.title for found in read(text)] == ["acetone", "toluene"]


def test_empty_columns_at_the_end_are_left_out_while_they_are_empty() -> None:
    rows = [f"{x},0.1,,," for x in range(400, 600)]
    assert len(read("wavenumber,absorbance,,,\n" + "\n".join(rows) + "\n")) == 1
    rows[150] = "550,0.1,,7,"
    with pytest.raises(DamagedFileError, match="line 152: expected an empty cell in a column without"):
        read("wavenumber,absorbance,,,\n" + "\n".join(rows) + "\n")


def test_a_wavelength_without_a_unit_is_no_wavenumber() -> None:
    with pytest.raises(UnsupportedFormatError, match="of a wavelength without a unit"):
        read("Wavelength,Absorbance\n" + "".join(f"{x},0.{x}\n" for x in range(400, 4000, 10)))


def test_russian_words_of_old_windows_programs_are_decoded() -> None:
    content = columns(delimiter=";", comma=True, header="Волновое число;Поглощение").encode("cp1251")
    (found,) = read_bytes(content, "table.csv")
    assert found.x_units == "Волновое число"
    western = columns(header="wavenumber,naïve Größe (absorbance)").encode("cp1252")
    assert read_bytes(western, "table.csv")[0].title == "naïve Größe"


def test_a_point_that_was_commented_out_is_not_read() -> None:
    for delimiter in (",", " "):
        rows = columns(delimiter=delimiter).split("\n")
        rows[5] = f"# {rows[5]}"
        (found,) = read("\n".join(rows))
        assert AXIS[5] not in found.wavenumber


def test_numbered_points_of_one_spectrum_are_no_long_table() -> None:
    text = "id,wavenumber,absorbance\n" + "".join(f"{i},{400 + i},0.{i}\n" for i in range(1, 80))
    (found,) = read(text)
    assert found.wavenumber.size == 79


@pytest.mark.parametrize(
    "heading", ["1st derivative", "Absorbance (second derivative)", "sd", "Absorbance (mAU)"]
)
def test_columns_that_are_no_absorbance_are_kept_as_they_are(heading: str) -> None:
    text = f"wavenumber,acetone (absorbance),{heading}\n"
    text += "".join(f"{x},0.{x},0.00{x}\n" for x in range(500, 540))
    acetone, other = read(text)
    assert acetone.absorbance is not None
    assert other.absorbance is None


@pytest.mark.parametrize("heading", ["fentanyl derivative", "SD 40", "residual solvent"])
def test_samples_that_are_called_alike_are_spectra(heading: str) -> None:
    text = f"wavenumber,{heading} (absorbance)\n" + "".join(f"{x},0.{x}\n" for x in range(500, 540))
    assert read(text)[0].absorbance is not None


def test_what_stands_behind_a_closing_quote_refuses_the_table():
    rows = "".join(f'"{400 + 2 * i},0","0,02"\n' for i in range(40))
    broken = rows.replace('"440,0","0,02"', '"440,0"0149,"0,02"')

    with pytest.raises(UnsupportedFormatError, match="without a table of numbers"):
        read_bytes(f"Wavenumber,Absorbance\n{broken}".encode(), "x.csv")
