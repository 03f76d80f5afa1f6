"""The identifications of a log as a table on paper, one row each, drawn while they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from inspection.amendments import Amendment, amended_body, amendments_by_entry
from inspection.declared.declaration import DeclarationVerdict
from inspection.errors import LogDamagedError
from inspection.export.pdf.code import SHORT, code_slice, end_slices
from inspection.export.pdf.pages import MARGIN, Pages, Paper, Printed
from inspection.export.pdf.recorded import named_in, names_controlled, recorded_answer, recorded_statuses
from inspection.export.pdf.rows import Column, Row, draw_text, text_slices
from inspection.export.pdf.styles import (
    ACCENT,
    BODY,
    BODY_STRONG,
    BRAND,
    CELL,
    CELL_ALARM,
    CELL_HEAD,
    CELL_HEAD_RIGHT,
    CELL_NUMBER,
    CELL_QUIET,
    CELL_STRONG,
    LINE,
    SMALL,
    STATUS,
    TITLE,
    Align,
    Style,
)
from inspection.export.pdf.telling import DECLARATION_SIGNS, VERDICT_SIGNS, names_of
from inspection.export.recorded_shape import require_shape
from inspection.language import Wording
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.log_writer import program_version
from inspection.records import EntryKind, LogEntry, LogHead
from inspection.wording import declaration_word, shown_similarity, verdict_word
from spectra_library.catalogue import Catalogue
from spectra_library.identification import Identification
from spectra_library.verdicts import Verdict

_SIZE: Final = landscape(A4)
_WIDTH: Final = _SIZE[0] - 2 * MARGIN
_GAP: Final = 7.0
_CODE_SIDE: Final = 84.0


@dataclass(frozen=True, slots=True)
class _Heading:
    """One column of the table: its ``width`` in points."""

    text: str
    width: float
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True)
class _Finding:
    """What a row is made of.

    ``verdict`` that which holds now; ``answer`` as it was recorded.  ``named`` ids of what it names: none
    after an amendment of the verdict, for a person then says another one.
    """

    entry: LogEntry
    amendments: tuple[Amendment, ...]
    verdict: Verdict
    answer: Identification
    named: tuple[str, ...]
    is_controlled: bool
    declared: str
    declaration: DeclarationVerdict | None
    device: str


def log_pdf(log: InspectionLog, words: Wording, *, head: LogHead, catalogue: Catalogue) -> Printed:
    """Print all identifications up to ``head``.  The same log gives the same bytes.  Raises LogError."""
    last = head.last
    headings = _headings(words)
    title = words("Training log") if log.kind is LogKind.TRAINING else words("Evidence log")
    paper = Paper(
        size=_SIZE,
        title=f"Chemgate: {title}",
        subject=f"{words('The log ends here:')} {head}",
        moment=log.entry(last).time,
        head=_page_head(words, title, words("All identifications, up to record {number}"), last, headings),
        foot=(words("Presumptive result – confirm in a laboratory."), str(head)),
        is_training=log.kind is LogKind.TRAINING,
    )
    amendments = amendments_by_entry(log.entries(kind=EntryKind.AMENDMENT, up_to=last))
    pages = Pages(paper, words)
    count = 0
    for entry in log.entries(kind=EntryKind.IDENTIFICATION, up_to=last):
        read = _read(entry, amendments.get(entry.sequence, ()))
        pages.put([_table_row(_cells(words, read, catalogue), headings)])
        count += 1
    pages.put_at_bottom([_end_row(words, head, count)])
    return Printed(pages.finish(), count)


def _headings(words: Wording) -> tuple[_Heading, ...]:
    """Give the columns; that of the inspection takes any number of one in one line."""
    return (
        _Heading(words("Time (UTC)"), 44),
        _Heading(words("Record"), 30, Align.RIGHT),
        _Heading(words("Inspection"), 74.5),
        _Heading(words("Officer"), 56),
        _Heading(words("Declared"), 82),
        _Heading(words("Declaration"), 70),
        _Heading(words("Verdict"), 64),
        _Heading(words("Substance"), 88),
        _Heading(words("Similarity"), 40, Align.RIGHT),
        _Heading(words("Device"), 80.5),
        _Heading(words("Entry hash"), _WIDTH - 629 - 10 * _GAP),
    )


def _page_head(
    words: Wording, title: str, chosen: str, last: int, headings: Sequence[_Heading]
) -> Callable[[Canvas, float], float]:
    def draw(canvas: Canvas, top: float) -> float:
        draw_text(canvas, "Chemgate", BRAND, left=MARGIN, top=top, width=120)
        text = chosen.format(number=last)
        draw_text(canvas, text, STATUS, left=MARGIN + 130, top=top, width=_WIDTH - 130)
        top = draw_text(canvas, title, TITLE, left=MARGIN, top=top - 10, width=_WIDTH) - 3
        canvas.setStrokeColor(ACCENT)
        canvas.setLineWidth(1)
        canvas.line(MARGIN, top, MARGIN + _WIDTH, top)
        top -= 3
        ends, left = [], MARGIN
        for one in headings:
            style = CELL_HEAD_RIGHT if one.align is Align.RIGHT else CELL_HEAD
            ends.append(draw_text(canvas, one.text, style, left=left, top=top, width=one.width))
            left += one.width + _GAP
        canvas.setStrokeColor(LINE)
        canvas.setLineWidth(0.5)
        canvas.line(MARGIN, min(ends) - 1, MARGIN + _WIDTH, min(ends) - 1)
        return min(ends) - 1

    return draw


def _read(entry: LogEntry, amendments: Sequence[Amendment]) -> _Finding:
    """Read what an entry says.  Raises LogDamagedError for one that was not written by this program."""
    try:
        require_shape(entry)
        body: Mapping[str, Any] = amended_body(entry, amendments)
        verdict = Verdict(body["verdict"])
        answer = recorded_answer(entry.body)
        is_amended = verdict is not answer.verdict
        declared: Mapping[str, Any] = body.get("declared") or {}
        capture: Mapping[str, Any] = body.get("capture") or {}
        return _Finding(
            entry=entry,
            amendments=tuple(amendments),
            verdict=verdict,
            answer=answer,
            named=() if is_amended else named_in(answer),
            is_controlled=not is_amended and names_controlled(answer, recorded_statuses(entry.body)),
            declared=str(declared.get("text") or ""),
            declaration=DeclarationVerdict(declared["verdict"]) if declared.get("verdict") else None,
            device=" ".join(str(capture[name]) for name in ("device", "serial") if capture.get(name)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise LogDamagedError(f"entry {entry.sequence} cannot be printed: {error!r}") from error


def _cells(words: Wording, read: _Finding, catalogue: Catalogue) -> tuple[tuple[tuple[str, Style], ...], ...]:
    """Give the texts of each column of one row."""
    entry, verdict = read.entry, read.verdict
    place = [(entry.inspection or "–", CELL)]
    if entry.sample is not None:
        place.append((words("sample {number}").format(number=entry.sample), CELL_QUIET))
    said = [(f"{VERDICT_SIGNS[verdict]} {verdict_word(words, verdict)}", CELL_STRONG)]
    if read.amendments:
        numbers = ", ".join(str(one.sequence) for one in read.amendments)
        said.append((words("amended by record {number}").format(number=numbers), CELL_QUIET))
    declaration = ""
    if read.declaration is not None:
        declaration = f"{DECLARATION_SIGNS[read.declaration]} {declaration_word(words, read.declaration)}"
    differs = read.declaration is DeclarationVerdict.DIFFERS
    names = names_of(words, read.named, read.answer, catalogue)
    if names and verdict is Verdict.INCONCLUSIVE:
        names = words("nearest: {name}").format(name=names)
    return (
        ((f"{entry.time.astimezone(UTC):%Y-%m-%d %H:%M:%S}", CELL),),
        ((str(entry.sequence), CELL_NUMBER),),
        tuple(place),
        ((entry.officer or "", CELL),),
        ((read.declared, CELL),),
        ((declaration, CELL_ALARM if differs else CELL),),
        tuple(said),
        ((names, CELL_ALARM if read.is_controlled else CELL),),
        ((_similarity(read), CELL_NUMBER),),
        ((read.device, CELL),),
        ((entry.hash.hex()[:SHORT], CELL_QUIET),),
    )


def _similarity(read: _Finding) -> str:
    candidates = read.answer.candidates
    if read.verdict is Verdict.MIXTURE or not read.named or not candidates:
        return ""
    return f"{shown_similarity(candidates[0].score):.2f}"


def _table_row(cells: Iterable[Sequence[tuple[str, Style]]], headings: Sequence[_Heading]) -> Row:
    return Row(tuple(_columns(cells, headings)), rule=LINE, inner=1.5)


def _columns(cells: Iterable[Sequence[tuple[str, Style]]], headings: Sequence[_Heading]) -> Iterator[Column]:
    left = 0.0
    for texts, one in zip(cells, headings, strict=True):
        slices = tuple(part for text, style in texts for part in text_slices(text, style, one.width))
        yield Column(left, slices)
        left += one.width + _GAP


def _end_row(words: Wording, head: LogHead, count: int) -> Row:
    """Where the log ends, as text and as a code."""
    width = 220.0
    left = [
        *text_slices(
            words.plural("{count} identification", "{count} identifications", count).format(count=count),
            BODY_STRONG,
            width,
        ),
        *text_slices(words("Presumptive result – confirm in a laboratory."), BODY, width),
        *text_slices(words("No match is not an all-clear."), BODY, width),
        *text_slices(words("This cannot exclude amounts below about 10 %."), BODY, width),
        *text_slices(f"{words('Program')}: Chemgate {program_version()}", SMALL, width),
    ]
    return Row(
        (
            Column(0, tuple(left)),
            Column(_WIDTH - _CODE_SIDE - 16 - width, end_slices(words, head, width)),
            Column(_WIDTH - _CODE_SIDE, (code_slice(str(head), _CODE_SIDE),)),
        ),
        before=8,
        rule=ACCENT,
        inner=3,
    )
