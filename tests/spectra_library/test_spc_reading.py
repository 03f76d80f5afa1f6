"""Galactic SPC to spectra: every structure, byte order and number format; contradictions are refused."""

from __future__ import annotations

import struct
import tracemalloc

import numpy as np
import pytest

from spectra_library.errors import (
    DamagedFileError,
    FormatError,
    NotInfraredError,
    UnsupportedFormatError,
)
from spectra_library.formats.file_spectrum import FileSpectrum, RefusedBlock
from spectra_library.formats.reading import read_bytes
from spectra_library.formats.spc import is_spc, read_spc
from tests.spectra_library.made.spc_files import (
    ABSCISSAS,
    AXIS,
    BAND,
    BIG,
    FLOAT,
    LABELS,
    LITTLE,
    MULTI,
    OLD,
    OWN_AXES,
    SHORT,
    UNEVEN,
    complaints,
    seeds,
    spc_bytes,
)

LOW = tuple(value / 4 for value in BAND)
SEEDS = seeds()


def read(content: bytes, name: str = "table.spc") -> list[FileSpectrum]:
    found = read_bytes(content, name)
    for part in found:
        if isinstance(part, RefusedBlock):
            raise part.error
    return list(found)


def refused(content: bytes, kind: type[FormatError], message: str) -> None:
    with pytest.raises(kind, match=message):
        read(content)


@pytest.mark.parametrize("name", sorted(SEEDS))
def test_every_variant_is_read_and_the_slow_twin_agrees(name: str) -> None:
    found = read(SEEDS[name])
    assert complaints(SEEDS[name], found) == []


@pytest.mark.parametrize("version", [LITTLE, BIG, OLD])
@pytest.mark.parametrize(("flags", "step"), [(0, 2.0**-31), (SHORT, 2.0**-15)])
def test_integers_are_fractions_scaled_by_the_exponent(version: int, flags: int, step: float) -> None:
    (found,) = read(spc_bytes(version=version, flags=flags))
    assert np.abs(found.absorbance[::-1] - BAND).max() <= step / 2
    assert found.wavenumber == pytest.approx(AXIS[::-1])


def test_the_example_of_the_specification() -> None:
    # "0x40000000 represents 0.25 and 0xC0000000 represents -0.25 and if the exponent is 2 then they
    # represent 1 and -1 respectively" (SPC.H)
    content = bytearray(spc_bytes(exponents=[2]))
    content[544:552] = struct.pack("<II", 0x40000000, 0xC0000000)
    (found,) = read(bytes(content))
    assert found.absorbance[::-1][:2].tolist() == [1.0, -1.0]


def test_the_words_of_an_old_integer_are_swapped() -> None:
    # "Within each word, the least significant byte comes first, but the most significant word is first."
    content = bytearray(spc_bytes(version=OLD, exponents=[2]))
    content[256:260] = bytes.fromhex("34127856")  # 0x12345678
    (found,) = read(bytes(content))
    assert found.absorbance[-1] == 0x12345678 / 2**30


def test_negative_exponents_are_negative() -> None:
    (found,) = read(spc_bytes([LOW], exponents=[-1]))
    assert np.abs(found.absorbance[::-1] - LOW).max() < 1e-9


@pytest.mark.parametrize("version", [LITTLE, BIG])
def test_floats_are_floats(version: int) -> None:
    (found,) = read(spc_bytes(version=version, exponents=[FLOAT], flags=SHORT))
    assert found.absorbance[::-1].tolist() == np.float32(BAND).astype(float).tolist()


def test_each_subfile_of_a_multifile_has_its_own_exponent() -> None:
    one, two, three = read(spc_bytes([BAND, LOW, BAND], exponents=[1, -1, FLOAT], exponent=5))
    assert [part.title for part in (one, two, three)] == ["made up #1", "made up #2", "made up #3"]
    assert np.abs(one.absorbance - 4 * two.absorbance).max() < 1e-8
    assert np.abs(one.absorbance - three.absorbance).max() < 1e-7


