"""One compressed file unpacked within a limit: a small file must not become a large memory."""

from __future__ import annotations

import lzma
import zlib
from typing import Final, Protocol

from spectra_library.errors import DamagedFileError

MAX_UNPACKED: Final = 96 * 1024 * 1024
_STEP: Final = 1024 * 1024
_XZ_MEMORY: Final = 128 * 1024 * 1024  # what the dictionary of xz -9 needs, twice

GZIP_MAGIC: Final = b"\x1f\x8b"
XZ_MAGIC: Final = b"\xfd7zXZ\x00"


class _Decompressor(Protocol):
    """What zlib and lzma have in common, once each is told how much to give at most."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...


def is_packed(content: bytes) -> bool:
    """Tell whether this is a gzip or xz file."""
    return content.startswith((GZIP_MAGIC, XZ_MAGIC))


def unpacked(content: bytes, *, limit: int = MAX_UNPACKED) -> bytes:
    """Decompress one gzip or xz stream.

    Raises DamagedFileError when it is cut off, broken, followed by something else, or larger than
    ``limit`` bytes when unpacked.
    """
    try:
        if content.startswith(GZIP_MAGIC):
            return _gunzipped(content, limit)
        return _unxzed(content, limit)
    except (zlib.error, lzma.LZMAError) as error:
        raise DamagedFileError(f"expected a whole compressed file, found: {error}") from error


def _gunzipped(content: bytes, limit: int) -> bytes:
    decompressor = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    result = bytearray()
    rest = content
    while not decompressor.eof:
        part = decompressor.decompress(rest, _STEP)
        rest = decompressor.unconsumed_tail
        _add(result, part, limit)
        if not part and not rest:
            break
    return _whole(result, decompressor)


def _unxzed(content: bytes, limit: int) -> bytes:
    decompressor = lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)
    result = bytearray()
    rest = content
    while not decompressor.eof:
        part = decompressor.decompress(rest, _STEP)
        rest = b""
        _add(result, part, limit)
        if not part and decompressor.needs_input:
            break
    return _whole(result, decompressor)


def _add(result: bytearray, part: bytes, limit: int) -> None:
    if len(result) + len(part) > limit:
        raise DamagedFileError(f"expected at most {limit // 2**20} MiB when unpacked, found more")
    result += part


def _whole(result: bytearray, decompressor: _Decompressor) -> bytes:
    if not decompressor.eof:
        raise DamagedFileError("expected a whole compressed file, found one that is cut off")
    if decompressor.unused_data.strip(b"\x00"):
        raise DamagedFileError("expected one compressed stream, found something behind it")
    return bytes(result)
