"""Entries of the log in words: what each records, and what an entry of the customs record says."""

from __future__ import annotations

from collections.abc import Iterator

from inspection.language import Wording
from inspection.records import EntryKind, LogEntry


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
    from inspection.record.labels import section_label  # see record_lines
    from inspection.record.recording import section_of

    section = section_of(entry)
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
