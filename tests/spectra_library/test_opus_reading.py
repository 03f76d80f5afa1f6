"""Bruker OPUS files: the result of the measurement with its own checks, or the reason why not."""

from __future__ import annotations

import math
import struct
from pathlib import Path

import numpy as np
import pytest

from spectra_library.errors import DamagedFileError, FormatError, NotInfraredError, UnsupportedFormatError
from spectra_library.formats.file_spectrum import FileSpectrum, RefusedBlock
from spectra_library.formats.reading import read_bytes, read_file
from spectra_library.spectrum import Technique
from tests.spectra_library.made.opus_files import (
    ABSORBANCE,
    ATR_UNITS,
    EMISSION,
    FIRST,
    INTERFEROGRAM,
    KUBELKA_MUNK,
    LAST,
    LOG_REFLECTANCE,
    POINTS,
    RAMAN,
    REFERENCE,
    REFLECTANCE,
    SAMPLE,
    SERIES,
    SINGLE_BEAM,
    TRANSMITTANCE,
    band,
    beams,
    complaints,
    curve,
    float32,
    kind,
    opus_bytes,
    parameters,
    seeds,
    words,
)

FOLDER = "vendor_formats/opus_mit"
# file, points, lowest and highest x, smallest and largest y: NPT, LXV, FXV, MNY, MXY of the status block,
# as brukeropus 1.4.3 reads them.
READ = [
    ("vendor_formats/ftir_ps.0", 2126, 399.2238918542862, 4497.5367913246155, 0.01298944745, 0.61121404170),
    (f"{FOLDER}/617262_1TP_C-1_A5.0", 3578, 599.7386920933837, 7497.697861283203, 0.2845864892, 1.8526335954),
    (f"{FOLDER}/629266_1TP_A-1_C1.0", 3578, 599.7604151700439, 7497.969434666015, 0.1920440495, 1.7921091318),
    (f"{FOLDER}/BF_lo_01_soil_cal.1", 1716, 499.6746013772461, 3997.396811017969, 0.1040708273, 1.4668512344),
    (f"{FOLDER}/issue81_A1.1.0", 1866, 399.27189168017577, 3996.5766162382815, -0.0194358527, 1.0766603946),
    (f"{FOLDER}/issue82_Opus_test.0", 1112, 3600.0, 12488.0, 0.28133022785, 1.99141395092),
    (
        f"{FOLDER}/issue94_RT_01_1_23-02-21_13-23-54.0",
        *(6930, 399.57314298662106, 7498.655983382256, 1.08860254287, 2.58981132507),
    ),
]


def read(content: bytes, name: str = "file.0") -> FileSpectrum:
    (found,) = read_bytes(content, name)
    if isinstance(found, RefusedBlock):
        raise found.error
    assert isinstance(found, FileSpectrum)
    return found


def test_absorbance_is_read_ascending_with_its_words() -> None:
    found = read(opus_bytes(words(sample="acetone", form="liquid") + curve(band())))
    assert found.absorbance.tolist() == band()[::-1]
    assert found.wavenumber.size == POINTS
    assert (found.wavenumber[0], found.wavenumber[-1]) == (LAST, FIRST)
    assert (found.format, found.title, found.y_units, found.phase) == (
        *("opus", "acetone", "absorbance", "liquid"),
    )
    assert found.resolution_cm == 4.0
    assert (found.notes.form, found.notes.instrument, found.notes.origin) == ("liquid", "Bench 1", "Agency A")
    assert found.notes.date == "02/06/2018 14:42:58.000 (GMT-5)"
    assert found.warnings == ()


def test_transmittance_becomes_absorbance() -> None:
    fractions = float32([10**-value for value in band()])
    found = read(opus_bytes(curve(fractions, quantity=TRANSMITTANCE)))
    np.testing.assert_allclose(found.absorbance[::-1], band(), atol=1e-6)


@pytest.mark.parametrize(
    ("quantity", "name", "technique"),
    [
        (REFLECTANCE, "reflectance", Technique.REFLECTANCE),
        (KUBELKA_MUNK, "Kubelka-Munk", Technique.REFLECTANCE),
        (LOG_REFLECTANCE, "log reflectance", Technique.REFLECTANCE),
        (ATR_UNITS, "ATR units", Technique.UNKNOWN),
    ],
)
def test_other_quantities_are_named_and_kept(quantity: int, name: str, technique: Technique) -> None:
    found = read(opus_bytes(curve(band(), quantity=quantity)))
    assert found.absorbance is None
    assert found.ordinate.tolist() == band()[::-1]
    assert (found.y_units, found.technique) == (name, technique)


