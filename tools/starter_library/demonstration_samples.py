"""The demonstration's samples: other laboratories' measurements, none of which is in the library."""

from __future__ import annotations

from pathlib import Path

from spectra_library.catalogue import load_catalogue
from spectra_library.quantise import quantised
from spectra_library.spectrum import Spectrum, Technique
from spectra_library.tables import read_table
from starter_library.open_sources import OPTICAL_PACKAGE, read_optical_constants

WAVENUMBER_MIN = 650.0  # cm-1, where a portable instrument with a diamond begins


def demonstration_samples(folder: Path) -> dict[Path, str]:
    """Give the text of each sample's file: the rows of optical_constants.csv that name one.

    Raises SourceMissingError.
    """
    catalogue = load_catalogue(folder / "catalogue")
    rows = [row for row in read_table(folder / "sources" / "optical_constants.csv") if row["sample"]]
    samples = {}
    for row in rows:
        constants = read_optical_constants(row["shelf"], row["book"], row["page"])
        inside = constants.wavenumber >= WAVENUMBER_MIN
        spectrum = quantised(
            Spectrum(
                wavenumber=constants.wavenumber[inside],
                absorbance=constants.atr()[inside],
                technique=Technique.ATR,
            )
        )
        title = catalogue.get(row["substance"]).name
        header = (
            f"# {title}: ATR spectrum (diamond n = 2.4, 45 degrees, one bounce, Fresnel) scaled to 1",
            f"# n, k: refractiveindex.info {row['shelf']}/{row['book']}/{row['page']} ({OPTICAL_PACKAGE})",
            f"# {row['credit']}",
            "# licence: CC0 1.0; not in the library: the reference is another laboratory's measurement",
            "wavenumber,absorbance",
        )
        points = zip(spectrum.wavenumber.tolist(), spectrum.absorbance.tolist(), strict=True)
        lines = (f"{wavenumber:.2f},{absorbance:.6f}" for wavenumber, absorbance in points)
        samples[folder / "demonstration" / f"{row['sample']}.csv"] = "\n".join((*header, *lines)) + "\n"
    return samples