def test_the_exponent_of_the_file_counts_where_there_is_one_spectrum() -> None:
    (found,) = read(spc_bytes(subexponents=[3]))
    assert np.abs(found.absorbance[::-1] - BAND).max() < 1e-9
    assert found.warnings == ("the header has the exponent 1, the subheader 3: read by the header",)
    assert read(spc_bytes(subexponents=[0]))[0].warnings == ()


@pytest.mark.parametrize(
    "content",
    [spc_bytes(subexponents=[FLOAT]), spc_bytes([BAND, LOW], exponents=[1, 1], exponent=FLOAT)],
)
def test_floats_against_integers_are_refused(content: bytes) -> None:
    refused(content, DamagedFileError, r"^byte 513: expected (integers|floats)")


def test_floats_in_the_old_format_are_refused_as_unspecified() -> None:
    refused(spc_bytes(version=OLD, exponents=[FLOAT]), UnsupportedFormatError, "found floats")


def test_an_axis_of_its_own_is_read_for_one_and_for_each_subfile() -> None:
    (one,) = read(spc_bytes(x=[UNEVEN]))
    assert one.wavenumber[::-1].tolist() == np.float32(UNEVEN).astype(float).tolist()
    for with_directory in (False, True):
        content = spc_bytes([BAND, LOW[:20]], x=[UNEVEN, AXIS[:20]], with_directory=with_directory)
        first, second = read(content)
        assert first.wavenumber.size == 30
        assert second.wavenumber[::-1].tolist() == list(AXIS[:20])


def test_subfiles_may_lie_in_any_order_when_there_is_a_directory() -> None:
    content = spc_bytes([BAND, LOW[:20]], x=[UNEVEN, AXIS[:20]], with_directory=True)
    first, second = content[512 : 512 + 272], content[784 : 784 + 192]
    entries = struct.pack("<IIfIIf", 512 + 192, 272, 0, 512, 192, 1)
    moved = content[:512] + second + first + entries
    assert [part.wavenumber.size for part in read(moved)] == [30, 20]
    overlapping = content[:-24] + struct.pack("<IIfIIf", 512, 272, 0, 512, 272, 1)
    refused(overlapping, DamagedFileError, "found two that overlap")
    wrong_size = content[:-24] + struct.pack("<IIfIIf", 512, 268, 0, 784, 192, 1)
    refused(wrong_size, DamagedFileError, r"byte 980: expected 272 bytes for the 30 points of subfile 0")


@pytest.mark.parametrize("version", [LITTLE, BIG, OLD])
@pytest.mark.parametrize("points", [29, 31, 0, 1, 10**6, 2 * 10**6, 2**24])
def test_a_count_that_does_not_fit_the_file_is_refused_with_its_offset(version: int, points: int) -> None:
    refused(spc_bytes(version=version, points=points), DamagedFileError, "^byte [0-9]+: expected")


def test_a_huge_count_takes_no_memory() -> None:
    content = spc_bytes([BAND, LOW], points=1_000_000, subfiles=20_000)
    tracemalloc.start()
    refused(content, DamagedFileError, "found a file of 816 bytes")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**20


@pytest.mark.parametrize("subfiles", [0, 1, 3, 20_001, 2**32 - 1])
def test_a_wrong_number_of_subfiles_is_refused(subfiles: int) -> None:
    refused(spc_bytes([BAND, LOW], subfiles=subfiles), DamagedFileError, "^byte [0-9]+: expected")


def test_several_subfiles_without_the_flag_are_refused() -> None:
    refused(
        spc_bytes(subfiles=2), DamagedFileError, "^byte 24: expected 0 to 1 subfiles by the flags, found 2"
    )


def test_subfiles_are_numbered_or_not_numbered_at_all() -> None:
    content = bytearray(spc_bytes([BAND, LOW], exponents=[1, 1]))
    second = 512 + 32 + 120
    content[second + 2] = 7
    refused(
        bytes(content), DamagedFileError, f"byte {second + 2}: expected the number 1 of the subfile, found 7"
    )
    content[second + 2] = 0
    assert read(bytes(content))[0].warnings == ("the subfiles are not numbered",)


