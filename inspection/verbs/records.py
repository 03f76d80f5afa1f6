"""``inspection record | decide | custody | second-test | laboratory``: the customs record, bit by bit.

``record`` takes every field that is told once, of whatever part; the others tell one event each, anew.
Photographs are kept beside the log, by their hash.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from inspection.desk import Desk, ExitCode
from inspection.entry_words import record_line
from inspection.errors import RecordError
from inspection.permissions import needs
from inspection.record.photographs import keep_photograph
from inspection.record.quantities import read_quantity
from inspection.record.record_words import quantity_sentence
from inspection.record.recording import PER_SAMPLE, recording, require_sample
from inspection.record.sections import FILLED_ONCE, Section
from inspection.record.values import Shape, choices_of, field_names, is_given, shape_of, spoken, value_of
from inspection.records import LogEntry, NewEntry
from inspection.users.roles import Action
from inspection.verbs.spectra import positive

# What is told anew each time, and the verb that tells it.
EVENTS: Final[Mapping[str, Section]] = {
    "decide": Section.DECISION,
    "custody": Section.CUSTODY,
    "second-test": Section.SECOND_TEST,
    "laboratory": Section.LABORATORY,
}
QUANTITIES: Final = ("quantity", "amount")  # kept as they are typed; what is odd about one is told
HELP: Final[Mapping[str, str]] = {
    "record": "fill in fields of the customs record",
    "decide": "write down what was decided: release, detain, seize, sample",
    "custody": "write down a hand-over",
    "second-test": "write down another test of a sample",
    "laboratory": "write down that a sample was sent to a laboratory",
}


def add_verbs(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verbs of the record to those of ``inspection``."""
    record = actions.add_parser("record", help=HELP["record"])
    add_record_options(record)
    record.set_defaults(verb_function=fill_in, permission=needs(Action.RECORD))
    verbs = [record]
    for name, section in EVENTS.items():
        verb = actions.add_parser(name, help=HELP[name])
        _add_fields(verb, section)
        verb.set_defaults(verb_function=tell, permission=needs(Action.RECORD), section=section)
        verbs.append(verb)
    for verb in verbs:
        verb.add_argument("id", metavar="ID")
        if verb is record or verb.get_default("section") in PER_SAMPLE:
            verb.add_argument("--sample", type=positive, metavar="N", help="number of the sample")
        verb.add_argument("--json", action="store_true", help="one JSON object per line")


def add_record_options(verb: argparse.ArgumentParser, sections: Sequence[Section] = FILLED_ONCE) -> None:
    """Add an option for every field of these parts.

    Raises argparse.ArgumentError where two of them, or ``verb`` itself, have an option of one name.
    """
    for section in sections:
        _add_fields(verb.add_argument_group(spoken(section)), section)


def wished(arguments: argparse.Namespace, section: Section) -> dict[str, Any]:
    """Read the fields of a section that were given.  Raises RecordError."""
    found = {}
    for name in field_names(section):
        typed = getattr(arguments, _where(section, name), None)
        if typed is not None and shape_of(section, name) is not Shape.PHOTOGRAPHS:
            found[name] = value_of(section, name, [typed] if isinstance(typed, str) else typed)
    return found


def fill_in(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Write down the fields that were given: one entry for each part that they belong to."""
    values = {section: wished(arguments, section) for section in FILLED_ONCE}
    return _write(desk, arguments, values)


def tell(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Write down one event."""
    section: Section = arguments.section
    return _write(desk, arguments, {section: wished(arguments, section)})


def _write(desk: Desk, arguments: argparse.Namespace, values: Mapping[Section, dict[str, Any]]) -> ExitCode:
    sample = getattr(arguments, "sample", None)
    photographs = getattr(arguments, _where(Section.SAMPLE, "photographs"), None) or ()
    with desk.open_log() as log:
        number = log.inspection(arguments.id).id
        if photographs:
            require_sample(Section.SAMPLE, sample)  # before a copy is made
            kept = [keep_photograph(path, desk.data.photographs) for path in photographs]
            values[Section.SAMPLE]["photographs"] = tuple(kept)

        def filled_in() -> list[NewEntry]:
            new = entries_of(number, values, sample=sample, before=list(log.entries(inspection=number)))
            if not new:
                raise RecordError("expected a field of the record to write down, found none")
            return new

        written = log.append_all(filled_in)
    tell_of(desk, written, as_json=arguments.json)
    for fields in values.values():
        for name in QUANTITIES:
            odd = quantity_sentence(desk.words, read_quantity(fields.get(name, "")))
            if fields.get(name) and odd:
                desk.warn(odd)
    return ExitCode.DONE


def entries_of(
    inspection: str,
    values: Mapping[Section, Mapping[str, Any]],
    *,
    sample: int | None = None,
    before: Sequence[LogEntry] = (),
) -> list[NewEntry]:
    """Prepare an entry for each part of which something is given; all are checked before one is written.

    Raises RecordError as ``recording`` does.
    """
    return [
        recording(
            inspection, section, fields, sample=sample if section in PER_SAMPLE else None, before=before
        )
        for section, fields in values.items()
        if any(is_given(value) for value in fields.values())
    ]


def tell_of(desk: Desk, written: Sequence[LogEntry], *, as_json: bool) -> None:
    """Say what was written."""
    for entry in written:
        if as_json:
            desk.emit({"inspection": entry.inspection, "entry": entry.sequence, **entry.body})
        else:
            desk.say(f"{entry.sequence:6d}  {record_line(desk.words, entry)}")


def _add_fields(verb: argparse._ActionsContainer, section: Section) -> None:
    for name in field_names(section):
        shape = shape_of(section, name)
        several = shape in (Shape.LINES, Shape.PHOTOGRAPHS)
        verb.add_argument(
            option(section, name),
            dest=_where(section, name),
            action="append" if several else "store",
            type=Path if shape is Shape.PHOTOGRAPHS else str,
            metavar=_metavar(shape, choices_of(section, name)),
            help=_help(section, name, shape),
        )


def option(section: Section, name: str) -> str:
    """Give the option of a field; where two parts have a field of one name, the sample's says so."""
    singular = {
        "seals_declared": "seal-declared",
        "seals_found": "seal-found",
        "seals_new": "seal-new",
        "photographs": "photograph",
    }.get(name, name.replace("_", "-"))
    prefix = "sample-" if section is Section.SAMPLE and name in field_names(Section.PAPERS) else ""
    return f"--{prefix}{singular}"


def _where(section: Section, name: str) -> str:
    return f"{section}_{name}"


def _metavar(shape: Shape, choices: tuple[str, ...]) -> str:
    if choices:
        return "|".join(choices)
    return {Shape.COUNT: "N", Shape.DAY: "DAY", Shape.MOMENT: "TIME", Shape.PHOTOGRAPHS: "FILE"}.get(
        shape, "TEXT"
    )


def _help(section: Section, name: str, shape: Shape) -> str:
    said = spoken(name) if section is not Section.SAMPLE else f"sample: {spoken(name)}"
    return f"{said}; may be given several times" if shape in (Shape.LINES, Shape.PHOTOGRAPHS) else said
