from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from inspection.errors import ExportError, LogDamagedError, UnknownInspectionError
from inspection.export.atomic import replacing, write_atomically
from inspection.export.csv_export import COLUMNS, csv_line
from inspection.export.exporting import ExportFormat, export_log, format_of
from inspection.folders import DataFolder
from inspection.keys import is_signed
from inspection.log import InspectionLog
from inspection.records import EntryKind, NewEntry, opening
from spectra_library.formats.cell_text import harmless

NUMBER = "20261124-7K3FQ2"
DOCUMENT = Path(__file__).parents[2] / "docs" / "evidence.md"


@pytest.fixture
def filled(log: InspectionLog, finding, curve) -> InspectionLog:
    log.append(opening(NUMBER, declared="=cmd|' /C calc'!A0"))
    declared = {"text": "-2+3; =HYPERLINK(1)", "verdict": "undetermined"}
    log.append(
        NewEntry(
            EntryKind.IDENTIFICATION, finding(declared=declared), inspection=NUMBER, sample=1, curve=curve(1)
        )
    )
    log.append(NewEntry(EntryKind.IDENTIFICATION, finding("no_match", declared=None, capture=None)))
    text = {"text": "Мыло, sabun əla", "verdict": "agrees"}
    log.append(NewEntry(EntryKind.IDENTIFICATION, finding("rejected", candidates=[], declared=text)))
    return log


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_has_one_row_for_each_identification_with_the_documented_columns(
    filled: InspectionLog, tmp_path: Path
) -> None:
    out = tmp_path / "out.csv"
    report = export_log(filled, out, ExportFormat.CSV)
    rows = rows_of(out)
    assert report.count == len(rows) == 3
    assert tuple(rows[0]) == COLUMNS
    first = rows[0]
    assert (first["sequence"], first["time"]) == ("3", "2026-11-24T08:02:00.000000Z")
    assert (first["inspection"], first["sample"], first["officer"]) == (NUMBER, "1", "A. Officer")
    assert (first["substance"], first["name"], first["cas"]) == ("acetone", "Acetone", "67-64-1")
    assert (first["verdict"], first["declared_verdict"]) == ("match", "undetermined")
    assert first["lists"] == "1988-II; EU-3"
    assert (first["tier"], first["score"], first["confidence"]) == ("measured", "0.987654", "")
    assert (first["reference_source"], first["licence"]) == ("a published collection", "CC BY 4.0")
    assert (first["device"], first["serial"], first["scan_id"]) == ("Model F", "F-0007", "41")
    assert first["spectrum_sha256"] == filled.entry(3).spectrum
    assert first["entry_sha256"] == filled.entry(3).hash.hex()
    assert first["previous_sha256"] == filled.entry(2).hash.hex()


def test_every_row_and_every_line_carries_the_anchor_of_the_moment_of_the_export(
    filled: InspectionLog, tmp_path: Path
) -> None:
    head = filled.head()
    export_log(filled, tmp_path / "out.csv", ExportFormat.CSV)
    export_log(filled, tmp_path / "out.json", ExportFormat.JSON)
    for row in rows_of(tmp_path / "out.csv"):
        assert (row["volume"], row["log_count"], row["log_head"]) == ("1", "5", head.head)
    for line in (tmp_path / "out.json").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        assert (row["volume"], row["anchor"]) == (1, str(head))
        entry = filled.entry(row["sequence"])
        assert is_signed(filled.volumes[0].public_key, entry.hash, bytes.fromhex(row["signature"]))


def test_a_row_without_a_match_names_no_substance(filled: InspectionLog, tmp_path: Path) -> None:
    export_log(filled, tmp_path / "out.csv", ExportFormat.CSV)
    for row in rows_of(tmp_path / "out.csv")[1:]:
        assert row["verdict"] in ("no_match", "rejected")
        assert row["substance"] == row["name"] == row["score"] == row["lists"] == ""


def test_the_report_gives_the_hash_of_the_file_and_where_the_log_ended(
    filled: InspectionLog, tmp_path: Path
) -> None:
    (tmp_path / "new folder").mkdir()
    for wanted in ExportFormat:
        out = tmp_path / "new folder" / f"out of {wanted}"
        report = export_log(filled, out, wanted)
        assert report.sha256 == hashlib.sha256(out.read_bytes()).hexdigest()
        head = filled.head()
        assert (report.head, report.volume, report.log_count) == (head.head, head.volume, head.count)
        assert (report.path, report.format) == (out, wanted)


