"""What can go wrong in this room, as a tree.

    SpectraLibraryError
    |-- SpectrumError              numbers that are not a spectrum
    |-- FormatError                a file that is refused
    |   |-- UnsupportedFormatError     not a format that is read here
    |   |-- DamagedFileError           its own checks, counts or numbers do not hold
    |   |-- NotInfraredError           Raman, NIR, mass, NMR, an interferogram ...: named, not guessed at
    |   |-- ReadingLimitError          reading it takes more memory or time than a file may
    |   `-- ReaderFailedError          the reader gave up on it: a mistake of ours
    |-- ReadingCancelledError      somebody no longer wants the file
    |-- ImportStoppedError         an import that was called off; the same one again goes on from there
    |-- QuantityError              typed text that is no number with a fitting unit
    |-- CatalogueError             a substance that is not in the catalogue, a broken table
    |-- LibraryStoreError          a library file that cannot be read or written
    |-- PackageError               a library package that was tampered with, expired, signed by nobody trusted
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


class ReadingLimitError(FormatError):
    """A file that takes more memory or time to read than a file may."""

    kind = "reading_limit"


class ReaderFailedError(FormatError):
    """A file on which the reader gave up, or answered what cannot be believed: a mistake of ours."""

    kind = "reader_failed"


class ReadingCancelledError(SpectraLibraryError):
    """A file that was not read to its end because somebody called it off."""

    kind = "reading_cancelled"


class ImportStoppedError(SpectraLibraryError):
    """An import that somebody called off before its end: the library is what it was.

    ``done`` of ``total`` files were read; the same import again goes on from there.
    """

    kind = "import_stopped"

    def __init__(self, message: str, *, done: int = 0, total: int = 0) -> None:
        super().__init__(message)
        self.done = done
        self.total = total


class QuantityError(SpectraLibraryError):
    """Text typed by a person that is no number with a fitting unit."""

    kind = "quantity"


class CatalogueError(SpectraLibraryError):
    """A substance that the catalogue does not know, or a catalogue table that is broken."""

    kind = "catalogue"


class LibraryStoreError(SpectraLibraryError):
    """A reference library file that cannot be read or written."""

    kind = "library_store"


class PackageError(SpectraLibraryError):
    """A library package that is refused: tampered with, expired, older, or signed by nobody trusted."""

    kind = "package"


class CalibrationError(SpectraLibraryError):
    """Too few repeat measurements to calibrate on, or a calibration file that cannot be read or written."""

    kind = "calibration"
