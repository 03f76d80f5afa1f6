"""A log put back from a backup: where there is none, or where the backup continues it; nowhere else.

BACKUP -> .restore-xxxx.part in the data folder, checked there -> each volume in its place, the newest last

From the first to the last of these a note lies beside the log; see restore_note.py.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
from inspection.folders import DataFolder
from inspection.log import InspectionLog
from inspection.log_copies import BESIDE, HOLD_RECORDS, beside, copy_bytes, held_alone, lay_down, sha256_of
from inspection.log_kind import LogKind
from inspection.log_volume import LogVolume, volume_files, volume_path
from inspection.photograph_copies import put_photographs
from inspection.records import LogHead
from inspection.restore_note import RestoreNote, drop_note, leave_note, note_beside
from spectra_library.whole_file import NO_ROOM, sync_folder


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """A backup that was put in place: these volumes of it, and these other files, which were not there.

    No volumes where an earlier program was ended after it had put them there.  ``left_out`` other files, for
    the manifest that names them is not signed.  ``photographs`` the names of those that were put in place.
    ``problems`` how many the check of the log in it found; there may be as many as when it was made.
    """

    manifest: Manifest
    volumes: tuple[int, ...]
    others: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    photographs: tuple[str, ...] = ()
    problems: int = 0

    @property
    def kept(self) -> tuple[str, ...]:
        """The files in the backup that were not put in place: there were others."""
        return tuple(name for name in self.manifest.others if name not in (*self.others, *self.left_out))


@dataclass(frozen=True, slots=True)
class _Present:
    """The volumes that are here now, by number with where each ends; none when there is no log."""

    ends: dict[int, LogHead]

    def lacks(self, volume: CopiedVolume) -> bool:
        """Tell whether a volume of the backup is not here yet, or not to its end."""
        end = self.ends.get(volume.volume)
        return end is None or (end.count, end.head) != (volume.count, volume.head)


def restore(data: DataFolder, kind: LogKind, backup: Path, *, unsigned: bool = False) -> RestoreReport:
    """Put a backup in the place of a log that is not there, or that it continues.

    Everything is copied beside its place and checked there before the first file of the log is touched.  A
    program that is ended while they are put in place leaves a log that the backup continues.  The log says
    what was done as soon as it is opened for writing.  Users and tables are put in place only where the
    manifest is signed, or with ``unsigned``: whoever can write to the backup could have put them there.

    Raises BackupError, then nothing was changed; LogWriteError.
    """
    with reading(backup):
        put_back_interrupted(backup)
    manifest = read_manifest(backup, kind)
    first = data.log(kind)
    with _writing(data.path), _staging(data.path) as stage:
        _fetch(manifest, backup, stage)
        problems = _require_sound(manifest, stage / first.name, backup)
        is_there = _is_in_place(manifest, first)
        present = None if is_there else _present(manifest, first, stage / first.name)
        # Before the log that names them: each lies under its own hash, and does no harm by itself.
        photographs = put_photographs(manifest.photographs, backup, data.photographs)
        put = () if present is None else _put_volumes(manifest, present, stage, first)
        here = other_files(data, kind)
        wanted = [name for name in manifest.others if not here[name].exists()]
        others = wanted if unsigned or manifest.signature is not None else []
        for name in others:
            (stage / name).replace(data.path / name)
        sync_folder(data.path)
    left_out = tuple(name for name in wanted if name not in others)
    return RestoreReport(manifest, put, tuple(others), left_out, photographs, problems)


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
            if source.exists() and not source.is_file():
                raise ValueError("no plain file")  # a pipe would never end
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


def _is_in_place(manifest: Manifest, first: Path) -> bool:
    """Tell whether a program put the volumes of this backup here, and was ended before the log said so."""
    note = note_beside(first)
    if note is None or note.ends_at != manifest.ends_at:
        return False
    try:
        with InspectionLog.open_read_only(first, kind=manifest.kind) as log:
            return log.passes(note.ends_at)
    except LogError:
        return False


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


def _put_volumes(manifest: Manifest, present: _Present, stage: Path, first: Path) -> tuple[int, ...]:
    """Put the volumes that are not here in place; give their numbers.

    Where not even the first could be, the note of it is taken away again.
    """
    wanted = sorted((one for one in manifest.volumes if present.lacks(one)), key=lambda one: one.volume)
    put: list[int] = []
    leave_note(first, _note_of(manifest, len(wanted)))
    try:
        for volume in wanted:
            _replace(volume, stage, first.parent, present.ends.get(volume.volume))
            put.append(volume.volume)
    except (OSError, LogError):
        if not put:
            drop_note(first)
        raise
    return tuple(put)


def _note_of(manifest: Manifest, volumes: int) -> RestoreNote:
    return RestoreNote(manifest.ends_at, manifest.time, manifest.signature is not None, volumes)


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
