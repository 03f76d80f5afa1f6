"""Any spectrum file to spectra: the reader is chosen by what the file holds, never by its ending.

    bytes -unpack-> bytes -signature--> named and refused
                      |-----head------> spa.read_spa, opus.read_opus, perkin_elmer.read_perkin_elmer
                      |-----numbers---> asp.read_asp
                      |-----zip-------> xlsx.read_xlsx
                      |-----flags-----> spc.read_spc
                      |-----##TITLE=--> jcamp.read_jcamp
                      `-----text------> csv_table.read_csv

A further format is one more file beside these and one more line in ``read_bytes``.
"""

from __future__ import annotations

from pathlib import Path

from spectra_library.errors import DamagedFileError, UnsupportedFormatError
from spectra_library.formats.asp import is_asp, read_asp
from spectra_library.formats.csv_table import read_csv
from spectra_library.formats.file_content import MAX_FILE_BYTES, file_bytes
from spectra_library.formats.file_spectrum import FilePart
from spectra_library.formats.jcamp import read_jcamp
from spectra_library.formats.opus import is_opus, read_opus
from spectra_library.formats.perkin_elmer import is_perkin_elmer, read_perkin_elmer
from spectra_library.formats.plain_text import decode
from spectra_library.formats.signatures import is_jcamp, is_optical_constants, is_text, recognised
from spectra_library.formats.spa import is_spa, read_spa
from spectra_library.formats.spc import is_spc, read_spc
from spectra_library.formats.unpacking import is_packed, unpacked
from spectra_library.formats.xlsx import is_xlsx, read_xlsx


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
    if is_spa(content):
        return read_spa(content, name=name)
    if is_opus(content):
        return read_opus(content, name=name)
    if is_perkin_elmer(content):
        return read_perkin_elmer(content, name=name)
    if is_asp(content):
        return read_asp(decode(content), name=name)
    if is_xlsx(content):
        return read_xlsx(content, name=name)
    signature = recognised(content)
    if signature is not None:
        article = "an" if signature.name[0] in "AEIO" else "a"
        raise UnsupportedFormatError(
            f"looks like {article} {signature.name} file, which is not read yet; {signature.advice}"
        )
    if is_spc(content):
        return read_spc(content, name=name)
    # Before the question whether it is text: some instruments pad JCAMP-DX records with NUL bytes.
    if is_jcamp(content):
        return read_jcamp(decode(content))
    if not is_text(content):
        raise UnsupportedFormatError("expected a spectrum file, found binary data of an unknown format")
    if is_optical_constants(content):
        raise UnsupportedFormatError("expected a spectrum, found a table of optical constants (n, k)")
    return read_csv(decode(content), name=name)


def read_file(path: Path, *, max_bytes: int = MAX_FILE_BYTES) -> tuple[FilePart, ...]:
    """Read all spectra of the file at ``path``.

    Raises FormatError when it is missing, unreadable, no plain file or larger than ``max_bytes``, and
    whatever ``read_bytes`` raises.
    """
    return read_bytes(file_bytes(path, max_bytes=max_bytes), path.name)
