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


_SPC_VERSIONS: Final = {
    0x4B: "Galactic SPC",
    0x4C: "Galactic SPC (big-endian)",
    0x4D: "Galactic SPC (old format)",
}
_SPC_HEADER: Final = 224  # bytes of the old header; the new one has 512

_MAGIC: Final = (
    (b"Spectral Data File", Signature("Thermo OMNIC SPA")),
    (b"Spectral Exte File", Signature("Thermo OMNIC SPG")),
    (b"\x0a\x0a\xfe\xfe", Signature("Bruker OPUS")),
    (b"PEPE", Signature("PerkinElmer SP")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Signature("old Excel or instrument (OLE)")),
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
        if b"xl/" in content[:8192] or b"xl/" in content[-8192:]:
            return Signature("Excel workbook (xlsx)")
        return Signature("zip archive", "unpack it first")
    # Any text may have a K there; a header of 224 bytes without a NUL is text.
    if len(content) >= _SPC_HEADER and content[1] in _SPC_VERSIONS and b"\x00" in content[:_SPC_HEADER]:
        return Signature(_SPC_VERSIONS[content[1]])
    if _is_agilent_asp(content):
        return Signature("Agilent ASP")
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


def _is_agilent_asp(content: bytes) -> bool:
    """Recognise one number a line: count, first and last wavenumber, three codes, then as many ordinates."""
    lines = content[:400].split()
    if len(lines) < 10 or not lines[0].isdigit() or b"," in lines[1]:
        return False
    try:
        count, first, last = int(lines[0]), float(lines[1]), float(lines[2])
    except ValueError:
        return False
    one_number_a_line = all(len(line.split()) <= 1 for line in content.splitlines()[:20])
    return one_number_a_line and count > 10 and 0 < min(first, last) < max(first, last) < 20_000
