"""The references that the candidates of a bundle name, copied, so that an expert sees what was compared.

library/index.json   every reference that was named, and where its copy is; without one, why
library/0001.json    what the library says of it, the numbers apart
library/0001.jdx     its curve, JCAMP-DX

The copies are bound by the manifest alone.  The chain holds the hash of the whole library, in every entry.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from spectra_library.errors import LibraryStoreError
from spectra_library.formats.jcamp_writer import jcamp_bytes
from spectra_library.library import Reference, ReferenceLibrary
from spectra_library.shelf import LibraryShelf
from spectra_library.store import load_library


@dataclass(frozen=True, slots=True, order=True)
class NamedReference:
    """A reference as entries name it; ``library_sha256`` is empty where an entry does not say it."""

    library: str
    library_sha256: str
    reference: str


def libraries_at_hand(shelf: LibraryShelf) -> tuple[ReferenceLibrary, ...]:
    """Read all libraries of ``shelf``, switched on or not; a damaged one is not at hand."""
    found = []
    for entry in shelf.entries():
        try:
            found.append(load_library(entry.path))
        except LibraryStoreError:
            continue
    return tuple(found)


def named_references(body: Mapping[str, Any]) -> Iterable[NamedReference]:
    """List the references that the candidates of an identification name."""
    stamp = body.get("library") or {}
    hashes = {part.get("name"): str(part.get("sha256", "")) for part in stamp.get("parts") or ()}
    for candidate in body.get("candidates") or ():
        library, reference = candidate.get("library"), candidate.get("reference")
        if isinstance(library, str) and isinstance(reference, str):
            yield NamedReference(library, hashes.get(library, ""), reference)


def add_library(
    add: Callable[[str, bytes], None], named: Iterable[NamedReference], libraries: Sequence[ReferenceLibrary]
) -> None:
    """Give ``add`` a copy of every reference that is at hand, and the index."""
    index = []
    by_id = {id(library): {one.id: one for one in library.references} for library in libraries}
    for number, one in enumerate(sorted(named), start=1):
        row: dict[str, object] = {**asdict(one), "file": None, "is_same_library": False}
        library = _library_of(one, libraries)
        reference = None if library is None else by_id[id(library)].get(one.reference)
        if library is None or reference is None:
            row["note"] = "not copied: it was not at hand when this bundle was written"
        else:
            row["file"] = f"library/{number:04d}"
            row["is_same_library"] = library.sha256 == one.library_sha256
            if not row["is_same_library"]:
                row["note"] = (
                    "copied from another version of this library than the entry names: it may differ"
                )
            add(f"library/{number:04d}.json", _text(_described(library, reference)))
            add(f"library/{number:04d}.jdx", _curve(library, reference))
        index.append(row)
    add("library/index.json", _text(index))


def _library_of(named: NamedReference, libraries: Sequence[ReferenceLibrary]) -> ReferenceLibrary | None:
    """Find the very library, or else one of its name."""
    of_that_name = [one for one in libraries if one.name == named.library]
    same = [one for one in of_that_name if one.sha256 == named.library_sha256]
    return next(iter((*same, *of_that_name)), None)


def _described(library: ReferenceLibrary, reference: Reference) -> dict[str, object]:
    spectrum = reference.spectrum
    return {
        "library": library.name,
        "library_version": library.version,
        "library_sha256": library.sha256,
        "library_notice": library.notice,
        "reference": reference.id,
        "substance": reference.substance,
        "form": reference.form,
        "tier": reference.tier,
        "technique": spectrum.technique,
        "source": reference.source,
        "licence": reference.licence,
        "provenance": None if reference.provenance is None else asdict(reference.provenance),
        "points": int(spectrum.wavenumber.size),
        "wavenumber_min": float(spectrum.wavenumber[0]),
        "wavenumber_max": float(spectrum.wavenumber[-1]),
        "resolution_cm": spectrum.resolution_cm,
    }


def _curve(library: ReferenceLibrary, reference: Reference) -> bytes:
    return jcamp_bytes(
        reference.spectrum,
        title=f"{reference.substance} {reference.form}".strip(),
        origin=f"{reference.source}; licence: {reference.licence}",
        owner=library.name,
        comments=[f"reference {reference.id}, {reference.tier}"],
    )


def _text(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=True, indent=1, sort_keys=True).encode("ascii") + b"\n"