def test_the_old_format_counts_its_subfiles_by_the_size_of_the_file() -> None:
    content = spc_bytes([BAND, LOW, BAND], version=OLD)
    assert len(read(content)) == 3
    refused(content[:-4], DamagedFileError, "expected subfile 2 up to byte 680 .* found a file of 676 bytes")


@pytest.mark.parametrize(("behind", "is_read"), [(3, True), (4, False), (300, False)])
def test_left_over_bytes_are_only_let_pass_when_no_point_fits_in(behind: int, is_read: bool) -> None:
    content = spc_bytes(behind=bytes(behind))
    if is_read:
        assert read(content)[0].warnings == (f"{behind} bytes behind the data are not read",)
    else:
        refused(content, DamagedFileError, f"^byte 664: .* found {behind} more bytes before the end")


def test_left_over_bytes_are_let_pass_when_the_log_or_the_abscissas_confirm_the_count() -> None:
    assert read(spc_bytes(log="MODEL = x\r\n", behind=bytes(300)))[0].warnings == ()
    padded = spc_bytes(x=[UNEVEN], behind=bytes(300))
    assert read(padded)[0].warnings == ("300 bytes behind the data are not read",)
    refused(spc_bytes(log="MODEL = x\r\n", points=29), DamagedFileError, "found 4 more bytes before the log")


def test_a_log_inside_the_data_is_refused_and_a_missing_one_said() -> None:
    refused(spc_bytes(log_offset=600), DamagedFileError, "^byte 248: expected the log behind the data")
    two = {"x": [UNEVEN, AXIS[:20]], "with_directory": True}
    refused(spc_bytes([BAND, LOW[:20]], log_offset=700, **two), DamagedFileError, "^byte 248: .* 700")
    (found,) = read(spc_bytes(log_offset=5000))
    assert found.warnings == ("the log at byte 5000 is missing: the file ends at byte 664",)


def test_abscissas_that_contradict_the_header_are_refused() -> None:
    content = bytearray(spc_bytes(x=[UNEVEN]))
    content[8:24] = struct.pack("<dd", 1196.0, UNEVEN[-1])
    refused(
        bytes(content),
        DamagedFileError,
        "^byte 8: expected an axis from 1196 to .* found abscissas from 1200",
    )
    content[8:24] = struct.pack("<dd", UNEVEN[-1], UNEVEN[0])
    assert read(bytes(content))[0].warnings == ("the header names the ends of the axis the other way round",)
    content[8:24] = bytes(16)
    assert read(bytes(content))[0].warnings == ()


def test_an_abscissa_or_ordinate_that_is_no_number_is_refused_with_its_offset() -> None:
    for content, at in ((spc_bytes(exponents=[FLOAT]), 548), (spc_bytes(x=[UNEVEN]), 516)):
        for wrong in (b"\x00\x00\xc0\x7f", b"\x01\x00\x80\x7f", b"\x00\x00\x80\xff"):
            broken = content[:at] + wrong + content[at + 4 :]
            refused(broken, DamagedFileError, rf"^byte {at}: expected a number, found (nan|-inf)")


def test_a_refused_subfile_does_not_spoil_the_others() -> None:
    content = bytearray(spc_bytes([BAND, BAND], exponents=[FLOAT, FLOAT]))
    content[544:548] = b"\x00\x00\xc0\x7f"
    first, second = read_spc(bytes(content), name="a.spc")
    assert isinstance(first, RefusedBlock)
    assert (first.title, str(first.error)) == ("made up #1", "byte 544: expected a number, found nan")
    assert isinstance(second, FileSpectrum)
    assert second.block == 1


