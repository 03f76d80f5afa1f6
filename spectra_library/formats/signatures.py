"""What a file looks like by its first bytes, whatever its name says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

EXPORT: Final = "export it as JCAMP-DX or CSV"


@dataclass(frozen=True, slots=True)
class Signature:
    """A format that is recognised but not read here, in words, and what its owner can do."""

    name: str
    advice: str = EXPORT


_MAGIC: Final = (
    # SPA files and groups of spectra (SPG) begin with "Spectral Data File": see spa.py.
    (b"Spectral Exte File", Signature("Thermo OMNIC series (SRS)")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Signature("OLE (old or encrypted Excel, or of an instrument)")),
    (b"%PDF", Signature("PDF", "ask for the spectrum as JCAMP-DX or CSV")),
    (b"\x89PNG", Signature("PNG picture", "ask for the spectrum as JCAMP-DX or CSV")),
    (b"\xff\xd8\xff", Signature("JPEG picture", "ask for the spectrum as JCAMP-DX or CSV")),
    (b"\x89HDF", Signature("HDF5")),
    (b"MATLAB ", Signature("MATLAB")),
    (b"SQLite format 3", Signature("SQLite database", "spectra are not read from databases")),
    (b"BZh", Signature("bzip2", "unpack it first")),
    (b"Rar!", Signature("RAR", "unpack it first")),
    (b"7z\xbc\xaf\x27\x1c", Signature("7-Zip", "unpack it first")),
)


def recognised(content: bytes) -> Signature | None:
    """Return the format that the first bytes give away, None when they give none away."""
    for magic, signature in _MAGIC:
        if content.startswith(magic):
            return signature
    if content.startswith(b"PK\x03\x04"):
        if b"xl/workbook.bin" in content:
            return Signature("binary Excel workbook (xlsb)", "save it as xlsx or CSV")
        return Signature("zip archive", "unpack it first")
    return None


def is_text(content: bytes) -> bool:
    """Tell whether the beginning of a file is text: no NUL outside UTF-16, few control characters."""
    head = content[:4096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    control = sum(byte < 32 and byte not in b"\t\n\r\x0c\x1a" for byte in head)
    return b"\x00" not in head and control <= len(head) // 100


def is_jcamp(content: bytes) -> bool:
    """Tell whether a file begins with a JCAMP-DX label, after empty and comment lines."""
    for line in re.split(rb"[\r\n]+", content[:20_000]):
        stripped = line.removeprefix(b"\xef\xbb\xbf").strip(b" \t\x00\x1a")
        if stripped and not stripped.startswith(b"$$"):
            return re.match(rb"##[^=]{1,80}=", stripped) is not None
    return False


def is_optical_constants(content: bytes) -> bool:
    """Tell whether this is a table of n and k in YAML: as columns it would pass for two spectra."""
    return (
        re.search(rb"^DATA:\s+-\s+type:\s+tabulated (n|k|nk)\b", content[:20_000], re.MULTILINE) is not None
    )
