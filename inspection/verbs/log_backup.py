"""``log backup | restore | volumes | retire | renew-key``: what keeps the log for years."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from inspection.backup import BackupReport, back_up, backup_entry, require_target
from inspection.backup_manifest import RETIRED, shown
from inspection.desk import Desk, ExitCode
from inspection.errors import InspectionError, LogDamagedError, LogKindError, LogSettingsError, LogWriteError
from inspection.key_renewal import renew_key
from inspection.language import Wording
from inspection.log import InspectionLog
from inspection.log_notice import LogNotice, NoticeKind
from inspection.permissions import needs
from inspection.records import IncidentKind, LogHead
from inspection.restore import RestoreReport, restore
from inspection.retirement import DAYS_OF_A_YEAR, VolumeState, VolumeSummary, retire, volume_summaries
from inspection.users.roles import Action
from inspection.verbs.spectra import positive
from inspection.wording import notice_sentence

# What whoever asked for another key, or put a log on another computer, has just brought about.
BROUGHT_ABOUT = (NoticeKind.KEY_LOST, NoticeKind.KEY_CHANGED)


def add_actions(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the actions to ``log``."""
    backup = actions.add_parser("backup", help="copy the whole log to a folder, while it is in use")
    backup.add_argument("out", type=Path, metavar="OUT", help="a new folder, or a backup of this log")
    backup.set_defaults(verb_function=make_backup, permission=needs(Action.BACKUP))

    putting_back = actions.add_parser("restore", help="put a backup back where there is no newer log")
    putting_back.add_argument("backup", type=Path, metavar="BACKUP")
    putting_back.add_argument(
        "--unsigned", action="store_true", help="users and tables too, where the manifest is not signed"
    )
    putting_back.set_defaults(verb_function=restore_backup, permission=needs(Action.RESTORE))

    volumes = actions.add_parser("volumes", help="the files of the log: since when, how large")
    volumes.set_defaults(verb_function=list_volumes, permission=needs(Action.INSPECT))

    retiring = actions.add_parser("retire", help="move a volume that is no longer written to into an archive")
    retiring.add_argument("volume", type=positive, metavar="VOLUME")
    retiring.add_argument("--to", type=Path, required=True, metavar="FOLDER")
    retiring.add_argument("--reason", required=True, metavar="TEXT")
    retiring.set_defaults(verb_function=retire_volume, permission=needs(Action.RETIRE))

    renewal = actions.add_parser("renew-key", help="begin a new volume that is signed with a new key")
    renewal.add_argument("--reason", required=True, metavar="TEXT")
    renewal.set_defaults(verb_function=renew, permission=needs(Action.BEGIN_VOLUME))

    for action in (backup, putting_back, volumes, retiring, renewal):
        action.add_argument("--json", action="store_true", help="one JSON object per line")


