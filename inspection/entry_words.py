"""Entries of the log in words: what each records, and what those say that are no finding.

Loads nothing heavy: the list of the window needs it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from inspection.amendments import Amendment, Field, amendments_by_entry
from inspection.language import Wording
from inspection.records import EntryKind, IncidentKind, LogEntry
from inspection.users.user import UserEvent


def kind_word(words: Wording, kind: EntryKind) -> str:
    """What an entry records."""
    return {
        EntryKind.GENESIS: words("log begun"),
        EntryKind.INSPECTION_OPENED: words("inspection opened"),
        EntryKind.INSPECTION_CLOSED: words("inspection closed"),
        EntryKind.BACKGROUND: words("background taken"),
        EntryKind.IDENTIFICATION: words("finding"),
        EntryKind.RECORD: words("customs record"),
        EntryKind.AMENDMENT: words("amendment"),
        EntryKind.SIGN_OFF: words("signed off"),
        EntryKind.COUNTERSIGNED: words("countersigned"),
        EntryKind.USER: words("users changed"),
        EntryKind.BACKUP: words("backup made"),
        EntryKind.INCIDENT: words("incident"),
        EntryKind.VOLUME_SEALED: words("volume sealed"),
        EntryKind.VOLUME_RETIRED: words("volume moved to an archive"),
    }[kind]


def entry_word(words: Wording, entry: LogEntry) -> str:
    """What an entry records; of one of the customs record, which part of it."""
    if entry.kind is not EntryKind.RECORD:
        return kind_word(words, entry.kind)
    from inspection.laboratory.results import is_second_opinion  # see record_lines
    from inspection.record.labels import section_label
    from inspection.record.recording import fields_of, section_of
    from inspection.record.sections import Section

    section = section_of(entry)
    if section is Section.LABORATORY_RESULT and is_second_opinion(str(fields_of(entry).get("method", ""))):
        return words("Second opinion")
    return kind_word(words, entry.kind) if section is None else section_label(words, section)


def record_lines(words: Wording, entry: LogEntry) -> Iterator[tuple[str, str]]:
    """Give what an entry of the customs record says, as it was written: its fields' names and values."""
    from inspection.record.labels import field_label, value_label  # 10 ms that a start does not need
    from inspection.record.recording import fields_of, section_of
    from inspection.record.values import given, restored

    section = section_of(entry)
    if section is None:
        return
    for name, value in given(restored(section, fields_of(entry))):
        yield field_label(words, name), value_label(words, value)


def record_line(words: Wording, entry: LogEntry) -> str:
    """Say in one line what an entry of the customs record says; empty for another entry."""
    said = "; ".join(f"{label}: {value}" for label, value in record_lines(words, entry))
    return f"{entry_word(words, entry)}: {said}" if said else ""


def entry_text(words: Wording, entry: LogEntry) -> str:
    """Say in one line what an entry records and what it says; of an amendment see ``amendment_line``."""
    said = _said(words, entry)
    return record_line(words, entry) or ": ".join(text for text in (entry_word(words, entry), said) if text)


def amendment_line(words: Wording, amendment: Amendment) -> str:
    """Say in one line what a correction corrects, and why."""
    return words("entry {entry} amends entry {amended}: {field}, {old} -> {new}: {reason}").format(
        entry=amendment.sequence,
        amended=amendment.entry,
        field=amended_field_word(words, amendment.field),
        old=amended_value_word(words, amendment.field, amendment.old),
        new=amended_value_word(words, amendment.field, amendment.new, amendment.value),
        reason=amendment.reason,
    )


def amended_sentence(words: Wording, amendment: Amendment, *, is_named: bool = False) -> str:
    """Say below an entry that it was amended, to what and why; ``is_named`` says also which of its fields."""
    new = amended_value_text(words, amendment.field, amendment.new, amendment.value)
    if is_named:
        new = f"{amended_field_word(words, amendment.field)}: {new or '–'}"
    return words("AMENDED by record {entry}: {new} ({reason})").format(
        entry=amendment.sequence, new=new, reason=amendment.reason
    )


def amendment_lines(words: Wording, entry: LogEntry) -> Iterator[str]:
    """Give the line of an entry that is a correction; none for another entry."""
    for (own,) in amendments_by_entry([entry]).values():
        yield amendment_line(words, own)


