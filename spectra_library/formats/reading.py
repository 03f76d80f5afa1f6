"""Any spectrum file to spectra: the reader is chosen by what the file holds, never by its ending.

    bytes -unpack-> bytes -signature--> named and refused
                      |-----##TITLE=--> jcamp.read_jcamp
                      `-----text------> csv_table.read_csv

A further format is one more file beside these and one more line in ``read_bytes``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from spectra_library.errors import DamagedFileError, FormatError, UnsupportedFormatError
from spectra_library.formats.csv_table import read_csv
from spectra_library.formats.file_spectrum import FilePart
from spectra_library.formats.jcamp import read_jcamp
from spectra_library.formats.plain_text import decode
from spectra_library.formats.signatures import is_jcamp, is_text, recognised
from spectra_library.formats.unpacking import is_packed, unpacked

MAX_FILE_BYTES: Final = 16 * 1024 * 1024


def read_bytes(content: bytes, name: str) -> tuple[FilePart, ...]:
    """Read all spectra of a file; ``name`` only serves as a title where the file has none.

    A block that cannot be used is a RefusedBlock among the others.  Raises UnsupportedFormatError when
    the content as a whole is nothing that is read, DamagedFileError when it is broken as a whole.
    """
    if is_packed(content):
        content = unpacked(content)
        name = name.removesuffix(".gz").removesuffix(".xz")
    if not content.strip(b" \t\r\n\x00\x1a"):
        raise DamagedFileError("expected a spectrum, found an empty file")
    signature = recognised(content)
    if signature is not None:
        article = "an" if signature.name[0] in "AEIO" else "a"
        raise UnsupportedFormatError(
            f"looks like {article} {signature.name} file, which is not read yet; {signature.advice}"
        )
    # Before the question whether it is text: some instruments pad JCAMP-DX records with NUL bytes.
    if is_jcamp(content):
        return read_jcamp(decode(content))
    if not is_text(content):
        raise UnsupportedFormatError("expected JCAMP-DX or CSV, found binary data of an unknown format")
    return read_csv(decode(content), name=name)


def read_file(path: Path, *, max_bytes: int = MAX_FILE_BYTES) -> tuple[FilePart, ...]:
    """Read all spectra of the file at ``path``.

    Raises FormatError when it is missing, unreadable, no plain file or larger than ``max_bytes``, and
    whatever ``read_bytes`` raises.
    """
    return read_bytes(file_bytes(path, max_bytes=max_bytes), path.name)


def file_bytes(path: Path, *, max_bytes: int = MAX_FILE_BYTES) -> bytes:
    """Return the content of a plain file, never more than ``max_bytes``.

    Raises FormatError saying what is there instead.
    """
    try:
        # A pipe or a device would block or never end.
        if not path.is_file():
            raise FormatError(
                "expected a file, found " + ("a folder" if path.is_dir() else "none of this name")
            )
        with path.open("rb") as stream:
            content = stream.read(max_bytes + 1)
    except OSError as error:
        raise FormatError(f"expected a readable file, found: {error.strerror or error}") from error
    if len(content) > max_bytes:
        raise FormatError(f"expected at most {max_bytes / 2**20:g} MiB, found a larger file")
    return content
