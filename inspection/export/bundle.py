"""One inspection, or a whole log, as a zip file that a stranger can check without this program.

README.txt             what this is and how to check it
verify.py              bundle_verifier.py: the check, for any Python
chain.jsonl            every record of every volume: {"volume", "sequence", "entry_sha256", "signature"}
entries/000123.json    the exact bytes of an entry that is shown, and of the first entry of each volume
parts/000123.bin       what its spectrum's hash is made of, but for the domain: length | part, six times
payload/000123.bin     the last of the parts: what the instrument sent
spectra/000123.jdx     the second and third part, wavenumber and absorbance, as JCAMP-DX and nothing besides
library/               the references that the candidates name; see bundle_library.py
photographs/5f3c...jpg of one inspection: those that its entries name, each under its SHA-256
manifest.json          where each volume ends and its key, the anchor, the SHA-256 of every file above
manifest.sha256        the SHA-256 of the manifest

The chain holds the hash of every record, shown or not, so that one inspection can be followed to the anchor
without the others being told.  Signatures stand at the entries that are shown and at the end of each volume.
The same log gives the same bytes: no clock is asked, and no order is left to chance.  Entries are written as
they are read; none is held.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Final

from inspection.curves import PARTS
from inspection.errors import LogError
from inspection.export.atomic import HashedWriter, replacing
from inspection.export.bundle_library import NamedReference, add_library, named_references
from inspection.export.bundle_readme import readme_text
from inspection.export.bundle_verifier import beside
from inspection.folders import DataFolder
from inspection.log import InspectionLog
from inspection.log_file import translated
from inspection.log_volume import LogVolume, as_bytes
from inspection.log_writer import program_version
from inspection.photograph_check import photographs_of
from inspection.record.photographs import PhotographState, kept_name, kept_path, photograph_state
from inspection.records import EntryKind, LogEntry, LogHead
from spectra_library.library import ReferenceLibrary

FORMAT: Final = "chemgate.bundle.2"
VERIFIER: Final = Path(__file__).with_name("bundle_verifier.py")
_BEGINNING: Final = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip file knows
_READABLE_BY_ALL: Final = 0o100644 << 16
_UNIX: Final = 3
_FAST: Final = 1  # of nine levels: a third of the time, and 4 % more bytes
_PIECE: Final = 1 << 20  # bytes of a photograph that are read at a time
_KEPT_IN_MEMORY: Final = 1 << 20  # bytes of the list of files; above, it goes to a temporary file


@dataclass(frozen=True, slots=True)
class BundleReport:
    """What was written: where the log ended, how many entries were asked for, the zip file's SHA-256."""

    head: LogHead
    count: int
    sha256: str


def write_bundle(
    log: InspectionLog,
    path: Path,
    *,
    inspection: str | None,
    libraries: Callable[[], Sequence[ReferenceLibrary]],
) -> BundleReport:
    """Write the log as it is now, or the inspection of this number, to ``path``.

    ``libraries`` is called when their references are copied.  Raises ExportError, LogError; then ``path`` is
    what it was before.
    """
    log.head()  # so that a volume which another program has just begun is known
    volumes = {volume: volume.head() for volume in log.volumes}
    head = list(volumes.values())[-1]
    with replacing(path) as file, _Archive(file) as archive:
        archive.add("verify.py", VERIFIER.read_bytes())
        archive.stream("chain.jsonl", _chain_lines(volumes, inspection))
        named: set[NamedReference] = set()
        count = 0
        if inspection is not None:
            for volume in volumes:
                _add_entry(archive, log, log.entry(volume.first))
        for entry in log.entries(inspection=inspection, up_to=_last(volumes)):
            count += 1
            _add_entry(archive, log, entry)
            if entry.kind is EntryKind.IDENTIFICATION:
                named.update(named_references(entry.body))
        add_library(archive.add, named, libraries())
        left_out = () if inspection is None else _add_photographs(archive, log, inspection, _last(volumes))
        page = readme_text(
            kind=log.kind, head=head, inspection=inspection, count=count, unreadable=sorted(log.unreadable)
        )
        archive.add("README.txt", page.encode("ascii"))
        manifest = _manifest(log, volumes, inspection, count, head)
        archive.add_manifest({**manifest, "photographs_missing": list(left_out)})
    return BundleReport(head, count, file.sha256)


def _chain_lines(volumes: dict[LogVolume, LogHead], inspection: str | None) -> Iterator[bytes]:
    for volume, head in volumes.items():
        last = volume.first + head.count - 1
        with translated(volume.path, "read", LogError):
            rows = volume.db.execute(
                "SELECT sequence, entry, signature, inspection FROM entries "
                "WHERE sequence <= ? ORDER BY sequence",
                [last],
            )
            for sequence, entry, signature, about in rows:
                row = {
                    "volume": volume.number,
                    "sequence": sequence,
                    "entry_sha256": hashlib.sha256(as_bytes(entry)).hexdigest(),
                }
                if inspection in (None, about) or sequence in (volume.first, last):
                    row["signature"] = as_bytes(signature).hex()
                yield json.dumps(row, separators=(",", ":")).encode("ascii") + b"\n"


