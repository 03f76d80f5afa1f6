"""``log list | head | verify | export``: the evidence, and whether anyone touched it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from inspection.anchor import parse_anchor
from inspection.anchor_files import anchor_text
from inspection.chain import Problem, ProblemKind
from inspection.countersignature import countersignature_problems
from inspection.desk import Desk, ExitCode
from inspection.entry_words import amendment_lines, entry_text
from inspection.errors import LogDamagedError, LogKindError, LogMissingError
from inspection.export.exporting import ExportFormat, export_log, format_of
from inspection.export.profile import profile_named, shipped_profiles
from inspection.log import InspectionLog
from inspection.log_check import VerifyReport
from inspection.permissions import needs, no_user
from inspection.photograph_check import NO_PHOTOGRAPHS, PhotographCheck, check_object, check_photographs
from inspection.records import EntryKind, LogEntry, LogHead
from inspection.users.roles import Action
from inspection.verbs import laboratory, log_anchor, log_backup, log_rematch, second_opinion, statistics
from inspection.verbs.moments import moment
from inspection.wording import shown_similarity, verdict_word
from spectra_library.substance import LegalStatus
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

    export = actions.add_parser(
        "export", help="write the log as CSV, workbook, JSON, PDF, or a bundle to be checked"
    )
    export.add_argument("out", type=Path, metavar="OUT")
    export.add_argument("--format", choices=[one.value for one in ExportFormat], help="default: OUT's ending")
    export.add_argument("--inspection", metavar="ID", help="only this inspection")
    export.add_argument(
        "--profile", metavar="NAME_OR_PATH", help="the columns of this profile (csv, xlsx); see log profiles"
    )
    export.add_argument(
        "--without-persons", action="store_true", help="leave out who sends, receives and carries the goods"
    )
    export.set_defaults(verb_function=export_entries, permission=needs(Action.EXPORT))

    profiles = actions.add_parser("profiles", help="the column profiles that come with the program")
    profiles.set_defaults(verb_function=list_profiles, permission=no_user)

    log_anchor.add_actions(actions)
    log_rematch.add_actions(actions)
    second_opinion.add_actions(actions)
    log_backup.add_actions(actions)
    laboratory.add_action(actions)
    statistics.add_action(actions)

    for action in (listing, head, verify, export, profiles):
        action.add_argument("--json", action="store_true", help="one JSON object per line")


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
                desk.say("  ".join((entry_line(desk, entry), *amendment_lines(desk.words, entry))))
        tell_retired(desk, log)
    return ExitCode.DONE


def tell_retired(desk: Desk, log: InspectionLog) -> None:
    """Say which entries cannot be listed, for their volume was moved to an archive."""
    here = {volume.number for volume in log.volumes}
    for number, volume in log.retired().items():
        if number not in here:
            said = desk.words("Volume {number} is not listed: it was moved to the archive {name}.")
            desk.warn(said.format(number=number, name=repr(volume.archive)))


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
    anchor = None if arguments.anchor is None else anchor_text(arguments.anchor)
    report, volumes = _verified(desk, anchor)
    photographs = _checked_photographs(desk)
    if arguments.json:
        desk.emit({**asdict(report), "photographs": check_object(photographs)})
    elif report.ok:
        _tell_sound(desk, report, volumes, None if anchor is None else parse_anchor(anchor), photographs)
    else:
        for problem in report.problems:
            desk.say(
                desk.words("entry {sequence}: {message}").format(
                    sequence=problem.sequence, message=problem.message
                )
            )
    if not arguments.json:
        _tell_photographs(desk, photographs)
    return ExitCode.DONE if report.ok else ExitCode.CHECK_FAILED


def _tell_sound(
    desk: Desk, report: VerifyReport, volumes: int, anchor: LogHead | None, photographs: PhotographCheck
) -> None:
    words = desk.words
    if photographs.missing or photographs.changed:  # the first line must not read as if all were well
        said = words.plural(
            "{entries} entries in {volumes} volume unchanged; photographs missing: {missing}, "
            "changed: {changed}.",
            "{entries} entries in {volumes} volumes unchanged; photographs missing: {missing}, "
            "changed: {changed}.",
            volumes,
        )
    else:
        said = words.plural(
            "{entries} entries in {volumes} volume, none changed since they were written.",
            "{entries} entries in {volumes} volumes, none changed since they were written.",
            volumes,
        )
    desk.say(
        said.format(
            entries=report.entries,
            volumes=volumes,
            missing=len(photographs.missing),
            changed=len(photographs.changed),
        )
    )
    if anchor is not None:
        desk.say(words("The log continues from {anchor}").format(anchor=anchor))
    desk.say(words("The log ends at {head}").format(head=report.anchor))


def _checked_photographs(desk: Desk) -> PhotographCheck:
    """Look for the photographs that the log names; one that is not there does not make the log less sound."""
    try:
        with desk.read_log() as log:
            return check_photographs(log, desk.data.photographs)
    except (LogDamagedError, LogKindError):
        return NO_PHOTOGRAPHS


def _tell_photographs(desk: Desk, found: PhotographCheck) -> None:
    for named, text in (
        *(
            (one, desk.words("entry {entry}: the photograph {name} is not here any more"))
            for one in found.missing
        ),
        *((one, desk.words("entry {entry}: the photograph {name} was changed")) for one in found.changed),
    ):
        desk.warn(text.format(entry=named.entry, name=repr(named.photograph.name)))


def _verified(desk: Desk, anchor: str | None) -> tuple[VerifyReport, int]:
    """Check the log, and tell how many volumes were read.

    A file that is no log any more is what a check has to find, not a wrong call.
    """
    try:
        with desk.read_log() as log:
            report = log.verify(anchor)
            also = () if anchor is None else countersignature_problems(anchor, log)
            if also:
                report = replace(report, ok=False, problems=(*also, *report.problems))
            return report, len(log.volumes)
    except (LogDamagedError, LogKindError) as error:
        problem = Problem(0, ProblemKind.FILE, str(error))
        return VerifyReport(ok=False, count=0, head="", problems=(problem,)), 0


def export_entries(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Write the log into a file in one step."""
    chosen = ExportFormat(arguments.format) if arguments.format else format_of(arguments.out)
    profile = None if arguments.profile is None else profile_named(arguments.profile)
    with desk.read_log() as log:
        report = export_log(
            log,
            arguments.out,
            format=chosen,
            inspection=arguments.inspection,
            with_persons=not arguments.without_persons,
            profile=profile,
            words=desk.words,
        )
    if arguments.json:
        desk.emit({**asdict(report), "path": str(report.path), "format": report.format.value})
    else:
        desk.say(
            desk.words("{path}: {count} entries, sha256 {sha256}").format(
                path=report.path, count=report.count, sha256=report.sha256
            )
        )
        desk.say(
            desk.words("The log ends at {head}").format(
                head=LogHead(report.volume, report.log_count, report.head)
            )
        )
    return ExitCode.DONE


