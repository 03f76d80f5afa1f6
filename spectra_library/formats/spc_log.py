"""The log of a Galactic SPC file: lines of text, some of them ``WORD = value``.

    size u32 | memory u32 | text offset u32 | binary size u32 | private size u32 | reserved 44 |
    [binary] | [private] | text lines, CR LF, ended by NUL

Source: LOGSTC in SPC.H.
"""

from __future__ import annotations

import re
import struct
from typing import Final

from spectra_library.formats.plain_text import cleaned, decode
from spectra_library.formats.spc_header import SpcHeader

_HEADER_SIZE: Final = 64
_MAX_TEXT: Final = 65_536  # bytes; the logs of the public sample files have at most 1,100
_ENTRY: Final = re.compile(r"\s{0,8}([A-Za-z][A-Za-z0-9 _]{0,29}?)\s{0,8}=(.{0,400})")


def log_entries(content: bytes, header: SpcHeader) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the entries by their word in capitals, cleaned, and warnings; the first of a word counts.

    A log that does not fit the file is left out: no number depends on it.
    """
    at = header.log_offset
    if at == 0:
        return {}, ()
    if at >= len(content):
        return {}, (f"the log at byte {at} is missing: the file ends at byte {len(content)}",)
    if at + _HEADER_SIZE > len(content):
        return {}, (f"the log at byte {at} is cut off",)
    size, _, text_at = struct.unpack_from(header.order + "III", content, at)
    if size > len(content) - at or not _HEADER_SIZE <= text_at <= size:
        return {}, (f"the log at byte {at} does not fit the file and is not read",)
    text = content[at + text_at : at + size][:_MAX_TEXT].partition(b"\x00")[0]
    entries: dict[str, str] = {}
    for line in decode(text).split("\n"):
        found = _ENTRY.match(line[:500])
        if found is not None:
            entries.setdefault(found[1].upper(), cleaned(found[2]).strip('" '))
    return entries, ()
