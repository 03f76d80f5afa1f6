"""One inspection on paper: what was looked at, what was found, what was decided, and what that rests on.

    head          number, container, status: on every page
    parts         circumstances, transport, papers, persons
    samples       what was taken | verdict, declaration, similarity, quality | curve
    afterwards    second tests, laboratory, decision, custody, amendments
    foot          library, recipe, program, anchor as text and code, lines to sign on

A usual inspection fills one page; what is more goes on to further ones, and nothing is cut off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from inspection.amendments import Amendment
from inspection.entry_words import amended_field_word, amended_value_text
from inspection.export.pdf.code import code_slice, end_slices
from inspection.export.pdf.pages import MARGIN, Pages, Paper, Printed
from inspection.export.pdf.plot import plot_slice
from inspection.export.pdf.reading import Reading, read_inspection
from inspection.export.pdf.rows import (
    BESIDE,
    RAIL,
    Column,
    Row,
    Slice,
    draw_text,
    fact_rows,
    on_ground,
    part,
    text_row,
    text_slices,
    told_row,
)
from inspection.export.pdf.styles import (
    ACCENT,
    ALARM,
    BODY,
    BODY_ALARM,
    BODY_STRONG,
    BRAND,
    HEADING,
    INK,
    LABEL,
    ON_ALARM,
    ON_ALARM_BODY,
    SMALL,
    STATUS,
    TITLE,
    TITLE_RIGHT,
    VERDICT,
    VERDICT_ALARM,
    Style,
)
from inspection.export.pdf.telling import Told, Weight, is_of_one_reference
from inspection.export.receipt import time_words
from inspection.laboratory.results import is_second_opinion
from inspection.language import Wording
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.record.containers import check_container
from inspection.record.inspection_record import Found, SampleRecord
from inspection.record.inspection_record import Told as ToldOnce
from inspection.record.labels import field_label, section_label, value_label
from inspection.record.record_words import container_sentences
from inspection.record.recording import names_persons
from inspection.record.sections import Section
from inspection.record.values import given
from inspection.records import EntryKind, Inspection, LogEntry, LogHead
from inspection.wording import substance_name
from spectra_library.catalogue import Catalogue
from spectra_library.library import ReferenceLibrary
from spectra_library.verdicts import Verdict

_WIDTH: Final = A4[0] - 2 * MARGIN
_CONTENT: Final = _WIDTH - BESIDE  # beside the names of the parts
_PLOT_WIDTH: Final = 152.0
_PLOT_HEIGHT: Final = 74.0
_TEXT_WIDTH: Final = _CONTENT - _PLOT_WIDTH - 8
_CODE_SIDE: Final = 76.0
_STYLES: Final[Mapping[Weight, Style]] = {
    Weight.VERDICT: VERDICT,
    Weight.VERDICT_ALARM: VERDICT_ALARM,
    Weight.STRONG: BODY_STRONG,
    Weight.ALARM: BODY_ALARM,
    Weight.BODY: BODY,
    Weight.SMALL: SMALL,
}


def inspection_pdf(
    log: InspectionLog,
    words: Wording,
    *,
    head: LogHead,
    inspection: str,
    catalogue: Catalogue,
    libraries: Callable[[], Sequence[ReferenceLibrary]],
    with_persons: bool = True,
) -> Printed:
    """Print an inspection as it stands at ``head``.  The same log gives the same bytes.

    ``libraries`` gives those at hand; it is called when an entry names one.
    Raises UnknownInspectionError, LogError.
    """
    last = head.last
    entries = list(log.entries(inspection=inspection, up_to=last))
    if not with_persons:
        entries = [one for one in entries if not names_persons(one)]
    reading = read_inspection(
        log, words, entries, head=head, inspection=inspection, catalogue=catalogue, libraries=libraries
    )
    page = _Page(words, reading, is_training=log.kind is LogKind.TRAINING, with_persons=with_persons)
    return Printed(page.draw(entries, log.entry(last).time), len(entries))


class _Page:
    """The rows of one inspection."""

    def __init__(self, words: Wording, reading: Reading, *, is_training: bool, with_persons: bool) -> None:
        self._words = words
        self._reading = reading
        self._record = reading.record
        self._is_training = is_training
        self._with_persons = with_persons

    def draw(self, entries: Sequence[LogEntry], moment: datetime) -> bytes:
        """Draw all of it."""
        words, record = self._words, self._record
        title = words("Inspection record")
        disclaimer = words("Presumptive result – confirm in a laboratory.")
        paper = Paper(
            size=A4,
            title=f"Chemgate: {title} {record.inspection.id}",
            subject=f"{words('The log ends here:')} {record.head}",
            moment=moment,
            head=_page_head(words, record.inspection),
            foot=(disclaimer, str(record.head)),
            is_training=self._is_training,
        )
        pages = Pages(paper, words)
        pages.put(self._opening_rows(entries))
        pages.put(self._section_rows(Section.TRANSPORT, record.transport))
        pages.put(self._papers_rows())
        pages.put(self._persons_rows())
        for sample in record.samples:
            pages.put(self._sample_rows(sample))
        if record.unsorted:
            rows = (row for found in record.unsorted for row in self._found_rows(found, ()))
            pages.put(part(words("Without a sample"), rows))
        pages.put(self._told_rows(Section.SECOND_TEST, record.second_tests))
        pages.put(self._told_rows(Section.LABORATORY, record.laboratory))
        pages.put(self._told_rows(Section.LABORATORY_RESULT, record.laboratory_results))
        pages.put(self._told_rows(Section.DECISION, record.decisions))
        pages.put(self._told_rows(Section.CUSTODY, record.custody))
        pages.put(self._amendment_rows())
        pages.put_at_bottom(self._foot_rows())
        return pages.finish()

    def _opening_rows(self, entries: Sequence[LogEntry]) -> Iterator[Row]:
        words, record, inspection = self._words, self._record, self._record.inspection
        facts = [(words("Opened"), time_words(inspection.opened))]
        if record.local_time is not None:
            facts.append((words("Local time"), _local_words(record.local_time)))
        if inspection.closed is not None:
            facts.append((words("Closed"), time_words(inspection.closed)))
        if inspection.signed_off is not None:
            facts.append((words("Signed off"), time_words(inspection.signed_off)))
        facts.append((words("Officer"), inspection.officer or words("not recorded")))
        facts += self._facts(record.circumstances)
        facts += [(words("Remark"), remark) for remark in _remarks(entries)]
        yield from part(section_label(words, Section.CIRCUMSTANCES), fact_rows(facts, _CONTENT, columns=4))

    def _papers_rows(self) -> Iterator[Row]:
        words, inspection = self._words, self._record.inspection
        facts = []
        for label, text in (
            (words("Declared as"), inspection.declared),
            (words("HS code"), inspection.hs_code),
        ):
            if text:
                facts.append((label, text))
        facts += self._facts(self._record.papers)
        rows = list(fact_rows(facts, _CONTENT))
        if inspection.container:
            sentences = container_sentences(words, check_container(inspection.container))
            rows += [text_row(f"! {one}", BODY, _CONTENT, before=2) for one in sentences]
        yield from part(section_label(words, Section.PAPERS), rows)

    def _persons_rows(self) -> Iterator[Row]:
        if self._with_persons:
            yield from self._section_rows(Section.PERSONS, self._record.persons)
            return
        left_out = text_row(self._words("Personal data were left out of this copy."), BODY, _CONTENT)
        yield from part(section_label(self._words, Section.PERSONS), [left_out])

    def _section_rows(self, section: Section, said: object) -> Iterator[Row]:
        yield from part(section_label(self._words, section), fact_rows(self._facts(said), _CONTENT))

    def _sample_rows(self, sample: SampleRecord) -> Iterator[Row]:
        """Set what was taken into the rail beside the first finding."""
        title = f"{self._words('Sample')} {sample.number}"
        taken = tuple(
            one
            for label, text in self._facts(sample.details)
            for one in text_slices(f"{label}: {text}", LABEL, RAIL)
        )
        if not sample.found:
            row = Row((Column(-BESIDE, (_gap_of(title), *taken)),))
            yield from part(title, [row])
            return
        first, *others = sample.found
        under_title = (_gap_of(title), *taken)
        yield from part(title, self._found_rows(first, under_title))
        for found in others:
            for row in self._found_rows(found, ()):
                columns = tuple(replace(one, left=one.left + BESIDE) for one in row.columns)
                yield replace(row, columns=columns)

    def _found_rows(self, found: Found, rail: tuple[Slice, ...]) -> Iterator[Row]:
        """Set one finding; ``rail`` stands under the name of the part at its left."""
        words, entry = self._words, found.entry
        read = self._reading.findings[entry.sequence]
        said, curves = read.said, read.curves
        alarm = _alarm_slices(said)
        width = _CONTENT if curves is None else _TEXT_WIDTH
        slices = [one for line in said.lines for one in text_slices(line.text, _STYLES[line.weight], width)]
        for result in found.laboratory:
            slices += text_slices(self._laboratory_text(result), BODY_STRONG, width)
        slices += [Slice(2), *text_slices(read.origin, SMALL, width)]
        columns = [Column(-BESIDE, rail), Column(0, (*alarm, *slices))]
        if curves is not None:
            plot = [Slice(sum(one.height for one in alarm))] if alarm else []
            plot.append(
                plot_slice(
                    curves,
                    words,
                    width=_PLOT_WIDTH,
                    height=_PLOT_HEIGHT,
                    has_bands=entry.body["verdict"] != Verdict.REJECTED,  # the peaks of noise are no bands
                )
            )
            if curves.reference is None and is_of_one_reference(said.verdict):
                note = words("The library that was asked is not at hand: the sample alone.")
                plot += text_slices(note, LABEL, _PLOT_WIDTH)
            columns.append(Column(_CONTENT - _PLOT_WIDTH, tuple(plot)))
        yield Row(tuple(columns), before=3)

    def _laboratory_text(self, result: ToldOnce[Any]) -> str:
        is_opinion = is_second_opinion(result.said.method)
        label = (
            self._words("Second opinion")
            if is_opinion
            else section_label(self._words, Section.LABORATORY_RESULT)
        )
        text = "; ".join(text for name, text in self._named_facts(result.said) if name != "entry")
        return f"{label}: {text}"

    def _told_rows(self, section: Section, several: Sequence[ToldOnce[Any]]) -> Iterator[Row]:
        """Set what was told, each once, the oldest first; of decisions the newest holds."""
        yield from part(
            section_label(self._words, section),
            (self._told_row(section, one, is_last=one is several[-1]) for one in several),
        )

    def _told_row(self, section: Section, one: ToldOnce[Any], *, is_last: bool) -> Row:
        words = self._words
        facts = dict(self._named_facts(one.said))
        first = _leading_text(section, facts)
        texts = [(first, BODY_STRONG)] if first else []
        rest = " · ".join(f"{field_label(words, name)}: {text}" for name, text in facts.items())
        if rest:
            texts.append((rest, BODY))
        if section is Section.DECISION and not is_last:
            texts.append((words("A later decision took its place."), SMALL))
        by = [self._by_text(one.sequence, one.time, one.officer)]
        if one.sample is not None:
            by.insert(0, words("sample {number}").format(number=one.sample))
        return told_row(texts, " · ".join(by), _CONTENT)

    def _by_text(self, sequence: int, time: datetime, officer: str | None) -> str:
        parts = [self._words("record {number}").format(number=sequence), officer or "", time_words(time)]
        return " · ".join(one for one in parts if one)

    def _amendment_rows(self) -> Iterator[Row]:
        yield from part(self._words("Amendments"), map(self._amendment_row, self._record.amendments))

    def _amendment_row(self, one: Amendment) -> Row:
        words = self._words
        field = amended_field_word(words, one.field)
        field = field[:1].upper() + field[1:]  # it begins a line; no name of a field begins with the Turkic i
        old = amended_value_text(words, one.field, one.old)
        new = amended_value_text(words, one.field, one.new, one.value)
        amended = words("amends record {number}").format(number=one.entry)
        texts = [
            (f"{field}: {old or '–'} → {new or '–'}", BODY_STRONG),
            (f"{words('Reason')}: {one.reason} ({amended})", BODY),
        ]
        return told_row(texts, self._by_text(one.sequence, one.time, one.officer), _CONTENT)

    def _foot_rows(self) -> Iterator[Row]:
        words, record = self._words, self._record
        width = _WIDTH - _CODE_SIDE - 12
        half = (width - 16) / 2
        left = [*text_slices(words("What this rests on"), HEADING, half)]
        for label, text in self._reading.basis:
            left += text_slices(f"{label}: {text}", SMALL, half)
        right = [*end_slices(words, record.head, half), Slice(3)]
        right += text_slices(words("Presumptive result – confirm in a laboratory."), BODY_STRONG, half)
        if self._reading.is_negative:
            for sentence in (
                words("No match is not an all-clear."),
                words("This cannot exclude amounts below about 10 %."),
            ):
                right += text_slices(sentence, BODY, half)
        yield Row(
            (
                Column(0, tuple(left)),
                Column(half + 16, tuple(right)),
                Column(_WIDTH - _CODE_SIDE, (code_slice(str(record.head), _CODE_SIDE),)),
            ),
            before=8,
            rule=ACCENT,
            inner=3,
        )
        yield self._signature_row()

    def _signature_row(self) -> Row:
        words, record = self._words, self._record
        signers = [
            (words("Officer"), record.inspection.officer or ""),
            (field_label(words, "second_officer"), record.circumstances.second_officer),
            # Nobody's name stands under what was written after they signed.
            (
                words("Supervisor"),
                "" if record.inspection.changed_since else record.inspection.signed_off_by or "",
            ),
        ]
        width = (_WIDTH - 2 * 16) / 3
        columns = []
        for number, (label, name) in enumerate(signers):
            text = f"{label}: {name}" if name else label
            slices = (Slice(20, _signature_line(width)), Slice(2), *text_slices(text, LABEL, width))
            columns.append(Column(number * (width + 16), slices))
        return Row(tuple(columns), before=2)

    def _facts(self, said: object) -> Iterator[tuple[str, str]]:
        for name, text in self._named_facts(said):
            yield field_label(self._words, name), text

    def _named_facts(self, said: object) -> Iterator[tuple[str, str]]:
        """Give the fields of a part that hold something, as text in the reader's language."""
        for name, value in given(said):
            yield name, self._value_text(name, value)

    def _value_text(self, name: str, value: object) -> str:
        if name == "substances" and isinstance(value, tuple):
            known = self._reading.catalogue
            return ", ".join(
                substance_name(self._words, known.get(one)) if one in known else one for one in value
            )
        return value_label(self._words, value)


