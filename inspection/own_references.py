"""Spectra of the user's own become references, once somebody who answers for it has said what they show.

scan, file or log entry -> checked -> Reference (measured, source "local") -> library "Own spectra"
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from inspection.folders import DataFolder
from spectra_library.errors import LibraryStoreError, SpectrumError
from spectra_library.library import Provenance, Reference, ReferenceLibrary, Tier, sealed
from spectra_library.quality import Severity, findings
from spectra_library.refusals import refuse_unsuitable
from spectra_library.shelf import OWN_NAME, LibraryShelf
from spectra_library.spectrum import Spectrum
from spectra_library.store import load_library, save_library

SOURCE: Final = "local"
LICENCE: Final = "own measurement"


@dataclass(frozen=True, slots=True, eq=False)
class OwnSpectrum:
    """A spectrum, where it was measured or lies, and what somebody says that it shows.

    ``sha256`` of the file or payload, 64 hex digits, with the ``block`` in it; ``place`` is the file's name,
    or "log entry 12".  ``substance`` is a catalogue id; ``form`` the salt, hydrate or state, in words.
    """

    spectrum: Spectrum
    sha256: str
    block: int
    place: str
    title: str
    substance: str
    form: str = ""
    instrument: str = ""


def approve(own: OwnSpectrum, data: DataFolder, *, approved_by: str, today: date) -> Reference:
    """Put ``own`` into the library of own spectra and give the reference it became.

    Raises SpectrumError when the spectrum is no question to a library or too poor for a reference,
    LibraryStoreError when it is there already, nobody is named who approves, or it cannot be written.
    """
    if not approved_by.strip():
        raise LibraryStoreError("expected the name of the person who approves the spectrum, found none")
    _refuse_poor(own.spectrum)
    path = LibraryShelf(data.libraries).path_of(OWN_NAME)
    library = _library_at(path)
    reference = Reference(
        id=f"{SOURCE}/{own.substance}/{own.sha256[:12]}-{own.block}",
        substance=own.substance,
        tier=Tier.MEASURED,
        spectrum=own.spectrum,
        source=SOURCE,
        licence=LICENCE,
        form=own.form,
        provenance=Provenance(
            file_sha256=own.sha256,
            file_name=own.place,
            block=own.block,
            title=own.title,
            instrument=own.instrument,
            linked_by="hand",
            imported_by=approved_by.strip(),
            imported_on=today.isoformat(),
        ),
    )
    _refuse_twice(reference, library)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _save_next(library, (*library.references, reference), path)
    return reference


def forget(reference_id: str, data: DataFolder) -> None:
    """Take one own spectrum out again; the last takes the library with it.  Raises LibraryStoreError."""
    shelf = LibraryShelf(data.libraries)
    path = shelf.path_of(OWN_NAME)
    library = _library_at(path)
    rest = tuple(one for one in library.references if one.id != reference_id)
    if len(rest) == len(library.references):
        raise LibraryStoreError(f"expected the id of an own spectrum, found {reference_id!r}")
    if not rest:
        shelf.remove(OWN_NAME)
        return
    _save_next(library, rest, path)


def _library_at(path: Path) -> ReferenceLibrary:
    """Read the library of own spectra; an empty one where there is none yet."""
    return load_library(path) if path.exists() else ReferenceLibrary(OWN_NAME, "0", (), ())


def _save_next(library: ReferenceLibrary, references: tuple[Reference, ...], path: Path) -> None:
    """Write the next version of ``library``, with ``references`` in the place of its own."""
    version = str(int(library.version) + 1)
    save_library(sealed(replace(library, version=version, references=references)), path)


def _refuse_poor(spectrum: Spectrum) -> None:
    """A poor question gets no answer; a poor reference would give wrong ones for years."""
    refuse_unsuitable(spectrum)
    for one in findings(spectrum):
        if one.severity is Severity.FATAL:
            raise SpectrumError(f"expected a spectrum good enough for a reference, found: {one.issue}")


def _refuse_twice(reference: Reference, library: ReferenceLibrary) -> None:
    numbers = reference.spectrum.absorbance.tobytes()
    for one in library.references:
        if one.spectrum.absorbance.tobytes() == numbers:
            raise LibraryStoreError(
                f"this spectrum is in {library.name!r} already, as {one.id}: it can be removed with "
                f"'library forget {one.id}'"
            )
