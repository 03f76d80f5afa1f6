"""Libraries out to a memory stick and in again: signed by who gives them, checked by who takes them.

libraries/packages.json    {"agency-a": {"manifest": {...}, "replaces": SHA-256 of the file before it}}
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from inspection.folders import DataFolder
from inspection.package_keys import PackageKeys
from spectra_library.errors import FormatError, LibraryStoreError, PackageError
from spectra_library.formats.file_content import file_bytes
from spectra_library.packages import MAX_BYTES, Manifest, moment, packed, unpacked
from spectra_library.shelf import LibraryShelf, slug
from spectra_library.store import load_library
from spectra_library.whole_file import write_whole

_INSTALLED: Final = "packages.json"


def exported_package(
    data: DataFolder, name: str, *, publisher: str, released: datetime, expires: date | None
) -> bytes:
    """Give a library of ``data`` as a package signed with the key of this installation.

    Raises LibraryStoreError when there is no such library or it has changed, PackageError.
    """
    entry = LibraryShelf(data.libraries).entry(name)
    library = load_library(entry.path)  # never hand on what is not as it was written
    try:
        content = entry.path.read_bytes()
    except OSError as error:
        raise LibraryStoreError(f"{entry.path} could not be read: {error.strerror or error}") from error
    return packed(
        content,
        name=library.name,
        version=library.version,
        library_sha256=library.sha256,
        signing_key=PackageKeys(data.keys).signing_key(),
        publisher=publisher,
        released=released,
        expires=expires,
    )


def install_package(data: DataFolder, content: bytes, *, today: date) -> Manifest:
    """Put the library of a package on the shelf, in the place of an earlier release, and give its manifest.

    Raises PackageError when the package is refused: see ``packages.unpacked``; or it is older than what was
    installed under its name, or would replace a library that came from elsewhere.  Raises LibraryStoreError
    when the library in it is none.  Then the shelf is what it was.
    """
    manifest, library_file = unpacked(content, trusted=PackageKeys(data.keys).accepted(), today=today)
    shelf = LibraryShelf(data.libraries)
    path, short = shelf.path_of(manifest.name), slug(manifest.name)
    installed = _installed(shelf)
    here = _file_sha256(path)
    _refuse_to_replace(manifest, installed.get(short), here)
    incoming = shelf.staging_of(manifest.name).with_suffix(".package")
    try:
        write_whole(incoming, library_file)
        library = load_library(incoming)
        if (library.name, library.sha256) != (manifest.name, manifest.library_sha256):
            raise PackageError(f"the library in the package is not {manifest.name!r} as its manifest says")
        # In this order, and with what it replaces: after a kill in between the same package is taken again.
        _write_installed(shelf, {**installed, short: _Installed(manifest, here)})
        incoming.replace(path)
    except OSError as error:
        raise LibraryStoreError(f"{path} could not be written: {error.strerror or error}") from error
    finally:
        incoming.unlink(missing_ok=True)
    return manifest


def package_bytes(path: Path) -> bytes:
    """Read a package file, never more than a package may have.  Raises PackageError."""
    try:
        return file_bytes(path, max_bytes=MAX_BYTES)
    except FormatError as error:
        raise PackageError(f"{path}: {error}") from error


def installed_packages(data: DataFolder) -> dict[str, Manifest]:
    """Give the manifest of each library, by its short name, that was installed from a package.

    Raises PackageError when that is not known.
    """
    return {short: one.manifest for short, one in _installed(LibraryShelf(data.libraries)).items()}


@dataclass(frozen=True, slots=True)
class _Installed:
    """A package that was installed, and the SHA-256 of the file it took the place of; empty for none."""

    manifest: Manifest
    replaces: str


def _refuse_to_replace(manifest: Manifest, before: _Installed | None, here: str) -> None:
    if here and (before is None or here not in (before.manifest.file_sha256, before.replaces)):
        raise PackageError(
            f"the library {manifest.name!r} that is here was imported or added to here, which a package "
            "would undo: remove it first, or export it"
        )
    if before is None:
        return
    if before.manifest.key != manifest.key:
        raise PackageError(
            f"the library {manifest.name!r} was installed from another publisher, "
            f"{before.manifest.publisher!r}; a package of the same name does not replace it"
        )
    if moment(manifest.released) < moment(before.manifest.released):
        raise PackageError(
            f"the package {manifest.name!r} was released on {manifest.released}, "
            f"before the one that was installed here, of {before.manifest.released}"
        )


def _file_sha256(path: Path) -> str:
    """Hash a library file; empty when there is none."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise LibraryStoreError(f"{path} could not be read: {error.strerror or error}") from error


def _installed(shelf: LibraryShelf) -> dict[str, _Installed]:
    path = shelf.folder / _INSTALLED
    try:
        held = json.loads(path.read_text("utf-8"))
        found = {
            short: _Installed(Manifest(**one["manifest"]), one["replaces"]) for short, one in held.items()
        }
        for one in found.values():
            moment(one.manifest.released)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, PackageError) as error:
        raise PackageError(f"expected the list of installed packages in {path}, found: {error}") from error
    return found


def _write_installed(shelf: LibraryShelf, installed: dict[str, _Installed]) -> None:
    held = {short: asdict(one) for short, one in installed.items()}
    text = json.dumps(held, ensure_ascii=False, indent=1) + "\n"
    write_whole(shelf.folder / _INSTALLED, text.encode())
