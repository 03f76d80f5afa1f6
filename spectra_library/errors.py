"""What can go wrong in this room, as a tree.

    SpectraLibraryError
    |-- SpectrumError              numbers that are not a spectrum
    |-- FormatError                a file that is refused
    |   |-- UnsupportedFormatError     not a format that is read here
    |   |-- DamagedFileError           its own checks, counts or numbers do not hold
    |   `-- NotInfraredError           Raman, NIR, mass, NMR, an interferogram ...: named, not guessed at
    |-- QuantityError              typed text that is no number with a fitting unit
    |-- CatalogueError             a substance that is not in the catalogue, a broken table
    |-- LibraryStoreError          a library file that cannot be read or written
    `-- CalibrationError           too few repeat measurements, a calibration file that cannot be read

``kind`` is the stable word that scripts see in ``{"error": {"kind": ...}}``.
"""

from __future__ import annotations

from typing import ClassVar


class SpectraLibraryError(Exception):
    """The root: every expected trouble with spectra and libraries."""

    kind: ClassVar[str] = "spectra_library"


class SpectrumError(SpectraLibraryError):
    """Wavenumbers and absorbances that cannot be one spectrum."""

    kind = "spectrum"


class FormatError(SpectraLibraryError):
    """A spectrum file that is refused; the message says what was expected, what was found, and where."""

    kind = "format"


class UnsupportedFormatError(FormatError):
    """The content is not one of the formats that are read."""

    kind = "unsupported_format"


class DamagedFileError(FormatError):
    """The content contradicts itself: a failed check, a wrong count, a number that is none."""

    kind = "damaged_file"


class NotInfraredError(FormatError):
    """A readable file that holds something else than a mid-infrared spectrum."""

    kind = "not_infrared"


class QuantityError(SpectraLibraryError):
    """Text typed by a person that is no number with a fitting unit."""

    kind = "quantity"


class CatalogueError(SpectraLibraryError):
    """A substance that the catalogue does not know, or a catalogue table that is broken."""

    kind = "catalogue"


class LibraryStoreError(SpectraLibraryError):
    """A reference library file that cannot be read or written."""

    kind = "library_store"


class CalibrationError(SpectraLibraryError):
    """Too few repeat measurements to calibrate on, or a calibration file that cannot be read or written."""

    kind = "calibration"
