"""Volumes over the years: what there is of each, and moving an old one to an archive without losing it.

copy -> checked in the archive -> entry VOLUME_RETIRED -> removed here

A program that is ended at any moment leaves the volume in at least one of the two places, whole.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from inspection.amendments import one_line
from inspection.backup import folder_name
from inspection.chain import first_of_volume, volume_of
from inspection.errors import LogDamagedError, LogError, RecordError, RetirementError, UnknownEntryError
from inspection.export.atomic import require_folder
from inspection.folders import DataFolder
from inspection.log import InspectionLog
from inspection.log_check import check_volume
from inspection.log_copies import SHM, WAL, beside, copy_bytes, lay_down, sha256_of
from inspection.log_kind import LogKind
from inspection.log_rows import time_text
from inspection.log_volume import LogVolume, volume_files, volume_path
from inspection.records import EntryKind, NewEntry
from inspection.retired_volumes import RetiredVolume, retired_volumes
from spectra_library.whole_file import sync_folder

DAYS_OF_A_YEAR: Final = 365.2425

OpenLog = Callable[[], AbstractContextManager[InspectionLog]]


class VolumeState(StrEnum):
    """What became of a volume."""

    NEWEST = "newest"  # it is written to
    SEALED = "sealed"  # it was full
    LEFT = "left"  # another one was begun before it was full, with another key
    DAMAGED = "damaged"  # another one was begun because it is damaged, or it cannot be read at all
    RETIRED = "retired"  # it was moved to an archive; it may have been copied back


@dataclass(frozen=True, slots=True)
class VolumeSummary:
    """One volume.

    ``first`` and ``last`` numbers of its entries, ``begun`` and ``ended`` their times (UTC); None where they
    are not known.  ``size_bytes`` of its files, None when it is not here.  ``archive`` the name of the folder
    that it was moved to.
    """

    volume: int
    state: VolumeState
    first: int
    last: int | None
    count: int | None
    begun: datetime | None
    ended: datetime | None
    size_bytes: int | None
    archive: str | None = None

    def years(self, now: datetime) -> float | None:
        """Tell how long ago its last entry was written."""
        return None if self.ended is None else (now - self.ended).days / DAYS_OF_A_YEAR


def volume_summaries(log: InspectionLog) -> tuple[VolumeSummary, ...]:
    """Say what there is of each volume, the oldest first.  Raises LogError."""
    retired = log.retired()
    files = volume_files(log.path)
    opened = {volume.number: volume for volume in log.volumes}
    return tuple(
        _summary(log, number, opened.get(number), files.get(number), retired.get(number))
        for number in sorted({*opened, *files, *retired})
    )


def retire(
    data: DataFolder, kind: LogKind, number: int, folder: Path, reason: str, *, open_log: OpenLog
) -> RetiredVolume:
    """Move a volume that is no longer written to into ``folder``, and note that in the log.

    Called again after a program that was ended, it goes on where that was.  ``open_log`` opens the log of
    ``data`` for writing.

    Raises RetirementError, RecordError, LogWriteError; then the volume is where it was.
    """
    why = one_line(reason, "reason")
    if not why:
        raise RecordError("expected a reason for moving the volume, found none")
    archive = _archive(data, folder)
    first = data.log(kind)
    with open_log() as log:
        state = _require_ready(log, number)
    moved = _archived(volume_path(first, number), archive, kind, number=number, state=state, reason=why)
    with open_log() as log:
        known = log.retired().get(number)
        if known is None or (known.archive, known.files) != (moved.archive, moved.files):
            log.append(NewEntry(EntryKind.VOLUME_RETIRED, moved.body(_carried(log, number))))
    _remove(volume_path(first, number), moved, archive)
    return moved


# What there is


def _summary(
    log: InspectionLog,
    number: int,
    volume: LogVolume | None,
    path: Path | None,
    retired: RetiredVolume | None,
) -> VolumeSummary:
    head = begun = ended = None
    if volume is not None:
        with suppress(LogError):
            head = volume.head()
        begun, ended = _times(volume)
    elif retired is not None:
        head = retired.ended_at
        begun, ended = _moment(retired.begun), _moment(retired.ended)
    first = first_of_volume(number)
    return VolumeSummary(
        volume=number,
        state=VolumeState.RETIRED if retired is not None else _state(log, number, volume),
        first=first,
        last=None if head is None else first + head.count - 1,
        count=None if head is None else head.count,
        begun=begun,
        ended=ended,
        size_bytes=None if path is None else _size(path),
        archive=None if retired is None else retired.archive,
    )


def _state(log: InspectionLog, number: int, volume: LogVolume | None) -> VolumeState:
    if number == max(one.number for one in log.volumes):
        return VolumeState.NEWEST
    if volume is None:
        return VolumeState.DAMAGED
    with suppress(LogError):
        if volume.is_sealed():
            return VolumeState.SEALED
        state = _said_by_next(log, number).get("state")
        # A volume may have been whole when it was left: the key was lost or renewed.
        return VolumeState.LEFT if str(state).startswith("key_") else VolumeState.DAMAGED
    return VolumeState.DAMAGED


def _said_by_next(log: InspectionLog, number: int) -> Mapping[str, Any]:
    try:
        said = log.entry(first_of_volume(number + 1)).body.get("continues")
    except UnknownEntryError:
        return {}
    return said if isinstance(said, dict) else {}


def _times(volume: LogVolume) -> tuple[datetime | None, datetime | None]:
    with suppress(LogError):
        ends = volume.page("sequence IN (?, ?)", [volume.first, volume.last()[0]])
        return ends[0].time, ends[-1].time
    return None, None


def _moment(text: str | None) -> datetime | None:
    try:
        return None if text is None else datetime.fromisoformat(text)
    except ValueError:
        return None


def _size(path: Path) -> int | None:
    try:
        return sum(one.stat().st_size for one in (path, beside(path, WAL)) if one.exists())
    except OSError:
        return None


# What may be moved


def _archive(data: DataFolder, folder: Path) -> Path:
    try:
        place, held = folder.resolve(), data.path.resolve()
        if place.is_relative_to(held):
            raise RetirementError(f"expected a folder outside of the data folder {data.path}, found {folder}")
        if place.exists() and not place.is_dir():
            raise RetirementError(f"expected the name of a folder, found the file {folder}")
    except (OSError, RuntimeError, ValueError) as error:
        raise RetirementError(f"expected the name of a folder, found {str(folder)!r}") from error
    require_folder(place, RetirementError)
    return place


def _require_ready(log: InspectionLog, number: int) -> VolumeState:
    """Tell what became of a volume.  Raises RetirementError when it is to stay here."""
    files = volume_files(log.path)
    newest = log.head().volume
    retired = log.retired().get(number)
    if number not in files:
        if retired is not None:
            raise RetirementError(f"volume {number} was moved to the archive {retired.archive!r} already")
        raise RetirementError(f"expected a volume of the log, one of {_listed(files)}, found {number}")
    if number >= newest:
        raise RetirementError(
            f"volume {number} is the newest, which is written to: only one that was sealed or left can be "
            "moved"
        )
    still_open = [
        one.id for one in log.inspections() if one.closed is None and _was_opened_in(log, one.id, number)
    ]
    if still_open:
        raise RetirementError(
            f"expected every inspection of volume {number} to be closed, found {len(still_open)} that "
            f"{'is' if len(still_open) == 1 else 'are'} not, the first {still_open[0]}: they could not be "
            "continued"
        )
    opened = {volume.number: volume for volume in log.volumes}
    return _state(log, number, opened.get(number))


def _was_opened_in(log: InspectionLog, inspection: str, number: int) -> bool:
    entries = log.entries(inspection=inspection, kind=EntryKind.INSPECTION_OPENED)
    return any(volume_of(entry.sequence) == number for entry in entries)


def _listed(files: Mapping[int, Path]) -> str:
    return ", ".join(str(number) for number in files) or "none"


# Moving


def _archived(
    path: Path, archive: Path, kind: LogKind, *, number: int, state: VolumeState, reason: str
) -> RetiredVolume:
    """Copy a volume to the archive, and see that it is there what it is here."""
    is_whole = _is_whole(path, kind)
    try:
        if is_whole:
            lay_down(path)  # SQLite itself makes one plain file of it; a damaged one is left as it is
        archive.mkdir(exist_ok=True)
        wal = beside(path, WAL)
        sources = [wal, path] if wal.exists() and wal.stat().st_size > 0 else [path]
        files = {one.name: _copied(one, archive / one.name) for one in sources}
        sync_folder(archive)
    except OSError as error:
        raise RetirementError(
            f"volume {number} could not be copied to {archive}: {error.strerror or error}"
        ) from error
    if is_whole and not _is_whole(archive / path.name, kind):
        raise RetirementError(f"the copy of volume {number} in {archive} does not hold: it is left here")
    retired = RetiredVolume(
        volume=number,
        state=state if is_whole else VolumeState.DAMAGED,
        count=None,
        head=None,
        sha256=files[path.name],
        archive=folder_name(archive),
        reason=reason,
        files=files,
    )
    return _with_extent(retired, archive / path.name if is_whole else path, kind)


def _is_whole(path: Path, kind: LogKind) -> bool:
    try:
        with closing(LogVolume.open_read_only(path, kind=kind)) as volume:
            return not check_volume(volume, kind)
    except LogError:
        return False


def _with_extent(retired: RetiredVolume, path: Path, kind: LogKind) -> RetiredVolume:
    """Add where a volume ends, as far as that can be read."""
    with suppress(LogError), closing(LogVolume.open_read_only(path, kind=kind)) as volume:
        begun, ended = (None if moment is None else time_text(moment) for moment in _times(volume))
        head = volume.head()
        return replace(retired, count=head.count, head=head.head, begun=begun, ended=ended)
    return retired


def _copied(source: Path, target: Path) -> str:
    """Copy a file unless the same one is there already; give its hash.  Raises RetirementError, OSError."""
    wanted = sha256_of(source)
    if os.path.lexists(target):
        _require_own_file(target, source)
        if sha256_of(target) != wanted:
            raise RetirementError(
                f"expected no file of this name in the archive, found another one: {target}; choose another "
                "folder"
            )
        return wanted
    if copy_bytes(source, target) != wanted:
        target.unlink()
        raise RetirementError(f"the copy {target} is not what was written: the medium cannot be relied on")
    return wanted


def _require_own_file(copy: Path, here: Path) -> None:
    """Refuse a link: what it leads to may go with the file here.  Raises RetirementError, OSError."""
    if not stat.S_ISREG(copy.lstat().st_mode) or copy.samefile(here):
        raise RetirementError(
            f"expected a file of its own in the archive, found a link or none: {copy}; {here} stays"
        )


def _carried(log: InspectionLog, number: int) -> tuple[RetiredVolume, ...]:
    """Give what only the volume that goes says of others that went before it."""
    leaving = [volume for volume in log.volumes if volume.number == number]
    staying = [volume for volume in log.volumes if volume.number != number]
    known = retired_volumes(staying)
    return tuple(one for key, one in retired_volumes(leaving).items() if key not in known and key != number)


def _remove(path: Path, moved: RetiredVolume, archive: Path) -> None:
    """Remove the files of a volume here: only those that are, byte for byte, in the archive."""
    try:
        for name in sorted(moved.files):  # the file itself before what lies beside it
            here = path.with_name(name)
            if here.exists():
                _require_own_file(archive / name, here)
            if here.exists() and sha256_of(here) == sha256_of(archive / name) == moved.files[name]:
                here.unlink()
            elif here.exists():
                raise LogDamagedError(
                    f"expected {here} as it was copied to {archive}, found it changed: it stays"
                )
        beside(path, SHM).unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as error:
        raise RetirementError(
            f"volume {moved.volume} is in {archive}, and the log says so, but its file here could not be "
            f"removed: {error.strerror or error}; give the same command again"
        ) from error