def test_csv_opens_in_a_spreadsheet_with_its_letters(filled: InspectionLog, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    export_log(filled, out, ExportFormat.CSV)
    assert out.read_bytes().startswith(b"\xef\xbb\xbfsequence,")
    assert rows_of(out)[2]["declared"] == "Мыло, sabun əla"


def test_no_cell_of_an_export_is_run_by_a_spreadsheet(filled: InspectionLog, tmp_path: Path) -> None:
    export_log(filled, tmp_path / "out.csv", ExportFormat.CSV)
    assert rows_of(tmp_path / "out.csv")[0]["declared"] == "'-2+3;' =HYPERLINK(1)"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "  =", "\t="])
def test_a_text_that_starts_like_a_formula_gets_an_apostrophe(start: str) -> None:
    assert harmless(f"{start}1+1").startswith("'")


@pytest.mark.parametrize("text", ["a;=1+1", "a\n=1+1", "a\t@SUM(1)", "a; \t+1", "a\r\n-1"])
def test_a_formula_after_what_a_spreadsheet_may_cut_at_gets_an_apostrophe(text: str) -> None:
    assert re.search(r"[;\t\r\n][ ]*[=+\-@]", harmless(text)) is None


@pytest.mark.parametrize(
    "text", ["", "acetone", "67-64-1", "N,N-dimethyl", "a = b", "'quoted", "(+)-limonene"]
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_numbers_stay_numbers() -> None:
    assert csv_line([-0.5, 1, None, "x"]) == b"-0.5,1,,x\r\n"


def test_json_is_one_entry_a_line_with_the_text_that_was_hashed(
    filled: InspectionLog, tmp_path: Path
) -> None:
    out = tmp_path / "out.json"
    report = export_log(filled, out, ExportFormat.JSON)
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert report.count == len(lines) == filled.head().count == 5
    for line, entry in zip(lines, filled.entries(), strict=True):
        assert line["entry"].encode() == entry.entry_bytes
        assert line["body"] == json.loads(line["entry"])["body"] == entry.body
        assert (line["sequence"], line["hash"]) == (entry.sequence, entry.hash.hex())


def test_the_check_printed_in_the_documentation_accepts_an_export_and_finds_a_change(
    filled: InspectionLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    out = tmp_path / "log.json"
    export_log(filled, out, ExportFormat.JSON)
    printed = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL).group(1)
    monkeypatch.setattr(sys, "argv", ["check.py", str(out)])
    exec(compile(printed, "docs/evidence.md", "exec"), {})
    assert capsys.readouterr().out == f"1:5:{filled.head().head}\n"
    out.write_text(out.read_text(encoding="utf-8").replace("no_match", "no-match"), encoding="utf-8")
    with pytest.raises(SystemExit, match="entry 4 does not hold"):
        exec(compile(printed, "docs/evidence.md", "exec"), {})


def test_a_file_name_that_is_not_unicode_can_be_logged_and_exported(
    log: InspectionLog, tmp_path: Path, finding
) -> None:
    name = b"probe-\xff.spc".decode("utf-8", "surrogateescape")
    body = finding(source={"path": name}, declared={"text": name, "verdict": "agrees"})
    log.append(NewEntry(EntryKind.IDENTIFICATION, body))
    export_log(log, tmp_path / "out.csv", ExportFormat.CSV)
    export_log(log, tmp_path / "out.json", ExportFormat.JSON)
    assert rows_of(tmp_path / "out.csv")[0]["declared"] == "probe-\\udcff.spc"
    last = json.loads((tmp_path / "out.json").read_text(encoding="utf-8").splitlines()[-1])
    assert last["body"]["source"]["path"] == name
    assert log.verify().ok


def test_one_inspection_can_be_exported_alone(filled: InspectionLog, tmp_path: Path) -> None:
    report = export_log(filled, tmp_path / "out.json", ExportFormat.JSON, NUMBER.lower())
    assert report.count == 2
    assert export_log(filled, tmp_path / "out.csv", ExportFormat.CSV, NUMBER).count == 1
    with pytest.raises(UnknownInspectionError):
        export_log(filled, tmp_path / "other.csv", ExportFormat.CSV, "20261124-BBBBBB")
    assert not (tmp_path / "other.csv").exists()


@pytest.mark.parametrize(
    ("name", "wanted"), [("a.csv", "csv"), ("b.JSON", "json"), ("c.zip", "bundle"), ("d.xlsx", "xlsx")]
)
def test_the_format_follows_the_ending(name: str, wanted: str) -> None:
    assert format_of(Path(name)) == wanted


def test_an_ending_that_is_no_format_is_refused() -> None:
    with pytest.raises(
        ExportError, match=r"ending in \.csv, \.xlsx, \.json, \.pdf or \.zip, found 'log\.docx'"
    ):
        format_of(Path("log.docx"))


def test_a_failed_export_leaves_the_older_file_and_nothing_else(
    filled: InspectionLog, log_path: Path, tmp_path: Path, tampering
) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    export_log(filled, folder / "out.json", ExportFormat.JSON)
    before = (folder / "out.json").read_bytes()
    with tampering(log_path) as raw:
        raw.execute("UPDATE entries SET entry = x'00' WHERE sequence = 4")
    with pytest.raises(LogDamagedError, match="entry 4"):
        export_log(filled, folder / "out.json", ExportFormat.JSON)
    assert (folder / "out.json").read_bytes() == before
    assert [path.name for path in folder.iterdir()] == ["out.json"]


def test_a_place_that_cannot_be_written_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ExportError, match="could not be written"):
        write_atomically(tmp_path / "file" / "out.csv", b"x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ExportError, match="could not be written"):
        write_atomically(tmp_path / "folder", b"x")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


@pytest.mark.parametrize("place", ["stick/out.csv", "stick/of/out.csv", "exports/out.csv"])
def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path, place: str) -> None:
    with pytest.raises(ExportError, match=r"out\.csv could not be written: there is no folder"):
        write_atomically(tmp_path / place, b"x")
    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_exports_of_a_data_folder_is_made(filled: InspectionLog, log_path: Path) -> None:
    out = DataFolder(log_path.parent).exports / "out.csv"
    export_log(filled, out, ExportFormat.CSV)
    assert out.exists()


