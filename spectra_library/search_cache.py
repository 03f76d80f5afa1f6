"""Named arrays in one file, mapped and not copied: what was computed, between two starts of the program.

    magic 8 | header length u32 | header CRC-32 u32 | header, JSON | arrays, each from a multiple of 4096

The header names the key for which the arrays were made, and for each array its type, shape, place, order of
memory and CRC-32.  ``read_checked`` checks all arrays; ``read_arrays`` leaves the first unread, for a search
index of rows too many to be read at each start.  The file can be made again at any time, so whatever is odd
about it is a reason not to use it.  Numbers are little-endian.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import struct
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from spectra_library.errors import LibraryStoreError

MAGIC = b"CHEMSRX2"  # the last character is the version: of this layout, and of what an index keeps
_HEAD = struct.Struct("<8sII")
_PAGE = 4096
_WRITTEN = 1 << 24  # bytes at a time


@dataclass(frozen=True, slots=True, eq=False)
class MappedArray:
    """An array that the system reads from its file where it is looked at, and only there."""

    array: NDArray[Any]
    mapping: mmap.mmap

    def read_ahead(self) -> None:
        """Let the system read more than is looked at: from now on it is looked at from end to end."""
        if hasattr(mmap, "MADV_NORMAL"):
            self.mapping.madvise(mmap.MADV_NORMAL)


def cache_file(folder: Path, key: str) -> Path:
    """Give the file in ``folder`` that belongs to ``key``."""
    return folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.search"


def write_arrays(folder: Path, key: str, arrays: Mapping[str, NDArray[Any]]) -> Path:
    """Write ``arrays``, any that may stay unread first, so that the file is there whole or not at all.

    Raises LibraryStoreError.
    """
    path = cache_file(folder, key)
    entries: list[dict[str, Any]] = []
    place = 0
    for name, array in arrays.items():
        order = "C" if array.flags.c_contiguous else "F"
        entries.append(
            {
                "name": name,
                "type": array.dtype.newbyteorder("<").str,
                "shape": array.shape,
                "order": order,
                "place": place,
                "crc32": zlib.crc32(_bytes_of(array)),
            }
        )
        place += _padded(array.nbytes)
    header = json.dumps({"key": key, "bytes": place, "arrays": entries}).encode()
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryStoreError(f"expected to make the folder {folder}, found: {error}") from error
    try:
        with half.open("wb") as file:
            head = _HEAD.pack(MAGIC, len(header), zlib.crc32(header)) + header
            file.write(head.ljust(_padded(len(head)), b"\0"))
            for array in arrays.values():
                _write(file, array)
            file.flush()
            os.fsync(file.fileno())  # the first array may stay unchecked: first its bytes, then its name
        half.replace(path)
    except OSError as error:
        with suppress(OSError):
            half.unlink(missing_ok=True)
        raise LibraryStoreError(f"expected to write the search index {path}, found: {error}") from error
    return path


def read_arrays(folder: Path, key: str) -> tuple[MappedArray, dict[str, NDArray[Any]]]:
    """Open the arrays written for ``key``: the first one unread, the others checked; all are read-only.

    Raises LibraryStoreError when the file is missing, cut, changed, of another version or for another key.
    """
    mapping, start, (first, *others) = _opened(cache_file(folder, key), key)
    size = _padded(int(np.prod(first["shape"])) * np.dtype(first["type"]).itemsize)
    if hasattr(mmap, "MADV_RANDOM") and size:
        # Else every scattered row costs 128 kB: a first answer took 0.3 s from a cold disk instead of 0.01 s.
        # Not for the other arrays, which are read from end to end: page by page they take 0.3 s as well.
        mapping.madvise(mmap.MADV_RANDOM, start + first["place"], min(size, len(mapping) - start))
    arrays = {entry["name"]: _checked(mapping, start, entry, folder) for entry in others}
    return MappedArray(_array(mapping, start, first), mapping), arrays


def read_checked(folder: Path, key: str) -> dict[str, NDArray[Any]]:
    """Open all arrays written for ``key``, each checked against its CRC-32; they are read-only.

    Raises LibraryStoreError as ``read_arrays`` does.
    """
    mapping, start, entries = _opened(cache_file(folder, key), key)
    return {entry["name"]: _checked(mapping, start, entry, folder) for entry in entries}


def _opened(path: Path, key: str) -> tuple[mmap.mmap, int, list[dict[str, Any]]]:
    """Map the file and give where the arrays begin and what the header says of them."""
    try:
        with path.open("rb") as file:
            start, header = _read_header(file, path)
            if header["key"] != key:
                raise LibraryStoreError(
                    f"expected a search index for {key!r} in {path}, found {header['key']!r}"
                )
            size = os.fstat(file.fileno()).st_size
            if size != start + header["bytes"]:
                raise LibraryStoreError(
                    f"expected {start + header['bytes']} bytes in the search index {path}, found {size}"
                )
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), start, header["arrays"]
    except OSError as error:
        raise LibraryStoreError(f"expected a search index at {path}, found: {error}") from error


def _read_header(file: BinaryIO, path: Path) -> tuple[int, dict[str, Any]]:
    """Give where the arrays begin, and the header; its CRC-32 tells that it was written here."""
    head = file.read(_HEAD.size)
    if len(head) < _HEAD.size or not head.startswith(MAGIC):
        raise LibraryStoreError(f"expected a search index {MAGIC!r} in {path}, found {head[:8]!r}")
    _, length, crc = _HEAD.unpack(head)
    text = file.read(length)
    if zlib.crc32(text) != crc:
        raise LibraryStoreError(f"the header of the search index {path} has changed since it was written")
    return _padded(_HEAD.size + length), json.loads(text)


def _array(mapping: mmap.mmap, start: int, entry: dict[str, Any]) -> NDArray[Any]:
    count = int(np.prod(entry["shape"]))
    flat = np.frombuffer(mapping, entry["type"], count, offset=start + entry["place"] if count else 0)
    return flat.reshape(entry["shape"], order=entry["order"])


def _checked(mapping: mmap.mmap, start: int, entry: dict[str, Any], folder: Path) -> NDArray[Any]:
    array = _array(mapping, start, entry)
    if zlib.crc32(_bytes_of(array)) != entry["crc32"]:
        raise LibraryStoreError(
            f"{entry['name']} in a search index in {folder} has changed since it was written"
        )
    return array


def _write(file: BinaryIO, array: NDArray[Any]) -> None:
    raw = _bytes_of(array)
    for begin in range(0, len(raw), _WRITTEN):
        file.write(raw[begin : begin + _WRITTEN])
    file.write(bytes(_padded(len(raw)) - len(raw)))


def _bytes_of(array: NDArray[Any]) -> memoryview:
    """Give the bytes of ``array`` as they lie in memory, little-endian, without a copy where possible."""
    straight = array if array.flags.c_contiguous else array.T
    little = np.ascontiguousarray(straight, dtype=straight.dtype.newbyteorder("<"))
    return little.reshape(-1).view(np.uint8).data


def _padded(count: int) -> int:
    return -(-count // _PAGE) * _PAGE
