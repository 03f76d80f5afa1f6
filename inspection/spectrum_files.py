"""Spectra out of files and folders, one by one; a bad file is one error, and the rest goes on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from inspection.findings import Source
from spectra_library.errors import FormatError, SpectraLibraryError
from spectra_library.formats.file_spectrum import FileSpectrum, RefusedBlock
from spectra_library.formats.reading import file_bytes, read_bytes


@dataclass(frozen=True, slots=True)
class ReadSpectrum:
    """One spectrum of a file."""

    source: Source
    spectrum: FileSpectrum


@dataclass(frozen=True, slots=True)
class Refused:
    """A file, or a block of one, that was refused."""

    source: Source
    error: SpectraLibraryError


def read_paths(paths: list[Path]) -> Iterator[ReadSpectrum | Refused]:
    """Read every spectrum of ``paths``; folders are walked in order of names, hidden files left out."""
    for path in paths:
        for file in _files(path):
            yield from read_one(file)


def read_one(path: Path) -> Iterator[ReadSpectrum | Refused]:
    """Read every spectrum of one file."""
    try:
        content = file_bytes(path)
    except FormatError as error:
        yield Refused(Source(str(path), 0, "", ""), error)
        return
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        blocks = read_bytes(content, path.name)
    except FormatError as error:
        yield Refused(Source(str(path), 0, sha256, ""), error)
        return
    for block in blocks:
        if isinstance(block, RefusedBlock):
            yield Refused(Source(str(path), block.block, sha256, ""), block.error)
        else:
            yield ReadSpectrum(Source(str(path), block.block, sha256, block.format), block)


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(
        file
        for file in path.rglob("*")
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(path).parts)
    )
