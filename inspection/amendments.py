"""Corrections: what may be amended, the entries that do it, and what a value is now.  No input, no output.

    entry 4  <-  amendment 9 of a field: old, new  <-  amendment 12 of it: its old is the new of 9

Nothing that was written is changed; whoever reads sees the newest value and where it comes from.  A verdict
or a declaration that was amended is a person's word: nothing is identified or compared again.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from inspection.errors import RecordError
from inspection.records import EntryKind, Inspection, LogEntry, NewEntry
from spectra_library.formats.plain_text import INVISIBLE

LONGEST_TEXT: Final = 1000  # characters of a reason, a remark or a value: a page is no reason any more


class Field(StrEnum):
    """What can be amended besides the fields of the customs record."""

    CONTAINER = "container"
    DECLARED = "declared"
    HS_CODE = "hs_code"
    VERDICT = "verdict"


AMENDABLE: Final[Mapping[EntryKind, tuple[Field, ...]]] = {
    EntryKind.INSPECTION_OPENED: (Field.CONTAINER, Field.DECLARED, Field.HS_CODE),
    EntryKind.IDENTIFICATION: (Field.DECLARED, Field.VERDICT),
}
# What an identification says of the declaration it was compared with: of an amended one it is not true.
_COMPARED: Final = ("verdict", "reason", "reason_code", "is_alarm", "alarm", "trap")


@dataclass(frozen=True, slots=True)
class Amendment:
    """One correction: entry ``sequence`` says that ``field`` of ``entry`` is ``new`` and not ``old``.

    ``field`` a Field, or the name of a field of the customs record; of such a one ``value`` is the new value
    as JSON.
    """

    sequence: int
    entry: int
    field: str
    old: str
    new: str
    reason: str
    officer: str | None
    time: datetime
    value: Any = None


def amending(
    entry: LogEntry, values: Mapping[Field, str], reason: str, amendments: Sequence[Amendment] = ()
) -> tuple[NewEntry, ...]:
    """Prepare the entries that amend ``entry``, one a field, in the order of ``values``.

    ``amendments`` are those that were made to it already.
    Raises RecordError without a value or a reason, for a field that the entry does not hold, for a value that
    is the present one, and for text that is no line of visible characters.
    """
    if not values:
        raise RecordError("expected a value that is to be amended, found none")
    reason = one_line(reason, "reason")
    if not reason:
        raise RecordError("expected a reason for the amendment, found none")
    return tuple(_amending(entry, field, values[field], reason, amendments) for field in values)


def signing_off(inspection: str, *, remark: str = "") -> NewEntry:
    """Prepare the entry by which somebody stands for a closed inspection.  Raises RecordError."""
    return NewEntry(EntryKind.SIGN_OFF, {"remark": one_line(remark, "remark")}, inspection=inspection)


def require_signable(inspection: Inspection) -> None:
    """Refuse a sign-off of an inspection that is open, or of which nothing was written since the last one.

    Raises RecordError.
    """
    if inspection.closed is None:
        raise RecordError(f"expected a closed inspection to sign off, found {inspection.id}, which is open")
    if inspection.signed_off is not None and not inspection.changed_since:
        raise RecordError(
            f"expected an inspection that is not signed off, found {inspection.id}, signed off as it is"
        )


def amendments_by_entry(entries: Iterable[LogEntry]) -> dict[int, tuple[Amendment, ...]]:
    """Gather the amendments among ``entries`` by the number of what they amend, the oldest first.

    An amendment that does not say what it amends, or to what, amends nothing.
    """
    found: dict[int, tuple[Amendment, ...]] = {}
    for entry in entries:
        amendment = _amendment(entry)
        if amendment is not None:
            found[amendment.entry] = (*found.get(amendment.entry, ()), amendment)
    return found


def newest(amendments: Iterable[Amendment]) -> dict[str, Amendment]:
    """Give the amendment that holds for each field, in the order in which the fields were first amended."""
    return {one.field: one for one in amendments}


def amended_body(entry: LogEntry, amendments: Sequence[Amendment]) -> dict[str, Any]:
    """Give what ``entry`` says, with the newest value of each field; ``amendments`` are those made to it.

    A declaration that was amended has no verdict any more: it was not compared again.
    """
    body: dict[str, Any] = dict(entry.body)
    for field, amendment in newest(amendments).items():
        if entry.kind is EntryKind.RECORD:
            if field in body.get("fields", {}):
                body["fields"] = {**body["fields"], field: amendment.value}
            continue
        if field not in AMENDABLE.get(entry.kind, ()):
            continue
        if field == Field.DECLARED and entry.kind is EntryKind.IDENTIFICATION:
            said: Mapping[str, Any] = body.get(field) or {}
            kept = {name: value for name, value in said.items() if name not in _COMPARED}
            body[field] = {**kept, "text": amendment.new}
        else:
            body[field] = amendment.new
    return body


def one_line(text: str, what: str) -> str:
    """Give ``text`` without the spaces round it.

    Raises RecordError for one that is too long, or that holds what is not seen or turns the direction: the
    record has to say what a person sees in it.
    """
    if len(text) > LONGEST_TEXT:
        raise RecordError(f"expected a {what} of at most {LONGEST_TEXT} characters, found {len(text)}")
    stripped = text.strip()
    for place, letter in enumerate(stripped, start=1):
        if unicodedata.category(letter) in INVISIBLE:
            raise RecordError(
                f"expected a {what} in one line of visible characters, found U+{ord(letter):04X} as "
                f"character {place}"
            )
    return stripped


def _amending(
    entry: LogEntry, field: Field, value: str, reason: str, amendments: Sequence[Amendment]
) -> NewEntry:
    if field not in AMENDABLE.get(entry.kind, ()):
        raise RecordError(
            f"expected an entry that holds a {_name(field)}, "
            f"found entry {entry.sequence}, {_name(entry.kind)}"
        )
    new = one_line(value, _name(field))
    if field is Field.VERDICT:
        _require_verdict(new)
    old = _present(entry, field, amendments)
    if new == old:
        raise RecordError(f"expected another {_name(field)} than entry {entry.sequence} has, found {new!r}")
    return NewEntry(
        EntryKind.AMENDMENT,
        {"entry": entry.sequence, "field": field.value, "old": old, "new": new, "reason": reason},
        inspection=entry.inspection,
        sample=entry.sample,
    )


def _require_verdict(word: str) -> None:
    from spectra_library.verdicts import Verdict  # it brings numpy, which a list does without

    if word not in list(Verdict):
        raise RecordError(f"expected one of the verdicts {', '.join(Verdict)}, found {word!r}")


def _present(entry: LogEntry, field: Field, amendments: Sequence[Amendment]) -> str:
    said = amended_body(entry, amendments).get(field.value) or ""
    return str(said.get("text", "")) if isinstance(said, Mapping) else str(said)


def _amendment(entry: LogEntry) -> Amendment | None:
    body: Mapping[str, Any] = entry.body
    texts = [body.get(name) for name in ("field", "old", "new", "reason")]
    if entry.kind is not EntryKind.AMENDMENT or not all(isinstance(text, str) for text in texts):
        return None
    if not isinstance(body.get("entry"), int) or not (body["field"] in list(Field) or "value" in body):
        return None
    return Amendment(
        sequence=entry.sequence,
        entry=body["entry"],
        field=body["field"],
        old=body["old"],
        new=body["new"],
        reason=body["reason"],
        officer=entry.officer,
        time=entry.time,
        value=body.get("value"),
    )


def _name(code: Field | EntryKind) -> str:
    """Give a code as it reads in a sentence."""
    return "HS code" if code is Field.HS_CODE else code.value.replace("_", " ")