def test_absorbance_goes_before_transmittance_and_the_other_is_named() -> None:
    fractions = float32([10**-value for value in band()])
    blocks = curve(band()) + curve(fractions, quantity=TRANSMITTANCE)
    found = read(opus_bytes(blocks))
    assert found.absorbance.tolist() == band()[::-1]
    assert found.warnings == ("read is the spectrum at byte 504, not read: transmittance at byte 920",)


def test_of_two_absorbances_the_last_is_the_result_with_the_status_block_whose_extremes_fit() -> None:
    first, second = curve(band(height=0.7)), curve(band(height=0.8), last=700.0)
    crossed = [first[0], second[0], second[1], first[1]]
    found = read(opus_bytes(crossed))
    assert found.absorbance.max() == max(band(height=0.8))
    assert found.wavenumber[0] == 700.0
    (said,) = found.warnings
    assert "not read: absorbance at byte 504" in said


def test_status_blocks_that_fit_equally_but_say_another_axis_are_refused() -> None:
    blocks = curve(band()) + curve(band(), last=700.0)[1:]
    with pytest.raises(DamagedFileError, match="expected one axis for these ordinates, found two that fit"):
        read(opus_bytes(blocks))


def test_single_beams_become_absorbance_and_that_is_said() -> None:
    sample, reference, absorbance = beams()
    found = read(opus_bytes(words() + sample + reference))
    np.testing.assert_allclose(found.absorbance[::-1], absorbance, rtol=1e-12)
    assert (found.wavenumber[0], found.wavenumber[-1]) == (LAST, FIRST)
    assert found.warnings == (
        "computed from the sample and reference single beams of the file, which holds no absorbance",
    )


def test_dark_points_of_the_beams_are_gaps() -> None:
    light = [0.1] * POINTS
    dark = [0.05] * POINTS
    dark[30] = -0.001
    blocks = curve(dark, beam=SAMPLE, quantity=SINGLE_BEAM)
    blocks += curve(light, beam=REFERENCE, quantity=SINGLE_BEAM)
    found = read(opus_bytes(blocks))
    assert found.wavenumber.size == POINTS - 1
    assert len(found.gaps) == 1
    assert found.absorbance.max() == pytest.approx(math.log10(2))


@pytest.mark.parametrize(("first", "last"), [(FIRST + 1, LAST + 1), (FIRST - 500, LAST), (3000.0, 700.0)])
def test_a_reference_at_other_wavenumbers_is_refused(first: float, last: float) -> None:
    blocks = curve(band(), beam=SAMPLE, quantity=SINGLE_BEAM)
    blocks += curve(band(), beam=REFERENCE, quantity=SINGLE_BEAM, first=first, last=last)
    with pytest.raises(DamagedFileError, match="expected a reference at the 60 wavenumbers of the sample"):
        read(opus_bytes(blocks))


@pytest.mark.parametrize(
    ("blocks", "error", "found"),
    [
        (curve(band(), quantity=RAMAN), NotInfraredError, "a Raman spectrum"),
        (curve(band(), quantity=RAMAN, beam=SAMPLE) + beams()[0] + beams()[1], NotInfraredError, "Raman"),
        (curve(band(), quantity=EMISSION), NotInfraredError, "an emission spectrum"),
        (curve(band(), extension=2), UnsupportedFormatError, "a series"),
        (curve(band(), quantity=SERIES), UnsupportedFormatError, "a series"),
        (curve(band(), derivative=2), UnsupportedFormatError, "a derivative of a spectrum"),
        (curve(band(), channel=1), UnsupportedFormatError, "the spectrum of a second channel"),
        (curve(band(), extension=4), UnsupportedFormatError, "a compact copy of a spectrum"),
        (curve(band(), part=2), UnsupportedFormatError, "one part of a complex spectrum"),
        (beams()[0], NotInfraredError, "only a single beam"),
        (
            curve(band(), beam=SAMPLE, quantity=INTERFEROGRAM, unit="PNT"),
            NotInfraredError,
            "an interferogram",
        ),
        (words(), UnsupportedFormatError, "an OPUS file without one"),
        (curve(band(), unit="MI", first=2.5, last=16.0), UnsupportedFormatError, "micrometres"),
        (curve(band(), unit="PNT"), NotInfraredError, "expected an axis in cm-1"),
        (curve(band(), first=11540.0, last=3948.0), NotInfraredError, "near infrared"),
    ],
)
def test_what_is_no_spectrum_in_wavenumbers_is_named(
    blocks: list[tuple[int, bytes]], error: type[FormatError], found: str
) -> None:
    with pytest.raises(error, match=found):
        read(opus_bytes(blocks))


