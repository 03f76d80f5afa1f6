"""OMNIC SPA files: one spectrum through a table of blocks, or the reason why not."""

from __future__ import annotations

import re
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from spectra_library.errors import DamagedFileError, FormatError, NotInfraredError, UnsupportedFormatError
from spectra_library.formats.file_spectrum import FileSpectrum, RefusedBlock
from spectra_library.formats.reading import read_bytes, read_file
from spectra_library.spectrum import Technique
from tests.spectra_library.made.spa_files import (
    FIRST,
    KUBELKA_MUNK,
    LAST,
    PERCENT_R,
    PERCENT_T,
    POINTS,
    RAMAN,
    SINGLE_BEAM,
    VOLTS,
    band,
    complaints,
    history_of,
    percent,
    seeds,
    spa_bytes,
)

ROW = 304  # the first row of the table: that of the header


def read(content: bytes, name: str = "file.spa") -> FileSpectrum:
    (found,) = read_bytes(content, name)
    if isinstance(found, RefusedBlock):
        raise found.error
    assert isinstance(found, FileSpectrum)
    return found


def changed(content: bytes, place: int, form: str, *values: float) -> bytes:
    """Overwrite numbers of a file."""
    written = bytearray(content)
    struct.pack_into(form, written, place, *values)
    return bytes(written)


def place_of(content: bytes, key: int) -> int:
    """Where the block with this key begins, after the table of the file."""
    (rows,) = struct.unpack_from("<H", content, 294)
    table = [struct.unpack_from("<BBI", content, ROW + 16 * row) for row in range(rows)]
    return next(start for found, _, start in table if found == key)


def test_an_absorbance_spectrum_is_read_ascending_with_its_words() -> None:
    found = read(spa_bytes(band(), title="acetone \xb5l"))
    assert found.wavenumber.size == POINTS
    assert (found.wavenumber[0], found.wavenumber[-1]) == (LAST, FIRST)
    assert found.absorbance.tolist() == band()[::-1]
    assert (found.format, found.title, found.y_units) == ("spa", "acetone \xb5l", "Absorbance")
    assert found.resolution_cm == 4.0
    # 3,737,043,778 s are 43,252 days (1899-12-31 to 2018-06-02) and 19 h 42 min 58 s.
    assert found.notes.date == "2018-06-02T19:42:58Z"
    assert found.notes.instrument == "bench serial number AAA0000001"
    assert found.warnings == ()


def test_an_ascending_axis_reads_the_same_way_up() -> None:
    found = read(spa_bytes(band(), first=LAST, last=FIRST))
    assert found.absorbance.tolist() == band()
    assert (found.wavenumber[0], found.wavenumber[-1]) == (LAST, FIRST)


def test_percent_transmittance_becomes_absorbance() -> None:
    found = read(spa_bytes(percent(band()), ordinate_code=PERCENT_T))
    np.testing.assert_allclose(found.absorbance[::-1], band(), atol=1e-6)


@pytest.mark.parametrize(
    ("code", "words"),
    [(PERCENT_R, "%Reflectance"), (12, "Log(1/R)"), (KUBELKA_MUNK, "Kubelka-Munk"), (21, "Reflectance")],
)
def test_reflectance_is_named_and_kept(code: int, words: str) -> None:
    found = read(spa_bytes(band(), ordinate_code=code))
    assert found.absorbance is None
    assert found.ordinate.tolist() == band()[::-1]
    assert (found.y_units, found.technique) == (words, Technique.REFLECTANCE)
    with pytest.raises(FormatError, match=re.escape(f"found {words}, which is not converted")):
        found.spectrum()


@pytest.mark.parametrize(
    ("axis_code", "code", "error", "words"),
    [
        (1, SINGLE_BEAM, NotInfraredError, "a single-beam spectrum"),
        (1, VOLTS, NotInfraredError, "an interferogram"),
        (2, VOLTS, NotInfraredError, "an interferogram"),
        (1, RAMAN, NotInfraredError, "a Raman spectrum"),
        (32, RAMAN, NotInfraredError, "a Raman spectrum"),
        (3, 17, UnsupportedFormatError, "nanometres; export it"),
        (4, 17, UnsupportedFormatError, "micrometres; export it"),
        (9, 17, UnsupportedFormatError, "expected an axis in cm-1 .code 1., found code 9"),
        (1, 99, UnsupportedFormatError, "the unknown ordinate code 99"),
    ],
)
def test_what_is_no_infrared_spectrum_in_wavenumbers_is_named(
    axis_code: int, code: int, error: type[FormatError], words: str
) -> None:
    with pytest.raises(error, match=words):
        read(spa_bytes(band(), axis_code=axis_code, ordinate_code=code))


