"""A receipt: a slip of paper that says where the log ended, and what it recorded, kept away from the laptop.

log + entry or inspection --receipt_of--> Receipt (lines) --receipt_layout--> .svg | .txt

The end of the log on a slip is an anchor, to be read from the file or typed from the paper.  Words are those
of the person who prints; what was recorded is English, as it was written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from inspection.amendments import Amendment, Field, amendments_by_entry, newest
from inspection.declared.declaration import DeclarationVerdict
from inspection.errors import LogDamagedError
from inspection.language import Wording
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.records import EntryKind, Inspection, LogEntry, LogHead
from inspection.wording import declaration_word, shown_similarity, verdict_advice, verdict_word
from spectra_library.formats.plain_text import cleaned
from spectra_library.verdicts import Verdict

GROUP = 4  # digits of the head that are read aloud in one breath
GROUPS_OF_A_LINE = 4


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
    try:
        if entry is not None:
            record = list(_entry_lines(log, words, entry))
        elif inspection is not None:
            record = list(_inspection_lines(log, words, inspection))
    except (KeyError, TypeError, ValueError, AttributeError) as error:  # an entry of another hand
        raise LogDamagedError(f"what was recorded cannot be printed: {error!r}") from error
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
    if entry.kind is EntryKind.IDENTIFICATION:
        yield from _finding_lines(words, entry.body)
    else:
        yield Line(entry.kind.value.replace("_", " "))
        yield from _text_lines(entry.body)
    corrections = log.entries(inspection=entry.inspection, kind=EntryKind.AMENDMENT)
    for one in newest(amendments_by_entry(corrections).get(entry.sequence, ())).values():
        yield _amendment_line(words, one)


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
    amendments = amendments_by_entry(log.entries(inspection=inspection.id, kind=EntryKind.AMENDMENT))
    for entry in log.entries(inspection=inspection.id, kind=EntryKind.IDENTIFICATION):
        yield Line("")
        sample = "" if entry.sample is None else words("sample {number}").format(number=entry.sample) + ", "
        yield Line(sample + words("record {number}").format(number=entry.sequence))
        yield from _finding_lines(words, entry.body)
        for one in newest(amendments.get(entry.sequence, ())).values():
            yield _amendment_line(words, one)


def _finding_lines(words: Wording, body: Mapping[str, Any]) -> Iterator[Line]:
    """Say what was found, and what that is worth."""
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


def _text_lines(body: Mapping[str, Any]) -> Iterator[Line]:
    """Give what another record says, as far as it is text or a number."""
    for name, value in body.items():
        if value and isinstance(value, str | int | float):
            yield Line(f"{cleaned(name)}: {cleaned(str(value))}")


def _amendment_line(words: Wording, one: Amendment) -> Line:
    new = one.new
    if one.field == Field.VERDICT and new in list(Verdict):
        new = verdict_word(words, Verdict(new))
    text = words("AMENDED by record {entry}: {new} ({reason})").format(
        entry=one.sequence, new=cleaned(new), reason=cleaned(one.reason)
    )
    return Line(text, Weight.STRONG)