@pytest.mark.parametrize(
    "name",
    [
        "evidence.sqlite",
        "evidence-0002.sqlite",
        "users.sqlite",
        "keys/evidence.json",
        "keys/evidence.csv",
        "exports/../keys/evidence.json",
        "list.csv",
    ],
)
def test_nothing_is_written_into_the_data_folder_but_its_exports(
    filled: InspectionLog, log_path: Path, name: str
) -> None:
    log_path.with_name("users.sqlite").write_bytes(b"kept")
    DataFolder(log_path.parent).exports.mkdir()
    before = kept_in(log_path.parent)
    with pytest.raises(ExportError, match="which holds a log"):
        export_log(filled, log_path.parent / name, ExportFormat.CSV)
    assert kept_in(log_path.parent) == before


def kept_in(folder: Path) -> dict[Path, bytes]:
    """What is in a folder; what SQLite changes beside a file to read it is left out."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".sqlite-shm")
    return {path: path.read_bytes() for path in files}


@pytest.mark.parametrize("is_in_the_folder", [True, False])
def test_a_link_is_no_way_into_the_data_folder(
    filled: InspectionLog, log_path: Path, tmp_path: Path, is_in_the_folder: bool
) -> None:
    place, leads_to = tmp_path / "out.csv", log_path
    if is_in_the_folder:
        place, leads_to = log_path.with_name("users.sqlite"), tmp_path / "elsewhere"
    place.symlink_to(leads_to)
    with pytest.raises(ExportError, match="which holds a log"):
        export_log(filled, place, ExportFormat.CSV)
    assert place.is_symlink()


def test_a_data_folder_whose_first_volume_was_moved_away_is_one_all_the_same(
    filled: InspectionLog, log_path: Path
) -> None:
    filled.close()
    log_path.rename(log_path.with_name("evidence-0002.sqlite"))
    with pytest.raises(ExportError, match="which holds a log"):
        write_atomically(log_path, b"x")
    assert not log_path.exists()


@pytest.mark.parametrize("name", ["copy.csv", "manifest.json", "Manifest.JSON"])
def test_a_database_and_the_manifest_of_a_backup_are_not_replaced_anywhere(
    filled: InspectionLog, log_path: Path, tmp_path: Path, name: str
) -> None:
    place = tmp_path / name
    place.write_bytes(log_path.read_bytes() if name == "copy.csv" else b"{}")
    before = place.read_bytes()
    with pytest.raises(ExportError, match="expected the name of a new file"):
        export_log(filled, place, ExportFormat.CSV)
    assert place.read_bytes() == before


def left_by_a_killed_program(path: Path) -> Path:
    """A part of ``path`` that is older than any program of today."""
    left = path.with_name(f".{path.name}.0123abcd.part")
    left.write_bytes(b"half of it")
    os.utime(left, (1e9, 1e9))
    return left


def test_what_a_killed_export_left_goes_with_the_next_one_of_that_name(tmp_path: Path) -> None:
    left = [left_by_a_killed_program(tmp_path / name) for name in ("out.csv", "out[1].csv", "other.csv")]
    write_atomically(tmp_path / "out.csv", b"new")
    write_atomically(tmp_path / "out[1].csv", b"new")
    assert [path.exists() for path in left] == [False, False, True]
    assert (tmp_path / "out.csv").read_bytes() == b"new"


def test_what_is_no_part_of_an_export_stays(tmp_path: Path) -> None:
    names = (".out.csv.part", ".out.csv.0123ABCD.part", ".out.csv.0123abcd.part.txt", "out.csv.0123abcd.part")
    for name in names:
        (tmp_path / name).write_bytes(b"")
        os.utime(tmp_path / name, (1e9, 1e9))
    (tmp_path / ".out.csv.0123abcd.part").mkdir()
    os.utime(tmp_path / ".out.csv.0123abcd.part", (1e9, 1e9))
    young = tmp_path / ".out.csv.89abcdef.part"
    young.write_bytes(b"")

    write_atomically(tmp_path / "out.csv", b"new")

    assert all((tmp_path / name).exists() for name in (*names, ".out.csv.0123abcd.part", young.name))


HOLDER = """
import os, sys
from pathlib import Path
from inspection.export.atomic import replacing

