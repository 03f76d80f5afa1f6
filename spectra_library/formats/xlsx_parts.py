"""The parts of a workbook that hold tables, taken out of their zip before anything else sees them.

    [Content_Types].xml | xl/workbook.xml | xl/_rels/workbook.xml.rels
    xl/styles.xml | xl/sharedStrings.xml | xl/worksheets/*.xml

Macros, links to other files, pictures, charts and properties stay in the zip.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final

from spectra_library.errors import DamagedFileError, UnsupportedFormatError
from spectra_library.formats.zip_members import ZipArchive, ZipEntry, opened_zip

MAX_MEMBERS: Final = 1_000
MAX_PART: Final = 64 * 1024 * 1024  # a table of 4,000,000 points has more, but no scan of an instrument
MAX_TOTAL: Final = 96 * 1024 * 1024
_SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml")
_PARTS: Final = frozenset(
    {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/sharedStrings.xml",
    }
)
WORKBOOK: Final = "xl/workbook.xml"


def workbook_parts(content: bytes) -> dict[str, bytes]:
    """Return the parts by name, each unpacked within its limit and checked against its CRC.

    Raises DamagedFileError when the zip is not sound, larger than the limits or packed more than 100 to 1,
    UnsupportedFormatError when it is encrypted or no workbook.
    """
    with opened_zip(content) as archive:
        if len(archive.entries) > MAX_MEMBERS:
            raise DamagedFileError(
                f"expected at most {MAX_MEMBERS} files in a workbook, found {len(archive.entries)}"
            )
        if not any(one.name == WORKBOOK for one in archive.entries):
            raise UnsupportedFormatError("expected a workbook, found a zip archive without one; unpack it")
        return _unpacked(archive, [one for one in archive.entries if _is_wanted(one)])


def _unpacked(archive: ZipArchive, wanted: list[ZipEntry]) -> dict[str, bytes]:
    for one in archive.entries:
        # One entry that is a bomb or a trick makes the whole file suspect.
        if one.refused is not None:
            raise DamagedFileError(f"in the workbook, {one.name}: {one.refused}") from one.refused
    total = sum(one.entry.file_size for one in wanted)
    if total > MAX_TOTAL:
        raise DamagedFileError(
            f"expected at most {MAX_TOTAL >> 20} MiB of tables when unpacked, found {total >> 20}"
        )
    return {one.name: archive.content(one, max_bytes=MAX_PART) for one in wanted}


def _is_wanted(one: ZipEntry) -> bool:
    return one.name in _PARTS or _SHEET.fullmatch(one.name) is not None


def repacked(parts: dict[str, bytes]) -> io.BytesIO:
    """Put the parts, and nothing else, into a zip of our own."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    stream.seek(0)
    return stream


def sheet_parts(parts: dict[str, bytes]) -> list[str]:
    """Return the names of the parts that are sheets."""
    return [name for name in parts if _SHEET.fullmatch(name)]