def user_event_word(words: Wording, event: str) -> str:
    """What happened to a user; a word that another program wrote stands as it is."""
    if event not in list(UserEvent):
        return event
    return {
        UserEvent.ADDED: words("added"),
        UserEvent.DISABLED: words("disabled"),
        UserEvent.ENABLED: words("enabled again"),
        UserEvent.PIN_CHANGED: words("has another PIN"),
        UserEvent.ROLE_CHANGED: words("has another role"),
        UserEvent.LOCKED: words("locked after wrong PINs"),
    }[UserEvent(event)]


def incident_word(words: Wording, what: str) -> str:
    """What must not go unseen; a word that another program wrote stands as it is."""
    if what not in list(IncidentKind):
        return what
    return {
        IncidentKind.DAMAGED_VOLUME: words("a damaged volume was left as it is"),
        IncidentKind.KEY_LOST: words("the key of the log was lost"),
        IncidentKind.KEY_CHANGED: words("the log was signed with another key"),
        IncidentKind.KEY_RENEWED: words("the log got another key"),
        IncidentKind.CLOCK_BACK: words("the clock was set back"),
        IncidentKind.RESTORED: words("the log was put back from a copy"),
    }[IncidentKind(what)]


def _said(words: Wording, entry: LogEntry) -> str:
    """Give what an entry says that belongs to no finding, as it was written."""
    body: Mapping[str, Any] = entry.body
    parts: tuple[object, ...] = ()
    match entry.kind:
        case EntryKind.USER:
            user = str(body.get("user", ""))
            return " ".join(
                (repr(user), user_event_word(words, str(body.get("event", ""))), _role(words, body))
            )
        case EntryKind.INCIDENT:
            parts = (incident_word(words, str(body.get("what", ""))), body.get("message"))
        case EntryKind.COUNTERSIGNED:
            said = body.get("countersigned")
            parts = (said.get("remark"),) if isinstance(said, Mapping) else ()
        case EntryKind.BACKUP:
            parts = (body.get("folder"),)
        case EntryKind.VOLUME_RETIRED:
            parts = (
                words("volume {number}").format(number=body.get("volume")),
                words("in the archive {name}").format(name=repr(body.get("archive"))),
                body.get("reason"),
            )
        case EntryKind.INSPECTION_CLOSED | EntryKind.SIGN_OFF:
            parts = (body.get("remark"),)
    return ", ".join(str(part) for part in parts if part)


def _role(words: Wording, body: Mapping[str, Any]) -> str:
    from inspection.users.role_words import role_word  # with the rights of each, which a list does without
    from inspection.users.roles import Role

    role = body.get("role")
    return f"({role_word(words, Role(role))})" if role in list(Role) else ""


def amended_field_word(words: Wording, field: str) -> str:
    """Name what was amended; a field that another program amended is named as that program wrote it."""
    from inspection.record.labels import field_label  # see record_lines
    from inspection.record.values import spoken

    known: Mapping[str, str] = {
        Field.CONTAINER: words("container"),
        Field.DECLARED: words("declaration"),
        Field.HS_CODE: words("HS code"),
        Field.VERDICT: words("verdict"),
    }
    if field in known:
        return known[field]
    try:
        return field_label(words, field)
    except KeyError:
        return spoken(field)


def amended_value_word(words: Wording, field: str, text: str, value: Any = None) -> str:
    """Write a value of what was amended inside a sentence: a choice in words, a text in quotes.

    ``text`` the old or the new one of an Amendment; with a new one its ``value``.
    """
    shown = amended_value_text(words, field, text, value)
    return shown if isinstance(_amended_value(field, text, value), StrEnum) else repr(shown)


def amended_value_text(words: Wording, field: str, text: str, value: Any = None) -> str:
    """Write a value of what was amended by itself; see ``amended_value_word``."""
    from inspection.record.labels import value_label  # see record_lines

    found = _amended_value(field, text, value)
    if field == Field.VERDICT and isinstance(found, StrEnum):
        from inspection.wording import verdict_word  # it brings numpy, which a list does without
        from spectra_library.verdicts import Verdict

        return verdict_word(words, Verdict(found))
    return value_label(words, found)


def _amended_value(field: str, text: str, value: Any) -> Any:
    """Give the verdict or the value of a field of the record that was meant; else the text itself."""
    from inspection.record.sections import FORMS  # see record_lines
    from inspection.record.values import field_names, is_given, restored

    if field == Field.VERDICT:
        from spectra_library.verdicts import Verdict  # see amended_value_text

        return Verdict(text) if text in list(Verdict) else text
    for section in FORMS:
        if field not in field_names(section):
            continue
        for said in (value, text):  # of photographs the value alone says enough; an old text has none
            found = getattr(restored(section, {field: said}), field)
            if is_given(found):
                return found
    return text
