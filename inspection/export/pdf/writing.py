"""A printed inspection or log into a file, with the names and curves that the data folder knows."""

from __future__ import annotations

from pathlib import Path

from inspection.export.atomic import Written, replacing
from inspection.export.bundle_library import libraries_at_hand
from inspection.export.pdf.inspection_pdf import inspection_pdf
from inspection.export.pdf.log_pdf import log_pdf
from inspection.folders import DataFolder
from inspection.language import Wording
from inspection.log import InspectionLog
from inspection.own_catalogue import own_catalogue
from inspection.records import LogHead
from spectra_library.shelf import LibraryShelf


def write_pdf(
    log: InspectionLog,
    path: Path,
    head: LogHead,
    words: Wording,
    *,
    inspection: str | None,
    with_persons: bool,
) -> Written:
    """Print the inspection of this number, or without one the identifications of the whole log, to ``path``.

    Raises ExportError, UnknownInspectionError, LogError; then ``path`` is what it was before.
    """
    data = DataFolder(log.path.parent)
    with replacing(path) as file:
        catalogue = own_catalogue(data).catalogue
        if inspection is None:  # the table has no part with personal data
            printed = log_pdf(log, words, head=head, catalogue=catalogue)
        else:
            printed = inspection_pdf(
                log,
                words,
                head=head,
                inspection=inspection,
                catalogue=catalogue,
                libraries=lambda: libraries_at_hand(LibraryShelf(data.libraries)),
                with_persons=with_persons,
            )
        file.write(printed.content)
    return Written(printed.count, file.sha256)
