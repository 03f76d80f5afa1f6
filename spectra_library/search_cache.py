"""Arrays in one file that is opened without being read: the search index between two starts of the program.

    magic 8 | header length u32 | header CRC-32 u32 | header, JSON | arrays, each from a multiple of 4096

The header names the key for which the arrays were made, and for each array its type, shape, place, order of
memory and CRC-32.  The first array is mapped, not read, so it has no CRC-32; the others are read and checked.
The file can be made again at any time, so whatever is odd about it is a reason not to use it.  Numbers are
little-endian.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from spectra_library.errors import LibraryStoreError

MAGIC = b"CHEMSRX1"  # the last character is the version: of this layout, and of how rows are prepared
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
    """Write ``arrays``, the one to be mapped first, so that the file is there whole or not at all.

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
                "crc32": zlib.crc32(_bytes_of(array)) if entries else None,
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
            os.fsync(file.fileno())  # the mapped array has no CRC-32: first its bytes, then its name
        half.replace(path)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise LibraryStoreError(f"expected to write the search index {path}, found: {error}") from error
    return path


def read_arrays(folder: Path, key: str) -> tuple[MappedArray, dict[str, NDArray[Any]]]:
    """Open the arrays written for ``key``: the first one mapped read-only, the others read and checked.

    Raises LibraryStoreError when the file is missing, cut, changed, of another version or for another key.
    """
    path = cache_file(folder, key)
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
            first, *others = header["arrays"]
            arrays = {entry["name"]: _read(file, start, entry, path) for entry in others}
            return _mapped(file, start, first), arrays
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


def _mapped(file: BinaryIO, start: int, entry: dict[str, Any]) -> MappedArray:
    mapping = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if hasattr(mmap, "MADV_RANDOM"):
        # Else every scattered row costs 128 kB: a first answer took 0.3 s from a cold disk instead of 0.01 s.
        mapping.madvise(mmap.MADV_RANDOM)
    count = int(np.prod(entry["shape"]))
    flat = np.frombuffer(mapping, entry["type"], offset=start + entry["place"] if count else 0)[:count]
    return MappedArray(flat.reshape(entry["shape"], order=entry["order"]), mapping)


def _read(file: BinaryIO, start: int, entry: dict[str, Any], path: Path) -> NDArray[Any]:
    file.seek(start + entry["place"])
    flat = np.fromfile(file, entry["type"], count=int(np.prod(entry["shape"])))
    if zlib.crc32(_bytes_of(flat)) != entry["crc32"]:
        raise LibraryStoreError(
            f"{entry['name']} in the search index {path} has changed since it was written"
        )
    return flat.reshape(entry["shape"], order=entry["order"])


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
