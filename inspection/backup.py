"""A copy of a whole log in another folder, made while others go on writing.  Its files: backup_manifest.py.

copies -> .OUT.xxxx.part, checked -> OUT        an earlier backup of the same log is replaced at the very end

The signing key is not in it: who holds a backup can read the log, and cannot sign in its name.
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from inspection.backup_manifest import (
    MANIFEST,
    RETIRED,
    CopiedVolume,
    Manifest,
    other_files,
    read_manifest,
    shown,
    signed,
)
from inspection.backup_retired import continues, keep_retired
from inspection.errors import (
    BackupError,
    ExportError,
    ExportNoRoomError,
    LogDamagedError,
    LogError,
    LogMissingError,
    LogNoRoomError,
    LogWriteError,
)
from inspection.export.atomic import require_file_name, require_folder
from inspection.folders import DataFolder
from inspection.log import InspectionLog
from inspection.log_check import check_volume
from inspection.log_copies import WAL, beside, copy_bytes, copy_database, sha256_of
from inspection.log_file import connect, open_readable, translated
from inspection.log_kind import LogKind
from inspection.log_volume import BUSY_TIMEOUT_S, volume_files, volume_path
from inspection.log_writer import program_version
from inspection.photograph_copies import PHOTOGRAPHS, copy_photographs, photographs_of_copy
from inspection.records import EntryKind, LogHead, NewEntry
from spectra_library.whole_file import NO_ROOM, sync_folder, write_whole


@dataclass(frozen=True, slots=True)
class BackupReport:
    """A backup that was made: where, what it holds, and the SHA-256 of its manifest."""

    path: Path
    manifest: Manifest
    sha256: str


def backup_entry(out: Path, before: LogHead) -> NewEntry:
    """Prepare the entry that says that a copy is about to be made; of the place only the folder's name."""
    return NewEntry(EntryKind.BACKUP, {"folder": folder_name(out), **asdict(before)})


def folder_name(folder: Path) -> str:
    """Give the name of a folder without what stands before it; the root of a drive has nothing else."""
    path = folder.resolve()
    return path.name or str(path)


def outside(folder: Path, data: DataFolder, otherwise: type[BackupError]) -> Path:
    """Give the place of a folder, and refuse one in the data folder or around it: each spares the other.

    Raises ExportError for a name that no folder can have, and ``otherwise``.
    """
    try:
        path, held = folder.resolve(), data.path.resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise ExportError(f"expected the name of a folder, found {str(folder)!r}") from error
    require_file_name(path)
    if path.is_relative_to(held):
        raise otherwise(f"expected a folder outside of the data folder {data.path}, found {folder}")
    if held.is_relative_to(path):
        raise otherwise(f"expected a folder without the data folder {data.path} in it, found {folder}")
    return path


def require_target(data: DataFolder, kind: LogKind, out: Path) -> Manifest | None:
    """Refuse a place that a backup must not take; give the manifest of the backup that it will replace.

    Raises BackupError, ExportError, LogMissingError, LogError.
    """
    place = outside(out, data, BackupError)
    if not volume_files(data.log(kind)):
        raise LogMissingError(f"expected a log at {data.log(kind)}, found none")
    require_folder(place)
    with _writing(out):
        put_back_interrupted(place)
        if not place.exists():
            return None
        if not place.is_dir():
            raise BackupError(f"expected the name of a folder, found the file {out}")
        if not any(place.iterdir()):
            return None
    if not (place / MANIFEST).exists():
        raise BackupError(f"expected a new folder, or an earlier backup, found {out} with other content")
    earlier = read_manifest(place, kind)
    with InspectionLog.open_read_only(data.log(kind), kind=kind) as log:
        if not continues(log, earlier):
            raise BackupError(
                f"expected a new folder, or an earlier backup of this log, found one in {out} that ends at "
                f"{shown(earlier.ends_at)}, which this log does not hold: choose another folder"
            )
    _require_nothing_else(place, earlier, out)
    return earlier


