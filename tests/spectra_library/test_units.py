"""Unit words of files by table; typed text by pint, and nothing longer than a number with a unit."""

from __future__ import annotations

import subprocess
import sys

import pytest

from spectra_library.errors import QuantityError
from spectra_library.units import (
    AxisUnit,
    OrdinateUnit,
    axis_unit,
    ordinate_unit,
    parse_quantity,
)


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("4 1/cm", "1/cm", 4),
        ("4 cm-1", "1/cm", 4),
        ("4cm^-1", "1/cm", 4),
        ("4", "1/cm", 4),
        ("2,5 kg", "g", 2500),
        ("500 mg", "g", 0.5),
        ("1e3 um", "mm", 1),
        ("20 µm", "um", 20),
        ("0.2 l", "ml", 200),
        ("12 cl", "ml", 120),
        ("400 1/m", "1/cm", 4),
        (" -3 mm ", "mm", -3),
    ],
)
def test_typed_text_becomes_a_number_of_the_asked_unit(text: str, unit: str, number: float) -> None:
    assert parse_quantity(text, unit) == pytest.approx(number, rel=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "kg",
        "4 parsnips",
        "4 kg",
        "4 cm*cm",
        "9**9**9**9 g",
        "4 g; import os",
        "1,000.5 g",
        "4 " + "m" * 90,
        "nan g",
    ],
)
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(QuantityError, match="expected"):
        parse_quantity(text, "1/cm")


def test_words_of_files_are_known_by_table() -> None:
    for words in ("1/CM", "cm-1", "cm⁻¹", "Wavenumber (cm-1)", "WAVENUMBERS", "wavenumber [1/cm]", "cm^-1"):
        assert axis_unit(words) is AxisUnit.WAVENUMBER
    for words in ("MICROMETERS", "µm", "Wavelength / um", "microns", "μm"):
        assert axis_unit(words) is AxisUnit.MICROMETRE
    assert axis_unit("Wavelength (nm)") is AxisUnit.NANOMETRE
    assert axis_unit("Wavelength") is None
    assert axis_unit("SECONDS") is None
    assert ordinate_unit("absorbance") is OrdinateUnit.ABSORBANCE
    assert ordinate_unit("% Transmittance") is OrdinateUnit.PERCENT_TRANSMITTANCE
    assert ordinate_unit("Transmission [%]") is OrdinateUnit.PERCENT_TRANSMITTANCE
    assert ordinate_unit("KUBELKA-MUNK") is OrdinateUnit.KUBELKA_MUNK
    assert ordinate_unit("log(1/R)") is OrdinateUnit.REFLECTANCE
    assert ordinate_unit("TINY ELVES") is None


def test_pint_is_not_loaded_before_somebody_types_a_unit() -> None:
    code = (
        "import sys, spectra_library.formats.reading; from spectra_library.units import parse_quantity;"
        "parse_quantity('4', '1/cm'); print('pint' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "False"
