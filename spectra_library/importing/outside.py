"""The substances that a library holds and the catalogue does not know: the same one gets the same id.

outside:agency-a/xyz-7      the library's short name, and what its files call the substance
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from spectra_library.catalogue import is_cas_sound
from spectra_library.errors import LibraryStoreError
from spectra_library.formats.file_spectrum import FileBandList, FileSpectrum
from spectra_library.library import OutsideSubstance
from spectra_library.names import fold, plain_cas
from spectra_library.shelf import slug

PREFIX: Final = "outside:"


class OutsideSubstances:
    """Those of one library.  One CAS number, else one InChIKey, else one title is one substance."""

    def __init__(self, library: str, known: Iterable[OutsideSubstance] = ()) -> None:
        """Begin with what the library called ``library`` (its short name) has."""
        self._library = library
        self._by_id = {one.id: one for one in known}
        self._by_key = {_key(one.cas, one.inchikey, one.name): one.id for one in self._by_id.values()}

    def all(self) -> tuple[OutsideSubstance, ...]:
        """Give them in the order in which they came."""
        return tuple(self._by_id.values())

    def known(self, part: FileSpectrum | FileBandList) -> str:
        """Give the id of the substance that a file names; empty when it is a new one."""
        return self._by_key.get(_key(*_identity(part)), "")

    def substance_of(self, part: FileSpectrum | FileBandList) -> str:
        """Give the id of the substance that a file names, a new one where there is none yet."""
        cas, inchikey, name = _identity(part)
        key = _key(cas, inchikey, name)
        if key not in self._by_key:
            new = self._free_id(name)
            self._by_key[key] = new
            self._by_id[new] = OutsideSubstance(
                id=new,
                name=name,
                cas=cas,
                formula=part.notes.formula,
                inchikey=inchikey,
                synonyms=tuple(one for one in part.notes.names if one != name),
            )
        return self._by_key[key]

    def _free_id(self, name: str) -> str:
        try:
            words = slug(name)
        except LibraryStoreError:  # a title without a letter or digit
            words = "unnamed"
        wanted = f"{PREFIX}{self._library}/{words}"
        number, one = 1, wanted
        while one in self._by_id:
            number += 1
            one = f"{wanted}-{number}"
        return one


def _identity(part: FileSpectrum | FileBandList) -> tuple[str, str, str]:
    """Give the CAS number, if its check digit is right, the InChIKey and the name that a file says."""
    cas = plain_cas(part.cas) if part.cas else ""
    cas = cas if is_cas_sound(cas) else ""
    name = part.title or next(iter(part.notes.names), "") or cas or "unnamed"
    return cas, part.notes.inchikey, name


def _key(cas: str, inchikey: str, name: str) -> tuple[str, str]:
    if cas:
        return "cas", cas
    return ("inchikey", inchikey) if inchikey else ("name", fold(name))
