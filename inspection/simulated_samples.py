"""What the simulated detector plays: spectra out of files, or references of the library by substance."""

from __future__ import annotations

from pathlib import Path

from detector.capture import SampleTechnique
from detector.simulator.optics import SimulatedSample
from inspection.spectrum_files import Refused, is_file, read_curves
from spectra_library.catalogue import Catalogue
from spectra_library.errors import CatalogueError
from spectra_library.library import Reference, ReferenceLibrary
from spectra_library.names import fold, name_variants
from spectra_library.spectrum import Spectrum, Technique
from spectra_library.substance import Substance

PASSED_ON = {
    Technique.ATR: SampleTechnique.ATR,
    Technique.TRANSMISSION: SampleTechnique.TRANSMISSION,
}


def samples_named(
    names: list[str], catalogue: Catalogue, libraries: tuple[ReferenceLibrary, ...]
) -> tuple[SimulatedSample, ...]:
    """Give the samples for ``names``, each a file or a substance; a file with several spectra gives several.

    Raises FormatError for a file that cannot be read, CatalogueError for a substance without a reference.
    """
    samples: list[SimulatedSample] = []
    for name in names:
        if is_file(Path(name)):
            samples.extend(_from_file(Path(name)))
        else:
            samples.append(_from_library(name, catalogue, libraries))
    return tuple(samples)


def played(name: str, spectrum: Spectrum) -> SimulatedSample:
    """Give ``spectrum`` as a sample that the simulated detector plays under ``name``."""
    return SimulatedSample(
        name=name,
        wavenumber=spectrum.wavenumber,
        absorbance=spectrum.absorbance,
        technique=PASSED_ON.get(spectrum.technique, SampleTechnique.UNKNOWN),
        gaps=spectrum.gaps,
    )


def _from_file(path: Path) -> list[SimulatedSample]:
    samples = []
    for item in read_curves([path]):
        if isinstance(item, Refused):
            raise item.error
        samples.append(played(item.spectrum.title or path.name, item.spectrum.spectrum()))
    return samples


def _from_library(
    name: str, catalogue: Catalogue, libraries: tuple[ReferenceLibrary, ...]
) -> SimulatedSample:
    found = _called(name, catalogue)
    if not found:
        raise CatalogueError(f"expected a spectrum file or a substance, found neither under {name!r}")
    for substance in found:
        references = [
            reference
            for library in libraries
            for reference in library.references
            if reference.substance == substance.id
        ]
        if references:
            return played(substance.name, min(references, key=_atr_first).spectrum)
    raise CatalogueError(f"expected a substance with a reference to play, found none for {found[0].name}")


def _called(name: str, catalogue: Catalogue) -> tuple[Substance, ...]:
    """Give the substances of exactly this name: a slip in a file's name must not play what it contains."""
    if name in catalogue:
        return (catalogue.get(name),)
    return tuple(
        substance
        for substance in catalogue.find(name)
        if any(fold(name) in name_variants(one) for one in (*substance.names, substance.cas))
    )


def _atr_first(reference: Reference) -> bool:
    return reference.spectrum.technique is not Technique.ATR
