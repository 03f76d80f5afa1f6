"""Known spectra: a Reference is one spectrum of one substance; a ReferenceLibrary is a named set of them."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable
from dataclasses import astuple, dataclass, replace
from enum import StrEnum

import numpy as np

from spectra_library.errors import LibraryStoreError, SpectrumError
from spectra_library.spectrum import FloatArray, Spectrum, read_only

# The licence of a source whose terms were not seen; such a source is named wherever it answers.
NOT_STATED = "not stated"


class Tier(StrEnum):
    """What stands behind a reference, and so what it may lead to."""

    MEASURED = "measured"  # a measured spectrum: may lead to a match
    DERIVED = "derived"  # computed from measured data (optical constants, fitted bands): may lead to a match
    BANDS = "bands"  # a list of band positions: a hint, never a match
    TEACHING = "teaching"  # drawn from band lists: training mode only


@dataclass(frozen=True, slots=True)
class Provenance:
    """Which file a reference was imported from, by whom and when; texts are empty where nothing is known.

    ``file_sha256`` and ``block`` name the spectrum; ``file_name`` is the name it had (within its archive).
    ``title`` and ``cas`` are the file's own, whatever substance the spectrum was linked to by ``linked_by``
    (cas, inchikey, name, hand; empty when it was not linked).
    ``imported_by`` is who did or approved it, ``imported_on`` the UTC date, YYYY-MM-DD.
    """

    file_sha256: str
    file_name: str
    block: int = 0
    title: str = ""
    cas: str = ""
    phase: str = ""
    instrument: str = ""
    measured_on: str = ""
    linked_by: str = ""
    imported_by: str = ""
    imported_on: str = ""


@dataclass(frozen=True, slots=True)
class OutsideSubstance:
    """A substance that a library holds and the catalogue does not know: what its files say of it.

    ``id`` begins with "outside:".  Its legal status is not known, which is not the same as not controlled.
    """

    id: str
    name: str
    cas: str = ""
    formula: str = ""
    inchikey: str = ""
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """One spectrum of one substance, with where it comes from.

    ``id`` is unique within its library; ``substance`` is a catalogue id; ``form`` is the salt, hydrate
    or state that was measured, in words, empty when there is nothing to say.
    ``tier`` is MEASURED or DERIVED (or TEACHING); ``technique`` stands in ``spectrum``.
    ``provenance`` is the file it was imported from; None for what comes with the program.
    """

    id: str
    substance: str
    tier: Tier
    spectrum: Spectrum
    source: str
    licence: str
    form: str = ""
    provenance: Provenance | None = None


@dataclass(frozen=True, slots=True, eq=False)
class BandList:
    """Listed band positions of one substance: tier ``bands``, good for hints only.

    ``wavenumber`` (B,) float64, cm-1, ascending; ``strength`` (B,) float64, 0..1, from vs/s/m/w words.

    Raises SpectrumError when these do not fit.
    """

    id: str
    substance: str
    wavenumber: FloatArray
    strength: FloatArray
    source: str
    licence: str
    form: str = ""
    provenance: Provenance | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "wavenumber", read_only(self.wavenumber))
        object.__setattr__(self, "strength", read_only(self.strength))
        if self.wavenumber.ndim != 1 or self.wavenumber.shape != self.strength.shape:
            raise SpectrumError(
                f"expected one strength for each band of {self.id}, "
                f"found shapes {self.strength.shape} and {self.wavenumber.shape}"
            )
        if self.wavenumber.size == 0 or not (np.diff(self.wavenumber) > 0).all():
            raise SpectrumError(f"expected strictly ascending band positions in {self.id}")


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceLibrary:
    """A named, versioned set of references and band lists.

    ``sha256`` is the hash of the content (ids, numbers, sources), the same on every machine.
    ``notice`` is what must be said wherever this library answers; empty when there is nothing to say.
    ``outside`` are the substances of its references that the catalogue did not know at the import.
    """

    name: str
    version: str
    references: tuple[Reference, ...]
    band_lists: tuple[BandList, ...]
    notice: str = ""
    sha256: str = ""
    outside: tuple[OutsideSubstance, ...] = ()


def sealed(library: ReferenceLibrary) -> ReferenceLibrary:
    """Check that the ids are unique and the tiers allowed, and return ``library`` with its content's hash.

    Raises LibraryStoreError.
    """
    seen: set[str] = set()
    ids = [reference.id for reference in library.references] + [bands.id for bands in library.band_lists]
    for one in ids:
        if one in seen:
            raise LibraryStoreError(f"expected unique ids in {library.name!r}, found {one!r} twice")
        seen.add(one)
    for reference in library.references:
        if reference.tier is Tier.BANDS:
            raise LibraryStoreError(f"expected a spectrum's tier for {reference.id!r}, found 'bands'")
    return replace(library, sha256=content_sha256(library))


def content_sha256(library: ReferenceLibrary) -> str:
    """Hash what the library says: every text, number and origin, and the notice; not its name or version.

    The numbers enter as little-endian float64, the texts as UTF-8 with their lengths in front, in the
    library's order.  So the hash is the same on every machine that holds the same numbers.
    """
    digest = hashlib.sha256()
    axes = _AxisDigests()
    _add_texts(digest, ("chemgate reference library 1", library.notice))
    for reference in library.references:
        spectrum = reference.spectrum
        texts = (reference.id, reference.substance, reference.tier.value, spectrum.technique.value)
        _add_texts(digest, ("reference", *texts, reference.form, reference.source, reference.licence))
        _add_texts(digest, (_number(spectrum.resolution_cm),))
        _add_texts(digest, (f"{_number(low)} {_number(high)}" for low, high in spectrum.gaps))
        digest.update(axes.of(spectrum.wavenumber))
        _add_bytes(digest, _little_endian(spectrum.absorbance))
        _add_provenance(digest, reference.provenance)
    for bands in library.band_lists:
        where_from = (bands.form, bands.source, bands.licence)
        _add_texts(digest, ("band list", bands.id, bands.substance, *where_from))
        _add_bytes(digest, _little_endian(bands.wavenumber))
        _add_bytes(digest, _little_endian(bands.strength))
        _add_provenance(digest, bands.provenance)
    for one in library.outside:
        names = (one.id, one.name, one.cas, one.formula, one.inchikey, *one.synonyms)
        _add_texts(digest, ("outside substance", *names))
    return digest.hexdigest()


def _add_provenance(digest: hashlib._Hash, provenance: Provenance | None) -> None:
    # Nothing is added where there is none: the hashes of the libraries that come with the program stay.
    if provenance is not None:
        _add_texts(digest, ("provenance", *(str(value) for value in astuple(provenance))))


class _AxisDigests:
    """SHA-256 of each axis, computed once: hundreds of references share a few axes, as arrays too."""

    def __init__(self) -> None:
        self._known: dict[int, bytes] = {}  # by identity: the library that is hashed keeps them alive

    def of(self, wavenumber: FloatArray) -> bytes:
        if id(wavenumber) not in self._known:
            self._known[id(wavenumber)] = hashlib.sha256(_little_endian(wavenumber)).digest()
        return self._known[id(wavenumber)]


def _add_texts(digest: hashlib._Hash, texts: Iterable[str]) -> None:
    encoded = [text.encode() for text in texts]
    parts = [struct.pack("<I", len(encoded))]
    for text in encoded:
        parts += (_length(text), text)
    digest.update(b"".join(parts))  # at once: thousands of small updates took half of the time


def _add_bytes(digest: hashlib._Hash, content: bytes) -> None:
    digest.update(_length(content))
    digest.update(content)


def _length(content: bytes) -> bytes:
    return len(content).to_bytes(8, "little")


def _little_endian(values: FloatArray) -> bytes:
    return values.astype("<f8", copy=False).tobytes()


def _number(value: float | None) -> str:
    return "" if value is None else repr(float(value))
