"""What a backup says of itself, and reading that back from a folder that anybody may have written to.

OUT/
manifest.json           this: each file with its SHA-256, and where the log ended
evidence.sqlite         every volume as one plain file; the folder can be read as a log
evidence-0002.sqlite
users.sqlite            with the evidence log only, like the next three, where there are such files
national_list.csv, verified.csv, calibration.json
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from inspection.errors import BackupError
from inspection.folders import DataFolder
from inspection.log_copies import WAL
from inspection.log_kind import LogKind
from inspection.log_volume import volume_path
from inspection.records import LogHead

MANIFEST: Final = "manifest.json"
WHAT: Final = "chemgate log backup"
FORMAT: Final = 1
LARGEST_MANIFEST: Final = 10_000_000  # bytes: a thousand volumes take 300 kB
_HASH: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class CopiedVolume:
    """One volume in a backup.

    ``file`` its name, ``sha256`` of that file.  ``count`` and ``head`` as in LogHead, None where SQLite
    cannot read it.  ``is_whole`` whether its check found nothing.  ``beside`` files that belong to one that
    SQLite cannot read, by name with their SHA-256.
    """

    volume: int
    file: str
    sha256: str
    count: int | None
    head: str | None
    is_whole: bool = True
    beside: Mapping[str, str] = field(default_factory=dict)

    @property
    def files(self) -> dict[str, str]:
        """Every file by name with its SHA-256."""
        return {**self.beside, self.file: self.sha256}


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds, and when (UTC) and by which version of the program it was made.

    ``volume``, ``count``, ``head`` say where the log ended, ``entries`` how many were checked in all volumes,
    ``problems`` how many the check found.  ``others`` files that are no log, by name with their SHA-256.
    """

    kind: LogKind
    installation: str
    public_key: str
    volume: int
    count: int
    head: str
    entries: int
    problems: int
    time: str
    program: str
    volumes: tuple[CopiedVolume, ...]
    others: Mapping[str, str]

    @property
    def ends_at(self) -> LogHead:
        """Where the log in the backup ends."""
        return LogHead(self.volume, self.count, self.head)

    @property
    def files(self) -> dict[str, str]:
        """Every file by name with its SHA-256."""
        of_volumes = {name: sha256 for volume in self.volumes for name, sha256 in volume.files.items()}
        return {**of_volumes, **self.others}

    @property
    def damaged(self) -> tuple[int, ...]:
        """The volumes that were damaged when they were copied."""
        return tuple(one.volume for one in self.volumes if not one.is_whole)

    def text(self) -> bytes:
        """Write the manifest as it stands in a backup."""
        said = {"what": WHAT, "format": FORMAT, **asdict(self)}
        return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


def other_files(data: DataFolder, kind: LogKind) -> dict[str, Path]:
    """Name what goes with a log, by name.  The list of users belongs to the evidence, which knows them."""
    if kind is not LogKind.EVIDENCE:
        return {}
    paths = (data.users, data.national_list, data.verified, data.calibration)
    return {path.name: path for path in paths}


def shown(head: LogHead) -> str:
    """Write a head for people: its hash is too long for a sentence."""
    return f"{head.volume}:{head.count}:{head.head[:16]}..."


def read_manifest(folder: Path, kind: LogKind) -> Manifest:
    """Read what a backup of the log of ``kind`` says of itself.  Raises BackupError."""
    path = folder / MANIFEST
    try:
        if path.stat().st_size > LARGEST_MANIFEST:
            raise ValueError(f"more than {LARGEST_MANIFEST} bytes")
        manifest = _manifest(json.loads(path.read_text("utf-8")))
    except FileNotFoundError as error:
        raise BackupError(f"expected a backup in {folder}, found no {MANIFEST} in it") from error
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise BackupError(f"expected the content of a backup in {path}, found: {_said(error)}") from error
    if manifest.kind is not kind:
        raise BackupError(
            f"expected a backup of the {kind} log, found one of the {manifest.kind} log in {folder}"
        )
    return manifest


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Say of trouble with files that the backup cannot be read.  Raises BackupError."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise BackupError(f"expected a backup in {path}, found: {_said(error)}") from error


def _said(error: Exception) -> object:
    return error.strerror if isinstance(error, OSError) and error.strerror else error


def _manifest(said: Mapping[str, Any]) -> Manifest:
    """Read a manifest.  Raises ValueError also for names that lead out of the folder."""
    if said["what"] != WHAT:
        raise ValueError("another content")
    if said["format"] != FORMAT:
        raise ValueError(f"the format {said['format']}, which another version of this program wrote")
    kind = LogKind(said["kind"])
    manifest = Manifest(
        kind=kind,
        installation=str(said["installation"]),
        public_key=str(said["public_key"]),
        volume=int(said["volume"]),
        count=int(said["count"]),
        head=str(said["head"]),
        entries=int(said["entries"]),
        problems=int(said["problems"]),
        time=str(said["time"]),
        program=str(said["program"]),
        volumes=tuple(_volume(one, kind) for one in said["volumes"]),
        others=dict(said["others"]),
    )
    unknown = set(manifest.others) - set(other_files(DataFolder(Path()), kind))
    if unknown:
        raise ValueError(f"files that no backup has: {sorted(unknown)}")
    if not manifest.volumes or not all(_HASH.fullmatch(sha256) for sha256 in manifest.files.values()):
        raise ValueError("no volumes, or hashes that are none")
    return manifest


def _volume(said: Mapping[str, Any], kind: LogKind) -> CopiedVolume:
    volume = CopiedVolume(**said)
    number = int(volume.volume)
    name = volume_path(Path(f"{kind}.sqlite"), number).name
    if number < 1 or volume.file != name or set(volume.beside) - {name + WAL}:
        raise ValueError(f"volume {number} in a file of another name: {volume.file!r}")
    return volume