def _last(volumes: dict[LogVolume, LogHead]) -> int:
    newest, head = list(volumes.items())[-1]
    return newest.first + head.count - 1


def _add_entry(archive: _Archive, log: InspectionLog, entry: LogEntry) -> None:
    number = f"{entry.sequence:06d}"
    archive.add(f"entries/{number}.json", entry.entry_bytes)
    stored = log.spectrum(entry.sequence)
    if stored is not None:
        parts = stored.parts()
        # The verifier makes these anew from the parts, and takes no other byte.
        for name, content in beside(number, b"".join(_with_lengths(parts[one] for one in PARTS))).items():
            archive.add(name, content)


def _add_photographs(archive: _Archive, log: InspectionLog, inspection: str, last: int) -> tuple[str, ...]:
    """Put the photographs of an inspection in; give the hashes of those that are not here as they were."""
    folder = DataFolder(log.path.parent).photographs
    left_out = []
    for named in photographs_of(log, inspection=inspection):
        if named.entry > last:
            continue
        photograph = named.photograph
        if photograph_state(photograph, folder) is PhotographState.THERE:
            archive.stream(f"photographs/{kept_name(photograph)}", _pieces(kept_path(photograph, folder)))
        else:
            left_out.append(photograph.sha256)
    return tuple(left_out)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            yield piece


def _with_lengths(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Put before each part its length, as chain.spectrum_hash does."""
    for part in parts:
        yield len(part).to_bytes(8, "big")
        yield part


def _manifest(
    log: InspectionLog,
    volumes: dict[LogVolume, LogHead],
    inspection: str | None,
    count: int,
    head: LogHead,
) -> dict[str, object]:
    return {
        "format": FORMAT,
        "program_version": program_version(),
        "log_kind": log.kind,
        "inspection": inspection,
        "count": count,
        "anchor": str(head),
        "unreadable_volumes": sorted(log.unreadable),
        "volumes": [
            {
                "volume": volume.number,
                "count": end.count,
                "head": end.head,
                "public_key": volume.public_key,
            }
            for volume, end in volumes.items()
        ],
    }


class _Archive:
    """A zip file being written into ``file``, and the hash of every file in it; a context manager."""

    def __init__(self, file: HashedWriter) -> None:
        self._zip = zipfile.ZipFile(_Sink(file), "w", zipfile.ZIP_DEFLATED)
        self._listed = SpooledTemporaryFile(_KEPT_IN_MEMORY)  # noqa: SIM115 - closed with the archive

    def __enter__(self) -> _Archive:
        return self

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        self._listed.close()
        self._zip.close()

    def add(self, name: str, content: bytes) -> None:
        """Put one file in."""
        self._zip.writestr(_member(name), content, compresslevel=_FAST)
        self._list(name, hashlib.sha256(content).hexdigest())

    def stream(self, name: str, pieces: Iterable[bytes]) -> None:
        """Put one file in, piece by piece."""
        self._list(name, self._write(name, pieces))

    def add_manifest(self, manifest: dict[str, object]) -> None:
        """Put the manifest in, with the list of all files before it, and its hash."""
        sha256 = self._write("manifest.json", self._manifest_pieces(manifest))
        self._write("manifest.sha256", [f"{sha256}  manifest.json\n".encode("ascii")])

    def _list(self, name: str, sha256: str) -> None:
        comma = b",\n" if self._listed.tell() else b""
        self._listed.write(comma + f"  {json.dumps(name)}: {json.dumps(sha256)}".encode("ascii"))

    def _manifest_pieces(self, manifest: dict[str, object]) -> Iterator[bytes]:
        yield json.dumps(manifest, indent=1).removesuffix("\n}").encode("ascii")
        yield b',\n "files": {\n'
        self._listed.seek(0)
        yield from self._listed
        yield b"\n }\n}\n"

    def _write(self, name: str, pieces: Iterable[bytes]) -> str:
        digest = hashlib.sha256()
        with self._zip.open(_member(name), "w") as stream:
            for piece in pieces:
                stream.write(piece)
                digest.update(piece)
        return digest.hexdigest()


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, _BEGINNING)
    member.compress_type = zipfile.ZIP_DEFLATED
    member.create_system = _UNIX  # or Windows would give other bytes
    member.external_attr = _READABLE_BY_ALL
    return member


class _Sink:
    """What zipfile writes to: forwards only, so that every byte is hashed as it goes."""

    def __init__(self, file: HashedWriter) -> None:
        self._file = file

    def write(self, content: bytes) -> int:
        self._file.write(content)
        return len(content)

    def close(self) -> None:
        """Do nothing: the file is the caller's."""

    def flush(self) -> None:
        """Do nothing: ``replacing`` brings the file to the disk as a whole."""
