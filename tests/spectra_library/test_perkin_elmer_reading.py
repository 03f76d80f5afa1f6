"""PerkinElmer SP files: one spectrum in nested blocks, or the reason why not."""

from __future__ import annotations

import math
import os
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from spectra_library.errors import DamagedFileError, FormatError, NotInfraredError, UnsupportedFormatError
from spectra_library.formats.file_spectrum import FileSpectrum, RefusedBlock
from spectra_library.formats.reading import read_bytes, read_file
from spectra_library.spectrum import Technique
from tests.spectra_library.made.perkin_elmer_files import (
    ALIAS,
    COUNT,
    EXTREMES,
    FIRST,
    INVALID,
    LAST,
    ORDINATES,
    POINTS,
    STEP,
    accessory,
    band,
    block,
    complaints,
    percent,
    seeds,
    sp_bytes,
)


def read(content: bytes, name: str = "file.sp") -> FileSpectrum:
    (found,) = read_bytes(content, name)
    if isinstance(found, RefusedBlock):
        raise found.error
    assert isinstance(found, FileSpectrum)
    return found


def test_an_absorbance_spectrum_is_read_ascending_with_its_words() -> None:
    found = read(sp_bytes(band(), alias="strip \xb5"))
    assert (found.wavenumber.size, found.wavenumber[0], found.wavenumber[-1]) == (POINTS, LAST, FIRST)
    assert found.absorbance.tolist() == band()[::-1]
    assert (found.format, found.title, found.x_units, found.y_units) == ("sp", "strip \xb5", "cm-1", "A")
    assert found.notes.instrument == "Spectrum One, serial number 00001"
    assert found.notes.date == "2006-03-09T09:17:56"  # of the oldest record, in words in its history
    assert found.warnings == ()


def test_an_ascending_axis_reads_the_same_way_up() -> None:
    found = read(sp_bytes(band(), first=LAST, step=-STEP))
    assert found.absorbance.tolist() == band()
    assert (found.wavenumber[0], found.wavenumber[-1]) == (LAST, FIRST)


def test_percent_transmittance_becomes_absorbance_and_percent_reflectance_stays() -> None:
    assert read(sp_bytes(percent(band()), y_label="%T")).absorbance == pytest.approx(band()[::-1])
    reflectance = read(sp_bytes(percent(band()), y_label="%R"))
    assert reflectance.absorbance is None
    assert reflectance.ordinate.tolist() == percent(band())[::-1]


def test_percent_and_absorbance_are_told_apart_in_the_data() -> None:
    with pytest.raises(DamagedFileError, match="as in percent transmittance"):
        read(sp_bytes(percent(band())))
    with pytest.raises(DamagedFileError, match="as in absorbance"):
        read(sp_bytes(band(), y_label="%T"))


def test_an_ordinate_without_a_name_is_concluded_and_said() -> None:
    assert read(sp_bytes(band(), y_label="")).warnings == ("the ordinate is not named: read as absorbance",)


@pytest.mark.parametrize(
    ("words", "error", "said"),
    [
        ({"y_label": "EGY"}, NotInfraredError, "a single-beam spectrum"),
        ({"kind": "Interferogram"}, NotInfraredError, "an interferogram"),
        ({"kind": "Raman spectrum"}, NotInfraredError, "a Raman spectrum"),
        ({"y_label": "Moons"}, UnsupportedFormatError, "found the ordinate 'Moons'"),
        ({"x_label": "s"}, UnsupportedFormatError, "expected an axis in cm-1"),
        ({"x_label": ""}, UnsupportedFormatError, "expected an axis in cm-1"),
        ({"x_label": "nm", "first": 1000.0, "step": 10.0}, NotInfraredError, "near infrared"),
        ({"description": "DataSet - 4DConst3DInterval"}, UnsupportedFormatError, "4DConst3DInterval"),
    ],
)
def test_what_is_no_infrared_spectrum_is_named(words: dict, error: type, said: str) -> None:
    with pytest.raises(error, match=said):
        read(sp_bytes(band(), **words))


def test_nanometres_become_wavenumbers() -> None:
    found = read(sp_bytes(band(), x_label="nm", first=2500.0, step=150.0))
    assert found.wavenumber[-1] == 4000


def test_not_a_number_is_a_gap() -> None:
    values = band()
    values[20:24] = [math.nan] * 4
    found = read(sp_bytes(values))
    assert found.wavenumber.size == POINTS - 4
    assert found.gaps == ((FIRST + 24 * STEP, FIRST + 19 * STEP),)


def test_technique_comes_from_the_accessory() -> None:
    assert read(sp_bytes(band())).technique is Technique.UNKNOWN
    assert read(sp_bytes(band(), more=accessory("UATR"))).technique is Technique.ATR
    assert read(sp_bytes(band(), more=accessory("Microscope"))).technique is Technique.UNKNOWN


def test_without_an_alias_the_last_part_of_the_path_is_the_title() -> None:
    assert read(sp_bytes(band(), without=[ALIAS])).title == "file01"


def test_two_data_sets_are_two_spectra() -> None:
    assert [part.block for part in read_bytes(sp_bytes(band(), sets=2), "a.sp")] == [0, 1]


def test_a_region_marked_invalid_is_a_warning() -> None:
    (said,) = read(sp_bytes(band(), more=block(INVALID, bytes(8)))).warnings
    assert said.startswith("the file marks a part of the spectrum as invalid")


@pytest.mark.parametrize("points", [2, POINTS - 1, POINTS + 1, -1, 2**31 - 1])
def test_a_count_that_does_not_fit_is_refused(points: int) -> None:
    with pytest.raises(DamagedFileError, match=r"byte \d+: expected"):
        read(sp_bytes(band(), points=points))


