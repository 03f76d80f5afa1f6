"""What a backup says of itself, and reading that back from a folder that anybody may have written to.

OUT/
manifest.json           this: each file with its SHA-256, and where the log ended
evidence.sqlite         every volume as one plain file; the folder can be read as a log
evidence-0002.sqlite
users.sqlite            with the evidence log only, like the next three, where there are such files
national_list.csv, verified.csv, calibration.json
photographs/            those that the log names, each under its SHA-256
retired/                volumes that an earlier backup had; see backup_retired.py

signature = Ed25519( "chemgate.backup.1" 00 | canonical JSON of all the rest )

It is made with the key of the newest volume, where that is at hand: a change without the key is found, and
who has the key can write another manifest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from inspection.chain import canonical_json
from inspection.errors import BackupError, LogKeyError
from inspection.folders import DataFolder
from inspection.log_copies import WAL
from inspection.log_kind import LogKind
from inspection.log_volume import volume_path
from inspection.record.photographs import KEPT_NAME
from inspection.records import LogHead

if TYPE_CHECKING:
    from inspection.keys import LogKeys

MANIFEST: Final = "manifest.json"
RETIRED: Final = "retired"  # the folder of what an earlier backup had
DOMAIN: Final = b"chemgate.backup.1\0"
WHAT: Final = "chemgate log backup"
FORMAT: Final = 1
LARGEST_MANIFEST: Final = 50_000_000  # bytes: a thousand volumes take 300 kB, as many photographs 75 kB
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_RETIRED_NAME: Final = re.compile(r"[0-9a-f]{8}-[a-z]+(-[0-9]+)?\.sqlite(-wal)?")


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
    ``photographs`` names of files, which are their SHA-256; ``photographs_missing`` how many of those that
    the log names could not be copied, for they were not there or were changed.  ``retired`` copies of an
    earlier backup, by name with their SHA-256.  ``signature`` 128 hex digits, None when there was no key.
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
    photographs: tuple[str, ...] = ()
    photographs_missing: int = 0
    retired: Mapping[str, str] = field(default_factory=dict)
    signature: str | None = None

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
        return (json.dumps(self._said(), ensure_ascii=False, indent=1) + "\n").encode()

    def signed_text(self) -> bytes:
        """Give what the signature is made over."""
        return _signed_part(self._said())

    def _said(self) -> dict[str, object]:
        return {"what": WHAT, "format": FORMAT, **asdict(self)}


def signed(manifest: Manifest, keys: LogKeys) -> Manifest:
    """Sign a manifest, where the key of the newest volume is at hand; else give it as it is."""
    try:
        held = keys.held(manifest.kind)  # asking for the signer of a log that has none would make one
        if held is None or held.public_key != manifest.public_key:
            return manifest
        signature = keys.signer(manifest.kind).sign_text(DOMAIN, manifest.signed_text())
    except LogKeyError:
        return manifest
    return replace(manifest, signature=signature.hex())


def _signed_part(said: Mapping[str, Any]) -> bytes:
    return canonical_json({name: value for name, value in said.items() if name != "signature"})


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
    """Read what a backup of the log of ``kind`` says of itself.

    Raises BackupError also when it is signed and the signature does not hold.
    """
    path = folder / MANIFEST
    try:
        if path.exists() and not path.is_file():
            raise ValueError("no plain file")  # a pipe would never end
        if path.stat().st_size > LARGEST_MANIFEST:
            raise ValueError(f"more than {LARGEST_MANIFEST} bytes")
        said = json.loads(path.read_text("utf-8"))
        manifest = _manifest(said)
        is_as_signed = manifest.signature is None or _is_as_signed(said, manifest)
    except FileNotFoundError as error:
        raise BackupError(f"expected a backup in {folder}, found no {MANIFEST} in it") from error
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise BackupError(f"expected the content of a backup in {path}, found: {_said(error)}") from error
    if not is_as_signed:
        raise BackupError(f"expected {path} as it was signed, found it changed: its signature does not hold")
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


def _is_as_signed(said: Mapping[str, Any], manifest: Manifest) -> bool:
    from inspection.keys import is_text_signed  # 30 ms of cryptography, for those who bring a backup

    signature = bytes.fromhex(manifest.signature or "")
    return is_text_signed(manifest.public_key, DOMAIN, _signed_part(said), signature)


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
        volume=_whole(said["volume"]),
        count=_whole(said["count"]),
        head=str(said["head"]),
        entries=_whole(said["entries"]),
        problems=_whole(said["problems"]),
        time=str(said["time"]),
        program=str(said["program"]),
        volumes=tuple(_volume(one, kind) for one in said["volumes"]),
        others=dict(said["others"]),
        photographs=tuple(said.get("photographs", ())),  # the first version of the program had none
        photographs_missing=_whole(said.get("photographs_missing", 0)),
        retired=dict(said.get("retired", {})),
        signature=None if said.get("signature") is None else str(said["signature"]),
    )
    unknown = set(manifest.others) - set(other_files(DataFolder(Path()), kind))
    if unknown:
        raise ValueError(f"files that no backup has: {sorted(unknown)}")
    if not manifest.volumes or not all(_HASH.fullmatch(sha256) for sha256 in manifest.files.values()):
        raise ValueError("no volumes, or hashes that are none")
    if not all(
        _RETIRED_NAME.fullmatch(name) and _HASH.fullmatch(one) for name, one in manifest.retired.items()
    ):
        raise ValueError("retired volumes under names that no backup has")
    if not all(isinstance(name, str) and KEPT_NAME.fullmatch(name) for name in manifest.photographs):
        raise ValueError("photographs under names that are no hashes")
    return manifest


def _whole(found: object) -> int:
    if type(found) is not int:  # nor true, nor 1e400
        raise ValueError(f"{found!r} where a whole number is to be")
    return found


def _volume(said: Mapping[str, Any], kind: LogKind) -> CopiedVolume:
    volume = CopiedVolume(**said)
    number = _whole(volume.volume)
    if volume.count is not None:
        _whole(volume.count)
    name = volume_path(Path(f"{kind}.sqlite"), number).name
    if number < 1 or volume.file != name or set(volume.beside) - {name + WAL}:
        raise ValueError(f"volume {number} in a file of another name: {volume.file!r}")
    return volume
