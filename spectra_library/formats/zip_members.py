"""The files of a zip archive, one after another in memory; whatever should not be in one is refused.

    central directory   how many entries, where, how large, packed how    read and counted first
    local header        before each entry the same once more              must say the same
    entries             must lie one behind the other: what overlaps is a bomb

Nothing is ever written to disk under a name that an archive chose.  ``zipfile`` reads the archive and checks
the CRC of each entry; what it does not check is checked here.
"""

from __future__ import annotations

import io
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from spectra_library.errors import DamagedFileError, FormatError, UnsupportedFormatError
from spectra_library.formats.plain_text import cleaned, shown

MAX_MEMBERS: Final = 200_000
MAX_TOTAL_BYTES: Final = 4 * 2**30  # unpacked, of one archive: 200,000 spectra of 20 kB
MAX_RATIO: Final = 100  # spectra as text pack to a tenth, empty ones to a fiftieth
_MAX_DIRECTORY: Final = MAX_MEMBERS * 512  # bytes; an entry is 46 and its name, extras and comment
_DIRECTORY_ENTRY: Final = b"PK\x01\x02"
_LOCAL: Final = struct.Struct("<4s2x2H4x3L2H")  # APPNOTE.TXT 6.3.10 of PKWARE, section 4.3.7
_LOCAL_SIGNATURE: Final = b"PK\x03\x04"
_ENCRYPTED: Final = 0x2041  # bits 0, 6 and 13: encrypted, strongly, its directory too (section 4.4.4)
_SIZES_FOLLOW: Final = 0x0008  # bit 3: sizes and CRC stand behind the content
_IN_EXTRA: Final = 0xFFFFFFFF  # the size stands in the extra field
_DRIVE: Final = ":"
_DOCUMENT_PARTS: Final = frozenset({"[Content_Types].xml", "mimetype"})  # Office, OpenDocument
_FORBIDDEN: Final = frozenset('<>:"|?*')  # of file names on Windows
_DEVICES: Final = frozenset(
    {
        *("con", "prn", "aux", "nul", "conin$", "conout$"),
        *(f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"),
    }
)


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """One file of an archive: its name with slashes, and why it is not read, None when it is."""

    name: str
    entry: zipfile.ZipInfo
    refused: FormatError | None


class ZipArchive:
    """An open archive and its files by the parts of their names; folders and hidden files are left out."""

    def __init__(self, archive: zipfile.ZipFile, entries: tuple[ZipEntry, ...]) -> None:
        self.entries = entries
        self._archive = archive

    def content(self, one: ZipEntry, *, max_bytes: int) -> bytes:
        """Unpack one file into memory, never more of it than the directory says.

        Raises FormatError when it was refused, is larger than ``max_bytes`` or damaged.
        """
        if one.refused is not None:
            raise one.refused
        if one.entry.file_size > max_bytes:
            raise FormatError(f"expected at most {max_bytes / 2**20:g} MiB, found a larger file")
        try:
            with self._archive.open(one.entry) as stream:
                content = stream.read(one.entry.file_size + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise DamagedFileError(
                f"expected a file that can be unpacked, found: {cleaned(str(error))}"
            ) from error
        if len(content) != one.entry.file_size:
            raise DamagedFileError(f"expected {one.entry.file_size} bytes in it, found {len(content)}")
        return content


@contextmanager
def opened_zip(source: Path | bytes) -> Iterator[ZipArchive]:
    """Open the archive at a path, or one that was read already, and check what its directory says.

    Raises FormatError when it cannot be read, DamagedFileError when it is no sound archive or has too
    many entries.
    """
    try:
        raw = io.FileIO(source) if isinstance(source, Path) else cast("io.RawIOBase", io.BytesIO(source))
        with _Counted(raw) as stream, zipfile.ZipFile(stream) as archive:
            entries = sorted(_checked(stream, archive), key=lambda one: one.name.split("/"))
            yield ZipArchive(archive, tuple(entries))
    except OSError as error:
        raise FormatError(f"expected a readable file, found: {error.strerror or error}") from error
    except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError, EOFError) as error:
        raise DamagedFileError(f"expected a sound zip archive, found: {cleaned(str(error))}") from error


def is_zip(path: Path) -> bool:
    """Tell whether the file at ``path`` begins like a zip archive and is no office document.

    Raises FormatError when it cannot be read or is no sound archive.
    """
    try:
        with path.open("rb") as stream:
            begins = stream.read(4) in (_LOCAL_SIGNATURE, b"PK\x05\x06")
    except OSError as error:
        raise FormatError(f"expected a readable file, found: {error.strerror or error}") from error
    if not begins:
        return False
    with opened_zip(path) as archive:
        return not any(one.name in _DOCUMENT_PARTS for one in archive.entries)


class _Counted(io.BufferedReader):
    """A file that gives no directory with too many entries: zipfile makes an object of each at once."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _MAX_DIRECTORY:
            raise zipfile.BadZipFile(f"expected at most {_MAX_DIRECTORY} bytes at once, found {size}")
        content = super().read(size)
        if content.count(_DIRECTORY_ENTRY) > MAX_MEMBERS:
            raise zipfile.BadZipFile(f"expected at most {MAX_MEMBERS} entries, found more")
        return content


def _checked(stream: _Counted, archive: zipfile.ZipFile) -> Iterator[ZipEntry]:
    extents = _extents(stream, archive)
    overlapping = _overlapping(extents, archive.start_dir)
    names: set[str] = set()
    total = 0
    for number, entry in enumerate(archive.infolist()):
        name = entry.orig_filename.replace("\\", "/")
        if name.endswith("/") or _is_hidden(name):
            continue
        refused = _name_refusal(name) or _entry_refusal(entry) or extents[number].refused
        if refused is None and number in overlapping:
            refused = DamagedFileError("expected a place of its own in the archive, found another file in it")
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
        if refused is None and folded in names:
            refused = FormatError("expected each name once in the archive, found this one again")
        if refused is None:
            names.add(folded)
            total += entry.file_size
            if total > MAX_TOTAL_BYTES:
                refused = FormatError(
                    f"expected at most {MAX_TOTAL_BYTES >> 30} GiB in one archive, found more"
                )
        yield ZipEntry(cleaned(name), entry, refused)


def _is_hidden(name: str) -> bool:
    parts = name.split("/")
    return "__MACOSX" in parts[:1] or any(part.startswith(".") and part.strip(".") for part in parts)


def _name_refusal(name: str) -> FormatError | None:
    if not name.isprintable():
        return FormatError("expected a name of visible characters, found another")
    if name.startswith("/") or _DRIVE in name.split("/", maxsplit=1)[0]:
        return FormatError(f"expected a name within the archive, found an absolute path: {shown(name)}")
    for part in name.split("/"):
        if part in ("", ".", ".."):
            return FormatError(f"expected a name within the archive, found a path out of it: {shown(name)}")
        if part.split(".")[0].strip().casefold() in _DEVICES:
            return FormatError(f"expected the name of a file, found that of a device: {shown(name)}")
        if part[-1] in " ." or not _FORBIDDEN.isdisjoint(part):
            return FormatError(f"expected a name that every system allows, found {shown(name)}")
    return None


def _entry_refusal(entry: zipfile.ZipInfo) -> FormatError | None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return FormatError(
            "expected a file, found " + ("a link" if kind == stat.S_IFLNK else "something else")
        )
    if entry.flag_bits & _ENCRYPTED:
        return UnsupportedFormatError("expected a file without a password, found an encrypted one")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return UnsupportedFormatError(
            f"expected a stored or deflated file, found compression method {entry.compress_type}"
        )
    if entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        return FormatError(
            f"expected a file packed at most {MAX_RATIO} to 1, found {entry.file_size} bytes "
            f"in {entry.compress_size}"
        )
    return None


@dataclass(frozen=True, slots=True)
class _Extent:
    """Where an entry lies, from its local header to the end of its content, in bytes of the file."""

    start: int
    end: int
    refused: FormatError | None = None


def _extents(stream: _Counted, archive: zipfile.ZipFile) -> list[_Extent]:
    return [_extent(stream, entry) for entry in archive.infolist()]


def _extent(stream: _Counted, entry: zipfile.ZipInfo) -> _Extent:
    start = entry.header_offset
    stream.seek(start)
    head = stream.read(_LOCAL.size)
    if len(head) < _LOCAL.size or not head.startswith(_LOCAL_SIGNATURE):
        return _Extent(
            start, start, DamagedFileError(f"expected a file at byte {start} of the archive, found none")
        )
    _, flags, method, crc, packed, size, name_length, extra_length = _LOCAL.unpack(head)
    end = start + _LOCAL.size + name_length + extra_length + entry.compress_size
    says_same = (
        method == entry.compress_type and (flags ^ entry.flag_bits) & (_ENCRYPTED | _SIZES_FOLLOW) == 0
    )
    if not flags & _SIZES_FOLLOW:
        says_same &= crc == entry.CRC and packed in (entry.compress_size, _IN_EXTRA)
        says_same &= size in (entry.file_size, _IN_EXTRA)
    if says_same:
        return _Extent(start, end)
    return _Extent(
        start, end, DamagedFileError("expected the same before the file as in the directory, found another")
    )


def _overlapping(extents: list[_Extent], directory: int) -> frozenset[int]:
    """Give the entries, by number, that begin within another one or reach into the directory."""
    found: set[int] = set()
    reached = 0
    for number in sorted(range(len(extents)), key=lambda one: (extents[one].start, one)):
        extent = extents[number]
        if extent.start < reached or extent.end > directory:
            found.add(number)
        reached = max(reached, extent.end)
    return frozenset(found)
