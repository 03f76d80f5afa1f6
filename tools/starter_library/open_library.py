"""The open library: what may be shipped with everything else, each reference under its own free licence.

Open Specy ATR spectra          measured   CC BY 4.0
optical constants -> ATR, transmission     derived    CC0 1.0
fits of public-domain spectra   derived    public domain
band lists                      bands      not traced to any document: hints only
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from spectra_library.bands import spectrum_from_bands
from spectra_library.catalogue import Catalogue, load_catalogue
from spectra_library.errors import CatalogueError
from spectra_library.library import BandList, Reference, ReferenceLibrary, Tier, sealed
from spectra_library.quantise import quantised, with_gaps
from spectra_library.spectrum import FloatArray, Spectrum, Technique
from spectra_library.starter import OPEN_NAME
from spectra_library.tables import read_table
from starter_library.band_tables import band_tables
from starter_library.open_sources import (
    OPENSPECY_PACKAGE,
    OPTICAL_PACKAGE,
    OpenSpecySpectrum,
    read_openspecy,
    read_optical_constants,
)

VERSION = "1"

# br (broad) says nothing of the height; a broad band is easily missed, so it weighs as a weak one
STRENGTHS = {"vs": 1.0, "s": 0.75, "m": 0.5, "w": 0.25, "br": 0.25}


def open_library(folder: Path) -> ReferenceLibrary:
    """Build the open library from the tables under ``folder`` and the packages of the extra ``build``.

    Raises SourceMissingError without the packages, CatalogueError for a table that does not fit them.
    """
    sources = folder / "sources"
    catalogue = load_catalogue(folder / "catalogue")
    references = [*measured(sources), *computed(sources)]
    references += fitted(sources, references)
    for reference in references:
        catalogue.get(reference.substance)
    return sealed(
        ReferenceLibrary(
            name=OPEN_NAME,
            version=VERSION,
            references=tuple(references),
            band_lists=tuple(listed(sources, references, catalogue)),
        )
    )


def measured(sources: Path) -> Iterator[Reference]:
    """Give the Open Specy spectra that the tables keep.

    Raises CatalogueError for an identity that the table does not decide on.
    """
    identities = {row["identity"]: row for row in read_table(sources / "openspecy_identities.csv")}
    single = {row["spectrum"]: row for row in read_table(sources / "openspecy_spectra.csv")}
    for spectrum in read_openspecy():
        if spectrum.identity not in identities:
            raise CatalogueError(
                f"expected {spectrum.identity!r} in openspecy_identities.csv, found no such row"
            )
        decided = identities[spectrum.identity]
        special = single.get(spectrum.number, decided)
        if special["decision"] == "keep":
            yield _openspecy_reference(spectrum, special["substance"], special["form"])


def computed(sources: Path) -> Iterator[Reference]:
    """Give ATR and transmission spectra of every set of optical constants with the role ``reference``.

    The axes of one crystal are several rows: a powder shows the mean of them, weighted with their shares.
    """
    rows = [row for row in read_table(sources / "optical_constants.csv") if row["role"] == "reference"]
    for substance in dict.fromkeys(row["substance"] for row in rows):
        sets = [row for row in rows if row["substance"] == substance]
        constants = [read_optical_constants(row["shelf"], row["book"], row["page"]) for row in sets]
        shares = [float(row["share"]) for row in sets]
        axis = constants[0].wavenumber
        named = ", ".join(f"{row['shelf']}/{row['book']}/{row['page']}" for row in sets)
        n_and_k = f"n, k: refractiveindex.info {named} ({OPTICAL_PACKAGE}): {sets[0]['credit']}"
        for technique, curves, how in (
            (
                Technique.ATR,
                [one.atr() for one in constants],
                "Fresnel, diamond n = 2.4, 45 degrees, one bounce",
            ),
            (Technique.TRANSMISSION, [one.transmission() for one in constants], "absorbance from k"),
        ):
            absorbance: FloatArray = np.sum(
                [
                    share * np.interp(axis, one.wavenumber, curve)
                    for share, one, curve in zip(shares, constants, curves, strict=True)
                ],
                axis=0,
            )
            yield Reference(
                id=f"{substance}#nk-{technique.value}",
                substance=substance,
                tier=Tier.DERIVED,
                spectrum=_finished(axis, absorbance, technique),
                source=f"{how}; {n_and_k}",
                licence="CC0 1.0",
                form=sets[0]["form"],
            )


def fitted(sources: Path, references: Iterable[Reference]) -> Iterator[Reference]:
    """Give the fits of measured spectra, unless the spectrum or its optical constants are at hand themselves.

    A fit of n, k is left out because the constants are computed exactly; a fit of an Open Specy spectrum
    because the spectrum itself is there, or was dropped for a reason that holds for its fit as well.
    """
    computed_already = {reference.id.partition("#")[0] for reference in references if "#nk-" in reference.id}
    for row, table in band_tables(sources / "bands_derived_index.csv", sources / "bands_derived.csv"):
        is_of_constants = "#nk-" in row["ref_id"]
        if "Open Specy" in row["source"] or (is_of_constants and row["id"] in computed_already):
            continue
        technique = Technique.ATR if row["form"].startswith("ATR") else Technique.TRANSMISSION
        spectrum = spectrum_from_bands(
            table, low=float(row["range_lo"]), high=float(row["range_hi"]), technique=technique
        )
        yield Reference(
            id=f"{row['id']}#fit-{row['ref_id'].partition('#')[2]}",
            substance=row["id"],
            tier=Tier.DERIVED,
            spectrum=quantised(spectrum),
            source=f"{row['source']}; {row['n_bands']} pseudo-Voigt bands, r = {row['r']}",
            licence=row["licence"],
            form=row["form"],
        )


def listed(sources: Path, references: Iterable[Reference], catalogue: Catalogue) -> Iterator[BandList]:
    """Give the band lists of substances without a spectrum in this library.

    Where only the forensic library has a spectrum the list stays, because that library can be deleted.
    """
    known = {reference.substance for reference in references}
    rows = [row for row in read_table(sources / "bands_unverified.csv") if row["id"] not in known]
    for substance in dict.fromkeys(row["id"] for row in rows):
        bands = sorted((float(row["wavenumber_cm1"]), row) for row in rows if row["id"] == substance)
        first = bands[0][1]
        yield BandList(
            id=f"{substance}#bands",
            substance=catalogue.get(substance).id,
            wavenumber=np.array([position for position, _ in bands]),
            strength=np.array([STRENGTHS[row["rel_intensity"]] for _, row in bands]),
            source=first["source"],
            licence="facts; no document",
            form=first["form"],
        )


def _openspecy_reference(spectrum: OpenSpecySpectrum, substance: str, form: str) -> Reference:
    return Reference(
        id=f"{substance}#openspecy-{spectrum.number}",
        substance=substance,
        tier=Tier.MEASURED,
        spectrum=_finished(
            spectrum.wavenumber, spectrum.absorbance, Technique.ATR, resolution_cm=spectrum.resolution_cm
        ),
        source=(
            f"Open Specy entry {spectrum.number}, {spectrum.organisation} "
            f"({OPENSPECY_PACKAGE}); there {spectrum.identity!r}, scaled to 0..1"
        ),
        licence="CC BY 4.0",
        form=form or spectrum.material_form,
    )


def _finished(
    wavenumber: FloatArray, absorbance: FloatArray, technique: Technique, resolution_cm: float | None = None
) -> Spectrum:
    spectrum = Spectrum(
        wavenumber=wavenumber, absorbance=absorbance, technique=technique, resolution_cm=resolution_cm
    )
    return with_gaps(quantised(spectrum))