def test_percent_and_absorbance_are_told_apart_by_the_numbers() -> None:
    percent = [100 * 10**-value for value in BAND]
    fraction = [10**-value for value in BAND]
    for ordinates, exponent, code in ((percent, 8, 128), (fraction, 1, 128)):
        (found,) = read(spc_bytes([ordinates], exponents=[exponent], y_code=code))
        assert found.absorbance[::-1] == pytest.approx(BAND, abs=1e-6)
    refused(spc_bytes([percent], exponents=[8]), DamagedFileError, "expected absorbances, found values up to")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0, "Arbitrary Intensity"),
        (3, "Kubelka-Munk"),
        (4, "Counts"),
        (10, "Log(1/R)"),
        (11, "Percent"),
        (129, "Reflectance"),
    ],
)
def test_other_ordinates_are_named_and_never_converted(code: int, words: str) -> None:
    (found,) = read(spc_bytes(y_code=code))
    assert found.absorbance is None
    assert found.y_units == words
    assert found.ordinate[::-1] == pytest.approx(BAND, abs=1e-9)


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"experiment": 1}, "a gas chromatogram"),
        ({"experiment": 5}, "a near-infrared spectrum"),
        ({"experiment": 7}, "an ultraviolet or visible spectrum"),
        ({"experiment": 9}, "a mass spectrum"),
        ({"experiment": 10}, "an NMR spectrum"),
        ({"experiment": 11}, "a Raman spectrum"),
        ({"flags": 2}, "a chromatogram"),
        ({"x_code": 9}, "a mass spectrum"),
        ({"x_code": 13}, "a Raman spectrum"),
        ({"x_code": 255}, "an interferogram"),
        ({"x_code": 5}, "a curve over time"),
        ({"y_code": 1}, "an interferogram"),
        ({"y_code": 5}, "a detector signal, as of a single beam"),
        ({"y_code": 130}, "a single-beam spectrum"),
        ({"y_code": 131}, "an emission spectrum"),
        ({"flags": LABELS, "labels": b"\x00Raman Intensity\x00\x00"}, "a Raman spectrum"),
        ({"flags": LABELS, "labels": b"\x00Single Beam\x00\x00"}, "a single-beam spectrum"),
        ({"comment": b"FT Raman of sulfur"}, "a Raman spectrum"),
        ({"x_code": 3, "first": 200.0, "last": 800.0}, "an ultraviolet or visible spectrum"),
        ({"x_code": 3, "first": 1100.0, "last": 2500.0}, "near infrared"),
        ({"log": "RAMANFREQ= 9395\r\n"}, "a Raman spectrum"),
    ],
)
def test_what_is_not_infrared_is_named(fields: dict[str, object], what: str) -> None:
    refused(spc_bytes(**fields), NotInfraredError, f"expected a mid-infrared spectrum, found {what}")


def test_ft_ir_is_read_and_an_unknown_experiment_is_said() -> None:
    assert read(spc_bytes(experiment=4))[0].warnings == ()
    assert "experiment code 6 is not known" in read(spc_bytes(experiment=6))[0].warnings[0]


def test_maps_are_refused() -> None:
    refused(spc_bytes([BAND, LOW], planes=2), UnsupportedFormatError, "found a map of 2 planes")


@pytest.mark.parametrize(("code", "factor"), [(2, 1e4), (3, 1e7)])
def test_wavelengths_become_wavenumbers(code: int, factor: float) -> None:
    (found,) = read(spc_bytes(x_code=code, first=factor / 2000, last=factor / 1000))
    assert (found.wavenumber[0], found.wavenumber[-1]) == pytest.approx((1000, 2000))
    assert found.resolution_cm is None


def test_labels_replace_arbitrary_codes_and_may_not_contradict_others() -> None:
    labels = {"flags": LABELS, "labels": b"Wavenumber (cm-1)\x00Absorbance\x00\x00"}
    (found,) = read(spc_bytes(x_code=0, y_code=0, **labels))
    assert (found.x_units, found.y_units) == ("Wavenumber (cm-1)", "Absorbance")
    assert found.absorbance is not None
    refused(spc_bytes(x_code=3, **labels), DamagedFileError, "^byte 28: expected one unit of the axis")
    refused(spc_bytes(y_code=128, **labels), DamagedFileError, "^byte 29: expected one unit of the ordinate")
    refused(spc_bytes(x_code=0), UnsupportedFormatError, "^byte 28: .* found x code 0")
    refused(spc_bytes(y_code=99), UnsupportedFormatError, "^byte 29: .* found y code 99")
    (other,) = read(spc_bytes(flags=LABELS, labels=b"Wellenzahl\x00Ext.\x00\x00"))
    assert len(other.warnings) == 2