def _page_head(words: Wording, inspection: Inspection) -> Callable[[Canvas, float], float]:
    """Give what draws the head of every page."""
    container = ""
    if inspection.container:
        container = f"{words('Container')} {check_container(inspection.container).shown}"
    if inspection.signed_off is not None:
        status = words("signed off by {name}").format(name=inspection.signed_off_by or "–")
        if inspection.changed_since:
            status = f"{status} – {words('CHANGED SINCE')}"
    else:
        status = words("closed") if inspection.closed is not None else words("open")
    title = f"{words('Inspection record')} {inspection.id}"

    def draw(canvas: Canvas, top: float) -> float:
        left_end = draw_text(canvas, "Chemgate", BRAND, left=MARGIN, top=top, width=120)
        status_end = draw_text(canvas, status, STATUS, left=MARGIN + 130, top=top, width=_WIDTH - 130)
        top = min(left_end, status_end)
        room = _WIDTH * 0.36 if container else 0.0
        ends = [draw_text(canvas, title, TITLE, left=MARGIN, top=top, width=_WIDTH - room)]
        if container:
            right = MARGIN + _WIDTH - room
            ends.append(draw_text(canvas, container, TITLE_RIGHT, left=right, top=top, width=room))
        top = min(ends) - 3
        canvas.setStrokeColor(ACCENT)
        canvas.setLineWidth(1)
        canvas.line(MARGIN, top, MARGIN + _WIDTH, top)
        return top - 3

    return draw


