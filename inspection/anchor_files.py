"""An anchor that is given as a text or as the file that carries it: a slip, a countersignature, an export.

any text           the anchor in it, as anchor.py reads it; a slip, a note, a countersignature, a drawing
JSON, one a line   "anchor" of the first line
CSV                "volume", "log_count" and "log_head" of the first row
bundle             "anchor" at the beginning of its manifest

All rows of an export name the same anchor, so only the beginning of a file is looked at, however large it is.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
import zipfile
import zlib
from pathlib import Path
from typing import Final

from inspection.anchor import SHOWN, anchors_in, found_words, parse_anchor
from inspection.errors import AnchorError

LOOKED_AT: Final = 1 << 20  # bytes
_COLUMNS: Final = ("volume", "log_count", "log_head")
_TYPED: Final = re.compile(r"[0-9a-fA-F:\s]*")
_WIDE: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # what a Windows console writes into a file
_OF_BUNDLE: Final = re.compile(r'"format": "chemgate\.bundle\.2".*?"anchor": "([^"]*)"', re.DOTALL)
_BROKEN_ZIP: Final = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    RuntimeError,
    NotImplementedError,
    EOFError,
    ValueError,
)


def anchor_text(file_or_text: str) -> str:
    """Give a text that holds one anchor: of a file its own or the one that it carries; else the argument.

    Raises AnchorError.
    """
    path = Path(file_or_text)
    if not _is_file(path):
        if not anchors_in(file_or_text) and not _is_meant_as_anchor(file_or_text):
            raise AnchorError(
                "expected an anchor, VOLUME:COUNT:HEAD, or a file that holds one; "
                f"there is no file {file_or_text[:SHOWN]}"
            )
        parse_anchor(file_or_text)
        return file_or_text
    text = _text_of(path)
    found = anchors_in(text)
    if len(found) != 1:
        raise AnchorError(f"expected one anchor in the file {path}, found {found_words(found)}")
    return text


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # no name that a file can have
        return False


def _is_meant_as_anchor(text: str) -> bool:
    return _TYPED.fullmatch(text) is not None or text.lstrip().startswith("{")


def _text_of(path: Path) -> str:
    """Give what of a file holds its anchor.  Raises AnchorError."""
    try:
        with path.open("rb") as stream:
            beginning = stream.read(LOOKED_AT)
        if beginning.startswith(b"PK"):
            return _of_bundle(path)
        encoding = "utf-16" if beginning.startswith(_WIDE) else "utf-8-sig"
        # The last letter may have been cut.
        text = codecs.getincrementaldecoder(encoding)().decode(beginning, len(beginning) < LOOKED_AT)
    except OSError as error:
        raise AnchorError(f"the file {path} could not be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise AnchorError(f"expected a text with an anchor in the file {path}, found no text") from error
    return _of_lines(text) or _of_table(text) or text


def _of_bundle(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive, archive.open("manifest.json") as manifest:
            found = _OF_BUNDLE.search(manifest.read(LOOKED_AT).decode("ascii", "replace"))
    except _BROKEN_ZIP:
        found = None
    if found is None:
        raise AnchorError(f"expected an anchor in the file {path}, found a zip file that is no bundle")
    return found.group(1)


def _of_lines(text: str) -> str:
    try:
        first = json.loads(text.partition("\n")[0])
    except (ValueError, RecursionError):
        return ""
    is_export = isinstance(first, dict) and "hash" in first and isinstance(first.get("anchor"), str)
    return first["anchor"] if is_export else ""


def _of_table(text: str) -> str:
    """Read the first row; a spreadsheet may have written the table again with other separators."""
    separator = max(",;\t", key=text.partition("\n")[0].count)
    try:
        row = next(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator), {})
    except csv.Error:
        return ""
    cells = [row.get(name) for name in _COLUMNS]
    return ":".join(cell for cell in cells if cell) if all(isinstance(cell, str) for cell in cells) else ""