def test_a_group_of_spectra_is_not_read_yet() -> None:
    for content in (seeds()["group"], spa_bytes(band(), more_rows=[(2, bytes(140))])):
        with pytest.raises(
            UnsupportedFormatError, match=r"SPG file \(a group of spectra\), which is not read"
        ):
            read_bytes(content, "group.spg")


def test_interferograms_beside_the_spectrum_do_no_harm() -> None:
    found = read(spa_bytes(band(), interferograms=True))
    assert found.absorbance.tolist() == band()[::-1]
    with pytest.raises(NotInfraredError, match="an interferogram without ordinates"):
        read(spa_bytes(band(), interferograms=True, without=[3]))


def test_a_blanked_stretch_is_a_gap() -> None:
    values = band()
    values[20:24] = [float("nan")] * 4
    found = read(spa_bytes(values))
    x = np.linspace(FIRST, LAST, POINTS)
    assert found.wavenumber.size == POINTS - 4
    assert found.gaps == ((pytest.approx(x[24]), pytest.approx(x[19])),)


def test_technique_comes_from_plain_words_only() -> None:
    assert read(spa_bytes(band())).technique is Technique.UNKNOWN
    assert read(spa_bytes(band(), comments=["Smart Orbit diamond ATR"])).technique is Technique.ATR
    assert read(spa_bytes(band(), comments=["KBr pellet"])).technique is Technique.TRANSMISSION
    assert read(spa_bytes(band(), comments=["ATR", "KBr pellet"])).technique is Technique.UNKNOWN


def test_after_an_atr_correction_it_is_no_atr_spectrum() -> None:
    history = history_of("Absorbance") + "\tAdvanced ATR correction, diamond\r\n"
    found = read(spa_bytes(band(), history=history, comments=["ATR"]))
    assert found.technique is Technique.UNKNOWN
    assert found.warnings == ("the history names an ATR correction: not taken for an ATR spectrum",)


def test_a_history_that_says_otherwise_is_a_warning() -> None:
    (said,) = read(spa_bytes(band(), history=history_of("%Reflectance"))).warnings
    assert said == "the history of the file says %Reflectance, its header Absorbance: read as Absorbance"
    converted = history_of("%Transmittance") + "\tConverted to Absorbance\r\n"
    assert read(spa_bytes(band(), history=converted)).warnings == ()
    (said,) = read(spa_bytes(band(), history=history_of("Absorbance", low="800.0000"))).warnings
    assert said == "the history of the file says 800.0 to 4000.0 cm-1, its header 650.5 to 4000.0 cm-1"


def test_a_cut_spectrum_is_narrower_than_its_history_without_a_warning() -> None:
    assert read(spa_bytes(band(), history=history_of("Absorbance", low="400.0000"))).warnings == ()


def test_without_a_title_the_name_of_the_file_serves() -> None:
    assert read(spa_bytes(band(), title=""), "acetone.spa").title == "acetone"


def test_hostile_text_is_cleaned() -> None:
    assert read(spa_bytes(band(), title="a\x1bb\r\nc\xad")).title == "ab c"


@pytest.mark.parametrize("count", [2, POINTS - 1, POINTS + 1, 0xFFFFFFFF])
def test_a_count_that_does_not_fit_the_ordinates_is_refused(count: int) -> None:
    with pytest.raises(DamagedFileError, match="expected"):
        read(spa_bytes(band(), points=count))


