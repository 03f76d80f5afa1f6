"""``log list | head | verify | export``: the evidence, and whether anyone touched it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from inspection.chain import Problem, ProblemKind
from inspection.countersignature import countersignature_problems
from inspection.desk import Desk, ExitCode
from inspection.entry_words import entry_word, record_line
from inspection.errors import AnchorError, LogDamagedError, LogKindError, LogMissingError
from inspection.export.exporting import ExportFormat, export_log, format_of
from inspection.log_check import VerifyReport
from inspection.permissions import needs, no_user
from inspection.records import EntryKind, LogEntry
from inspection.roles import Action
from inspection.spectrum_files import is_file
from inspection.verbs import log_anchor, log_backup, log_rematch
from inspection.wording import shown_similarity, verdict_word
from spectra_library.verdicts import Verdict


def add_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this family's verbs."""
    log = verbs.add_parser("log", help="list, check and export the log")
    actions = log.add_subparsers(dest="action", metavar="ACTION", required=True)

    listing = actions.add_parser("list", help="the entries, oldest first")
    listing.add_argument(
        "--since", type=moment, metavar="TIME", help="ISO date or time, UTC unless it says otherwise"
    )
    listing.add_argument("--until", type=moment, metavar="TIME")
    listing.add_argument("--substance", metavar="ID")
    listing.add_argument("--officer", metavar="NAME")
    listing.add_argument("--verdict", choices=[verdict.value for verdict in Verdict])
    listing.set_defaults(verb_function=list_entries, permission=no_user)

    head = actions.add_parser("head", help="how many entries there are, and the hash of the last")
    head.add_argument("--qr", action="store_true", help="as a QR code too, to be photographed")
    head.set_defaults(verb_function=show_head, permission=no_user)

    verify = actions.add_parser("verify", help="check every entry and every stored spectrum")
    verify.add_argument("--anchor", metavar="FILE_OR_TEXT", help="a head that was written down elsewhere")
    verify.set_defaults(verb_function=verify_log, permission=no_user)

    export = actions.add_parser("export", help="write the log as CSV, JSON, or a bundle to be checked")
    export.add_argument("out", type=Path, metavar="OUT")
    export.add_argument("--format", choices=[one.value for one in ExportFormat], help="default: OUT's ending")
    export.add_argument("--inspection", metavar="ID", help="only this inspection")
    export.set_defaults(verb_function=export_entries, permission=needs(Action.EXPORT))

    log_anchor.add_actions(actions)
    log_rematch.add_actions(actions)
    log_backup.add_actions(actions)

    for action in (listing, head, verify, export):
        action.add_argument("--json", action="store_true", help="one JSON object per line")


def moment(text: str) -> datetime:
    """Parse an ISO date or time; without a zone it is UTC, as the log is."""
    try:
        parsed = datetime.fromisoformat(text)
        return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # no time, or one whose UTC lies before the year 1
        raise argparse.ArgumentTypeError(
            f"expected a date or time like 2026-11-24 or 2026-11-24T08:30, found {text!r}"
        ) from None


def list_entries(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Print one line per entry."""
    try:
        opened = desk.read_log()
    except LogMissingError:
        return ExitCode.DONE  # nothing was ever written: an empty list, not a failure
    with opened as log:
        for entry in log.entries(
            since=arguments.since,
            until=arguments.until,
            substance=arguments.substance,
            officer=arguments.officer,
            verdict=arguments.verdict,
        ):
            if arguments.json:
                desk.emit(entry_object(entry))
            else:
                desk.say(entry_line(desk, entry))
    return ExitCode.DONE


def show_head(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Print where the log ends: write it down elsewhere, and the log cannot be cut or rewritten unseen."""
    with desk.read_log() as log:
        head = log.head()
    if arguments.json:
        desk.emit(asdict(head))
    else:
        desk.say(str(head))
        if arguments.qr:
            log_anchor.show_code(desk, head)
    return ExitCode.DONE


def verify_log(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Check the chain, and against an anchor if one is given."""
    report = _verified(desk, anchor_text(arguments.anchor))
    if arguments.json:
        desk.emit(asdict(report))
    elif report.ok:
        desk.say(
            desk.words("{count} entries, none changed since they were written. Head {head}").format(
                count=report.count, head=report.head
            )
        )
    else:
        for problem in report.problems:
            desk.say(
                desk.words("entry {sequence}: {message}").format(
                    sequence=problem.sequence, message=problem.message
                )
            )
    return ExitCode.DONE if report.ok else ExitCode.CHECK_FAILED


def _verified(desk: Desk, anchor: str | None) -> VerifyReport:
    """Check the log; a file that is no log any more is what a check has to find, not a wrong call."""
    try:
        with desk.read_log() as log:
            report = log.verify(anchor)
            also = () if anchor is None else countersignature_problems(anchor, log)
            return replace(report, ok=False, problems=(*also, *report.problems)) if also else report
    except (LogDamagedError, LogKindError) as error:
        return VerifyReport(ok=False, count=0, head="", problems=(Problem(0, ProblemKind.FILE, str(error)),))


def anchor_text(file_or_text: str | None) -> str | None:
    """Give the anchor itself; when the argument names a file, what stands in it.  Raises AnchorError."""
    if file_or_text is None:
        return None
    path = Path(file_or_text)
    if not is_file(path):
        return file_or_text
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise AnchorError(f"expected a text with an anchor in {path}, found: {error}") from error


def export_entries(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Write the log into a file in one step."""
    chosen = ExportFormat(arguments.format) if arguments.format else format_of(arguments.out)
    with desk.read_log() as log:
        report = export_log(log, arguments.out, format=chosen, inspection=arguments.inspection)
    if arguments.json:
        desk.emit({**asdict(report), "path": str(report.path), "format": report.format.value})
    else:
        desk.say(
            desk.words("{path}: {count} entries, sha256 {sha256}, log head {head}").format(
                path=report.path, count=report.count, sha256=report.sha256, head=report.head
            )
        )
    return ExitCode.DONE


def entry_object(entry: LogEntry) -> dict[str, Any]:
    """Give the JSON object of one entry."""
    return {
        "sequence": entry.sequence,
        "time": entry.time.isoformat(timespec="milliseconds"),
        "kind": entry.kind.value,
        "officer": entry.officer,
        "inspection": entry.inspection,
        "sample": entry.sample,
        "hash": entry.hash.hex(),
        "body": entry.body,
    }


def entry_line(desk: Desk, entry: LogEntry) -> str:
    """One entry in one line."""
    words = desk.words
    parts = [f"{entry.sequence:6d}", f"{entry.time:%Y-%m-%d %H:%M:%S} UTC", entry.inspection or "-"]
    parts.append(words("sample {number}").format(number=entry.sample) if entry.sample else "-")
    if entry.kind is EntryKind.IDENTIFICATION:
        parts.append(_identification_words(desk, entry.body))
    else:
        parts.append(record_line(words, entry) or entry_word(words, entry))
    return "  ".join(parts)


def _identification_words(desk: Desk, body: Mapping[str, Any]) -> str:
    parts = [verdict_word(desk.words, Verdict(body["verdict"]))]
    if body["candidates"]:
        leader = body["candidates"][0]
        parts.append(f"{leader['name']} ({shown_similarity(leader['score']):.2f}, {leader['tier']})")
    if body["declared"]:
        parts.append(
            desk.words("declared {text!r}: {verdict}").format(
                text=body["declared"]["text"], verdict=body["declared"]["verdict"]
            )
        )
    return "  ".join(parts)