def list_profiles(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Print one line per profile."""
    for profile in shipped_profiles():
        if arguments.json:
            desk.emit(
                {
                    "profile": profile.name,
                    "title": profile.title,
                    "rows": profile.rows.value,
                    "template": profile.is_template,
                    "nominal": profile.is_nominal,
                    "columns": [column.header for column in profile.columns],
                }
            )
        else:
            kind = desk.words("template, no official form") if profile.is_template else ""
            desk.say("  ".join(one for one in (profile.name, profile.title, kind) if one))
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
    parts = [
        f"{entry.sequence:6d}",
        f"{entry.time:%Y-%m-%d %H:%M:%S} UTC",
        entry.officer or "-",
        entry.inspection or "-",
        words("sample {number}").format(number=entry.sample) if entry.sample else "-",
    ]
    if entry.kind is EntryKind.IDENTIFICATION:
        parts.append(_identification_words(desk, entry.body))
    else:
        parts.append(entry_text(words, entry))
    return "  ".join(parts)


def _identification_words(desk: Desk, body: Mapping[str, Any]) -> str:
    parts = [verdict_word(desk.words, Verdict(body["verdict"]))]
    if body["candidates"]:
        leader = body["candidates"][0]
        parts.append(f"{leader['name']} ({shown_similarity(leader['score']):.2f}, {leader['tier']})")
    if _names_controlled(body):
        parts.append(desk.words("CONTROLLED"))
    if body["declared"]:
        parts.append(
            desk.words("declared {text!r}: {verdict}").format(
                text=body["declared"]["text"], verdict=body["declared"]["verdict"]
            )
        )
    return "  ".join(parts)


def _names_controlled(body: Mapping[str, Any]) -> bool:
    """Tell whether what the verdict names was controlled when it was written."""
    named: Sequence[Mapping[str, Any]] = {
        Verdict.MATCH: body["candidates"][:1],
        Verdict.MIXTURE: body.get("components") or (),
        Verdict.GROUP: [{"status": body.get("group_status")}],
    }.get(Verdict(body["verdict"]), ())
    return any(one.get("status") == LegalStatus.CONTROLLED for one in named)