def test_integers_are_read_with_their_factor() -> None:
    counts = [round(100_000 * value) for value in band()]
    found = read(opus_bytes(curve(counts, form=2, factor=1e-5)))
    np.testing.assert_allclose(found.absorbance[::-1], np.array(counts) * 1e-5, rtol=1e-12)


@pytest.mark.parametrize(
    ("accessory", "form", "technique"),
    [
        ("A225/Q Platinum ATR, Diamond #183EBA8E", "", Technique.ATR),
        ("DRIFT #8490E782D", "", Technique.REFLECTANCE),
        ("Integrating Sphere Unit #42317843", "", Technique.REFLECTANCE),
        ("", "KBr pellet", Technique.TRANSMISSION),
        ("TRANS *15668C45", "", Technique.UNKNOWN),  # this word stands in files measured in reflection too
        ("", "Instrument type and / or accessory", Technique.UNKNOWN),
    ],
)
def test_technique_comes_from_plain_words_only(accessory: str, form: str, technique: Technique) -> None:
    found = read(opus_bytes(words(accessory=accessory, form=form) + curve(band())))
    assert found.technique is technique
    assert found.notes.form == (form if "pellet" in form else "")


def test_after_an_atr_correction_it_is_no_atr_spectrum() -> None:
    blocks = words(accessory="Platinum ATR", history=b"Extended ATR Correction\tAB\t2020/10/28")
    found = read(opus_bytes(blocks + curve(band())))
    assert found.technique is Technique.UNKNOWN
    assert found.warnings == ("the history names an ATR correction: not taken for an ATR spectrum",)


def test_a_gas_is_a_gas() -> None:
    assert read(opus_bytes(words(form="gas, 10 cm cell") + curve(band()))).is_gas


def test_texts_in_either_code_page_are_read_and_cleaned() -> None:
    assert read(opus_bytes(words(sample=b"B\xfcchi \x91a\x92") + curve(band()))).title == "Büchi ‘a’"
    assert read(opus_bytes(words(sample="аммиак".encode()) + curve(band()))).title == "аммиак"
    assert read(opus_bytes(words(sample=b"a\x1b[2Jb") + curve(band()))).title == "a[2Jb"
    assert read(opus_bytes(curve(band())), "acetone.0").title == "acetone"


@pytest.mark.parametrize("wrong", [{"lowest": 0.04}, {"highest": 0.9}, {"highest": float("nan")}])
def test_ordinates_that_contradict_their_extremes_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(DamagedFileError, match=r"\(MNY\)|a finite number MXY"):
        read(opus_bytes(curve(band(), **wrong)))


def test_a_flipped_bit_in_the_highest_ordinate_is_found() -> None:
    content = opus_bytes(curve(band()))
    at = 504 + 4 * band().index(max(band())) + 2
    flipped = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
    with pytest.raises(DamagedFileError, match="byte 504: expected ordinates from"):
        read(flipped)


def test_an_older_absorbance_does_not_stand_in_for_a_damaged_one() -> None:
    blocks = curve(band(height=0.7)) + curve(band(), highest=9.0)
    with pytest.raises(DamagedFileError, match="MXY"):
        read(opus_bytes(blocks))


def test_a_count_beyond_the_block_is_refused() -> None:
    for points in (POINTS + 1, 2**31 - 1, 1, -5):
        with pytest.raises(DamagedFileError, match="expected NPT"):
            read(opus_bytes(curve(band(), points=points)))


def test_a_count_is_confirmed_by_its_block_or_by_another_curve_of_the_sample() -> None:
    sample = beams()[0]
    assert read(opus_bytes(sample + curve(band(), unused=42))).warnings == ()
    (said,) = read(opus_bytes(curve(band(), unused=42))).warnings
    assert said == "42 values behind the last of 60 points are left out"
    with pytest.raises(DamagedFileError, match=r"expected 60 points from 3996\.500 to 630\.000"):
        read(opus_bytes(sample + curve(band(), points=POINTS - 2)))


