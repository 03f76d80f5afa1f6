"""The identifications of a log as a table on paper, one row each, drawn while they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from inspection.amendments import Amendment, Field, amended_body, amendments_by_entry
from inspection.chain import first_of_volume
from inspection.declared.declaration import DeclarationVerdict
from inspection.errors import LogDamagedError
from inspection.export.pdf.code import code_slice
from inspection.export.pdf.inspection_pdf import Printed
from inspection.export.pdf.pages import MARGIN, Pages, Paper
from inspection.export.pdf.rows import Column, Row, Slice, draw_text, text_slices
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
    HEADING,
    LINE,
    SMALL,
    STATUS,
    TITLE,
    Align,
    Style,
)
from inspection.export.pdf.telling import DECLARATION_SIGNS, VERDICT_SIGNS
from inspection.export.receipt import head_lines
from inspection.language import Wording
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.log_rows import named_substances
from inspection.log_writer import program_version
from inspection.records import EntryKind, LogEntry, LogHead
from inspection.wording import declaration_word, shown_similarity, substance_name, verdict_word
from spectra_library.catalogue import Catalogue
from spectra_library.substance import LegalStatus
from spectra_library.verdicts import Verdict

_SIZE: Final = landscape(A4)
_WIDTH: Final = _SIZE[0] - 2 * MARGIN
_GAP: Final = 7.0
_CODE_SIDE: Final = 84.0
_SHORT: Final = 16  # digits of a hash that are shown


@dataclass(frozen=True, slots=True)
class _Heading:
    """One column of the table: its ``width`` in points."""

    text: str
    width: float
    align: Align = Align.LEFT


def log_pdf(log: InspectionLog, words: Wording, *, head: LogHead, catalogue: Catalogue) -> Printed:
    """Print all identifications up to ``head``.  The same log gives the same bytes.  Raises LogError."""
    last = first_of_volume(head.volume) + head.count - 1
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
        try:
            cells = _cells(words, entry, amendments.get(entry.sequence, ()), catalogue)
        except (KeyError, TypeError, ValueError, AttributeError) as error:  # an entry of another hand
            raise LogDamagedError(f"entry {entry.sequence} cannot be printed: {error!r}") from error
        pages.put([_table_row(cells, headings)])
        count += 1
    pages.put_at_bottom([_end_row(words, str(head), count)])
    return Printed(pages.finish(), count)


def _headings(words: Wording) -> tuple[_Heading, ...]:
    return (
        _Heading(words("Time (UTC)"), 44),
        _Heading(words("Record"), 30, Align.RIGHT),
        _Heading(words("Inspection"), 62),
        _Heading(words("Officer"), 56),
        _Heading(words("Declared"), 86),
        _Heading(words("Declaration"), 70),
        _Heading(words("Verdict"), 64),
        _Heading(words("Substance"), 92),
        _Heading(words("Similarity"), 40, Align.RIGHT),
        _Heading(words("Device"), 85),
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


def _cells(
    words: Wording, entry: LogEntry, amendments: Sequence[Amendment], catalogue: Catalogue
) -> tuple[tuple[tuple[str, Style], ...], ...]:
    """Give the texts of each column of one row."""
    body = amended_body(entry, amendments)
    verdict = Verdict(body["verdict"])
    is_amended = any(one.field == Field.VERDICT for one in amendments)
    statuses = {
        one["substance"]: one.get("status")
        for one in (*(body.get("candidates") or ()), *(body.get("components") or ()))
    }
    ids = () if is_amended else _named(entry, verdict)
    is_controlled = verdict is not Verdict.INCONCLUSIVE and any(
        statuses.get(one) == LegalStatus.CONTROLLED for one in ids
    )
    declared: Mapping[str, Any] = body.get("declared") or {}
    answer = DeclarationVerdict(declared["verdict"]) if declared.get("verdict") else None
    answer_text = "" if answer is None else f"{DECLARATION_SIGNS[answer]} {declaration_word(words, answer)}"
    place = [(entry.inspection or "–", CELL)]
    if entry.sample is not None:
        place.append((words("sample {number}").format(number=entry.sample), CELL_QUIET))
    said = [(f"{VERDICT_SIGNS[verdict]} {verdict_word(words, verdict)}", CELL_STRONG)]
    if amendments:
        numbers = ", ".join(str(one.sequence) for one in amendments)
        said.append((words("amended by record {number}").format(number=numbers), CELL_QUIET))
    names = _names(words, body, ids, catalogue)
    if names and verdict is Verdict.INCONCLUSIVE:
        names = words("nearest: {name}").format(name=names)
    capture: Mapping[str, Any] = body.get("capture") or {}
    device = " ".join(str(capture[name]) for name in ("device", "serial") if capture.get(name))
    return (
        ((f"{entry.time.astimezone(UTC):%Y-%m-%d %H:%M:%S}", CELL),),
        ((str(entry.sequence), CELL_NUMBER),),
        tuple(place),
        ((entry.officer or "", CELL),),
        ((str(declared.get("text") or ""), CELL),),
        ((answer_text, CELL_ALARM if answer is DeclarationVerdict.DIFFERS else CELL),),
        tuple(said),
        ((names, CELL_ALARM if is_controlled else CELL),),
        ((_similarity(body, verdict, ids), CELL_NUMBER),),
        ((device, CELL),),
        ((entry.hash.hex()[:_SHORT], CELL_QUIET),),
    )


def _named(entry: LogEntry, verdict: Verdict) -> tuple[str, ...]:
    """Give the ids of what an identification names, those of a mixture and a group in their order."""
    known = named_substances(entry.kind, entry.body)
    body: Mapping[str, Any] = entry.body
    if verdict is Verdict.MIXTURE:
        ordered = [one["substance"] for one in body.get("components") or ()]
    else:
        ordered = list(body.get("group") or ())
    return tuple(one for one in dict.fromkeys(ordered) if one in known) or known


def _names(words: Wording, body: Mapping[str, Any], ids: Sequence[str], catalogue: Catalogue) -> str:
    recorded = {
        one["substance"]: str(one["name"])
        for one in (*(body.get("candidates") or ()), *(body.get("components") or ()))
    }
    parting = " + " if body["verdict"] == Verdict.MIXTURE else " / "
    return parting.join(
        substance_name(words, catalogue.get(one)) if one in catalogue else recorded.get(one, one)
        for one in ids
    )


def _similarity(body: Mapping[str, Any], verdict: Verdict, ids: Sequence[str]) -> str:
    candidates = body.get("candidates") or ()
    if verdict is Verdict.MIXTURE or not ids or not candidates:
        return ""
    return f"{shown_similarity(candidates[0]['score']):.2f}"


def _table_row(cells: Iterable[Sequence[tuple[str, Style]]], headings: Sequence[_Heading]) -> Row:
    return Row(tuple(_columns(cells, headings)), rule=LINE, inner=1.5)


def _columns(cells: Iterable[Sequence[tuple[str, Style]]], headings: Sequence[_Heading]) -> Iterator[Column]:
    left = 0.0
    for texts, one in zip(cells, headings, strict=True):
        slices = tuple(part for text, style in texts for part in text_slices(text, style, one.width))
        yield Column(left, slices)
        left += one.width + _GAP


def _end_row(words: Wording, anchor: str, count: int) -> Row:
    """Where the log ends, as text and as a code."""
    width = 220.0
    volume, records, head = anchor.split(":")
    slices: list[Slice] = [*text_slices(words("The log ends here:"), HEADING, width)]
    text = words("volume {volume}, {count} records").format(volume=volume, count=records)
    slices += text_slices(text, SMALL, width)
    for line in head_lines(head):
        slices += text_slices(line, BODY, width)
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
            Column(_WIDTH - _CODE_SIDE - 16 - width, tuple(slices)),
            Column(_WIDTH - _CODE_SIDE, (code_slice(anchor, _CODE_SIDE),)),
        ),
        before=8,
        rule=ACCENT,
        inner=3,
    )
