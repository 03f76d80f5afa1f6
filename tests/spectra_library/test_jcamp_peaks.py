"""Infrared peak tables and peak assignments to lists of bands."""

from __future__ import annotations

import math

import pytest

from spectra_library.errors import DamagedFileError, FormatError, NotInfraredError, UnsupportedFormatError
from spectra_library.formats.file_spectrum import FileBandList, RefusedBlock
from spectra_library.formats.reading import read_bytes
from tests.spectra_library.made.jcamp_files import peaks

PAIRS = "PEAK TABLE= (XY..XY)"
ASSIGNED = "PEAK ASSIGNMENTS= (XYA)"


def read(text: str) -> FileBandList:
    (found,) = read_bytes(text.encode(), "peaks.jdx")
    if isinstance(found, RefusedBlock):
        raise found.error
    assert isinstance(found, FileBandList)
    return found


def test_absorbances_become_strengths_of_the_strongest() -> None:
    found = read(peaks(["1450 0.8; 1200, 0.2 1000 0.4"], PAIRS, NPOINTS="3"))
    assert found.wavenumber.tolist() == [1000, 1200, 1450]
    assert found.strength.tolist() == pytest.approx([0.5, 0.25, 1.0])
    assert (found.title, found.cas, found.phase) == ("made up", "64-17-5", "liquid")
    assert (found.x_units, found.y_units, found.format) == ("1/CM", "ABSORBANCE", "jcamp-dx")
    assert found.notes.origin == "Agency A"
    assert found.warnings == ()


def test_a_low_transmittance_is_a_strong_band() -> None:
    found = read(peaks(["1000 10", "1200 50", "1450 100"], PAIRS, YUNITS="%T"))
    assert found.strength.tolist() == pytest.approx([1.0, -math.log10(0.5), 0.0])
    saturated = read(peaks(["1000 0", "1200 0.1", "1450 0.5"], PAIRS, YUNITS="TRANSMITTANCE"))
    assert saturated.strength.tolist() == pytest.approx([1.0, 0.5, -math.log10(0.5) / 2])
    named = read(peaks(["1000 10", "1200 50"], PAIRS, YUNITS="TRANSMITTANCE"))
    assert "read as percent" in named.warnings[0]


@pytest.mark.parametrize(
    ("units", "said"),
    [
        ("ARBITRARY UNITS", "no strength of a band"),
        ("REFLECTANCE", "no strength of a band"),
        (None, "an ordinate without a name"),
        ("%T", "may be fractions"),
    ],
)
def test_an_ordinate_that_is_no_strength_makes_all_peaks_alike(units: str | None, said: str) -> None:
    found = read(peaks(["1000 0.4", "1200 0.8"], PAIRS, YUNITS=units))
    assert found.strength.tolist() == [1, 1]
    assert said in found.warnings[0]


def test_widths_and_assignments_are_passed_over() -> None:
    wide = read(peaks(["1000, 0.5, 12 1200,1,20"], "PEAK TABLE= (XYW..XYW)", NPOINTS="2"))
    assert (wide.wavenumber.tolist(), wide.strength.tolist()) == ([1000, 1200], [0.5, 1])
    rows = ["(1200, 1.0, <C-O, (strong)\nand more>)", "( 1000 , 5E-1 ,<>)"]
    named = read(peaks(rows, ASSIGNED))
    assert (named.wavenumber.tolist(), named.strength.tolist()) == ([1000, 1200], [0.5, 1])
    both = read(peaks(["(1200, 1, 8, <a>)", "(1000, .5,, <b>)"], "PEAK ASSIGNMENTS= (XYWA)"))
    assert (both.wavenumber.tolist(), both.strength.tolist()) == ([1000, 1200], [0.5, 1])


def test_assignments_without_ordinates_are_all_strong() -> None:
    found = read(peaks(["(1200,, <C-O>)", "(1000,, <C-C>)"], ASSIGNED))
    assert found.strength.tolist() == [1, 1]
    assert found.warnings == ("the peaks have no ordinates: all count as strong",)