@pytest.mark.parametrize("wrong", [{"first": 3997.0}, {"last": 630.25}])
def test_one_end_that_differs_from_another_curve_of_the_sample_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(DamagedFileError, match="as in another curve of this sample"):
        read(opus_bytes(beams()[0] + curve(band(), **wrong)))


def test_a_spectrum_cut_by_opus_is_read() -> None:
    step = (LAST - FIRST) / (POINTS - 1)
    found = read(opus_bytes(beams()[0] + curve(band()[:50], last=FIRST + 49 * step)))
    assert found.wavenumber.size == 50


@pytest.mark.parametrize("end", [-1.0, 1e300, float("nan"), float("inf"), FIRST])
def test_an_end_that_is_no_wavenumber_is_refused(end: float) -> None:
    with pytest.raises(DamagedFileError, match=r"FXV and LXV|finite number LXV"):
        read(opus_bytes(curve(band(), last=end)))


def test_ordinates_without_a_status_block_are_refused() -> None:
    with pytest.raises(DamagedFileError, match="expected a status block for these ordinates, found 0"):
        read(opus_bytes(curve(band())[:1]))


@pytest.mark.parametrize(
    "status",
    [
        b"NPT\x00\x00\x00\xff\xff" + bytes(12),
        b"NPT\x00\x09\x00\x02\x00" + bytes(12),
        b"NPT\x00\x00\x00\x02\x00\x3c\x00\x00\x00" * 2 + b"END\x00",
        b"\x00\x01\x02\x00" * 5,
        b"",
    ],
)
def test_a_broken_status_block_is_refused_with_its_place(status: bytes) -> None:
    (ordinates, _) = curve(band())
    with pytest.raises(DamagedFileError, match=r"^byte \d+: "):
        read(opus_bytes([ordinates, (kind(beam=3, quantity=ABSORBANCE, parameters=1), status)]))


def test_broken_words_on_the_sample_do_not_cost_the_spectrum() -> None:
    broken = [(kind(part=0, parameters=10), b"SNM\x00\x02\x00\xff\x7f" + bytes(8))]
    found = read(opus_bytes(broken + curve(band())), "acetone.0")
    assert found.absorbance.tolist() == band()[::-1]
    assert found.title == "acetone"
    assert found.warnings[0].startswith("words on the measurement are not read: byte 504: ")


def test_a_directory_that_does_not_fit_the_file_is_refused() -> None:
    content = opus_bytes(curve(band()))
    with pytest.raises(DamagedFileError, match="byte 20: expected 1 to 40 blocks, found 41"):
        read(opus_bytes(curve(band()), rows=41))
    with pytest.raises(DamagedFileError, match="byte 12: expected a directory"):
        read(content[:12] + struct.pack("<i", len(content)) + content[16:])
    with pytest.raises(DamagedFileError, match="byte 36: expected a block inside a file"):
        read(content[:40] + struct.pack("<ii", 2**30, 504) + content[48:])
    with pytest.raises(DamagedFileError, match="expected blocks beside each other"):
        read(content[:40] + struct.pack("<ii", 61, 504) + content[48:])


def test_every_cut_is_refused() -> None:
    content = opus_bytes(words() + curve(band()))
    for size in range(4, len(content)):
        with pytest.raises(DamagedFileError):
            read(content[:size])


@pytest.mark.parametrize("name", seeds())
def test_the_slow_checker_agrees_and_would_complain(name: str) -> None:
    content = seeds()[name]
    parts = read_bytes(content, "seed.0")
    assert complaints(content, parts) == []
    if isinstance(parts[0], FileSpectrum) and name != "two_absorbances":
        # The failing control: the same numbers against a file with other ordinates or another axis.
        at = content.rindex(b"NPT\x00") + 8
        assert complaints(content[:at] + struct.pack("<i", POINTS - 1) + content[at + 4 :], parts)


def test_a_parameter_block_is_written_as_it_is_read() -> None:
    assert parameters(NPT=3)[:12] == b"NPT\x00\x00\x00\x02\x00\x03\x00\x00\x00"


