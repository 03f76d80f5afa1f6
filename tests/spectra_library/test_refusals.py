"""Raman, near infrared, gases and reflectance are refused with the reason, by every way to a name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spectra_library.errors import NotInfraredError, SpectraLibraryError, SpectrumError
from spectra_library.formats.file_spectrum import FileSpectrum, RefusedBlock
from spectra_library.formats.reading import read_bytes, read_file
from spectra_library.identify import identify
from spectra_library.refusals import refuse_unsuitable
from spectra_library.spectrum import Spectrum, Technique

AXIS = np.arange(700.0, 4000.0, 4.0)
LIQUID = Spectrum(AXIS, np.exp(-(((AXIS - 1700.0) / 20.0) ** 2)), Technique.ATR)
GAS_FILE = b"""##TITLE= a gas
##JCAMP-DX= 4.24
##DATA TYPE= INFRARED SPECTRUM
##ORIGIN= made up
##OWNER= public domain
##STATE= GAS (%s)
##XUNITS= 1/CM
##YUNITS= ABSORBANCE
##FIRSTX= 1000
##LASTX= 1004
##DELTAX= 2
##NPOINTS= 3
##XFACTOR= 1
##YFACTOR= 1
##XYDATA= (X++(Y..Y))
1000 1 2 3
##END=
"""


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (replace(LIQUID, is_gas=True), "found a gas or vapour"),
        (replace(LIQUID, technique=Technique.REFLECTANCE), "found reflectance"),
        (Spectrum(AXIS + 4000.0, LIQUID.absorbance), r"near infrared: 4700 to 7996 cm-1"),
        (Spectrum(AXIS / 40.0, LIQUID.absorbance), r"far infrared: 18 to 100 cm-1"),
    ],
)
def test_what_is_no_question_is_refused_with_the_reason(asked, reason, prepared_starter, catalogue):
    with pytest.raises(SpectrumError, match=reason):
        identify(asked, prepared_starter, catalogue)


def test_a_liquid_of_any_known_or_unknown_technique_is_a_question():
    for technique in (Technique.ATR, Technique.TRANSMISSION, Technique.UNKNOWN):
        refuse_unsuitable(replace(LIQUID, technique=technique))


def test_a_file_that_says_gas_becomes_a_spectrum_of_a_gas_which_can_be_read_but_not_named(
    prepared_starter, catalogue
):
    [block] = read_bytes(GAS_FILE.replace(b"%s", b"150 mmHg"), "gas.jdx")
    assert isinstance(block, FileSpectrum)

    with pytest.raises(SpectrumError, match="gas"):
        identify(block.spectrum(), prepared_starter, catalogue)


@pytest.mark.parametrize("words", ["gasoline", "degassed liquid", "liquid (neat)", "solid"])
def test_a_liquid_with_gas_in_its_name_is_none(words):
    [block] = read_bytes(GAS_FILE.replace(b"GAS (%s)", words.encode()), "liquid.jdx")

    assert isinstance(block, FileSpectrum)
    assert not block.is_gas


def test_real_raman_and_near_infrared_files_are_refused_by_name(samples: Path):
    reasons = []
    for path in sorted(samples.rglob("*")):
        if not path.is_file():
            continue
        try:
            blocks = read_file(path)
        except SpectraLibraryError:
            continue
        reasons += [
            str(block.error)
            for block in blocks
            if isinstance(block, RefusedBlock) and isinstance(block.error, NotInfraredError)
        ]
    assert sum("a Raman spectrum" in one for one in reasons) >= 8
    assert sum("near infrared" in one for one in reasons) >= 2
