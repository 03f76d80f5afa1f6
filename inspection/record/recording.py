"""Entries of the customs record: what is filled in, and what may still be.  No input, no output.

    {"section": "transport", "fields": {"mode": "road", "conveyance": "...", "seals_found": [...]}}

An entry holds what was given then, nothing else.  A field of a section that is filled in bit by bit is given
once; from then on it is amended, with a reason.  ``persons`` has a salt besides, so that nobody finds a name
again by hashing guesses when the part was left out of an export.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from inspection.amendments import Amendment, amended_body, amendments_by_entry, one_line
from inspection.errors import RecordError
from inspection.record.sections import FILLED_ONCE, Section
from inspection.record.values import as_text, field_names, is_given, restored, spoken, stored
from inspection.records import EntryKind, LogEntry, NewEntry

SALT_BYTES: Final = 16
# More of them may follow at any time; the others are given once.
ADDED_TO: Final = ("photographs",)
# What a laboratory's result is about is no slip of the pen: another result says what is right.
NEVER_AMENDED: Final = ((Section.LABORATORY_RESULT, "entry"),)
# What can be said of one sample; the rest speaks of the inspection.
PER_SAMPLE: Final = (
    Section.SAMPLE,
    Section.CUSTODY,
    Section.SECOND_TEST,
    Section.LABORATORY,
    Section.LABORATORY_RESULT,
)


def recording(
    inspection: str,
    section: Section,
    values: Mapping[str, Any],
    *,
    sample: int | None = None,
    before: Iterable[LogEntry] = (),
) -> NewEntry:
    """Prepare the entry that fills in fields of a section.

    ``values`` by field, as ``values.value_of`` reads them; what is empty is left out.  ``before`` the entries
    of the inspection so far.
    Raises RecordError when nothing is given, when a sample is missing or too much, and for a field that was
    given already.
    """
    require_sample(section, sample)
    unknown = set(values) - set(field_names(section))
    if unknown:
        raise RecordError(f"expected fields of the section {section}, found {', '.join(sorted(unknown))}")
    fields = {name: stored(value) for name, value in values.items() if is_given(value)}
    if not fields:
        raise RecordError(f"expected something to write down in the section {section}, found nothing")
    if section in FILLED_ONCE:
        _require_empty(section, fields, sample, before)
    body: dict[str, object] = {"section": section.value, "fields": fields}
    if section is Section.PERSONS:
        body["salt"] = secrets.token_hex(SALT_BYTES)
    return NewEntry(EntryKind.RECORD, body, inspection=inspection, sample=sample)


def require_sample(section: Section, sample: int | None) -> None:
    """Refuse a sample's description without its number, and a number where none belongs.

    Raises RecordError.
    """
    if section is Section.SAMPLE and sample is None:
        raise RecordError("expected the number of the sample that is described, found none")
    if section not in PER_SAMPLE and sample is not None:
        raise RecordError(f"expected {spoken(section)} of the inspection as a whole, found sample {sample}")


def amending_record(
    entry: LogEntry, values: Mapping[str, Any], reason: str, before: Iterable[LogEntry] = ()
) -> tuple[NewEntry, ...]:
    """Prepare the entries that correct what an entry of the record gives, one a field.

    ``values`` by field, as ``values.value_of`` reads them; an empty one takes back what was given.
    Raises RecordError without a value or a reason, for an entry that does not give the field, and for a value
    that is the present one.
    """
    reason = one_line(reason, "reason")
    if not values or not reason:
        what = "a reason for the amendment" if values else "a value that is to be amended"
        raise RecordError(f"expected {what}, found none")
    section, given_here = section_of(entry), fields_of(entry)
    now = amended_section(entry, amendments_by_entry(before))
    amended = []
    for name, value in values.items():
        if (section, name) in NEVER_AMENDED:
            raise RecordError(
                f"expected a field that can be amended, found {spoken(name)}: write another entry"
            )
        if section is None or name not in given_here:
            raise RecordError(f"expected an entry that gives {spoken(name)}, found entry {entry.sequence}")
        new, old = stored(value), now.get(name)
        if as_text(new) == as_text(old):
            raise RecordError(
                f"expected another {spoken(name)} than entry {entry.sequence} has, found {as_text(new)!r}"
            )
        body = {
            "entry": entry.sequence,
            "section": section.value,
            "field": name,
            "old": as_text(old),
            "new": as_text(new),
            "value": new,
            "reason": reason,
        }
        if section is Section.PERSONS:  # see the salt of the entry itself
            body["salt"] = secrets.token_hex(SALT_BYTES)
        amended.append(NewEntry(EntryKind.AMENDMENT, body, inspection=entry.inspection, sample=entry.sample))
    return tuple(amended)


def section_of(entry: LogEntry) -> Section | None:
    """Tell which section an entry fills in; None where it is no entry of the record."""
    name = entry.body.get("section")
    if entry.kind is not EntryKind.RECORD or name not in list(Section):
        return None
    return Section(str(name))


def names_persons(entry: LogEntry) -> bool:
    """Tell whether an entry belongs to the part with personal data, its amendments included."""
    return entry.body.get("section") == Section.PERSONS


def fields_of(entry: LogEntry) -> dict[str, Any]:
    """Give the fields that an entry of the record holds, as JSON."""
    found = entry.body.get("fields")
    return dict(found) if isinstance(found, Mapping) else {}


def amended_section(entry: LogEntry, amendments: Mapping[int, Sequence[Amendment]]) -> dict[str, Any]:
    """Give the fields that an entry of the record holds, as JSON, each with its newest value.

    ``amendments`` by the number of what they amend, those of other entries too.
    """
    found = amended_body(entry, amendments.get(entry.sequence, ())).get("fields")
    return dict(found) if isinstance(found, Mapping) else {}


def present(
    entries: Iterable[LogEntry],
    section: Section,
    sample: int | None = None,
    *,
    amendments: Mapping[int, Sequence[Amendment]] | None = None,
) -> Any:
    """Give a section that is filled in bit by bit as it is now, amendments included.

    ``amendments`` are those among ``entries``, where they were gathered already.
    """
    entries = list(entries)
    if amendments is None:
        amendments = amendments_by_entry(entries)
    return restored(section, _present_fields(entries, amendments, section, sample))


def where_given(
    entries: Iterable[LogEntry], section: Section, name: str, sample: int | None = None
) -> LogEntry | None:
    """Find the newest entry that gives a field of a section; None where none does."""
    found = None
    for entry in entries:
        if section_of(entry) is section and entry.sample == sample and name in fields_of(entry):
            found = entry
    return found


def _present_fields(
    entries: Sequence[LogEntry],
    amendments: Mapping[int, Sequence[Amendment]],
    section: Section,
    sample: int | None,
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for entry in entries:
        if section_of(entry) is section and entry.sample == sample:
            given = amended_section(entry, amendments)
            for name in ADDED_TO:
                if name in given and name in found:
                    given[name] = [*found[name], *given[name]]
            found |= given
    return found


def _require_empty(
    section: Section, fields: Mapping[str, Any], sample: int | None, before: Iterable[LogEntry]
) -> None:
    entries = list(before)
    now = _present_fields(entries, amendments_by_entry(entries), section, sample)
    for name in fields:
        if name not in ADDED_TO and is_given(now.get(name)):
            where = where_given(entries, section, name, sample)
            number = "" if where is None else f" in entry {where.sequence}, which can be amended"
            raise RecordError(f"expected an empty field {spoken(name)}, found {as_text(now[name])!r}{number}")
