"""Real files of many programs: read right, or refused in one sentence.

Expected numbers are the files' own: counts and ends from their headers, values from FIRSTY, MAXY and
MINY, or from a second encoding of the same measurement.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from spectra_library.errors import FormatError
from spectra_library.formats.file_spectrum import FileSpectrum, RefusedBlock
from spectra_library.formats.jcamp import read_jcamp
from spectra_library.formats.plain_text import decode
from spectra_library.formats.reading import read_bytes, read_file

FOLDERS = ("jcamp_format_variants", "jcamp_uwi_public_domain", "vendor_formats")

# file, block, points of the header, lowest and highest x of the header, transmittance or absorbance
# at the low end of the header's own FIRSTY (ascending files) or None.
READ = [
    ("jcamp_format_variants/isopropanol_ASDF.jdx", 0, 9541, 400.1963, 5000.042),
    ("jcamp_format_variants/ethanol2.jdx", 0, 1764, 599.86169434, 4000.36425781),
    ("jcamp_format_variants/IR.dx", 0, 2559, 373.96442, 3997.453),
    ("jcamp_format_variants/fdm_c175.dx", 0, 2559, 373.96442, 3997.453),
    ("jcamp_format_variants/dupdec1.jdx", 0, 3951, 450, 4400),
    ("jcamp_format_variants/dupdec2.jdx", 0, 3951, 450, 4400),
    ("jcamp_format_variants/dupinc2.jdx", 0, 3734, 400.172, 3999.792),
    ("jcamp_format_variants/fixdec1.jdx", 0, 3951, 450, 4400.007),
    ("jcamp_format_variants/fixinc1.jdx", 0, 3736, 399.263973, 4001.31938),
    ("jcamp_format_variants/fixinc2.jdx", 0, 3601, 400, 4000),
    ("jcamp_format_variants/jtpolys.jdx", 0, 1844, 447.484259, 4002.28378),
    ("jcamp_format_variants/pacdec1.jdx", 0, 3301, 700, 4000),
    ("jcamp_format_variants/sqzdupd1.jdx", 0, 18669, 499.95502, 5000.0323),
    ("jcamp_format_variants/xyinc1.jdx", 0, 3601, 400, 4000),
    ("jcamp_format_variants/compound.jdx", 4, 3951, 450, 4400),
    ("jcamp_format_variants/scientific_notation_example.jdx", 0, 1867, 399.361384615384, 3999.40169230769),
    ("jcamp_format_variants/example_multiline_datasets.jdx", 0, 1919, 401.127686, 7798.848633),
    ("jcamp_uwi_public_domain/BLKClaniline.jdx", 2, 7800, 500.0001, 4399.50050258),
    ("jcamp_uwi_public_domain/Blketbenzene.jdx", 0, 8001, 500, 4500),
    ("jcamp_uwi_public_domain/IR4_cyclohexanone_thin_film.jdx", 0, 3512, 594, 4105),
    ("jcamp_uwi_public_domain/IR4_n_hexane.jdx", 0, 6701, 650, 4000),
    ("jcamp_uwi_public_domain/NH3BH3.jdx", 2, 868, 600, 3999.986),
    ("jcamp_uwi_public_domain/acetophenone.jdx", 0, 3632, 499.5, 4000.878),
    ("jcamp_uwi_public_domain/aniline_acetanilide_IR.dx", 1, 1759, 450, 3966),
    ("jcamp_uwi_public_domain/pclanilIR.jdx", 0, 1801, 400, 4000.003),
    ("jcamp_uwi_public_domain/urea.jdx", 0, 297, 422.439, 3991.775),
    ("vendor_formats/fitr_nitrocellulose.jdx", 0, 7154, 599.91952, 7498.994),
    ("vendor_formats/ftir_pva_without_header.csv", 0, 863, 674.9918, 3999.809),
]


@pytest.fixture(scope="module")
def samples() -> Path:
    folder = os.environ.get("CHEMGATE_SAMPLES")
    if not folder:
        pytest.skip("CHEMGATE_SAMPLES names no folder of sample files")
    return Path(folder)


def spectrum_of(path: Path, block: int = 0) -> FileSpectrum:
    found = read_file(path)[block]
    assert isinstance(found, FileSpectrum), found
    return found


@pytest.mark.parametrize(
    ("name", "block", "points", "low", "high"), READ, ids=[f"{row[0]}-{row[1]}" for row in READ]
)
def test_sample_files_read_as_their_headers_say(
    samples: Path, name: str, block: int, points: int, low: float, high: float
) -> None:
    found = spectrum_of(samples / name, block)
    # Points without a positive transmittance are gaps: no more may be missing than they account for.
    assert found.wavenumber.size <= points
    assert found.wavenumber.size == points or found.gaps
    assert found.wavenumber[0] == pytest.approx(low, abs=1e-3)
    assert found.wavenumber[-1] == pytest.approx(high, abs=1e-3)


@pytest.mark.parametrize(
    ("name", "at_low_end", "low", "high"),
    [
        # FIRSTY, MINY and MAXY of the header; percent where the file has percent
        ("ethanol2.jdx", 0.4158246994, 0.1397983932, 0.9472448730),
        ("jtpolys.jdx", 0.9816334969, 0.3428528714, 1.022816066),
        ("IR.dx", None, 0.27871406, 1.0055419),
        ("fdm_c175.dx", None, 0.95651543, 1.0010616),
        ("dupdec1.jdx", None, 0.0001, 0.871),
        ("example_multiline_datasets.jdx", 1.014020, 0.948091, 1.019141),
    ],
)
def test_transmittances_are_those_of_the_header(
    samples: Path, name: str, at_low_end: float | None, low: float, high: float
) -> None:
    found = spectrum_of(samples / "jcamp_format_variants" / name)
    assert found.absorbance is not None
    transmittance = 10**-found.absorbance
    assert transmittance.min() == pytest.approx(low, abs=1.1e-4)  # one unit of dupdec1
    assert transmittance.max() == pytest.approx(high, rel=1e-4)
    if at_low_end is not None:
        assert transmittance[0] == pytest.approx(at_low_end, rel=1e-4)


def test_isopropanol_has_the_extremes_of_its_header_and_a_wrong_first_ordinate(samples: Path) -> None:
    found = spectrum_of(samples / "jcamp_format_variants" / "isopropanol_ASDF.jdx")
    assert found.absorbance is not None
    assert found.absorbance.min() == pytest.approx(-0.09, abs=0.005)
    assert found.absorbance.max() == pytest.approx(0.37, abs=0.005)
    assert found.warnings == ("##FIRSTY= says 0, the data have 0.0300519",)
    peak = found.wavenumber[np.argmax(found.absorbance)]
    assert 940 < peak < 960  # the C-O stretch of 2-propanol near 950 cm-1, known from any textbook


@pytest.mark.parametrize("other", ["xyinc1.jdx", "dupinc2.jdx"])
def test_indene_is_the_same_as_absorbance_and_as_transmittance(samples: Path, other: str) -> None:
    one = spectrum_of(samples / "jcamp_format_variants" / "fixinc2.jdx")
    two = spectrum_of(samples / "jcamp_format_variants" / other)
    assert one.absorbance is not None
    assert two.absorbance is not None
    common = np.interp(one.wavenumber, two.wavenumber, two.absorbance)
    assert np.abs(10**-one.absorbance - 10**-common).max() < 0.006
    assert np.median(np.abs(one.absorbance - common)) < 5e-5


def test_the_same_block_in_two_envelopes_is_the_same_spectrum(samples: Path) -> None:
    one = spectrum_of(samples / "jcamp_uwi_public_domain" / "BLKClaniline.jdx", 4)
    two = spectrum_of(samples / "jcamp_uwi_public_domain" / "Claniline.jdx", 4)
    assert one.absorbance is not None
    assert two.absorbance is not None
    assert one.absorbance.tobytes() == two.absorbance.tobytes()


def test_a_factor_that_contradicts_all_ordinates_of_the_header_is_refused(samples: Path) -> None:
    # YFACTOR lost a digit when this twin of jtpolys.jdx was written: 2.388 instead of 2.384e-9.
    (found,) = read_file(samples / "jcamp_format_variants" / "jtpolysd.jdx")
    assert isinstance(found, RefusedBlock)
    assert "contradict the header: ##FIRSTY=" in str(found.error)
    content = (samples / "jcamp_format_variants" / "jtpolysd.jdx").read_bytes()
    (mended,) = read_bytes(content.replace(b"2.3884185791e-09", b"2.384185791e-09"), "mended.jdx")
    twin = spectrum_of(samples / "jcamp_format_variants" / "jtpolys.jdx")
    assert isinstance(mended, FileSpectrum)
    assert mended.absorbance is not None
    # MINY of this file is wrong too, so only a warning is left; its numbers are those of the twin.
    assert np.abs(mended.absorbance - twin.absorbance).max() < 1e-6


def test_every_sample_file_is_read_or_refused_in_one_sentence(samples: Path) -> None:
    paths = [path for folder in FOLDERS for path in sorted((samples / folder).rglob("*")) if path.is_file()]
    assert len(paths) > 80
    for path in paths:
        try:
            blocks = read_file(path)
        except FormatError as error:
            blocks = (RefusedBlock(block=0, error=error),)
        assert [block.block for block in blocks] == list(range(len(blocks)))
        for block in blocks:
            if isinstance(block, RefusedBlock):
                message = str(block.error)
                assert message
                assert "\n" not in message
                assert len(message) < 300
            elif block.absorbance is not None:
                block.spectrum()


def test_a_flipped_digit_in_difference_form_is_found(samples: Path) -> None:
    text = decode((samples / "jcamp_format_variants" / "dupdec1.jdx").read_bytes())
    assert isinstance(read_jcamp(text)[0], FileSpectrum)
    broken = text.replace("4400H225J3RJ1", "4400H225J4RJ1", 1)
    assert broken != text
    (found,) = read_jcamp(broken)
    assert isinstance(found, RefusedBlock)
    assert str(found.error).startswith("line 26: the Y-check failed")


def test_the_shared_long_table_holds_its_spectra(samples: Path) -> None:
    import lzma

    path = samples / "openspecy_v1" / "ftir_library.csv.xz"
    with lzma.open(path, "rt", encoding="utf-8") as stream:
        head = "".join(line for line, _ in zip(stream, range(20_001), strict=False))
    found = read_bytes(head.encode(), "ftir_library.csv")
    assert all(isinstance(block, FileSpectrum) for block in found)
    assert [block.title for block in found] == [str(i + 1) for i in range(len(found))]
    assert found[0].wavenumber.size == 1300
    assert (found[0].wavenumber[0], found[0].wavenumber[-1]) == (667.3, 3172.4)
