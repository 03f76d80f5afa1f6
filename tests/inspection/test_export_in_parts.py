"""A large log is exported by several processes, to the byte as one process would write it."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pysqlite3
import pytest

from inspection.errors import ExportError, LogDamagedError
from inspection.export import exporting, in_parts
from inspection.export.csv_export import csv_head, csv_rows
from inspection.export.exporting import ExportFormat, export_log
from inspection.export.in_parts import rows_in_parts
from inspection.export.json_export import json_lines
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.records import opening
from tests.inspection.made_records import a_record

NUMBER = "20261124-7K3FQ2"
RECORDS = 70
SMALL = 40  # entries of a volume here


@pytest.fixture
def log(log_path: Path, clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[InspectionLog]:
    """Two volumes, shared out in parts of seven entries."""
    monkeypatch.setattr(exporting, "WORTH_PROCESSES", RECORDS)
    monkeypatch.setattr(in_parts, "ENTRIES_OF_A_PART", 7)
    chance = Random(3)
    with InspectionLog.open(log_path, kind=LogKind.EVIDENCE, clock=clock, volume_size=SMALL) as log:
        log.append(opening(NUMBER, declared="=1+1"))
        for _ in range(RECORDS):
            log.append(a_record(chance))
        assert len(log.volumes) == 2
        yield log


@pytest.mark.parametrize("chosen", [ExportFormat.CSV, ExportFormat.JSON])
def test_parts_give_the_same_bytes_as_one_process(log: InspectionLog, tmp_path: Path, chosen) -> None:
    head = log.head()
    first, rows = {ExportFormat.CSV: (csv_head(), csv_rows), ExportFormat.JSON: (b"", json_lines)}[chosen]
    expected = list(rows(log.entries(), head))
    report = export_log(log, tmp_path / f"out.{chosen}", chosen)
    assert (tmp_path / f"out.{chosen}").read_bytes() == first + b"".join(line for line, _ in expected)
    assert report.count == sum(records for _, records in expected)


def test_one_inspection_is_exported_alone_from_a_large_log_too(log: InspectionLog, tmp_path: Path) -> None:
    assert export_log(log, tmp_path / "out.json", ExportFormat.JSON, NUMBER).count == 1


def test_what_is_appended_after_the_head_was_read_is_not_exported(log: InspectionLog) -> None:
    head, last = log.head(), log.volumes[-1].last()[0]
    log.append(a_record(Random(4)))
    pieces = list(rows_in_parts(log.volumes, log.kind, json_lines, head, last=last))
    assert sum(records for _, records in pieces) == sum(1 for _ in log.entries(up_to=last))


def test_a_damaged_entry_stops_the_export_and_leaves_the_old_file(
    log: InspectionLog, log_path: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.csv"
    out.write_text("what was there before")
    with pysqlite3.connect(log_path) as raw:
        raw.execute("DROP TRIGGER entries_refuse_update")
        raw.execute("UPDATE entries SET entry = x'00' WHERE sequence = 20")
    raw.close()
    with pytest.raises(LogDamagedError, match="entry 20 of the log cannot be read"):
        export_log(log, out, ExportFormat.CSV)
    assert out.read_text() == "what was there before"
    assert multiprocessing.active_children() == []


def test_a_helping_process_that_is_ended_from_outside_is_told_in_one_sentence(log: InspectionLog) -> None:
    pieces = rows_in_parts(log.volumes, log.kind, csv_rows, log.head(), last=log.volumes[-1].last()[0])
    next(pieces)
    for process in multiprocessing.active_children():
        process.kill()
        process.join()
    with pytest.raises(ExportError, match="ended from outside"):
        list(pieces)
