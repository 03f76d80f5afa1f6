"""``inspection new | list | show | close | amend | signoff``: the jobs that findings belong to."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from inspection.amendments import (
    AMENDABLE,
    Amendment,
    Field,
    amending,
    amendments_by_entry,
    newest,
    one_line,
    signing_off,
)
from inspection.desk import Desk, ExitCode
from inspection.entry_words import amended_field_word, amended_value_word, amendment_line, amendment_lines
from inspection.errors import LogMissingError, RecordError
from inspection.language import Wording
from inspection.log import InspectionLog
from inspection.permissions import needs
from inspection.record.containers import check_container
from inspection.record.inspection_record import record_of
from inspection.record.record_object import record_object
from inspection.record.record_words import container_sentences
from inspection.record.recording import amending_record, section_of
from inspection.record.sections import AT_THE_OPENING, Section
from inspection.record.values import spoken, value_of
from inspection.records import (
    EntryKind,
    Inspection,
    LogEntry,
    NewEntry,
    closing,
    new_inspection_id,
    opening,
)
from inspection.users.roles import Action
from inspection.verbs import records, sampling
from inspection.verbs.logbook import entry_line, entry_object, tell_retired
from inspection.verbs.spectra import positive
from spectra_library.verdicts import Verdict


def add_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this family's verbs."""
    inspection = verbs.add_parser("inspection", help="open, list, show, close and correct inspections")
    actions = inspection.add_subparsers(dest="action", metavar="ACTION", required=True)

    new = actions.add_parser("new", help="open an inspection")
    new.add_argument("--container", default="", metavar="NO")
    new.add_argument("--declared", default="", metavar="TEXT", help="what the papers say it is")
    new.add_argument("--hs", default="", metavar="CODE", help="declared HS code")
    records.add_record_options(new, AT_THE_OPENING)
    new.set_defaults(verb_function=open_inspection, permission=needs(Action.RECORD))

    listing = actions.add_parser("list", help="all inspections of this log")
    listing.set_defaults(verb_function=list_inspections, permission=needs(Action.INSPECT))

    show = actions.add_parser("show", help="one inspection with its entries")
    show.add_argument("id", metavar="ID")
    show.set_defaults(verb_function=show_inspection, permission=needs(Action.INSPECT))

    close = actions.add_parser("close", help="end an inspection: from then on it can only be amended")
    close.add_argument("id", metavar="ID")
    close.add_argument("--remark", default="", metavar="TEXT")
    close.set_defaults(verb_function=close_inspection, permission=needs(Action.RECORD))

    amend = actions.add_parser("amend", help="correct what an entry says; the entry itself stays as it is")
    amend.add_argument("entry", type=positive, metavar="ENTRY", help="number of the entry")
    amend.add_argument("--reason", required=True, metavar="TEXT")
    amend.add_argument("--container", metavar="NO")
    amend.add_argument("--declared", metavar="TEXT", help="what the papers say it is")
    amend.add_argument("--hs", dest="hs_code", metavar="CODE", help="declared HS code")
    amend.add_argument(
        "--set",
        action="append",
        metavar="FIELD=TEXT",
        help="a field of the customs record; given several times for a field of several lines",
    )
    amend.add_argument(
        "--verdict", choices=[verdict.value for verdict in Verdict], help="override what was found"
    )
    amend.set_defaults(verb_function=amend_entry, permission=_permission_to_amend)

    signoff = actions.add_parser("signoff", help="stand for a closed inspection")
    signoff.add_argument("id", metavar="ID")
    signoff.add_argument("--remark", default="", metavar="TEXT")
    signoff.set_defaults(verb_function=sign_off, permission=needs(Action.SIGN_OFF))

    for action in (new, listing, show, close, amend, signoff):
        action.add_argument("--json", action="store_true", help="one JSON object per line")
    records.add_verbs(actions)
    sampling.add_verb(actions)


def _permission_to_amend(arguments: argparse.Namespace) -> Action:
    return Action.AMEND if arguments.verdict is None else Action.OVERRIDE