with replacing(Path(sys.argv[1])) as file:
    [part] = Path(sys.argv[1]).parent.glob(".*.part")
    os.utime(part, (1e9, 1e9))  # as if it had stood still for years
    print(".", flush=True)
    sys.stdin.readline()
    file.write(b"of the other program")
"""


def test_what_another_program_is_still_writing_stays(tmp_path: Path, start_child) -> None:
    path = tmp_path / "out.csv"
    other = start_child(HOLDER, path)
    other.stdout.readline()

    write_atomically(path, b"of this program")

    other.communicate("\n")
    assert other.returncode == 0
    assert path.read_bytes() == b"of the other program"
    assert [one.name for one in tmp_path.iterdir()] == ["out.csv"]


def test_a_file_is_replaced_only_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    assert write_atomically(path, b"old") == hashlib.sha256(b"old").hexdigest()
    with replacing(path) as file:
        file.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"


EXPORTER = """
import sys
from collections.abc import Iterator
from pathlib import Path
from inspection.export.exporting import ExportFormat, export_log
from inspection.log import InspectionLog
from inspection.log_kind import LogKind

class TickingLog(InspectionLog):
    def entries(self, **filters):
        for entry in super().entries(**filters):
            print(".", flush=True)
            yield entry

with TickingLog.open_read_only(Path(sys.argv[1]), kind=LogKind.EVIDENCE) as log:
    while True:
        export_log(log, Path(sys.argv[2]), ExportFormat.JSON)
        print("done", flush=True)
"""

# The control: the same export, written in place.
HASTY_EXPORTER = (
    """
from contextlib import contextmanager
import inspection.export.exporting as exporting
from inspection.export.atomic import HashedWriter

@contextmanager
def in_place(path):
    with path.open("wb", buffering=0) as stream:
        yield HashedWriter(stream)

exporting.replacing = in_place
"""
    + EXPORTER
)


def torn_exports(log: InspectionLog, out: Path, code: str, start_child, kills: int) -> Iterator[bool]:
    """Kill an exporter in the middle of its second file, several times; tell when the file is not whole."""
    export_log(log, out, ExportFormat.JSON)
    whole = out.read_bytes()
    entries = log.head().count
    for kill in range(kills):
        exporter = start_child(code, log.path, out)
        for ticks, _ in enumerate(exporter.stdout, start=1):
            if ticks == entries + 2 + kill % entries:
                exporter.kill()
        assert exporter.wait(timeout=30) != 0
        assert ticks >= entries + 2  # it was killed, and did not stop by itself before
        yield out.read_bytes() != whole


def test_an_export_that_is_killed_leaves_a_whole_file(
    filled: InspectionLog, tmp_path: Path, start_child
) -> None:
    assert not any(torn_exports(filled, tmp_path / "out.json", EXPORTER, start_child, 5))


def test_an_export_written_in_place_is_caught(filled: InspectionLog, tmp_path: Path, start_child) -> None:
    assert any(torn_exports(filled, tmp_path / "out.json", HASTY_EXPORTER, start_child, 15))


def test_a_correction_stands_beside_what_was_written(chemgate, demonstration, few, tmp_path):
    number = chemgate("inspection", "new", "--json").object["inspection"]
    chemgate(
        *("identify", demonstration / "ethanol.csv", "--library", few, "--declared", "methanol"),
        *("--inspection", number, "--sample", 1),
    )
    chemgate("inspection", "amend", 3, "--verdict", "inconclusive", "--reason", "wet crystal")

    chemgate("log", "export", tmp_path / "log.csv")
    [row] = csv.DictReader((tmp_path / "log.csv").read_text("utf-8-sig").splitlines())
    assert (row["verdict"], row["verdict_now"], row["amended_by"]) == ("match", "inconclusive", "4")
    assert (row["declared"], row["declared_now"]) == ("methanol", "")
