"""The log, or what a profile asks of it, as a workbook.

    Identifications   one row each, the columns of the CSV export
    Inspections       one row each: the record as it is now, amendments included
    Samples           one row each, with the newest identification, test, laboratory result, second opinion
    Custody           one row for each hand-over
    Anchor            where the log ended, what is in the workbook, what the verdicts mean

Every text is written as text, whatever it begins with; no cell is a formula or a link.  What is not seen is
written out as an escape.  Rows go to temporary files as they are made.  The same log gives the same bytes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from inspection.errors import ExportError
from inspection.export.atomic import HashedWriter, Written, replacing
from inspection.export.csv_export import COLUMNS, identification_cells
from inspection.export.profile import Profile
from inspection.export.profile_rows import (
    PERSONS,
    VALUES,
    ExportRow,
    RowKind,
    amendments_of,
    inspection_rows,
    plain,
    rows_of,
    value_of,
)
from inspection.language import ENGLISH
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.log_rows import time_text
from inspection.log_writer import program_version
from inspection.records import EntryKind, LogHead
from inspection.wording import verdict_advice, verdict_word
from spectra_library.formats.plain_text import written_out
from spectra_library.verdicts import Verdict

MOST_ROWS: Final = 1_048_576  # of a sheet, its heads included
LONGEST_TEXT: Final = 32_767  # UTF-16 units of a cell
TRAINING: Final = "TRAINING - NO EVIDENCE"
NARROWEST: Final = 8  # characters of a column
WIDEST: Final = 60


def _names(*sections: str) -> tuple[str, ...]:
    return tuple(name for section in sections for name in VALUES if name.startswith(f"{section}."))


INSPECTION_COLUMNS: Final = _names(
    "inspection", "circumstances", "transport", "papers", "persons", "decision", "laboratory"
)
SAMPLE_COLUMNS: Final = (
    "inspection.number",
    *_names("sample"),
    *(
        f"identification.{name}"
        for name in ("sequence", "verdict", "substance", "name", "cas", "lists", "status")
    ),
    "identification.declared",
    "identification.declared_verdict",
    *_names("second_test", "laboratory", "laboratory_result", "second_opinion"),
)
CUSTODY_FIELDS: Final = ("released_by", "received_by", "when", "why", "seal")
CUSTODY_COLUMNS: Final = (
    "inspection.number",
    "sample.number",
    "sequence",
    "time",
    "officer",
    *(f"custody.{name}" for name in CUSTODY_FIELDS),
)


def write_log_workbook(
    log: InspectionLog, path: Path, head: LogHead, *, inspection: str | None, with_persons: bool
) -> Written:
    """Write the log up to ``head``, or the inspection of this number, to ``path``.

    ``count`` is that of the identifications.  Raises ExportError, LogError; then ``path`` is what it was.
    """
    columns = tuple(name for name in INSPECTION_COLUMNS if with_persons or not name.startswith(PERSONS))
    with _workbook(log, path, head) as book:
        first = book.sheet("Identifications", COLUMNS)
        inspections = book.sheet("Inspections", columns)
        samples = book.sheet("Samples", SAMPLE_COLUMNS)
        custody = book.sheet("Custody", CUSTODY_COLUMNS)
        amendments = amendments_of(log, head, inspection)
        for entry in log.entries(kind=EntryKind.IDENTIFICATION, inspection=inspection, up_to=head.last):
            cells = identification_cells(entry, head, amendments.get(entry.sequence, ()))
            first.write(list(cells.values()))
        for whole in inspection_rows(log, head, inspection, with_persons=with_persons):
            for kind, sheet, names in (
                (RowKind.INSPECTION, inspections, columns),
                (RowKind.SAMPLE, samples, SAMPLE_COLUMNS),
            ):
                for row in rows_of(kind, whole):
                    sheet.write([value_of(row, name) for name in names])
            for step in _custody_rows(whole):
                custody.write(step)
        said = [
            ("holds", "the whole log" if inspection is None else f"inspection {inspection}"),
            ("personal data", "included" if with_persons else "left out, columns and all"),
        ]
        book.write_anchor([*said, *_verdict_rows()])
    return Written(first.count, book.sha256)


def write_profile_workbook(
    log: InspectionLog,
    path: Path,
    head: LogHead,
    *,
    profile: Profile,
    headers: Sequence[str],
    rows: Iterable[Sequence[object]],
) -> Written:
    """Write ``rows`` under ``headers`` to ``path``, and a sheet that says where they come from.

    Raises ExportError, LogError; then ``path`` is what it was before.
    """
    with _workbook(log, path, head) as book:
        sheet = book.sheet("Rows", headers)
        for row in rows:
            sheet.write(row)
        note = "a template, and no official form" if profile.is_template else "no template"
        book.write_anchor([("profile", profile.name), ("title", profile.title), ("this is", note)])
    return Written(sheet.count, book.sha256)


def _custody_rows(whole: ExportRow) -> Iterator[list[object]]:
    for told in () if whole.record is None else whole.record.custody:
        said = [plain(getattr(told.said, name)) for name in CUSTODY_FIELDS]
        yield [
            value_of(whole, "inspection.number"),
            told.sample,
            told.sequence,
            time_text(told.time),
            told.officer,
            *said,
        ]


def _verdict_rows() -> Iterator[tuple[str, object]]:
    for verdict in Verdict:
        word, advice = verdict_word(ENGLISH, verdict), verdict_advice(ENGLISH, verdict)
        yield f"verdict {verdict}", f"{word}. {advice}"
    yield "score", "similarity to the reference that answered, 0 to 1; it is not a probability"
    yield "text", "what is not seen is written out as an escape; the JSON export has every text as recorded"


@dataclass(slots=True)
class _Sheet:
    """One sheet being written, row by row; ``count`` rows so far, heads not counted."""

    sheet: Any
    columns: tuple[str, ...]
    head_row: int
    count: int = 0
    cut: int = 0
    widths: list[int] = field(default_factory=list)

    def write(self, cells: Sequence[object]) -> None:
        """Write one row: numbers as numbers, everything else as text.

        Raises ExportError for more rows than a sheet can hold.
        """
        row = self.head_row + 1 + self.count
        if row >= MOST_ROWS:
            raise ExportError(
                f"expected at most {MOST_ROWS - self.head_row - 1} rows for a sheet of a workbook, found "
                "more: export one inspection, or a CSV file"
            )
        for column, cell in enumerate(cells):
            if isinstance(cell, int | float) and not isinstance(cell, bool):
                self.sheet.write_number(row, column, cell)
            elif cell is not None and cell != "":
                text, is_cut = cell_of(str(cell))
                self.cut += is_cut
                self.sheet.write_string(row, column, text)
                self.widths[column] = max(self.widths[column], len(text))
        self.count += 1


@dataclass(slots=True)
class _Book:
    """A workbook being written."""

    book: Any
    log: InspectionLog
    head: LogHead
    sha256: str = ""
    sheets: list[_Sheet] = field(default_factory=list)

    def sheet(self, name: str, columns: Sequence[str]) -> _Sheet:
        """Begin a sheet: heads that stay in view, and above them what a training log must say."""
        sheet = self.book.add_worksheet(name)
        head_row = 0
        if self.log.kind is LogKind.TRAINING:
            band = self.book.add_format({"bold": True, "font_color": "#FFFFFF", "bg_color": "#9C1C1C"})
            sheet.set_row(0, None, band)
            sheet.write_string(0, 0, TRAINING, band)
            sheet.set_header(f'&C&"Calibri,Bold"&24{TRAINING}')
            sheet.set_footer(f'&C&"Calibri,Bold"&24{TRAINING}')
            head_row = 1
        else:
            sheet.set_footer(f"&L{self.head}&R&P / &N")
        heads = [cell_of(column)[0] for column in columns]
        strong = self.book.add_format({"bold": True, "bottom": 1})
        for column, text in enumerate(heads):
            sheet.write_string(head_row, column, text, strong)
        sheet.freeze_panes(head_row + 1, 0)
        made = _Sheet(sheet, tuple(heads), head_row, widths=[len(text) + 2 for text in heads])
        self.sheets.append(made)
        return made

    def write_anchor(self, said: Iterable[tuple[str, object]]) -> None:
        """Write the sheet that says what this is and where the log ended, and finish the others."""
        cut = sum(one.cut for one in self.sheets)
        sheet = self.sheet("Anchor", ("what", "value"))
        rows: list[tuple[str, object]] = [
            ("log", f"{self.log.kind} log" + (f": {TRAINING}" if self._is_training else "")),
            ("anchor", str(self.head)),
            ("volume", self.head.volume),
            ("count", self.head.count),
            ("head", self.head.head),
            ("program version", program_version()),
            *said,
        ]
        if cut:
            rows.append(("cells cut", cut))
        for row in rows:
            sheet.write(row)
        for one in self.sheets:
            if one is not sheet and one.count:
                one.sheet.autofilter(one.head_row, 0, one.head_row + one.count, len(one.columns) - 1)
            for column, width in enumerate(one.widths):
                one.sheet.set_column(column, column, min(max(width, NARROWEST), WIDEST))

    @property
    def _is_training(self) -> bool:
        return self.log.kind is LogKind.TRAINING


def cell_of(text: str) -> tuple[str, bool]:
    """Give ``text`` as a cell of a workbook holds it, and whether it was cut, which the cell then says."""
    shown = written_out(text)
    # XlsxWriter puts a text between these two into the file as it is, for it takes it for its own markup.
    if shown.startswith("<r>") and shown.endswith("</r>"):
        shown += " "
    if len(shown) <= LONGEST_TEXT // 2 or _units(shown) <= LONGEST_TEXT:
        return shown, False
    note = f"... [cut: {len(shown)} characters; the JSON export has all of them]"
    kept = shown[: LONGEST_TEXT - len(note)]
    while _units(kept) > LONGEST_TEXT - len(note):
        kept = kept[: -max((_units(kept) - LONGEST_TEXT + len(note)) // 2, 1)]
    return kept + note, True


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@contextmanager
def _workbook(log: InspectionLog, path: Path, head: LogHead) -> Iterator[_Book]:
    """Open a workbook that takes the place of ``path`` when the block ends without an exception."""
    import xlsxwriter  # 120 ms that no other export waits for
    from xlsxwriter.exceptions import FileCreateError

    made = log.entry(head.last).time.astimezone(UTC)
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with replacing(path) as file, tempfile.TemporaryDirectory(prefix="chemgate-") as rows:
        forwards = _Forwards(file)
        book = xlsxwriter.Workbook(forwards, {**options, "tmpdir": rows})
        try:
            book.set_properties(_properties(log, head, made))
            made_book = _Book(book, log, head)
            yield made_book
            book.close()
        except FileCreateError as error:
            [reason] = error.args
            raise reason from error  # an OSError, which ``replacing`` puts into words
        finally:
            forwards.end()
            for sheet in book.worksheets():
                sheet._opt_close()  # or a workbook that was given up would keep its temporary files open
    made_book.sha256 = file.sha256


def _properties(log: InspectionLog, head: LogHead, made: datetime) -> dict[str, object]:
    is_training = log.kind is LogKind.TRAINING
    return {
        "title": TRAINING if is_training else "Export of the evidence log",
        "subject": f"log ends at {head}",
        "author": "Chemgate",
        "created": made.replace(tzinfo=None, microsecond=0),
    }


class _Forwards:
    """What the zip file is written to: forwards only, so that every byte is hashed as it goes."""

    def __init__(self, file: HashedWriter) -> None:
        self._file: HashedWriter | None = file

    def write(self, content: bytes) -> int:
        """Write ``content`` at the end; after ``end`` nowhere."""
        if self._file is not None:
            self._file.write(content)
        return len(content)

    def end(self) -> None:
        """Let go of the file: a zip file that was given up still writes its directory when it is freed."""
        self._file = None

    def flush(self) -> None:
        """Do nothing: ``replacing`` brings the file to the disk as a whole."""