def open_inspection(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Open an inspection and print its number."""
    now = datetime.now(UTC)
    number = new_inspection_id(now)
    parts = records.entries_of(number, {part: records.wished(arguments, part) for part in AT_THE_OPENING})
    container, warnings = _checked_container(desk, arguments.container)
    container = one_line(container, "container")
    declared, hs_code = one_line(arguments.declared, "declaration"), one_line(arguments.hs, "HS code")
    opened = opening(
        number, container=container, declared=declared, hs_code=hs_code, local_time=now.astimezone()
    )
    with desk.open_log() as log:
        log.append_all(lambda: (opened, *parts))
    if arguments.json:
        desk.emit({"inspection": number, **({"warnings": list(warnings)} if warnings else {})})
    else:
        desk.say(number)
    for warning in warnings:
        desk.warn(warning)
    return ExitCode.DONE


def list_inspections(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Print one line per inspection."""
    try:
        opened = desk.read_log()
    except LogMissingError:
        return ExitCode.DONE  # nothing was ever written: an empty list, not a failure
    with opened as log:
        for inspection in log.inspections():
            if arguments.json:
                desk.emit(inspection_object(inspection))
            else:
                desk.say(inspection_line(desk, inspection))
        tell_retired(desk, log)
    return ExitCode.DONE


def show_inspection(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Print one inspection and every entry that belongs to it, with what became of each."""
    with desk.read_log() as log:
        head = log.head()
        inspection = log.inspection(arguments.id)
        entries: list[LogEntry] = list(log.entries(inspection=arguments.id))
    amendments = amendments_by_entry(entries)
    if arguments.json:
        found = [amendment_object(one) for several in amendments.values() for one in several]
        desk.emit(
            {
                **inspection_object(inspection),
                "record": record_object(record_of(inspection, entries, head)),
                "amendments": sorted(found, key=lambda one: one["entry"]),
                "entries": [entry_object(entry) for entry in entries],
            }
        )
        return ExitCode.DONE
    desk.say(inspection_line(desk, inspection))
    for entry in entries:
        desk.say(f"  {entry_line(desk, entry)}")
        for line in _amendment_lines(desk.words, entry, amendments.get(entry.sequence, ())):
            desk.say(f"          {line}")
    return ExitCode.DONE


def close_inspection(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """End an inspection."""
    remark = one_line(arguments.remark, "remark")
    with desk.open_log() as log:
        number = log.inspection(arguments.id).id
        entry = log.append(closing(number, remark=remark))
    _tell(desk, entry, desk.words("{inspection}: closed").format(inspection=number), arguments)
    return ExitCode.DONE


def sign_off(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Let the person who is signed in stand for a closed inspection."""
    new = signing_off(arguments.id, remark=arguments.remark)
    with desk.open_log() as log:
        entry = log.append(new)
    said = _signed_words(desk.words, entry.officer)
    _tell(desk, entry, f"{entry.inspection}: {said}", arguments)
    return ExitCode.DONE


def amend_entry(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Correct what an entry says: one new entry a field."""
    wished = {field: getattr(arguments, field.value) for field in Field}
    values = {field: value for field, value in wished.items() if value is not None}
    if values and arguments.set:
        options = ", ".join("--hs" if field is Field.HS_CODE else f"--{field}" for field in values)
        raise RecordError(f"expected either --set or {options}, found both")
    warnings: tuple[str, ...] = ()
    if Field.CONTAINER in values:
        values[Field.CONTAINER], warnings = _checked_container(desk, values[Field.CONTAINER])
    with desk.open_log() as log:
        entry = log.entry(arguments.entry)
        if arguments.set and entry.kind is not EntryKind.RECORD:
            raise RecordError(
                f"expected an entry of the customs record for --set, found entry {entry.sequence}, "
                f"{spoken(entry.kind)}"
            )

        def amended() -> tuple[NewEntry, ...]:
            if entry.kind is not EntryKind.RECORD or values:
                return amending(entry, values, arguments.reason, _amendments_of(log, entry))
            before = log.entries(inspection=entry.inspection, kind=EntryKind.AMENDMENT)
            return amending_record(entry, _set(desk, entry, arguments.set), arguments.reason, before)

        written = log.append_all(amended)
    for amendment in amendments_by_entry(written)[entry.sequence]:
        if arguments.json:
            desk.emit(amendment_object(amendment))
        else:
            desk.say(amendment_line(desk.words, amendment))
    if Field.DECLARED in values and entry.kind is EntryKind.IDENTIFICATION:
        desk.warn(desk.words("The declaration is written down; it was not compared again."))
    for warning in warnings:
        desk.warn(warning)
    return ExitCode.DONE


def _set(desk: Desk, entry: LogEntry, typed: Sequence[str] | None) -> dict[str, Any]:
    """Read ``FIELD=TEXT`` options into values of the entry's part of the record.

    Raises RecordError, CatalogueError.
    """
    section = section_of(entry)
    lines: dict[str, list[str]] = {}
    for one in typed or ():
        name, sign, text = one.partition("=")
        if not sign:
            raise RecordError(f"expected --set FIELD=TEXT, found {one!r}")
        lines.setdefault(name.strip().replace("-", "_"), []).append(text)
    if section is None:
        return {}
    values = {name: value_of(section, name, texts) for name, texts in lines.items()}
    if section is Section.LABORATORY_RESULT:
        for one in values.get("substances", ()):
            desk.catalogue().get(one)  # statistics count what the catalogue knows
    return values


def inspection_object(inspection: Inspection) -> dict[str, object]:
    """Give the JSON object of an inspection."""
    return {
        "inspection": inspection.id,
        "opened": inspection.opened.isoformat(timespec="seconds"),
        "closed": None if inspection.closed is None else inspection.closed.isoformat(timespec="seconds"),
        "signed_off": None
        if inspection.signed_off is None
        else inspection.signed_off.isoformat(timespec="seconds"),
        "signed_off_by": inspection.signed_off_by,
        "changed_since": inspection.changed_since,
        "officer": inspection.officer,
        "container": inspection.container,
        "declared": inspection.declared,
        "hs_code": inspection.hs_code,
    }


def amendment_object(amendment: Amendment) -> dict[str, Any]:
    """Give the JSON object of an amendment: ``entry`` its number, ``amends`` that of what it corrects."""
    return {
        "entry": amendment.sequence,
        "amends": amendment.entry,
        "field": amendment.field,
        "old": amendment.old,
        "new": amendment.new,
        "reason": amendment.reason,
        "officer": amendment.officer,
        "time": amendment.time.isoformat(timespec="milliseconds"),
    }


def inspection_line(desk: Desk, inspection: Inspection) -> str:
    """One inspection in one line."""
    words = desk.words
    parts = [
        inspection.id,
        f"{inspection.opened:%Y-%m-%d %H:%M} UTC",
        words("container {number}").format(number=inspection.container) if inspection.container else "",
        words("declared {text!r}").format(text=inspection.declared) if inspection.declared else "",
        f"HS {inspection.hs_code}" if inspection.hs_code else "",
        words("closed") if inspection.closed is not None else "",
        _signed_words(words, inspection.signed_off_by) if inspection.signed_off is not None else "",
        words("CHANGED SINCE") if inspection.changed_since else "",
    ]
    return "  ".join(part for part in parts if part)


def _checked_container(desk: Desk, typed: str) -> tuple[str, tuple[str, ...]]:
    """Give the container as it is to be written down, and what is odd about it: that hinders nothing."""
    check = check_container(typed)
    return check.entered, container_sentences(desk.words, check) if typed.strip() else ()


def _amendments_of(log: InspectionLog, entry: LogEntry) -> tuple[Amendment, ...]:
    """Read what was amended of an entry; of one that belongs to no inspection, the whole log is asked."""
    if entry.kind not in AMENDABLE:
        return ()
    corrections = log.entries(inspection=entry.inspection, kind=EntryKind.AMENDMENT)
    return amendments_by_entry(corrections).get(entry.sequence, ())


def _tell(desk: Desk, entry: LogEntry, said: str, arguments: argparse.Namespace) -> None:
    if arguments.json:
        time = entry.time.isoformat(timespec="seconds")
        desk.emit({"inspection": entry.inspection, "entry": entry.sequence, "time": time})
    else:
        desk.say(said)


def _signed_words(words: Wording, officer: str | None) -> str:
    return words("signed off by {name}").format(name=officer) if officer else words("signed off")


def _amendment_lines(words: Wording, entry: LogEntry, amendments: tuple[Amendment, ...]) -> Iterator[str]:
    """What an amendment says, or what holds now instead of what another entry says, and where from."""
    yield from amendment_lines(words, entry)
    for amendment in newest(amendments).values():
        yield words("{field}: {new} (was {old}, amended by entry {entry}: {reason})").format(
            field=amended_field_word(words, amendment.field),
            new=amended_value_word(words, amendment.field, amendment.new, amendment.value),
            old=amended_value_word(words, amendment.field, amendment.old),
            entry=amendment.sequence,
            reason=amendment.reason,
        )
