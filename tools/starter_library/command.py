"""The command: build the libraries and samples and write them, or compare them with what is there."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from spectra_library.errors import SpectraLibraryError
from spectra_library.library import ReferenceLibrary
from spectra_library.starter import DATA_FOLDER
from spectra_library.store import load_library, save_library
from starter_library.demonstration_samples import demonstration_samples
from starter_library.forensic_library import forensic_library
from starter_library.liquid_water import liquid_water_table
from starter_library.open_library import open_library
from starter_library.open_sources import SourceMissingError


def build(arguments: list[str], description: str | None) -> int:
    """Build, or with ``--check`` compare.  Returns the exit code, 2 for missing sources and broken tables."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="compare with what is there; write nothing")
    parser.add_argument("--data-folder", type=Path, default=DATA_FOLDER, metavar="FOLDER")
    options = parser.parse_args(arguments)
    folder: Path = options.data_folder
    try:
        libraries = dict(built_libraries(folder))
        samples = demonstration_samples(folder) | liquid_water_table(folder)
    except (SourceMissingError, SpectraLibraryError) as error:
        print(error, file=sys.stderr)
        return 2
    if options.check:
        return 1 if _differences(libraries, samples) else 0
    for path, library in libraries.items():
        save_library(library, path)
        _describe(path, library)
    for path, text in samples.items():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode())
        print(f"{path.relative_to(folder)}: {len(text)} bytes")
    return 0


def built_libraries(folder: Path) -> Iterator[tuple[Path, ReferenceLibrary]]:
    """Build each library that ``folder`` has the tables for; give it with the file it belongs into."""
    yield folder / "starter.sqlite", open_library(folder)
    forensic = folder / "forensic"
    if forensic.exists():
        yield forensic / "forensic.sqlite", forensic_library(forensic, folder / "catalogue")


def _differences(libraries: dict[Path, ReferenceLibrary], samples: dict[Path, str]) -> bool:
    is_different = False
    for path, library in libraries.items():
        found = _hash_of(path)
        print(f"{path.name}: built {library.sha256}, found {found}")
        is_different |= found != library.sha256
    for path, text in samples.items():
        is_same = path.is_file() and path.read_bytes() == text.encode()
        print(f"{path.name}: {'the same' if is_same else 'different'}")
        is_different |= not is_same
    return is_different


def _hash_of(path: Path) -> str:
    try:
        return load_library(path).sha256
    except SpectraLibraryError as error:
        return str(error)


def _describe(path: Path, library: ReferenceLibrary) -> None:
    print(
        f"{library.name} {library.version}: {path.name}, {path.stat().st_size} bytes, sha256 {library.sha256}"
    )
    counts = Counter((one.tier.value, one.spectrum.technique.value) for one in library.references)
    for (tier, technique), count in sorted(counts.items()):
        print(f"  {tier}, {technique}: {count}")
    print(f"  band lists: {len(library.band_lists)}")