def test_the_old_format_marks_its_labels_with_a_code_of_z() -> None:
    (found,) = read(spc_bytes(version=OLD, x_code=0, z_code=15, labels=b"cm-1\x00\x00\x00"))
    assert found.x_units == "cm-1"


def test_the_words_of_a_file_are_kept_and_cleaned() -> None:
    log = 'MODEL = Bench 2 \r\nNAME = "from the log"\r\nRES = 2.\r\n'
    (found,) = read(spc_bytes(log=log, comment=b"acetone\x00left over", resolution=b" 8 cm-1 "))
    assert (found.title, found.resolution_cm) == ("acetone", 8.0)
    assert (found.notes.instrument, found.notes.date) == ("Bench 2", "1995-04-18 09:20")
    (bare,) = read(spc_bytes(comment=b"", resolution=b"\x9f%mB", date=(0, 0, 0, 0, 0)), "ethanol.spc")
    assert (bare.title, bare.resolution_cm, bare.notes.date) == ("ethanol", None, "")
    assert bare.notes.instrument == "Bench 1"
    (named,) = read(spc_bytes(log=log, comment=b"", resolution=b""))
    assert (named.title, named.resolution_cm) == ("from the log", 2.0)
    (hidden,) = read(spc_bytes(comment="a\u202eb\x07".encode()))
    assert hidden.title == "ab"


def test_a_log_that_does_not_fit_is_left_out() -> None:
    content = spc_bytes(log="MODEL = Bench 2\r\n")
    broken = content[:664] + struct.pack("<I", 5000) + content[668:]
    (found,) = read(broken)
    assert found.notes.instrument == "Bench 1"
    assert found.warnings == ("the log at byte 664 does not fit the file and is not read",)


@pytest.mark.parametrize(
    "title", [b"acetone vapour", b"1,1-Dichloroethane 474 Micro-Atm Meters", b"CO 5 ppm-m"]
)
def test_columns_of_gas_are_gases(title: bytes) -> None:
    assert read(spc_bytes(comment=title))[0].is_gas


def test_a_concentration_factor_is_not_applied_and_said() -> None:
    (found,) = read(spc_bytes(factor=2.5))
    assert "concentration factor of 2.5, which is not applied" in found.warnings[0]
    assert np.abs(found.absorbance[::-1] - BAND).max() < 1e-9


@pytest.mark.parametrize(
    "content",
    [
        b"BM" + bytes(600),  # a bitmap
        b"MM\x00*" + bytes(600),  # a TIFF picture
        b"PK\x03\x04" + bytes(600),
        b"OK, this is a letter.\n" * 30,
        bytes([OWN_AXES, LITTLE]) + bytes(600),
        bytes([ABSCISSAS, OLD]) + bytes(600),
        bytes([0, LITTLE]) + bytes(100),
    ],
)
def test_other_files_are_not_taken_for_spc(content: bytes) -> None:
    assert not is_spc(content)


@pytest.mark.parametrize("name", sorted(SEEDS))
def test_a_file_that_is_cut_off_anywhere_is_refused(name: str) -> None:
    content = SEEDS[name]
    whole = read(content)
    for size in range(230, len(content), 7):
        try:
            found = read_spc(content[:size], name="a.spc")
        except FormatError:
            continue
        # Only the log may be missing, and whole subfiles of the old format, which does not count them.
        spectra = [part for part in found if isinstance(part, FileSpectrum)]
        assert name == "old_multi" or any("log" in warning for warning in spectra[0].warnings)
        for part, twin in zip(spectra, whole, strict=False):
            assert part.wavenumber.tobytes() == twin.wavenumber.tobytes()


def test_the_slow_twin_notices_what_it_should() -> None:
    # The failing control: a reader that takes the wrong exponent, the wrong points, or misses a subfile.
    content = spc_bytes([BAND, LOW], exponents=[1, 1], flags=MULTI)
    parts = read(content)
    assert complaints(content, parts) == []
    assert complaints(content, parts[:1]) != []
    assert complaints(content, parts[::-1]) != []
    assert complaints(content + bytes(8), parts) != []
    wrong = bytearray(content)
    wrong[513] = 2
    assert complaints(bytes(wrong), parts) != []
