"""A receipt: a slip of paper that says where the log ended, and what it recorded, kept away from the laptop.

log + entry or inspection --receipt_of--> Receipt (lines) --receipt_layout--> .svg | .txt

The end of the log on a slip is an anchor, to be read from the file or typed from the paper.  Words are those
of the person who prints; what was recorded is English, as it was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from inspection.amendments import LONGEST_TEXT, Amendment, amendments_by_entry, newest
from inspection.declared.declaration import DeclarationVerdict
from inspection.entry_words import (
    amended_field_word,
    amended_sentence,
    amended_value_text,
    amendment_lines,
    entry_word,
    record_lines,
)
from inspection.errors import LogDamagedError
from inspection.export.recorded_shape import require_shape
from inspection.language import Wording
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.record.recording import names_persons
from inspection.records import EntryKind, Inspection, LogEntry, LogHead
from inspection.wording import declaration_word, shown_similarity, verdict_advice, verdict_word
from spectra_library.formats.plain_text import cleaned
from spectra_library.verdicts import Verdict

GROUP = 4  # digits of the head that are read aloud in one breath
GROUPS_OF_A_LINE = 4
_LONGEST: Final = 3 * LONGEST_TEXT  # characters of a line: the name of a field, a value and a reason


class Weight(StrEnum):
    """How a line is set."""

    BODY = "body"
    STRONG = "strong"
    TITLE = "title"
    HEAD = "head"  # the digits of the head, large


@dataclass(frozen=True, slots=True)
class Line:
    """One thought of a receipt, of visible characters; it is broken where the paper ends."""

    text: str
    weight: Weight = Weight.BODY


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says.  ``above`` and ``below`` are the lines round the code; the code holds ``head``."""

    head: LogHead
    is_training: bool
    above: tuple[Line, ...]
    below: tuple[Line, ...]


