"""A log put back from a backup: where there is none, or where the backup continues it; nowhere else.

BACKUP -> .restore-xxxx.part in the data folder, checked there -> each volume in its place, the newest last
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from inspection.backup import put_back_interrupted
from inspection.backup_manifest import CopiedVolume, Manifest, other_files, read_manifest, reading, shown
from inspection.backup_retired import holds
from inspection.errors import (
    BackupError,
    LogDamagedError,
    LogError,
    LogMissingError,
    LogNoRoomError,
    LogWriteError,
)
from inspection.export.atomic import NO_ROOM
from inspection.folders import DataFolder
from inspection.log import InspectionLog
from inspection.log_copies import BESIDE, HOLD_RECORDS, beside, copy_bytes, held_alone, lay_down, sha256_of
from inspection.log_kind import LogKind
from inspection.log_volume import LogVolume, volume_files, volume_path
from inspection.photograph_copies import put_photographs
from inspection.records import EntryKind, IncidentKind, LogHead, NewEntry
from spectra_library.whole_file import sync_folder


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """A backup that was put in place: these volumes of it, and these other files, which were not there.

    ``photographs`` the names of those that were put in place.  ``problems`` how many the check of the log in
    it found; there may be as many as when it was made.
    """

    manifest: Manifest
    volumes: tuple[int, ...]
    others: tuple[str, ...]
    photographs: tuple[str, ...] = ()
    problems: int = 0

    @property
    def kept(self) -> tuple[str, ...]:
        """The files in the backup that were not put in place: there were others."""
        return tuple(name for name in self.manifest.others if name not in self.others)


@dataclass(frozen=True, slots=True)
class _Present:
    """The volumes that are here now, by number with where each ends; none when there is no log."""

    ends: dict[int, LogHead]

    def lacks(self, volume: CopiedVolume) -> bool:
        """Tell whether a volume of the backup is not here yet, or not to its end."""
        end = self.ends.get(volume.volume)
        return end is None or (end.count, end.head) != (volume.count, volume.head)


def restore(data: DataFolder, kind: LogKind, backup: Path) -> RestoreReport:
    """Put a backup in the place of a log that is not there, or that it continues; see ``restored_entry``.

    Everything is copied beside its place and checked there before the first file of the log is touched.  A
    program that is ended while they are put in place leaves a log that the backup continues.

    Raises BackupError, then nothing was changed; LogWriteError.
    """
    with reading(backup):
        put_back_interrupted(backup)
    manifest = read_manifest(backup, kind)
    first = data.log(kind)
    with _writing(data.path), _staging(data.path) as stage:
        _fetch(manifest, backup, stage)
        problems = _require_sound(manifest, stage / first.name, backup)
        present = _present(manifest, first, stage / first.name)
        wanted = [volume for volume in manifest.volumes if present.lacks(volume)]
        # Before the log that names them: each lies under its own hash, and does no harm by itself.
        photographs = put_photographs(manifest.photographs, backup, data.photographs)
        for volume in sorted(wanted, key=lambda one: one.volume):
            _replace(volume, stage, data.path, present.ends.get(volume.volume))
        others = [
            name
            for name, path in other_files(data, kind).items()
            if name in manifest.others and not path.exists()
        ]
        for name in others:
            (stage / name).replace(data.path / name)
        sync_folder(data.path)
    put = tuple(volume.volume for volume in wanted)
    return RestoreReport(manifest, put, tuple(others), photographs, problems)


def restored_entry(report: RestoreReport) -> NewEntry:
    """Prepare the entry that says in the log what was done to it."""
    manifest, is_signed = report.manifest, report.manifest.signature is not None
    doubt = "" if is_signed else "; its manifest, which is not signed, is all that names this time"
    said = f"a backup of {manifest.time} was put in place; it ends at {shown(manifest.ends_at)}{doubt}"
    return NewEntry(
        EntryKind.INCIDENT,
        {
            "what": IncidentKind.RESTORED,
            "backup": {**asdict(manifest.ends_at), "time": manifest.time, "is_signed": is_signed},
            "volumes": len(report.volumes),
            "message": said,
        },
    )


# What is in the backup


@contextmanager
def _staging(folder: Path) -> Iterator[Path]:
    """Give a folder beside the log for files to come; what a program that was ended left there is removed."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in folder.glob(".restore-*.part"):
        shutil.rmtree(left, ignore_errors=True)
    stage = folder / f".restore-{secrets.token_hex(4)}.part"
    stage.mkdir(mode=0o700)
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _fetch(manifest: Manifest, backup: Path, stage: Path) -> None:
    for name, sha256 in manifest.files.items():
        source = backup / name
        with reading(source):
            source.stat()
        if copy_bytes(source, stage / name) != sha256:
            raise BackupError(
                f"expected {source} as the manifest names it, found another content: the backup is damaged"
            )
        (stage / name).chmod(0o600)