@pytest.mark.parametrize(
    ("name", "points", "low", "high", "smallest", "largest"), READ, ids=[row[0] for row in READ]
)
def test_real_files_read_as_their_status_blocks_say(
    samples: Path, name: str, points: int, low: float, high: float, smallest: float, largest: float
) -> None:
    (found,) = read_file(samples / name)
    assert isinstance(found, FileSpectrum)
    assert found.wavenumber.size == points
    assert (found.wavenumber[0], found.wavenumber[-1]) == (low, high)
    assert found.absorbance.min() == pytest.approx(smallest, rel=1e-8)
    assert found.absorbance.max() == pytest.approx(largest, rel=1e-8)
    found.spectrum()
    assert complaints((samples / name).read_bytes(), (found,)) == []


def test_the_real_atr_file_says_atr_and_names_polystyrene_bands(samples: Path) -> None:
    (found,) = read_file(samples / "vendor_formats" / "ftir_ps.0")
    assert isinstance(found, FileSpectrum)
    assert found.technique is Technique.ATR
    assert (found.title, found.resolution_cm, found.notes.instrument) == ("sample1_PSnew", 4.0, "VERTEX 70")
    # Out-of-plane bands of polystyrene, 698 and 757 cm-1 in any textbook.
    for wavenumber in (698, 757):
        near = np.abs(found.wavenumber - wavenumber) < 15
        peak = found.wavenumber[near][np.argmax(found.absorbance[near])]
        assert peak == pytest.approx(wavenumber, abs=4)


def without_result(content: bytes) -> bytes:
    """Mark the rows of the absorbance in the directory as freed places."""
    start, _, rows = struct.unpack_from("<iii", content, 12)
    hidden = bytearray(content)
    for row in range(rows):
        (code,) = struct.unpack_from("<I", content, start + 12 * row)
        if code >> 10 & 127 == ABSORBANCE:
            struct.pack_into("<I", hidden, start + 12 * row, 0)
    return bytes(hidden)


@pytest.mark.parametrize("name", ["issue81_A1.1.0", "issue94_RT_01_1_23-02-21_13-23-54.0", "../ftir_ps.0"])
def test_the_single_beams_of_a_real_file_give_its_absorbance(samples: Path, name: str) -> None:
    content = (samples / FOLDER / name).read_bytes()
    (found,) = read_bytes(content, name)
    (computed,) = read_bytes(without_result(content), name)
    assert isinstance(found, FileSpectrum)
    assert isinstance(computed, FileSpectrum)
    assert computed.wavenumber.tolist() == found.wavenumber.tolist()
    np.testing.assert_allclose(computed.absorbance, found.absorbance, atol=3e-7)  # float32


@pytest.mark.parametrize(("name", "other"), [("629266_1TP_A-1_C1.0", 133960), ("BF_lo_01_soil_cal.1", 8296)])
def test_of_two_real_absorbances_the_corrected_one_is_read(samples: Path, name: str, other: int) -> None:
    content = (samples / FOLDER / name).read_bytes()
    (found,) = read_bytes(content, name)
    assert isinstance(found, FileSpectrum)
    (computed,) = read_bytes(without_result(content), name)
    assert isinstance(computed, FileSpectrum)
    # The history: the atmosphere was compensated, from the single beams to AB.  The other absorbance is
    # what the single beams give without that, within float32; the one that is read is not.
    assert b"Atmospheric Compensation\tScSm->AB" in content
    uncorrected = np.frombuffer(content, "<f4", computed.absorbance.size, other)[::-1]
    np.testing.assert_allclose(computed.absorbance, uncorrected, atol=3e-7)
    assert np.abs(found.absorbance - uncorrected).max() > 0.01
    assert len(found.warnings) == 1
    assert f"not read: absorbance at byte {other}" in found.warnings[0]


def test_real_reflectance_is_named_and_near_infrared_refused(samples: Path) -> None:
    (found,) = read_file(samples / FOLDER / "test_spectra.0")
    assert isinstance(found, FileSpectrum)
    assert found.absorbance is None
    assert (found.y_units, found.wavenumber.size) == ("reflectance", 4819)
    assert (found.ordinate.min(), found.ordinate.max()) == (0.020948348566889763, 0.5861161947250366)
    (refused,) = read_file(samples / FOLDER / "MMP_2107_Test1.001")
    assert isinstance(refused, RefusedBlock)
    assert "near infrared: 3948.0 to 11540.0 cm-1" in str(refused.error)