def receipt_of(
    log: InspectionLog,
    words: Wording,
    *,
    moment: datetime,
    entry: LogEntry | None = None,
    inspection: Inspection | None = None,
    user: str | None = None,
) -> Receipt:
    """Say where ``log`` ends now, and what it holds of ``entry`` or of ``inspection``.

    Raises LogError.
    """
    head = log.head()
    is_training = log.kind is LogKind.TRAINING
    record: list[Line] = []
    if entry is not None:
        record = list(_entry_lines(log, words, entry))
    elif inspection is not None:
        record = list(_inspection_lines(log, words, inspection))
    above = [
        Line(
            words("TRAINING - NO EVIDENCE") if is_training else words("Receipt of the evidence log"),
            Weight.TITLE,
        ),
        Line(""),
        *record,
        *([Line("")] if record else []),
        Line(words("The log ends here:"), Weight.STRONG),
        Line(words("volume {volume}, {count} records").format(volume=head.volume, count=head.count)),
        Line(f"{head.volume}:{head.count}:", Weight.TITLE),
        *(Line(line, Weight.HEAD) for line in head_lines(head.head)),
    ]
    key = log.volumes[-1].public_key
    below = [
        Line(words("printed {time}").format(time=time_words(moment))),
        *([Line(words("for {name}").format(name=cleaned(user)))] if user else []),
        Line(words("key that signs the log:")),
        *(Line(key[start : start + len(key) // 2]) for start in (0, len(key) // 2)),
        Line(""),
        Line(
            words(
                "Keep this slip away from the computer. It shows whether anything up to this end was "
                "changed, cut off or written anew. To check, type in one line:"
            )
        ),
        Line(check_command(head, is_training=is_training), Weight.STRONG),
    ]
    return Receipt(head, is_training, tuple(above), tuple(below))


def check_command(head: LogHead, *, is_training: bool) -> str:
    """Give what is typed to check a log against an anchor; the blanks between its digits do not count."""
    log = "--training log" if is_training else "log"
    digits = " ".join(head_lines(head.head))
    return f'chemgate {log} verify --anchor "{head.volume}:{head.count}:{digits}"'


def head_lines(head: str) -> Iterator[str]:
    """Part the digits of a head for reading aloud: four groups of four a line."""
    groups = [head[start : start + GROUP] for start in range(0, len(head), GROUP)]
    for start in range(0, len(groups), GROUPS_OF_A_LINE):
        yield " ".join(groups[start : start + GROUPS_OF_A_LINE])


def time_words(moment: datetime) -> str:
    """Write a time to the second, UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _entry_lines(log: InspectionLog, words: Wording, entry: LogEntry) -> Iterator[Line]:
    yield Line(words("Record {number}").format(number=entry.sequence), Weight.STRONG)
    yield Line(time_words(entry.time))
    yield from _place_lines(words, entry)
    amended = _Amended.read(log, entry.inspection)
    if entry.kind is EntryKind.IDENTIFICATION:
        yield from _finding_lines(words, entry)
        yield from amended.lines_of_finding(words, entry)
        return
    yield Line(entry_word(words, entry))
    if amended.is_of_persons(entry):
        yield Line(words("Personal data were left out of this copy."))
    elif entry.kind is EntryKind.RECORD:
        yield from (_line(f"{label}: {text}") for label, text in record_lines(words, entry))
    elif entry.kind is EntryKind.AMENDMENT:
        yield from (_line(line) for line in amendment_lines(words, entry))
    else:
        yield from _text_lines(words, entry.body)
    yield from amended.lines_of(words, [entry])


def _place_lines(words: Wording, entry: LogEntry) -> Iterator[Line]:
    if entry.inspection is not None:
        place = words("inspection {number}").format(number=entry.inspection)
        if entry.sample is not None:
            place += ", " + words("sample {number}").format(number=entry.sample)
        yield Line(place)
    if entry.officer is not None:
        yield Line(words("recorded by {name}").format(name=cleaned(entry.officer)))


def _inspection_lines(log: InspectionLog, words: Wording, inspection: Inspection) -> Iterator[Line]:
    yield Line(words("Inspection {number}").format(number=inspection.id), Weight.STRONG)
    yield Line(words("opened {time}").format(time=time_words(inspection.opened)))
    if inspection.closed is not None:
        yield Line(words("closed {time}").format(time=time_words(inspection.closed)))
    if inspection.signed_off is not None:
        signed = words("signed off {time}").format(time=time_words(inspection.signed_off))
        yield Line(f"{signed} {cleaned(inspection.signed_off_by or '')}".strip())
        if inspection.changed_since:
            yield Line(words("CHANGED SINCE"), Weight.STRONG)
    if inspection.officer is not None:
        yield Line(words("recorded by {name}").format(name=cleaned(inspection.officer)))
    named = {
        words("container"): inspection.container,
        words("declared"): inspection.declared,
        words("HS code"): inspection.hs_code,
    }
    for name, text in named.items():
        if text:
            yield Line(f"{name}: {cleaned(text)}")
    amended = _Amended.read(log, inspection.id)
    for kind in (EntryKind.INSPECTION_OPENED, EntryKind.RECORD):
        yield from amended.lines_of(words, log.entries(inspection=inspection.id, kind=kind))
    for entry in log.entries(inspection=inspection.id, kind=EntryKind.IDENTIFICATION):
        yield Line("")
        sample = "" if entry.sample is None else words("sample {number}").format(number=entry.sample) + ", "
        yield Line(sample + words("record {number}").format(number=entry.sequence))
        yield from _finding_lines(words, entry)
        yield from amended.lines_of_finding(words, entry)


@dataclass(frozen=True, slots=True)
class _Amended:
    """What was amended, by the number of the entry; ``persons`` the entries that hold personal data."""

    amendments: Mapping[int, Sequence[Amendment]]
    persons: frozenset[int]

    @classmethod
    def read(cls, log: InspectionLog, inspection: str | None) -> _Amended:
        """Read the amendments of one inspection, or those of all where an entry belongs to none."""
        amendments = list(log.entries(inspection=inspection, kind=EntryKind.AMENDMENT))
        record = log.entries(inspection=inspection, kind=EntryKind.RECORD)
        persons = frozenset(one.sequence for one in (*record, *amendments) if names_persons(one))
        return cls(amendments_by_entry(amendments), persons)

    def is_of_persons(self, entry: LogEntry) -> bool:
        """Tell whether an entry holds personal data, or corrects one that does."""
        amended = entry.body.get("entry") if entry.kind is EntryKind.AMENDMENT else None
        return entry.sequence in self.persons or (isinstance(amended, int) and amended in self.persons)

    def lines_of(self, words: Wording, entries: Iterable[LogEntry]) -> Iterator[Line]:
        """Say of each correction what stands there now, why, and what stood there; never personal data."""
        for entry in entries:
            amendments = self.amendments.get(entry.sequence, ())
            shown = [one for one in amendments if not {one.sequence, one.entry} & self.persons]
            for one in shown:
                yield _line(amended_sentence(words, one, is_named=True), Weight.STRONG)
                old = amended_value_text(words, one.field, one.old)
                yield _line(words("Before: {old}").format(old=old or "–"))
            if len(shown) < len(amendments):
                numbers = ", ".join(str(one.sequence) for one in amendments if one not in shown)
                said = words("amended by record {number}").format(number=numbers)
                yield Line(f"{said}. {words('Personal data were left out of this copy.')}")

    def lines_of_finding(self, words: Wording, entry: LogEntry) -> Iterator[Line]:
        """Say what holds of a finding now."""
        for one in newest(self.amendments.get(entry.sequence, ())).values():
            yield _line(amended_sentence(words, one), Weight.STRONG)


def _finding_lines(words: Wording, entry: LogEntry) -> tuple[Line, ...]:
    """Say what was found, and what that is worth.  Raises LogDamagedError."""
    try:
        require_shape(entry)
        return tuple(_read_finding(words, entry.body))
    except (KeyError, TypeError, ValueError) as error:  # not written by this program
        raise LogDamagedError(f"entry {entry.sequence} cannot be printed: {error!r}") from error


def _read_finding(words: Wording, body: Mapping[str, Any]) -> Iterator[Line]:
    verdict = Verdict(body["verdict"])
    yield Line(verdict_word(words, verdict), Weight.STRONG)
    yield from (Line(text) for text in _named(words, verdict, body))
    declared = body.get("declared")
    if declared:
        word = declaration_word(words, DeclarationVerdict(declared["verdict"]))
        yield Line(words("declared: {text}").format(text=cleaned(declared["text"])))
        yield Line(words("declaration: {verdict}").format(verdict=word), Weight.STRONG)
    yield Line(verdict_advice(words, verdict))
    capture = body.get("capture")
    if capture:
        yield Line(
            words("instrument {device} {serial}").format(
                device=cleaned(str(capture.get("device"))), serial=cleaned(str(capture.get("serial")))
            )
        )


def _named(words: Wording, verdict: Verdict, body: Mapping[str, Any]) -> Iterator[str]:
    """Name what was found.  A name beside *no match* would be read as one."""
    candidates = body.get("candidates") or ()
    if verdict is Verdict.MIXTURE:
        for one in body.get("components") or ():
            yield f"{one['share']:.0%} {cleaned(one['name'])}"
        yield words("share of the spectrum, not of weight")
    elif verdict is Verdict.GROUP:
        names = {one["substance"]: one["name"] for one in candidates}
        for substance in body.get("group") or ():
            yield cleaned(names.get(substance, substance))
    elif verdict in (Verdict.MATCH, Verdict.INCONCLUSIVE) and candidates:
        leader = candidates[0]
        name = cleaned(leader["name"])
        yield words("nearest: {name}").format(name=name) if verdict is Verdict.INCONCLUSIVE else name
        lists = ", ".join(leader.get("lists") or ())
        if lists:
            yield words("on the lists {lists}").format(lists=cleaned(lists))
    if candidates and verdict is not Verdict.MIXTURE:
        score = shown_similarity(candidates[0]["score"])
        yield words("similarity {score:.2f}, not a probability").format(score=score)


def _line(text: str, weight: Weight = Weight.BODY) -> Line:
    return Line(cleaned(text, limit=_LONGEST), weight)


def _text_lines(words: Wording, body: Mapping[str, Any]) -> Iterator[Line]:
    """Give what another record says, as far as it is text or a number."""
    for name, value in body.items():
        if name != "salt" and value and isinstance(value, str | int | float):
            yield Line(f"{cleaned(amended_field_word(words, name))}: {cleaned(str(value))}")
