"""ASP files, as Agilent instruments write them: six numbers, then the ordinates."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from spectra_library.errors import DamagedFileError, FormatError, NotInfraredError, UnsupportedFormatError
from spectra_library.formats.file_spectrum import FileSpectrum, RefusedBlock
from spectra_library.formats.reading import read_bytes, read_file
from tests.spectra_library.made.asp_files import (
    FIRST,
    LAST,
    POINTS,
    asp_bytes,
    band,
    complaints,
    percent,
    seeds,
)


def read(content: bytes, name: str = "file.asp") -> FileSpectrum:
    (found,) = read_bytes(content, name)
    if isinstance(found, RefusedBlock):
        raise found.error
    assert isinstance(found, FileSpectrum)
    return found


@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r", "\n\n", "\f", " \n"])
def test_an_absorbance_spectrum_is_read_ascending(newline: str) -> None:
    found = read(asp_bytes(band(), newline=newline), "acetone.asp")
    assert (found.wavenumber.size, found.wavenumber[0], found.wavenumber[-1]) == (POINTS, LAST, FIRST)
    assert found.absorbance.tolist() == band()[::-1]
    assert (found.format, found.title, found.y_units, found.resolution_cm) == (
        "asp",
        "acetone",
        "Absorbance",
        4,
    )
    assert found.warnings == ()


def test_a_comment_is_the_title() -> None:
    assert read(asp_bytes(band(), comment="white powder")).title == "white powder"


@pytest.mark.parametrize("said", ["0", "-4", "1000", "1e40"])
def test_a_resolution_that_is_unknown_or_none_is_left_out(said: str) -> None:
    assert read(asp_bytes(band(), resolution=said)).resolution_cm is None


def test_transmission_becomes_absorbance_and_reflectance_stays() -> None:
    fractions = [10**-value for value in band()]
    assert read(asp_bytes(fractions, y_code="128")).absorbance == pytest.approx(band()[::-1])
    assert read(asp_bytes(percent(band()), y_code="11")).absorbance is None  # percent of what is not said
    assert read(asp_bytes(band(), y_code="129")).absorbance is None


def test_micrometres_become_wavenumbers() -> None:
    assert read(asp_bytes(band(), x_code="2", first=2.5, last=16.0)).wavenumber[-1] == 4000


@pytest.mark.parametrize(
    ("codes", "error", "said"),
    [
        ({"x_code": "13"}, NotInfraredError, "a Raman spectrum"),
        ({"y_code": "1"}, NotInfraredError, "an interferogram"),
        ({"y_code": "130"}, NotInfraredError, "a single-beam spectrum"),
        ({"x_code": "0"}, UnsupportedFormatError, "line 4: expected an axis in cm-1"),
        ({"y_code": "77"}, UnsupportedFormatError, "line 5: expected absorbance"),
    ],
)
def test_codes_of_something_else_are_refused_by_name(codes: dict, error: type, said: str) -> None:
    with pytest.raises(error, match=said):
        read(asp_bytes(band(), **codes))


def test_percent_and_absorbance_are_told_apart_in_the_data() -> None:
    with pytest.raises(DamagedFileError, match="as in percent transmittance"):
        read(asp_bytes(percent(band())))


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (str(POINTS - 1), "line 66: expected 59 ordinates, found more"),
        (str(POINTS + 1), "expected 61 ordinates, found 60 and the end of the file"),
        ("0", "line 1: expected 2 to"),
        ("999999", "line 1: expected 999999 ordinates, found a shorter file"),
        ("99999999999", "line 1: expected 2 to"),
    ],
)
def test_a_count_that_does_not_fit_is_refused(count: str, said: str) -> None:
    with pytest.raises(DamagedFileError, match=said):
        read(asp_bytes(band(), count=count))


@pytest.mark.parametrize("word", ["0,5", "1e999", "nan", "x", "0.1 0.2", "'late comment", "1_0", "٣"])
def test_a_line_that_is_no_number_is_refused_with_its_place(word: str) -> None:
    lines = asp_bytes(band(points=600), newline="\n").decode().split("\n")
    lines[199] = word
    with pytest.raises(DamagedFileError, match="line 200: expected a number"):
        read("\n".join(lines).encode())


def test_a_file_that_ends_within_a_number_is_refused() -> None:
    content = asp_bytes(band())
    for size in range(200, len(content)):
        if content[:size].count(b"\n") < POINTS + 6:  # a lost end of the last line feed does no harm
            with pytest.raises(DamagedFileError, match="cut off"):
                read(content[:size].rstrip(b"\r"))


def test_an_axis_that_stands_still_or_is_negative_is_refused() -> None:
    with pytest.raises(DamagedFileError, match="only rises or only falls"):
        read(asp_bytes(band(), last=FIRST))
    with pytest.raises(DamagedFileError, match="positive numbers on the axis"):
        read(asp_bytes(band(), last=-5.0))


def test_a_column_of_numbers_is_no_asp_file() -> None:
    with pytest.raises(UnsupportedFormatError, match="without a table of numbers"):
        read(("\n".join(str(x) for x in range(400, 4000, 2)) + "\n").encode())


def test_many_lines_take_little_memory_before_they_are_refused() -> None:
    content = asp_bytes(band(), newline="\n") + b"1\n" * 1_000_000
    tracemalloc.start()
    with pytest.raises(DamagedFileError, match="found more"):
        read(content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 120_000_000


@pytest.mark.parametrize("name", seeds())
def test_the_slow_checker_agrees_and_would_complain(name: str) -> None:
    content = seeds()[name]
    parts = read_bytes(content, "seed.asp")
    assert complaints(content, parts) == []
    if isinstance(parts[0], FileSpectrum):
        # The failing control: the same numbers against a file with one ordinate less, another axis.
        lines = content.split(b"\n")
        assert complaints(b"\n".join([*lines[:20], *lines[21:]]), parts)
        assert complaints(b"\n".join([lines[0], b"3000", *lines[2:]]), parts)


def test_the_real_file_has_the_numbers_of_its_own_header(samples: Path) -> None:
    path = samples / "vendor_formats" / "ftir_ldpe_soil.asp"
    lines = path.read_text("ascii").split("\n")
    (found,) = read_file(path)
    assert isinstance(found, FileSpectrum)
    assert (found.wavenumber.size, found.wavenumber[0], found.wavenumber[-1]) == (
        int(lines[0]), float(lines[2]), float(lines[1]),
    )  # fmt: skip
    assert [found.absorbance[-1], found.absorbance[0]] == [float(lines[6]), float(lines[6 + 1797])]
    # Polyethylene: its CH stretches at 2915 and 2848 cm-1 are the two strongest bands, so 2 is absorbance.
    assert found.wavenumber[found.absorbance.argmax()] == pytest.approx(2915, abs=4)
    assert complaints(path.read_bytes(), (found,)) == []


def test_refusals_are_format_errors() -> None:
    with pytest.raises(FormatError):
        read(asp_bytes([]))
