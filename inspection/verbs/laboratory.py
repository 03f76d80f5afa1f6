"""``log laboratory``: what a laboratory found, typed or out of a table, written against an identification."""

from __future__ import annotations

import argparse
from pathlib import Path

from inspection.desk import Desk, ExitCode
from inspection.errors import ColumnError, RecordError
from inspection.laboratory.table import TableRow, TypedResult, read_results
from inspection.laboratory.taking_results import LaboratoryDesk, Recorded
from inspection.permissions import needs
from inspection.users.roles import Action
from inspection.wording import error_sentence, joined_names
from spectra_library.catalogue import Catalogue

TYPED_OPTIONS = ("entry", "inspection", "sample", "reference", "laboratory", "reported", "method", "finding")


def add_action(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the action to ``log``."""
    verb = actions.add_parser("laboratory", help="write down what a laboratory found")
    verb.add_argument("table", nargs="?", type=Path, metavar="FILE.csv", help="many results, one a row")
    verb.add_argument("--entry", default="", metavar="N", help="the identification it speaks of")
    verb.add_argument("--inspection", default="", metavar="ID", help="instead of --entry, with --sample")
    verb.add_argument("--sample", default="", metavar="N")
    verb.add_argument("--reference", default="", metavar="TEXT", help="the laboratory's; enough by itself")
    verb.add_argument("--laboratory", default="", metavar="TEXT")
    verb.add_argument("--reported", default="", metavar="DAY")
    verb.add_argument("--method", default="", metavar="TEXT")
    verb.add_argument(
        "--substance",
        action="append",
        metavar="ID",
        help="id, CAS number or name; may be given several times",
    )
    verb.add_argument("--finding", default="", metavar="TEXT", help="in the laboratory's own words")
    verb.add_argument("--again", default="", metavar="REASON", help="why there is a further result")
    verb.add_argument("--json", action="store_true", help="one JSON object per result")
    verb.set_defaults(verb_function=record_results, permission=needs(Action.RECORD))


def record_results(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Write down the results of a table, or the one that was typed."""
    typed = _typed(arguments)
    if (arguments.table is None) == (typed is None):
        raise RecordError("expected either a table of results, or one result in options")
    catalogue = desk.catalogue()
    if arguments.table is None:
        rows, path = iter([TableRow(1, typed)]), None
    else:
        rows, path = read_results(arguments.table), str(arguments.table)
    code = ExitCode.DONE
    with desk.open_log() as log:
        taking = LaboratoryDesk(log, catalogue)
        for row in rows:
            try:
                if row.typed is None:
                    raise row.refused or RecordError("expected a result, found none")
                recorded = taking.record(row.typed)
            except RecordError as error:
                if path is None:
                    raise
                code = ExitCode.WRONG_INPUT
                _refuse(desk, path, row.row, error, as_json=arguments.json)
            else:
                _tell(desk, path, row.row, recorded, catalogue, as_json=arguments.json)
    return code


def _typed(arguments: argparse.Namespace) -> TypedResult | None:
    said = {name: getattr(arguments, name) for name in TYPED_OPTIONS}
    substances = tuple(arguments.substance or ())
    if not (any(said.values()) or substances or arguments.again):
        return None
    return TypedResult(**said, substances=substances, again=arguments.again)


def _refuse(desk: Desk, path: str, row: int, error: RecordError, *, as_json: bool) -> None:
    if as_json:
        column = error.column if isinstance(error, ColumnError) else None
        desk.emit(
            {
                "source": {"path": path, "row": row, "column": column},
                "error": {"kind": error.kind, "message": str(error)},
            }
        )
    else:
        desk.say(
            desk.words("{path}, row {row}: {sentence}").format(
                path=path, row=row, sentence=error_sentence(desk.words, error)
            )
        )


def _tell(
    desk: Desk, path: str | None, row: int, recorded: Recorded, catalogue: Catalogue, *, as_json: bool
) -> None:
    words = desk.words
    if as_json:
        desk.emit(
            {
                **({} if path is None else {"source": {"path": path, "row": row}}),
                "entry": recorded.entry,
                "recorded": recorded.written,
                "substances": list(recorded.substances),
                "unknown": list(recorded.unknown),
                "newest_of": recorded.newest_of,
                "follows": recorded.follows,
            }
        )
    else:
        names = joined_names(words, (catalogue.get(one) for one in recorded.substances))
        desk.say(
            words("entry {written}: the laboratory's result on entry {entry}: {names}").format(
                written=recorded.written, entry=recorded.entry, names=names or words("no substance named")
            )
        )
    if recorded.newest_of > 1:
        desk.warn(
            words("Entry {entry} is the newest of {count} identifications of its sample.").format(
                entry=recorded.entry, count=recorded.newest_of
            )
        )
    if recorded.follows is not None:
        desk.warn(
            words("Entry {earlier} holds an earlier result on entry {entry}; both stay in the log.").format(
                earlier=recorded.follows, entry=recorded.entry
            )
        )
    if recorded.ahead is not None:
        desk.warn(
            words(
                "The day of the report, {day}, has not come yet: amend entry {written} if it is wrong."
            ).format(day=recorded.ahead.isoformat(), written=recorded.written)
        )
    if recorded.unknown:
        desk.warn(
            words("Not in the catalogue, and so kept in the finding only: {names}").format(
                names="; ".join(recorded.unknown)
            )
        )