def _require_nothing_else(place: Path, earlier: Manifest, out: Path) -> None:
    """Refuse to replace what holds more than the backup: that would go with it.  Raises BackupError."""
    photographs = {f"{PHOTOGRAPHS}/{name}" for name in earlier.photographs}
    retired = {f"{RETIRED}/{name}" for name in earlier.retired}
    listed = {place / name for name in {MANIFEST, *earlier.files, *photographs, *retired}}
    folders = {place / PHOTOGRAPHS, place / RETIRED}
    with _writing(out):
        for one in sorted(place.rglob("*")):
            is_folder = one.is_dir() and not one.is_symlink()
            if one not in (folders if is_folder else listed):
                raise BackupError(
                    f"expected an earlier backup in {out} and nothing else, found "
                    f"{one.relative_to(place)}, which its manifest does not name: move it away, or choose "
                    "another folder"
                )


def back_up(
    data: DataFolder, kind: LogKind, out: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> BackupReport:
    """Copy the log of ``kind``, and what belongs to it, to the folder ``out``, which is made if need be.

    An earlier backup there is replaced, unless this log does not continue it, or it has a volume whole that
    is damaged here.

    Raises BackupError, ExportError, LogMissingError, LogError; then an earlier backup is what it was.
    """
    from inspection.keys import LogKeys  # 30 ms of cryptography that other verbs do without

    earlier = require_target(data, kind, out)
    place = out.resolve()
    with _writing(out):
        for left in place.parent.glob(f".{_literal(place.name)}.*.part"):  # of a program that was killed
            shutil.rmtree(left, ignore_errors=True)
        part = place.with_name(f".{place.name}.{secrets.token_hex(4)}.part")
        try:
            part.mkdir(mode=0o700)
            manifest = _copied(data, kind, part, place, now().astimezone(UTC))
            if earlier is not None:
                _require_no_loss(manifest, earlier, out)
                manifest = replace(manifest, retired=keep_retired(earlier, place, part, manifest))
            manifest = signed(manifest, LogKeys(data.keys))
            write_whole(part / MANIFEST, manifest.text())
            _put_in_place(part, place, replaces=earlier is not None)
        finally:
            shutil.rmtree(part, ignore_errors=True)
        return BackupReport(out, manifest, sha256_of(place / MANIFEST))


def put_back_interrupted(place: Path) -> None:
    """Put an earlier backup back that a program had moved aside when it was ended.  Raises OSError."""
    if not place.exists() and _earlier(place).exists():
        _earlier(place).rename(place)


# Copies


def _copied(data: DataFolder, kind: LogKind, part: Path, earlier: Path, moment: datetime) -> Manifest:
    """Copy all that belongs to a log into ``part``; ``earlier`` is the backup that it will replace."""
    first = data.log(kind)
    files = volume_files(first)
    for path in files.values():
        _copy_volume(path, part / path.name, kind)
    newest = max(files)
    while (following := volume_path(first, newest + 1)).is_file():  # begun while the others were copied
        _copy_volume(files[newest], part / files[newest].name, kind)  # now with its seal
        _copy_volume(following, part / following.name, kind)
        newest += 1
        files[newest] = following
    others = {
        name: _copy_other(path, part / name)
        for name, path in other_files(data, kind).items()
        if path.is_file()
    }
    manifest = _described(kind, part / first.name, moment, others)
    names = photographs_of_copy(part / first.name, kind)
    copied = copy_photographs(names, part / PHOTOGRAPHS, [data.photographs, earlier / PHOTOGRAPHS])
    return replace(manifest, photographs=copied, photographs_missing=len(names) - len(copied))


def _copy_volume(source: Path, target: Path, kind: LogKind) -> None:
    """Copy a volume as SQLite reads it; one that it cannot read, byte for byte with what lies beside it."""
    target.unlink(missing_ok=True)
    try:
        with closing(open_readable(source, kind, busy_timeout_s=BUSY_TIMEOUT_S)) as volume:
            copy_database(volume, target)
    except LogMissingError:
        return  # about to be begun by another program: there is nothing in it
    except LogWriteError:
        raise
    except LogError:
        target.unlink(missing_ok=True)
        for path in (source, beside(source, WAL)):
            if path.is_file():
                copy_bytes(path, target.with_name(path.name))


def _copy_other(source: Path, target: Path) -> str:
    """Copy a file that is no log; the list of users as SQLite reads it, for somebody may be signing in."""
    is_copied = False
    if source.suffix == ".sqlite":
        with suppress(LogDamagedError), translated(source, "read", LogDamagedError):
            uri = f"{source.absolute().as_uri()}?mode=rw"
            with closing(connect(uri, is_uri=True, timeout_s=BUSY_TIMEOUT_S)) as held:
                copy_database(held, target)
            is_copied = True
    if not is_copied:
        target.unlink(missing_ok=True)
        copy_bytes(source, target)
    target.chmod(source.stat().st_mode & 0o777)
    return sha256_of(target)


def _described(kind: LogKind, first: Path, moment: datetime, others: Mapping[str, str]) -> Manifest:
    """Check the copies, and say what they are."""
    with InspectionLog.open_read_only(first, kind=kind) as log:
        report = log.verify()
        damaged = set(log.unreadable)
        if not report.ok:
            damaged |= {volume.number for volume in log.volumes if check_volume(volume, kind)}
        ends: dict[int, LogHead] = {}
        for volume in log.volumes:
            with suppress(LogError):
                ends[volume.number] = volume.head()
        newest = log.volumes[-1]
        genesis = {} if newest.number in damaged else log.entry(newest.first).body
    return Manifest(
        kind=kind,
        installation=str(genesis.get("installation", "")),
        public_key=newest.public_key,
        volume=report.volume,
        count=report.count,
        head=report.head,
        entries=report.entries,
        problems=len(report.problems),
        time=moment.isoformat(timespec="seconds"),
        program=program_version(),
        volumes=tuple(
            _copied_volume(number, path, ends.get(number), is_whole=number not in damaged)
            for number, path in volume_files(first).items()
        ),
        others=others,
    )


def _copied_volume(number: int, path: Path, end: LogHead | None, *, is_whole: bool) -> CopiedVolume:
    wal = beside(path, WAL)
    return CopiedVolume(
        volume=number,
        file=path.name,
        sha256=sha256_of(path),
        count=None if end is None else end.count,
        head=None if end is None else end.head,
        is_whole=is_whole,
        beside={wal.name: sha256_of(wal)} if wal.exists() else {},
    )


def _require_no_loss(manifest: Manifest, earlier: Manifest, out: Path) -> None:
    whole = {one.volume for one in earlier.volumes if one.is_whole}
    worse = sorted(whole.intersection(manifest.damaged))
    if worse:
        raise BackupError(
            f"volume {worse[0]} of this log is damaged, and the backup in {out} has it whole: it is left as "
            "it is; choose another folder"
        )


# The place


def _put_in_place(part: Path, place: Path, *, replaces: bool) -> None:
    """Let the finished folder take its place; until it has, the earlier one is there, or beside it.

    A folder that is not empty cannot be replaced in one step.  A program that is ended between the two steps
    leaves both beside the place, and whoever comes next puts the earlier one back: ``put_back_interrupted``.
    """
    earlier = _earlier(place)
    if replaces:
        if earlier.exists():  # left by a program that was ended when the newer one was in place
            shutil.rmtree(earlier)
        place.rename(earlier)
    elif place.exists():
        place.rmdir()
    try:
        part.rename(place)
    except OSError:
        if replaces:
            earlier.rename(place)
        raise
    sync_folder(place.parent)
    if replaces:
        shutil.rmtree(earlier, ignore_errors=True)


def _earlier(place: Path) -> Path:
    return place.with_name(f".{place.name}.earlier")


def _literal(name: str) -> str:
    return re.sub(r"([*?[])", r"[\1]", name)


@contextmanager
def _writing(out: Path) -> Iterator[None]:
    """Say of trouble with the place of a backup that it could not be written.  Raises ExportError."""
    try:
        yield
    except LogNoRoomError as error:
        raise ExportNoRoomError(f"the backup {out} could not be written: the disk is full") from error
    except LogWriteError as error:
        raise ExportError(f"the backup {out} could not be written: {error}") from error
    except OSError as error:
        reason = ExportNoRoomError if error.errno in NO_ROOM else ExportError
        raise reason(f"the backup {out} could not be written: {error.strerror or error}") from error
