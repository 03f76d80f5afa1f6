"""The forensic library: drugs, precursors, cutting agents and solvents, drawn from tables of fitted bands."""

from __future__ import annotations

from pathlib import Path

from spectra_library.bands import spectrum_from_bands
from spectra_library.catalogue import load_catalogue
from spectra_library.library import Reference, ReferenceLibrary, Tier, sealed
from spectra_library.quantise import quantised
from spectra_library.spectrum import Technique
from spectra_library.starter import FORENSIC_NAME
from starter_library.band_tables import band_tables

VERSION = "1"
LICENCE = "not stated"
RESOLUTION_CM = 8.0  # nothing narrower is resolved in the source; compare at this resolution
NOTICE = (
    "Drawn from bands that were fitted to one published measurement each; the source is named with every "
    "reference, its terms were not seen. No independent repeat exists, so no accuracy is known: "
    "a finding needs a laboratory's confirmation."
)


def forensic_library(folder: Path, catalogue_folder: Path) -> ReferenceLibrary:
    """Build the library from the two tables in ``folder``.  Raises CatalogueError."""
    catalogue = load_catalogue(catalogue_folder)
    references = []
    for row, table in band_tables(folder / "bands_forensic_index.csv", folder / "bands_forensic.csv"):
        spectrum = spectrum_from_bands(
            table,
            low=float(row["range_lo"]),
            high=float(row["range_hi"]),
            technique=Technique(row["technique"].lower()),
            resolution_cm=RESOLUTION_CM,
        )
        references.append(
            Reference(
                id=row["ref_id"],
                substance=catalogue.get(row["id"]).id,
                tier=Tier.DERIVED,
                spectrum=quantised(spectrum),
                source=f"{row['source']}; there {row['name_in_source']!r}",
                licence=LICENCE,
                form="form not stated" if row["form"] in ("", "not stated") else row["form"],
            )
        )
    return sealed(
        ReferenceLibrary(
            name=FORENSIC_NAME, version=VERSION, references=tuple(references), band_lists=(), notice=NOTICE
        )
    )
