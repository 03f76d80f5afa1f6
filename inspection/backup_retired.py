"""Volumes that an earlier backup has and the next one will not: the log moved them to an archive in between.

OUT/retired/5f3c12ab-evidence.sqlite        under the first digits of its SHA-256; named in the manifest

They stay beside the next backup as the earlier one had them, so that nothing is lost where the archive is.
A restore leaves them alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from inspection.backup_manifest import RETIRED, Manifest
from inspection.errors import BackupError, LogDamagedError, UnknownEntryError
from inspection.log import InspectionLog
from inspection.log_copies import copy_bytes, sha256_of
from inspection.records import LogHead
from spectra_library.whole_file import sync_folder


def holds(log: InspectionLog, head: LogHead) -> bool:
    """Tell whether a log has the entry that ``head`` is of, or had it before that volume was retired."""
    try:
        return log.entry(head.last).hash.hex() == head.head
    except UnknownEntryError:
        retired = log.retired().get(head.volume)
        return retired is not None and retired.ended_at == head
    except LogDamagedError:
        return False


def continues(log: InspectionLog, earlier: Manifest) -> bool:
    """Tell whether ``log`` goes on from an earlier backup, as far as that can be seen here.

    Of one that ends inside a volume which was moved to an archive since, only the installation can be
    compared; what it has of that volume is kept, so that it does no harm to take it for one of this log.
    """
    if holds(log, earlier.ends_at):
        return True
    retired = log.retired().get(earlier.volume)
    if retired is None or any(volume.number == earlier.volume for volume in log.volumes):
        return False
    is_within = retired.count is None or earlier.count <= retired.count
    installation = log.entry(log.volumes[-1].first).body.get("installation")
    return is_within and earlier.installation == installation


def keep_retired(earlier: Manifest, place: Path, part: Path, now: Manifest) -> Mapping[str, str]:
    """Take over from the backup in ``place`` what the one in ``part`` has no more; by name with its SHA-256.

    Raises BackupError where it is damaged, OSError.
    """
    there = {volume.volume for volume in now.volumes}
    wanted = {name: (place / RETIRED / name, sha256) for name, sha256 in earlier.retired.items()}
    for volume in earlier.volumes:
        if volume.volume not in there:
            for name, sha256 in volume.files.items():
                wanted[f"{volume.sha256[:8]}-{name}"] = (place / name, sha256)
    if not wanted:
        return {}
    (part / RETIRED).mkdir(mode=0o700)
    for name, (source, sha256) in wanted.items():
        _take_over(source, part / RETIRED / name, sha256)
    sync_folder(part / RETIRED)
    return {name: sha256 for name, (_, sha256) in sorted(wanted.items())}


def _take_over(source: Path, target: Path, sha256: str) -> None:
    if not source.exists() or sha256_of(source) != sha256:
        raise BackupError(
            f"expected {source} as the manifest names it, for the log moved its volume to an archive: the "
            "earlier backup is left as it is; choose another folder"
        )
    with suppress(OSError):  # both lie on one medium, which may know second names of a file
        target.hardlink_to(source)
        return
    copy_bytes(source, target)
