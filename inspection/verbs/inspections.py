"""``inspection new | list | show``: the jobs that findings belong to."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from inspection.desk import Desk, ExitCode
from inspection.errors import LogMissingError
from inspection.records import Inspection, LogEntry, new_inspection_id, opening
from inspection.verbs.logbook import entry_line, entry_object


def add_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this family's verbs."""
    inspection = verbs.add_parser("inspection", help="open, list and show inspections")
    actions = inspection.add_subparsers(dest="action", metavar="ACTION", required=True)

    new = actions.add_parser("new", help="open an inspection")
    new.add_argument("--container", default="", metavar="NO")
    new.add_argument("--declared", default="", metavar="TEXT", help="what the papers say it is")
    new.add_argument("--hs", default="", metavar="CODE", help="declared HS code")
    new.set_defaults(verb_function=open_inspection)

    listing = actions.add_parser("list", help="all inspections of this log")
    listing.set_defaults(verb_function=list_inspections)

    show = actions.add_parser("show", help="one inspection with its entries")
    show.add_argument("id", metavar="ID")
    show.set_defaults(verb_function=show_inspection)

    for action in (new, listing, show):
        action.add_argument("--json", action="store_true", help="one JSON object per line")


def open_inspection(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Open an inspection and print its number."""
    number = new_inspection_id(datetime.now(UTC))
    with desk.open_log() as log:
        log.append(
            opening(
                number,
                container=arguments.container,
                declared=arguments.declared,
                hs_code=arguments.hs,
            )
        )
    if arguments.json:
        desk.emit({"inspection": number})
    else:
        desk.say(number)
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
    return ExitCode.DONE


def show_inspection(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Print one inspection and every entry that belongs to it."""
    with desk.read_log() as log:
        inspection = log.inspection(arguments.id)
        entries: list[LogEntry] = list(log.entries(inspection=arguments.id))
    if arguments.json:
        desk.emit({**inspection_object(inspection), "entries": [entry_object(entry) for entry in entries]})
        return ExitCode.DONE
    desk.say(inspection_line(desk, inspection))
    for entry in entries:
        desk.say(f"  {entry_line(desk, entry)}")
    return ExitCode.DONE


def inspection_object(inspection: Inspection) -> dict[str, object]:
    """Give the JSON object of an inspection."""
    return {
        "inspection": inspection.id,
        "opened": inspection.opened.isoformat(timespec="seconds"),
        "closed": None if inspection.closed is None else inspection.closed.isoformat(timespec="seconds"),
        "officer": inspection.officer,
        "container": inspection.container,
        "declared": inspection.declared,
        "hs_code": inspection.hs_code,
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
    ]
    return "  ".join(part for part in parts if part)