def _require_sound(manifest: Manifest, first: Path, backup: Path) -> int:
    """Check the log in a backup; what was found when it was made may be found again, and no more.

    Gives how many problems there are.  Raises BackupError, also for a manifest that does not fit the log.
    """
    try:
        with InspectionLog.open_read_only(first, kind=manifest.kind) as log:
            report = log.verify()
            ends = {volume.number: _end_of(volume) for volume in log.volumes}
            public_key = log.volumes[-1].public_key
    except LogError as error:
        raise BackupError(f"the backup in {backup} is damaged: {error}") from error
    if len(report.problems) > manifest.problems:
        raise BackupError(f"the backup in {backup} is damaged: {report.problems[0].message}")
    if report.anchor != str(manifest.ends_at):
        raise BackupError(
            f"expected a log that ends at {shown(manifest.ends_at)} in {backup}, as its manifest says, found "
            f"{shown(LogHead(report.volume, report.count, report.head))}"
        )
    said = {one.volume: (one.count, one.head) for one in manifest.volumes}
    wrong = [number for number in said if said[number] != ends.get(number, (None, None))]
    if wrong:
        raise BackupError(
            f"expected volume {wrong[0]} in {backup} to end where its manifest says, found another end"
        )
    if (manifest.public_key, manifest.entries) != (public_key, report.entries):
        raise BackupError(
            f"expected {manifest.entries} entries and the key {manifest.public_key[:8]} in {backup}, as its "
            f"manifest says, found {report.entries} and {public_key[:8]}"
        )
    return len(report.problems)


def _end_of(volume: LogVolume) -> tuple[int | None, str | None]:
    try:
        head = volume.head()
    except LogError:
        return None, None
    return head.count, head.head


# What is here


def _present(manifest: Manifest, first: Path, staged: Path) -> _Present:
    """Read the log that is here.  Raises BackupError unless there is none, or the backup continues it."""
    for number in {1, *volume_files(first), *(one.volume for one in manifest.volumes)}:
        _require_no_stray_records(volume_path(first, number))
    try:
        opened = InspectionLog.open_read_only(first, kind=manifest.kind)
    except LogMissingError:
        return _Present({})
    except LogError as error:
        raise BackupError(_damaged_here(first, str(error))) from error
    with opened as here, InspectionLog.open_read_only(staged, kind=manifest.kind) as log:
        found = here.verify()
        if not found.ok:
            raise BackupError(_damaged_here(first, found.problems[0].message))
        _require_prefix(here, log, manifest)
        return _Present({volume.number: volume.head() for volume in here.volumes})


def _damaged_here(first: Path, message: str) -> str:
    return (
        f"the log {first} is damaged ({message}): it is left as it is, for it is evidence too; move the data "
        "folder away, or restore into another one"
    )


def _require_no_stray_records(path: Path) -> None:
    """Refuse to put a file beside records of another one, which SQLite would write into it."""
    if path.exists() and path.stat().st_size > 0:
        return
    for ending in HOLD_RECORDS:
        stray = beside(path, ending)
        if stray.exists() and stray.stat().st_size > 0:
            raise BackupError(
                f"expected nothing beside the place of {path}, found {stray.name}, which may hold records of "
                "a file that is gone: move it away"
            )


def _require_prefix(here: InspectionLog, log: InspectionLog, manifest: Manifest) -> None:
    end, wanted = here.head(), manifest.ends_at
    if end == wanted:
        raise BackupError(
            f"the log {here.path} holds everything that is in the backup, and ends at the same entry: "
            "nothing was put in place"
        )
    if all(holds(log, volume.head()) for volume in here.volumes):
        return
    if holds(here, wanted):
        newer = _entries_after(here, wanted)
        raise BackupError(
            f"the log {here.path} is newer than the backup, by {newer} "
            f"{'entry' if newer == 1 else 'entries'}: it is left as it is"
        )
    raise BackupError(
        f"the log {here.path}, which ends at {shown(end)}, is another one than that of the backup, which "
        f"ends at {shown(wanted)}: neither continues the other; it is left as it is; move the data folder "
        "away, or restore into another one"
    )


def _entries_after(log: InspectionLog, head: LogHead) -> int:
    return sum(
        volume.head().count - (head.count if volume.number == head.volume else 0)
        for volume in log.volumes
        if volume.number >= head.volume
    )


# Into its place


def _replace(volume: CopiedVolume, stage: Path, folder: Path, before: LogHead | None) -> None:
    """Put one volume in place of the one that was compared, which no other program has open."""
    path = folder / volume.file
    if before is None:
        _move(volume, stage, folder)
    else:
        lay_down(path)
        with held_alone(path) as db:
            if LogVolume(db, path).head() != before:
                raise LogWriteError(f"another program has just written to the log {path}: try again")
            if os.name != "nt":  # Windows moves nothing over a file that is open
                _move(volume, stage, folder)
        if os.name == "nt":
            _move(volume, stage, folder)
    if any(sha256_of(folder / name) != sha256 for name, sha256 in volume.files.items()):
        raise LogDamagedError(f"expected {path} as it is in the backup, found another content in it")


def _move(volume: CopiedVolume, stage: Path, folder: Path) -> None:
    for ending in BESIDE:  # without the records of any file: see _require_no_stray_records
        beside(folder / volume.file, ending).unlink(missing_ok=True)
    for name in volume.files:  # what lies beside a file comes before it
        (stage / name).replace(folder / name)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Say of trouble with the data folder that nothing could be saved there.  Raises LogWriteError."""
    try:
        yield
    except OSError as error:
        reason = LogNoRoomError if error.errno in NO_ROOM else LogWriteError
        raise reason(f"the backup could not be put into {folder}: {error.strerror or error}") from error
