"""The table of liquid water's optical constants that the search projects out of damp samples."""

from __future__ import annotations

from pathlib import Path

from starter_library.open_sources import read_optical_constants

SOURCE = ("main", "H2O", "Segelstein")


def liquid_water_table(folder: Path) -> dict[Path, str]:
    """Give the file and its text.  Raises SourceMissingError."""
    water = read_optical_constants(*SOURCE)
    rows = [
        f"{wavenumber:.2f},{n:.4f},{k:.5f}"
        for wavenumber, n, k in zip(water.wavenumber, water.n, water.k, strict=True)
    ]
    return {folder / "liquid_water.csv": "\n".join(["wavenumber_cm1,n,k", *rows, ""])}
