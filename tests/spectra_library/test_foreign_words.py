"""Headings that name something else, and cells above the first good row: never read in silence."""

from __future__ import annotations

import numpy as np
import pytest

from spectra_library.errors import DamagedFileError, UnsupportedFormatError
from spectra_library.formats.file_spectrum import FileSpectrum, RefusedBlock
from spectra_library.formats.reading import read_bytes
from spectra_library.spectrum import Technique

AXIS = np.arange(700.0, 800.0, 2.0)
BAND = 0.02 + np.exp(-(((AXIS - 750) / 4) ** 2))


def read(text: str) -> list[FileSpectrum]:
    found = read_bytes(text.encode(), "table.csv")
    for block in found:
        if isinstance(block, RefusedBlock):
            raise block.error
    return [block for block in found if isinstance(block, FileSpectrum)]


def table(header: str, y: np.ndarray = BAND) -> str:
    return header + "\n" + "".join(f"{a!r},{b!r}\n" for a, b in zip(AXIS.tolist(), y.tolist(), strict=True))


@pytest.mark.parametrize(
    "heading",
    [
        *("time (s)", "Time", "temperature (K)", "energy (meV)", "Energy / eV", "wavenumber (mm-1)"),
        *(
            "wavenumber / mm-1",
            "Wavenumber mm-1",
            "frequency (THz)",
            "Frequency [Hz]",
            "point",
            "Index",
            "id",
        ),
        *("s", "eV", "Время, с", "temperatur (K)", "something (furlongs)"),
    ],
)
def test_an_axis_of_another_quantity_or_unit_is_refused(heading: str) -> None:
    with pytest.raises(UnsupportedFormatError, match="expected an axis in cm-1, micrometres or nanometres"):
        read(table(f'"{heading}",absorbance'))


@pytest.mark.parametrize("header", ["point;absorbance", "XUNITS,SECONDS", "Wavenumber,acetone\nmm-1,A"])
def test_another_axis_is_noticed_wherever_it_is_named(header: str) -> None:
    with pytest.raises(UnsupportedFormatError, match="expected an axis in cm-1, micrometres or nanometres"):
        read(table(header))


@pytest.mark.parametrize("heading", ["λ", "lambda", "Wavelength"])
def test_a_lambda_without_a_unit_is_no_wavenumber(heading: str) -> None:
    with pytest.raises(UnsupportedFormatError, match="of a wavelength without a unit"):
        read(table(f"{heading},absorbance"))


@pytest.mark.parametrize(
    "heading",
    ["Wavenumber (cm-1)", "x (cm-1)", "Frequency (1/cm)", "Frequency", "x", "Column1", "Wavenumbers"],
)
def test_an_axis_that_is_infrared_or_not_named_is_still_read(heading: str) -> None:
    assert read(table(f"{heading},absorbance"))[0].wavenumber.tolist() == AXIS.tolist()


@pytest.mark.parametrize(
    ("heading", "technique"),
    [
        *(
            (word, Technique.UNKNOWN)
            for word in ("absorptance", "emissivity", "napierian absorbance", "k", "n")
        ),
        ("absorption coefficient (cm-1)", Technique.UNKNOWN),
        ("difference absorbance", Technique.UNKNOWN),
        ("d absorbance/dv", Technique.UNKNOWN),
        ("absorbance x1000", Technique.UNKNOWN),
        ("emission absorbance", Technique.UNKNOWN),
        ("reflectivity", Technique.REFLECTANCE),
        ("absorbance (log 1/R)", Technique.REFLECTANCE),
    ],
)
def test_an_ordinate_of_another_meaning_is_kept_by_its_name(heading: str, technique: Technique) -> None:
    (found,) = read(table(f'wavenumber,"{heading}"'))
    assert found.absorbance is None
    assert found.ordinate is not None
    assert found.ordinate.tolist() == BAND.tolist()
    assert (found.y_units, found.technique) == (heading, technique)


def test_a_line_above_the_table_may_name_another_ordinate() -> None:
    assert read(table("XUNITS,1/CM\nYUNITS,ABSORPTANCE"))[0].absorbance is None


def test_a_long_table_keeps_another_ordinate_too() -> None:
    rows = "".join(f"{name},{x},0.{x}\n" for name in "ab" for x in range(700, 720))
    assert [found.absorbance for found in read("name,wavenumber,absorptance\n" + rows)] == [None, None]


@pytest.mark.parametrize(
    "heading",
    [
        "acetone",
        "nickel",
        "k2",
        "attenuated total reflection (absorbance)",
        "DMT (absorbance)",
        "1,4-diol (A)",
    ],
)
def test_names_of_substances_are_still_titles(heading: str) -> None:
    (found,) = read(table(f'wavenumber,"{heading}"'))
    assert found.absorbance is not None
    assert found.title == heading.split(" (", maxsplit=1)[0]


@pytest.mark.parametrize("cell", ["10.Jan", "#REF!", "inf", "1e999", "0x10", "1_0", "0.1x"])
@pytest.mark.parametrize("header", ["wavenumber,absorbance\n", "x,acetone\n", "\n"])
def test_a_bad_cell_before_the_first_good_row_is_refused_with_its_line(header: str, cell: str) -> None:
    rows = "".join(f"{x},0.1\n" for x in range(704, 740, 2))
    with pytest.raises(DamagedFileError, match="line 2: expected a number, found"):
        read(f"{header}700,{cell}\n702,{cell}\n{rows}")


def test_an_ordinate_that_is_missing_in_the_first_row_is_a_missing_one() -> None:
    (found,) = read("wavenumber,absorbance\n698,\n" + table("")[1:])
    assert found.warnings == ("1 points without an ordinate dropped at the low end",)


def test_the_minus_of_typesetting_is_a_minus() -> None:
    (found,) = read(table("wavenumber,absorbance", BAND - 0.1).replace("-", "\u2212"))
    assert found.absorbance is not None
    assert found.absorbance.tolist() == (BAND - 0.1).tolist()


def test_bands_without_a_positive_transmittance_are_said_to_be_left_out() -> None:
    percent = 100 * 10**-BAND - 30
    (found,) = read(table("wavenumber,%T", percent))
    dark = int(np.count_nonzero(percent <= 0))
    assert dark > 0
    assert found.warnings == (f"{dark} points without a positive transmittance left out inside the range",)
