"""Tables of the catalogue as rows of text."""

from __future__ import annotations

import csv
from pathlib import Path

from spectra_library.errors import CatalogueError


def read_table(path: Path) -> list[dict[str, str]]:
    """Read a CSV table with a header.  Raises CatalogueError when it is missing or a row does not fit."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CatalogueError(f"expected a table in {path}, found: {error}") from error
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise CatalogueError(f"expected one field for each column in {path}, row {number}")
    return rows