def test_peaks_at_one_position_are_merged_into_the_stronger_one() -> None:
    found = read(peaks(["1000 0.5", "1200 1", "1000 0.8"], PAIRS))
    assert (found.wavenumber.tolist(), found.strength.tolist()) == ([1000, 1200], [0.8, 1])
    assert found.warnings == ("1 peaks stand at the position of a stronger one and were merged with it",)


def test_wavelengths_become_wavenumbers_and_factors_apply() -> None:
    found = read(peaks(["50 100", "80 50"], PAIRS, XUNITS="MICROMETERS", XFACTOR="0.1", YFACTOR="0.01"))
    assert found.wavenumber.tolist() == pytest.approx([1250, 2000])
    assert found.strength.tolist() == [0.5, 1]


@pytest.mark.parametrize("said", ["1", "3", "0", "1.5", "", "1e9"])
@pytest.mark.parametrize("form", [PAIRS, ASSIGNED])
def test_a_wrong_number_of_peaks_is_refused(form: str, said: str) -> None:
    rows = ["1000 0.5", "1200 1"] if form == PAIRS else ["(1000, 0.5, <a>)", "(1200, 1, <b>)"]
    with pytest.raises(DamagedFileError, match=r"expected .*(NPOINTS|points)"):
        read(peaks(rows, form, NPOINTS=said))


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("1000, 0.5, <a>", "expected a peak in brackets, found '1000, 0.5, <a>'"),
        ("(1000, 0.5, a)", "expected a peak in brackets"),
        ("(1000, 0.5, <a)", "expected a peak in brackets"),
        ("(x, 0.5, <a>)", "expected a peak in brackets"),
        ("(1000, 0.5, 3, <a>)", "expected a peak in brackets"),
    ],
)
def test_an_assignment_that_is_none_is_refused_with_its_line(row: str, found: str) -> None:
    with pytest.raises(DamagedFileError, match=found) as caught:
        read(peaks(["(900, 1, <b>)", row], ASSIGNED))
    assert str(caught.value).startswith("line 13: ")


def test_peaks_outside_the_range_of_the_header_are_refused() -> None:
    assert read(peaks(["1000 0.5", "1200 1"], PAIRS, FIRSTX="4000", LASTX="400")).wavenumber.size == 2
    with pytest.raises(DamagedFileError, match=r"expected peaks from 4000 to 1100 .* found 1000"):
        read(peaks(["1000 0.5", "1200 1"], PAIRS, FIRSTX="4000", LASTX="1100"))


def test_ordinates_that_contradict_the_header_are_refused() -> None:
    with pytest.raises(DamagedFileError, match="contradict the header"):
        read(peaks(["1000 0.5", "1200 1"], PAIRS, MAXY="2.0"))
    with pytest.raises(DamagedFileError, match="as in percent transmittance"):
        read(peaks(["1000 50", "1200 99"], PAIRS))


@pytest.mark.parametrize(
    ("labels", "error", "found"),
    [
        ({"DATA TYPE": "NMR PEAK TABLE"}, NotInfraredError, "an NMR spectrum"),
        ({"DATA TYPE": "MASS SPECTRUM"}, NotInfraredError, "a mass spectrum"),
        ({"DATA TYPE": "RAMAN PEAK TABLE"}, NotInfraredError, "a Raman spectrum"),
        ({"XUNITS": "PPM"}, UnsupportedFormatError, "found 'PPM'"),
        ({"XFACTOR": "10"}, NotInfraredError, "near infrared"),
        ({"XFACTOR": "-1"}, DamagedFileError, "a factor above 0"),
    ],
)
def test_other_peak_tables_are_refused_in_words(
    labels: dict[str, str], error: type[FormatError], found: str
) -> None:
    with pytest.raises(error, match=found):
        read(peaks(["1000 0.5", "1200 1"], PAIRS, **labels))


def test_a_hostile_list_of_assignments_takes_no_time() -> None:
    for row in ("(1000," + " " * 500_000, "(1000, 1, <" + "<" * 500_000, "(" * 500_000):
        with pytest.raises(DamagedFileError, match="expected a peak in brackets"):
            read(peaks([row], ASSIGNED))
