"""The reader is chosen by content; what is not read is named; nothing small becomes large."""

from __future__ import annotations

import gzip
import lzma
import os
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from spectra_library.errors import DamagedFileError, FormatError, UnsupportedFormatError
from spectra_library.formats.csv_writer import csv_bytes
from spectra_library.formats.file_spectrum import FileSpectrum
from spectra_library.formats.jcamp_writer import jcamp_bytes
from spectra_library.formats.reading import read_bytes, read_file
from spectra_library.formats.unpacking import unpacked
from spectra_library.spectrum import Spectrum

SPECTRUM = Spectrum(np.linspace(400, 4000, 200), np.linspace(0, 1, 200))
JCAMP = jcamp_bytes(SPECTRUM, title="made up")
CSV = csv_bytes([("made up", SPECTRUM)])


@pytest.mark.parametrize(("content", "name", "found"), [(JCAMP, "a.csv", "jcamp-dx"), (CSV, "a.jdx", "csv")])
def test_the_ending_of_a_name_means_nothing(content: bytes, name: str, found: str) -> None:
    (block,) = read_bytes(content, name)
    assert isinstance(block, FileSpectrum)
    assert block.format == found


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
@pytest.mark.parametrize("content", [JCAMP, CSV])
def test_compressed_files_are_read(pack, content: bytes) -> None:
    (block,) = read_bytes(pack(content), "a.csv.xz")
    assert isinstance(block, FileSpectrum)
    assert block.wavenumber.tobytes() == SPECTRUM.wavenumber.tobytes()


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_a_compressed_file_that_is_cut_off_or_continued_is_refused(pack) -> None:
    packed = pack(CSV)
    with pytest.raises(DamagedFileError, match="cut off"):
        read_bytes(packed[:-20], "a.csv")
    with pytest.raises(DamagedFileError):
        read_bytes(packed[:30] + b"\xff\x00\xff" + packed[33:], "a.csv")
    with pytest.raises(DamagedFileError, match="something behind it"):
        read_bytes(packed + b"more", "a.csv")


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_a_compression_bomb_is_refused_before_it_takes_memory(pack) -> None:
    bomb = pack(bytes(32 * 2**20))
    tracemalloc.start()
    with pytest.raises(DamagedFileError, match="at most 4 MiB"):
        unpacked(bomb, limit=4 * 2**20)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 * 2**20


NULS = bytes(512)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"Spectral Exte File\x00" + NULS, r"a Thermo OMNIC series \(SRS\) file"),
        (b"PK\x03\x04" + NULS + b"xl/workbook.bin", "a binary Excel workbook"),
        (b"PK\x03\x04" + NULS, "a zip archive"),
        (b"%PDF-1.7", "a PDF"),
    ],
)
def test_what_is_not_read_is_named_with_advice(content: bytes, name: str) -> None:
    with pytest.raises(UnsupportedFormatError, match=f"looks like {name}.* not read yet; "):
        read_bytes(content, "a.jdx")


def test_text_with_a_k_in_it_is_no_spc_file() -> None:
    with pytest.raises(UnsupportedFormatError, match="expected a spectrum"):
        read_bytes(b"OK, this is a letter.\n" * 30, "letter.txt")


@pytest.mark.parametrize("content", [b"", b" \n\r\n", b"\x00" * 900, b"\x1a"])
def test_an_empty_file_is_said_to_be_empty(content: bytes) -> None:
    with pytest.raises(DamagedFileError, match="empty"):
        read_bytes(content, "a.jdx")


def test_unknown_binary_data_is_said_to_be_unknown() -> None:
    content = np.random.default_rng(5).bytes(5000)
    with pytest.raises(UnsupportedFormatError, match="binary data of an unknown format"):
        read_bytes(b"\x07\x00" + content, "a.bin")


def test_files_that_cannot_be_read_say_why(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="none of this name"):
        read_file(tmp_path / "missing.jdx")
    with pytest.raises(FormatError, match="found a folder"):
        read_file(tmp_path)
    large = tmp_path / "large.csv"
    large.write_bytes(CSV)
    with pytest.raises(FormatError, match="found a larger file"):
        read_file(large, max_bytes=len(CSV) - 1)
    assert len(read_file(large, max_bytes=len(CSV))) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="only POSIX has named pipes in folders")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jdx")
    with pytest.raises(FormatError, match="expected a file"):
        read_file(tmp_path / "pipe.jdx")