def test_a_huge_count_takes_no_memory() -> None:
    content = spa_bytes(band(), points=1_000_000)
    tracemalloc.start()
    with pytest.raises(DamagedFileError, match="expected 4000000 bytes for 1000000 points, found 240"):
        read(content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000


def test_blocks_outside_the_file_or_over_each_other_are_refused() -> None:
    content = spa_bytes(band())
    with pytest.raises(DamagedFileError, match="byte 304: expected a block between bytes 352 and 860"):
        read(changed(content, ROW + 2, "<I", len(content)))
    with pytest.raises(DamagedFileError, match="expected a block between"):
        read(changed(content, ROW + 2, "<I", 100))
    with pytest.raises(DamagedFileError, match="header alone, found ordinates in the same place"):
        read(changed(content, ROW + 2, "<I", place_of(content, 3)))
    with pytest.raises(DamagedFileError, match="byte 294: expected 1 to 34 blocks"):
        read(changed(content, 294, "<H", 60_000))
    with pytest.raises(DamagedFileError, match="expected one block of header, found 0"):
        read(spa_bytes(band(), without=[2]))
    with pytest.raises(DamagedFileError, match="expected one block of ordinates, found 2"):
        read(spa_bytes(band(), more_rows=[(3, bytes(240))]))


def test_every_cut_is_refused() -> None:
    content = spa_bytes(band())
    for size in range(18, len(content)):
        with pytest.raises(DamagedFileError):
            read(content[:size])


@pytest.mark.parametrize("wavenumber", [0.0, -400.0, float("nan"), float("inf"), 1e9, FIRST])
def test_a_last_wavenumber_that_is_none_is_refused(wavenumber: float) -> None:
    with pytest.raises(DamagedFileError, match=r"expected wavenumbers|expected an axis"):
        read(spa_bytes(band(), last=wavenumber))


def test_an_infinite_ordinate_is_refused_with_its_place() -> None:
    content = spa_bytes(band())
    at = place_of(content, 3) + 4 * 7
    with pytest.raises(DamagedFileError, match=f"byte {at}: expected a finite ordinate"):
        read(changed(content, at, "<f", float("inf")))


def test_percent_and_absorbance_are_told_apart_in_the_data() -> None:
    with pytest.raises(DamagedFileError, match="as in percent transmittance"):
        read(spa_bytes(percent(band())))
    with pytest.raises(DamagedFileError, match="as in absorbance"):
        read(spa_bytes(band(), ordinate_code=PERCENT_T))


@pytest.mark.parametrize("name", seeds())
def test_the_slow_checker_agrees_and_would_complain(name: str) -> None:
    content = seeds()[name]
    try:
        parts = read_bytes(content, "seed.spa")
    except FormatError:
        return
    assert complaints(content, parts) == []
    if isinstance(parts[0], FileSpectrum):
        # The failing control: the same numbers against a file with one other ordinate, another axis.
        at = place_of(content, 3) + 4 * 40
        assert complaints(changed(content, at, "<f", 0.77), parts)
        assert complaints(changed(content, place_of(content, 2) + 20, "<f", 651.5), parts)


def test_the_real_file_has_the_numbers_of_its_header_and_history(samples: Path) -> None:
    path = samples / "vendor_formats" / "ftir_polyethylene_reflectance_adjustment_not_working.spa"
    (found,) = read_file(path)
    assert isinstance(found, FileSpectrum)
    # Two places of the file say so: the header block, and the history in words.
    assert b"%Reflectance" in path.read_bytes()
    assert b"4.000 from 649.9207 to 3999.8086" in path.read_bytes()
    assert (round(found.wavenumber[0], 4), round(found.wavenumber[-1], 4)) == (649.9207, 3999.8086)
    assert (found.wavenumber.size, found.resolution_cm, found.y_units) == (1738, 4.0, "%Reflectance")
    # First, last, smallest and largest ordinate as spectrochempy-omnic 0.2.1 reads them (float32).
    expected = np.float32([100.4965, 95.18974, 61.510986, 102.87708])
    y = found.ordinate
    np.testing.assert_allclose([y[-1], y[0], y.min(), y.max()], expected, rtol=1e-6)
    assert found.absorbance is None
    assert found.title == "Parafilm Test"
    assert found.notes.date == "2018-06-02T19:42:58Z"  # its background was collected at 19:40:33 UTC
    assert complaints(path.read_bytes(), (found,)) == []