def test_a_huge_count_takes_no_memory() -> None:
    content = sp_bytes(band(), points=1_000_000, last=FIRST + 999_999 * -0.001, step=-0.001, size=8_000_000)
    tracemalloc.start()
    with pytest.raises(DamagedFileError, match="expected 8000000 bytes for 1000000 points, found 8000000 in"):
        read(content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000


def test_an_axis_that_misses_its_end_is_refused_and_a_drift_is_said() -> None:
    with pytest.raises(DamagedFileError, match=r"expected 60 points in steps of -56\.25 to end at 720"):
        read(sp_bytes(band(), last=720.0))
    with pytest.raises(DamagedFileError, match=r"expected 60 points in steps of 56\.25"):
        read(sp_bytes(band(), step=-STEP, last=LAST))
    (said,) = read(sp_bytes(band(), last=LAST + 5)).warnings
    assert said == "the interval and the ends of the axis differ by 0.089 of a step: read by its ends"
    assert read(sp_bytes(band(), last=LAST + 5)).wavenumber[0] == LAST + 5


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_an_axis_without_numbers_is_refused(value: float) -> None:
    for words in ({"first": value, "last": LAST}, {"last": value}, {"step": value, "last": LAST}):
        with pytest.raises(DamagedFileError, match="expected a finite axis"):
            read(sp_bytes(band(), **words))
    with pytest.raises(DamagedFileError, match="expected a finite axis"):
        read(sp_bytes(band(), step=0.0, last=LAST))


def test_ordinates_are_compared_with_the_extremes_of_the_file() -> None:
    low, high = min(band()), max(band())
    (said,) = read(sp_bytes(band(), extremes=(low, 0.9))).warnings
    assert said == "the file says that the highest ordinate is 0.9, its data have 0.85"
    with pytest.raises(DamagedFileError, match=r"expected ordinates from .* to .*, found"):
        read(sp_bytes(band(), extremes=(low + 1, high + 1)))
    assert read(sp_bytes(band(), without=[EXTREMES])).warnings == ()


def test_an_infinite_ordinate_is_refused_with_its_place() -> None:
    values = [*band()[:-1], math.inf]
    content = sp_bytes(values)
    with pytest.raises(DamagedFileError, match=f"byte {len(content) - 8}: expected a finite ordinate"):
        read(content)


@pytest.mark.parametrize("member", [ORDINATES, COUNT])
def test_a_member_that_is_missing_or_doubled_is_refused(member: int) -> None:
    with pytest.raises(DamagedFileError, match=f"expected one member {member} in a data set, found 0"):
        read(sp_bytes(band(), without=[member]))
    with pytest.raises(DamagedFileError, match="found 2"):
        read(sp_bytes(band(), more=block(member, struct.pack("<hi", 29995, POINTS))))


def test_a_member_of_another_type_is_refused() -> None:
    with pytest.raises(DamagedFileError, match="expected a member of type 29995"):
        read(sp_bytes(band(), without=[COUNT], more=block(COUNT, struct.pack("<hi", 29980, POINTS))))
    with pytest.raises(DamagedFileError, match="expected a member of 6 bytes"):
        read(sp_bytes(band(), without=[COUNT], more=block(COUNT, struct.pack("<h", 29995))))


def test_every_cut_is_refused() -> None:
    content = sp_bytes(band())
    for size in range(4, len(content)):
        with pytest.raises((DamagedFileError, UnsupportedFormatError)):
            read(content[:size])


def test_more_behind_the_blocks_is_refused() -> None:
    with pytest.raises(DamagedFileError, match="expected a block"):
        read(sp_bytes(band()) + b"more")


def test_blocks_nested_without_end_are_left_alone() -> None:
    inner = b""
    for _ in range(3000):
        inner = block(121, inner)
    content = sp_bytes(band(), without=[-29825], more=block(-29825, inner))
    assert read(content).notes.date == ""


@pytest.mark.parametrize("name", seeds())
def test_the_slow_checker_agrees_and_would_complain(name: str) -> None:
    content = seeds()[name]
    try:
        parts = read_bytes(content, "seed.sp")
    except FormatError:
        return
    assert complaints(content, parts) == []
    if isinstance(parts[0], FileSpectrum):
        # The failing control: the same numbers against a file with one other ordinate.
        changed = bytearray(content)
        struct.pack_into("<d", changed, content.index(struct.pack("<hi", 29974, 8 * POINTS)) + 6 + 320, 0.77)
        assert complaints(bytes(changed), parts)


def test_the_real_file_has_the_numbers_of_its_own_header() -> None:
    """From the source package of ``specio`` 0.1.0: specio/datasets/data/spectra.sp."""
    folder = os.environ.get("CHEMGATE_SPECIO")
    if not folder:
        pytest.skip("CHEMGATE_SPECIO names no folder with spectra.sp")
    path = Path(folder) / "spectra.sp"
    (found,) = read_file(path)
    assert isinstance(found, FileSpectrum)
    # specio 0.1.0 prints for the same file: 4000 ... 700, 0.03723936 ... 0.00417556 (its documentation).
    assert (found.wavenumber.size, found.wavenumber[0], found.wavenumber[-1]) == (3301, 700, 4000)
    np.testing.assert_allclose(found.absorbance[-3:], [0.03713289, 0.03718614, 0.03723936], atol=5e-9)
    np.testing.assert_allclose(found.absorbance[:3], [0.00417556, 0.00368404, 0.00313506], atol=5e-9)
    assert (found.title, found.y_units, found.warnings) == ("strip01", "A", ())
    assert complaints(path.read_bytes(), (found,)) == []