def _gap_of(title: str) -> Slice:
    """Leave the room that the name of a part takes above what stands below it in the rail."""
    return Slice(sum(one.height for one in text_slices(title, HEADING, RAIL)) + 2)


def _alarm_slices(said: Told) -> tuple[Slice, ...]:
    """Set the loudest thing on the page, over curve and text."""
    if not said.alarm:
        return ()
    slices = [
        one
        for line in said.alarm
        for one in text_slices(
            line.text, ON_ALARM if line.weight is Weight.VERDICT else ON_ALARM_BODY, _CONTENT - 16
        )
    ]
    return (*on_ground(slices, ALARM, _CONTENT), Slice(3))


def _leading_text(section: Section, facts: dict[str, str]) -> str:
    """Take out of ``facts`` what stands first and strong."""
    if section is Section.CUSTODY:
        ends = facts.pop("released_by", "–"), facts.pop("received_by", "–")
        return " → ".join(ends)
    name = {
        Section.DECISION: "outcome",
        Section.SECOND_TEST: "result",
        Section.LABORATORY: "laboratory",
        Section.LABORATORY_RESULT: "substances",
    }[section]
    return facts.pop(name, "")


def _remarks(entries: Iterable[LogEntry]) -> Iterator[str]:
    """Give what was remarked when the inspection was closed and signed off."""
    for entry in entries:
        remark = entry.body.get("remark")
        if entry.kind in (EntryKind.INSPECTION_CLOSED, EntryKind.SIGN_OFF) and remark:
            yield str(remark)


def _local_words(moment: datetime) -> str:
    """Write a time with its offset from UTC."""
    return f"{moment:%Y-%m-%d %H:%M} {moment.isoformat()[-6:]}"


def _signature_line(width: float) -> Callable[[Canvas, float, float], None]:
    def draw(canvas: Canvas, left: float, top: float) -> None:
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(0.5)
        canvas.line(left, top - 20, left + width, top - 20)

    return draw