def make_backup(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Note in the log that a copy is made, and make it; the copy is the more important of the two."""
    require_target(desk.data, desk.kind, arguments.out)
    trouble = _note_backup(desk, arguments.out)
    report = back_up(desk.data, desk.kind, arguments.out)
    if arguments.json:
        desk.emit(backup_object(report))
    else:
        _tell_backup(desk, report)
    if report.manifest.photographs_missing:
        desk.warn(
            desk.words(
                "Photographs that could not be copied, for they are missing or changed: {count}; "
                "log verify names them."
            ).format(count=report.manifest.photographs_missing)
        )
    for number in report.manifest.damaged:
        desk.warn(desk.words("Volume {number} is damaged, and was copied as it is.").format(number=number))
    if trouble is not None:
        desk.complain(trouble)
        desk.warn(desk.words("The backup was made. The log could not take a note of it."))
        return ExitCode.NOT_RECORDED
    return ExitCode.CHECK_FAILED if report.manifest.problems else ExitCode.DONE


def _note_backup(desk: Desk, out: Path) -> InspectionError | None:
    """Write the entry; a full disk or a lost key is no reason to go without a copy."""
    try:
        with desk.open_log() as log:
            log.append(backup_entry(out, log.head()))
    except (LogWriteError, LogSettingsError) as error:
        return error
    return None


def backup_object(report: BackupReport) -> dict[str, object]:
    """Give the JSON object of a backup."""
    manifest = report.manifest
    return {
        "path": str(report.path),
        "volumes": len(manifest.volumes),
        **asdict(manifest.ends_at),
        "entries": manifest.entries,
        "sha256": report.sha256,
        "damaged": list(manifest.damaged),
        "signed": manifest.signature is not None,
        "retired": list(manifest.retired),
        "photographs": len(manifest.photographs),
        "photographs_missing": manifest.photographs_missing,
    }


def _tell_backup(desk: Desk, report: BackupReport) -> None:
    manifest = report.manifest
    volumes = len(manifest.volumes)
    said = desk.words.plural(
        "{path}: {entries} entries in {volumes} volume, sha256 of the manifest {sha256}",
        "{path}: {entries} entries in {volumes} volumes, sha256 of the manifest {sha256}",
        volumes,
    )
    desk.say(said.format(path=report.path, entries=manifest.entries, volumes=volumes, sha256=report.sha256))
    desk.say(desk.words("The log ends at {head}").format(head=manifest.ends_at))
    desk.say(desk.words("The signing key is not in it."))
    for name in manifest.retired:
        desk.say(desk.words("Kept from the backup before: {file}").format(file=f"{RETIRED}/{name}"))
    if manifest.signature is None:
        desk.warn(desk.words("The manifest is not signed: the key of the log is not at hand."))


def restore_backup(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Put a backup in place, and note that in the log."""
    report = restore(desk.data, desk.kind, arguments.backup, unsigned=arguments.unsigned)
    if not arguments.json:
        _tell_restored(desk, report)
    if report.manifest.signature is None:
        desk.warn(
            desk.words(
                "The manifest of the backup is not signed: when it was made is the manifest's own word."
            )
        )
    for name in report.left_out:
        desk.warn(
            desk.words(
                "Left out, for the manifest is not signed: {file}. An administrator who trusts this backup "
                "copies it by hand, or restores into an empty data folder with --unsigned."
            ).format(file=name)
        )
    if report.problems:
        desk.warn(
            desk.words("The log in the backup is damaged, as it was when that was made; log verify says how.")
        )
    try:
        with _open_log(desk) as log:  # which writes the entry
            log.note_restored()  # or says why it cannot
            head, notices = log.head(), log.notices
    except (LogWriteError, LogSettingsError) as error:
        desk.complain(error)
        desk.warn(desk.words("The backup was put in place. The log could not take a note of it."))
        return ExitCode.NOT_RECORDED
    if arguments.json:
        desk.emit(restore_object(report, head, notices))
    else:
        _tell_new_volume(desk, head, notices)
        desk.say(desk.words("The log ends at {head}").format(head=head))
    return ExitCode.CHECK_FAILED if report.problems else ExitCode.DONE


@contextmanager
def _open_log(desk: Desk) -> Iterator[InspectionLog]:
    """Open the log for writing where a new volume is no surprise; of all else it says what it has to say."""
    try:
        log = InspectionLog.open(desk.log_path(), kind=desk.kind, officer=desk.user)
    except (LogDamagedError, LogKindError) as error:
        raise LogWriteError(str(error)) from error
    with log:
        yield log
        for notice in log.notices:
            if notice.kind not in BROUGHT_ABOUT:
                desk.warn(notice_sentence(desk.words, notice))


def _tell_new_volume(desk: Desk, head: LogHead, notices: Iterable[LogNotice]) -> None:
    """Say what became of the volume before, where this computer has no key of it."""
    if any(notice.kind in BROUGHT_ABOUT for notice in notices):
        desk.say(
            desk.words("This computer does not have the key of the log, so that it has made another one.")
        )
        _tell_left(desk, head)


def _tell_left(desk: Desk, head: LogHead) -> None:
    if head.volume > 1:
        said = desk.words("Volume {left} is left as it is and stays readable; volume {begun} was begun.")
        desk.say(said.format(left=head.volume - 1, begun=head.volume))


def restore_object(report: RestoreReport, head: LogHead, notices: Iterable[LogNotice]) -> dict[str, object]:
    """Give the JSON object of a restored backup; ``head`` is that of the log now."""
    return {
        "volumes": list(report.volumes),
        "files": list(report.others),
        "kept": list(report.kept),
        "left_out": list(report.left_out),
        "photographs": len(report.photographs),
        "restored": {
            **asdict(report.manifest.ends_at),
            "time": report.manifest.time,
            "signed": report.manifest.signature is not None,
        },
        "problems": report.problems,
        **asdict(head),
        "notices": [notice.kind.value for notice in notices],
    }


def _tell_restored(desk: Desk, report: RestoreReport) -> None:
    words = desk.words
    numbers = ", ".join(str(number) for number in report.volumes)
    if report.volumes:
        said = words.plural(
            "Put in place: volume {numbers} of a backup of {time}, which ends at {head}",
            "Put in place: volumes {numbers} of a backup of {time}, which ends at {head}",
            len(report.volumes),
        )
    else:
        said = words("In place already, and noted now: a backup of {time}, which ends at {head}")
    desk.say(said.format(numbers=numbers, time=report.manifest.time, head=shown(report.manifest.ends_at)))
    for name in report.others:
        desk.say(words("Put in place: {file}").format(file=name))
    for name in report.kept:
        desk.say(words("Kept as it was: {file}").format(file=name))
    if report.photographs:
        desk.say(words("Put in place: {count} photographs").format(count=len(report.photographs)))


def list_volumes(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Print one line per volume."""
    now = datetime.now(UTC)
    with desk.read_log() as log:
        summaries = volume_summaries(log)
    for summary in summaries:
        if arguments.json:
            desk.emit(volume_object(summary, now))
        else:
            desk.say(volume_line(desk.words, summary, now))
    return ExitCode.DONE


def volume_object(summary: VolumeSummary, now: datetime) -> dict[str, object]:
    """Give the JSON object of a volume."""
    years = summary.years(now)
    return {
        "volume": summary.volume,
        "state": summary.state.value,
        "first": summary.first,
        "last": summary.last,
        "count": summary.count,
        "begun": _time_or_none(summary.begun),
        "ended": _time_or_none(summary.ended),
        "years": None if years is None else round(years, 2),
        "bytes": summary.size_bytes,
        "archive": summary.archive,
    }


def _time_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="milliseconds")


def volume_line(words: Wording, summary: VolumeSummary, now: datetime) -> str:
    """One volume in one line."""
    parts = [words("volume {number}").format(number=summary.volume), state_word(words, summary.state)]
    if summary.last is not None:
        parts.append(words("entries {first} to {last}").format(first=summary.first, last=summary.last))
    if summary.begun is not None and summary.ended is not None:
        parts.append(f"{summary.begun:%Y-%m-%d} - {summary.ended:%Y-%m-%d}")
    years = summary.years(now)
    if years is not None:
        parts.append(_ago(words, years))
    if summary.size_bytes is not None:
        parts.append(f"{summary.size_bytes / 1e6:.1f} MB")
    if summary.archive is not None:
        parts.append(words("in the archive {name}").format(name=repr(summary.archive)))
    return "  ".join(parts)


def _ago(words: Wording, years: float) -> str:
    days = round(years * DAYS_OF_A_YEAR)
    if days < DAYS_OF_A_YEAR:
        return (
            words.plural("{days} day ago", "{days} days ago", days).format(days=days)
            if days
            else words("today")
        )
    return words("{years:.1f} years ago").format(years=years)


def state_word(words: Wording, state: VolumeState) -> str:
    """Say what became of a volume."""
    return {
        VolumeState.NEWEST: words("newest"),
        VolumeState.SEALED: words("sealed"),
        VolumeState.LEFT: words("left"),
        VolumeState.DAMAGED: words("damaged"),
        VolumeState.RETIRED: words("retired"),
    }[state]


def retire_volume(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Move a volume to an archive."""
    volume, folder, reason = arguments.volume, arguments.to, arguments.reason
    moved = retire(desk.data, desk.kind, volume, folder, reason, open_log=desk.open_log)
    if arguments.json:
        said = asdict(moved)
        desk.emit({**said, "files": dict(moved.files), "path": str(arguments.to)})
    else:
        desk.say(
            desk.words("Volume {number}, {count} entries, is in {path}; sha256 {sha256}").format(
                number=moved.volume,
                count="?" if moved.count is None else moved.count,
                path=arguments.to,
                sha256=moved.sha256,
            )
        )
    if moved.state == VolumeState.DAMAGED:
        warning = desk.words("Volume {number} is damaged, and was moved as it is.")
        desk.warn(warning.format(number=moved.volume))
    return ExitCode.DONE


def renew(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Begin a new volume with a new key."""
    renewal = renew_key(desk.data, desk.kind, arguments.reason, open_log=lambda: _open_log(desk))
    if arguments.json:
        desk.emit(
            {
                "public_key": renewal.key.public_key,
                "key_kept_in": renewal.key.kept_in.value,
                "what": IncidentKind.KEY_LOST if renewal.was_lost else IncidentKind.KEY_RENEWED,
                **asdict(renewal.head),
            }
        )
    else:
        desk.say(
            desk.words("Volume {number} is signed with the new key {key}").format(
                number=renewal.head.volume, key=renewal.key.public_key
            )
        )
        _tell_left(desk, renewal.head)
    return ExitCode.DONE
