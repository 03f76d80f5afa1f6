"""Which substance of the catalogue a typed text means: an id, a CAS number or a name.  Pure."""

from __future__ import annotations

from spectra_library.catalogue import Catalogue, is_cas_sound
from spectra_library.importing.linking import Said, link
from spectra_library.names import plain_cas


def substance_called(text: str, catalogue: Catalogue) -> str:
    """Give the id of the one substance that is meant; empty where the catalogue knows none, or several."""
    if text in catalogue:
        return catalogue.get(text).id
    is_cas = is_cas_sound(plain_cas(text))
    return link(catalogue, Said(cas=text) if is_cas else Said(title=text)).substance
