"""The real questions: 636 spectra of three laboratories, each laboratory asked against the other two.

    pyopenspecy 0.0.1 --classes.csv--> OpenSpectrum --leave one laboratory out--> Split

All spectra of the source are read, not those that the starter library keeps: these were chosen by their
agreement between laboratories, and an accuracy measured on them is too good.  A spectrum whose identity has
no class in ``classes.csv`` (blends, paints, polymers that are not named) is neither asked nor in a library:
with no truth an answer can be neither right nor wrong.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from starter_library.open_sources import read_openspecy

from spectra_library.library import Reference, ReferenceLibrary, Tier, sealed
from spectra_library.quantise import with_gaps
from spectra_library.spectrum import Spectrum, Technique
from spectra_library.tables import read_table

CLASSES = Path(__file__).with_name("classes.csv")
LICENCE = "CC BY 4.0"


@dataclass(frozen=True, slots=True, eq=False)
class OpenSpectrum:
    """One measured spectrum and what it is: ``material`` is its class, the truth that answers are held to."""

    number: str
    laboratory: str
    identity: str
    material: str
    spectrum: Spectrum


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """One laboratory's spectra as questions, the others' as the library.

    ``present`` are questions whose class the library holds, ``absent`` those whose class it does not.
    """

    laboratory: str
    library: tuple[OpenSpectrum, ...]
    present: tuple[OpenSpectrum, ...]
    absent: tuple[OpenSpectrum, ...]


def read_classes(path: Path = CLASSES) -> dict[str, str]:
    """Give the class of each identity of the source; the empty class means *not asked*."""
    return {row["identity"]: row["class"] for row in read_table(path)}


def classes_sha256(path: Path = CLASSES) -> str:
    """Hash the table of classes, so that a report says on which truth it stands."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def open_spectra() -> tuple[OpenSpectrum, ...]:
    """Read all spectra that have a class.  Raises SourceMissingError without the extra ``build``."""
    classes = read_classes()
    return tuple(
        OpenSpectrum(
            number=one.number,
            laboratory=one.organisation,
            identity=one.identity,
            material=classes[one.identity],
            spectrum=with_gaps(
                Spectrum(one.wavenumber, one.absorbance, Technique.ATR, resolution_cm=one.resolution_cm)
            ),
        )
        for one in read_openspecy()
        if classes[one.identity]
    )


def splits(spectra: Sequence[OpenSpectrum]) -> tuple[Split, ...]:
    """Leave each laboratory out in turn, in the source's order."""
    return tuple(
        split(laboratory, spectra) for laboratory in dict.fromkeys(one.laboratory for one in spectra)
    )


def split(laboratory: str, spectra: Sequence[OpenSpectrum]) -> Split:
    """Leave ``laboratory`` out."""
    library = tuple(one for one in spectra if one.laboratory != laboratory)
    asked = [one for one in spectra if one.laboratory == laboratory]
    held = {one.material for one in library}
    return Split(
        laboratory=laboratory,
        library=library,
        present=tuple(one for one in asked if one.material in held),
        absent=tuple(one for one in asked if one.material not in held),
    )


def as_library(spectra: Sequence[OpenSpectrum], name: str) -> ReferenceLibrary:
    """Make a reference library of ``spectra``; its substances are their classes."""
    return sealed(
        ReferenceLibrary(
            name=name,
            version="1",
            references=tuple(
                Reference(
                    id=one.number,
                    substance=one.material,
                    tier=Tier.MEASURED,
                    spectrum=one.spectrum,
                    source=f"Open Specy entry {one.number}, {one.laboratory}",
                    licence=LICENCE,
                )
                for one in spectra
            ),
            band_lists=(),
        )
    )
