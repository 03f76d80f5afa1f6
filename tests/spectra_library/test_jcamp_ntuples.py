"""JCAMP-DX NTUPLES: each page of an infrared series is a spectrum, obeying the checks of a simple file."""

from __future__ import annotations

import pytest

from spectra_library.errors import DamagedFileError, FormatError, NotInfraredError, UnsupportedFormatError
from spectra_library.formats.file_spectrum import FileSpectrum, RefusedBlock
from spectra_library.formats.reading import read_bytes
from tests.spectra_library.made.jcamp_files import ORDINATES, encoded, pages

EVEN = "(X++(Y..Y)), XYDATA"
PAIRS = "(XY..XY), XYPOINTS"
FIRST_PAGE = encoded(ORDINATES, "AFFN", first=1000, step=4)
OTHER = encoded([value // 2 for value in ORDINATES], "DIFDUP", first=1000, step=4)


def read(text: str) -> tuple[FileSpectrum | RefusedBlock, ...]:
    return read_bytes(text.encode(), "pages.jdx")


def refused(text: str, page: int = 0) -> FormatError:
    part = read(text)[page]
    assert isinstance(part, RefusedBlock), part
    return part.error


def test_each_page_is_a_spectrum_with_its_own_title() -> None:
    one, two = read(pages([FIRST_PAGE, OTHER], EVEN))
    assert isinstance(one, FileSpectrum)
    assert isinstance(two, FileSpectrum)
    assert (one.title, two.title) == ("made up (T=0.5)", "made up (T=1)")
    assert (one.block, two.block) == (0, 1)
    assert (one.x_units, one.y_units, one.cas) == ("1/CM", "ABSORBANCE", "64-17-5")
    assert one.absorbance.tolist() == pytest.approx([value / 1000 for value in ORDINATES])
    assert two.absorbance.tolist() == pytest.approx([(value // 2) / 1000 for value in ORDINATES])
    assert one.warnings == two.warnings == ()


def test_pages_of_pairs_may_have_their_own_number_of_points() -> None:
    text = pages(
        [["1000,10 1100,20 1200,40"], ["1000,10; 1200,20"]],
        PAIRS,
        **{"VAR_DIM": ", , 2", "LAST": "1200", "MIN": "", "MAX": ", 0.040"},
    )
    text = text.replace("##PAGE= T=0.5", "##PAGE= T=0.5\n##NPOINTS= 3").replace(
        "T=1\n", "T=1\n##NPOINTS= 2\n"
    )
    assert [part.wavenumber.size for part in read(text)] == [3, 2]
    assert "expected 4 points" in str(refused(text.replace("NPOINTS= 3", "NPOINTS= 4")))
    assert isinstance(read(text.replace("NPOINTS= 3", "NPOINTS= 4"))[1], FileSpectrum)


def test_a_page_that_fails_its_x_check_does_not_spoil_the_others() -> None:
    text = pages([FIRST_PAGE, OTHER], EVEN).replace("1028 180", "1032 180")
    one, two = read(text)
    assert isinstance(one, RefusedBlock)
    assert "the X-check failed" in str(one.error)
    assert isinstance(two, FileSpectrum)
    assert two.warnings == ("another page was refused: the ordinates were not compared with the header",)


def test_a_failed_y_check_refuses_its_page() -> None:
    text = pages([FIRST_PAGE, OTHER], EVEN)
    line = OTHER[1]
    broken = text.replace(line, line.replace(line[4], "I", 1))
    assert "the Y-check failed" in str(refused(broken, 1))


def test_the_ordinates_of_all_pages_together_obey_first_min_and_max() -> None:
    wrong = pages([FIRST_PAGE, OTHER], EVEN, FACTOR="1, 0.002, 1")
    assert "contradict the header" in str(refused(wrong, 0))
    assert "contradict the header" in str(refused(wrong, 1))
    only_max = pages([OTHER, FIRST_PAGE], EVEN, FIRST="1000, 0.3, ", MIN=", , ")
    assert read(only_max)[0].warnings == ("##FIRSTY= says 0.3, the data have 0.005",)


def test_a_page_may_state_its_own_ordinates() -> None:
    text = pages([FIRST_PAGE, OTHER], EVEN, FIRST="1000", MIN=None, MAX=None)
    own = text.replace("##PAGE= T=1\n", "##PAGE= T=1\n##FIRST= , 0.005,\n##MAX= , 0.260,\n")
    assert all(isinstance(part, FileSpectrum) for part in read(own))
    wrong = own.replace("0.005", "0.5").replace("0.260", "2.6")
    assert isinstance(read(wrong)[0], FileSpectrum)
    assert "contradict the header" in str(refused(wrong, 1))


@pytest.mark.parametrize(
    ("rows", "error", "found"),
    [
        ({"SYMBOL": "X, X, T"}, DamagedFileError, "different symbols"),
        ({"SYMBOL": None}, DamagedFileError, "##SYMBOL="),
        ({"UNITS": "1/CM, ABSORBANCE, SECONDS, M"}, DamagedFileError, "expected 3 values after ##UNITS="),
        ({"VAR_DIM": "23, 22, 2"}, DamagedFileError, "one number of points"),
        ({"VAR_DIM": None}, DamagedFileError, "expected ##VAR_DIM= or ##NPOINTS="),
        ({"VAR_DIM": "24, 24, 2"}, DamagedFileError, "expected 24 points"),
        ({"VAR_DIM": "2000000000"}, DamagedFileError, "expected ##NPOINTS= from 2 to"),
        ({"FACTOR": "1 ##, 0.001"}, DamagedFileError, "expected numbers after ##FACTOR="),
        ({"FACTOR": "0, 0.001"}, DamagedFileError, "a factor above 0"),
        ({"LAST": None}, DamagedFileError, "expected a number after ##LASTX="),
        ({"VAR_TYPE": "INDEPENDENT, DEPENDENT, DEPENDENT"}, DamagedFileError, "the type PAGE"),
        (
            {"VAR_TYPE": "DEPENDENT, INDEPENDENT, PAGE"},
            UnsupportedFormatError,
            "one abscissa and one ordinate",
        ),
        ({"UNITS": "HZ, ABSORBANCE, "}, UnsupportedFormatError, "found 'HZ'"),
        ({"UNITS": "1/CM, TRANSMITTANCE, "}, DamagedFileError, "one meaning of the ordinate"),
        ({"VAR_NAME": "WAVENUMBER, SPECTRUM/IMAG, "}, NotInfraredError, "imaginary"),
        ({"VAR_NAME": "WAVENUMBER, SINGLE BEAM, "}, NotInfraredError, "single-beam"),
    ],
)
def test_a_table_of_variables_that_does_not_fit_is_refused(
    rows: dict[str, str | None], error: type[FormatError], found: str
) -> None:
    reason = refused(pages([FIRST_PAGE, OTHER], EVEN, **rows))
    assert isinstance(reason, error)
    assert found in str(reason)


def test_labels_that_stray_onto_a_page_are_refused() -> None:
    text = pages([FIRST_PAGE, OTHER], EVEN)
    lost = text.replace(f"##DATA TABLE= {EVEN}\n", "", 1)
    assert "expected one ##DATA TABLE= on the page, found 0" in str(refused(lost))
    moved = text.replace("##PAGE= T=1\n", "##PAGE= T=1\n##SYMBOL= Y, X, T\n")
    assert "before the pages" in str(refused(moved))


def test_lost_pages_are_said_to_be_lost() -> None:
    text = pages([FIRST_PAGE], EVEN, VAR_DIM="23, 23, 2")
    assert read(text)[0].warnings == ("the file announces 2 pages (##VAR_DIM=), 1 are there",)
    unended = pages([FIRST_PAGE], EVEN).replace("##END NTUPLES= INFRARED SPECTRUM\n", "")
    assert read(unended)[0].warnings == ("the NTUPLES have no ##END NTUPLES=",)


def test_other_kinds_of_pages_are_named() -> None:
    text = pages([FIRST_PAGE], EVEN)
    assert "an NMR spectrum" in str(refused(text.replace("TYPE= INFRARED SPECTRUM", "TYPE= NMR FID")))
    assert "a mass spectrum" in str(refused(text.replace("##NTUPLES= INFRARED", "##NTUPLES= MASS")))
    both = text.replace("##NTUPLES=", "##XYPOINTS= (XY..XY)\n1,2\n##NTUPLES=")
    assert "nothing but NTUPLES" in str(refused(both))


def test_a_data_table_without_ntuples_is_refused() -> None:
    text = "##TITLE= x\n##DATA TYPE= INFRARED SPECTRUM\n##DATA TABLE= (XY..XY)\n1,2\n##END=\n"
    assert "expected ##NTUPLES=" in str(refused(text))


def test_many_pages_of_bombs_share_one_limit() -> None:
    tables = [[f"1000A{at}Z99999"] for at in range(30)]
    text = pages(tables, EVEN, VAR_DIM="900000", FIRST="1000", LAST="3000", MIN="", MAX="", FACTOR="1, 1e-6")
    points = sum(part.wavenumber.size for part in read(text) if isinstance(part, FileSpectrum))
    assert points <= 4_000_000
