"""Small JCAMP-DX files of every variant, and what becomes of them when they are damaged."""

from __future__ import annotations

import random

import pytest

from spectra_library.errors import FormatError
from spectra_library.formats import jcamp_curves, jcamp_ntuples, jcamp_peaks
from spectra_library.formats.file_spectrum import FileBandList, FileSpectrum, RefusedBlock
from spectra_library.formats.reading import read_bytes
from tests.spectra_library.made.jcamp_files import FORMS, ORDINATES, complaints, curve, peaks, seeds

SEEDS = seeds()


@pytest.mark.parametrize("name", SEEDS)
def test_each_variant_is_read_as_the_slow_checker_reads_it(name: str) -> None:
    parts = read_bytes(SEEDS[name], f"{name}.jdx")
    assert any(not isinstance(part, RefusedBlock) for part in parts)
    assert complaints(SEEDS[name], parts) == []


@pytest.mark.parametrize("form", FORMS)
def test_every_number_form_holds_the_same_ordinates(form: str) -> None:
    (found,) = read_bytes(SEEDS[form.lower()], "form.jdx")
    assert isinstance(found, FileSpectrum)
    assert found.absorbance is not None
    assert found.absorbance.tolist() == pytest.approx([value / 1000 for value in ORDINATES])
    assert found.wavenumber.tolist() == [1000 + 4 * i for i in range(len(ORDINATES))]


def test_a_curve_and_its_peak_table_come_as_two_parts() -> None:
    curve, bands = read_bytes(SEEDS["curve_and_peaks"], "both.jdx")
    assert isinstance(curve, FileSpectrum)
    assert isinstance(bands, FileBandList)
    assert (curve.block, bands.block) == (0, 1)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("affn", b"##NPOINTS= 23", b"##NPOINTS= 22"),
        ("affn", b"1028 180 340", b"1032 180 340"),
        ("dif", b"1024I0", b"1024I1"),
        ("difdup", b"##LASTX= 1088", b"##LASTX= 1188"),
        ("percent", b"1004, 96", b"1004, 96, 1"),
        ("peaks", b"##NPOINTS= 3", b"##NPOINTS= 2"),
        ("pages", b"23, 23, 2", b"24, 24, 2"),
    ],
)
def test_the_checker_sees_what_the_reader_refuses(name: str, old: bytes, new: bytes) -> None:
    # The failing control: parts of the sound file held against the broken bytes must be complained about.
    broken = SEEDS[name].replace(old, new)
    assert broken != SEEDS[name]
    assert complaints(broken, read_bytes(SEEDS[name], "sound.jdx"))
    assert isinstance(read_bytes(broken, "broken.jdx")[0], RefusedBlock)


@pytest.mark.parametrize(
    ("module", "content"),
    [
        (jcamp_curves, curve(YFACTOR="0.003")),
        (jcamp_curves, curve(FIRSTY="0.300", MAXY=None, MINY=None)),
        (jcamp_peaks, peaks(["1000, 0.5", "1450 1.0"], "PEAK TABLE= (XY..XY)", MAXY="2.0")),
        (jcamp_ntuples, SEEDS["pages"].decode().replace("1, 0.001, 1", "1, 0.003, 1")),
    ],
    ids=["all statements", "the only statement", "peaks", "pages"],
)
def test_the_checker_notices_a_reader_that_compares_no_scale(module, content: str, monkeypatch) -> None:
    (refused, *_) = read_bytes(content.encode(), "wrong.jdx")
    assert isinstance(refused, RefusedBlock)
    assert "contradict the header" in str(refused.error)

    monkeypatch.setattr(module, "check_scale", lambda *_, **__: ())  # the failing control

    parts = read_bytes(content.encode(), "wrong.jdx")
    assert not any(isinstance(part, RefusedBlock) for part in parts)
    assert complaints(content.encode(), parts)


def test_a_comment_ends_a_label_too() -> None:
    # "##EN" alone is no label, and no number of the table above it.
    (found,) = read_bytes(SEEDS["difdup"].replace(b"##END=", b"##EN$$D="), "comment.jdx")
    assert isinstance(found, RefusedBlock)
    assert "expected a number, found '##EN'" in str(found.error)


def test_no_mutant_is_accepted_whose_own_checks_fail() -> None:
    chance = random.Random(7)
    contents, accepted = list(SEEDS.values()), 0
    for _ in range(1500):
        content = bytearray(chance.choice(contents))
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(content))
            kind = chance.randrange(3)
            if kind == 0:
                content[at] = chance.choice(b"0123456789+-., ?ABJKSTabjE\n#$=\xe9")
            elif kind == 1:
                del content[at : at + chance.randint(1, 20)]
            else:
                other = chance.choice(contents)
                start = chance.randrange(len(other))
                content[at:at] = other[start : start + chance.randint(1, 60)]
        try:
            parts = read_bytes(bytes(content), "mutant.jdx")
        except FormatError:
            continue
        if not any(getattr(part, "format", "") == "jcamp-dx" for part in parts):
            continue  # refused, or no JCAMP-DX any more
        accepted += 1
        assert complaints(bytes(content), parts) == []
    assert accepted > 200  # else the mutants died too early to test anything
