"""Spectra to CSV that this program, and any spreadsheet, reads back with every digit."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import numpy as np

from spectra_library.formats.cell_text import harmless
from spectra_library.formats.plain_text import cleaned
from spectra_library.spectrum import Spectrum

AXIS_HEADING = "wavenumber (1/cm)"
ORDINATE_HEADING = "absorbance"


def csv_bytes(spectra: Sequence[tuple[str, Spectrum]], *, ordinate: str = ORDINATE_HEADING) -> bytes:
    """Write titled spectra: side by side when they share one axis, else as a long table.

    ::

        wavenumber (1/cm),acetone (absorbance),...      title,wavenumber (1/cm),absorbance
        650.0,0.0125,...                                acetone,650.0,0.0125

    ``ordinate`` is what the numbers are, for the headings: of a single beam they are no absorbance.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    titles = [harmless(cleaned(title)) for title, _ in spectra]
    if len(spectra) > 0 and all(
        np.array_equal(spectrum.wavenumber, spectra[0][1].wavenumber) for _, spectrum in spectra
    ):
        writer.writerow([AXIS_HEADING, *(f"{title} ({ordinate})".strip() for title in titles)])
        columns = [spectrum.absorbance.tolist() for _, spectrum in spectra]
        for row in zip(spectra[0][1].wavenumber.tolist(), *columns, strict=True):
            writer.writerow([repr(value) for value in row])
    else:
        writer.writerow(["title", AXIS_HEADING, ordinate])
        for title, (_, spectrum) in zip(titles, spectra, strict=True):
            for x, y in zip(spectrum.wavenumber.tolist(), spectrum.absorbance.tolist(), strict=True):
                writer.writerow([title, repr(x), repr(y)])
    return stream.getvalue().encode("utf-8")
