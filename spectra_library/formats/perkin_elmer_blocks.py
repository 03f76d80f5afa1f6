"""The nested blocks of a PerkinElmer file, each checked against the block it stands in.

      0  "PEPE"
      4  what the file holds, 40 bytes: "2D constant interval DataSet file"
     44  block: id i16 | size i32 | content of that size          (little-endian), one behind the other

    content of a wrapper    more blocks, one behind the other
    content of a member     type i16 | value: text is length u16 | bytes, an array is bytes i32 | float64 ...

Layout and ids after the reader that the maker gives away for MATLAB (spload.m, PerkinElmer 2007), confirmed
on a real file, whose blocks fill it to the last byte.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from spectra_library.errors import DamagedFileError
from spectra_library.formats.plain_text import cleaned

SIGNATURE: Final = b"PEPE"
FIRST_BLOCK: Final = 44
_BLOCK: Final = struct.Struct("<hi")
_TYPE: Final = struct.Struct("<h")
_LENGTH: Final = struct.Struct("<H")
_MAX_BLOCKS: Final = 10_000
_MAX_DEPTH: Final = 16

TEXT: Final = 29987
RANGE: Final = 29981  # two float64
INTERVAL: Final = 29979  # one float64
COUNT: Final = 29995  # i32
ARRAY: Final = 29974  # i32 number of bytes, float64 ...
_TYPES: Final = range(29971, 30000)


@dataclass(frozen=True, slots=True)
class Block:
    """``id`` and the place of the content in the file, in bytes, inside the file."""

    id: int
    start: int
    size: int

    @property
    def stop(self) -> int:
        """The first byte behind the content."""
        return self.start + self.size


def description_of(content: bytes) -> str:
    """Return what the file says that it holds."""
    return cleaned(content[4:FIRST_BLOCK].partition(b"\x00")[0].decode("ascii", errors="replace"))


def blocks_in(content: bytes, start: int, stop: int) -> list[Block]:
    """List the blocks that fill the bytes from ``start`` to ``stop``.

    Raises DamagedFileError with the byte when they do not fill them exactly.
    """
    found: list[Block] = []
    at = start
    while at < stop:
        if stop - at < _BLOCK.size or len(found) == _MAX_BLOCKS:
            raise DamagedFileError(f"byte {at}: expected a block of a PerkinElmer file, found none")
        number, size = _BLOCK.unpack_from(content, at)
        if not 0 <= size <= stop - at - _BLOCK.size:
            raise DamagedFileError(
                f"byte {at}: expected a block of at most {stop - at - _BLOCK.size} bytes, found {size}"
            )
        found.append(Block(number, at + _BLOCK.size, size))
        at += _BLOCK.size + size
    return found


def value_at(content: bytes, block: Block, type_code: int, size: int) -> int:
    """Return the place of the value of a member with this type and at least ``size`` bytes.

    Raises DamagedFileError with the byte when it is of another type or too short.
    """
    found = _TYPE.unpack_from(content, block.start)[0] if block.size >= _TYPE.size else 0
    if found != type_code:
        raise DamagedFileError(
            f"byte {block.start}: expected a member of type {type_code} (id {block.id}), found type {found}"
        )
    if block.size < _TYPE.size + size:
        raise DamagedFileError(
            f"byte {block.start}: expected a member of {_TYPE.size + size} bytes (id {block.id}), "
            f"found {block.size}"
        )
    return block.start + _TYPE.size


def text_of(content: bytes, block: Block) -> str:
    """Return the text of a member, cleaned.

    Raises DamagedFileError when it is no text or longer than the member.
    """
    at = value_at(content, block, TEXT, _LENGTH.size)
    (length,) = _LENGTH.unpack_from(content, at)
    start = at + _LENGTH.size
    if length > block.stop - start:
        raise DamagedFileError(
            f"byte {at}: expected a text of at most {block.stop - start} bytes, found {length}"
        )
    return cleaned(content[start : start + length].decode("cp1252", errors="replace"))


def nested(content: bytes, block: Block, *, depth: int = 0) -> Iterator[Block]:
    """Yield every block within ``block``, outermost first; what is no block inside is left alone.

    For the words of a history only: nothing that matters is read this way.
    """
    if depth == _MAX_DEPTH or block.size < _BLOCK.size:
        return
    if _TYPE.unpack_from(content, block.start)[0] in _TYPES:
        return
    try:
        inner = blocks_in(content, block.start, block.stop)
    except DamagedFileError:
        return
    for one in inner:
        yield one
        yield from nested(content, one, depth=depth + 1)
