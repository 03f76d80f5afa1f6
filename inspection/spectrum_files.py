"""Spectra and lists of bands out of files and folders; a bad file is one error, and the rest goes on.

The files are read in a process of their own with little memory and time, see ``formats.sandbox``.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from inspection.findings import Source
from spectra_library.errors import FormatError, SpectraLibraryError, UnsupportedFormatError
from spectra_library.formats.file_content import file_bytes
from spectra_library.formats.file_spectrum import FileBandList, FileSpectrum, RefusedBlock
from spectra_library.formats.sandbox import LimitedReader


@dataclass(frozen=True, slots=True)
class ReadSpectrum:
    """One spectrum of a file."""

    source: Source
    spectrum: FileSpectrum


@dataclass(frozen=True, slots=True)
class ReadBands:
    """A list of bands of a file: it can say what a substance looks like, and cannot be named itself."""

    source: Source
    bands: FileBandList


@dataclass(frozen=True, slots=True)
class Refused:
    """A file, or a block of one, that was refused."""

    source: Source
    error: SpectraLibraryError


def read_paths(
    paths: list[Path], *, reader: LimitedReader | None = None
) -> Iterator[ReadSpectrum | ReadBands | Refused]:
    """Read everything in ``paths``; folders are walked in order of names, hidden files left out.

    A folder that cannot be listed is one error too: nothing may be left out silently.  ``reader`` is
    one that is running already, and goes on running; without it there is one for this call.
    """
    if reader is None:
        with LimitedReader() as own_reader:
            yield from read_paths(paths, reader=own_reader)
        return
    for path in paths:
        if not is_folder(path):
            yield from read_one(path, reader)  # whatever it is, reading it will say
            continue
        files, refused = _walk(path)
        yield from refused
        for file in files:
            yield from read_one(file, reader)


def read_curves(
    paths: list[Path], *, reader: LimitedReader | None = None
) -> Iterator[ReadSpectrum | Refused]:
    """Read every spectrum of ``paths``; a list of bands is refused: it is no curve."""
    for item in read_paths(paths, reader=reader):
        yield _without_curve(item) if isinstance(item, ReadBands) else item


def read_one(path: Path, reader: LimitedReader) -> Iterator[ReadSpectrum | ReadBands | Refused]:
    """Read everything in one file."""
    try:
        content = file_bytes(path, max_bytes=reader.limits.file_bytes)
    except FormatError as error:
        yield Refused(Source(str(path), 0, "", ""), error)
        return
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        blocks = reader.read(content, path.name)
    except FormatError as error:
        yield Refused(Source(str(path), 0, sha256, ""), error)
        return
    for block in blocks:
        if isinstance(block, RefusedBlock):
            yield Refused(Source(str(path), block.block, sha256, ""), block.error)
            continue
        source = Source(str(path), block.block, sha256, block.format)
        if isinstance(block, FileBandList):
            yield ReadBands(source, block)
        else:
            yield ReadSpectrum(source, block)


def _without_curve(item: ReadBands) -> Refused:
    reason = f"expected a spectrum, found a list of {item.bands.wavenumber.size} bands without a curve"
    return Refused(item.source, UnsupportedFormatError(reason))


def is_folder(path: Path) -> bool:
    """Tell whether ``path`` is a folder; what may not be looked at, or cannot exist, is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


def is_file(path: Path) -> bool:
    """Tell whether ``path`` is a file; what may not be looked at, or cannot exist, is none."""
    try:
        return path.is_file()
    except OSError:
        return False


def _walk(folder: Path) -> tuple[list[Path], list[Refused]]:
    """Give the files under ``folder`` in order, and the folders there that cannot be listed."""
    files: list[Path] = []
    refused: list[Refused] = []

    def refuse(error: OSError) -> None:
        reason = FormatError(f"expected a readable folder, found: {error.strerror or error}")
        refused.append(Refused(Source(str(error.filename), 0, "", ""), reason))

    for parent, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files.extend(Path(parent) / name for name in names if not name.startswith("."))
    return sorted(files), refused
