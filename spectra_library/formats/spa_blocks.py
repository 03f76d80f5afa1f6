"""The table of blocks at the head of a Thermo OMNIC SPA file, checked against the size of the file.

      0  "Spectral Data File"
     30  title, 256 bytes, ended by NUL
    294  rows of the table u16
    296  time of measurement u32, seconds since 1899-12-31 00:00 UTC
    304  row: key u8 | u8 | offset u32 | bytes u32 | 6 bytes      (16 bytes, little-endian)

Layout after the notes in the source of spectrochempy-omnic 0.2.1 (read_omnic); the number of rows and the
four bytes a point were confirmed on a real file.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from spectra_library.errors import DamagedFileError
from spectra_library.formats.plain_text import cleaned

SIGNATURE: Final = b"Spectral Data File"
_TITLE: Final = slice(30, 286)
_ROW_COUNT: Final = 294
_TIME: Final = 296
_TABLE: Final = 304
_ROW: Final = struct.Struct("<BxII6x")


class Key(IntEnum):
    """What a block of the file holds."""

    HEADER = 2
    ORDINATES = 3
    COMMENT = 4
    HISTORY = 27
    SAMPLE_INTERFEROGRAM = 102
    BACKGROUND_INTERFEROGRAM = 103
    GROUP_TITLE = 107  # only in SPG files, which hold many spectra


# Rows with other keys hold settings; in some of them the two numbers are no place in the file.
_KNOWN: Final = frozenset(Key)
_PLACES: Final = _KNOWN - {Key.GROUP_TITLE}


@dataclass(frozen=True, slots=True)
class SpaBlock:
    """A row of the table: ``size`` bytes from byte ``start`` of the file, both inside it."""

    key: Key
    start: int
    size: int

    @property
    def stop(self) -> int:
        """The first byte behind the block."""
        return self.start + self.size


def title_of(content: bytes) -> str:
    """Return the title of the file, cleaned."""
    return text_of(content[_TITLE])


def seconds_of(content: bytes) -> int:
    """Return the time of measurement in seconds since 1899-12-31 00:00 UTC."""
    (seconds,) = struct.unpack_from("<I", content, _TIME)
    return int(seconds)


def text_of(raw: bytes, *, limit: int = 200) -> str:
    """Return text up to the first NUL, cleaned; OMNIC writes Windows-1252."""
    return cleaned(raw.partition(b"\x00")[0].decode("cp1252", errors="replace"), limit=limit)


def read_table(content: bytes) -> tuple[SpaBlock, ...]:
    """List the blocks with keys that are known here, in the order of the table.

    Raises DamagedFileError when the table or one of these blocks is not inside the file, or when
    header or ordinates share bytes with another block.
    """
    if len(content) < _TABLE + _ROW.size:
        raise DamagedFileError(
            f"expected at least {_TABLE + _ROW.size} bytes in an OMNIC file, found {len(content)}"
        )
    (rows,) = struct.unpack_from("<H", content, _ROW_COUNT)
    end = _TABLE + rows * _ROW.size
    if rows == 0 or end > len(content):
        raise DamagedFileError(
            f"byte {_ROW_COUNT}: expected 1 to {(len(content) - _TABLE) // _ROW.size} blocks "
            f"in a file of {len(content)} bytes, found {rows}"
        )
    blocks: list[SpaBlock] = []
    for number in range(rows):
        key, start, size = _ROW.unpack_from(content, _TABLE + number * _ROW.size)
        if key not in _KNOWN or (key in _PLACES and size == 0):
            continue
        if key in _PLACES and not end <= start <= start + size <= len(content):
            raise DamagedFileError(
                f"byte {_TABLE + number * _ROW.size}: expected a block between bytes {end} "
                f"and {len(content)}, found {start} to {start + size}"
            )
        blocks.append(SpaBlock(Key(key), start, size))
    if sum(block.key in (Key.HEADER, Key.ORDINATES) for block in blocks) == 2:
        _refuse_shared_bytes([block for block in blocks if block.key in _PLACES])
    return tuple(blocks)


def _refuse_shared_bytes(blocks: list[SpaBlock]) -> None:
    for used in blocks:
        if used.key not in (Key.HEADER, Key.ORDINATES):
            continue
        for other in blocks:
            if other is not used and other.start < used.stop and used.start < other.stop:
                raise DamagedFileError(
                    f"byte {used.start}: expected {used.key.name.lower()} alone, "
                    f"found {other.key.name.lower()} in the same place"
                )
